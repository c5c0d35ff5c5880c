"""A small town in which lessons travel: two teams, a community with a curator, a network, and a second platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

from sqlalchemy import select

from bot.app import FEATURES
from bot.channels import desk as channels
from bot.channels.desk import Way
from bot.channels.tables import Channel
from bot.chat import (
    AccountId,
    Ask,
    Card,
    Form,
    Place,
    Profile,
    Ref,
    Replace,
    Reply,
    Said,
    Show,
    Text,
    Wrong,
)
from bot.engine import dead
from bot.engine.inbox import Inbox
from bot.engine.reception import Reception
from bot.engine.sender import Sender
from bot.engine.ticker import Ticker
from bot.lessons import rules
from bot.lessons.desk import agreeing, checking, marks, steps
from bot.lessons.tables import Lesson, LessonItem
from bot.people import desk as people
from bot.store.session import Store
from tests.house import House
from tests.measured import MeasuredChat

TIDE = "When the tide turns, check the lines again because they go slack"


class Town(House):
    """The house with a second platform, `far`, and people and channels on both."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
        self.far = MeasuredChat("far", workspace="F1")
        chats = {"fake": self.chat, "far": self.far}
        self.desk = Reception(self.store, FEATURES, chats, people.meet)
        self.inbox = Inbox(self.store, prepare=self.desk.prepare, handle=self.desk.handle)
        self.sender = Sender(self.store, chats)
        self.ticker = Ticker(self.store, FEATURES, chats, seconds=5)
        self.at("2026-11-16T10:00:00+00:00")

    async def settle_in(self) -> None:
        """People move in, and routes are opened."""
        self.ana, self.ben = await self.person("ana"), await self.person("ben")
        self.chi = await self.person("chi")
        self.dee = await self.person("dee", admin=True)
        self.eve = await self.person("eve")
        self.harbour = await self.channel("harbour", "team", self.ana, self.ben)
        self.orchard = await self.channel("orchard", "team", self.chi, self.dee)
        everybody = (self.ana, self.ben, self.chi, self.dee, self.eve)
        self.cop = await self.channel("cop", "community", *everybody)
        self.commons = await self.channel("commons", "network", *everybody)
        await self.curate(self.cop, self.chi)
        await self.route((self.harbour, self.cop), (self.orchard, self.cop))

    async def open_far(self) -> None:
        """A community on another platform, in a workspace that is linked with the first."""
        self.fay = await self.stranger("fay")
        self.gus = await self.stranger("gus")
        self.reef = self.far.channel("reef")
        async with self.work() as work:
            work.session.add(
                Channel(workspace_id="far:F1", id="reef", name="reef", ring="community")
            )
            await work.session.flush()
            channel = await channels.get(work, "far:F1", "reef")
            here = [await people.caller(work, one) for one in (self.fay, self.gus)]
            await channels.put_members(work, channel, here)
            await people.link_workspaces(work, "fake:W1", "far:F1")
        self.far._members[self.reef] = [self.fay, self.gus]
        await self.curate(self.reef, self.fay)

    async def stranger(self, id: str) -> AccountId:
        """Somebody on the second platform."""
        account = self.far.person(id, Profile(id.capitalize(), zone="Europe/Lisbon"))
        await people.meet(self.store, self.far, account)
        return account

    async def channel_joined(self, place: Place, *who: AccountId) -> None:
        """More people are in a channel."""
        async with self.work() as work:
            channel = await channels.get(work, place.workspace_id, place.channel)
            here = await channels.members(work, channel)
            here += [await people.caller(work, one) for one in who]
            await channels.put_members(work, channel, here)
        self.chat._members[place] += who

    async def curate(self, place: Place, *who: AccountId) -> None:
        async with self.work() as work:
            ids = [(await people.caller(work, one)).id for one in who]
            await channels.set_roles(work, place.workspace_id, place.channel, "curator", ids)

    async def route(self, *pairs: tuple[Place, Place], topics: tuple[str, ...] = ()) -> None:
        """Add routes, and the one from the community to the network."""
        async with self.work() as work:
            ways = [*pairs, (self.cop, self.commons)]
            starts = {start.workspace_id for start, _ in ways}
            for start in sorted(starts):
                mine = [Way(a, b, topics if b == self.cop else ()) for a, b in ways]
                await channels.put_routes(
                    work, start, [one for one in mine if one.start.workspace_id == start]
                )

    async def restart(self) -> None:
        """The process dies, and another one starts on the same database and chats."""
        await self.store.close()
        self.store = Store(self.url, now=lambda: self.chat.at)
        chats = {"fake": self.chat, "far": self.far}
        self.desk = Reception(self.store, FEATURES, chats, people.meet)
        self.inbox = Inbox(self.store, prepare=self.desk.prepare, handle=self.desk.handle)
        self.sender = Sender(self.store, chats)
        self.ticker = Ticker(self.store, FEATURES, chats, seconds=5)
        for chat in (self.chat, self.far):
            chat._desk = self.desk

    async def retry(self) -> None:
        """An operator lets everything be tried again that was given up."""
        await dead.each(self.store, dead.retry)
        await self.settle()

    # What people do.

    def chat_of(self, who: AccountId) -> MeasuredChat:
        return self.far if who.platform == "far" else self.chat

    def direct(self, who: AccountId) -> list[Card]:
        return list(self.chat_of(who).visible(who.direct))

    def ref(self, place: Place, words: str) -> Ref:
        """The bot's last message in a place that says these words."""
        chat = self.far if place.platform == "far" else self.chat
        found = [
            one.ref
            for one in chat.posts
            if one.ref.place.open == place and one.by == chat.bot and words in one.card.plain()
        ]
        shown = [one.card.plain() for one in chat.posts if one.ref.place.open == place]
        assert found, f"Nothing in {place} says {words!r}, only: {shown}"
        return found[-1]

    def card(self, place: Place, words: str) -> Card:
        ref = self.ref(place, words)
        chat = self.far if place.platform == "far" else self.chat
        return next(one.card for one in chat.posts if one.ref == ref)

    def copies(self, place: Place) -> list[Card]:
        chat = self.far if place.platform == "far" else self.chat
        return list(chat.visible(place))

    async def press(
        self, who: AccountId, words: str, label: str, *, place: Place | None = None
    ) -> Reply:
        """Somebody presses a button of the message that says these words, in their direct message or elsewhere."""
        on = self.ref(place or who.direct, words)
        reply = await self.chat_of(who).press(who, on, label)
        await self.settle()
        return reply

    async def choose(self, who: AccountId, on: Ref | Card, label: str, option: str) -> Reply:
        reply = await self.chat_of(who).choose(who, on, label, option)
        await self.settle()
        return reply

    async def submit(self, who: AccountId, reply: Reply, /, **answers: str) -> Reply:
        """Somebody sends the form that they were given."""
        assert isinstance(reply, Ask), reply
        sent = await self.chat_of(who).submit(who, reply.form, answers)
        await self.settle()
        return sent

    async def command(self, who: AccountId, place: Place, typed: str) -> Reply:
        reply = await self.chat_of(who).command(who, place, typed)
        await self.settle()
        return reply

    async def say(self, who: AccountId, place: Place, words: str) -> Ref:
        ref = await self.chat_of(who).say(who, place, words)
        await self.settle()
        return ref

    async def mark(self, who: AccountId, ref: Ref, *, added: bool = True) -> None:
        await self.chat_of(who).react(who, ref, added=added)
        await self.settle()

    # Whole stretches of the way.

    async def agreed(
        self, words: str = TIDE, *, by: AccountId | None = None, **answers: str
    ) -> Ref:
        """Somebody says something, it is marked, and its author agrees to share it."""
        author = by or self.ana
        said = await self.say(author, self.harbour, words)
        await self.mark(self.ben if author == self.ana else self.ana, said)
        form = await self.press(author, "May others learn", "Word it")
        await self.submit(author, form, **answers)
        await self.press(author, "Who sees it", "Yes, share it")
        return said

    async def selected(self, words: str = TIDE, **answers: str) -> Ref:
        """And a curator selects it."""
        said = await self.agreed(words, **answers)
        await self.tick()
        await self.press(self.chi, "A lesson for #cop?", "Select")
        return said

    async def stands(self, words: str = TIDE, **answers: str) -> Ref:
        """The same by the desks alone, for tests that begin where a copy stands in the community."""
        said = await self.say(self.ana, self.harbour, words)
        async with self.work() as work:
            ana, ben, chi = [
                await people.caller(work, one) for one in (self.ana, self.ben, self.chi)
            ]
            message = Said(said, self.ana, Text.parse(words), self.now)
            lesson = await marks.mark(work, ben, await marks.origin_of(work, said, message))
            wording = rules.proposed(message.text, quote=True).kept()
            values = {**wording, "to": str(self.cop), **answers}
            await agreeing.take_wording(work, lesson, values)
            await agreeing.agree(work, ana, lesson)
            (item,) = await steps.items_of(work, lesson)
            await checking.select_it(work, chi, lesson, item)
        await self.settle()
        return said

    async def next_day(self, days: int = 1) -> None:
        self.at(self.now + timedelta(days=days))
        await self.tick()

    async def lessons(self) -> list[Lesson]:
        async with self.store.look() as work:
            return list(await work.session.scalars(select(Lesson).order_by(Lesson.number)))

    async def items(self) -> list[LessonItem]:
        async with self.store.look() as work:
            return list(await work.session.scalars(select(LessonItem).order_by(LessonItem.id)))


def words_of(reply: Reply) -> str:
    """What a reply says."""
    if isinstance(reply, Show | Replace):
        return reply.card.plain()
    if isinstance(reply, Wrong):
        return " ".join(reply.sentences.values())
    return ""


def form_of(reply: Reply) -> Form:
    assert isinstance(reply, Ask), reply
    return reply.form


def card_of(reply: Reply) -> Card:
    assert isinstance(reply, Show | Replace), reply
    return reply.card


async def town_on(url: str) -> AsyncIterator[Town]:
    town = Town(url)
    async with AsyncExitStack() as stack:
        for chat in (town.chat, town.far):
            await stack.enter_async_context(chat.listening(town.desk))
        await town.settle_in()
        yield town
    await town.store.close()
    assert town.chat.problems == []
    assert town.far.problems == []
