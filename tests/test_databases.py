from __future__ import annotations

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store import base, fulltext
from tests.databases import require


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_every_test_has_a_whole_database_of_its_own(database_url: str, turn: str) -> None:
    """A table that one test makes is not there in the next, and all of ours are."""
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        await connection.execute(text("CREATE TABLE left_behind (id INTEGER)"))
    await engine.dispose()
    # SQLite keeps the words that are searched in tables of its own.
    ours = {one for one in tables if not one.startswith(fulltext.PREFIX)}
    assert ours == {*base.metadata.tables, "alembic_version"}


def test_what_must_be_there_is_not_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """OUTLOUD_REQUIRE turns a skip into a failure, for what it names only."""
    monkeypatch.setenv("OUTLOUD_REQUIRE", "postgres, browser")
    with pytest.raises(pytest.fail.Exception, match="OUTLOUD_REQUIRE names browser"):
        require("browser", "there is no Chromium.")
    with pytest.raises(pytest.skip.Exception):
        require("semantic", "the extra is not installed.")
