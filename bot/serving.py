"""Running an installation: one process, one HTTP server, and everything beside it in one TaskGroup."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import structlog
import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from bot.app import House, StartError, build
from bot.chat import Chat
from bot.engine.inbox import Inbox
from bot.engine.reception import Reception
from bot.engine.sender import Sender
from bot.engine.ticker import Ticker
from bot.keys import secret_keys
from bot.settings import Settings
from bot.store.session import file_of

log = structlog.get_logger(__name__)

AGREE_SECONDS = 30.0
"""How often a process asks the server for the time, for clocks drift and machines sleep."""
COLLECT_AFTER = (50_000, 20, 20)
"""So many more objects than before are looked through for circles; every 20th time also the older ones."""
TURN_SECONDS = 0.0005
"""How long a thread that is ready waits for its turn in Python, which by itself lets it wait ten times as long."""
SURVEY_SECONDS = 3600.0
"""How often SQLite looks at how its tables are filled."""


async def run(settings: Settings, *, started: Callable[[str], None]) -> None:
    """Run until told to stop; `started` is called with the address once people can use it.

    Raises `StartError` when the port or the database cannot be used, and `SettingsError` when the keys cannot.
    """
    # Made at the first start, not when somebody first needs one.
    secret_keys(settings)
    with alone(settings), listener(settings) as door:
        async with build(settings) as house:
            await house.furnish()
            settle_in()
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop.set)
            async with asyncio.TaskGroup() as group:
                server = web_server(house)
                await house.store.agree()
                if house.store.is_sqlite:
                    await Sender(house.store, house.chats).take_over()
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


def settle_in() -> None:
    """Let Python spend its time on work, now that everything is loaded.

    The collector of circles walked through a whole program of modules and tables every few hundred messages, a fifth
    of all processor time. And a thread that had waited for its disk waited again, 5 ms, for its turn.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(TURN_SECONDS)


def machinery(house: House) -> Iterator[Coroutine[Any, Any, None]]:
    """What runs side by side for as long as Outloud does."""
    store, desk, chats = house.store, house.desk, house.chats
    seconds = house.settings.tick_seconds
    yield Inbox(
        store,
        prepare=desk.prepare,
        handle=desk.handle,
        idle_seconds=seconds,
        keeper=desk.keeper,
    ).run()
    sender = Sender(store, chats, idle_seconds=seconds)
    yield sender.run()
    yield Ticker(store, desk.features, chats, seconds=seconds, room=sender.room).run()
    if store.bells is not None:
        yield store.bells.run()
        yield again_and_again(store.agree, seconds=AGREE_SECONDS)
    else:
        yield again_and_again(store.survey, seconds=SURVEY_SECONDS)
    for chat in chats.values():
        yield listen(chat, desk)


async def again_and_again(tend: Callable[[], Awaitable[None]], *, seconds: float) -> None:
    """Do for the database what it needs now and then; where it is away, later."""
    while True:
        try:
            await tend()
        except (SQLAlchemyError, OSError) as problem:
            log.warning("the database was not tended", problem=type(problem).__name__)
        await asyncio.sleep(seconds)


async def listen(chat: Chat, desk: Reception) -> None:
    """Listen to a platform, and begin again when its adapter breaks, without disturbing the others."""
    waits = [1.0, 5.0, 15.0, 60.0]
    for tries in count():
        try:
            await chat.listen(desk)
        except Exception:
            log.exception("listening broke", platform=chat.platform)
        await asyncio.sleep(waits[min(tries, len(waits) - 1)])


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
    return Server(
        uvicorn.Config(
            house.site(),
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
    path = file_of(settings.database_url)
    if path is None:
        yield
        return
    lock = path.with_name(f"{path.name}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(
                f"Another Outloud runs on {path} already. Stop it first, or give "
                "OUTLOUD_DATABASE_URL a PostgreSQL database, which many may share."
            ) from None
        yield
