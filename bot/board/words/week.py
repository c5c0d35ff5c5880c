"""The week of a channel: its digest as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.board.rules import Asked
from bot.board.words import frame
from bot.board.words.frame import Shown
from bot.chat import Block, Card, Span, Text
from bot.chat.pages import Drawing, Link, Page, Part, Tile
from bot.digests.rules import Digest, Item, Section
from bot.digests.words import days

NOTHING = (
    "Nothing was told here in these days, as far as I know. "
    "Look at more days, or at another channel."
)
_PATTERNS = ("All patterns", "patterns")
_LESSONS = ("All lessons here", "lessons")
ROOMS = {
    "rising": _PATTERNS,
    "fading": _PATTERNS,
    "relayed": _LESSONS,
    "reused": _LESSONS,
}
"""Where there is more like what stands in a section, with what leads there."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is drawn beside a digest."""

    weeks: Drawing | None = None
    flow: Drawing | None = None


def week(
    digest: Digest,
    pictures: Pictures,
    asked: Asked,
    shown: Sequence[Shown],
    here: str,
    *,
    wrong: str = "",
) -> Page:
    """What happened in a channel over some days."""
    parts = [_section(one, asked, here) for one in digest.sections]
    parts.sort(key=lambda part: part.shape != "read")
    if not parts:
        parts = [Part("", (Tile(Card(text=Text.of(NOTHING))),), shape="read")]
    if pictures.weeks is not None:
        parts.append(Part("Entries per week", drawing=pictures.weeks, shape="beside"))
    if pictures.flow is not None:
        parts.append(Part("Lessons on their way", drawing=pictures.flow, shape="beside"))
    period = digest.period
    return Page(
        title=f"#{digest.channel}",
        lead=Text.of(days(period), *digest.counts),
        choices=(*frame.channels("", asked, shown, here), frame.spans("", asked, "week")),
        filter=frame.days_filter(
            asked, period.first, period.last, wrong, more=frame.channel_field(shown, here)
        ),
        parts=tuple(parts),
    )


def _section(section: Section, asked: Asked, here: str) -> Part:
    left = section.count - len(section.items)
    more = None
    if left > 0:
        count = f"at least {left}" if section.unread else f"{left}"
        more = Link(f"Show {count} more", asked.query(whole=section.key))
    elif asked.whole == section.key and len(section.items) > 1:
        more = Link("Show fewer", asked.query(whole=""))
    elif section.key in ROOMS:
        label, path = ROOMS[section.key]
        more = Link(label, f"{path}{Asked(channel=here).query()}")
    return Part(
        section.heading,
        tuple(
            Tile(_item(one), Link("read", one.link) if one.link else None) for one in section.items
        ),
        more=more,
        shape="read" if section.key == "story" else "list",
    )


def _item(item: Item) -> Card:
    spans = [Span(f"{item.by}:", bold=True), Span(" ")] if item.by else []
    spans.append(Span(item.words))
    blocks = [Block(tuple(spans))]
    if item.more:
        blocks.append(Block((Span(item.more, italic=True),)))
    for note in item.notes:
        lead = Block((Span(f"{note.by} notes:", italic=True),), "quote")
        blocks += [lead, *Text.parse(note.words).quoted().blocks]
    return Card(text=Text(tuple(blocks)))
