"""Kills `outloud run` at random points while a loopback Slack counts every message that can be seen."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from bot.admin import desk as admin
from bot.engine.tables import InboxRow, OutboxRow
from bot.store.session import Store
from tests.hunt.nursery import CLEAN, Nursery
from tests.outloud import free_port
from tests.wire.noting import COMMANDS, SHORTCUTS
from tests.wire.slack import bench
from tests.wire.slack.delivery import Hooks
from tests.wire.slack.faults import Fault
from tests.wire.slack.hands import Hands, words
from tests.wire.slack.server import Slack
from tests.wire.slack.world import Message

TEAMS = 24
"""Channels, each with one person in it: Slack lets a bot post once a second in each."""
PATIENCE_SECONDS = 100
"""How long nothing may move after the last kill; a lease of a dead replica lasts a minute of it."""
LONGEST = 400
"""How long all may take to arrive then, on a machine that has other things to do."""
FAULTS = ("drop", "late", "429", "500")


@dataclass(frozen=True, slots=True)
class Count:
    """What was seen at the end of a hunt."""

    kills: int
    sent: int
    lost: int
    duplicates: int

    def __add__(self, other: Count) -> Count:
        return Count(
            self.kills + other.kills,
            self.sent + other.sent,
            self.lost + other.lost,
            self.duplicates + other.duplicates,
        )

    def __str__(self) -> str:
        return (
            f"kills {self.kills}, sent {self.sent}, {self.lost} lost, {self.duplicates} duplicates"
        )


class AnyDoor(Hooks):
    """Slack's deliveries, to one of several replicas as a load balancer would choose."""

    urls: tuple[str, ...] = ()

    @property
    def request_url(self) -> str:  # type: ignore[override]
        return random.choice(self.urls)

    @request_url.setter
    def request_url(self, url: str) -> None:
        """The doors are known by themselves."""


@dataclass
class Hunt:
    """Some replicas of one installation on one database, on one Slack."""

    nursery: Nursery
    folder: Path
    url: str
    replicas: int = 1
    seed: int = 0
    kills: int = 0
    pids: dict[int, int] = field(default_factory=dict)
    """The process of each replica that lives."""
    expected: dict[str, str] = field(default_factory=dict)
    """What should be seen of each thing that was said and acknowledged."""
    written: dict[str, Message] = field(default_factory=dict)
    lurking: dict[int, tuple[int, asyncio.Event]] = field(default_factory=dict)
    """The replicas that are frozen at one of the next calls: after how many, and what says that they are."""

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.ports = [free_port() for _ in range(self.replicas)]
        self.tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Hunt]:
        """Set the installation up and run all its replicas."""
        async with Slack.running() as slack:
            self.slack = slack
            session = slack.hooks.session
            slack.hooks = AnyDoor(slack.signing_secret)
            slack.hooks.session = session
            slack.hooks.urls = tuple(f"http://127.0.0.1:{port}/slack/events" for port in self.ports)
            slack.configure(
                bench.manifest(COMMANDS, SHORTCUTS, public_url="https://outloud.test", socket=False)
            )
            # Slack gives up after its third try; what it then never delivers, nobody was told of.
            slack.retry_waits = (0.1,) * 2000
            self.team = slack.team("T01TEST")
            assert self.team.bot is not None
            for number in range(TEAMS):
                self.team.person(person(number), f"Person {number}")
                self.team.channel(
                    channel(number), f"team-{number}", person(number), self.team.bot.id
                )
            await self._set_up()
            for number in range(self.replicas):
                await self.start(number)
            try:
                yield self
            finally:
                for task in self.tasks:
                    task.cancel()
                await asyncio.gather(*self.tasks, return_exceptions=True)
                for number in list(self.pids):
                    await self.kill(number)

    async def _set_up(self) -> None:
        rows = [
            f"      - {{id: {channel(n)}, ring: team, members: [{person(n)}]}}"
            for n in range(TEAMS)
        ]
        text = "\n".join(
            ["workspaces:", "  - platform: slack", "    id: T01TEST", "    channels:", *rows]
        )
        store = Store(self.url)
        async with store.work() as work:
            await admin.apply_file(work, text, name="setup.yaml", dry_run=False)
        await store.close()

    def settings(self, number: int) -> dict[str, str]:
        return {
            **CLEAN,
            "OUTLOUD_DATABASE_URL": self.url,
            "OUTLOUD_HTTP_PORT": str(self.ports[number]),
            "OUTLOUD_TICK_SECONDS": "5",
            "OUTLOUD_PLATFORMS": "slack",
            "OUTLOUD_SECRET_KEYS": bench.KEYS[0],
            "SLACK_BOT_TOKEN": self.team.token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
        }

    async def start(self, number: int) -> None:
        """Start a replica; it need not get far."""
        home = self.folder / f"replica{number}"
        home.mkdir(exist_ok=True)
        self.pids[number] = await self.nursery.start(home, self.settings(number))

    async def kill(self, number: int) -> None:
        """End a replica as a power cut would."""
        pid = self.pids.pop(number)
        os.kill(pid, signal.SIGKILL)
        await self.nursery.bury(pid)

    async def talk(self) -> None:
        """Let people drop grains and reword some, until cancelled."""
        for count in range(1_000_000):
            self.tasks.append(asyncio.create_task(self._talk(count)))
            await asyncio.sleep(self.random.uniform(0.2, 0.6))

    async def _talk(self, count: int) -> None:
        await self.say(count)
        if self.random.random() < 0.3:
            await asyncio.sleep(self.random.uniform(0, 3))
            await self.reword(count)

    async def say(self, count: int) -> None:
        """Let somebody drop a grain, the `count`th; comes back once it is acknowledged."""
        name, number = f"tide {count} of", count % TEAMS
        self.expected[name] = f"{name} {number}"
        self.written[name] = await self._hands(number).says("@", f"grain: {name} {number}")

    async def reword(self, count: int) -> None:
        """Let them change that grain."""
        name, number = f"tide {count} of", count % TEAMS
        self.expected[name] = f"{name} {number}, reworded"
        words = f"grain: {self.expected[name]}"
        await self._hands(number).edits("@", self.written[name], words)

    def _hands(self, number: int) -> Hands:
        return Hands(self.slack, self.team, person(number))

    async def go_wrong(self) -> None:
        """Let calls to Slack fail in all the ways they do, until cancelled."""
        while True:
            await asyncio.sleep(self.random.uniform(0.2, 1.5))
            method = self.random.choice(("chat.postMessage", "chat.update"))
            kind = self.random.choice(FAULTS)
            self.slack.faults[method] = [Fault(kind, seconds=1)]

    async def hunt(self, kills: int) -> None:
        """Kill each replica again and again, half of the times at a call to Slack, while people talk."""
        talk = asyncio.create_task(self.talk())
        wrong = asyncio.create_task(self.go_wrong())
        self.slack.after_call = self._called
        shares = [len(range(number, kills, self.replicas)) for number in range(self.replicas)]
        await asyncio.gather(*(self._kill_often(*one) for one in enumerate(shares)))
        for task in (talk, wrong):
            task.cancel()
        await asyncio.gather(talk, wrong, return_exceptions=True)
        self.slack.faults.clear()

    async def _kill_often(self, number: int, kills: int) -> None:
        for _ in range(kills):
            if self.random.random() < 0.5:
                await asyncio.sleep(self.random.uniform(0.05, 1.2))
            else:
                await self._at_a_call(number)
            await self.kill(number)
            self.kills += 1
            await self.start(number)

    async def _at_a_call(self, number: int) -> None:
        """Wait until Slack has done one of the next calls, and freeze the process before it hears so."""
        frozen = asyncio.Event()
        self.lurking[number] = self.random.randrange(3), frozen
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(3):
                    await frozen.wait()
        finally:
            self.lurking.pop(number, None)

    def _called(self, method: str) -> None:
        for number, (skip, frozen) in list(self.lurking.items()):
            if not method.startswith("chat."):
                continue
            self.lurking[number] = skip - 1, frozen
            if skip == 0:
                os.kill(self.pids[number], signal.SIGSTOP)
                frozen.set()

    async def settle(self) -> None:
        """Wait until all that was said is seen, or nothing has moved for as long as patience lasts."""
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=PATIENCE_SECONDS)
        begun = moved = time.monotonic()
        before: tuple[int, int] | None = None
        while time.monotonic() - moved < PATIENCE_SECONDS and time.monotonic() - begun < LONGEST:
            now = await self._waiting(), len(self.missing())
            if now == (0, 0):
                return
            if now != before:
                before, moved = now, time.monotonic()
            await asyncio.sleep(0.5)
        print(f"{before} messages and events wait, and so many things are missing.")

    async def _waiting(self) -> int:
        store = Store(self.url)
        try:
            async with store.look() as work:
                events = select(func.count()).where(InboxRow.state == "new")
                messages = select(func.count()).where(OutboxRow.state == "pending")
                return (await work.session.scalar(events) or 0) + (
                    await work.session.scalar(messages) or 0
                )
        finally:
            await store.close()

    # What can be seen

    def seen(self) -> Iterator[tuple[str, Message]]:
        """Every message of the bot that stands, with its channel."""
        every = [*self.team.channels.values()]
        for room in {one.id: one for one in every}.values():
            for message in room.messages:
                if message.bot_id and message.subtype != "tombstone":
                    yield room.id, message

    def missing(self) -> list[str]:
        """What was said and is not to be seen as it was said last."""
        shown = "\n".join(
            words(message.blocks) + "\n" for room, message in self.seen() if room.startswith("C")
        )
        lines = Counter(line.strip() for line in shown.splitlines())
        return [
            name for name, text in self.expected.items() if not any(text in one for one in lines)
        ]

    def count(self) -> Count:
        """Messages by what they are about: each should stand once."""
        standing = Counter(
            (payload["key"], payload.get("part", 0))
            for _, message in self.seen()
            for payload in [(message.metadata or {}).get("event_payload", {})]
            if payload
        )
        doubles = sum(times - 1 for times in standing.values())
        by_words = self._doubles_by_words()
        return Count(self.kills, len(standing), len(self.missing()), max(doubles, by_words))

    def _doubles_by_words(self) -> int:
        """The same, by what the channels read: one card for each grain."""
        cards = Counter(
            name
            for room, message in self.seen()
            if room.startswith("C")
            for name in self.expected
            if name in words(message.blocks)
        )
        return sum(times - 1 for times in cards.values())


def person(number: int) -> str:
    return f"U{number:02d}ANA"


def channel(number: int) -> str:
    return f"C{number:02d}TEAM"


async def hunt(
    nursery: Nursery, folder: Path, url: str, *, kills: int, replicas: int = 1, seed: int = 0
) -> Count:
    """One hunt from the first start to the last message."""
    folder.mkdir(parents=True, exist_ok=True)
    async with Hunt(nursery, folder, url, replicas, seed).open() as one:
        await one.hunt(kills)
        await one.settle()
        return one.count()
