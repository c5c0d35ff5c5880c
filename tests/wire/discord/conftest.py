"""A loopback Discord for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.wire.discord.bench import Bench, bench
from tests.wire.discord.interactions import PATIENCE


@pytest.fixture(autouse=True)
def nothing_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk counts as slow where a test says so, and not on a machine that has other things to do."""
    monkeypatch.setattr("adapters.discord.listen.SLOW", PATIENCE)


@pytest.fixture
async def wired(sqlite_url: str) -> AsyncIterator[Bench]:
    """The adapter on a loopback Discord."""
    async with bench(sqlite_url) as ready:
        yield ready
