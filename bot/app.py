"""The composition root: puts database, features and adapters together; the only importer of adapters."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
import uvicorn
from prometheus_client import generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.routing import BaseRoute

from bot import migrating
from bot.admin import desk as admin
from bot.admin.desk import Room
from bot.admin.rules.setup import PersonSetup
from bot.channels.desk import FEATURE as CHANNELS
from bot.chat import Chat
from bot.checkins.desk import FEATURE as CHECKINS
from bot.engine.inbox import Inbox
from bot.engine.reception import Reception
from bot.engine.sender import Sender
from bot.engine.ticker import Ticker
from bot.grains.desk import FEATURE as GRAINS
from bot.people import desk as people
from bot.people.desk import FEATURE as PEOPLE
from bot.settings import Settings
from bot.store.session import Store

if TYPE_CHECKING:
    from adapters.web import LocalChat

log = structlog.get_logger(__name__)

_NARRATING = (PEOPLE, CHANNELS, GRAINS, CHECKINS)
FEATURES = (*_NARRATING, admin.feature(_NARRATING))
"""In the order in which they see events."""


class Outfitter:
    """Gives the local chat the people and channels that a set-up names."""

    def __init__(self, chat: LocalChat) -> None:
        self._chat = chat

    async def provide(
        self, session: AsyncSession, people: Sequence[PersonSetup], channels: Sequence[Room]
    ) -> None:
        from adapters.web import LocalChannel, LocalPerson

        await self._chat.provide(
            session,
            [LocalPerson(one.id, one.name, one.zone) for one in people],
            [LocalChannel(one.id, members=one.members) for one in channels],
        )


class StartError(Exception):
    """Outloud cannot start; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class House:
    """One installation, put together and not yet running."""

    settings: Settings
    store: Store
    chats: Mapping[str, Chat]
    routes: tuple[BaseRoute, ...]
    desk: Reception
    outfitter: Outfitter | None = None

    async def ready(self) -> tuple[str, ...]:
        """Why Outloud cannot do its work now, a sentence each; empty when it can."""
        try:
            reasons = [await migrating.behind(self.store)]
        except (SQLAlchemyError, OSError) as problem:
            reasons = [f"The database does not answer ({type(problem).__name__})."]
        for chat in self.chats.values():
            reasons += await chat.trouble()
        return tuple(reason for reason in reasons if reason)

    async def apply(self, name: str, text: str, *, dry_run: bool = False) -> tuple[str, ...]:
        """Make the set-up what a file says, and return the lines of what changed."""
        async with self.store.work() as work:
            return await admin.apply_file(
                work, text, name=name, dry_run=dry_run, outfitter=self.outfitter
            )

    async def furnish(self) -> None:
        """Set up the local chat when it is new, so that there is something to try."""
        if self.outfitter is None:
            return
        async with self.store.look() as work:
            known = [one.workspace_id for one in await people.workspaces(work)]
        if "local:local" not in known:
            await self.apply("ready_made.yaml", admin.ready_made())


async def apply(
    settings: Settings, name: str, text: str, *, dry_run: bool = False
) -> tuple[str, ...]:
    """Make the set-up what a file says, and return the lines of what changed.

    Raises `StartError` when the database cannot be used, and `Refusal` with file, line and reason.
    """
    async with build(settings) as house:
        if late := await migrating.behind(house.store):
            raise StartError(late)
        return await house.apply(name, text, dry_run=dry_run)


async def show_setup(settings: Settings) -> str:
    """The set-up as a file."""
    async with build(settings) as house:
        if late := await migrating.behind(house.store):
            raise StartError(late)
        async with house.store.look() as work:
            return await admin.show_setup(work)


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[House]:
    """Everything of one installation, connected to its database for as long as the block runs."""
    store = Store(settings.database_url)
    chats: dict[str, Chat] = {}
    routes: list[BaseRoute] = []
    outfitter = None
    if "local" in settings.platforms:
        from adapters.web import LocalChat

        local = LocalChat(store.sessions, now=store.now)
        chats["local"] = local
        outfitter = Outfitter(local)
        routes += local.routes
    try:
        desk = Reception(store, FEATURES, chats, people.meet)
        yield House(settings, store, chats, tuple(routes), desk, outfitter)
    finally:
        await store.close()


async def run(settings: Settings, *, started: Callable[[str], None]) -> None:
    """Run until told to stop; `started` is called with the address once people can use it.

    Raises `StartError` when the port or the database cannot be used.
    """
    with alone(settings), listener(settings) as door:
        async with build(settings) as house:
            await house.furnish()
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop.set)
            async with asyncio.TaskGroup() as group:
                server = web_server(house)
                serving = group.create_task(server.serve(sockets=[door]))
                workers = [group.create_task(work) for work in machinery(house)]
                await server.answers.wait()
                started(settings.public_url)
                await stop.wait()
                log.info("stopping")
                for worker in workers:
                    worker.cancel()
                server.should_exit = True
                await serving


def machinery(house: House) -> Iterator[Coroutine[Any, Any, None]]:
    """What runs side by side for as long as Outloud does."""
    store, desk, chats = house.store, house.desk, house.chats
    seconds = house.settings.tick_seconds
    yield Inbox(store, prepare=desk.prepare, handle=desk.handle, idle_seconds=seconds).run()
    yield Sender(store, chats, idle_seconds=seconds).run()
    yield Ticker(store, FEATURES, chats, seconds=seconds).run()
    for chat in chats.values():
        yield chat.listen(desk)


class Server(uvicorn.Server):
    """Uvicorn, which leaves signals to us: what is in flight ends before the process does."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()
        """Set once requests are answered."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answers.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def web_server(house: House) -> Server:
    """The one HTTP server for everything."""
    from adapters.web import site

    hosts = {"localhost", "127.0.0.1", "::1", house.settings.http_host}
    if public := house.settings.public_url.partition("://")[2].partition("/")[0]:
        hosts.add(public.rpartition(":")[0] if ":" in public else public)
    app = site(house.routes, ready=house.ready, metrics=generate_latest, hosts=hosts)
    return Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
            server_header=False,
        )
    )


@contextmanager
def listener(settings: Settings) -> Iterator[socket.socket]:
    """The address to listen on, taken before anything else starts."""
    host, port = settings.http_host, settings.http_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
            door.listen(256)
        except OSError as problem:
            raise StartError(
                f"{host}:{port} cannot be listened on ({os.strerror(problem.errno or 0)}): stop what "
                "uses it, or set OUTLOUD_HTTP_PORT to another port."
            ) from None
        yield door


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Keep a second process off one SQLite file; PostgreSQL takes any number."""
    store_path = Store(settings.database_url).url.database
    if not settings.database_url.startswith("sqlite") or not store_path:
        yield
        return
    lock = Path(f"{store_path}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(
                f"Another Outloud runs on {store_path} already. Stop it first, or give "
                "OUTLOUD_DATABASE_URL a PostgreSQL database, which many may share."
            ) from None
        yield


async def check_database(settings: Settings) -> None:
    """Raise `StartError` when the database cannot be written."""
    store = Store(settings.database_url)
    try:
        async with store.work() as work:
            await work.session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as problem:
        reason = str(getattr(problem, "orig", None) or problem)
        raise StartError(
            f"The database cannot be used ({reason}): check OUTLOUD_DATABASE_URL, and that its file "
            "or server is there and writable."
        ) from None
    finally:
        with contextlib.suppress(SQLAlchemyError):
            await store.close()
