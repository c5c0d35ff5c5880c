"""A loopback Discord for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.wire.discord.bench import Bench, bench


@pytest.fixture
async def wired(sqlite_url: str) -> AsyncIterator[Bench]:
    """The adapter on a loopback Discord."""
    async with bench(sqlite_url) as ready:
        yield ready
