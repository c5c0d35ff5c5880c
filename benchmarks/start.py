"""How long the second start takes, and how much memory Outloud holds then and with 100 thousand people.

Memory is read once somebody has opened the chat and some ticks have passed; of the 100 thousand, 1,000 were asked
in one of those ticks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from statistics import median

import httpx
from sqlalchemy import func, select

from benchmarks.stage import Result, Stage
from benchmarks.stage.databases import KINDS
from benchmarks.stage.outloud import Outloud, running
from benchmarks.stage.people import WORKSPACE, live_at_noon, settle
from bot.checkins.tables import Checkin
from bot.store.session import Store

ROUNDS = 7
PEOPLE = 100_000
DUE = 1_000
TICK_SECONDS = 0.5
PATIENCE_SECONDS = 120


async def cases(stage: Stage) -> AsyncIterator[Result]:
    for kind in KINDS:
        async with stage.databases.fresh(kind, migrated=False) as url:
            async for result in _on(stage, kind, url):
                yield result


async def _on(stage: Stage, kind: str, url: str) -> AsyncIterator[Result]:
    stage.say(f"{kind}: the first start makes the database")
    async with running(url, stage.folder):
        pass
    seconds, worked, held = [], [], []
    for number in stage.rounds(ROUNDS, seconds=40, quick=1):
        stage.say(f"{kind}: second start, round {number + 1}")
        async with running(url, stage.folder, tick_seconds=TICK_SECONDS) as outloud:
            seconds.append(outloud.seconds)
            worked.append(outloud.worked)
            held.append(await _after_a_visit(outloud))
    yield Result("second start", median(seconds), "s", kind)
    yield Result("second start, processor", median(worked), "s", kind)
    yield Result("memory", median(held), "MB", kind)
    if stage.quick:
        return
    stage.say(f"{kind}: {PEOPLE:,} people move in")
    await settle(url, PEOPLE, due=[datetime.now(UTC)], each=DUE)
    await live_at_noon(url)
    async with running(url, stage.folder, tick_seconds=TICK_SECONDS) as outloud:
        await _asked(url)
        crowded = await _after_a_visit(outloud)
    yield Result("memory, 100 thousand people", crowded, "MB", kind, median(held))


async def _after_a_visit(outloud: Outloud) -> float:
    """What it holds once somebody has opened the chat, some ticks later."""
    async with httpx.AsyncClient(base_url=outloud.address) as client:
        (await client.get("/")).raise_for_status()
    await asyncio.sleep(3 * TICK_SECONDS)
    return outloud.megabytes


async def _asked(url: str) -> None:
    """Wait until everybody who is due was asked."""
    store = Store(url)
    try:
        for _ in range(PATIENCE_SECONDS * 10):
            if await _count(store) == DUE:
                return
            await asyncio.sleep(0.1)
    finally:
        await store.close()
    raise TimeoutError(f"Not all of {DUE:,} people were asked in {PATIENCE_SECONDS} s.")


async def _count(store: Store) -> int:
    asked = (Checkin.workspace_id == WORKSPACE) & (Checkin.state == "asked")
    async with store.look() as work:
        return await work.session.scalar(select(func.count()).where(asked)) or 0
