"""A whole core on a fake chat: people act, the machinery is stepped by hand, and time moves when a test says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from bot.app import FEATURES
from bot.channels import desk as channels
from bot.channels.tables import Channel
from bot.chat import AccountId, Card, Place, Profile, Ref
from bot.checkins import desk as checkins
from bot.checkins.rules import RhythmPlan
from bot.engine import minding
from bot.engine.inbox import Inbox
from bot.engine.reception import Reception
from bot.engine.sender import Sender
from bot.engine.ticker import Ticker
from bot.people import desk as people
from bot.people.tables import Person
from bot.store.session import Store, Work
from tests.measured import MeasuredChat

MONDAY = datetime.fromisoformat("2026-11-16T06:00:00+00:00")


class House:
    """One installation with one fake platform."""

    def __init__(self, url: str, now: datetime = MONDAY) -> None:
        self.chat = MeasuredChat("fake")
        self.chat.at = now
        self.store = Store(url, now=lambda: self.chat.at)
        chats = {"fake": self.chat}
        self.desk = Reception(self.store, FEATURES, chats, people.meet)
        self.inbox = Inbox(self.store, prepare=self.desk.prepare, handle=self.desk.handle)
        self.sender = Sender(self.store, chats)
        self.ticker = Ticker(self.store, FEATURES, chats, seconds=5)

    @property
    def now(self) -> datetime:
        return self.chat.at

    def at(self, moment: str | datetime) -> None:
        """Move the clock: an ISO moment with its offset, or an instant."""
        self.chat.at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment

    def later(self, **length: float) -> None:
        """Move the clock on by hours, minutes, days."""
        self.chat.at += timedelta(**length)

    async def settle(self) -> None:
        """Handle all that came in and send all that is wanted, at this moment."""
        for _ in range(100):
            if not await self.inbox.step() + await self.sender.step():
                return
        raise AssertionError("The house does not come to rest.")

    async def tick(self) -> None:
        """One tick, and everything that follows from it."""
        await self.ticker.tick()
        await self.settle()

    async def person(
        self,
        id: str,
        zone: str = "Europe/Lisbon",
        *,
        admin: bool = False,
        into: tuple[Place, ...] = (),
    ) -> AccountId:
        """Somebody the core knows, in these channels."""
        account = self.chat.person(id, Profile(id.capitalize(), zone=zone, is_admin=admin), *into)
        await people.meet(self.store, self.chat, account)
        return account

    async def channel(
        self, name: str, ring: str = "team", *members: AccountId, plan: RhythmPlan | None = None
    ) -> Place:
        """A configured channel with these members, and a rhythm when it is given one."""
        place = self.chat.channel(name)
        async with self.store.work() as work:
            await people.open_workspace(work, place.workspace_id)
            work.session.add(
                Channel(workspace_id=place.workspace_id, id=place.channel, name=name, ring=ring)
            )
            await work.session.flush()
            work.wakes.add(minding.CHANGED)
            channel = await channels.get(work, place.workspace_id, place.channel)
            here = [await people.caller(work, one) for one in members]
            await channels.put_members(work, channel, here)
            if plan is not None:
                await checkins.set_rhythm(work, channel, plan)
        for one in members:
            self.chat._members.setdefault(place, []).append(one)
        return place

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        async with self.store.work() as work:
            yield work

    async def who(self, account: AccountId) -> Person:
        """The person behind an account, as the database has them now."""
        async with self.store.look() as work:
            return await people.caller(work, account)

    def seen(self, place: Place) -> tuple[Card, ...]:
        """The bot's cards that stand in a place."""
        return self.chat.visible(place)

    def thread(self, channel: Place) -> tuple[Card, ...]:
        """The bot's cards in the thread of a channel's last parent message."""
        return self.chat.visible(self.parent(channel).replies)

    def parent(self, channel: Place) -> Ref:
        """The bot's last message in the open of a channel."""
        return [
            one.ref
            for one in self.chat.posts
            if one.ref.place == channel and one.by == self.chat.bot
        ][-1]

    def last(self, place: Place) -> Ref:
        """The bot's last message in a place."""
        return [
            one.ref for one in self.chat.posts if one.ref.place == place and one.by == self.chat.bot
        ][-1]

    def find(self, place: Place, words: str) -> Ref:
        """The bot's message in a place that says these words."""
        found = [
            one.ref
            for one in self.chat.posts
            if one.ref.place == place and words in one.card.plain()
        ]
        if not found:
            shown = "\n---\n".join(
                one.card.plain() for one in self.chat.posts if one.ref.place == place
            )
            raise AssertionError(f"Nothing in {place} says {words!r}, only:\n{shown}")
        return found[-1]


@pytest.fixture
async def house(either_url: str) -> AsyncIterator[House]:
    """A house on a fresh database."""
    house = House(either_url)
    async with house.chat.listening(house.desk):
        yield house
    await house.store.close()
    assert house.chat.problems == []
