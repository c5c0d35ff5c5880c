"""A town whose board is served."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.board.parts import Browsers, browsers_of, rhythms
from tests.lessons.parts import Town, town_on


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    """A town on a fresh database of each kind."""
    async for town in town_on(database_url):
        yield town


@pytest.fixture
async def village(sqlite_url: str) -> AsyncIterator[Town]:
    """The same on SQLite alone, for facts that no database decides."""
    async for town in town_on(sqlite_url):
        await rhythms(town)
        yield town


@pytest.fixture
async def browsers(village: Town) -> AsyncIterator[Browsers]:
    async with browsers_of(village) as browsers:
        yield browsers
