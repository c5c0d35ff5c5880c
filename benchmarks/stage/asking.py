"""The core on a database of many people, with its clock set by hand."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import Table, delete, func, insert, select

from bot.app import FEATURES
from bot.checkins.desk import FEATURE as CHECKINS
from bot.checkins.tables import Checkin
from bot.engine.tables import OutboxRow
from bot.engine.ticker import Ticker
from bot.store.base import Base
from bot.store.session import Store


class House:
    """One installation without a platform: what it would say stays in the outbox."""

    def __init__(self, url: str) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)
        self.store = Store(url, now=lambda: self.now)
        self._ticker = Ticker(self.store, FEATURES, {}, seconds=5)

    async def tick(self, now: datetime, *, expect: int) -> float:
        """The seconds of one tick in which so many people are asked."""
        self.now = now
        begun = time.perf_counter()
        await self._ticker.tick()
        seconds = time.perf_counter() - begun
        await self._check(expect)
        return seconds

    async def ask(self, now: datetime, *, expect: int) -> float:
        """The seconds until everybody who is due is asked."""
        self.now = now
        begun = time.perf_counter()
        asked = True
        while asked:
            async with self.store.work() as work:
                asked = bool(await CHECKINS.due["ask"](work))
        seconds = time.perf_counter() - begun
        await self._check(expect)
        return seconds

    async def write_bare(self, now: datetime, *, expect: int) -> float:
        """The seconds of one transaction that writes the check-ins and messages of a moment with nothing around it."""
        kept = [(table, table.c[column]) for table, column in _made_at(Checkin, OutboxRow)]
        async with self.store.work() as work:
            rows = {
                table: [dict(row) for row in found.mappings()]
                for table, column in kept
                for found in [await work.session.execute(select(table).where(column == now))]
            }
            for table, column in kept:
                await work.session.execute(delete(table).where(column == now))
        begun = time.perf_counter()
        async with self.store.work() as work:
            for table, some in rows.items():
                await work.session.execute(insert(table), some)
        seconds = time.perf_counter() - begun
        await self._check(expect)
        return seconds

    async def _check(self, expect: int) -> None:
        """A figure counts only when the work was done: a tick that fails is logged and goes on."""
        async with self.store.look() as work:
            for table, column in _made_at(Checkin, OutboxRow):
                found = await work.session.scalar(
                    select(func.count()).select_from(table).where(table.c[column] == self.now)
                )
                if found != expect:
                    raise RuntimeError(
                        f"{found} rows in {table.name} are of {self.now:%H:%M}, not {expect}."
                    )


@asynccontextmanager
async def open_house(url: str) -> AsyncIterator[House]:
    """A house that is closed after the block."""
    house = House(url)
    try:
        yield house
    finally:
        await house.store.close()


def _made_at(*kinds: type[Base]) -> list[tuple[Table, str]]:
    """Each table with the column that says when a row was made."""
    columns = {"checkin": "asked_at", "outbox": "created_at"}
    tables = [kind.__table__ for kind in kinds]
    return [(table, columns[table.name]) for table in tables if isinstance(table, Table)]
