"""What the bot says when it brings two people together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.channels.rules import names
from bot.chat import Block, Button, Card, Span, Text, action


@dataclass(frozen=True, slots=True)
class Other:
    """The other one: by name, with the day and the channel of what they wrote."""

    name: str
    channel: str
    day: date

    @property
    def where(self) -> str:
        return f"on {self.day:%A} {self.day.day} {self.day:%B} in #{self.channel}"


def _near(other: Other, shared: Sequence[str]) -> Text:
    return Text(
        (
            Block(
                (
                    Span(f"You and {other.name} are both near "),
                    Span(names(shared), bold=True),
                    Span(f": {other.name} wrote about it {other.where}."),
                )
            ),
        )
    )


def _buttons(number: int) -> tuple[Button, ...]:
    return (
        Button("Yes, please", action("introductions.yes", number), "primary"),
        Button("Not now", action("introductions.no", number)),
        _read(number),
    )


def _read(number: int) -> Button:
    return Button("Read it", action("introductions.read", number))


def offer(number: int, other: Other, shared: Sequence[str]) -> Card:
    """For the writer, alone."""
    return Card(
        text=_near(other, shared) + Text.of("Shall I introduce you?"),
        buttons=_buttons(number),
        footnote=f"Only you see this. After your yes I ask {other.name}; after a no I ask nobody.",
    )


def ask(number: int, other: Other, shared: Sequence[str]) -> Card:
    """For the reader, alone."""
    return Card(
        text=_near(other, shared)
        + Text.of(f"{other.name} would like to meet you. Shall I introduce you?"),
        buttons=_buttons(number),
        footnote=f"Only you see this. A no stays between you and me: {other.name} is not told.",
    )


def agreed(name: str) -> Card:
    """For the writer after their yes."""
    return Card(text=Text.of(f"Gladly. If {name} would like it too, you hear from me."))


def declined() -> Card:
    return Card(text=Text.of("Not now, then. Nobody hears of it."))


def met(number: int, other: Other | None, name: str, shared: Sequence[str]) -> Card:
    """For each of the two, after both said yes; `other` is None when what they wrote is gone."""
    text = Text.of(f"{name} would like to meet you, too: write a line to say hello.")
    near = Text.of(f"You are both near {names(shared)}.") if other is None else _near(other, shared)
    return Card(
        title=f"You and {name}",
        text=near + text,
        buttons=() if other is None else (_read(number),),
        footnote="Only the two of you see this.",
    )


def entry(other: Other, words: str) -> Card:
    """What the other one wrote."""
    return Card(title=f"{other.name}, {other.where}", text=Text.parse(words))
