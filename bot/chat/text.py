"""Formatted text as the core knows it: blocks of styled spans, read from Markdown.

Text is data. Nothing in it can ping, link by itself or break out: a mention is a name with an
account behind it, and an adapter writes every span escaped for its platform.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.cut import parts
from bot.chat.markdown import read, write
from bot.chat.spans import Block, Span, clean, marked, numbered, quoted, tidy

__all__ = ["Block", "Span", "Text", "cut"]


@dataclass(frozen=True, slots=True)
class Text:
    """Blocks in reading order.

    Numbered items that follow each other at one depth count from 1; any other block between them
    starts the count again.
    """

    blocks: tuple[Block, ...] = ()

    @classmethod
    def parse(cls, markdown: str) -> Text:
        """Read CommonMark with strikethrough and bare web addresses; a line break is a line break.

        No visible character is lost: what this text cannot hold (HTML, tables, entities, link
        definitions, addresses that are not http, https or mailto) stays as it was typed.
        """
        return cls(read(markdown))

    @classmethod
    def of(cls, *lines: str) -> Text:
        """One plain paragraph per line, every character meant as it stands."""
        blocks = (Block(tidy([Span(clean(line))])) for line in lines)
        return cls(tuple(block for block in blocks if block.spans))

    def __bool__(self) -> bool:
        for block in self.blocks:
            for span in block.spans:
                if span.text.strip():
                    return True
        return False

    def __add__(self, other: Text) -> Text:
        return Text(self.blocks + other.blocks)

    def markdown(self) -> str:
        """This text as Markdown that `parse` reads back; a mention becomes the name alone."""
        return write(self.blocks)

    def plain(self) -> str:
        """This text without formatting, as somebody would type it."""
        return "\n".join(marked(self.blocks))

    def lines(self) -> tuple[str, ...]:
        """The plain lines, without list markers and empty ones."""
        lines = (line.strip() for block in self.blocks for line in block.plain().split("\n"))
        return tuple(line for line in lines if line)

    def quoted(self) -> Text:
        """This text inside a quote."""
        return Text(tuple(quoted(block, n) for block, n in numbered(self.blocks)))


def cut(text: Text, limit: int) -> tuple[Text, ...]:
    """The text in parts of at most `limit` plain characters, in order; none when it is empty.

    Cuts fall between blocks, else lines, else words, else characters as people see them. A link
    stays whole, or becomes words where it alone is over the limit; a numbered item that a cut
    takes from the start of its list keeps its number as words.
    """
    if len(text.plain()) <= limit:
        return (text,) if text else ()
    return tuple(Text(blocks) for blocks in parts(text.blocks, limit))
