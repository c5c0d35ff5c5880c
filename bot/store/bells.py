"""Wake-ups between processes that share a PostgreSQL: what one commits, the others hear of at once."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
from collections.abc import Callable
from time import monotonic

import asyncpg
import structlog
from sqlalchemy import URL

log = structlog.get_logger(__name__)

CHANNEL = "outloud"
AT_MOST_EVERY = 0.05
"""Seconds between two notices of one process: a hundred commits need one."""
WAITS = (0.5, 8.0)
"""The shortest and the longest wait before the database is tried again."""


class Bells:
    """Tells the other processes what to look for, and hears it from them.

    A notice may get lost, with the connection or with a crash: what it was about is in the database, and the next
    tick finds it.
    """

    def __init__(self, url: URL, ring: Callable[[str], None]) -> None:
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._ring = ring
        self._name = secrets.token_hex(8)
        self._told: set[str] = set()
        self._to_tell = asyncio.Event()
        self.connected = asyncio.Event()

    def tell(self, name: str) -> None:
        """Let the other processes look too, soon."""
        self._told.add(name)
        self._to_tell.set()

    async def run(self) -> None:
        """Tell and hear until cancelled; a connection that is lost is made again, not by all at one moment."""
        wait = WAITS[0]
        while True:
            begun = monotonic()
            try:
                await self._talk()
            except Exception as problem:
                # asyncpg has many names for a connection that ends in the middle of something.
                log.warning("no wake-ups, ticks go on", problem=type(problem).__name__)
            wait = WAITS[0] if monotonic() - begun > WAITS[1] else min(2 * wait, WAITS[1])
            await asyncio.sleep(random.uniform(wait / 2, wait))

    async def _talk(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=10)
        lost = asyncio.Event()

        def hear(_connection: object, _pid: int, _channel: str, notice: str) -> None:
            sender, _, name = notice.partition(" ")
            if sender != self._name:
                self._ring(name)

        def lose(_connection: object) -> None:
            lost.set()
            self._to_tell.set()

        try:
            connection.add_termination_listener(lose)
            await connection.add_listener(CHANNEL, hear)
            self.connected.set()
            while not lost.is_set():
                await self._to_tell.wait()
                self._to_tell.clear()
                for name in sorted(self._told):
                    await connection.execute(
                        "SELECT pg_notify($1, $2)", CHANNEL, f"{self._name} {name}", timeout=10
                    )
                self._told.clear()
                await asyncio.sleep(AT_MOST_EVERY)
        finally:
            self.connected.clear()
            with contextlib.suppress(Exception):
                connection.terminate()
