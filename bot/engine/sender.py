"""The sender: brings platforms to what the outbox wants, in order per destination, at each platform's pace."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Collection, Mapping, Sequence
from time import monotonic

import structlog
from sqlalchemy import func, select, update

from bot.chat import Busy, Chat, Ref, Refused, Unsure
from bot.engine import bugs, claims, limits, links
from bot.engine.errands import End, Errand, Outcome, note
from bot.engine.flight import Flight
from bot.engine.metrics import SENDS
from bot.engine.tables import NONE, Destination
from bot.engine.together import Together
from bot.store.session import Store

log = structlog.get_logger(__name__)


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
            found, errands = await self._store.do(
                lambda work: claims.lease(work, self._chats, most, busy)
            )
            if errands or not found:
                return errands

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
