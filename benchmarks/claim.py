"""1,000 people due at one minute, claimed and written to the outbox, against writing the same rows bare."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from statistics import median

from benchmarks.stage import Result, Stage
from benchmarks.stage.asking import open_house
from benchmarks.stage.databases import KINDS
from benchmarks.stage.people import settle

MONDAY = datetime.fromisoformat("2026-11-16T09:00:00+00:00")
DUE = 1_000
ROUNDS = 10
"""The first is to warm up."""


async def cases(stage: Stage) -> AsyncIterator[Result]:
    moments = [MONDAY + timedelta(minutes=number) for number in range(ROUNDS)]
    for kind in KINDS:
        async with stage.databases.fresh(kind) as url:
            await settle(url, DUE * ROUNDS, due=moments, each=DUE)
            claimed, bare = [], []
            async with open_house(url) as house:
                for number in stage.rounds(ROUNDS, seconds=40):
                    stage.say(f"{kind}: {DUE:,} people, round {number + 1}")
                    claimed.append(await house.ask(moments[number], expect=DUE))
                    bare.append(await house.write_bare(moments[number], expect=DUE))
            yield Result("1 thousand due", median(claimed[1:]), "s", kind, median(bare[1:]))
