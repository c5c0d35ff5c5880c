"""The sender: brings platforms to what the outbox wants, in order per destination, at each platform's pace."""

from __future__ import annotations

import asyncio
import contextlib
import math
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from time import monotonic

import structlog
from sqlalchemy import Executable, func, or_, select, update

from bot.chat import Busy, Chat, Place, Ref, Refused, Unsure
from bot.engine import brake, bugs, limits, links, outbox
from bot.engine.errands import End, Errand, Free, Key, Outcome, note, release
from bot.engine.flight import Flight
from bot.engine.metrics import SENDS
from bot.engine.records import read_card
from bot.engine.tables import NONE, PENDING, Destination, OutboxRow
from bot.engine.together import Together
from bot.store.base import dialect_of
from bot.store.given import Given
from bot.store.session import Store, Work

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """The message that is the next one for its destination, as its row has it."""

    workspace_id: str
    key: str
    destination: str
    thread: str
    under: str
    card: str
    state: str
    wanted: bool
    revision: int
    shown: int
    lives: int
    unsure: bool
    turn: int
    not_before: datetime


_MESSAGE = OutboxRow.__table__.c
_PLACE = Destination.__table__.c
_HEAD = tuple(_MESSAGE[field.name] for field in fields(Head))
_PLACES = Given.of(Destination, "workspace_id", "place")
_LEASED = Given.of(Destination, "workspace_id", "place", "lease_token", "lease_until")
_MARKED = Given.of(OutboxRow, "workspace_id", "key", "unsure", "thread")


class Sender:
    """Sends for one process; any number of processes may send from one database."""

    def __init__(self, store: Store, chats: Mapping[str, Chat], *, idle_seconds: float = 5) -> None:
        self._store = store
        self._chats = chats
        self._idle_seconds = idle_seconds
        self._lanes = asyncio.Semaphore(limits.LANES)
        self._sending = 0
        """How many messages are with a platform right now."""
        self._ends: Together[End, float] = Together(
            self._note,
            linger=limits.LINGER_SECONDS,
            is_enough=lambda ends: not self._sending or ends >= limits.COMPANY,
        )
        self._claimed = asyncio.Event()
        self._rings: set[float] = set()
        """When places may be used again, by the loop's clock."""

    async def run(self) -> None:
        """Send until cancelled; then claim nothing more and finish what is in flight, within ten seconds."""
        bell = self._store.bell("outbox")
        flight = Flight(bell.set)
        try:
            while True:
                bell.clear()
                errands: list[Errand] = []
                try:
                    # While no lane is free, nothing that is claimed could go.
                    if len(flight) <= limits.LANES:
                        errands = await self._claim(limits.AT_ONCE - len(flight), flight.names)
                        self._claimed.set()
                except Exception as bug:
                    # The database may be away for a while; what waits there is not lost.
                    log.error("claiming broke", **bugs.told(bug))
                for errand in errands:
                    flight.start(str(errand.destination), self._carry(errand))
                if not errands:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(limits.spread(self._idle_seconds)):
                            await bell.wait()
        finally:
            await flight.land()

    async def room(self) -> None:
        """Wait, for a moment at most, while more messages than enough wait for their turn.

        Whoever makes more of them would only take the processor from those that could go.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limits.PATIENCE_SECONDS):
                while await self._are_many_waiting():
                    self._claimed.clear()
                    await self._claimed.wait()

    async def _are_many_waiting(self) -> bool:
        async with self._store.look() as work:
            some = (
                select(Destination.place)
                .where(
                    Destination.pending > NONE,
                    Destination.next_at <= work.now,
                    Destination.lease_until.is_(None),
                )
                .limit(limits.PLENTY)
            )
            waiting = await work.session.scalar(select(func.count()).select_from(some.subquery()))
        return waiting == limits.PLENTY

    async def take_over(self) -> None:
        """Let go of every lease: for a start on a database that no other process may use.

        Whoever had one is dead, and what it had begun need not wait for the lease to end.
        """
        async with self._store.work() as work:
            await work.session.execute(
                update(Destination)
                .where(Destination.pending > NONE, Destination.lease_until.is_not(None))
                .values(lease_until=None, lease_token=0)
            )

    async def step(self) -> int:
        """Claim what is due now, send it, and say how many messages that were."""
        errands = await self._claim(limits.AT_ONCE)
        await asyncio.gather(*(self._carry(errand) for errand in errands))
        return len(errands)

    async def _claim(self, most: int, busy: Collection[str] = ()) -> list[Errand]:
        """The first messages of destinations that are due, which are ours alone from here on.

        Where this process is busy it claims nothing, even if a clock that jumped says that its lease is over.
        """
        while True:
            found, errands = await self._store.do(lambda work: self._lease(work, most, busy))
            if errands or not found:
                return errands

    async def _lease(
        self, work: Work, most: int, busy: Collection[str]
    ) -> tuple[int, list[Errand]]:
        """Lease destinations that are due, and take the first message of each that can go now."""
        token = secrets.randbits(62)
        paused = select(Destination.platform).where(
            Destination.workspace_id.in_([f"{name}:" for name in self._chats]),
            Destination.place == "",
            Destination.next_at > work.now,
        )
        due = await work.session.execute(
            select(Destination.workspace_id, Destination.place, Destination.pending)
            .where(
                Destination.pending > NONE,
                Destination.platform.in_(self._chats),
                Destination.platform.not_in(paused),
                Destination.next_at <= work.now,
                or_(
                    Destination.lease_until.is_(None),
                    Destination.lease_until < work.now,
                    # A clock that was set back: no lease lasts so long.
                    Destination.lease_until > work.now + 2 * limits.LEASE,
                ),
                Destination.place.not_in(busy),
            )
            .order_by(Destination.next_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        waiting = {(workspace_id, place): pending for workspace_id, place, pending in due}
        taken = list(waiting)
        if not taken:
            return 0, []
        until = work.now + limits.LEASE
        await (await work.session.connection()).execute(
            _leasing(dialect_of(work.session)),
            _LEASED.these(work.session, [(*at, token, until) for at in taken]),
        )
        stopped = await brake.stopped(work, waiting)
        heads = await self._heads(work, taken)
        shown = [(row.workspace_id, row.key) for row in heads.values() if row.shown]
        standing = await outbox.refs_of(work, shown, taken=True)
        above = await outbox.refs_of(
            work, [(row.workspace_id, row.under) for row in heads.values() if row.under]
        )
        errands: list[Errand] = []
        freed: dict[Key, datetime] = {}
        for at in taken:
            row = heads.get(at)
            if at in stopped:
                freed[at] = work.now + limits.BRAKE_FOR
            elif row is None:
                # Somebody is changing it right now.
                freed[at] = work.now + limits.A_MOMENT
            elif row.not_before > work.now:
                freed[at] = row.not_before
            elif row.under and not row.shown and await self._parent_first(work, row):
                freed[at] = work.now
            else:
                refs = standing.get((row.workspace_id, row.key), ())
                parent = above.get((row.workspace_id, row.under), ())
                if errand := await self._errand(work, row, token, refs, parent):
                    errands.append(errand)
        await _mark(work, errands, heads)
        await release(work, [Free(token, at, next_at) for at, next_at in freed.items()])
        return len(taken), errands

    async def _heads(self, work: Work, taken: list[Key]) -> dict[Key, Head]:
        """The message of the lowest turn in each destination, unless another transaction is about it."""
        rows = await (await work.session.connection()).execute(
            _first(dialect_of(work.session)), _PLACES.these(work.session, taken)
        )
        heads = [Head(*row) for row in rows]
        # One that was waited for may have changed meanwhile.
        return {(one.workspace_id, one.destination): one for one in heads if one.state == "pending"}

    async def _parent_first(self, work: Work, row: Head) -> bool:
        """Let the message that this one goes under go before it.

        Turns come from the clocks of several machines, so a reply may have been given the earlier one.
        """
        moved = await work.session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.workspace_id == row.workspace_id,
                OutboxRow.key == row.under,
                OutboxRow.destination == row.destination,
                OutboxRow.state == PENDING,
                OutboxRow.shown == 0,
                OutboxRow.turn > row.turn,
            )
            .values(turn=row.turn - 1)
            .returning(OutboxRow.key)
        )
        return moved.scalar() is not None

    async def _errand(
        self,
        work: Work,
        row: Head,
        token: int,
        refs: tuple[Ref, ...],
        parent: tuple[Ref, ...],
    ) -> Errand | None:
        try:
            destination, card = Place.parse(row.destination), read_card(row.card)
        except ValueError:
            await self._give_up(work, row, token)
            return None
        thread = row.thread
        if row.under and not row.unsure:
            # When the message above is gone, the words still have somewhere to be: the open channel.
            thread = parent[0].replies.thread if parent else ""
        return Errand(
            token=token,
            workspace_id=row.workspace_id,
            key=row.key,
            destination=destination,
            to=replace(destination, thread=thread) if thread else destination,
            card=card,
            wanted=row.wanted,
            revision=row.revision,
            shown=row.shown,
            lives=row.lives,
            again=row.unsure,
            refs=refs,
        )

    async def _give_up(self, work: Work, row: Head, token: int) -> None:
        await work.session.execute(
            update(OutboxRow)
            .where(OutboxRow.workspace_id == row.workspace_id, OutboxRow.key == row.key)
            .values(state="dead", error="What it should say cannot be read.")
        )
        log.error("message cannot be read", key=row.key)
        at = row.workspace_id, row.destination
        await release(work, [Free(token, at, work.now, settled=True)])

    async def _carry(self, errand: Errand) -> bool:
        """Send one message and keep how that ended."""
        async with self._lanes:
            outcome = await self._send(errand)
            kind = type(outcome.failure).__name__.lower() if outcome.failure else "done"
            SENDS.labels(errand.to.platform, kind).inc()
            # The lane is free again once the end is kept: a crash leaves no more unknown than there are lanes.
            await self._finish(errand, outcome)
        return True

    async def _send(self, errand: Errand) -> Outcome:
        self._sending += 1
        try:
            async with asyncio.timeout(limits.SEND_SECONDS):
                return Outcome(refs=await self._bring(errand))
        except (Busy, Refused, Unsure) as failure:
            return Outcome(failure=failure)
        except TimeoutError:
            return Outcome(failure=Unsure(f"No answer in {limits.SEND_SECONDS:g} seconds."))
        except Exception as bug:
            # The adapter broke its word; the message may be out, so it is looked for before the next try.
            log.error(
                "sending broke", key=errand.key, platform=errand.to.platform, **bugs.told(bug)
            )
            return Outcome(failure=Unsure(f"The adapter raised {type(bug).__name__}."))
        finally:
            self._sending -= 1

    async def _bring(self, errand: Errand) -> tuple[Ref, ...]:
        """Do on the platform what the row wants, and return where the parts stand then."""
        chat = self._chats[errand.to.platform]
        refs, card = errand.refs, links.in_card(errand.card, self._chats)
        if errand.shown == 0 and (errand.wanted or errand.again):
            refs = await chat.send(errand.to, card, key=errand.subject, again=errand.again)
        elif not errand.removes:
            refs = await chat.edit(refs, card)
        if not errand.removes:
            return refs
        if refs:
            await chat.remove(refs)
        return ()

    async def _finish(self, errand: Errand, outcome: Outcome) -> None:
        """Keep how an errand ended; while the database is away, try again for as long as the place is ours."""
        until = monotonic() + limits.LEASE.total_seconds()
        wait = None
        while wait is None:
            try:
                wait = await self._ends.do((errand, outcome))
            except Exception:
                if monotonic() > until:
                    raise
                await asyncio.sleep(limits.spread(limits.AWAY_SECONDS))
        if wait:
            self._look_again(wait)

    def _look_again(self, wait: float) -> None:
        """Look for what is due after a wait, once for all places that are free within a moment."""
        loop = asyncio.get_running_loop()
        at = math.ceil((loop.time() + wait) / limits.LINGER_SECONDS) * limits.LINGER_SECONDS

        def ring() -> None:
            self._rings.discard(at)
            self._store.bell("outbox").set()

        if at not in self._rings:
            self._rings.add(at)
            loop.call_at(at, ring)

    async def _note(self, ends: Sequence[End]) -> list[float]:
        paces = {name: chat.pace for name, chat in self._chats.items()}
        return await self._store.do(lambda work: note(work, ends, paces))


async def _mark(work: Work, errands: Sequence[Errand], heads: Mapping[Key, Head]) -> None:
    """Write down that these messages may be on the platform, or gone from it, until their end is known."""
    marked = []
    for errand in errands:
        head = heads[errand.claimed]
        unsure = head.unsure or head.wanted == (head.shown == 0)
        if (unsure, errand.to.thread) != (head.unsure, head.thread):
            marked.append(
                {
                    "workspace_id": errand.workspace_id,
                    "key": errand.key,
                    "unsure": unsure,
                    "thread": errand.to.thread,
                }
            )
    if marked:
        await (await work.session.connection()).execute(
            _marking(dialect_of(work.session)), _MARKED.hold(work.session, marked)
        )


@cache
def _leasing(dialect: str) -> Executable:
    rows = _LEASED.rows(dialect)
    return (
        update(Destination.__table__)  # type: ignore[arg-type]
        .where(_PLACE.workspace_id == rows.c.workspace_id, _PLACE.place == rows.c.place)
        .values(lease_token=rows.c.lease_token, lease_until=rows.c.lease_until)
    )


@cache
def _first(dialect: str) -> Executable:
    """The messages of the lowest turn in each of the given places.

    Looked up place by place: how many messages wait changes within seconds, and a database that still takes them for
    few would rather read all of them.
    """
    places = _PLACES.rows(dialect)
    waiting = _MESSAGE.workspace_id == places.c.workspace_id, _MESSAGE.destination == places.c.place
    key = select(_MESSAGE.key).where(*waiting, _MESSAGE.state == PENDING).correlate(places)
    first = select(
        places.c.workspace_id, key.order_by(_MESSAGE.turn).limit(1).scalar_subquery().label("key")
    ).subquery("first")
    return (
        select(*_HEAD)
        .where(_MESSAGE.workspace_id == first.c.workspace_id, _MESSAGE.key == first.c.key)
        .order_by(_MESSAGE.key.desc())
        # Whoever changes a message takes it first and its destination second: waiting here would be a circle.
        .with_for_update(skip_locked=True, of=OutboxRow)
    )


@cache
def _marking(dialect: str) -> Executable:
    rows = _MARKED.rows(dialect)
    return (
        update(OutboxRow.__table__)  # type: ignore[arg-type]
        .where(_MESSAGE.workspace_id == rows.c.workspace_id, _MESSAGE.key == rows.c.key)
        .values(unsure=rows.c.unsure, thread=rows.c.thread)
    )
