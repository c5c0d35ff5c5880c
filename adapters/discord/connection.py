"""The gateway: discord.py's connection, which may break at any time, and that comes back by itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final

import discord
import structlog

from adapters.discord.api import MOST_SECONDS, DiscordSettings, lead
from adapters.discord.refusals import TOKEN, failure, trace
from bot.chat import Busy

Json = dict[str, Any]
Take = Callable[[str, Json, str], None]
"""Takes an event: its kind, its data, and a mark that a replay of it has too."""

log = structlog.get_logger(__name__)

WAITS: Final = (1, 2, 5, 10, 30)
"""Seconds between two tries to connect; the last is repeated."""
REFUSED_SECONDS: Final = 120.0
"""Seconds until a connection that Discord refuses for its token or its intents is tried again."""
LAST_WORDS: Final = 2.0

INTENTS: Final = (
    "Discord does not give the bot what it needs to hear: switch on Server Members Intent and Message "
    "Content Intent on the Bot page of the application at https://discord.com/developers/applications."
)
LOST: Final = "The connection to Discord is lost; Outloud keeps trying to come back."
NOT_YET: Final = "Outloud has not connected to Discord yet."

WANTED: Final = frozenset(
    (
        "READY",
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_DELETE",
        "MESSAGE_DELETE_BULK",
        "MESSAGE_REACTION_ADD",
        "MESSAGE_REACTION_REMOVE",
        "THREAD_DELETE",
        "GUILD_MEMBER_ADD",
        "GUILD_MEMBER_REMOVE",
        "GUILD_DELETE",
        "INTERACTION_CREATE",
    )
)


class _NotReached(Exception):
    """The first connection of a shard failed."""


def intents() -> discord.Intents:
    """What the bot asks to hear, and no more."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.members = wanted.message_content = True
    wanted.guild_messages = wanted.dm_messages = wanted.reactions = True
    return wanted


class _Client(discord.AutoShardedClient):
    """Hands every event on as Discord wrote it, and keeps who and what is in each server."""

    def __init__(
        self,
        settings: DiscordSettings,
        take: Take,
        *,
        ready: Callable[[discord.Client], None],
        identify: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=MOST_SECONDS,
            guild_ready_timeout=settings.ready_seconds,
            shard_connect_timeout=settings.connect_seconds,
            max_messages=None,
            enable_debug_events=True,
            http_trace=trace(),
        )
        self._take = take
        self._when_ready = ready
        self._identify = identify
        self._written = ""
        self._session = ""
        self._tried: set[int] = set()

    def dispatch(self, event: str, /, *args: Any, **more: Any) -> None:
        """Take an event in the order in which the gateway sends them, before anything is awaited."""
        if event == "socket_raw_receive":
            self._written = args[0]
        elif event == "socket_event_type":
            if args[0] in WANTED:
                envelope = json.loads(self._written)
                if args[0] == "READY":
                    self._session = secrets.token_hex(8)
                self._take(args[0], envelope["d"], f"{self._session}.{envelope['s']}")
        elif event != "socket_raw_send":
            if event == "ready":
                self._when_ready(self)
            super().dispatch(event, *args, **more)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord takes one identify in five seconds."""
        await self._identify()

    async def launch_shard(self, gateway: Any, shard_id: int, *, initial: bool = False) -> None:
        """Open one shard; a first try that fails ends this client, so that the next one starts afresh."""
        if shard_id in self._tried:
            raise _NotReached
        self._tried.add(shard_id)
        await super().launch_shard(gateway, shard_id, initial=initial)


class Gateway:
    """The connection, and what stands in its way."""

    def __init__(
        self,
        settings: DiscordSettings,
        take: Take,
        *,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._take = take
        self._sleep = sleep
        self._trouble = NOT_YET
        self._tries = 0
        self._identified_at = float("-inf")
        self.client: discord.Client | None = None
        """The client whose servers are known, from the moment that they are."""

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            client = _Client(self._settings, self._take, ready=self._ready, identify=self._identify)
            lead(client.http, self._settings)
            try:
                await client.login(self._settings.token)
                await _connect(client)
                self._trouble = LOST
            except Exception as problem:
                self._trouble = _told(problem)
                log.warning("not connected", why=self._trouble, problem=type(problem).__name__)
                wait = _patience(problem)
            else:
                wait = 0
            finally:
                self.client = None
                await _close(client)
            await self._sleep(max(wait, WAITS[min(self._tries, len(WAITS) - 1)]))
            self._tries += 1

    async def _identify(self) -> None:
        """Wait for our turn to identify."""
        clock = asyncio.get_running_loop().time
        wait = self._identified_at + self._settings.identify_seconds - clock()
        if wait > 0:
            await self._sleep(wait)
        self._identified_at = clock()

    def _ready(self, client: discord.Client) -> None:
        self.client = client
        self._tries = 0
        self._trouble = ""

    def trouble(self) -> str:
        """Why no events come in; empty while they do."""
        if not isinstance(self.client, discord.AutoShardedClient):
            return self._trouble or LOST
        is_lost = any(shard.is_closed() for shard in self.client.shards.values())
        return LOST if is_lost else ""


async def _connect(client: discord.Client) -> None:
    """Stay connected; the library can take no notice of a cancellation, so it has a task of its own."""
    connection = asyncio.create_task(client.connect())
    try:
        await asyncio.wait({connection})
        connection.result()
    finally:
        connection.cancel()
        await _close(client)
        await asyncio.wait({connection}, timeout=LAST_WORDS)


async def _close(client: discord.Client) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS):
            await client.close()


def _patience(problem: Exception) -> float:
    """How long to wait at least; Discord counts how often a bot identifies itself in vain."""
    if isinstance(problem, discord.PrivilegedIntentsRequired | discord.ConnectionClosed):
        return REFUSED_SECONDS
    told = failure(problem)
    return told.seconds if isinstance(told, Busy) else 0.0


def _told(problem: Exception) -> str:
    if isinstance(problem, discord.PrivilegedIntentsRequired):
        return INTENTS
    if isinstance(problem, discord.ConnectionClosed) and problem.code == 4004:
        return TOKEN
    told = failure(problem)
    return str(told) if told is not None else LOST
