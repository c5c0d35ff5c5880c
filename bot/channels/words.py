"""What the bot says about a channel's day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.channels import rules
from bot.chat import Block, Button, Card, Span, Text, action


def day_title(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def parent(channel_id: str, day: date, voices: Sequence[str], asks: Sequence[str]) -> Card:
    """The one message of a channel's day; `asks` are the questions when it is prompted in the open."""
    text = Text()
    if asks:
        text += Text(tuple(Block((Span(ask),), kind="bullet") for ask in asks))
    if voices:
        text += Text.of(f"{rules.names(voices)} narrated today. Their words are in the thread.")
    elif not asks:
        text += Text.of("What are you working on, out loud? The words go in the thread.")
    return Card(
        title=day_title(day),
        text=text,
        # The form belongs to check-ins; its verb is part of every team's day.
        buttons=(Button("Narrate", action("checkins.open", channel_id), "primary"),),
        footnote="Reply here or press Narrate. Everybody in this channel can read the thread."
        if asks
        else "",
    )
