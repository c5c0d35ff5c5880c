"""What the pages show, as plain data for the templates: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.web.messages import Message
from adapters.web.people import LocalPerson, Town
from adapters.web.read import text_of
from bot.chat import Button, Card, Field, Select, Span, Text

EMOJI: Final = {
    "bulb": "💡",
    "+1": "👍",
    "heart": "❤️",
    "eyes": "👀",
    "tada": "🎉",
    "seedling": "🌱",
    "raised_hands": "🙌",
    "pray": "🙏",
    "thinking_face": "🤔",
    "smile": "😄",
    "rocket": "🚀",
    "fire": "🔥",
    "white_check_mark": "✅",
    "question": "❓",
    "-1": "👎",
    "wave": "👋",
    "clap": "👏",
    "100": "💯",
    "sob": "😭",
    "coffee": "☕",
}
"""The emoji that are shown as pictures; any other short name is shown as ``:name:``."""

OFFERED: Final = ("bulb", "+1", "heart", "eyes", "tada")

_TONES: Final = 8
_DEEPEST: Final = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One block of text with the marker that stands before it."""

    kind: str
    spans: tuple[Span, ...]
    marker: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class CardView:
    """A card, ready to be laid out."""

    title: str
    lines: tuple[Line, ...]
    facts: tuple[tuple[str, tuple[Line, ...]], ...]
    buttons: tuple[Button, ...]
    selects: tuple[Select, ...]
    picture: str
    alt: str
    footnote: str


@dataclass(frozen=True, slots=True)
class ReactionView:
    """One emoji under a message."""

    emoji: str
    shown: str
    count: int
    is_mine: bool
    who: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as one viewer sees it."""

    id: int
    channel: str
    thread: int
    name: str
    initials: str
    tone: int
    is_bot: bool
    moment: str
    clock: str
    day: str
    day_label: str
    lines: tuple[Line, ...]
    card: CardView | None
    file: str
    """The name of its file; empty for none."""
    file_at: str
    reactions: tuple[ReactionView, ...]
    replies: int
    is_edited: bool
    is_removed: bool
    may_edit: bool
    may_remove: bool
    is_mine: bool
    changed: int


def message_view(
    message: Message, viewer: LocalPerson, town: Town, *, now: datetime
) -> MessageView:
    """How somebody sees a message."""
    name = town.named(message.author)
    said = message.said_at.astimezone(zone_of(viewer.zone))
    is_mine = message.author == viewer.id
    return MessageView(
        id=message.id,
        channel=message.channel,
        thread=message.thread,
        name=name,
        initials=initials(name),
        tone=crc32(message.author.encode()) % _TONES,
        is_bot=not message.author,
        moment=said.isoformat(timespec="seconds"),
        clock=f"{said:%H:%M}",
        day=f"{said:%Y-%m-%d}",
        day_label=_day(said, now),
        lines=lines(text_of(message.text, town)) if message.text else (),
        card=card_view(message.card, message.picture) if message.card else None,
        file=message.card.file.name if message.card and message.card.file else "",
        file_at=f"/file/{message.id}?as={quote(viewer.id)}",
        reactions=tuple(
            ReactionView(
                emoji=emoji,
                shown=EMOJI.get(emoji, f":{emoji}:"),
                count=len(people),
                is_mine=viewer.id in people,
                who=_names(["you" if one == viewer.id else town.named(one) for one in people]),
            )
            for emoji, people in message.reactions.items()
        ),
        replies=message.replies,
        is_edited=message.is_edited,
        is_removed=message.is_removed,
        may_edit=is_mine and not message.is_removed,
        may_remove=(is_mine or viewer.is_admin) and not message.is_removed,
        is_mine=is_mine,
        changed=message.changed,
    )


def card_view(card: Card, picture: str) -> CardView:
    """A card whose picture, if it has one, is kept under this digest."""
    return CardView(
        title=card.title,
        lines=lines(card.text),
        facts=tuple((fact.label, lines(fact.value)) for fact in card.facts),
        buttons=card.buttons,
        selects=card.selects,
        picture=picture,
        alt=card.picture.alt if card.picture else "",
        footnote=card.footnote,
    )


def lines(text: Text) -> tuple[Line, ...]:
    """The blocks of a text with bullets and running numbers before the items of its lists."""
    return tuple(_lines(text))


def _lines(text: Text) -> Iterator[Line]:
    counts: dict[int, int] = {}
    for block in text.blocks:
        depth = min(block.depth, _DEEPEST)
        if block.kind == "number":
            counts = {level: count for level, count in counts.items() if level <= block.depth}
            counts[block.depth] = counts.get(block.depth, 0) + 1
            yield Line("item", block.spans, f"{counts[block.depth]}.", depth)
        elif block.kind == "bullet":
            counts = {level: count for level, count in counts.items() if level < block.depth}
            yield Line("item", block.spans, "•", depth)
        else:
            counts = {}
            yield Line(block.kind, block.spans)


PAGES = ("/c/", "/?")
"""How the addresses of this chat's own pages begin; what people type cannot link to them."""


def link(span: Span) -> str:
    """The address a span links to; empty for none, and for one that is no page, no web and no mail address."""
    address = span.href.strip()
    known = ("http://", "https://", "mailto:", *PAGES)
    return address if address.lower().startswith(known) else ""


def chosen(field: Field) -> frozenset[str]:
    """The values that are ticked when the form opens."""
    return frozenset(field.value.split("\n")) if field.value else frozenset()


def initials(name: str) -> str:
    """One or two letters to know somebody by."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def zone_of(name: str) -> ZoneInfo:
    """The zone of this name; UTC when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _day(said: datetime, now: datetime) -> str:
    label = f"{said:%A} {said.day} {said:%B}"
    return label if said.year == now.astimezone(said.tzinfo).year else f"{label} {said.year}"


def _names(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
