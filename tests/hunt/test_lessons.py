"""Whatever happens to lessons: no copy without a yes, no channel with two, and none left after a withdrawal."""

from __future__ import annotations

import asyncio
import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.databases import in_memory
from tests.hunt import LENGTH
from tests.hunt.lessons import HISTORY, STORY, Act, Coast
from tests.hunt.towns import Towns, build

TOWNS = 32
COASTS = math.ceil(32 * LENGTH)
"""Of so many towns each, in each half: more than 2,000 histories in a whole hunt."""


@pytest.mark.parametrize("half", [1, 2])
def test_in_every_history_each_copy_is_agreed_alone_in_its_channel_and_goes_when_told(
    half: int, sqlite_template: Path
) -> None:
    """Presses by anybody, edits, withdrawals, moderators, routes, roles, crashes, lost answers, days, in any order."""
    histories = 0
    with tempfile.TemporaryDirectory(dir=in_memory()) as name, asyncio.Runner() as runner:
        towns = runner.run(build(sqlite_template, Path(name), TOWNS))

        @settings(
            max_examples=COASTS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            database=None,
        )
        @given(st.lists(HISTORY, min_size=TOWNS, max_size=TOWNS), STORY)
        def hunt(many: list[list[Act]], story: list[str]) -> None:
            nonlocal histories
            histories += len(many)
            runner.run(live(towns, Path(name), many, story))

        if LENGTH <= 1:
            # A usual run is the same every time; a longer one looks where nobody has been.
            hunt = seed(half)(hunt)
        hunt()
    assert histories >= COASTS * TOWNS


async def live(towns: Towns, folder: Path, many: list[list[Act]], story: list[str]) -> None:
    """Each town lives its history, and then all comes to rest."""
    async with towns.copied(folder) as coast:
        try:
            for turn, weather in enumerate(story):
                await one_turn(coast, [one[turn] if turn < len(one) else None for one in many])
                await coast.change(weather)
                coast.no_channel_has_two_copies()
            await coast.quiet()
            coast.no_channel_has_two_copies()
            await coast.everything_is_as_it_should_be()
        except BaseException as problem:
            problem.add_note(f"The weather was {story}.")
            raise


async def one_turn(coast: Coast, acts: list[Act | None]) -> None:
    for town, act in zip(coast.towns, acts, strict=True):
        if act is not None:
            await coast.act(town, act)
