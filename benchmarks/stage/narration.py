"""A large team that has narrated for long, written straight into the tables: entries, answers, plans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    String,
    Table,
    case,
    cast,
    column,
    insert,
    literal,
    select,
    text,
    values,
)
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.channels.tables import Channel, Member
from bot.checkins.rules import Question
from bot.checkins.tables import Answer, Checkin, Entry
from bot.grains.tables import Grain
from bot.people.tables import Account, Person, Workspace
from bot.store.base import Base, Moment

WORKSPACE = "slack:T0BENCH"
TEAM = "C0TEAM"
PEOPLE = 1_500
"""So many narrate every day: ten thousand entries in a week."""
WEEK = 10_000
QUESTIONS = (
    Question("plan", "What one thing are you trying to move today?", role="plan"),
    Question("learned", "What surprised you?", role="learned", optional=True),
)


async def narrate(url: str, history: int, *, now: datetime) -> None:
    """Fill an empty database with a week of narration up to now, and so many entries before it."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            for setting in ("synchronous=OFF", "cache_size=-200000"):
                await connection.exec_driver_sql(f"PRAGMA {setting}")
        elif await connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = user")):
            await connection.exec_driver_sql("SET session_replication_role = replica")
        await _fill_all(connection, WEEK + history, now)
        await connection.commit()
    if engine.dialect.name == "postgresql":
        # What the server's own cleaning does sooner or later.
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text("VACUUM ANALYZE"))
    await engine.dispose()


async def _fill_all(connection: AsyncConnection, entries: int, now: datetime) -> None:
    questions = TypeAdapter(tuple[Question, ...]).dump_python(QUESTIONS, mode="json")
    one, people = _numbers(1), _numbers(PEOPLE)
    days = _days(-(-entries // PEOPLE), now)
    told = _numbers(entries)
    told = (
        select(told.c.i, days.c.day, days.c.at)
        .join(days, days.c.n == told.c.i // PEOPLE)
        .cte("told")
    )
    steps: list[tuple[type[Base], CTE, Callable[[Any], dict[str, Any]]]] = [
        (Workspace, one, lambda n: {"confidential": [], "created_at": now}),
        (Channel, one, lambda n: {"id": TEAM, "name": "team", "ring": "team", "members_at": now}),
        (Person, people, lambda n: {
            "id": n.i, "name": literal("Person ") + cast(n.i, String), "zone": "UTC",
            "profile_at": now, "met_at": now,
        }),
        (Account, people, lambda n: {"id": literal("U") + cast(n.i, String), "person_id": n.i}),
        (Member, people, lambda n: {"channel_id": TEAM, "person_id": n.i}),
        (Checkin, told, lambda n: {
            "id": n.i, "channel_id": TEAM, "person_id": n.i % PEOPLE, "day": n.day,
            "state": "written", "questions": questions,
        }),
        (Entry, told, lambda n: {
            "id": n.i, "checkin_id": n.i, "channel_id": TEAM, "person_id": n.i % PEOPLE,
            "day": n.day, "created_at": n.at,
        }),
        (Answer, told, lambda n: {
            "entry_id": n.i, "key": "plan", "position": 0,
            "words": literal("Mend the berth lights on pier ") + cast(n.i, String),
        }),
        (Answer, told, lambda n: {
            "entry_id": n.i, "key": "learned", "position": 1,
            "words": literal("The tide table of the pier was as old as ") + cast(n.i, String),
        }),
        (Grain, told, lambda n: {
            "id": n.i, "person_id": n.i % PEOPLE, "number": n.i // PEOPLE + 1, "chain": n.i,
            "channel_id": TEAM, "made_at": n.at, "settled_at": n.at,
            "headline": literal("Mend the berth lights on pier ") + cast(n.i, String),
            "state": case((n.i % 2 == 0, "done"), else_="kept"),
        }),
    ]  # fmt: skip
    for table, numbers, make in steps:
        await _fill(connection, table, numbers, make(numbers.c))


async def _fill(
    connection: AsyncConnection, kind: type[Base], numbers: CTE, made: dict[str, Any]
) -> None:
    """Write one row for each number."""
    table = kind.__table__
    assert isinstance(table, Table)
    row = {"workspace_id": WORKSPACE, **made}
    columns = [
        value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in row.items()
    ]
    source = select(*columns).select_from(numbers)
    await connection.execute(insert(table).from_select(list(row), source))


def _numbers(count: int) -> CTE:
    """The numbers from 0 to below `count`."""
    numbers = select(literal(0).label("i")).cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.i + 1).where(numbers.c.i < count - 1))


def _days(count: int, now: datetime) -> CTE:
    """So many days up to now, the latest first, each with a moment of it."""
    before = [timedelta(days=n) for n in range(count)]
    return (
        values(column("n", BigInteger), column("day", Date), column("at", Moment), name="days")
        .data([(n, now.date() - gap, now - gap) for n, gap in enumerate(before)])
        .cte("days")
    )
