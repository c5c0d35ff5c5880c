"""One unit of work is one transaction: all of it happens, or none, and nobody's change is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from bot.people.tables import Workspace
from bot.store import session
from bot.store.session import Store, Work

MORNING = datetime(2026, 11, 16, 9, tzinfo=UTC)
PID = text("SELECT pg_backend_pid()")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url, now=lambda: MORNING)
    yield store
    await store.close()


async def put(store: Store, id: str = "fake:W1", days: int | None = 0) -> None:
    async with store.work() as work:
        work.session.add(
            Workspace(workspace_id=id, retention_days=days, confidential=[], created_at=work.now)
        )


async def days(store: Store, id: str = "fake:W1") -> int | None:
    async with store.look() as work:
        found = await work.session.get(Workspace, id)
        return found and found.retention_days


async def add_one(work: Work, id: str = "fake:W1") -> None:
    """Read a number with its row locked, and write the next one."""
    row = await work.session.get_one(Workspace, id, with_for_update=True)
    row.retention_days = (row.retention_days or 0) + 1


async def test_of_500_changes_at_the_same_time_none_is_lost(store: Store) -> None:
    """Each reads a number and writes the next one; they come from two processes and 20 tasks."""
    await put(store)
    other = Store(store.url.render_as_string(hide_password=False))

    async def change(which: Store, times: int) -> None:
        for _ in range(times):
            async with which.work() as work:
                await add_one(work)

    await asyncio.gather(*(change((store, other)[n % 2], 25) for n in range(20)))
    await other.close()
    assert await days(store) == 500


async def test_a_transaction_that_raises_leaves_no_trace(store: Store) -> None:
    await put(store)

    async def fail(work: Work) -> None:
        await add_one(work)
        await work.session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.do(fail)
    assert await days(store) == 0


async def test_a_transaction_that_is_cancelled_leaves_no_trace_and_no_lock(store: Store) -> None:
    await put(store)
    begun = asyncio.Event()

    async def hang() -> None:
        async with store.work() as work:
            await add_one(work)
            await work.session.flush()
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(60), store.work() as work:
        await add_one(work)
    assert await days(store) == 1


async def test_bells_ring_after_the_commit_and_only_then(store: Store) -> None:
    """A loop that is woken finds what it was woken for."""

    async def fail(work: Work) -> None:
        work.wakes.add("outbox")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.do(fail)
    assert not store.bell("outbox").is_set()
    async with store.work() as work:
        work.wakes.add("outbox")
        assert not store.bell("outbox").is_set()
    assert store.bell("outbox").is_set()
    assert not store.bell("inbox").is_set()


async def test_reading_does_not_wait_for_a_writer(store: Store) -> None:
    """It sees what was committed before."""
    await put(store)
    async with store.work() as work:
        await add_one(work)
        await work.session.flush()
        async with asyncio.timeout(60):
            assert await days(store) == 0
    assert await days(store) == 1


async def test_nothing_can_be_written_where_somebody_only_looks(store: Store) -> None:
    await put(store)
    with pytest.raises(DBAPIError):
        async with store.look() as work:
            await work.session.execute(text("UPDATE workspace SET retention_days = 7"))
    assert await days(store) == 0
    async with store.work() as work:
        await add_one(work)


async def test_a_moment_is_the_one_that_the_store_was_given(store: Store) -> None:
    async with store.work() as work, store.look() as look:
        assert work.now == look.now == MORNING


async def test_two_transactions_that_wait_for_each_other_both_happen(postgres_url: str) -> None:
    """PostgreSQL ends one of them, which then runs once more."""
    store = Store(postgres_url)
    for id in ("fake:a", "fake:b"):
        await put(store, id)
    begun = {"fake:a": asyncio.Event(), "fake:b": asyncio.Event()}

    async def both(first: str, second: str) -> None:
        async def deed(work: Work) -> None:
            await add_one(work, first)
            await work.session.flush()
            begun[first].set()
            await begun[second].wait()
            await add_one(work, second)

        await store.do(deed)

    async with asyncio.timeout(60):
        await asyncio.gather(both("fake:a", "fake:b"), both("fake:b", "fake:a"))
    assert (await days(store, "fake:a"), await days(store, "fake:b")) == (2, 2)
    await store.close()


@pytest.mark.parametrize("rested", [0.0, 5.0])
async def test_a_connection_that_the_server_ended_meanwhile_is_made_again(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, rested: float
) -> None:
    """Whether it has just been used or rested for long, nobody who comes next is told of it."""
    monkeypatch.setattr(session, "RESTED_SECONDS", rested)
    store = Store(postgres_url)
    async with store.work() as work:
        before = await work.session.scalar(PID)
        driver = (await (await work.session.connection()).get_raw_connection()).driver_connection
    assert driver is not None
    other = Store(postgres_url)
    async with other.work() as work:
        await work.session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": before})
    async with asyncio.timeout(60):
        # One that rested is tried; of one that did not, the system tells.
        while rested and not driver.is_closed():
            await asyncio.sleep(0.01)
    async with store.work() as work:
        assert await work.session.scalar(PID) != before
    await store.close()
    await other.close()


async def test_what_fails_for_another_reason_is_not_tried_again(store: Store) -> None:
    tries: list[int] = []

    async def deed(work: Work) -> None:
        tries.append(1)
        await work.session.execute(text("SELECT nothing_of_this_name"))

    with pytest.raises(DBAPIError):
        await store.do(deed)
    assert tries == [1]


async def test_an_error_of_the_database_does_not_repeat_words(store: Store) -> None:
    """What was to be written may be somebody's; an exception may reach a log."""
    with pytest.raises(StatementError) as error:
        async with store.work() as work:
            await work.session.execute(
                text("INSERT INTO nowhere VALUES (:words)"), {"words": "secret"}
            )
    assert "secret" not in str(error.value)


async def test_sqlite_is_told_to_lose_nothing(sqlite_url: str) -> None:
    """Write-ahead log, full synchronisation, patience with others, foreign keys."""
    store = Store(sqlite_url)
    for begin in (store.work, store.look):
        async with begin() as work:
            told = {
                pragma: await work.session.scalar(text(f"PRAGMA {pragma}"))
                for pragma in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
            }
        assert told == {
            "journal_mode": "wal",
            "synchronous": 2,
            "busy_timeout": 10000,
            "foreign_keys": 1,
        }
    await store.close()


async def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/var/outloud.db")
    async with store.work() as work:
        assert await work.session.scalar(text("SELECT 1")) == 1
    await store.close()
    assert (tmp_path / "var" / "outloud.db").exists()


async def test_sqlite_finds_some_of_many_by_their_index(sqlite_url: str) -> None:
    """Once it has looked at how its tables are filled; before, it reads a whole workspace for them."""
    store = Store(sqlite_url)
    async with store.work() as work:
        await work.session.execute(
            text(
                "INSERT INTO posted (workspace_id, key, part, place, message) "
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
                "SELECT 'fake:W1', i, 0, i, i FROM n"
            )
        )
    some = ", ".join(f"'{one}'" for one in range(500))
    found = (
        f"SELECT * FROM posted WHERE workspace_id = 'fake:W1' AND place IN ({some}) ORDER BY key"
    )

    async def plan() -> str:
        async with store.work() as work:
            rows = await work.session.execute(text(f"EXPLAIN QUERY PLAN {found}"))
            return str(rows.all()[0][-1])

    await store.survey()
    assert "workspace_id=? AND place=?" in await plan()
    await store.close()
