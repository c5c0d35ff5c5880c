"""Pieces that several of these cards and forms are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.admin.rules.taps import Roster
from bot.chat import Block, Field, Option, Span, Text, When

MOST_TICKS = 100
"""People one can still choose from a list; more are written by name."""


def people_field(
    key: str, label: str, chosen: Sequence[str], roster: Roster, when: When | None, hint: str
) -> Field:
    """Somebody to choose from a list, or to write down where the list would be too long."""
    if len(roster.names) > MOST_TICKS:
        return Field(
            key,
            f"{label}, one per line",
            "long",
            "\n".join(roster.names.get(one, one) for one in chosen),
            hint=hint,
            optional=True,
            when=when,
        )
    return Field(
        key,
        label,
        "choices",
        "\n".join(chosen),
        hint=hint,
        options=tuple(Option(name, account) for account, name in roster.names.items()),
        optional=True,
        when=when,
    )


def bullets(lines: Sequence[str]) -> Text:
    return Text(tuple(Block((Span(line),), kind="bullet") for line in lines))


def moment(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %H:%M}"
