from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.hunt.nursery import Nursery


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    """Where a test's processes come from; none outlives it."""
    async with Nursery() as nursery:
        yield nursery
