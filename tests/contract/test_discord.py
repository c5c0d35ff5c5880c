"""Discord is a chat like the others."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from bot.chat import AccountId, Place, Ref
from tests.contract.facts import ChatFacts
from tests.contract.harness import Bench, ListeningDesk
from tests.wire.discord import bench as discord
from tests.wire.discord.faults import Fault
from tests.wire.discord.hands import Hands, buttons, until, words
from tests.wire.discord.world import Channel, Message

POST = "POST /channels/{channel}/messages"


class DiscordBench:
    def __init__(self, wired: discord.Bench, desk: ListeningDesk) -> None:
        self.limit = 2000
        self.wired = wired
        self.chat = wired.chat
        self.desk = desk
        self.listener = wired.listener
        self.place = wired.place()
        self.person = wired.account(discord.ANA)
        self.other = wired.account(discord.BEN)
        self.ana = wired.hands(discord.ANA)
        self.dee = wired.hands(discord.DEE)

    async def start(self) -> None:
        """Two people and two bots see the channel."""
        world = self.wired.discord
        for ident in (discord.CHI, discord.DEE):
            await self.wired.hands(ident).leaves()
        world.joins(self.wired.guild, world.user("209", "Other", is_bot=True))
        told = self.wired.guild.members["209"].told() | {"guild_id": self.wired.guild.id}
        await world.gateway.tell("GUILD_MEMBER_ADD", told, self.wired.guild.id)
        await self.wired.settled()
        self.desk.deliveries.clear()
        self.desk.events.clear()

    async def visible(self, place: Place) -> tuple[str, ...]:
        await self.wired.settled()
        channel = self._channel(place)
        return tuple(
            words(message.content)
            for message in (channel.messages.values() if channel else ())
            if message.author.id == self.wired.discord.bot.id
        )

    async def files(self, place: Place) -> tuple[tuple[str, bytes], ...]:
        await self.wired.settled()
        channel = self._channel(place)
        return tuple(
            (told["filename"], data)
            for message in (channel.messages.values() if channel else ())
            for told, data in zip(message.attachments, message.files, strict=True)
        )

    async def pinged(self) -> tuple[str, ...]:
        world = self.wired.discord
        channels = [*self.wired.guild.channels.values(), *world.directs.values()]
        return tuple(
            found
            for channel in channels
            for message in channel.messages.values()
            if message.author.is_bot
            for found in message.pings()
        )

    async def shown_to(self, account: AccountId) -> tuple[str, ...]:
        seen = Hands(self.wired.discord, self.wired.guild, account.id).seen()
        return tuple(words(message.content) for message in seen)

    async def somebody_says(self, words: str, place: Place) -> Ref:
        message = await self.ana.says(self._room(place), words)
        return Ref(place, message.id)

    async def somebody_edits(self, ref: Ref, words: str) -> None:
        await self.ana.edits(self._message(ref), words)

    async def somebody_removes(self, ref: Ref) -> None:
        await self.ana.deletes(self._message(ref))

    async def somebody_reacts(self, ref: Ref, emoji: str, *, added: bool = True) -> None:
        assert emoji == "bulb"
        await self.ana.reacts(self._message(ref), "💡", off=not added)

    async def somebody_presses(self, ref: Ref, label: str) -> None:
        await self.ana.presses(label, self._message(ref))
        await self.chat.settled()

    async def somebody_types(self, command: str) -> None:
        await self.ana.types(command, self.wired.channel)
        await self.chat.settled()

    async def somebody_submits(self, values: dict[str, str]) -> None:
        if not self.ana.has_modal:
            # What was wrong is said between two modals, with the way back to the form.
            card = self.ana.seen()[-1]
            assert "Correct it" in buttons(card)
            await self.ana.presses("Correct it", card)
        await until(lambda: self.ana.has_modal)
        labels = {"plan": "What is next?", "why": "Why?"}
        await self.ana.submits({labels[key]: value for key, value in values.items()})

    async def moderator_removes(self, ref: Ref) -> None:
        await self.dee.deletes(self._message(ref))

    async def link_preview_arrives(self, ref: Ref) -> None:
        message = self._message(ref)
        found = re.findall(r"https?://\S+", message.content)
        message.embeds = [{"type": "link", "url": one} for one in found]
        await self.wired.discord.tell_message("MESSAGE_UPDATE", message)

    async def delivered_again(self) -> None:
        gateway = self.wired.discord.gateway
        (session,) = gateway.sessions.values()
        last = [one for one in session.sent if one["t"] == "MESSAGE_CREATE"][-1]
        await gateway.tell("MESSAGE_CREATE", last["d"], self.wired.guild.id)

    async def next_send_is_busy(self, seconds: float) -> None:
        self.wired.discord.faults[POST].append(Fault("429", seconds=seconds))

    async def next_answer_is_lost(self) -> None:
        self.wired.discord.faults[POST].append(Fault("drop"))

    async def gone_channel(self) -> Place:
        return Place("discord", self.wired.guild.id, "999")

    def _channel(self, place: Place) -> Channel | None:
        world = self.wired.discord
        if place.is_direct:
            return world.direct(place.account.id)
        return world.find(place.thread or place.channel)

    def _room(self, place: Place) -> Channel:
        """Where somebody writes who means this place; a thread is opened when it is not there."""
        channel = self._channel(place)
        if channel is None:
            parent = self.wired.discord.find(place.channel)
            assert parent is not None
            channel = self.ana.thread(parent.messages[place.thread])
        return channel

    def _message(self, ref: Ref) -> Message:
        channel = self._channel(ref.place)
        assert channel is not None
        return channel.messages[ref.id]


class TestDiscord(ChatFacts):
    @pytest.fixture
    async def bench(self, sqlite_url: str) -> AsyncIterator[Bench]:
        desk = ListeningDesk()
        async with discord.bench(sqlite_url, desk) as wired:
            bench = DiscordBench(wired, desk)
            await bench.start()
            yield bench
            assert wired.discord.refused == []
