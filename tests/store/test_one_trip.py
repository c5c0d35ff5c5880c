"""A statement makes one trip to SQLite's thread, and tells all that a cursor tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.session import Store


@pytest.fixture
async def connection(sqlite_url: str) -> AsyncIterator[AsyncConnection]:
    store = Store(sqlite_url)
    async with store.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE shells (id INTEGER PRIMARY KEY, kind TEXT)"))
        yield connection
    await store.close()


async def collect(connection: AsyncConnection) -> None:
    many = [{"kind": kind} for kind in ("cowrie", "limpet", "whelk")]
    await connection.execute(text("INSERT INTO shells (kind) VALUES (:kind)"), many)


async def test_rows_come_whole_and_in_order(connection: AsyncConnection) -> None:
    await collect(connection)
    found = await connection.execute(text("SELECT id, kind FROM shells ORDER BY id"))
    assert list(found.keys()) == ["id", "kind"]
    assert found.all() == [(1, "cowrie"), (2, "limpet"), (3, "whelk")]


async def test_a_change_tells_how_many_rows_it_met_and_gives_them_back(
    connection: AsyncConnection,
) -> None:
    await collect(connection)
    changed = await connection.execute(text("UPDATE shells SET kind = 'top' WHERE id > 1"))
    assert changed.rowcount == 2
    taken = await connection.execute(text("DELETE FROM shells WHERE id < 3 RETURNING kind"))
    assert sorted(taken.scalars()) == ["cowrie", "top"]
    assert taken.rowcount == 2


async def test_a_statement_that_is_refused_leaves_the_transaction_as_it_was(
    connection: AsyncConnection,
) -> None:
    await collect(connection)
    with pytest.raises(IntegrityError, match="UNIQUE"):
        await connection.execute(text("INSERT INTO shells VALUES (1, 'again')"))
    assert await connection.scalar(text("SELECT count(*) FROM shells")) == 3


async def test_a_task_that_is_cancelled_leaves_a_database_that_works(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    long = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
        " SELECT count(*) FROM n"
    )

    async def count() -> Any:
        async with store.work() as work:
            return await work.session.scalar(long)

    task = asyncio.create_task(count())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await count() == 300_000
    await store.close()


async def test_a_statement_makes_one_trip(
    connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = 0
    travel = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, *rest: Any) -> Any:
        nonlocal trips
        trips += 1
        return await travel(self, *rest)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    assert (await connection.execute(text("SELECT 1"))).all() == [(1,)]
    assert trips == 1
