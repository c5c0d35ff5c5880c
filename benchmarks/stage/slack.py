"""The loopback Slack in a process of its own, so that it takes nothing from what is measured."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.stage.people import TEAM as EACH
from tests.wire.noting import COMMANDS, SHORTCUTS
from tests.wire.slack import bench
from tests.wire.slack.server import Slack

ROOT = Path(__file__).parents[2]
TEAM = "T0BENCH"
SECRET = "signing-secret"


@dataclass
class Loopback:
    """The other process, as this one sees it."""

    url: str
    token: str
    _process: asyncio.subprocess.Process

    @property
    def settings(self) -> dict[str, str]:
        """How Outloud is told to use it."""
        return {
            "OUTLOUD_PLATFORMS": "slack",
            "OUTLOUD_SECRET_KEYS": bench.KEYS[0],
            "SLACK_BOT_TOKEN": self.token,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": self.url,
        }

    async def ask(self, what: str) -> Any:
        """`seen`: how many messages stand, when the last was posted, and what it was; `forget`: begin anew."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(what.encode() + b"\n")
        return json.loads(await self._process.stdout.readline())


@asynccontextmanager
async def loopback(people: int) -> AsyncIterator[Loopback]:
    """A Slack with one workspace of so many people, for as long as the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.stage.slack", str(people),
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=10_000_000,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    try:
        yield Loopback(told["url"], told["token"], process)
    finally:
        process.stdin.close()
        await process.wait()


async def work(people: int) -> None:
    """Be a Slack until standard input ends."""
    async with Slack.running() as slack:
        slack.configure(
            bench.manifest(COMMANDS, SHORTCUTS, public_url="https://outloud.test", socket=False)
        )
        # Nobody is told of posts: what is measured is the way there.
        slack.events = set()
        team = slack.team(TEAM)
        for number in range(people):
            team.person(person(number), f"Person {number}")
        assert team.bot is not None
        for first in range(0, people, EACH):
            members = [person(number) for number in range(first, min(first + EACH, people))]
            name = f"C{first // EACH + 10_000_000}"
            team.channel(name, name.lower(), *members, team.bot.id)
        last = {"at": 0.0, "posts": 0}

        def after(method: str) -> None:
            if method == "chat.postMessage":
                last["at"], last["posts"] = time.time(), last["posts"] + 1
                last["call"] = slack.calls[-1][1]  # type: ignore[assignment]
            slack.calls.clear()

        slack.after_call = after
        print(json.dumps({"url": slack.api_url, "token": team.token}), flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            if line.strip() == "forget":
                last.update(at=0.0, posts=0)
                for channel in team.channels.values():
                    channel.messages.clear()
            print(json.dumps(last), flush=True)


def person(number: int) -> str:
    """The account that `people.settle` gives this person."""
    return f"U{number + 10_000_000}"


if __name__ == "__main__":
    asyncio.run(work(int(sys.argv[1])))
