"""The ticker: looks now and then for what is due. It remembers nothing; the database does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

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
    ) -> None:
        self._store = store
        self._chats = chats
        self._seconds = seconds
        self._due: dict[str, Due] = {"inbox.sweep": inbox.sweep, "dead.count": dead.count}
        self._chores: dict[str, Chore] = {}
        for feature in features:
            self._due |= {f"{feature.name}.{name}": due for name, due in feature.due.items()}
            self._chores |= {f"{feature.name}.{name}": job for name, job in feature.chores.items()}

    async def run(self) -> None:
        """Tick until cancelled; chores go beside what is due, because a platform may keep them waiting."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        for job in (self.tick_due, self.tick_chores):
            scheduler.add_job(
                job,
                "interval",
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
        return True
