from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.engine.parts import Yard, opened


@pytest.fixture
async def yard(database_url: str) -> AsyncIterator[Yard]:
    """An engine on a fresh database of each kind."""
    async with opened(database_url) as yard:
        yield yard
