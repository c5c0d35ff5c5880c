"""What formatted text is made of, and the rules that keep every text in one tidy form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Literal, TypeAlias

_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_HALF = re.compile(r"[\ud800-\udfff]")
_style = attrgetter("bold", "italic", "strike", "code", "href", "mention")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    href: str = ""
    """An http, https or mailto address; empty for no link."""
    mention: str = ""
    """The platform's id of the account that `text` names; empty for none."""


Kind: TypeAlias = Literal["paragraph", "heading", "bullet", "number", "quote", "code"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, one list item, one quoted paragraph, or a block of code."""

    spans: tuple[Span, ...]
    kind: Kind = "paragraph"
    depth: int = 0
    """How far a list item is indented, from 0."""

    def plain(self) -> str:
        """The words of this block without its marker, a link as ``label (address)``."""
        if len(self.spans) == 1:
            return label(self.spans)
        return "".join([label(list(run)) for _, run in groupby(self.spans, attrgetter("href"))])


def clean(typed: str) -> str:
    if typed.isprintable():
        # All that is changed below is unprintable, and most of what people write has none of it.
        return typed
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    return _HALF.sub("\ufffd", _HIDDEN.sub("", lines))


def label(run: Sequence[Span]) -> str:
    words = run[0].text if len(run) == 1 else "".join([span.text for span in run])
    href = run[0].href
    return words if not href or href in (words, f"mailto:{words}") else f"{words} ({href})"


def numbered(blocks: Iterable[Block]) -> Iterator[tuple[Block, int]]:
    """Each block with its number in its list; 0 when it is not a numbered item."""
    counts: list[int] = []
    for block in blocks:
        if block.kind not in ("bullet", "number"):
            counts = []
            yield block, 0
            continue
        depth = block.depth
        del counts[depth + 1 :]
        counts += [0] * (depth + 1 - len(counts))
        counts[depth] = counts[depth] + 1 if block.kind == "number" else 0
        yield block, counts[depth]


def counted(numbered: Iterable[tuple[Block, int]]) -> Iterator[Block]:
    """The blocks with depths without gaps, and an uncountable item as a paragraph."""
    counts: list[int] = []
    for block, number in numbered:
        if block.kind not in ("bullet", "number"):
            counts = []
            yield block
            continue
        depth = min(block.depth, len(counts))
        expected = counts[depth] + 1 if depth < len(counts) else 1
        if block.kind == "number" and number != expected:
            counts = []
            yield Block(tidy([Span(f"{number}. "), *block.spans]))
            continue
        counts = [*counts[:depth], number if block.kind == "number" else 0]
        yield block if block.depth == depth else replace(block, depth=depth)


def marker(block: Block, number: int) -> tuple[str, str]:
    """What stands before the first line and before the others."""
    if block.kind == "quote":
        return "> ", "> "
    if block.kind not in ("bullet", "number"):
        return "", ""
    marker = "  " * block.depth + (f"{number}. " if block.kind == "number" else "• ")
    return marker, " " * len(marker)


def marked(blocks: Iterable[Block]) -> Iterator[str]:
    for block, number in numbered(blocks):
        first, rest = marker(block, number)
        yield first + block.plain().replace("\n", "\n" + rest)


def quoted(block: Block, number: int) -> Block:
    if block.kind == "code":
        lines = "".join(span.text for span in block.spans).split("\n")
        spans = [Span(f"{line}\n") if not line.strip() else Span(line, code=True) for line in lines]
        return Block(tidy(joined([span] for span in spans)), "quote")
    marker = f"{number}. " if number else "◦ " if block.depth else "• "
    before = [Span(marker)] if block.kind in ("bullet", "number") else []
    return Block(tidy([*before, *block.spans]), "quote")


def joined(lines: Iterable[Sequence[Span]]) -> list[Span]:
    spans: list[Span] = []
    for line in lines:
        spans += [Span("\n"), *line] if spans else line
    return spans


def tidy(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Runs of one style joined, no space at the edges of a line or of a style."""
    done: list[Span] = []
    gap = ""
    for span in spans:
        core = span.text if span.code else span.text.strip()
        if not core:
            gap += span.text
            continue
        lead, _, trail = span.text.partition(core)
        if "\n" in core and not span.code:
            core = "\n".join(filter(None, [line.strip() for line in core.split("\n")]))
        gap += lead
        if done and gap:
            last = done[-1]
            done.append(
                Span(
                    "\n" if "\n" in gap else gap,
                    bold=last.bold and span.bold,
                    italic=last.italic and span.italic,
                    strike=last.strike and span.strike,
                    href=span.href if last.href == span.href else "",
                )
            )
        done.append(span if core == span.text else replace(span, text=core))
        gap = trail
    if len(done) < 2:
        return tuple(done)
    runs = [list(run) for _, run in groupby(done, _style)]
    return tuple(
        run[0] if len(run) == 1 else replace(run[0], text="".join([s.text for s in run]))
        for run in runs
    )
