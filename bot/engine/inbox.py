"""The inbox: events are kept before they are acknowledged, and handled once, in order per conversation."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

import structlog
from sqlalchemy import delete, exists, select, tuple_
from sqlalchemy.orm import aliased

from bot.chat import Event, Joined, Left, Place
from bot.engine import bugs, limits, records
from bot.engine.flight import Flight
from bot.engine.metrics import EVENTS
from bot.engine.tables import DONE, NEW, InboxRow
from bot.refusal import Refusal
from bot.store.base import insert, new_id
from bot.store.session import Store, Work

log = structlog.get_logger(__name__)

Handle = Callable[[Work, Event], Awaitable[None]]
Prepare = Callable[[Event], Awaitable[None]]

KEEP = timedelta(days=30)
"""How long the key of a handled event is remembered; platforms deliver again within hours."""
BATCH = 1000
"""Keys forgotten at a time."""


def place_of(event: Event) -> Place:
    """Where an event happened; for a workspace, the direct place of who it is about."""
    if isinstance(event, Joined | Left):
        return event.channel or event.by.direct
    return event.ref.place


async def keep(work: Work, key: str, event: Event) -> bool:
    """Keep an event to be handled; False when one with this key was kept before."""
    kind, payload = records.write_event(event)
    place = place_of(event)
    return await _claim(work, place.workspace_id, key, str(place.open), kind, payload, "new")


async def first_time(work: Work, workspace_id: str, key: str) -> bool:
    """Whether an act with this key comes for the first time; the answer is kept with the act's effects."""
    return await _claim(work, workspace_id, f"act:{key}", "", "act", "", "done")


async def _claim(
    work: Work, workspace_id: str, key: str, conversation: str, kind: str, payload: str, state: str
) -> bool:
    row = insert(work.session, InboxRow).values(
        workspace_id=workspace_id,
        key=key,
        id=new_id(),
        conversation=conversation,
        kind=kind,
        payload=payload,
        state=state,
        tries=0,
        error="",
        not_before=work.now,
        received_at=work.now,
    )
    kept = await work.session.execute(row.on_conflict_do_nothing().returning(InboxRow.id))
    work.wakes.add("inbox")
    return kept.scalar() is not None


class Inbox:
    """Handles what was kept; any number of processes may share one database."""

    def __init__(
        self, store: Store, *, prepare: Prepare, handle: Handle, idle_seconds: float = 5
    ) -> None:
        self._store = store
        self._prepare = prepare
        self._handle = handle
        self._idle_seconds = idle_seconds

    async def run(self) -> None:
        """Handle events until cancelled; then begin none and finish those begun, within ten seconds."""
        bell = self._store.bell("inbox")
        flight = Flight(bell.set)
        try:
            while True:
                bell.clear()
                heads: list[InboxRow] = []
                try:
                    if free := limits.AT_ONCE - len(flight):
                        heads = await self._heads(free, flight.names)
                except Exception as bug:
                    # The database may be away for a while; what waits there is not lost.
                    log.error("looking for events broke", **bugs.told(bug))
                for row in heads:
                    flight.start(row.conversation, self._try(row))
                if not heads:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._idle_seconds):
                            await bell.wait()
        finally:
            await flight.land()

    async def step(self) -> int:
        """Handle the first waiting event of each conversation, and say how many were tried."""
        heads = await self._heads(limits.AT_ONCE, ())
        return sum(await asyncio.gather(*(self._try(row) for row in heads)))

    async def _heads(self, most: int, busy: Collection[str]) -> list[InboxRow]:
        """The first waiting events of conversations, but of those that are busy."""
        later, earlier = InboxRow, aliased(InboxRow)
        async with self._store.look() as work:
            found = await work.session.scalars(
                select(later)
                .where(
                    later.state == NEW,
                    later.not_before <= work.now,
                    later.conversation.not_in(busy),
                    ~exists().where(
                        earlier.workspace_id == later.workspace_id,
                        earlier.conversation == later.conversation,
                        earlier.state == NEW,
                        earlier.id < later.id,
                    ),
                )
                .order_by(later.id)
                .limit(most)
            )
            return list(found)

    async def _try(self, seen: InboxRow) -> bool:
        """Handle one event; False when another process does."""
        platform = seen.workspace_id.partition(":")[0]
        try:
            event = records.read_event(seen.kind, seen.payload)
            async with asyncio.timeout(limits.ASK_SECONDS):
                await self._prepare(event)
            try:
                ours = await self._store.do(lambda work: self._once(work, seen, event))
            except Refusal:
                # Nobody asked for anything, so nobody is told, and another try would be refused as well.
                ours = await self._store.do(lambda work: self._once(work, seen, None))
            if not ours:
                return False
        except Exception as bug:
            log.error("event not handled", key=seen.key, kind=seen.kind, **bugs.told(bug))
            EVENTS.labels(platform, "failed").inc()
            await self._strike(seen, bug)
        else:
            EVENTS.labels(platform, "handled").inc()
        return True

    async def _once(self, work: Work, seen: InboxRow, event: Event | None) -> bool:
        row = await work.session.scalar(
            select(InboxRow)
            .where(
                InboxRow.workspace_id == seen.workspace_id,
                InboxRow.key == seen.key,
                InboxRow.state == NEW,
            )
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return False
        if event is not None:
            await self._handle(work, event)
        row.state, row.payload, row.error = "done", "", ""
        return True

    async def _strike(self, seen: InboxRow, bug: Exception) -> None:
        """Count a failure; after too many the event is set aside, so that its conversation can go on."""
        async with self._store.work() as work:
            row = await work.session.get(
                InboxRow, (seen.workspace_id, seen.key), with_for_update=True
            )
            if row is None or row.state != "new":
                return
            row.tries += 1
            # The type alone: an exception's words may hold somebody's.
            row.error = type(bug).__name__
            row.not_before = work.now + limits.back_off(row.tries)
            if row.tries >= limits.TRIES:
                row.state = "aside"
                EVENTS.labels(seen.workspace_id.partition(":")[0], "aside").inc()


async def sweep(work: Work) -> int:
    """Forget the keys of some events handled long ago, and say of how many."""
    old = (
        select(InboxRow.workspace_id, InboxRow.key)
        .where(InboxRow.state == DONE, InboxRow.received_at < work.now - KEEP)
        .order_by(InboxRow.received_at)
        .limit(BATCH)
    )
    gone = await work.session.execute(
        delete(InboxRow)
        .where(tuple_(InboxRow.workspace_id, InboxRow.key).in_(old))
        .returning(InboxRow.key)
    )
    return len(gone.all())
