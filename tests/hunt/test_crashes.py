"""`outloud run` is killed again and again, and everything that was said is seen once."""

from __future__ import annotations

import asyncio
import math
import shutil
from pathlib import Path

import pytest

from tests.hunt import LENGTH
from tests.hunt.crashing import Count, hunt
from tests.hunt.nursery import Nursery

KILLS_ON_SQLITE = 2 * math.ceil(60 * LENGTH)
KILLS_ON_POSTGRESQL = math.ceil(90 * LENGTH)


@pytest.fixture
def another_sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copyfile(sqlite_template, tmp_path / "another.db")
    return f"sqlite+aiosqlite:///{tmp_path}/another.db"


async def test_kills_on_sqlite_lose_nothing_and_double_nothing(
    nursery: Nursery, sqlite_url: str, another_sqlite_url: str, tmp_path: Path
) -> None:
    """Two installations side by side, for one alone leaves the machine idle while it waits."""
    half = KILLS_ON_SQLITE // 2
    one, two = await asyncio.gather(
        hunt(nursery, tmp_path / "one", sqlite_url, kills=half, seed=1),
        hunt(nursery, tmp_path / "two", another_sqlite_url, kills=half, seed=2),
    )
    check(one + two, KILLS_ON_SQLITE)


async def test_kills_of_three_replicas_on_postgresql_lose_nothing_and_double_nothing(
    nursery: Nursery, postgres_url: str, tmp_path: Path
) -> None:
    """They die at random, sometimes two or all at once, and whoever is left goes on."""
    count = await hunt(
        nursery, tmp_path, postgres_url, kills=KILLS_ON_POSTGRESQL, replicas=3, seed=3
    )
    check(count, KILLS_ON_POSTGRESQL)


def check(count: Count, kills: int) -> None:
    print(count)
    assert count.kills == kills
    assert count.sent >= kills
    assert (count.lost, count.duplicates) == (0, 0)
