from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from benchmarks.stage.asking import open_house
from benchmarks.stage.people import settle
from bot.store.session import Store

NINE = datetime.fromisoformat("2026-11-16T09:00:00+00:00")


async def test_those_who_are_due_are_asked_in_one_tick_and_nobody_else(database_url: str) -> None:
    await settle(database_url, 60, due=[NINE, NINE + timedelta(minutes=1)], each=20)
    async with open_house(database_url) as house:
        await house.tick(NINE, expect=20)
        await house.tick(NINE + timedelta(minutes=1), expect=20)
        await house.tick(NINE + timedelta(minutes=2), expect=0)


async def test_a_figure_of_work_that_was_not_done_is_refused(database_url: str) -> None:
    await settle(database_url, 40, due=[NINE], each=20)
    async with open_house(database_url) as house:
        with pytest.raises(RuntimeError, match="20 rows in checkin are of 09:00, not 40"):
            await house.ask(NINE, expect=40)


async def test_what_is_written_bare_is_what_the_asking_wrote(database_url: str) -> None:
    await settle(database_url, 20, due=[NINE], each=20)
    async with open_house(database_url) as house:
        await house.ask(NINE, expect=20)
        before = await messages(house.store)
        await house.write_bare(NINE, expect=20)
        assert await messages(house.store) == before


async def test_every_row_of_the_many_people_belongs_to_another_that_is_there(
    sqlite_url: str,
) -> None:
    await settle(sqlite_url, 100, due=[NINE], each=10)
    store = Store(sqlite_url)
    async with store.look() as work:
        assert (await work.session.execute(text("PRAGMA foreign_key_check"))).all() == []
        assert await work.session.scalar(text("SELECT count(*) FROM slot")) == 100
    await store.close()


async def messages(store: Store) -> list[tuple[str, str]]:
    async with store.look() as work:
        found = await work.session.execute(text("SELECT key, card FROM outbox ORDER BY key"))
        return [(key, card) for key, card in found]
