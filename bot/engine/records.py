"""Cards and events as JSON, for the rows that wait to be sent or handled."""

from __future__ import annotations

from functools import cache

from pydantic import ConfigDict, TypeAdapter

from bot.chat import Attachment, Card, Edited, Event, Joined, Left, Picture, Reacted, Removed, Said

KINDS: dict[str, type[Event]] = {
    kind.__name__.lower(): kind for kind in (Said, Edited, Removed, Reacted, Joined, Left)
}

# The port imports no library, so what pydantic must know of its bytes is said here.
_BYTES = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
Picture.__pydantic_config__ = _BYTES  # type: ignore[attr-defined]
Attachment.__pydantic_config__ = _BYTES  # type: ignore[attr-defined]


@cache
def _cards() -> TypeAdapter[Card]:
    return TypeAdapter(Card)


@cache
def _events(kind: str) -> TypeAdapter[Event]:
    return TypeAdapter(KINDS[kind])


def write_card(card: Card) -> str:
    """A card as JSON, without what is as a new card has it."""
    return _cards().dump_json(card, exclude_defaults=True).decode()


def read_card(written: str) -> Card:
    """The card that `write_card` wrote."""
    return _cards().validate_json(written)


def write_event(event: Event) -> tuple[str, str]:
    """The kind and the JSON of an event."""
    kind = type(event).__name__.lower()
    return kind, _events(kind).dump_json(event).decode()


def read_event(kind: str, written: str) -> Event:
    """The event that `write_event` wrote; raises ValueError when it cannot be read."""
    return _events(kind).validate_json(written)
