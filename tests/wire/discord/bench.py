"""The adapter on the loopback Discord, with a desk that notes what it is asked and says what a test tells it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.discord import DiscordChat, DiscordSettings
from bot.chat import (
    AccountId,
    Act,
    Ask,
    Command,
    CommandHelp,
    Desk,
    Done,
    Event,
    Place,
    Reply,
    Shortcut,
)
from bot.store.session import Store
from tests.wire.discord.hands import Hands, until
from tests.wire.discord.server import Discord
from tests.wire.discord.world import MANAGE_GUILD, Channel, Guild

COMMANDS = tuple(
    CommandHelp(name, f"What /{name} does.", "TEXT")
    for name in ("checkin", "grain", "lesson", "idea", "ask", "digest", "community", "outloud")
)
SHORTCUTS = (Shortcut("Mark as lesson", "lessons.mark"), Shortcut("Keep as grain", "grains.keep"))

ANA, BEN, CHI, DEE = "201", "202", "203", "204"
GUILD, HARBOUR = "900", "901"

Answer = Callable[[Act], Awaitable[Reply] | Reply]


@dataclass
class NotingDesk:
    """Notes events once by their key, and acts; `says` decides what is answered."""

    says: Answer = lambda act: Done()
    events: dict[tuple[str, str], Event] = field(default_factory=dict)
    deliveries: int = 0
    acts: list[Act] = field(default_factory=list)
    seconds: float = 0.0
    """How slow its database is."""
    broken: bool = False
    offers: tuple[str, ...] = ()
    ignores: set[str] = field(default_factory=set)
    """Channels that nobody set up."""

    @property
    def commands(self) -> tuple[CommandHelp, ...]:
        return COMMANDS

    @property
    def shortcuts(self) -> tuple[Shortcut, ...]:
        return SHORTCUTS

    async def minds(self, place: Place, message: str = "") -> bool:
        return place.channel not in self.ignores

    async def record(self, key: str, event: Event) -> bool:
        await asyncio.sleep(self.seconds)
        if self.broken:
            raise OSError("The disk is full.")
        self.deliveries += 1
        where = event.ref.place.workspace if hasattr(event, "ref") else event.by.workspace
        new = (where, key) not in self.events
        self.events.setdefault((where, key), event)
        return new

    async def answer(self, act: Act) -> Reply:
        await asyncio.sleep(self.seconds)
        if self.broken:
            raise OSError("The disk is full.")
        self.acts.append(act)
        reply = self.says(act)
        return reply if not isinstance(reply, Awaitable) else await reply

    async def complete(self, name: str, words: str, by: AccountId, place: Place) -> tuple[str, ...]:
        await asyncio.sleep(self.seconds)
        return tuple(one for one in self.offers if one.startswith(words))

    @property
    def heard(self) -> list[Event]:
        """The events in the order in which they were kept."""
        return list(self.events.values())


def asks(form: Any) -> Answer:
    """A desk that answers commands with this form, and whatever is sent with Done."""
    return lambda act: Ask(form) if isinstance(act, Command) else Done()


@dataclass
class Bench:
    """A Discord with one server, the adapter connected to it, and the desk behind the adapter."""

    discord: Discord
    chat: DiscordChat
    desk: Any
    guild: Guild
    channel: Channel
    store: Store
    slept: list[float]
    listener: asyncio.Task[None]

    def hands(self, ident: str = ANA, guild: Guild | None = None) -> Hands:
        return Hands(self.discord, guild or self.guild, ident)

    def place(self, thread: str = "") -> Place:
        return Place("discord", self.guild.id, self.channel.id, thread)

    def account(self, ident: str = ANA) -> AccountId:
        return AccountId("discord", self.guild.id, ident)

    async def settled(self) -> None:
        """Wait until the adapter has done all that has happened so far."""
        mark = await self._mark()
        await until(lambda: mark in self._told())
        await self.chat.settled()

    async def _mark(self) -> str:
        """Something that the adapter takes no notice of, after all that happened."""
        self._marks = getattr(self, "_marks", 0) + 1
        name = f"mark {self._marks}"
        self.channel.name = name
        await self.discord.gateway.tell("CHANNEL_UPDATE", self.channel.told(), self.guild.id)
        return name

    def _told(self) -> set[str]:
        client = self.chat._gateway.client
        found = client.get_channel(int(self.channel.id)) if client else None
        return {getattr(found, "name", "")}


def people(discord: Discord) -> tuple[Guild, Channel]:
    """Ana, Ben, Chi and Dee in one server with the bot."""
    for ident, name in ((ANA, "Ana"), (BEN, "Ben"), (CHI, "Chi"), (DEE, "Dee")):
        discord.user(ident, name)
    guild = discord.guild(GUILD, "Harbour", "299")
    guild.roles["798"] = MANAGE_GUILD
    for ident in (ANA, BEN, CHI, DEE):
        discord.joins(guild, discord.users[ident])
    guild.members[DEE].roles.append("798")
    return guild, discord.channel(guild, HARBOUR, "team-harbour")


@contextlib.asynccontextmanager
async def connected(
    settings: DiscordSettings,
    sessions: async_sessionmaker[AsyncSession],
    desk: Desk,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    wait: bool = True,
) -> AsyncIterator[tuple[DiscordChat, list[float], asyncio.Task[None]]]:
    """The adapter, listening."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0.001)

    async with DiscordChat.open(settings, sessions, now=now, sleep=sleep) as chat:
        listening = asyncio.create_task(chat.listen(desk))
        try:
            if wait:
                await well(chat, listening)
            yield chat, slept, listening
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def well(chat: DiscordChat, listening: asyncio.Task[None], *, seconds: float = 10) -> None:
    """Wait until nothing stands in the way any more."""
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    while trouble := await chat.trouble():
        assert not listening.done(), listening
        assert clock() < end, trouble
        await asyncio.sleep(0.002)


def settings_for(discord: Discord, **more: Any) -> DiscordSettings:
    """How the adapter reaches this Discord."""
    known: dict[str, Any] = {
        "token": discord.token,
        "api_url": discord.api_url,
        "gateway_url": discord.gateway_url,
        "ready_seconds": 0.02,
        "identify_seconds": 0.0,
    }
    return DiscordSettings(**(known | more))


@contextlib.asynccontextmanager
async def bench(database_url: str, desk: Any = None, **more: Any) -> AsyncIterator[Bench]:
    """All of it."""
    desk = desk or NotingDesk()
    store = Store(database_url)
    async with Discord.running() as discord:
        guild, channel = people(discord)
        settings = settings_for(discord, **more)
        async with connected(settings, store.sessions, desk) as (chat, slept, listener):
            yield Bench(discord, chat, desk, guild, channel, store, slept, listener)
    await store.close()
