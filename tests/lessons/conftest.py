"""A town on a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.lessons.parts import Town, town_on


@pytest.fixture
async def town(either_url: str) -> AsyncIterator[Town]:
    async for town in town_on(either_url):
        yield town


@pytest.fixture
async def village(sqlite_url: str) -> AsyncIterator[Town]:
    """The same on SQLite alone, for facts that no database decides."""
    async for town in town_on(sqlite_url):
        yield town
