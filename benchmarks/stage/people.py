"""Many people at once, written straight into the tables: teams of ten, each with the ready-made rhythm.

They are as people are who have been asked before: with habits, yesterday's check-in, and a place that messages went
to. Their platform is one that nothing is connected to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    CTE,
    ColumnElement,
    String,
    Table,
    case,
    cast,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.channels.tables import Channel, Member
from bot.chat import AccountId
from bot.checkins.rules import Question, RhythmPlan
from bot.checkins.tables import Checkin, Habit, Rhythm, Slot
from bot.digests.tables import DigestCount
from bot.engine.tables import Destination
from bot.people.tables import Account, Person, Workspace
from bot.store.base import Base
from bot.store.session import Store

WORKSPACE = "slack:T0BENCH"
TEAM = 10
ZONES = ("Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
SPREAD = 24
"""Whoever is not due is asked in one of so many hours, the first of them a day later."""
QUESTIONS = (
    Question("plan", "What one thing are you trying to move today?", role="plan"),
    Question("learned", "What surprised you?", role="learned", optional=True),
)

Number = ColumnElement[int]
Values = Callable[[Number], dict[str, Any]]


async def settle(url: str, people: int, *, due: Sequence[datetime], each: int) -> None:
    """Fill an empty database with people; at each moment of `due`, `each` of them are to be asked."""
    if people < len(due) * each or people % TEAM:
        raise ValueError(f"{people} people are too few, or no teams of {TEAM}.")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await _hasten(connection)
        await _fill_all(connection, people, due, each)
        await connection.commit()
    if engine.dialect.name == "postgresql":
        # What the server's own cleaning does sooner or later.
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text("VACUUM ANALYZE"))
    await engine.dispose()
    store = Store(url)
    # What every start does.
    await store.survey()
    await store.close()


async def live_at_noon(url: str) -> None:
    """Let everybody live where it is about noon now, for nobody is asked at night, and be known since just now."""
    ahead = 12 - datetime.now(UTC).hour
    store = Store(url)
    async with store.work() as work:
        # The names of these zones have the sign the other way round.
        zone = f"Etc/GMT{-ahead:+d}"
        await work.session.execute(update(Person).values(zone=zone, profile_at=work.now))
        await work.session.execute(update(Channel).values(members_at=work.now))
        await work.session.execute(update(Rhythm).values(seated_at=work.now))
    await store.close()


async def _hasten(connection: AsyncConnection) -> None:
    """Spare this connection what rows that are right need not wait for."""
    if connection.dialect.name == "sqlite":
        for setting in ("synchronous=OFF", "cache_size=-200000"):
            await connection.exec_driver_sql(f"PRAGMA {setting}")
    elif await connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = user")):
        # Foreign keys are triggers there, and looked up row by row; only a superuser may leave them out.
        await connection.exec_driver_sql("SET session_replication_role = replica")


async def _fill_all(
    connection: AsyncConnection, people: int, due: Sequence[datetime], each: int
) -> None:
    first = due[0]
    before = first - timedelta(days=1)
    plan = TypeAdapter(RhythmPlan).dump_python(RhythmPlan(), mode="json")
    questions = TypeAdapter(tuple[Question, ...]).dump_python(QUESTIONS, mode="json")
    everybody, teams = _numbers(people), _numbers(people // TEAM)
    moments = _moments(due, each)
    steps: list[tuple[type[Base], CTE, Values]] = [
        (Workspace, _numbers(1), lambda i: {"confidential": [], "created_at": before}),
        (Channel, teams, lambda i: {
            "id": _team(i), "name": _team(i), "ring": "team", "members_at": before,
        }),
        (Rhythm, teams, lambda i: {"channel_id": _team(i), "plan": plan, "seated_at": before}),
        # Their days were counted for digests.
        (DigestCount, teams, lambda i: {"channel_id": _team(i), "upto": first.date()}),
        (Person, everybody, lambda i: {
            "id": i, "name": _named("Person ", i), "profile_at": first, "met_at": before,
            "zone": case(*((i % len(ZONES) == at, zone) for at, zone in enumerate(ZONES))),
        }),
        (Account, everybody, lambda i: {"id": _account(i), "person_id": i}),
        (Member, everybody, lambda i: {"channel_id": _team(i // TEAM), "person_id": i}),
        (Habit, everybody, lambda i: {"person_id": i}),
        (Slot, everybody, lambda i: {
            "channel_id": _team(i // TEAM), "person_id": i,
            "day": moments(i, datetime.date, Slot.day),
            "slot_at": moments(i, _itself, Slot.slot_at),
            "due_at": moments(i, _itself, Slot.due_at),
        }),
        (Checkin, everybody, lambda i: {
            "id": i, "channel_id": _team(i // TEAM), "person_id": i, "day": before.date(),
            "state": "written", "questions": questions, "asked_at": before, "said": 1,
        }),
        (Destination, everybody, lambda i: {
            "place": literal(str(AccountId("slack", "T0BENCH", "").direct)) + _account(i),
            "platform": "slack", "next_at": before,
        }),
    ]  # fmt: skip
    for table, numbers, values in steps:
        await _fill(connection, table, numbers, values)


async def _fill(connection: AsyncConnection, kind: type[Base], numbers: CTE, make: Values) -> None:
    """Write one row for each number."""
    table = kind.__table__
    assert isinstance(table, Table)
    values = {"workspace_id": WORKSPACE, **make(numbers.c.i)}
    columns = [
        value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in values.items()
    ]
    await connection.execute(insert(table).from_select(list(values), select(*columns)))


def _numbers(count: int) -> CTE:
    """The numbers from 0 to below `count`."""
    numbers = select(literal(0).label("i")).cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.i + 1).where(numbers.c.i < count - 1))


def _moments(
    due: Sequence[datetime], each: int
) -> Callable[[Number, Callable[[datetime], date], Any], ColumnElement[Any]]:
    """The moment at which each number's person is asked, as one column or another."""
    later = [due[0] + timedelta(days=1, hours=hour) for hour in range(SPREAD)]

    def moments(i: Number, part: Callable[[datetime], date], column: Any) -> ColumnElement[Any]:
        return case(
            *((i < each * (at + 1), literal(part(one), column.type)) for at, one in enumerate(due)),
            *((i % SPREAD == at, literal(part(one), column.type)) for at, one in enumerate(later)),
        )

    return moments


def _itself(moment: datetime) -> datetime:
    return moment


def _named(prefix: str, i: Number) -> ColumnElement[str]:
    # As long for the last as for the first, so that they sort as they were made.
    return literal(prefix) + cast(i + 10_000_000, String)


def _team(i: Number) -> ColumnElement[str]:
    return _named("C", i)


def _account(i: Number) -> ColumnElement[str]:
    return _named("U", i)
