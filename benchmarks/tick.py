"""One tick with 1,000 people due at the same minute, among more and more people who are not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from statistics import median

from benchmarks.stage import Result, Stage
from benchmarks.stage.asking import House, open_house
from benchmarks.stage.databases import KINDS
from benchmarks.stage.people import settle

MONDAY = datetime.fromisoformat("2026-11-16T09:00:00+00:00")
DUE = 1_000
ROUNDS = 8
"""The first is to warm up."""
SIZES = {"10 thousand": 10_000, "100 thousand": 100_000, "1 million": 1_000_000}
SMALLEST = "10 thousand"


async def cases(stage: Stage) -> AsyncIterator[Result]:
    for kind in KINDS:
        async for result in _on(stage, kind):
            yield result


async def _on(stage: Stage, kind: str) -> AsyncIterator[Result]:
    moments = [MONDAY + timedelta(minutes=number) for number in range(ROUNDS)]
    sizes = list(SIZES.items())[:2] if stage.quick else SIZES.items()
    async with AsyncExitStack() as opened:
        houses: dict[str, House] = {}
        for case, people in sizes:
            url = await opened.enter_async_context(stage.databases.fresh(kind))
            stage.say(f"{kind}: {people:,} people move in")
            await settle(url, people, due=moments, each=DUE)
            houses[case] = await opened.enter_async_context(open_house(url))
        busy: dict[str, list[float]] = {case: [] for case in houses}
        idle: dict[str, list[float]] = {case: [] for case in houses}
        # Side by side, so that what else the machine does is the same for all.
        for number in stage.rounds(ROUNDS, seconds=60):
            stage.say(f"{kind}: tick {number + 1}")
            for case, house in houses.items():
                busy[case].append(await house.tick(moments[number], expect=DUE))
                idle[case].append(await house.tick(moments[number], expect=DUE))
    for what, seconds in (("", busy), (", nobody due", idle)):
        medians = {case: median(one[1:]) for case, one in seconds.items()}
        for case, value in medians.items():
            yield Result(f"{case}{what}", value, "s", kind, medians[SMALLEST])
