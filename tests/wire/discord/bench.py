"""The adapter on the loopback Discord, with a desk that notes what it is asked and says what a test tells it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.discord import DiscordChat, DiscordSettings
from bot.chat import (
    AccountId,
    Desk,
    Place,
)
from bot.store.session import Store
from tests.wire.discord.hands import Hands, until
from tests.wire.discord.server import Discord
from tests.wire.discord.world import MANAGE_GUILD, Channel, Guild
from tests.wire.noting import NotingDesk

ANA, BEN, CHI, DEE = "201", "202", "203", "204"
GUILD, HARBOUR = "900", "901"


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


async def well(chat: DiscordChat, listening: asyncio.Task[None], *, seconds: float = 60) -> None:
    """Wait until nothing stands in the way any more, and who is in each server was told as well."""
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    while (trouble := await chat.trouble()) or not _everybody_is_known(chat):
        assert not listening.done(), listening
        assert clock() < end, trouble
        await asyncio.sleep(0.002)


def _everybody_is_known(chat: DiscordChat) -> bool:
    """The library calls itself ready when no server came for a moment, which on a busy machine is too soon."""
    client = chat._gateway.client
    return client is not None and all(one.chunked and not one.unavailable for one in client.guilds)


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
        discord.interactions.be_patient()
        guild, channel = people(discord)
        settings = settings_for(discord, **more)
        async with connected(settings, store.sessions, desk) as (chat, slept, listener):
            yield Bench(discord, chat, desk, guild, channel, store, slept, listener)
    await store.close()
