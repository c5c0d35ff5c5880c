"""The sender: brings platforms to what the outbox wants, in order per destination, at each platform's pace."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, or_, select, tuple_, update

from bot.chat import Busy, Card, Chat, Place, Ref, Refused, Unsure
from bot.engine import bugs, limits, outbox
from bot.engine.flight import Flight
from bot.engine.metrics import SENDS
from bot.engine.records import read_card
from bot.engine.tables import NONE, PENDING, Destination, OutboxRow
from bot.store.base import insert
from bot.store.session import Store, Work

log = structlog.get_logger(__name__)

Key = tuple[str, str]
"""Workspace and key of a message, or workspace and place of a destination."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One message on its way: the row as it was when its destination was claimed."""

    token: int
    workspace_id: str
    key: str
    destination: Place
    to: Place
    card: Card
    wanted: bool
    revision: int
    shown: int
    lives: int
    again: bool
    refs: tuple[Ref, ...]

    @property
    def subject(self) -> str:
        """The key as the platform is told it: another one for a message that comes back after its removal."""
        return self.key if self.lives == 1 else f"{self.key}~{self.lives}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an errand ended; `failure` is None when the platform is where we want it."""

    refs: tuple[Ref, ...] = ()
    failure: Busy | Refused | Unsure | None = None


class Sender:
    """Sends for one process; any number of processes may send from one database."""

    def __init__(self, store: Store, chats: Mapping[str, Chat], *, idle_seconds: float = 5) -> None:
        self._store = store
        self._chats = chats
        self._idle_seconds = idle_seconds

    async def run(self) -> None:
        """Send until cancelled; then claim nothing more and finish what is in flight, within ten seconds."""
        bell = self._store.bell("outbox")
        flight = Flight(bell.set)
        try:
            while True:
                bell.clear()
                errands: list[Errand] = []
                try:
                    if free := limits.AT_ONCE - len(flight):
                        errands = await self._claim(free)
                except Exception as bug:
                    # The database may be away for a while; what waits there is not lost.
                    log.error("claiming broke", **bugs.told(bug))
                for errand in errands:
                    flight.start(str(errand.destination), self._carry(errand))
                if not errands:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._idle_seconds):
                            await bell.wait()
        finally:
            await flight.land()

    async def step(self) -> int:
        """Claim what is due now, send it, and say how many messages that were."""
        errands = await self._claim(limits.AT_ONCE)
        await asyncio.gather(*(self._carry(errand) for errand in errands))
        return len(errands)

    async def _claim(self, most: int) -> list[Errand]:
        """The first messages of destinations that are due, which are ours alone from here on."""
        while True:
            found, errands = await self._store.do(lambda work: self._lease(work, most))
            if errands or not found:
                return errands

    async def _lease(self, work: Work, most: int) -> tuple[int, list[Errand]]:
        """Lease destinations that are due, and take the first message of each that can go now."""
        token = secrets.randbits(62)
        due = await work.session.execute(
            select(Destination.workspace_id, Destination.place)
            .where(
                Destination.pending > NONE,
                Destination.platform.in_(await self._open_platforms(work)),
                Destination.next_at <= work.now,
                or_(Destination.lease_until.is_(None), Destination.lease_until < work.now),
            )
            .order_by(Destination.next_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        taken = [(workspace_id, place) for workspace_id, place in due]
        if not taken:
            return 0, []
        await work.session.execute(
            update(Destination)
            .where(tuple_(Destination.workspace_id, Destination.place).in_(taken))
            .values(lease_token=token, lease_until=work.now + limits.LEASE)
        )
        heads = await self._heads(work, taken)
        shown = [(row.workspace_id, row.key) for row in heads.values() if row.shown]
        standing = await outbox.refs_of(work, shown, taken=True)
        above = await outbox.refs_of(
            work, [(row.workspace_id, row.under) for row in heads.values() if row.under]
        )
        errands = []
        for workspace_id, place in taken:
            destination = Place.parse(place)
            row = heads.get((workspace_id, place))
            if row is None:
                # Somebody is changing it right now.
                await self._release(work, token, destination, next_at=work.now + limits.A_MOMENT)
            elif row.not_before > work.now:
                await self._release(work, token, destination, next_at=row.not_before)
            elif row.under and not row.shown and await self._parent_first(work, row):
                await self._release(work, token, destination, next_at=work.now)
            else:
                refs = standing.get((workspace_id, row.key), ())
                parent = above.get((workspace_id, row.under), ())
                if errand := await self._errand(work, row, token, refs, parent):
                    errands.append(errand)
        return len(taken), errands

    async def _open_platforms(self, work: Work) -> list[str]:
        """The platforms that do not pause."""
        paused = await work.session.scalars(
            select(Destination.platform).where(
                Destination.workspace_id.in_([f"{name}:" for name in self._chats]),
                Destination.place == "",
                Destination.next_at > work.now,
            )
        )
        return sorted({*self._chats} - {*paused})

    async def _heads(self, work: Work, taken: list[Key]) -> dict[Key, OutboxRow]:
        """The message of the lowest turn in each destination, unless another transaction is about it."""
        first = (
            select(OutboxRow.workspace_id, OutboxRow.destination, func.min(OutboxRow.turn))
            .where(
                tuple_(OutboxRow.workspace_id, OutboxRow.destination).in_(taken),
                OutboxRow.state == PENDING,
            )
            .group_by(OutboxRow.workspace_id, OutboxRow.destination)
        )
        rows = await work.session.scalars(
            select(OutboxRow)
            .where(
                tuple_(OutboxRow.workspace_id, OutboxRow.destination, OutboxRow.turn).in_(first),
                OutboxRow.state == PENDING,
            )
            .order_by(OutboxRow.key.desc())
            # Whoever changes a message takes it first and its destination second: waiting here would be a circle.
            .with_for_update(skip_locked=True)
        )
        return {(row.workspace_id, row.destination): row for row in rows}

    async def _parent_first(self, work: Work, row: OutboxRow) -> bool:
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
        row: OutboxRow,
        token: int,
        refs: tuple[Ref, ...],
        parent: tuple[Ref, ...],
    ) -> Errand | None:
        destination = Place.parse(row.destination)
        try:
            card = read_card(row.card)
        except ValueError:
            row.state, row.error = "dead", "What it should say cannot be read."
            log.error("message cannot be read", key=row.key)
            await self._release(work, token, destination, next_at=work.now, settled=True)
            return None
        again = row.unsure
        if row.under and not again:
            # When the message above is gone, the words still have somewhere to be: the open channel.
            row.thread = parent[0].replies.thread if parent else ""
        # From here until the end is known, the message may be on the platform.
        row.unsure = again or (row.wanted and row.shown == 0)
        return Errand(
            token=token,
            workspace_id=row.workspace_id,
            key=row.key,
            destination=destination,
            to=replace(destination, thread=row.thread),
            card=card,
            wanted=row.wanted,
            revision=row.revision,
            shown=row.shown,
            lives=row.lives,
            again=again,
            refs=refs,
        )

    async def _carry(self, errand: Errand) -> bool:
        """Send one message and keep how that ended."""
        try:
            async with asyncio.timeout(limits.SEND_SECONDS):
                outcome = Outcome(refs=await self._bring(errand))
        except (Busy, Refused, Unsure) as failure:
            outcome = Outcome(failure=failure)
        except TimeoutError:
            outcome = Outcome(failure=Unsure(f"No answer in {limits.SEND_SECONDS:g} seconds."))
        except Exception as bug:
            # The adapter broke its word; the message may be out, so it is looked for before the next try.
            log.error(
                "sending broke", key=errand.key, platform=errand.to.platform, **bugs.told(bug)
            )
            outcome = Outcome(failure=Unsure(f"The adapter raised {type(bug).__name__}."))
        kind = type(outcome.failure).__name__.lower() if outcome.failure else "done"
        SENDS.labels(errand.to.platform, kind).inc()
        await self._finish(errand, outcome)
        return True

    async def _bring(self, errand: Errand) -> tuple[Ref, ...]:
        """Do on the platform what the row wants, and return where the parts stand then."""
        chat = self._chats[errand.to.platform]
        refs = errand.refs
        if errand.shown == 0 and (errand.wanted or errand.again):
            refs = await chat.send(errand.to, errand.card, key=errand.subject, again=errand.again)
        elif errand.wanted:
            refs = await chat.edit(refs, errand.card)
        if errand.wanted:
            return refs
        if refs:
            await chat.remove(refs)
        return ()

    async def _finish(self, errand: Errand, outcome: Outcome) -> None:
        wait = await self._store.do(lambda work: self._note(work, errand, outcome))
        asyncio.get_running_loop().call_later(wait, self._store.bell("outbox").set)

    async def _note(self, work: Work, errand: Errand, outcome: Outcome) -> float:
        """Keep how an errand ended, and say in how many seconds its destination may be used again."""
        row = await work.session.get(
            OutboxRow, (errand.workspace_id, errand.key), with_for_update=True
        )
        if row is None or not await self._holds(work, errand):
            return 0
        before = row.state
        next_at = self._settle(row, errand, outcome.failure, work.now)
        if outcome.failure is None:
            await outbox.settle_refs(
                work, errand.workspace_id, errand.key, errand.refs, outcome.refs
            )
        await self._release(
            work,
            errand.token,
            errand.destination,
            next_at=next_at,
            settled=before == "pending" and row.state != "pending",
        )
        if isinstance(outcome.failure, Busy) and outcome.failure.everywhere:
            await self._pause(work, errand.to.platform, next_at)
        return max((next_at - work.now).total_seconds(), 0)

    def _settle(
        self,
        row: OutboxRow,
        errand: Errand,
        failure: Busy | Refused | Unsure | None,
        now: datetime,
    ) -> datetime:
        """Write on the row how the errand ended, and return when its destination may be used again."""
        row.error = str(failure) if failure else ""
        unchanged = row.revision == errand.revision
        if failure is None:
            row.unsure, row.strikes = False, 0
            row.posted_at = row.posted_at or now
            row.shown = errand.revision if errand.wanted else 0
            row.lives += 0 if errand.wanted else 1
            if row.state == "pending" and unchanged:
                row.state = "posted" if errand.wanted else "gone"
            if row.state == "gone":
                row.card = outbox.NOTHING
        elif isinstance(failure, Busy):
            row.unsure = errand.again
            return now + timedelta(seconds=failure.seconds)
        elif row.state == "pending":
            row.strikes += 1
            refused = isinstance(failure, Refused)
            if refused:
                row.unsure = errand.again
            if (refused and unchanged) or row.strikes >= limits.STRIKES:
                row.state = "dead"
                log.warning("message given up", key=row.key, strikes=row.strikes, reason=row.error)
            elif not refused:
                row.not_before = now + limits.back_off(row.strikes)
                return row.not_before
        return now + timedelta(seconds=self._chats[errand.to.platform].pace)

    async def _holds(self, work: Work, errand: Errand) -> bool:
        """Whether this sender still has the lease; if not, another one decides about the message."""
        token = await work.session.scalar(
            select(Destination.lease_token)
            .where(
                Destination.workspace_id == errand.workspace_id,
                Destination.place == str(errand.destination),
            )
            .with_for_update()
        )
        return token == errand.token

    async def _release(
        self,
        work: Work,
        token: int,
        destination: Place,
        *,
        next_at: datetime,
        settled: bool = False,
    ) -> None:
        await work.session.execute(
            update(Destination)
            .where(
                Destination.workspace_id == destination.workspace_id,
                Destination.place == str(destination),
                Destination.lease_token == token,
            )
            .values(
                lease_until=None,
                next_at=next_at,
                pending=Destination.pending - (1 if settled else 0),
            )
        )

    async def _pause(self, work: Work, platform: str, until: datetime) -> None:
        """Claim nothing on a platform until a moment, whatever comes to be wanted there meanwhile."""
        row = insert(work.session, Destination).values(
            workspace_id=f"{platform}:",
            place="",
            platform=platform,
            pending=0,
            next_at=until,
            lease_token=0,
        )
        await work.session.execute(
            row.on_conflict_do_update(
                index_elements=[Destination.workspace_id, Destination.place],
                set_={"next_at": row.excluded.next_at},
                where=Destination.next_at < row.excluded.next_at,
            )
        )
