"""What cards and forms show of a grain, and the phrases they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.channels import rules as channels
from bot.chat import (
    Block,
    Fact,
    Span,
    Text,
)
from bot.grains import rules

VERBS = {"go_on": "go on", "adjust": "adjust"}
STATES = {"done": "Done", "kept": "Kept", "adjusted": "Adjusted", "dropped": "Dropped"}
TIMES = ("", "once", "twice", "three times", "four times", "five times", "six times", "seven times",
         "eight times", "nine times", "ten times")  # fmt: skip
MOST_LISTED = 25
MOST_IN_ACTION = 100


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody said about a grain: a verdict, a reply, or both."""

    name: str
    verdict: str = ""
    words: str = ""
    """As Markdown."""


@dataclass(frozen=True, slots=True)
class Step:
    """One grain of a chain."""

    number: int
    day: date
    headline: str
    state: str
    learned: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A grain with everything that a card may show of it."""

    id: int
    number: int
    author: str
    headline: str
    detail: str = ""
    expected: str = ""
    link: str = ""
    topics: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """The stakeholders' names."""
    state: str = "open"
    learned: str = ""
    carried: int = 0
    channel: str = ""
    """The name of the channel that can read it; empty when its author alone can."""
    chain: tuple[Step, ...] = ()
    """All grains of the chain, this one among them."""
    opinions: tuple[Opinion, ...] = ()
    news: tuple[Opinion, ...] = ()
    """What was said since the author answered last."""

    @property
    def alive(self) -> bool:
        return self.state in rules.ALIVE

    @property
    def whole(self) -> Text:
        return rules.whole(rules.Shape(self.headline, self.detail))

    @property
    def before(self) -> Step | None:
        """The grain that this one is a new wording of."""
        return next((step for step in reversed(self.chain) if step.number < self.number), None)

    @property
    def after(self) -> Step | None:
        """The grain that is a new wording of this one."""
        return next((step for step in self.chain if step.number > self.number), None)


def channel_name(name: str) -> str:
    return f"#{name.removeprefix('#')}"


def audience(channel: str) -> str:
    return (
        f"Everybody in {channel_name(channel)} can read it." if channel else "Only you can read it."
    )


def led(lead: str, markdown: str) -> Text:
    """Words behind a lead, in one paragraph where they begin with one."""
    text = Text.parse(markdown)
    if not text:
        return Text.of(lead)
    first, *rest = text.blocks
    if first.kind != "paragraph":
        return Text.of(lead) + text
    return Text((Block((Span(f"{lead}, "), *first.spans)), *rest))


def opinion(one: Opinion) -> Fact:
    verb = VERBS.get(one.verdict, "")
    return Fact(one.name, led(verb, one.words) if verb else Text.parse(one.words))


def in_short(one: Opinion) -> str:
    """An opinion as one sentence of a hint."""
    lines = Text.parse(one.words).lines()
    said = ", ".join(
        filter(None, [VERBS.get(one.verdict, ""), rules.headline(lines[0]) if lines else ""])
    )
    return sentence(f"{one.name}: {said}")


def sentence(words: str) -> str:
    return (
        words if words.endswith((".", "!", "?", "…", "。", "！", "？", "؟", "।")) else f"{words}."
    )


def carried(times: int) -> str:
    """How often a grain was carried over, for its author's eyes only; empty while that is no news."""
    if times < rules.SHOWN_AS_CARRIED:
        return ""
    return f"Carried over {TIMES[times] if times < len(TIMES) else f'{times} times'}."


def part_facts(view: View) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    if view.expected:
        facts.append(Fact("Expects", Text.parse(view.expected)))
    if view.link:
        facts.append(Fact("Link", Text((Block((Span(view.link, href=view.link),)),))))
    if view.topics:
        facts.append(Fact("Topics", Text.of(", ".join(view.topics))))
    if view.people:
        facts.append(Fact("With", Text.of(channels.names(view.people))))
    return tuple(facts)


def outcome_facts(view: View) -> tuple[Fact, ...]:
    """What the team may see of what became of a grain; that it is kept is its author's affair."""
    facts: list[Fact] = []
    if view.state == "adjusted" and view.after:
        facts.append(Fact("Now", Text.of(view.after.headline)))
    if view.learned:
        facts.append(Fact("Learned", Text.parse(view.learned)))
    return tuple(facts)
