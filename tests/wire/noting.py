"""A desk that notes what it is asked, and says what a test tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.chat import (
    AccountId,
    Act,
    Ask,
    Command,
    CommandHelp,
    Done,
    Event,
    Place,
    Reply,
    Shortcut,
)

COMMANDS = tuple(
    CommandHelp(name, f"What /{name} does.", "TEXT")
    for name in ("checkin", "grain", "lesson", "idea", "ask", "digest", "community", "outloud")
)
SHORTCUTS = (Shortcut("Mark as lesson", "lessons.mark"), Shortcut("Keep as grain", "grains.keep"))

Answer = Callable[[Act], Awaitable[Reply] | Reply]


@dataclass
class NotingDesk:
    """Notes events once by their key, and acts; `says` decides what is answered."""

    says: Answer = lambda act: Done()
    events: dict[tuple[str, str], Event] = field(default_factory=dict)
    deliveries: int = 0
    acts: list[Act] = field(default_factory=list)
    seconds: float = 0.0
    """How slow its database is."""
    broken: bool = False
    offers: tuple[str, ...] = ()
    ignores: set[str] = field(default_factory=set)
    """Channels that nobody set up."""

    @property
    def commands(self) -> tuple[CommandHelp, ...]:
        return COMMANDS

    @property
    def shortcuts(self) -> tuple[Shortcut, ...]:
        return SHORTCUTS

    async def minds(self, place: Place, message: str = "") -> bool:
        return place.channel not in self.ignores

    async def record(self, key: str, event: Event) -> bool:
        await asyncio.sleep(self.seconds)
        if self.broken:
            raise OSError("The disk is full.")
        self.deliveries += 1
        where = event.ref.place.workspace if hasattr(event, "ref") else event.by.workspace
        new = (where, key) not in self.events
        self.events.setdefault((where, key), event)
        return new

    async def answer(self, act: Act) -> Reply:
        await asyncio.sleep(self.seconds)
        if self.broken:
            raise OSError("The disk is full.")
        self.acts.append(act)
        reply = self.says(act)
        return reply if not isinstance(reply, Awaitable) else await reply

    async def complete(self, name: str, words: str, by: AccountId, place: Place) -> tuple[str, ...]:
        await asyncio.sleep(self.seconds)
        return tuple(one for one in self.offers if one.startswith(words))

    @property
    def heard(self) -> list[Event]:
        """The events in the order in which they were kept."""
        return list(self.events.values())


def asks(form: Any) -> Answer:
    """A desk that answers commands with this form, and whatever is sent with Done."""
    return lambda act: Ask(form) if isinstance(act, Command) else Done()
