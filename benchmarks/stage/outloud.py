"""The real `outloud run` in a process of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30
LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Outloud:
    """One process that is ready."""

    address: str
    seconds: float
    """From its start until it was ready."""
    worked: float
    """The seconds of processor time in that, whatever else the machine did."""
    process: psutil.Process

    @property
    def megabytes(self) -> float:
        """The memory it holds."""
        resident: int = self.process.memory_info().rss
        return resident / 1_000_000


@asynccontextmanager
async def running(
    url: str, folder: Path, *, tick_seconds: float = 5, more: Mapping[str, str] | None = None
) -> AsyncIterator[Outloud]:
    """Run on a database for as long as the block, with more settings where there are any."""
    port = free_port()
    ours = {name: value for name, value in os.environ.items() if not name.startswith("OUTLOUD_")}
    settings = {
        "OUTLOUD_DATABASE_URL": url,
        "OUTLOUD_HTTP_PORT": str(port),
        "OUTLOUD_TICK_SECONDS": str(tick_seconds),
        "PYTHONPATH": str(ROOT),
        **(more or {}),
    }
    log = folder / "outloud.log"
    with log.open("wb") as out:
        begun = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run",
            cwd=folder, env=ours | settings, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(PATIENCE_SECONDS), httpx.AsyncClient() as client:
            while not await _is_ready(client, address):
                if process.returncode is not None:
                    said = log.read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"outloud run ended with {process.returncode}:\n{said}")
                await asyncio.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - begun
        itself = psutil.Process(process.pid)
        times = itself.cpu_times()
        yield Outloud(address, seconds, times.user + times.system, itself)
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask a process to stop; one that does not is ended, and that is said."""
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise RuntimeError(f"outloud run did not stop within {PATIENCE_SECONDS} s.") from None


async def _is_ready(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(f"{address}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port
