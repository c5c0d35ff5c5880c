"""The chat in memory is a chat like the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.chat import AccountId, Busy, Place, Profile, Ref
from bot.chat.fake import FakeChat
from tests.contract.facts import ChatFacts
from tests.contract.harness import Bench, ListeningDesk


class FakeBench:
    def __init__(self) -> None:
        self.limit = 300
        self.chat = FakeChat(limit=self.limit)
        self.desk = ListeningDesk()
        self.place = self.chat.channel("harbour")
        self.person = self.chat.person("ana", Profile("Ana", "Europe/Lisbon"), self.place)
        self.other = self.chat.person("ben", Profile("Ben"), self.place)
        self.chat.person("weather", Profile("Weather", is_bot=True), self.place)
        self.listener = asyncio.create_task(self.chat.listen(self.desk))

    async def visible(self, place: Place) -> tuple[str, ...]:
        return tuple(card.plain() for card in self.chat.visible(place))

    async def files(self, place: Place) -> tuple[tuple[str, bytes], ...]:
        cards = self.chat.visible(place)
        return tuple((card.file.name, card.file.data) for card in cards if card.file)

    async def pinged(self) -> tuple[str, ...]:
        return ()

    async def shown_to(self, account: AccountId) -> tuple[str, ...]:
        return tuple(card.plain() for card in self.chat.shown.get(account, []))

    async def somebody_says(self, words: str, place: Place) -> Ref:
        return await self.chat.say(self.person, place, words)

    async def somebody_edits(self, ref: Ref, words: str) -> None:
        await self.chat.edit_said(self.person, ref, words)

    async def somebody_removes(self, ref: Ref) -> None:
        await self.chat.remove_said(self.person, ref)

    async def somebody_reacts(self, ref: Ref, emoji: str, *, added: bool = True) -> None:
        await self.chat.react(self.person, ref, emoji, added=added)

    async def somebody_presses(self, ref: Ref, label: str) -> None:
        await self.chat.press(self.person, ref, label)

    async def somebody_types(self, command: str) -> None:
        await self.chat.command(self.person, self.place, command)

    async def somebody_submits(self, values: dict[str, str]) -> None:
        await self.chat.submit(self.person, self.chat.forms[self.person], values)

    async def moderator_removes(self, ref: Ref) -> None:
        await self.chat.remove_said(self.other, ref)

    async def link_preview_arrives(self, ref: Ref) -> None:
        said = await self.chat.fetch(ref)
        assert said
        await self.chat.edit_said(self.person, ref, said.text.markdown())

    async def delivered_again(self) -> None:
        await self.chat.deliver_again()

    async def next_send_is_busy(self, seconds: float) -> None:
        self.chat.trouble_next(Busy(seconds))

    async def next_answer_is_lost(self) -> None:
        self.chat.lose_answer()

    async def gone_channel(self) -> Place:
        gone = self.chat.channel("gone")
        self.chat.refuse(gone, "The channel gone does not exist any more: choose another one.")
        return gone


class TestFakeChat(ChatFacts):
    @pytest.fixture
    async def bench(self) -> AsyncIterator[Bench]:
        bench = FakeBench()
        yield bench
        bench.listener.cancel()
