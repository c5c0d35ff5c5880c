"""A loopback Slack for each test, in both ways of connecting."""

from collections.abc import AsyncIterator

import pytest

from tests.wire.slack.bench import Bench, bench
from tests.wire.slack.delivery import PATIENCE


@pytest.fixture(autouse=True)
def nothing_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk counts as slow where a test says so, and not on a machine that has other things to do."""
    monkeypatch.setattr("adapters.slack.listen.SLOW", PATIENCE)


@pytest.fixture(params=["socket", "http"])
async def both(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Bench]:
    """The adapter on a loopback Slack; the test runs once in Socket Mode and once by HTTP."""
    async with bench(request.param, sqlite_url) as ready:
        yield ready


@pytest.fixture
async def socket(sqlite_url: str) -> AsyncIterator[Bench]:
    """The adapter in Socket Mode."""
    async with bench("socket", sqlite_url) as ready:
        yield ready


@pytest.fixture
async def http(sqlite_url: str) -> AsyncIterator[Bench]:
    """The adapter behind signed HTTP."""
    async with bench("http", sqlite_url) as ready:
        yield ready
