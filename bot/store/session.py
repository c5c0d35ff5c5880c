"""The database engine, and the unit of work: one transaction, one `now`."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import event, make_url, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from bot.store import one_trip
from bot.store.bells import Bells

T = TypeVar("T")

CLASHES = ("40001", "40P01")
"""What PostgreSQL calls two transactions that wait for each other, one of which it ended."""
TRIES = 3
RESTED_SECONDS = 5.0
"""A connection that nobody used for longer is tried before it is used again."""
PLANNING = (("random_page_cost", "1.1"), ("plan_cache_mode", "force_custom_plan"))
"""How PostgreSQL is to plan: some rows are looked up by their key in tables that grow by thousands within a minute. By
itself it takes a lookup for as slow as a turning disk, and goes on with the plan it made while a table was small."""
SURVEYED = 20_000
"""Rows of each index that a survey looks at, which takes a twentieth of a second: far more than one question names."""


def utc_now() -> datetime:
    """The one reading of this machine's clock; everything else is handed its `now`."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction at one moment: all of it happens, or none."""

    session: AsyncSession
    now: datetime
    wakes: set[str] = field(default_factory=set)
    """Loops to wake once this is committed."""
    held: set[object] = field(default_factory=set)
    """Rows that are asked for again and again: a session forgets what nobody holds, and reads it anew."""


class Store:
    """The database of one installation.

    SQLite has one writer, so all work goes through one connection there and queues in this process instead of
    polling for the file's lock; reads have connections of their own, which WAL never blocks.
    """

    def __init__(self, url: str, *, now: Callable[[], datetime] = utc_now) -> None:
        self.url = make_url(url)
        self._clock = now
        self._agreed: tuple[datetime, float] | None = None
        """A time that the server told, and when that was by a clock that only goes forward."""
        if self.is_sqlite:
            self.engine = _sqlite(url, begin="BEGIN IMMEDIATE", connections=1)
            self._reading = _sqlite(url, begin="BEGIN", connections=4, query_only="ON")
        else:
            self.engine = _postgresql(url)
            self._reading = self.engine.execution_options(postgresql_readonly=True)
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.views = async_sessionmaker(self._reading, expire_on_commit=False)
        """Sessions in which nothing can be written; on SQLite they wait for no writer."""
        self._bells: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.bells = None if self.is_sqlite else Bells(self.url, lambda name: self.bell(name).set())
        """Wake-ups between the processes on one server; while nobody runs them, nothing is told or heard."""

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def now(self) -> datetime:
        """The time by which work is done here."""
        if self._agreed is None:
            return self._clock()
        told, at = self._agreed
        return told + timedelta(seconds=monotonic() - at)

    async def agree(self) -> None:
        """Go by the server's clock from here on, so that processes on machines whose clocks differ agree.

        SQLite has no clock of its own, and no second machine.
        """
        if self.is_sqlite:
            return
        async with self.engine.connect() as connection:
            # A connection that is opened only now must not count as the way there and back.
            await connection.execute(text("SELECT 1"))
            begun = monotonic()
            told = await connection.scalar(text("SELECT clock_timestamp()"))
        self._agreed = told, (begun + monotonic()) / 2

    async def survey(self) -> None:
        """Let SQLite look at how its tables are filled, so that it takes the right index; PostgreSQL does so by itself.

        Without that it takes a workspace for a handful of rows, and reads all of them to find some.
        """
        if not self.is_sqlite:
            return
        async with self.work() as work:
            await work.session.execute(text(f"PRAGMA analysis_limit={SURVEYED}"))
            await work.session.execute(text("ANALYZE"))

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """A transaction that is committed when the block ends, and rolled back when it raises."""
        async with self.sessions() as session, session.begin():
            work = Work(session, self.now())
            yield work
        for name in work.wakes:
            self.bell(name).set()
            if self.bells is not None:
                self.bells.tell(name)

    async def do(self, deed: Callable[[Work], Awaitable[T]]) -> T:
        """Do something in one transaction, again from its start when the database ended it in favour of another.

        PostgreSQL ends one of two transactions that wait for each other; nothing is wrong with either.
        """
        for _ in range(TRIES - 1):
            try:
                async with self.work() as work:
                    return await deed(work)
            except DBAPIError as clash:
                if getattr(clash.orig, "sqlstate", None) not in CLASHES:
                    raise
        async with self.work() as work:
            return await deed(work)

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Work]:
        """A transaction in which nothing can be written; on SQLite it waits for no writer."""
        async with self.views() as session, session.begin():
            yield Work(session, self.now())

    def bell(self, name: str) -> asyncio.Event:
        """Set when there may be something to do for the loop of this name."""
        return self._bells[name]

    async def close(self) -> None:
        await self.engine.dispose()
        await self._reading.dispose()


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for one in memory or on a server."""
    database = make_url(url).database if url.startswith("sqlite") else None
    if not database or database == ":memory:":
        return None
    return Path(database.removeprefix("file:"))


def _postgresql(url: str) -> AsyncEngine:
    """An engine that tries its connections before it uses them, but not at each turn.

    SQLAlchemy's own way to try one goes to the server and back three times before every transaction.
    """
    # Parameters stay out of exceptions: they hold people's words.
    engine = create_async_engine(url, pool_size=8, max_overflow=4, hide_parameters=True)
    dialect = engine.sync_engine.dialect

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for name, value in PLANNING:
            cursor.execute("SELECT set_config($1, $2, false)", (name, value))
        cursor.close()
        connection.commit()

    @event.listens_for(engine.sync_engine, "checkin")
    def rest(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def take_up(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        rested = monotonic() - record.info.get("rests_since", monotonic())
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if rested > RESTED_SECONDS:
            try:
                dialect.do_ping(connection)
            except dialect.loaded_dbapi.Error as lost:
                raise InvalidatePoolError from lost

    return engine


def _sqlite(url: str, *, begin: str, connections: int, query_only: str = "OFF") -> AsyncEngine:
    """An engine whose transactions start with `begin`: sqlite3's own late BEGIN loses concurrent updates."""
    if path := file_of(url):
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        module=one_trip.module(),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        # Parameters stay out of exceptions: they hold people's words.
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=10000",
            "foreign_keys=ON",
            f"query_only={query_only}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
