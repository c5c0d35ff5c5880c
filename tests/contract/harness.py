"""What a platform's test bench offers, so that the same facts can be asked of every platform."""

from __future__ import annotations

import asyncio
from typing import Protocol, TypeVar

from bot.chat import (
    AccountId,
    Act,
    Chat,
    CommandHelp,
    Done,
    Event,
    Place,
    Ref,
    Reply,
    Shortcut,
)

Heard = TypeVar("Heard")
PATIENCE = 60
"""Seconds after which what did not arrive is taken as lost; nothing waits longer than it must."""


class ListeningDesk:
    """A desk that keeps what it hears, and answers every act with `reply`."""

    commands = (
        CommandHelp("checkin", "Opens today's form.", "[skip|settings]"),
        CommandHelp("grain", "Drops a grain.", "TEXT"),
    )
    shortcuts = (Shortcut("Mark as lesson", "lessons.mark"),)

    def __init__(self) -> None:
        self.reply: Reply = Done()
        self.deliveries: list[tuple[str, Event]] = []
        """Everything that was handed over, repeats included."""
        self.events: dict[str, Event] = {}
        self.acts: list[Act] = []
        self.works = True
        """Whether any channel is set up."""
        self.holds: set[str] = set()
        """Messages of channels that are not set up, which somebody handed over or the core posted."""
        self._changed = asyncio.Condition()

    async def minds(self, place: Place, message: str = "") -> bool:
        return self.works or place.is_direct or message in self.holds

    async def record(self, key: str, event: Event) -> bool:
        async with self._changed:
            self.deliveries.append((key, event))
            new = key not in self.events
            self.events.setdefault(key, event)
            self._changed.notify_all()
        return new

    async def answer(self, act: Act) -> Reply:
        async with self._changed:
            self.acts.append(act)
            self._changed.notify_all()
        return self.reply

    async def complete(self, name: str, words: str, by: AccountId, place: Place) -> tuple[str, ...]:
        return ("skip", "settings") if name == "checkin" else ()

    def all(self, kind: type[Heard]) -> list[Heard]:
        """What was heard of one kind, each once, in order."""
        return [heard for heard in (*self.events.values(), *self.acts) if isinstance(heard, kind)]

    async def hears(self, kind: type[Heard], count: int = 1) -> list[Heard]:
        """Wait until this many of a kind were heard."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self.all(kind)) >= count)
        return self.all(kind)

    async def is_handed(self, deliveries: int) -> None:
        """Wait until this many events were handed over, repeats included."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self.deliveries) >= deliveries)


class Bench(Protocol):
    """One platform with a channel, two people and a bot in it, and hands that act for them.

    A bench acts on the far side of the platform: `visible` reads what people would see there, and
    what somebody does reaches the desk the way the platform delivers it.
    """

    desk: ListeningDesk
    listener: asyncio.Task[None]
    """`chat.listen(desk)`, running."""
    place: Place
    """A channel that `person`, `other`, the bot and a second bot are in."""
    person: AccountId
    other: AccountId
    limit: int
    """More plain characters of text than this do not fit in one message of the platform."""

    @property
    def chat(self) -> Chat: ...

    async def visible(self, place: Place) -> tuple[str, ...]:
        """The bot's messages that stand in a channel, thread or direct message, as people read them.

        Oldest first, a string per message as the platform counts messages; a title, the text, facts
        and the footnote are in it, formatting signs are not.
        """
        ...

    async def files(self, place: Place) -> tuple[tuple[str, bytes], ...]:
        """The files that people find in a place, each by its name, oldest first."""
        ...

    async def pinged(self) -> tuple[str, ...]:
        """Everybody and every group that a message of the bot has notified."""
        ...

    async def shown_to(self, account: AccountId) -> tuple[str, ...]:
        """The cards that this person alone was shown in reply to an act, oldest first."""
        ...

    async def somebody_says(self, words: str, place: Place) -> Ref:
        """`person` posts a message."""
        ...

    async def somebody_edits(self, ref: Ref, words: str) -> None:
        """`person` changes their message."""
        ...

    async def somebody_removes(self, ref: Ref) -> None:
        """`person` takes their message away."""
        ...

    async def somebody_reacts(self, ref: Ref, emoji: str, *, added: bool = True) -> None:
        """`person` puts an emoji on a message, named as ``bulb``, or takes it off."""
        ...

    async def somebody_presses(self, ref: Ref, label: str) -> None:
        """`person` presses the button with this label on a message of the bot."""
        ...

    async def somebody_types(self, command: str) -> None:
        """`person` types a slash command such as ``/checkin skip`` in `place`."""
        ...

    async def somebody_submits(self, values: dict[str, str]) -> None:
        """`person` fills fields of the form that is open for them, by their keys, and sends it."""
        ...

    async def moderator_removes(self, ref: Ref) -> None:
        """Somebody who may do so takes a message of the bot away."""
        ...

    async def link_preview_arrives(self, ref: Ref) -> None:
        """The platform unfolds a link in a message of `person`, and tells the bot in its way."""
        ...

    async def delivered_again(self) -> None:
        """The platform delivers the last event a second time."""
        ...

    async def next_send_is_busy(self, seconds: float) -> None:
        """The platform refuses the next message for this long."""
        ...

    async def next_answer_is_lost(self) -> None:
        """The next message is posted, but the connection breaks before the platform says so."""
        ...

    async def gone_channel(self) -> Place:
        """A channel that was deleted."""
        ...
