"""The disk fills up, its file turns read-only, a migration is cut short: nothing is lost, and work goes on after."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, inspect
from sqlalchemy.exc import DBAPIError

from bot import migrating
from bot.chat import AccountId, Ref, Said, Text
from bot.engine import inbox
from bot.engine.inbox import Keeper
from bot.engine.sender import Sender
from bot.store.session import Store
from tests.databases import Postgres
from tests.engine.parts import Yard, logged, opened

ANA = AccountId("fake", "W1", "ana")


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a full disk: what would make a file larger than this cannot be written."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
async def yard(sqlite_url: str):
    async with opened(sqlite_url) as yard:
        yield yard


def said(yard: Yard, number: int) -> tuple[str, Said]:
    words = Text.of(f"{number} " + "tide " * 2000)
    return f"said {number}", Said(Ref(yard.place, str(number)), ANA, words, yard.now)


def full(yard: Yard) -> AbstractContextManager[None]:
    """From now on nothing can be written to this database."""
    return no_file_larger_than(Path(f"{yard.store.url.database}-wal").stat().st_size)


async def test_on_a_full_disk_an_event_is_not_acknowledged_and_later_it_is(yard: Yard) -> None:
    keeper = Keeper(yard.store)
    await keeper.keep(*said(yard, 0))
    log = Path(f"{yard.store.url.database}-wal")
    kept = [0]
    with no_file_larger_than(log.stat().st_size + 200_000):
        for number in range(1, 100):
            try:
                await keeper.keep(*said(yard, number))
            except DBAPIError:
                break
            kept.append(number)
    assert len(kept) < 99
    refused = kept[-1] + 1
    assert await keeper.keep(*said(yard, refused)) is True
    assert [await keeper.keep(*said(yard, number)) for number in kept] == [False] * len(kept)
    heard: list[str] = []

    async def handle(_work: object, one: object) -> None:
        assert isinstance(one, Said)
        heard.append(one.ref.id)

    async def nobody(_one: object) -> None:
        """Nobody to meet."""

    hall = inbox.Inbox(yard.store, prepare=nobody, handle=handle)
    while await hall.step():
        pass
    assert heard == [str(number) for number in [*kept, refused]]


async def test_a_message_whose_end_could_not_be_written_is_there_once(yard: Yard) -> None:
    """The disk is full just when the platform has answered; once there is room, the end is kept."""
    await yard.show("words")
    with ExitStack() as later, logged():
        is_full = asyncio.Event()

        async def fill(_place: object) -> None:
            later.enter_context(full(yard))
            is_full.set()

        yard.chat.after = fill
        sending = asyncio.create_task(yard.sender.step())
        async with asyncio.timeout(60):
            await is_full.wait()
        with pytest.raises(DBAPIError):
            await yard.show("more words")
    yard.chat.after = None
    async with asyncio.timeout(60):
        assert await sending == 1
    yard.later(61)
    await yard.settle()
    assert yard.seen() == ["words"]
    assert yard.chat.calls == ["send one"]
    assert await yard.counted() == ({}, {})


async def test_while_the_file_is_read_only_nothing_is_acknowledged_or_sent(yard: Yard) -> None:
    """The process goes on, and does its work once the file can be written again."""
    await yard.show("words")
    path = yard.store.url.database
    locked = Store(f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true", now=lambda: yard.now)
    yard.stores.append(locked)
    with pytest.raises(DBAPIError, match="readonly"):
        await Keeper(locked).keep(*said(yard, 1))
    with pytest.raises(DBAPIError, match="readonly"):
        await Sender(locked, {"fake": yard.chat}).step()
    assert yard.chat.calls == []
    await yard.settle()
    assert await Keeper(yard.store).keep(*said(yard, 1)) is True
    assert yard.seen() == ["words"]


class Interrupted(Exception):
    """The power went."""


@contextmanager
def cut_after(statements: int) -> Iterator[None]:
    """End the migration before it has made so many changes to the schema."""
    left = statements

    def count(*arguments: object) -> None:
        nonlocal left
        if "CREATE" in str(arguments[2]).upper():
            left -= 1
            if left < 0:
                raise Interrupted

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", count)


@pytest.mark.parametrize("statements", [1, 7, 40])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_migration_that_is_interrupted_leaves_nothing_and_runs_again(
    kind: str, statements: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path}/new.db"
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        made = postgres.server.set(database=postgres._named("half"))
        postgres.run(f'CREATE DATABASE "{made.database}"')
        request.addfinalizer(lambda: postgres.drop(made.database))
        url = made.render_as_string(hide_password=False)
    with cut_after(statements), pytest.raises(Interrupted):
        migrating.migrate(url)
    assert asyncio.run(tables(url)) <= {"alembic_version"}
    migrating.migrate(url)
    assert asyncio.run(is_current(url))


async def tables(url: str) -> set[str]:
    store = Store(url)
    async with store.engine.connect() as connection:
        names = await connection.run_sync(lambda one: inspect(one).get_table_names())
    await store.close()
    return set(names)


async def is_current(url: str) -> bool:
    store = Store(url)
    late = await migrating.behind(store)
    await store.close()
    return late == ""
