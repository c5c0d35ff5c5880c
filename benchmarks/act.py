"""How long a person waits for an answer: a button, a form, a command, as the browser sends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from statistics import median, quantiles

from benchmarks.stage import Result, Stage
from benchmarks.stage.outloud import running
from benchmarks.stage.visitor import Visitor

PEOPLE = ("ana", "ben", "chi", "dee")
ROUNDS = 200
WARM_UP = len(PEOPLE)
"""The first rounds, one for each person, do not count."""


async def cases(stage: Stage) -> AsyncIterator[Result]:
    waited: dict[str, list[float]] = {}
    async with AsyncExitStack() as opened:
        url = await opened.enter_async_context(stage.databases.fresh("sqlite", migrated=False))
        outloud = await opened.enter_async_context(running(url, stage.folder))
        visitors = [Visitor(outloud.address, person) for person in PEOPLE]
        for visitor in visitors:
            await opened.enter_async_context(visitor.client)
            await _welcomed(visitor)
            await opened.enter_async_context(visitor.watching())
        stage.say(f"rounds of four acts, {len(visitors)} people with the page open")
        for number in stage.rounds(ROUNDS, seconds=75, quick=3 * WARM_UP):
            took = await _round(visitors[number % len(visitors)], number)
            if number >= WARM_UP:
                for case, milliseconds in took.items():
                    waited.setdefault(case, []).append(milliseconds)
    nothing = waited.pop("nothing")
    for case, one in waited.items():
        yield Result(f"{case} p50", median(one), "ms", "sqlite", median(nothing))
        yield Result(f"{case} p99", _p99(one), "ms", "sqlite", _p99(nothing))


async def _round(visitor: Visitor, number: int) -> dict[str, float]:
    """One of each act, and the milliseconds that each took."""
    took = {"nothing": await visitor.nothing()}
    check_in = (await visitor.look()).presses["Check in now"]
    took["button for a form"], form = await visitor.act("/press", "form", **check_in)
    plan, *others = form.answers
    words = {plan: f"Oil the winch of gate {number}", **dict.fromkeys(others, f"Tide {number}")}
    took["form"], _ = await visitor.act("/submit", "only", **form.sends | words)
    took["command"], card = await visitor.act("/say", "only", text=f"/grain Paint buoy {number}")
    took["button"], _ = await visitor.act("/press", "only", **card.presses["Undo"])
    return took


async def _welcomed(visitor: Visitor) -> None:
    """Wait for the bot's first words."""
    for _ in range(300):
        if "Check in now" in (await visitor.look()).presses:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(f"The bot did not welcome {visitor.person} in half a minute.")


def _p99(figures: list[float]) -> float:
    return quantiles(figures, n=100, method="inclusive")[98]
