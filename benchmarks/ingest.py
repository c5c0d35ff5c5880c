"""Signed Slack events, each committed before its 200, against the same requests to a Bolt app that does nothing."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from statistics import mean, median, quantiles
from typing import NamedTuple

import aiohttp
from sqlalchemy import func, select

from benchmarks.stage import Result, Stage
from benchmarks.stage.bolt import empty_listener
from benchmarks.stage.databases import KINDS
from benchmarks.stage.outloud import Outloud, free_port, running
from benchmarks.stage.people import TEAM as TEAM_SIZE
from benchmarks.stage.people import live_at_noon, settle
from benchmarks.stage.slack import SECRET, TEAM, Loopback, loopback, person
from bot.engine.tables import InboxRow
from bot.store.session import Store

PEOPLE = 50
AT_ONCE = 64
"""Requests on their way while the most is sought."""
SECONDS = 8.0
WARM_UP_SECONDS = 3.0

Waits = list[float]


async def cases(stage: Stage) -> AsyncIterator[Result]:
    seconds = 1.0 if stage.quick else SECONDS
    async with loopback(PEOPLE) as slack:
        before = await _bare(stage, seconds)
        for kind in KINDS:
            async with stage.databases.fresh(kind) as url, _set_up(url, stage, slack) as outloud:
                stage.say(f"{kind}: as many as it takes")
                sender = Sender(outloud.address)
                most = await sender.most(seconds)
                await _check(url, sender.sent)
                # What came in is handled first: afterwards is measured what comes in then.
                await asyncio.sleep(seconds)
                stage.say(f"{kind}: half as many, steadily")
                waits = await sender.steadily(most / 2, seconds)
            after = await _bare(stage, seconds)
            bare = Bare(*map(mean, zip(before, after, strict=True)))
            before = after
            yield Result("rate", most, "1/s", kind, bare.most)
            yield Result("p50", median(waits) * 1000, "ms", kind, bare.p50 * 1000)
            yield Result("p99", _p99(waits) * 1000, "ms", kind, bare.p99 * 1000)


class Bare(NamedTuple):
    """What the empty listener does, in requests a second and seconds."""

    most: float
    p50: float
    p99: float


async def _bare(stage: Stage, seconds: float) -> Bare:
    """The empty listener alone; before and after each database, for machines are not equally quick all the time."""
    stage.say("the empty listener")
    port = free_port()
    async with empty_listener(port):
        sender = Sender(f"http://127.0.0.1:{port}")
        await sender.answered()
        most = await sender.most(seconds)
        waits = await sender.steadily(most / 2, seconds)
    return Bare(most, median(waits), _p99(waits))


@asynccontextmanager
async def _set_up(url: str, stage: Stage, slack: Loopback) -> AsyncIterator[Outloud]:
    """Outloud with teams that it knows: what is said anywhere else is not kept."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await settle(url, PEOPLE, due=[tomorrow], each=PEOPLE)
    await live_at_noon(url)
    async with running(url, stage.folder, more=slack.settings) as outloud:
        yield outloud


async def _check(url: str, sent: int) -> None:
    """A figure counts only when every event was kept."""
    store = Store(url)
    async with store.look() as work:
        kept = await work.session.scalar(select(func.count()).select_from(InboxRow)) or 0
    await store.close()
    if kept < sent:
        raise RuntimeError(f"Of {sent:,} events {kept:,} were kept.")


class Sender:
    """Sends events as Slack does, each another message."""

    _numbers = itertools.count(1)

    def __init__(self, address: str) -> None:
        self._url = f"{address}/slack/events"
        self.sent = 0
        """How many were acknowledged."""

    async def answered(self) -> None:
        """Wait until the other side is there."""
        async with aiohttp.ClientSession() as http:
            for _ in range(500):
                try:
                    await self._send(http)
                except (aiohttp.ClientError, RuntimeError):
                    await asyncio.sleep(0.02)
                else:
                    return
        raise TimeoutError(f"{self._url} does not answer.")

    async def most(self, seconds: float) -> float:
        """How many a second are acknowledged when the next follows each at once."""
        async with self._client() as http:
            await self._for(http, WARM_UP_SECONDS)
            return await self._for(http, seconds) / seconds

    async def _for(self, http: aiohttp.ClientSession, seconds: float) -> int:
        end = time.perf_counter() + seconds

        async def work() -> int:
            count = 0
            while time.perf_counter() < end:
                await self._send(http)
                count += 1
            return count

        return sum(await asyncio.gather(*(work() for _ in range(AT_ONCE))))

    async def steadily(self, rate: float, seconds: float) -> Waits:
        """How long each waits for its acknowledgement when so many a second come, however long others take."""
        waits: Waits = []

        async def one() -> None:
            begun = time.perf_counter()
            await self._send(http)
            waits.append(time.perf_counter() - begun)

        async with self._client() as http, asyncio.TaskGroup() as group:
            begun = time.perf_counter()
            for number in range(int(rate * seconds)):
                late = begun + number / rate - time.perf_counter()
                if late > 0:
                    await asyncio.sleep(late)
                group.create_task(one())
        return waits

    def _client(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1000))

    async def _send(self, http: aiohttp.ClientSession) -> None:
        body = self._event(next(self._numbers))
        now = str(int(time.time()))
        signed = hmac.new(SECRET.encode(), b"v0:" + now.encode() + b":" + body, hashlib.sha256)
        headers = {
            "content-type": "application/json",
            "x-slack-request-timestamp": now,
            "x-slack-signature": f"v0={signed.hexdigest()}",
        }
        async with http.post(self._url, data=body, headers=headers) as answer:
            await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{self._url} answered {answer.status}.")
            self.sent += 1

    def _event(self, number: int) -> bytes:
        who, ts = person(number % PEOPLE), f"1795000000.{number:06d}"
        words = f"Tide table {number} is on the wall"
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
        event = {
            "type": "message", "channel": f"C{10_000_000 + number % PEOPLE // TEAM_SIZE}", "channel_type": "channel",
            "user": who, "text": words, "ts": ts, "event_ts": ts, "team": TEAM,
            "blocks": [{"type": "rich_text", "block_id": "b", "elements": [section]}],
        }  # fmt: skip
        authorization = {
            "enterprise_id": None, "team_id": TEAM, "user_id": "UBOT", "is_bot": True,
            "is_enterprise_install": False,
        }  # fmt: skip
        return json.dumps(
            {
                "token": "verification", "team_id": TEAM, "api_app_id": "A0OUTLOUD", "event": event,
                "type": "event_callback", "event_id": f"Ev{number:09d}", "event_time": 1795000000,
                "authorizations": [authorization], "is_ext_shared_channel": False,
            }
        ).encode()  # fmt: skip


def _p99(waits: Waits) -> float:
    return quantiles(waits, n=100, method="inclusive")[98]
