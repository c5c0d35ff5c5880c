"""The real `outloud` in a process of its own, on a port and in a folder of its own."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
PATIENCE = 120
"""Seconds that a process may take to start or to stop, on a machine that has other things to do."""


PORTS = range(20_000, 32_000)
"""Below those that a system gives to connections, of which one could take a port while its process starts anew."""
_held: list[socket.socket] = []


def free_port() -> int:
    """A port that is this run's own until its end, whether somebody listens on it or not."""
    while True:
        port = random.choice(PORTS)
        hold = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            # Other runs and other workers that try the same find it held, by a door that nobody else knocks at.
            hold.bind(("127.0.0.1", port))
            with socket.socket() as door:
                door.bind(("127.0.0.1", port))
        except OSError:
            hold.close()
            continue
        _held.append(hold)
        return port


@dataclass
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


@dataclass
class Outloud:
    """One installation that processes start on, are killed on, and start on again."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            name: value for name, value in os.environ.items() if not name.startswith("OUTLOUD_")
        }
        return {
            **ours,
            "PYTHONPATH": str(ROOT),
            "OUTLOUD_HTTP_PORT": str(self.port),
            "OUTLOUD_TICK_SECONDS": "0.5",
            **self.settings,
        }

    async def start(self) -> None:
        """Run, and come back once it is ready."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run",
            cwd=self.folder, env=self.environment,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as client:
            while True:
                if self._process.returncode is not None:
                    raise AssertionError(f"outloud run ended with {self._process.returncode}.")
                try:
                    if (await client.get(f"{self.address}/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                # The process has no other way to say that it listens.
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """End it as a power cut would, with signal 9."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """Ask it to stop, and give its exit status."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
            async with asyncio.timeout(PATIENCE):
                await self._process.wait()
        return self._process.returncode or 0

    async def command(self, *words: str, **settings: str) -> Ended:
        """Run one command to its end."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words,
            cwd=self.folder, env={**self.environment, **settings},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
        return Ended(process.returncode or 0, out.decode(), err.decode())
