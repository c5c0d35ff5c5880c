"""The loopback Discord in a process of its own, which notes when each lesson came."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.wire.discord.server import Discord
from tests.wire.discord.world import Channel, Message

ROOT = Path(__file__).parents[2]
GUILD, CURATOR = "900", "203"
NUMBERED = re.compile(r"line (\d+)")
"""What the words of each lesson end with."""


@dataclass
class Loopback:
    """The other process, as this one sees it."""

    api_url: str
    gateway_url: str
    token: str
    _process: asyncio.subprocess.Process

    @property
    def settings(self) -> dict[str, str]:
        """How Outloud is told to use it."""
        return {
            "DISCORD_TOKEN": self.token,
            "DISCORD_API_URL": self.api_url,
            "DISCORD_GATEWAY_URL": self.gateway_url,
        }

    async def came(self) -> dict[int, float]:
        """When each lesson was posted, by its number."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"came\n")
        found: dict[str, float] = json.loads(await self._process.stdout.readline())
        return {int(number): at for number, at in found.items()}


@asynccontextmanager
async def loopback(channels: int) -> AsyncIterator[Loopback]:
    """A Discord with one server of so many channels, for as long as the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.stage.discord", str(channels),
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=10_000_000,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    try:
        yield Loopback(**told, _process=process)
    finally:
        process.stdin.close()
        await process.wait()


def channel(number: int) -> str:
    return f"{20_000 + number}"


async def work(channels: int) -> None:
    """Be a Discord until standard input ends."""
    async with Discord.running() as discord:
        discord.user(CURATOR, "Chi")
        guild = discord.guild(GUILD, "Harbour", "299")
        discord.joins(guild, discord.users[CURATOR])
        for number in range(channels):
            discord.channel(guild, channel(number), f"cop-{number}")
        came: dict[int, float] = {}
        add = discord.add

        async def note(there: Channel, message: Message) -> Message:
            added = await add(there, message)
            if number := NUMBERED.search(message.content):
                came.setdefault(int(number[1]), time.time())
            return added

        discord.add = note  # type: ignore[method-assign]
        told: dict[str, Any] = {
            "api_url": discord.api_url,
            "gateway_url": discord.gateway_url,
            "token": discord.token,
        }
        print(json.dumps(told), flush=True)
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps(came), flush=True)


if __name__ == "__main__":
    asyncio.run(work(int(sys.argv[1])))
