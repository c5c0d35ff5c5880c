"""Long text in parts, each short enough for one message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.chat.spans import Block, Span, counted, label, marker, numbered, tidy


def parts(blocks: Sequence[Block], limit: int) -> Iterator[tuple[Block, ...]]:
    """The blocks in groups of at most `limit` plain characters, in order."""
    group: list[tuple[Block, int]] = []
    size = -1
    for block, number in numbered(blocks):
        for piece, count in _pieces(block, number, limit):
            if group and size + 1 + _size(piece, count) > limit:
                yield tuple(counted(group))
                group, size = [], -1
            group.append((piece, count))
            size += 1 + _size(piece, count)
    if group:
        yield tuple(counted(group))


def _size(block: Block, number: int) -> int:
    first, rest = marker(block, number)
    words = block.plain()
    return len(first) + len(words) + words.count("\n") * len(rest)


def _pieces(block: Block, number: int, limit: int) -> Iterator[tuple[Block, int]]:
    if _size(block, number) <= limit:
        yield block, number
        return
    first, rest = marker(block, number)
    if len(first) * 2 > limit:
        # No room for a marker and words beside it.
        words = (Span(first.lstrip()), *block.spans)
        yield from _pieces(Block(tidy(words)), 0, limit)
        return
    kind, depth = block.kind, block.depth
    for i, spans in enumerate(_cut(block, limit - len(first), len(rest))):
        if i and kind in ("bullet", "number"):
            kind, depth, number = "paragraph", 0, 0
        yield Block(spans, kind, depth), number


@dataclass(frozen=True, slots=True)
class _Atom:
    """Something that stays whole: a word, a gap, a link."""

    spans: tuple[Span, ...]
    size: int
    cut: int
    """How good it is to cut here: 2 at a line break, 1 at a space, 0 anywhere."""


def _cut(block: Block, room: int, indent: int) -> Iterator[tuple[Span, ...]]:
    line: list[_Atom] = []
    size = 0
    for atom in _atoms(block, room, indent):
        while line and size + atom.size > room:
            best = max((a.cut for a in line[1:]), default=0)
            best = max(best, atom.cut)
            at = len(line)
            if atom.cut < best:
                at = max(i for i, a in enumerate(line) if i and a.cut == best)
            yield from _trimmed(line[:at], block)
            line = line[at:]
            if line and line[0].cut and (block.kind != "code" or line[0].cut == 2):
                line = line[1:]
            size = sum(a.size for a in line)
        if not line and atom.cut and (block.kind != "code" or atom.cut == 2):
            continue
        line.append(atom)
        size += atom.size
    yield from _trimmed(line, block)


def _trimmed(line: Sequence[_Atom], block: Block) -> Iterator[tuple[Span, ...]]:
    spans = [span for atom in line for span in atom.spans]
    tidied = (Span("".join(s.text for s in spans)),) if block.kind == "code" else tidy(spans)
    if any(span.text for span in tidied):
        yield tidied


def _atoms(block: Block, room: int, indent: int) -> Iterator[_Atom]:
    for href, run in groupby(block.spans, lambda span: span.href):
        spans = tuple(run)
        words = label(spans)
        if href and len(words) <= room and "\n" not in words:
            yield _Atom(spans, len(words), 0)
            continue
        if href:
            # Too long for one message: its address follows as words.
            spans = tuple(replace(span, href="") for span in spans)
            address = words[len("".join(span.text for span in spans)) :]
            spans += (Span(address),) if address else ()
        for span in spans:
            for piece in re.findall(r"\n|[^\S\n]+|\S+", span.text):
                yield from _word(replace(span, text=piece), room, indent)


def _word(span: Span, room: int, indent: int) -> Iterator[_Atom]:
    if span.text == "\n":
        yield _Atom((span,), 1 + indent, 2)
        return
    weight = 1 if span.text.isspace() else 0
    if len(span.text) <= room:
        yield _Atom((span,), len(span.text), weight)
        return
    for run in _runs(span.text, max(1, room // 20)):
        for i in range(0, len(run), room):
            piece = run[i : i + room]
            yield _Atom((replace(span, text=piece),), len(piece), weight)


def _runs(word: str, length: int) -> Iterator[str]:
    """A word in runs of about this length: a million characters one by one would take half a minute."""
    run = ""
    for cluster in _clusters(word):
        if run and len(run) + len(cluster) > length:
            yield run
            run = ""
        run += cluster
    yield run


def _clusters(word: str) -> Iterator[str]:
    """The characters of a word as people see them, as far as the standard library can tell."""
    start, flags = 0, 0
    for i, sign in enumerate(word):
        before = word[i - 1] if i else ""
        flags = flags + 1 if "\U0001f1e6" <= sign <= "\U0001f1ff" else 0
        joins = (
            unicodedata.category(sign) in ("Mn", "Me", "Mc")
            or sign in "\u200c\u200d"
            or before == "\u200d"
            or "\U0001f3fb" <= sign <= "\U0001f3ff"
            or "\U000e0020" <= sign <= "\U000e007f"
            or (flags and flags % 2 == 0)
        )
        if i and not joins:
            yield word[start:i]
            start = i
    if word:
        yield word[start:]
