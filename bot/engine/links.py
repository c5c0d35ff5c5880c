"""Links to messages: written as references, and turned into a platform's addresses where platforms are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.chat import Block, Card, Chat, Place, Ref, Replace, Reply, Show, Span, Text

SCHEME = "outloud:"
"""No text that people type can link to this: what is read from Markdown links to the web and to mail alone."""


def to(ref: Ref) -> str:
    """What a span links to so that it leads to a message."""
    return f"{SCHEME}{ref.place}#{ref.id}"


def read(href: str) -> Ref | None:
    """The message that `to` wrote; None for any other address."""
    if not href.startswith(SCHEME):
        return None
    place, _, message = href.removeprefix(SCHEME).rpartition("#")
    return Ref(Place.parse(place), message)


def in_reply(reply: Reply, chats: Mapping[str, Chat]) -> Reply:
    """A reply whose card links to addresses."""
    if isinstance(reply, Show | Replace):
        return replace(reply, card=in_card(reply.card, chats))
    return reply


def in_card(card: Card, chats: Mapping[str, Chat]) -> Card:
    """A card whose text links to addresses; words that lead to a platform that is off are words alone."""
    return replace(card, text=in_text(card.text, chats)) if _refers(card.text) else card


def in_text(text: Text, chats: Mapping[str, Chat]) -> Text:
    """A text that links to addresses."""
    return Text(
        tuple(
            Block(tuple(_span(span, chats) for span in block.spans), block.kind, block.depth)
            for block in text.blocks
        )
    )


def _refers(text: Text) -> bool:
    return any(span.href.startswith(SCHEME) for block in text.blocks for span in block.spans)


def _span(span: Span, chats: Mapping[str, Chat]) -> Span:
    ref = read(span.href)
    if ref is None:
        return span
    chat = chats.get(ref.place.platform)
    return replace(span, href=chat.link(ref) if chat is not None else "")
