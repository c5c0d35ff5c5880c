"""10,000 people due at one minute, until the last prompt is on Slack, against a bare client that posts as many."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from statistics import mean
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.stage import Result, Stage
from benchmarks.stage.databases import KINDS
from benchmarks.stage.outloud import running
from benchmarks.stage.people import live_at_noon, settle
from benchmarks.stage.slack import Loopback, loopback, person
from bot.engine.limits import LANES

PEOPLE = 10_000
HEAD_START = timedelta(seconds=12)
"""From the database's being filled until everybody is due: a start fits into it."""
PATIENCE_SECONDS = 300
TURNS = 3
"""Times that the bare client posts, for no machine is equally quick all the time."""


async def cases(stage: Stage) -> AsyncIterator[Result]:
    people = 200 if stage.quick else PEOPLE
    for kind in KINDS:
        async with stage.databases.fresh(kind) as url, loopback(people) as slack:
            stage.say(f"{kind}: {people:,} people move in")
            due = datetime.now(UTC) + HEAD_START
            await settle(url, people, due=[due], each=people)
            await live_at_noon(url)
            async with running(url, stage.folder, tick_seconds=1, more=slack.settings):
                stage.say(f"{kind}: {people:,} people are asked")
                seen = await _all(slack, people)
            asked = seen["at"] - due.timestamp()
            bare = []
            for _ in range(TURNS):
                stage.say(f"{kind}: a bare client posts as much")
                await slack.ask("forget")
                bare.append(await _post(slack, people, seen["call"]))
            yield Result("rate", people / asked, "1/s", kind, people / mean(bare))


async def _all(slack: Loopback, people: int) -> Any:
    """Wait until everybody's prompt stands."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        seen = await slack.ask("seen")
        if seen["posts"] >= people:
            return seen
        await asyncio.sleep(0.5)
    raise TimeoutError(f"Only {seen['posts']:,} of {people:,} people were asked.")


async def _post(slack: Loopback, people: int, call: dict[str, Any]) -> float:
    """The seconds in which a bare client posts a message of the same words to everybody."""
    blocks = call["blocks"]
    blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
    numbers = iter(range(people))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as http:
        client = AsyncWebClient(token=slack.token, base_url=slack.url, session=http)

        async def work() -> None:
            for number in numbers:
                await client.chat_postMessage(
                    channel=person(number), text=call["text"], blocks=blocks
                )

        begun = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(LANES)))
        return time.perf_counter() - begun
