"""Outloud on Discord: one gateway connection, split into shards as Discord asks, for every server it was invited to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.discord.answer import Answers
from adapters.discord.api import Api, DiscordSettings, quiet
from adapters.discord.commands import Commands
from adapters.discord.connection import Gateway
from adapters.discord.examine import PERMISSIONS, examine
from adapters.discord.hearing import Hearing
from adapters.discord.keep import Forms
from adapters.discord.listen import Listener
from adapters.discord.missed import Missed
from adapters.discord.people import People
from adapters.discord.read import PLATFORM
from adapters.discord.send import PACE, Messages
from adapters.discord.ways import Ways
from adapters.discord.whereabouts import Whereabouts
from adapters.discord.write import link
from bot.chat import AccountId, Card, Chat, Desk, Place, Profile, Ref, Said

__all__ = ["PERMISSIONS", "DiscordChat", "DiscordSettings"]


class DiscordChat:
    """Discord, as the core knows it."""

    platform = PLATFORM
    pace = PACE

    def __init__(
        self,
        settings: DiscordSettings,
        sessions: async_sessionmaker[AsyncSession],
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._api = Api(settings)
        self._gateway = Gateway(settings, self._take, sleep=sleep)
        self._people = People(self._api, self._gateway)
        ways = Ways(sessions, now=now)
        whereabouts = Whereabouts(self._api, self._people, ways)
        self._messages = Messages(self._api, self._people, ways, now=now)
        self._hearing = Hearing(
            self._api,
            self._people,
            ways,
            self._messages,
            whereabouts,
            began=self._begin,
            now=now,
            sleep=sleep,
        )
        answers = Answers(self._messages, Forms(sessions, now=now))
        self._listener = Listener(
            self._api, self._people, ways, whereabouts, self._hearing, answers, now=now
        )
        self._missed = Missed(self._api, ways, self._hearing.take, now=now)
        self._commands = Commands(self._api, sessions, sleep=sleep)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: DiscordSettings,
        sessions: async_sessionmaker[AsyncSession],
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> AsyncIterator[DiscordChat]:
        """Discord for as long as the block lasts."""
        quiet()
        chat = cls(settings, sessions, now=now, sleep=sleep)
        try:
            yield chat
        finally:
            await chat._listener.close()
            await chat._api.close()

    async def listen(self, desk: Desk) -> None:
        """Hand events and acts to the desk until cancelled."""
        self._listener.desk = self._hearing.desk = desk
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._gateway.run())
                group.create_task(self._hearing.run())
                group.create_task(self._commands.register(desk))
        finally:
            self._listener.desk = None
            await self._hearing.flush()

    def _take(self, kind: str, data: dict[str, Any], mark: str) -> None:
        self._listener.take(kind, data, mark)

    async def _begin(self, ready: dict[str, Any]) -> None:
        assert self._hearing.desk is not None
        missing = await self._missed.since(ready, self._hearing.desk)
        self._listener.follow(self._missed.look(missing))

    async def settled(self) -> None:
        """Wait until every event so far was kept and every act answered."""
        await self._listener.settle()

    async def send(
        self, to: Place, card: Card, *, key: str, again: bool = False
    ) -> tuple[Ref, ...]:
        """Post a card, as `Chat.send` says."""
        return await self._messages.send(to, card, key=key, again=again)

    async def edit(self, refs: tuple[Ref, ...], card: Card) -> tuple[Ref, ...]:
        """Make a posted message say this card, as `Chat.edit` says."""
        return await self._messages.edit(refs, card)

    async def remove(self, refs: tuple[Ref, ...]) -> None:
        """Take a posted message away, as `Chat.remove` says."""
        await self._messages.remove(refs)

    async def fetch(self, ref: Ref) -> Said | None:
        """The message as it stands now."""
        return await self._messages.fetch(ref)

    def link(self, ref: Ref) -> str:
        """The message's own address; a direct message has none that we know."""
        return link(ref)

    async def profile(self, account: AccountId) -> Profile | None:
        """What Discord knows of somebody."""
        return await self._people.profile(account)

    async def members(self, channel: Place) -> tuple[AccountId, ...]:
        """The people who can see a channel."""
        return await self._people.members(channel)

    async def examine(self, channels: tuple[Place, ...]) -> tuple[str, ...]:
        """What is missing for working in these channels: the token, intents, permissions."""
        return await examine(self._settings, channels)

    async def trouble(self) -> tuple[str, ...]:
        """What stands in the way of working on Discord now, a sentence each."""
        found = (self._gateway.trouble(), self._commands.trouble)
        return tuple(one for one in found if one)


def _is_a_chat(chat: DiscordChat) -> Chat:
    """Held to the port by the type checker."""
    return chat
