"""The inbox: events are kept before they are acknowledged, and handled once, in order per conversation."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy import delete, func, select, tuple_

from bot.chat import Busy, Event, Joined, Left, Place, Unsure
from bot.engine import bugs, limits, records
from bot.engine.flight import Flight
from bot.engine.metrics import EVENTS
from bot.engine.tables import DONE, NEW, InboxRow
from bot.engine.together import Together
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.given import insert_new
from bot.store.session import Store, Work

log = structlog.get_logger(__name__)

Handle = Callable[[Work, Event], Awaitable[None]]
Prepare = Callable[[Event], Awaitable[Event | None]]
"""Asks platforms what has to be known before an event is handled; returns the event with that in it."""

KEEP = timedelta(days=30)
"""How long the key of a handled event is remembered; platforms deliver again within hours."""
WAIT = timedelta(days=1)
"""How long an event waits for a platform that does not answer what has to be known first."""
UNSURE_SECONDS = 10.0
"""When a platform is asked again whose answer was lost."""
PAGE = 200
"""How many of the oldest events are looked through for those to handle next; there may be thousands behind them."""
BATCH = 1000
"""Keys forgotten at a time."""


def place_of(event: Event) -> Place:
    """Where an event happened; for a workspace, the direct place of who it is about."""
    if isinstance(event, Joined | Left):
        return event.channel or event.by.direct
    return event.ref.place


async def keep(work: Work, key: str, event: Event) -> bool:
    """Keep an event to be handled; False when one with this key was kept before."""
    (new,) = await _claim(work, [_row(key, event)])
    return new


async def first_time(work: Work, workspace_id: str, key: str) -> bool:
    """Whether an act with this key comes for the first time; the answer is kept with the act's effects."""
    (new,) = await _claim(
        work,
        [Row(workspace_id=workspace_id, key=f"act:{key}", kind="act", state="done")],
    )
    return new


class Keeper:
    """Keeps events for one process: those that come at the same time in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._together = Together(self._keep)
        self._lately: deque[float] = deque(maxlen=limits.MANY)
        self._crowded_at = float("-inf")

    @property
    def is_pressed(self) -> bool:
        """Whether more came in within the last second than is handled in one, or at one moment than is kept at ease."""
        since = monotonic() - 1
        return self._crowded_at > since or (
            len(self._lately) == limits.MANY and self._lately[0] > since
        )

    async def keep(self, key: str, event: Event) -> bool:
        """Keep an event durably before this returns; False when one with this key was kept before."""
        self._lately.append(monotonic())
        return await self._together.do(_row(key, event))

    async def _keep(self, rows: Sequence[Row]) -> list[bool]:
        if len(rows) >= limits.CROWD:
            self._crowded_at = monotonic()
        return await self._store.do(lambda work: _claim(work, rows))


@dataclass(frozen=True, slots=True)
class Row:
    """An event or act as it is kept."""

    workspace_id: str
    key: str
    kind: str
    state: str
    conversation: str = ""
    payload: str = ""


def _row(key: str, event: Event) -> Row:
    kind, payload = records.write_event(event)
    place = place_of(event)
    return Row(place.workspace_id, key, kind, "new", str(place.open), payload)


async def _claim(work: Work, rows: Sequence[Row]) -> list[bool]:
    """Keep rows whose keys are new, and say of each whether it was the first with its key."""
    written = [
        {
            "workspace_id": row.workspace_id,
            "key": row.key,
            "id": new_id(),
            "conversation": row.conversation,
            "kind": row.kind,
            "payload": row.payload,
            "state": row.state,
            "tries": 0,
            "error": "",
            "not_before": work.now,
            "received_at": work.now,
        }
        for row in rows
    ]
    kept = await insert_new(work.session, InboxRow, written, InboxRow.workspace_id, InboxRow.key)
    if any(row.state == "new" for row in rows):
        work.wakes.add("inbox")
    new = {(workspace_id, key) for workspace_id, key in kept}
    first: list[bool] = []
    for row in rows:
        name = (row.workspace_id, row.key)
        first.append(name in new)
        new.discard(name)
    return first


class Inbox:
    """Handles what was kept; any number of processes may share one database."""

    def __init__(
        self,
        store: Store,
        *,
        prepare: Prepare,
        handle: Handle,
        idle_seconds: float = 5,
        keeper: Keeper | None = None,
    ) -> None:
        self._store = store
        self._prepare = prepare
        self._handle = handle
        self._idle_seconds = idle_seconds
        self._keeper = keeper
        self._handled: Together[tuple[InboxRow, Event | None], bool] = Together(self._all)

    async def run(self) -> None:
        """Handle events until cancelled; then begin none and finish those begun, within ten seconds."""
        bell = self._store.bell("inbox")
        flight = Flight(bell.set)
        try:
            while True:
                bell.clear()
                heads: list[InboxRow] = []
                try:
                    if (free := await self._room() - len(flight)) > 0:
                        heads = await self._heads(free, flight.names)
                except Exception as bug:
                    # The database may be away for a while; what waits there is not lost.
                    log.error("looking for events broke", **bugs.told(bug))
                for row in heads:
                    flight.start(row.conversation, self._try(row))
                if not heads:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(limits.spread(self._idle_seconds)):
                            await bell.wait()
        finally:
            await flight.land()

    async def _room(self) -> int:
        """How many conversations to handle at a time.

        While many events come in, handling goes slowly: a platform waits for its acknowledgement, and
        nobody for what is done after that.
        """
        if self._keeper is None or not self._keeper.is_pressed:
            return limits.AT_ONCE
        await asyncio.sleep(limits.ROOM_SECONDS)
        return limits.SLOWLY

    async def step(self) -> int:
        """Handle the first waiting event of each conversation, and say how many were tried."""
        heads = await self._heads(limits.AT_ONCE, ())
        return sum(await asyncio.gather(*(self._try(row) for row in heads)))

    async def _heads(self, most: int, busy: Collection[str]) -> list[InboxRow]:
        """The first waiting events of conversations, but of those that are busy; the oldest events come first."""
        async with self._store.look() as work:
            ids = await self._oldest(work, busy)
            found = await work.session.scalars(
                select(InboxRow)
                .where(InboxRow.state == NEW, InboxRow.id.in_(ids[:most]))
                .order_by(InboxRow.id)
            )
            return list(found)

    async def _oldest(self, work: Work, busy: Collection[str]) -> list[int]:
        """Those among the oldest events that waited longest in their conversation, and wait for nothing else."""
        found = await work.session.execute(
            select(InboxRow.id, InboxRow.workspace_id, InboxRow.conversation, InboxRow.not_before)
            .where(InboxRow.state == NEW, InboxRow.conversation.not_in(busy))
            .order_by(InboxRow.id)
            .limit(PAGE)
        )
        page = found.all()
        firsts: dict[tuple[str, str], tuple[int, datetime]] = {}
        for id, workspace_id, conversation, not_before in page:
            firsts.setdefault((workspace_id, conversation), (id, not_before))
        ready = [id for id, not_before in firsts.values() if not_before <= work.now]
        is_all = len(page) < PAGE
        return ready if ready or is_all else await self._among_all(work, busy)

    async def _among_all(self, work: Work, busy: Collection[str]) -> list[int]:
        """The same among all events: those of one conversation that waits for a platform may fill a page."""
        firsts = (
            select(func.min(InboxRow.id).label("id"))
            .where(InboxRow.state == NEW, InboxRow.conversation.not_in(busy))
            .group_by(InboxRow.workspace_id, InboxRow.conversation)
            .subquery("firsts")
        )
        found = await work.session.scalars(
            select(InboxRow.id)
            .join(firsts, InboxRow.id == firsts.c.id)
            .where(InboxRow.state == NEW, InboxRow.not_before <= work.now)
            .order_by(InboxRow.id)
            .limit(limits.AT_ONCE)
        )
        return list(found)

    async def _try(self, seen: InboxRow) -> bool:
        """Handle one event; False when another process does."""
        platform = seen.workspace_id.partition(":")[0]
        try:
            event = records.read_event(seen.kind, seen.payload)
        except (KeyError, ValueError) as bug:
            # It will not be readable later either, and nobody behind it should wait.
            await self._strike(seen, bug, final=True)
            return True
        try:
            async with asyncio.timeout(limits.ASK_SECONDS):
                event = await self._prepare(event) or event
            try:
                ours = await self._handled.do((seen, event))
            except Refusal:
                # Nobody asked for anything, so nobody is told, and another try would be refused as well.
                ours = await self._handled.do((seen, None))
            if not ours:
                return False
        except (Busy, Unsure) as later:
            await self._put_off(seen, later)
        except Exception as bug:
            log.error("event not handled", key=seen.key, kind=seen.kind, **bugs.told(bug))
            EVENTS.labels(platform, "failed").inc()
            await self._strike(seen, bug)
        else:
            EVENTS.labels(platform, "handled").inc()
        return True

    async def _all(self, some: Sequence[tuple[InboxRow, Event | None]]) -> list[bool]:
        return await self._store.do(
            lambda work: _each(self._once(work, seen, event) for seen, event in some)
        )

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

    async def _put_off(self, seen: InboxRow, trouble: Busy | Unsure) -> None:
        """Come back to an event when the platform may answer again; nothing is wrong with the event."""
        if self._store.now() - seen.received_at > WAIT:
            await self._strike(seen, trouble)
            return
        seconds = trouble.seconds if isinstance(trouble, Busy) else UNSURE_SECONDS
        async with self._store.work() as work:
            row = await work.session.get(
                InboxRow, (seen.workspace_id, seen.key), with_for_update=True
            )
            if row is not None and row.state == "new":
                row.not_before = work.now + timedelta(seconds=seconds)

    async def _strike(self, seen: InboxRow, bug: Exception, *, final: bool = False) -> None:
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
            if final or row.tries >= limits.TRIES:
                row.state = "aside"
                log.error("event set aside", key=seen.key, kind=seen.kind, reason=row.error)
                EVENTS.labels(seen.workspace_id.partition(":")[0], "aside").inc()


async def _each(steps: Iterable[Awaitable[bool]]) -> list[bool]:
    return [await step for step in steps]


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
