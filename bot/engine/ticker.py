"""The ticker: looks now and then for what is due. It remembers nothing; the database does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.chat import Chat
from bot.engine import bugs, dead, inbox, limits
from bot.engine.feature import Chore, Due, Feature
from bot.engine.metrics import TICKS
from bot.store.session import Store

log = structlog.get_logger(__name__)

BATCHES = 20
"""The most batches of one job before the others have their turn again."""
NO_SOONER = 0.2
"""Between two ticks lies at least so much of the time that usually does."""
ROUNDS = 50
"""The most turns in one tick, so that it comes to an end."""


class Ticker:
    """Ticks for one process; any number of processes may tick on one database."""

    def __init__(
        self,
        store: Store,
        features: tuple[Feature, ...],
        chats: Mapping[str, Chat],
        *,
        seconds: float,
        room: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._chats = chats
        self._seconds = seconds
        self._room = room
        """Waits, between two batches of one job, until what the first made is on its way."""
        self._due: dict[str, Due] = {"inbox.sweep": inbox.sweep, "dead.count": dead.count}
        self._chores: dict[str, Chore] = {}
        self._soonest = [one.soonest for one in features if one.soonest is not None]
        for feature in features:
            self._due |= {f"{feature.name}.{name}": due for name, due in feature.due.items()}
            self._chores |= {f"{feature.name}.{name}": job for name, job in feature.chores.items()}

    async def run(self) -> None:
        """Tick until cancelled; chores go beside what is due, because a platform may keep them waiting."""
        scheduler = AsyncIOScheduler(timezone="UTC")

        async def tick_due() -> None:
            await self.tick_due()
            if (wait := await self._until_soonest()) < self._seconds:
                at = datetime.now(UTC) + timedelta(seconds=wait)
                scheduler.modify_job("due", next_run_time=at)

        for name, job in (("due", tick_due), ("chores", self.tick_chores)):
            scheduler.add_job(
                job,
                "interval",
                id=name,
                seconds=self._seconds,
                # So that replicas, and all that wait for a server to come back, do not tick at one moment.
                jitter=self._seconds / 10,
                next_run_time=datetime.now(UTC),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        scheduler.start()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Do everything that is due now, and every chore."""
        await self.tick_due()
        await self.tick_chores()

    async def tick_due(self) -> None:
        """Do everything that is due now; neither a job that fails nor one with much to do stops the others."""
        jobs = dict(self._due)
        for _ in range(ROUNDS):
            unfinished = False
            for name, due in list(jobs.items()):
                try:
                    with TICKS.labels(name).time():
                        unfinished |= await self._is_left(due)
                except Exception as bug:
                    log.error("job failed", job=name, **bugs.told(bug))
                    del jobs[name]
            if not unfinished:
                return

    async def _until_soonest(self) -> float:
        """The seconds until somebody waits for something, but never so few that ticks do not come to an end."""
        try:
            async with self._store.look() as work:
                moments = [await ask(work) for ask in self._soonest]
                waits = [(at - work.now).total_seconds() for at in moments if at is not None]
        except Exception as bug:
            log.error("looking ahead failed", **bugs.told(bug))
            return self._seconds
        return max(min(waits, default=self._seconds), self._seconds * NO_SOONER)

    async def tick_chores(self) -> None:
        """Do every chore once; one that fails or hangs does not stop the others."""
        for name, chore in self._chores.items():
            try:
                with TICKS.labels(name).time():
                    async with asyncio.timeout(limits.CHORE_SECONDS):
                        await chore(self._store, self._chats)
            except Exception as bug:
                log.error("chore failed", job=name, **bugs.told(bug))

    async def _is_left(self, due: Due) -> bool:
        """Do some batches of a job, and say whether there may be more."""
        for _ in range(BATCHES):
            async with self._store.work() as work:
                if not await due(work):
                    return False
            if self._room is not None:
                await self._room()
        return True
