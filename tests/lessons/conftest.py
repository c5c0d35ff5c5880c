"""A town on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.lessons.parts import Town, town_on


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async for town in town_on(database_url):
        yield town
