"""The platform of the state machine: requests wait at its door, and it breaks its word when it is told to."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bot.chat import Busy, Card, Chat, Place, Ref, Refused, Unsure
from bot.chat.fake import FakeChat
from bot.engine import outbox
from bot.engine.tables import InboxRow, OutboxRow
from bot.store.session import Store
from tests.engine.parts import Door

HARBOUR, ORCHARD = Place("fake", "W1", "harbour"), Place("fake", "W1", "orchard")
COPIES = Place("fake", "W1", "copies")
PLACES = {
    "day": (HARBOUR, ""),
    "reply": (HARBOUR, "day"),
    "one": (HARBOUR, ""),
    "two": (ORCHARD, ""),
}

TROUBLES = {
    "busy": lambda: Busy(3),
    "busy everywhere": lambda: Busy(40, everywhere=True),
    "refused": lambda: Refused("No."),
    "unsure": lambda: Unsure("Nothing was heard."),
}


class Bug(Exception):
    """What no adapter should raise."""


class Harbour(FakeChat):
    """A platform at whose door a request can wait, that can break its word, and that minds turns."""

    def __init__(self) -> None:
        super().__init__()
        self.doors: dict[str, Door] = {}
        self.bugs = 0
        self.last = ""
        """What the last request was about."""
        self.in_turn: Callable[[str], Coroutine[Any, Any, None]] | None = None

    async def _enter(self, key: str, place: Place) -> None:
        self.last = key
        if self.in_turn:
            await self.in_turn(key)
        if door := self.doors.get("before"):
            await door.wait(place)
        if self.bugs:
            self.bugs -= 1
            raise Bug

    async def _leave(self, place: Place) -> None:
        if door := self.doors.get("after"):
            await door.wait(place)

    async def send(
        self, to: Place, card: Card, *, key: str, again: bool = False
    ) -> tuple[Ref, ...]:
        await self._enter(subject(key), to)
        refs = await super().send(to, card, key=key, again=again)
        await self._leave(to)
        return refs

    async def edit(self, refs: tuple[Ref, ...], card: Card) -> tuple[Ref, ...]:
        await self._enter(self._key_at(refs[0]), refs[0].place)
        refs = await super().edit(refs, card)
        await self._leave(refs[0].place)
        return refs

    async def remove(self, refs: tuple[Ref, ...]) -> None:
        await self._enter(self._key_at(refs[0]), refs[0].place)
        await super().remove(refs)
        await self._leave(refs[0].place)

    def _key_at(self, ref: Ref) -> str:
        return next((subject(post.key) for post in self.posts if post.ref == ref), "")


def subject(key: str) -> str:
    """What a message is about, whichever part and life of it this is."""
    return re.sub(r"(~\d+)?(#\d+)?$", "", key)


async def nobody(_store: Store, _chat: Chat, _account: object) -> None:
    """Nobody has to be met."""


@dataclass(frozen=True)
class Watch:
    """What the database knows, as a bystander asks it."""

    store: Store

    async def left(self) -> tuple[int, int]:
        """How many events wait, and how many messages were given up."""
        async with self.store.look() as work:
            events = select(func.count()).select_from(InboxRow).where(InboxRow.state == "new")
            given_up = select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "dead")
            return (
                await work.session.scalar(events) or 0,
                await work.session.scalar(given_up) or 0,
            )

    async def taken(self) -> set[str]:
        async with self.store.look() as work:
            found = await work.session.scalars(select(OutboxRow.key).where(OutboxRow.taken))
            return set(found)

    async def is_going(self, key: str) -> bool:
        """Whether the removal of a message was begun, which is brought to its end whatever is wanted since."""
        async with self.store.look() as work:
            row = await work.session.get(OutboxRow, (HARBOUR.workspace_id, key))
            return row is not None and row.unsure and row.shown > 0

    async def is_known(self, ref: Ref) -> bool:
        async with self.store.look() as work:
            return await outbox.find(work, ref) is not None
