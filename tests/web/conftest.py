"""The chats that the adapter's tests are asked of."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.web.local import Local, local_chat


@pytest.fixture
async def local(sqlite_url: str) -> AsyncIterator[Local]:
    """A chat that listens, on SQLite."""
    async with local_chat(sqlite_url) as local:
        await local.start()
        yield local


@pytest.fixture
async def anywhere(database_url: str) -> AsyncIterator[Local]:
    """A chat that listens; the test runs once on each kind of database."""
    async with local_chat(database_url) as local:
        await local.start()
        yield local


@pytest.fixture
async def silent(database_url: str) -> AsyncIterator[Local]:
    """A chat that nobody listens to yet; the test runs once on each kind of database."""
    async with local_chat(database_url) as local:
        yield local
