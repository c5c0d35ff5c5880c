"""What is true of a grain: its size, the parts that stand in its words, its states."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, islice
from typing import Literal, TypeAlias

import regex

from bot.chat import Block, Span, Text
from bot.refusal import Refusal

MOST_SIGNS = 140
"""The user-perceived characters of a headline."""
MOST_CHARACTERS = 10_000
"""The characters of a whole grain, so that nobody is handed a dump-truck."""
MOST_TOPICS = 5
SHOWN_AS_CARRIED = 3
"""From this often on an author reads how often a grain was carried over."""
UNDO_FOR = timedelta(days=1)
"""How long a change can be taken back."""

State: TypeAlias = Literal["open", "done", "kept", "adjusted", "dropped"]
ALIVE = ("open", "kept")
"""A kept grain is alive: its author looked at it and carries it over, so it is asked about again."""
OUTCOMES = ("done", "kept", "adjusted", "dropped")
NEXT: Mapping[str, tuple[str, ...]] = {
    "open": OUTCOMES,
    "kept": OUTCOMES,
    "done": (),
    "adjusted": (),
    "dropped": (),
}
"""What a grain may become. Done, adjusted and dropped are ends; an undo leads back from them for a day."""

Verdict: TypeAlias = Literal["go_on", "adjust"]

_VISIBLE = regex.compile(r"[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800]")
_TOPIC = regex.compile(r"(?<![\w&/#])#(\w[\w-]*)")
_AT = regex.compile(r"(?<!\w)@")
_WORD_END = regex.compile(r"(?<=\w)(?!\w)|(?<=[^\w\s])")
_PLAN = regex.compile(
    r"\s*(?:[-*+•◦]\s+|\d{1,3}[.)]\s+)?(?:grain|next)\s*[:\uff1a]\s*(.*)", regex.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Shape:
    """The words of a grain: a headline, and the whole as Markdown when there is more than that."""

    headline: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a grain's words name: topics, a link, people by id."""

    topics: tuple[str, ...] = ()
    link: str = ""
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed behind ``/grain``."""

    verb: Literal["form", "list", "show", "settle", "drop"]
    number: int = 0
    state: str = ""
    words: str = ""


def is_visible(words: str) -> bool:
    """Whether there is anything to see: spaces, zero-width and filler characters alone are nothing."""
    return _VISIBLE.search(words) is not None


def sign_count(words: str) -> int:
    """How many characters people see: grapheme clusters (Unicode Standard Annex 29)."""
    return sum(1 for _ in regex.finditer(r"\X", words))


def headline(line: str) -> str:
    """The line itself, or as many whole words of it as fit into 140 characters, with an ellipsis."""
    signs = [found[0] for found in islice(regex.finditer(r"\X", line), MOST_SIGNS + 1)]
    if len(signs) <= MOST_SIGNS:
        return line
    kept = signs[: MOST_SIGNS - 1]
    if not signs[MOST_SIGNS - 1].isspace():
        gap = max((i for i, sign in enumerate(kept) if sign.isspace()), default=0)
        # A script without spaces, or one very long word, is cut where the room ends.
        kept = kept[:gap] if gap > MOST_SIGNS // 2 else kept
    return "".join(kept).rstrip() + "…"


def shape(text: Text) -> Shape:
    """The headline of a text, from its first line, and the whole text when the headline is not all of it."""
    lines = [line for line in text.lines() if is_visible(line)]
    first = headline(lines[0]) if lines else ""
    return Shape(first) if lines == [first] else Shape(first, text.markdown())


def whole(found: Shape) -> Text:
    """All the words of a grain."""
    return Text.parse(found.detail) if found.detail else Text.of(found.headline)


def check(text: Text, *, field: str = "") -> Text:
    """The text; refuses one in which there is nothing to see."""
    if not any(is_visible(line) for line in text.lines()):
        raise Refusal("A grain needs a few words: what will you try next?", field=field)
    return text


def read(written: str, *, field: str = "") -> Text:
    """What somebody typed as a grain; refuses what is empty or far too long."""
    check_length(written, field=field)
    return check(Text.parse(written), field=field)


def check_length(written: str, *, field: str = "") -> None:
    """Refuse a text that nobody would read as a small plan."""
    if len(written) > MOST_CHARACTERS:
        raise Refusal(
            f"That is {len(written):,} characters, and a grain holds at most {MOST_CHARACTERS:,}. "
            "Keep the plan in a sentence or two and put the rest behind a link.",
            field=field,
        )


def read_line(line: str) -> Text:
    """One line of plain words as a grain's text."""
    return Text.of(line)


def parts(text: Text, names: Mapping[str, int]) -> Parts:
    """What the words name: up to five ``#topics``, the first web address, ``@people``.

    `names` holds people by casefolded name. The words stay as they were typed, so nothing is lost, and
    a name that nobody has is plain text.
    """
    plain = text.plain()
    spans = [span for block in Text.parse(plain).blocks for span in block.spans]
    links = [span.href for span in spans if span.href.casefold().startswith("http")]
    running = "".join(" " if span.href else span.text for span in spans)
    return Parts(
        topics=_topics(_TOPIC.findall(running)),
        link=links[0] if links else "",
        people=_named(plain, names),
    )


def _topics(found: Sequence[str]) -> tuple[str, ...]:
    by_case: dict[str, str] = {}
    for topic in found:
        # A number such as #12 points at something else.
        if regex.search(r"\p{L}", topic) and len(topic) <= 60:
            by_case.setdefault(topic.casefold(), topic)
    return tuple(by_case.values())[:MOST_TOPICS]


def _named(words: str, names: Mapping[str, int]) -> tuple[int, ...]:
    if not names:
        return ()
    longest = max(map(len, names))
    people: list[int] = []
    for at in islice(_AT.finditer(words), 50):
        rest = words[at.end() : at.end() + longest + 1]
        ends = sorted({found.end() for found in _WORD_END.finditer(rest)}, reverse=True)
        person = next((names[w] for end in ends if (w := rest[:end].casefold()) in names), None)
        if person is not None:
            people.append(person)
    return tuple(dict.fromkeys(people))


def read_topics(written: str, *, field: str = "topics") -> tuple[str, ...]:
    """Topics typed into a form, with or without ``#``; refuses more than five."""
    words = [
        w
        for word in regex.split(r"[\s,;،、]+", Text.of(written).plain())
        if (w := word.lstrip("#"))
    ]
    topics = dict.fromkeys(words)
    if wrong := [word for word in topics if not _topics(_TOPIC.findall(f"#{word}")) == (word,)]:
        raise Refusal(
            f"“{wrong[0][:60]}” is no topic. Write words such as sailing, boats.", field=field
        )
    if len(topics) > MOST_TOPICS:
        raise Refusal(
            f"These are {len(topics)} topics, and a grain has at most {MOST_TOPICS}.", field=field
        )
    return tuple(topics)


def read_link(written: str, *, field: str = "link") -> str:
    """The one web address typed into a form; refuses anything else."""
    words = Text.of(written).plain().strip()
    if words and parts(Text.of(words), {}).link != words:
        raise Refusal(f"“{words[:80]}” is no web address. It starts with https://", field=field)
    return words


def read_people(
    written: str, names: Mapping[str, int], *, field: str = "people"
) -> tuple[int, ...]:
    """People typed into a form, by name, with commas between; refuses a name that nobody has."""
    typed = [
        w
        for word in regex.split(r"[,;\n،、]+", written)
        if (w := word.strip().removeprefix("@").strip())
    ]
    if unknown := [word for word in typed if word.casefold() not in names]:
        near = difflib.get_close_matches(unknown[0].casefold(), names, 1)
        hint = f" Did you mean {near[0].title()}?" if near else ""
        raise Refusal(f"I know nobody here called “{unknown[0][:60]}”.{hint}", field=field)
    return tuple(dict.fromkeys(names[word.casefold()] for word in typed))


def check_move(state: str, to: str, number: int) -> None:
    """Refuse a step that a grain in this state cannot take."""
    if to not in NEXT[state]:
        raise Refusal(
            f"Grain {number} is {state} already. Drop a new one with /grain and your next plan."
        )


def plan_lines(text: Text) -> tuple[tuple[str, ...], Text]:
    """The plain words of lines that start with ``grain:`` or ``next:``, and the text without these lines."""
    plans: list[str] = []
    rest: list[Block] = []
    for block in text.blocks:
        if block.kind == "code":
            rest.append(block)
            continue
        kept: list[Span] = []
        for line in _lines(block):
            found = _PLAN.fullmatch(Block(tuple(line)).plain())
            if found and is_visible(found[1]):
                plans.append(found[1].strip())
            else:
                kept += [Span("\n"), *line] if kept else line
        if kept:
            rest.append(Block(tuple(kept), block.kind, block.depth))
    return tuple(plans), Text(tuple(rest))


def _lines(block: Block) -> list[list[Span]]:
    lines: list[list[Span]] = [[]]
    for span in block.spans:
        for is_break, run in groupby(regex.split(r"(\n)", span.text), lambda piece: piece == "\n"):
            for piece in run:
                if is_break:
                    lines.append([])
                elif piece:
                    lines[-1].append(_restyled(span, piece))
    return lines


def _restyled(span: Span, words: str) -> Span:
    return Span(
        words,
        bold=span.bold,
        italic=span.italic,
        strike=span.strike,
        code=span.code,
        href=span.href,
        mention=span.mention,
    )


def read_asked(words: str, own: Mapping[int, str]) -> Asked:
    """What ``/grain`` and these words ask for; `own` holds the caller's grains by number, with their headlines.

    A plan may start with a number or a state's name, so only what is close to a sub-word is corrected.
    """
    typed = words.strip()
    if not typed:
        return Asked("form")
    if typed.casefold() == "list":
        return Asked("list")
    if len(typed.split()) == 1 and difflib.get_close_matches(typed.casefold(), ["list"], 1, 0.85):
        raise Refusal("Did you mean /grain list? To keep a plan, write a few more words.")
    swapped = regex.fullmatch(r"(\w+)\s+(\d{1,9})", typed)
    if swapped and (state := _near_state(swapped[1], 0.75)):
        raise Refusal(f"Did you mean /grain {int(swapped[2])} {state}?")
    numbered = regex.fullmatch(r"#?(\d{1,9})(?:\s+(.*))?", typed, regex.DOTALL)
    if not numbered:
        return Asked("drop", words=typed)
    number, rest = int(numbered[1]), (numbered[2] or "").strip()
    verb, _, after = rest.partition(" ")
    if verb.casefold() in OUTCOMES:
        return Asked("settle", number, verb.casefold(), after.strip())
    if not rest or (
        number in own and own[number].casefold().startswith(rest.rstrip("…").casefold())
    ):
        return Asked("show", number)
    if near := _near_state(verb, 0.6):
        raise Refusal(
            f"There is no “{verb[:40]}” for a grain. Did you mean /grain {number} {near}?"
        )
    return Asked("drop", words=typed)


def _near_state(word: str, cutoff: float) -> str:
    near = difflib.get_close_matches(word.casefold(), OUTCOMES, 1, cutoff)
    return near[0] if near else ""


def match_lines(
    kept: Sequence[tuple[int, Shape]], lines: Sequence[Shape]
) -> tuple[int | None, ...]:
    """For each line the place in `kept` of the grain that it stands for; None for a new one.

    `kept` holds positions and words in order. A line with the words of a grain is that grain, wherever it
    stands now; of the rest, a line at the position of a grain is that grain with new words.
    """
    free = list(range(len(kept)))
    chosen: list[int | None] = []
    for line in lines:
        same = next((i for i in free if kept[i][1] == line), None)
        chosen.append(same)
        if same is not None:
            free.remove(same)
    for position, one in enumerate(chosen):
        if one is None:
            here = next((i for i in free if kept[i][0] == position), None)
            chosen[position] = here
            if here is not None:
                free.remove(here)
    return tuple(chosen)
