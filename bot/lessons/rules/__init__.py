"""What is true of a lesson: the steps of its life, its general form, where it fits, and when it is confirmed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Literal, TypeAlias

import regex

from bot.chat import Block, Span, Text
from bot.chat.text import cut
from bot.refusal import Refusal

SILENT = timedelta(days=7)
"""After so long without a word a question ends: to the author, or to the curators of a community."""
REMIND = timedelta(days=4)
"""How long something waits before its curators are reminded, at most once in a week."""
REVIEW = timedelta(days=182)
"""After so long a confirmed lesson is looked at again."""
VOTES = 2
"""Members who say yes where a community has no curator."""
WORKED = 2
"""People for whom it worked, independent of the author and of each other, who confirm a lesson."""
A_DAY = 5
"""Lessons that enter one channel within a day; the others follow on the next."""
RUNAWAY = 20
"""More lessons than this over one route within a day are a runaway."""
PAUSE = timedelta(days=1)
"""How long a runaway route rests, unless an admin lets it go on."""
IN_A_BATCH = 5
"""Lessons that a curator is shown at a time."""

MOST_CHARACTERS = 1_000
"""Of one part of the general form."""
MOST_QUOTED = 2_000
"""Of the origin's words that travel along."""
MOST_TOPICS = 5
FEW = 8
"""Letters and digits, outside of links, that make something worth asking its author about."""

ATTRIBUTIONS = ("named", "team", "unnamed")
USES = ("saw", "tried", "worked", "failed", "changed")
PROOFS = ("worked", "changed")
"""What confirms a lesson: it worked, or it changed how somebody works."""
LIVE = ("agreed", "confirmed", "retired")
"""A lesson's states in which its copies stand."""
OPEN = ("waiting", "asked")
"""A community's states in which its curators may decide."""
UNSETTLED = ("proposed", "waiting", "asked", "reworded", "joining")
"""A community's states that end in seven silent days."""

LESSON_STEPS: Mapping[tuple[str, str], str] = {
    ("marked", "agree"): "agreed",
    ("marked", "refuse"): "refused",
    ("marked", "expire"): "expired",
    ("marked", "withdraw"): "withdrawn",
    ("refused", "ask again"): "marked",
    ("expired", "ask again"): "marked",
    ("withdrawn", "ask again"): "marked",
    ("agreed", "change"): "agreed",
    ("confirmed", "change"): "confirmed",
    ("agreed", "confirm"): "confirmed",
    ("confirmed", "keep"): "confirmed",
    ("agreed", "retire"): "retired",
    ("confirmed", "retire"): "retired",
    ("agreed", "withdraw"): "withdrawn",
    ("confirmed", "withdraw"): "withdrawn",
    ("retired", "withdraw"): "withdrawn",
}
"""What a lesson may become, by its state and the deed; every other deed is refused."""

ITEM_STEPS: Mapping[tuple[str, str], str] = {
    ("proposed", "agree"): "waiting",
    ("proposed", "refuse"): "declined",
    ("proposed", "expire"): "expired",
    ("waiting", "select"): "selected",
    ("waiting", "ask back"): "asked",
    ("waiting", "decline"): "declined",
    ("waiting", "join"): "joined",
    ("waiting", "reword"): "reworded",
    ("waiting", "expire"): "expired",
    ("asked", "answer"): "waiting",
    ("asked", "select"): "selected",
    ("asked", "ask back"): "asked",
    ("asked", "decline"): "declined",
    ("asked", "join"): "joined",
    ("asked", "reword"): "reworded",
    ("asked", "expire"): "expired",
    ("joining", "join"): "joined",
    ("joining", "refuse"): "waiting",
    ("joining", "expire"): "waiting",
    ("reworded", "agree"): "selected",
    ("reworded", "refuse"): "waiting",
    ("reworded", "expire"): "expired",
    ("selected", "relay"): "relayed",
    ("selected", "stop"): "stopped",
    ("relayed", "remove"): "removed",
    # A copy stands as it is while another wording of it waits.
    ("relayed", "reword"): "relayed",
    ("relayed", "agree"): "relayed",
    ("relayed", "refuse"): "relayed",
}
"""What becomes of a lesson in one channel it may go to."""

NOW: Mapping[str, str] = {
    "marked": "waits for its author",
    "refused": "stays with its author, who said no",
    "expired": "stays in its team, because nobody answered for seven days",
    "agreed": "is agreed",
    "confirmed": "is confirmed",
    "retired": "is retired",
    "withdrawn": "was withdrawn",
    "proposed": "waits for its author’s yes to the wider wording",
    "waiting": "waits for a curator",
    "asked": "waits for its author’s answer",
    "reworded": "waits for its author’s yes to the new wording",
    "joining": "waits for the author of another one that says the same",
    "selected": "is selected already",
    "relayed": "stands there already",
    "declined": "was declined there",
    "joined": "was joined to another one",
    "removed": "was taken away there by a moderator",
    "stopped": "has no way there any more",
}

_LETTERS = regex.compile(r"[\p{L}\p{N}]")
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_FORM = regex.compile(
    r"\s*(?:whenever|when|if)\s+(?P<when>.+?),\s*(?:then\s+)?(?:do\s+)?(?P<do>.+?)"
    r"(?:,?\s+because\s+(?P<because>.+?))?[.!]*\s*",
    regex.IGNORECASE | regex.DOTALL,
)
_BECAUSE = regex.compile(
    r"\s*(?P<do>.+?),?\s+because\s+(?P<because>.+?)[.!]*\s*", regex.IGNORECASE | regex.DOTALL
)
_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*")
_TOPIC = regex.compile(r"(?<![\w&/#])#([\p{L}\p{N}][\w-]*)")

Part: TypeAlias = Literal["when", "do", "because"]
PARTS: tuple[Part, ...] = ("when", "do", "because")


@dataclass(frozen=True, slots=True)
class Wording:
    """A lesson in its general form, with the origin's words under it; all of it Markdown."""

    when: str = ""
    do: str = ""
    because: str = ""
    quote: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> Wording:
        return cls(*(kept.get(part, "") for part in (*PARTS, "quote")))

    def kept(self) -> dict[str, str]:
        return {
            "when": self.when,
            "do": self.do,
            "because": self.because,
            "quote": self.quote,
        }

    def general(self) -> Text:
        """“When …, do …, because …” as one would say it, in a sentence where its parts are, else a paragraph each."""
        parts = [
            (lead, text)
            for lead, text in (
                ("When", Text.parse(self.when)),
                ("do" if self.when else "Do", Text.parse(self.do)),
                ("because", Text.parse(self.because)),
            )
            if text
        ]
        simple = all(
            len(text.blocks) == 1 and text.blocks[0].kind == "paragraph" for _, text in parts
        )
        if not simple:
            return sum((Text.of(f"{lead.capitalize()}:") + text for lead, text in parts), Text())
        spans: list[Span] = []
        for lead, text in parts:
            words = text.blocks[0].spans
            if lead == "Do":
                first = words[0].text
                words = (replace(words[0], text=first[:1].upper() + first[1:]), *words[1:])
            gap = [Span(", ")] if spans else []
            leads = [] if lead.casefold() == "do" else [Span(f"{lead} ", bold=True)]
            spans += [*gap, *leads, *words]
        return Text((Block(tuple(spans)),)) if spans else Text()

    def whole(self) -> Text:
        """Everything that would leave with it."""
        return self.general() + (Text.parse(self.quote).quoted() if self.quote else Text())


def next_state(state: str, deed: str) -> str:
    """What a lesson becomes by a deed; refuses what its state does not allow."""
    return _next(LESSON_STEPS, state, deed, "This lesson")


def next_item(state: str, deed: str, channel: str = "") -> str:
    """What becomes of a lesson in a channel it may go to; refuses what its state there does not allow."""
    return _next(ITEM_STEPS, state, deed, f"For #{channel}, this lesson" if channel else "It")


def _next(steps: Mapping[tuple[str, str], str], state: str, deed: str, what: str) -> str:
    if (after := steps.get((state, deed))) is not None:
        return after
    raise Refusal(f"{what} {NOW[state]}, so there is nothing to {deed}.")


def letters(text: Text) -> int:
    """How many letters and digits there are outside of links; one of a script without spaces counts twice."""
    words = "".join(
        span.text for block in text.blocks for span in block.spans if span.text != span.href
    )
    return len(_LETTERS.findall(words)) + len(_WIDE.findall(words))


def check_worth(text: Text) -> None:
    """Refuse what has too few words for a lesson, and say what was left out."""
    if letters(text) >= FEW:
        return
    links = [span for block in text.blocks for span in block.spans if span.href]
    if links:
        what = "There is only a link in it, and a link alone teaches little."
    elif text:
        what = f"There is only “{text.plain()[:40]}” in it."
    else:
        what = "There are no words in it, and pictures and files do not travel."
    raise Refusal(f"{what} What is there to learn? Write it in a sentence: /lesson …")


def quoted(text: Text) -> tuple[str, bool]:
    """The origin's words as they travel, as Markdown, and whether some had to be left out."""
    parts = cut(text, MOST_QUOTED)
    if not parts:
        return "", False
    # What is cut at a word reads on as if it ended there, so an ellipsis says that it does not.
    return (parts[0] + Text.of("…") if len(parts) > 1 else parts[0]).markdown(), len(parts) > 1


def proposed(text: Text, *, quote: bool) -> Wording:
    """A wording to begin with: the parts that the words have already, else their first paragraph."""
    words, _ = quoted(text) if quote else ("", False)
    plain = text.plain().strip()
    found = (_FORM.fullmatch(plain) or _BECAUSE.fullmatch(plain)) if len(plain) < 2_000 else None
    if found:
        given = {key: value or "" for key, value in found.groupdict().items()}
        return Wording(**{key: _short(value) for key, value in given.items()}, quote=words)
    first = next((one for one in Text.parse(text.markdown()).lines() if letters(Text.of(one))), "")
    return Wording(do=_short(first.rstrip(".")), quote=words)


def _short(words: str) -> str:
    parts = cut(Text.of(words), MOST_CHARACTERS - 1)
    if not parts:
        return ""
    return parts[0].markdown() + ("…" if len(parts) > 1 else "")


def read_part(part: Part, written: str) -> str:
    """One part of the general form as it was typed, without its lead word; refuses what is too long."""
    if len(written) > MOST_CHARACTERS:
        raise Refusal(
            f"That is {len(written):,} characters, and a lesson is read when it is short: "
            f"at most {MOST_CHARACTERS:,} here.",
            field=part,
        )
    lead = {"when": r"when|whenever|if", "do": r"do|then", "because": r"because"}[part]
    words = regex.sub(rf"^\s*(?:{lead})\b[\s:,]*", "", written.strip(), flags=regex.IGNORECASE)
    return Text.parse(words.rstrip(",;") if part != "because" else words.rstrip(".")).markdown()


def read_wording(values: Mapping[str, str]) -> Wording:
    """The general form as somebody filled it in; refuses one that says nothing."""
    parts = {part: read_part(part, values.get(part, "")) for part in PARTS}
    if letters(Text.parse(parts["do"])) < 2:
        raise Refusal("What should others do? A few words are enough.", field="do")
    quote = values.get("quote", "")
    if len(quote) > 2 * MOST_QUOTED:
        raise Refusal(
            f"That is {len(quote):,} characters, and at most {MOST_QUOTED:,} travel along.",
            field="quote",
        )
    return Wording(**parts, quote=Text.parse(quote).markdown())


def topics_in(text: Text, known: Collection[str]) -> tuple[str, ...]:
    """The topics that a text names: its ``#tags``, and known topics that occur in it as words."""
    plain = text.plain()
    found: dict[str, str] = {one.casefold(): one for one in _TOPIC.findall(plain)}
    for one in known:
        if regex.search(rf"(?<!\w){regex.escape(one)}(?!\w)", plain, regex.IGNORECASE):
            found.setdefault(one.casefold(), one)
    return tuple(found.values())[:MOST_TOPICS]


def read_topics(written: str) -> tuple[str, ...]:
    """Topics as they were typed, with or without ``#``; refuses more than five."""
    words = (one.lstrip("#") for one in regex.split(r"[\s,;、،]+", Text.of(written).plain()))
    found = {one.casefold(): one for one in words if one}
    if wrong := [one for one in found.values() if not regex.fullmatch(r"[\w-]{1,60}", one)]:
        raise Refusal(
            f"“{wrong[0][:60]}” is no topic. Write words: sailing, boats.", field="topics"
        )
    if len(found) > MOST_TOPICS:
        raise Refusal(
            f"These are {len(found)} topics, and a lesson has at most {MOST_TOPICS}.",
            field="topics",
        )
    return tuple(found.values())


def fits(way_topics: Collection[str], topics: Collection[str]) -> bool:
    """Whether a route takes a lesson about these topics; one without topics takes every lesson."""
    folded = {one.casefold() for one in topics}
    return not way_topics or any(one.casefold() in folded for one in way_topics)


def is_confirmed(
    proofs: Iterable[frozenset[object]],
    author: frozenset[object],
    team: frozenset[object] = frozenset(),
) -> bool:
    """Whether enough people said that it worked: each given as all accounts of one human.

    One of them may be of the author's team, who share its ways; the others try it in ways of their own.
    """
    independent: list[frozenset[object]] = []
    for human in proofs:
        if not human & author and all(not human & other for other in independent):
            independent.append(human)
    own = sum(1 for human in independent if human & team)
    return len(independent) - max(own - 1, 0) >= WORKED


def search_words(typed: str) -> tuple[str, ...]:
    """The words somebody looks for: letters and digits only, so that none of them is an operator."""
    return tuple(islice(all_words(typed), 12))


def all_words(said: str) -> dict[str, None]:
    """The words of a text, folded, each once and in their order."""
    return dict.fromkeys(_WORD.findall(said.casefold()))
