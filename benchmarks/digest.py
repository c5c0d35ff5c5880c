"""A digest of a week with 10,000 entries, shown to somebody, among more and more entries from before it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from statistics import median

from benchmarks.stage import Result, Stage
from benchmarks.stage.databases import KINDS
from benchmarks.stage.narration import TEAM, narrate
from bot.app import FEATURES
from bot.chat import AccountId, Command, Place, Show
from bot.engine.reception import Reception
from bot.engine.ticker import Ticker
from bot.insight import charts
from bot.people import desk as people
from bot.store.session import Store

NOW = datetime.fromisoformat("2026-11-20T18:00:00+00:00")
ROUNDS = 12
"""The first is to warm up."""
SIZES = {"10 thousand": 10_000, "100 thousand": 100_000, "1 million": 1_000_000}
SMALLEST = "10 thousand"
READER = AccountId("slack", "T0BENCH", "U7")


async def cases(stage: Stage) -> AsyncIterator[Result]:
    for kind in KINDS:
        async for result in _on(stage, kind):
            yield result


async def _on(stage: Stage, kind: str) -> AsyncIterator[Result]:
    sizes = list(SIZES.items())[:2] if stage.quick else SIZES.items()
    async with AsyncExitStack() as opened:
        desks: dict[str, Reception] = {}
        for case, history in sizes:
            url = await opened.enter_async_context(stage.databases.fresh(kind))
            stage.say(f"{kind}: {history:,} entries from before")
            await narrate(url, history, now=NOW)
            store = Store(url, now=lambda: NOW)
            opened.push_async_callback(store.close)
            desks[case] = Reception(store, FEATURES, {}, people.meet)
            # Days that are over were counted when they were.
            await Ticker(store, FEATURES, {}, seconds=5).tick_due()
        seconds: dict[str, list[float]] = {case: [] for case in desks}
        # Side by side, so that what else the machine does is the same for all.
        for number in stage.rounds(ROUNDS, seconds=60):
            stage.say(f"{kind}: round {number + 1}")
            for case, desk in desks.items():
                # What was drawn for one size is not there for the next.
                charts.narration.cache_clear()
                seconds[case].append(await _read(desk))
    medians = {case: median(some[1:]) for case, some in seconds.items()}
    for case, value in medians.items():
        yield Result(case, value, "s", kind, medians[SMALLEST])


async def _read(desk: Reception) -> float:
    """The seconds until the digest of a week is there, with its picture."""
    command = Command("digest", "week", READER, Place("slack", "T0BENCH", TEAM), NOW)
    begun = time.perf_counter()
    shown = await desk.answer(command)
    took = time.perf_counter() - begun
    if not isinstance(shown, Show) or shown.card.picture is None:
        raise RuntimeError(f"There is no digest, but {shown}.")
    return took
