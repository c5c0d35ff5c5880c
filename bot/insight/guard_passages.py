"""A formatted text as the guard reads it: one string, with the way back to where each word stands."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

from bot.chat import Block, Span, Text
from bot.chat.spans import tidy

Where: TypeAlias = Literal[
    "text", "headline", "quote", "list", "code", "link", "link label", "mention"
]
"""Which part of a formatted text some words stand in; "link" is the address behind a label."""

_KINDS: dict[str, Where] = {
    "paragraph": "text",
    "heading": "headline",
    "bullet": "list",
    "number": "list",
    "quote": "quote",
    "code": "code",
}
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_FILLERS = "\u034f\u115f\u1160\u2800\u3164"
_LONG = 2_000
"""How long a word may be whose parts are put together."""
_NAMED_BY = 100
"""How much of what stands before such a word is read with it, for the name that it has."""
_FIRST = re.compile(rf"\S{{0,{_LONG}}}")
_ORDINARY = re.compile(r"[^\w\s]{0,3}[^\W\d_]?[^\W\d_A-Z]{0,20}[^\w\s]{0,3}")
"""A word in small letters, perhaps with one capital: no part of a value that something generated."""
_ENDED = re.compile(
    r"[.!?:;,…。)\]}\"'”»]$|(?:^|(?<=[\s(\"'-]))[^\W\d_]?[^\W\d_A-Z]{0,20}[^\w\s+/=_-]{0,3}$"
)
"""The end of a sentence, or of a line in an ordinary word."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where some found words stand: characters `start` to `end` of the passage."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the passage that is one span's words, or the address behind them."""

    start: int
    block: int
    span: int
    where: Where


@dataclass(frozen=True, slots=True)
class View:
    """The passage in one reading, and for every character of it the place it came from."""

    words: str
    at: Sequence[int]
    ends: Sequence[int] | None = None
    """Where each character ends there, when some took more than one."""

    def spot(self, start: int, end: int) -> Spot:
        last = self.ends[end - 1] if self.ends else self.at[end - 1] + 1
        return Spot(self.at[start], last)


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """All words of a text and all addresses of its links, in one string."""

    words: str
    pieces: tuple[Piece, ...]
    visible: int
    """How many characters people see; the addresses behind labels follow."""

    def where(self, spot: Spot) -> Where:
        starts = [piece.start for piece in self.pieces]
        return self.pieces[max(0, bisect_right(starts, spot.start) - 1)].where


def passage(text: Text) -> Passage:
    """Everything in the text that would leave with it: words, code, names and addresses."""
    words: list[str] = []
    pieces: list[Piece] = []
    size = 0
    for number, block in enumerate(text.blocks):
        for index, span in enumerate(block.spans):
            pieces.append(Piece(size, number, index, _where(block, span)))
            words.append(span.text)
            size += len(span.text)
        words.append("\n")
        size += 1
    visible = size
    for number, block in enumerate(text.blocks):
        for index, span in enumerate(block.spans):
            if span.href:
                pieces.append(Piece(size, number, index, "link"))
                words += [span.href, "\n"]
                size += len(span.href) + 1
    return Passage("".join(words), tuple(pieces), visible)


def _where(block: Block, span: Span) -> Where:
    if span.mention:
        return "mention"
    if span.href and span.href != span.text:
        return "link label"
    return "code" if span.code else _KINDS[block.kind]


def clean(passage: Passage) -> View:
    """The passage without characters that nobody sees, and with full-width ones as plain ones."""
    words = passage.words
    if words.isascii():
        return View(words, range(len(words)))
    plain = _FOREIGN.sub(lambda found: "".join(map(_plain, found[0])), words)
    if len(plain) == len(words):
        return View(plain, range(len(words)))
    at: list[int] = []
    done = 0
    for found in _FOREIGN.finditer(words):
        at += range(done, found.start())
        for index, sign in enumerate(found[0], found.start()):
            at += [index] * len(_plain(sign))
        done = found.end()
    at += range(done, len(words))
    return View(plain, at)


@lru_cache(maxsize=20_000)
def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    selects = "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
    if selects or sign in _FILLERS or unicodedata.category(sign) in ("Cf", "Me"):
        return ""
    return "".join(
        " " if unicodedata.category(part) == "Zs" else part
        for part in unicodedata.normalize("NFKC", sign)
    )


def decoded(view: View) -> View | None:
    """The words that hold percent-encoded characters, decoded; None where there are none."""
    if not _PERCENT.search(view.words):
        return None
    words: list[str] = []
    at: list[int] = []
    ends: list[int] = []
    for run in re.finditer(r"\S+", view.words):
        if "%" not in run[0]:
            continue
        places = view.at[run.start() : run.end()]
        # Twice, for an address that was itself put into an address.
        word = _unquoted(_unquoted(View(run[0], places, [place + 1 for place in places])))
        words += [word.words, "\n"]
        at += [*word.at, places[-1]]
        ends += [*(word.ends or ()), places[-1] + 1]
    return View("".join(words), at, ends)


def _unquoted(word: View) -> View:
    words: list[str] = []
    at: list[int] = []
    ends: list[int] = []
    last = word.ends or ()
    done = 0
    for found in _PERCENT.finditer(word.words):
        words.append(word.words[done : found.start()])
        at += word.at[done : found.start()]
        ends += last[done : found.start()]
        place = found.start()
        for sign in bytes.fromhex(found[0].replace("%", "")).decode(errors="replace"):
            after = min(place + 3 * len(sign.encode()), found.end())
            words.append(sign)
            at.append(word.at[min(place, found.end() - 1)])
            ends.append(last[after - 1])
            place = after
        done = found.end()
    return View("".join([*words, word.words[done:]]), [*at, *word.at[done:]], [*ends, *last[done:]])


def mended(view: View, visible: int) -> View | None:
    """Values that were wrapped over two or more lines, put together again; None where there are none.

    Each line end is read with the line before it and the first word after it; lines of one word
    also as one with the lines around them, and as many as are equally long for themselves. Line
    ends between ordinary words are left out.
    """
    words = view.words
    lines = list(_lines(view, visible))
    firsts = [_end(words, *line, _FIRST) for line in lines]
    single = [first == end for first, (_, end) in zip(firsts, lines, strict=True)]
    odd = [
        not _ORDINARY.fullmatch(words, start, first)
        for first, (start, _) in zip(firsts, lines, strict=True)
    ]
    open_ended = [not _ENDED.search(words, max(start, end - 40), end) for start, end in lines]
    read = _Joined(view)
    for index in range(len(lines) - 1):
        if odd[index + 1] or open_ended[index]:
            (start, end), (after, _) = lines[index : index + 2]
            before = (_start(words, start, end), end)
            read.add(before, (after, firsts[index + 1]))
            if index + 2 < len(lines) and single[index + 1]:
                read.add(before, lines[index + 1], (lines[index + 2][0], firsts[index + 2]))
    index = 0
    while index < len(lines):
        last = index + 1
        while last < len(lines) and single[last]:
            last += 1
        if last - index > 3 and any(odd[index:last]):
            start, end = lines[index]
            read.add((_start(words, start, end), end), *lines[index + 1 : last])
        index = last
    for first, last in _columns(lines, single):
        if any(odd[first:last]):
            read.add(*lines[first:last])
            if last < len(lines):
                read.add(*lines[first:last], (lines[last][0], firsts[last]))
    return read.view()


def unhyphened(view: View, visible: int) -> View | None:
    """Words that a hyphen cut in two at the end of a line, whole again; None where there are none."""
    lines = list(_lines(view, visible))
    read = _Joined(view)
    for (start, end), (after, last) in pairwise(lines):
        if view.words[end - 1] == "-":
            read.add((max(start, end - 80), end - 1), (after, min(last, after + 80)))
    return read.view()


class _Joined:
    """Stretches of a view put together, a line for each time."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._words: list[str] = []
        self._at: list[int] = []

    def add(self, *stretches: tuple[int, int]) -> None:
        for start, end in stretches:
            self._words.append(self._view.words[start:end])
            self._at.extend(self._view.at[start:end])
        self._words.append("\n")
        self._at.append(self._at[-1])

    def view(self) -> View | None:
        return View("".join(self._words), self._at) if self._words else None


def _columns(lines: Sequence[tuple[int, int]], single: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Runs of two or more lines that are one word each and equally long, as a column cuts them."""
    first = 0
    for last in range(1, len(lines) + 1):
        size = lines[first][1] - lines[first][0]
        if (
            last < len(lines)
            and lines[last][1] - lines[last][0] == size
            and single[first]
            and single[last]
        ):
            continue
        if last - first > 1:
            yield first, last
        first = last


def _lines(view: View, visible: int) -> Iterator[tuple[int, int]]:
    """Start and end of the lines that people see, without the sign that breaks a line of code."""
    seen = bisect_right(view.at, visible - 1)
    start = 0
    for line in view.words[:seen].split("\n"):
        core = line.rstrip(" \t").removesuffix("\\").rstrip(" \t")
        lead = len(core) - len(core.lstrip(" \t>"))
        if lead < len(core):
            yield start + lead, start + len(core)
        start += len(line) + 1


def _start(words: str, start: int, end: int) -> int:
    """Where to begin to read the end of a line: before its last word and the name of that."""
    last = max(words.rfind(sign, max(start, end - _LONG), end) for sign in " \t")
    return max(start, last - _NAMED_BY)


def _end(words: str, start: int, end: int, reach: re.Pattern[str]) -> int:
    found = reach.match(words, start, end)
    return found.end() if found else start


def replaced(text: Text, passage: Passage, changes: Sequence[tuple[Spot, str]]) -> Text:
    """The text with other words at these spots; a link whose address is touched loses the address.

    Of spots that overlap, the one that begins first counts and takes in the others.
    """
    blocks = [list(block.spans) for block in text.blocks]
    merged = _apart(changes)
    starts = [piece.start for piece in passage.pieces]
    for spot, words in reversed(merged):
        first = max(0, bisect_right(starts, spot.start) - 1)
        for number in range(len(starts) - 1, first - 1, -1):
            piece = passage.pieces[number]
            if piece.start >= spot.end:
                continue
            spans = blocks[piece.block]
            span = spans[piece.span]
            if piece.where == "link":
                spans[piece.span] = replace(span, href="")
                continue
            low = max(0, spot.start - piece.start)
            high = min(len(span.text), spot.end - piece.start)
            said = words if number == first else ""
            spans[piece.span] = replace(
                span, text=span.text[:low] + said + span.text[high:], mention=""
            )
    left = (
        replace(block, spans=tuple(spans) if block.kind == "code" else tidy(spans))
        for block, spans in zip(text.blocks, blocks, strict=True)
    )
    return Text(tuple(block for block in left if any(span.text for span in block.spans)))


def _apart(changes: Sequence[tuple[Spot, str]]) -> list[tuple[Spot, str]]:
    done: list[tuple[Spot, str]] = []
    for spot, words in sorted(changes, key=lambda change: (change[0].start, -change[0].end)):
        if done and spot.start < done[-1][0].end:
            last, said = done[-1]
            done[-1] = (Spot(last.start, max(last.end, spot.end)), said)
        else:
            done.append((spot, words))
    return done
