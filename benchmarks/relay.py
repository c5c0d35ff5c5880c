"""From the last word that lets a lesson go, pressed on Slack, to its copy on Discord, against the two calls alone.

Between a reaction and a copy stand two people's decisions, so what is measured begins with the last one: its author's
yes to a curator's wording. Relays are batched and capped by the day on purpose; here no cap binds.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from statistics import median, quantiles
from urllib.parse import urlencode

import aiohttp

from benchmarks.stage import Result, Stage, discord, lessons, slack
from benchmarks.stage.databases import KINDS
from benchmarks.stage.outloud import running
from bot.lessons.desk import search
from bot.lessons.rules import Wording
from bot.people import desk as people
from bot.store.session import Store

LESSONS = 1_000
RATE = 20
"""Presses a second."""
AT_ONCE = 16
"""Presses on their way while the most is sought."""
WARM_UP = 40
STEADY = 400
LIBRARY = 100_000
PATIENCE_SECONDS = 120

Press = tuple[str, str]


async def cases(stage: Stage) -> AsyncIterator[Result]:
    steady = 60 if stage.quick else STEADY
    for kind in KINDS:
        async with (
            stage.databases.fresh(kind) as url,
            slack.loopback(LESSONS) as there,
            discord.loopback(LESSONS // 10) as beyond,
        ):
            stage.say(f"{kind}: {LESSONS:,} lessons wait for a yes")
            presses = await lessons.prepare(url, LESSONS)
            bare = await _bare(there, beyond, steady)
            more = there.settings | beyond.settings | {"OUTLOUD_PLATFORMS": "slack,discord"}
            async with running(url, stage.folder, more=more) as outloud:
                sender = Sender(outloud.address)
                stage.say(f"{kind}: {RATE} a second")
                warm, rest = presses[:WARM_UP], presses[WARM_UP:]
                await sender.steadily(warm)
                await _came(beyond, warm)
                measured, rest = rest[:steady], rest[steady:]
                pressed = await sender.steadily(measured)
                came = await _came(beyond, measured)
                waits = [came[number] - pressed[number] for number in pressed]
                yield Result("p50", median(waits) * 1000, "ms", kind, median(bare) * 1000)
                yield Result("p99", _p99(waits) * 1000, "ms", kind, _p99(bare) * 1000)
                stage.say(f"{kind}: as many as it takes")
                rest = rest[:steady]
                begun = time.time()
                await sender.most(rest)
                took = max((await _came(beyond, rest)).values()) - begun
                yield Result("rate", len(rest) / took, "1/s", kind)
        if not stage.quick:
            async with stage.databases.fresh(kind) as url:
                stage.say(f"{kind}: what is similar among {LIBRARY:,} lessons")
                yield Result("similar among 100 thousand", await _similar(url), "ms", kind)


class Sender:
    """Presses as Slack tells of them, each somebody else's."""

    def __init__(self, address: str) -> None:
        self._url = f"{address}/slack/events"

    async def steadily(self, presses: Sequence[Press]) -> dict[int, float]:
        """Press so many a second, however long others take, and tell when each was."""
        pressed: dict[int, float] = {}

        async def one(http: aiohttp.ClientSession, press: Press) -> None:
            pressed[number_of(press)] = time.time()
            await self._send(http, press)

        async with aiohttp.ClientSession() as http:
            await steadily([lambda press=press: one(http, press) for press in presses])  # type: ignore[misc]
        return pressed

    async def most(self, presses: Sequence[Press]) -> None:
        """Press one after the other, a few people at a time."""
        waiting = iter(presses)

        async def work(http: aiohttp.ClientSession) -> None:
            for press in waiting:
                await self._send(http, press)

        async with aiohttp.ClientSession() as http:
            await asyncio.gather(*(work(http) for _ in range(AT_ONCE)))

    async def _send(self, http: aiohttp.ClientSession, press: Press) -> None:
        who, action = press
        pressed = {
            "type": "button", "action_id": "press:0", "block_id": "b1", "value": action,
            "action_ts": f"{time.time():.6f}",
        }  # fmt: skip
        payload = {
            "type": "block_actions", "team": {"id": slack.TEAM, "domain": "example"},
            "user": {"id": who, "username": who.lower(), "team_id": slack.TEAM},
            "api_app_id": "A0OUTLOUD", "token": "verification",
            "trigger_id": f"{who}.1", "enterprise": None, "is_enterprise_install": False,
            "actions": [pressed], "channel": {"id": f"D{who[1:]}", "name": "directmessage"},
            "container": {
                "type": "message", "channel_id": f"D{who[1:]}", "message_ts": "1795000000.000001",
                "is_ephemeral": False,
            },
            "message": {"ts": "1795000000.000001", "text": "", "user": "UBOT", "blocks": []},
            "response_url": "http://127.0.0.1:9/nowhere",
        }  # fmt: skip
        body = urlencode({"payload": json.dumps(payload)}).encode()
        now = str(int(time.time()))
        signed = hmac.new(
            slack.SECRET.encode(), b"v0:" + now.encode() + b":" + body, hashlib.sha256
        )
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": now,
            "x-slack-signature": f"v0={signed.hexdigest()}",
        }
        async with http.post(self._url, data=body, headers=headers) as answer:
            await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{self._url} answered {answer.status}.")


def number_of(press: Press) -> int:
    """The number in the words of the lesson that this press lets go."""
    return int(press[0][1:]) - 10_000_000


async def steadily(deeds: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """Begin so many a second."""
    async with asyncio.TaskGroup() as group:
        begun = time.perf_counter()
        for number, deed in enumerate(deeds):
            late = begun + number / RATE - time.perf_counter()
            if late > 0:
                await asyncio.sleep(late)
            group.create_task(deed())  # type: ignore[arg-type]


async def _similar(url: str) -> float:
    """The milliseconds in which what is much like a lesson is found, as its author sees it before the yes."""
    some = await lessons.fill_library(url, LIBRARY)
    store = Store(url)
    waits = []
    for lesson in some:
        async with store.look() as work:
            reader = await people.get(work, lesson.workspace_id, lessons.READER)
            begun = time.perf_counter()
            await search.near_for(work, reader, lesson, Wording.read(lesson.wording))
            waits.append((time.perf_counter() - begun) * 1000)
    await store.close()
    return median(waits[len(waits) // 4 :])


async def _came(beyond: discord.Loopback, presses: Sequence[Press]) -> dict[int, float]:
    """When the copies of these were posted, once all were."""
    wanted = {number_of(press) for press in presses}
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        came = await beyond.came()
        if wanted <= came.keys():
            return {number: came[number] for number in wanted}
        await asyncio.sleep(0.2)
    raise TimeoutError(f"Only {len(wanted & came.keys())} of {len(wanted)} copies came.")


async def _bare(there: slack.Loopback, beyond: discord.Loopback, count: int) -> list[float]:
    """How long a message on Slack and one on Discord take when nothing has to be thought of, at the same pace."""
    waits: list[float] = []
    wording = "When the tide turns, check the lines again, because they go slack"

    async def one(http: aiohttp.ClientSession, number: int) -> None:
        begun = time.perf_counter()
        said = {"channel": f"U{10_000_000 + number}", "text": wording}
        slack_key = {"Authorization": f"Bearer {there.token}"}
        async with http.post(
            f"{there.url}chat.postMessage", json=said, headers=slack_key
        ) as answer:
            if not (await answer.json())["ok"]:
                raise RuntimeError("The loopback Slack took no message.")
        url = f"{beyond.api_url}/channels/{discord.channel(number % (LESSONS // 10))}/messages"
        discord_key = {"Authorization": f"Bot {beyond.token}"}
        async with http.post(url, json={"content": wording}, headers=discord_key) as answer:
            await answer.read()
            answer.raise_for_status()
        waits.append(time.perf_counter() - begun)

    async with aiohttp.ClientSession() as http:
        await steadily([lambda number=number: one(http, number) for number in range(count)])  # type: ignore[misc]
    return waits


def _p99(waits: Sequence[float]) -> float:
    return quantiles(waits, n=100, method="inclusive")[98]
