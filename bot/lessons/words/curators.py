"""What the curators of a community read and press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.chat import Button, Card, Fact, Option, Select, Text, action
from bot.lessons.rules import Wording
from bot.lessons.words.view import Origin, bullets, channel_name, counted, lead, short, told_of

DECIDED = {
    "selected": "selected",
    "relayed": "selected",
    "declined": "declined",
    "joined": "joined to a similar one",
    "reworded": "put in other words, which wait for the author’s yes",
    "asked": "waits for the author’s answer",
    "expired": "it stays in its team: nobody looked at it for seven days",
    "removed": "taken away by a moderator",
    "stopped": "no way leads here any more",
    "waiting": "waits",
    "joining": "waits for the author of another one",
    "proposed": "waits for its author",
    "withdrawn": "withdrawn by its author",
}


@dataclass(frozen=True, slots=True)
class Near:
    """A lesson that says much the same."""

    item: int
    """Of the copy in the same channel; 0 when it has none there."""
    number: int
    headline: str
    lesson: int = 0
    """Its id, where another one may join it."""


@dataclass(frozen=True, slots=True)
class Check:
    """A lesson as somebody checks it for a channel."""

    id: int
    channel: str
    ring: str
    wording: Wording
    origin: Origin
    topics: tuple[str, ...] = ()
    state: str = "waiting"
    by: str = ""
    asked: Text = field(default_factory=Text)
    answer: Text = field(default_factory=Text)
    near: tuple[Near, ...] = ()
    votes: int = 0
    curated: bool = True
    life: str = "agreed"
    """The state of the lesson itself."""


def check(view: Check) -> Card:
    """One lesson to decide about, or what was decided."""
    open_ = view.state in ("waiting", "asked")
    facts = [Fact("From", Text.of(told_of(view.origin)))]
    if view.topics:
        facts.append(Fact("Topics", Text.of(", ".join(view.topics))))
    if view.near and open_:
        facts.append(Fact("Much like", bullets([one.headline for one in view.near])))
    talk = lead("You asked" if open_ else "Asked", view.asked) + lead("Answer", view.answer)
    name = channel_name(view.channel)
    if not open_ or (view.state == "asked"):
        who = (
            f" by {view.by}" if view.by and view.state in DECIDED and view.state != "asked" else ""
        )
        title = f"{name}: {DECIDED[view.state]}{who}"
    else:
        title = f"A lesson for {name}?"
    return Card(
        title=title,
        text=view.wording.whole() + talk,
        facts=tuple(facts),
        buttons=_buttons(view) if open_ else _after(view),
        selects=_joins(view) if open_ and view.curated else (),
        footnote=_footnote(view) if open_ else "",
    )


def _buttons(view: Check) -> tuple[Button, ...]:
    if not view.curated:
        return (Button("Yes, it helps us", action("lessons.vote", view.id), "primary"),)
    return (
        Button("Select", action("lessons.select", view.id), "primary"),
        Button("Ask back", action("lessons.ask", view.id)),
        Button("Decline", action("lessons.decline", view.id)),
        Button("Edit wording", action("lessons.reword", view.id)),
    )


def _after(view: Check) -> tuple[Button, ...]:
    """What can follow a decision."""
    buttons: list[Button] = []
    if view.state == "relayed" and view.life == "agreed":
        buttons.append(Button("Confirm it", action("lessons.confirm", view.id)))
    if view.state == "relayed" and view.life in ("agreed", "confirmed"):
        buttons.append(Button("Retire it", action("lessons.retire", view.id)))
    if view.by and view.state in ("selected", "relayed", "declined", "joined", "reworded"):
        buttons.append(Button("Undo", action("lessons.reopen", view.id)))
    return tuple(buttons)


def _joins(view: Check) -> tuple[Select, ...]:
    there = [one for one in view.near if one.item]
    if not there:
        return ()
    options = tuple(Option(short(one.headline), str(one.item)) for one in there)
    return (Select("Join to a similar one", action("lessons.join", view.id), options),)


def _footnote(view: Check) -> str:
    name = channel_name(view.channel)
    if not view.curated:
        so_far = " One has said yes." if view.votes == 1 else ""
        return f"{name} has no curator, so two members decide.{so_far} Only you see this."
    return f"Selected, everybody in {name} can read it. Without a word it stays in its team."


def answered(view: Check) -> Card:
    """For the curator who asked back."""
    who = view.origin.author or "The author"
    return Card(
        text=Text.of(f"{who} answered you about a lesson for {channel_name(view.channel)}:")
        + view.answer.quoted(),
        buttons=(Button("Look at it", action("lessons.check", view.id)),),
        footnote="Only you see this.",
    )


def more(left: int) -> Card:
    """The last card of a batch that is not all."""
    return Card(
        text=Text.of(f"{left} more {'waits' if left == 1 else 'wait'}. /lesson queue shows them.")
    )


def reminder(count: int, channels: Sequence[str]) -> Card:
    """Once a week, when something waits."""
    what = "A lesson waits" if count == 1 else f"{count} lessons wait"
    names = ", ".join(channel_name(one) for one in channels)
    return Card(
        text=Text.of(f"{what} to be looked at for {names}."),
        buttons=(Button("Show me", action("lessons.queue")),),
        footnote="What nobody looks at stays in its team after seven days.",
    )


def queue(checks: Sequence[Check], total: int) -> Card:
    """Everything that waits for somebody, to be opened one by one."""
    if not checks:
        return Card(text=Text.of("Nothing waits for you. Lessons to check come here."))
    lines = [f"{channel_name(one.channel)}: {headline(one.wording)}" for one in checks]
    left = total - len(checks)
    return Card(
        title="Lessons to check",
        text=bullets(lines),
        selects=(
            Select(
                "Look at one",
                action("lessons.check"),
                tuple(
                    Option(short(line), str(one.id))
                    for line, one in zip(lines, checks, strict=True)
                ),
            ),
        ),
        footnote=f"And {left} more. Only you see this." if left else "Only you see this.",
    )


def headline(wording: Wording) -> str:
    """A lesson in one line."""
    return short(wording.general().plain(), 90)


def confirmed(
    item_id: int, number: str, wording: Wording, uses: dict[str, int], networks: Sequence[Option]
) -> Card:
    """For curators: it works, so it may go further."""
    return Card(
        title=f"{number} is confirmed",
        text=wording.general().quoted() + Text.of(counted(uses)),
        buttons=(Button("Retire it", action("lessons.retire", item_id)),),
        selects=(
            Select("Offer it to a network", action("lessons.offer", item_id), tuple(networks)),
        )
        if networks
        else (),
        footnote="Its author agrees to the wider wording first.",
    )


def overtaken(item_id: int, who: str, channel: str, now: Wording, was: Wording) -> Card:
    """For whoever worded a lesson for a channel: its author changed it since."""
    return Card(
        title=f"{who or 'Its author'} changed a lesson in {channel_name(channel)}",
        text=Text.of("It reads now:")
        + now.general().quoted()
        + Text.of("In the words for this channel it read:")
        + was.general().quoted(),
        buttons=(Button("Word it again", action("lessons.reword", item_id)),),
        footnote="Its author says yes to another wording first. Until then it reads as they changed it.",
    )


def stuck(called: str, channel: str, why: str, *, wanted: bool) -> Card:
    """A channel refuses: for the author, and for whoever can do something about it."""
    what = "did not take" if wanted else "does not let me take away"
    return Card(
        text=Text.of(
            f"{channel_name(channel)} {what} the copy of {called} as it should be. {why} "
            "Its other copies are as they should be."
        ),
    )


def still_true(item_id: int, number: str, wording: Wording) -> Card:
    """Half a year later."""
    return Card(
        title=f"Is {number} still true?",
        text=wording.general().quoted(),
        buttons=(
            Button("Still true", action("lessons.true", item_id), "primary"),
            Button("Retire it", action("lessons.retire", item_id)),
        ),
        footnote="Once confirmed, a lesson is looked at every six months.",
    )
