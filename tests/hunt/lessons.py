"""Many small towns side by side on one database, a lesson in each, and all that can happen to it.

What a history costs is mostly its acts, so that the towns share what they can: the people are there already, their
lessons are at five points of their lives, and one step of the machinery serves all of them.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import strategies as st
from sqlalchemy import select

from bot.app import FEATURES
from bot.channels import desk as channels
from bot.channels.desk import Way
from bot.chat import AccountId, Ask, Card, Form, Place, Press, Ref, read_action
from bot.engine import dead, outbox
from bot.engine.inbox import Inbox
from bot.engine.reception import Reception
from bot.engine.sender import Sender
from bot.engine.tables import OutboxRow
from bot.lessons import desk as lessons
from bot.lessons.rules import LIVE
from bot.lessons.tables import Lesson, LessonFeed, LessonItem
from bot.people import desk as people
from bot.store.session import Store
from tests.engine.parts import MORNING, Door
from tests.hunt.harbour import TROUBLES, Harbour, Watch, subject

NAMES = ("ana", "ben", "chi", "dee", "eve")
COMMUNITIES = ("cop", "reef")
WHERE = (*COMMUNITIES, "commons")
YES = ("lessons.agree", "lessons.yes", "lessons.follow")
BACK = (*YES, "lessons.undo", "lessons.again")
"""What its author presses to have a lesson stand somewhere, again or after all."""
REGRET = ("lessons.undo", "lessons.reopen")
"""What takes a decision back."""

Act = tuple[str, int]
"""What happens in one town, and a number by which it chooses."""
ACTS = (
    ["press"] * 9
    + ["press anything"] * 3
    + [
        "yes",
        "yes",
        "regret",
        "regret",
        "withdraw",
        "edit",
        "delete",
        "moderate",
        "moderate",
        "mark",
        "unmark",
    ]
    + ["close a way", "open a way", "lose the role", "get the role", "forget"]
)
WEATHER = (
    ["send"] * 4
    + ["calm", "tick", "hour", "day", "eight days", "again", "kill before", "kill after"]
    + [*TROUBLES, "answer lost"]
)
HISTORY = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 40)), min_size=1, max_size=3)
STORY = st.lists(st.sampled_from(WEATHER), min_size=3, max_size=3)


@dataclass
class Town:
    """One workspace, and what a bystander knows of its lesson."""

    name: str
    source: Ref | None = None
    known: list[tuple[str, str]] = field(default_factory=list)
    """Every button that was ever seen, as its action and choice."""
    told: list[Act] = field(default_factory=list)
    consented: dict[str, int] = field(default_factory=dict)
    """Second of its author's first yes, by channel."""
    closed: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """From which second to which no way led to a channel."""
    out: bool = False
    """Whether its author took it back, and nothing of what they did since brings it back."""
    taken: set[str] = field(default_factory=set)
    """The channels from which a moderator took the copy."""

    def place(self, channel: str) -> Place:
        return Place("fake", self.name, channel)

    def who(self, name: str) -> AccountId:
        return AccountId("fake", self.name, name)


class Coast:
    """All towns, one chat, and the processes that serve them."""

    def __init__(self, url: str, towns: list[Town], chat: Harbour) -> None:
        self.url, self.towns, self.chat = url, towns, chat
        self.second = 0
        self.store = Store(url, now=lambda: self.chat.at)
        self.desk = Reception(self.store, FEATURES, {"fake": chat}, people.meet)
        self.inbox = Inbox(self.store, prepare=self.desk.prepare, handle=self.desk.handle)
        self.sender = Sender(self.store, {"fake": chat})
        chat._desk = self.desk

    # Time and machinery.

    def later(self, seconds: int) -> None:
        self.second += seconds
        self.chat.at += timedelta(seconds=seconds)

    async def settle(self) -> None:
        for _ in range(100):
            if not await self.inbox.step() + await self.sender.step():
                return
        raise AssertionError("The coast does not come to rest.")

    async def tick(self) -> None:
        for due in lessons.FEATURE.due.values():
            for _ in range(20):
                async with self.store.work() as work:
                    if not await due(work):
                        break

    async def change(self, weather: str) -> None:
        """What happens to all of them at once."""
        await self.inbox.step()
        match weather:
            case "send":
                await self.sender.step()
            case "tick":
                await self.tick()
            case "hour" | "day" | "eight days":
                self.later({"hour": 3600, "day": 86_400, "eight days": 8 * 86_400}[weather])
                await self.tick()
            case "again":
                await self.chat.deliver_again()
            case "kill before" | "kill after":
                await self.kill(weather.removeprefix("kill "))
            case "answer lost":
                self.chat.lose_answer()
            case _ if weather in TROUBLES:
                self.chat.trouble_next(TROUBLES[weather]())

    async def kill(self, moment: str) -> None:
        """A process claims and is killed before its requests arrive, or before it hears how they ended."""
        door = Door()
        self.chat.doors = {moment: door}
        flying = asyncio.create_task(self.sender.step())
        reached = asyncio.create_task(door.reached.wait())
        await asyncio.wait({flying, reached}, return_when=asyncio.FIRST_COMPLETED)
        for task in (flying, reached):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self.chat.doors = {}
        self.sender = Sender(self.store, {"fake": self.chat})
        self.later(61)

    async def quiet(self) -> None:
        """Let time pass until nothing is left to do."""
        self.chat._troubles.clear()
        self.chat._answers_to_lose = 0
        watch = Watch(self.store)
        for _ in range(300):
            if await self.inbox.step() + await self.sender.step():
                continue
            events, given_up = await watch.left()
            if not events + given_up and not await self._pending():
                return
            await dead.each(self.store, dead.retry)
            self.later(3600)
        raise AssertionError("After 300 rounds there is still something to do.")

    async def _pending(self) -> bool:
        async with self.store.look() as work:
            waits = select(OutboxRow.key).where(OutboxRow.state == "pending").limit(1)
            return await work.session.scalar(waits) is not None

    # What people do.

    async def act(self, town: Town, act: Act) -> None:
        """One thing happens in one town."""
        self.later(1)
        town.told.append(act)
        what, number = act
        match what:
            case "press" | "press anything" | "yes" | "regret":
                await self.press(town, what, number)
            case "withdraw":
                await self.chat.command(
                    town.who("ana"), town.place("harbour"), "/lesson withdraw 1"
                )
                town.out = not await self._lives(town)
            case "edit" if town.source:
                words = f"When the wind turns, look at the lines {number} times"
                await self.chat.edit_said(town.who("ana"), town.source, words)
            case "delete" if town.source:
                await self.chat.remove_said(town.who("ana"), town.source)
                town.source, town.out = None, True
            case "moderate":
                await self.moderate(town, number)
            case "mark" | "unmark" if town.source:
                who = town.who(NAMES[1 + number % 2])
                await self.chat.react(who, town.source, added=what == "mark")
            case "close a way" | "open a way":
                await self.set_ways(town, WHERE[number % 3], closed=what == "close a way")
            case "lose the role" | "get the role":
                await self.curate(town, *(("chi",) if what == "get the role" else ()))
            case "forget" if number % 4 == 0:
                async with self.store.work() as work:
                    me = await people.caller(work, town.who("ana"))
                    for feature in FEATURES:
                        if feature.forget is not None:
                            await feature.forget(work, me)
                town.out = True

    async def _lives(self, town: Town) -> bool:
        async with self.store.look() as work:
            states = select(Lesson.state).where(Lesson.workspace_id == f"fake:{town.name}")
            return any(one in LIVE for one in await work.session.scalars(states))

    def seen_by(self, town: Town, name: str) -> list[tuple[Ref, Card]]:
        """The bot's messages that somebody can press a button of."""
        there = {town.who(name).direct, *(town.place(one) for one in WHERE)}
        return [
            (post.ref, post.card)
            for post in self.chat.posts
            if post.ref.place in there and post.by == self.chat.bot
        ]

    async def press(self, town: Town, what: str, number: int) -> None:
        """Somebody presses what they see, or anything that anybody saw, be it gone or not theirs."""
        some = {"yes": ("ana",), "regret": ("ana", "chi")}.get(what, NAMES)
        name = some[number % len(some)]
        seen = [
            (action, choice, ref, card)
            for ref, card in self.seen_by(town, name)
            for action, choice in choices(card)
        ]
        town.known += [(one[0], one[1]) for one in seen if (one[0], one[1]) not in town.known]
        if what in ("yes", "regret"):
            wanted = YES if what == "yes" else REGRET
            seen = [one for one in seen if read_action(one[0])[0] in wanted]
        if what == "press anything" and town.known:
            action, choice = town.known[number % len(town.known)]
            await self.send(town, name, action, choice, None, None, number)
        elif seen:
            action, choice, ref, card = seen[number // 5 % len(seen)]
            await self.send(town, name, action, choice, ref, card, number)

    async def send(
        self,
        town: Town,
        name: str,
        action: str,
        choice: str,
        ref: Ref | None,
        card: Card | None,
        number: int,
    ) -> None:
        """A press arrives, and the form that it opens is filled in and sent."""
        who, verb = town.who(name), read_action(action)[0]
        where = ref.place if ref else who.direct
        key = f"press {self.second} {town.name}"
        before = card.plain() if card else ""
        press = Press(action, who, where, self.chat.at, ref, choice, key=key)
        reply = await self.chat._act(press, on=card)
        if isinstance(reply, Ask):
            await self.chat.submit(who, reply.form, filled(reply.form, number))
        if name == "ana":
            if verb in BACK and town.out:
                town.out = not await self._lives(town)
            if verb in YES:
                for channel in WHERE:
                    if not before or f"#{channel}" in before:
                        town.consented.setdefault(channel, self.second)

    async def moderate(self, town: Town, number: int) -> None:
        """A moderator takes a copy away."""
        copies = self.copies(town)
        if not copies:
            return
        ref = copies[number % len(copies)]
        async with self.store.look() as work:
            known = await outbox.find(work, ref) is not None
        if known:
            # Whose post is not known to have arrived, of that nobody can know that it was taken.
            town.taken.add(ref.place.channel)
            await self.chat.remove_said(town.who("dee"), ref)

    def copies(self, town: Town) -> list[Ref]:
        """The copies that stand in a town."""
        return [
            post.ref
            for post in self.chat.posts
            if post.ref.place.workspace == town.name
            and post.by == self.chat.bot
            and subject(post.key).startswith("lessons.copy:")
        ]

    async def set_ways(self, town: Town, channel: str, *, closed: bool) -> None:
        """A route is removed, or set up again."""
        spans = town.closed.setdefault(channel, [])
        is_closed = bool(spans) and spans[-1][1] > self.second
        if closed and not is_closed:
            spans.append((self.second, 10**9))
        elif not closed and is_closed:
            spans[-1] = (spans[-1][0], self.second)
        gone = {one for one, spans in town.closed.items() if spans and spans[-1][1] > self.second}
        async with self.store.work() as work:
            await channels.put_routes(work, f"fake:{town.name}", ways(town, but=gone))

    async def curate(self, town: Town, *names: str) -> None:
        async with self.store.work() as work:
            ids = [(await people.caller(work, town.who(one))).id for one in names]
            await channels.set_roles(work, f"fake:{town.name}", "cop", "curator", ids)

    # What is always so, and what is so after quiet.

    def no_channel_has_two_copies(self) -> None:
        for town in self.towns:
            there = [ref.place.channel for ref in self.copies(town)]
            assert len(there) == len(set(there)), f"{there} in {town}"

    async def everything_is_as_it_should_be(self) -> None:
        async with self.store.look() as work:
            found = await work.session.execute(
                select(Lesson, LessonItem).join(
                    LessonItem,
                    (LessonItem.workspace_id == Lesson.workspace_id)
                    & (LessonItem.lesson_id == Lesson.id),
                )
            )
            rows = [(lesson, item) for lesson, item in found]
            fed = await work.session.scalars(select(LessonFeed).where(LessonFeed.mark != ""))
            feeds = {(one.workspace_id, one.channel_id) for one in fed}
        for town in self.towns:
            mine = [(a, b) for a, b in rows if a.workspace_id == f"fake:{town.name}"]
            self._check(town, mine, in_feed=(f"fake:{town.name}", "commons") in feeds)

    def _check(self, town: Town, rows: list[tuple[Lesson, LessonItem]], *, in_feed: bool) -> None:
        there = sorted(ref.place.channel for ref in self.copies(town))
        if town.out:
            assert there == [], f"A copy was left after a withdrawal: {there} in {town}"
        assert not town.taken & set(there), f"A copy came back: {there} in {town}"
        stands = {
            item.to_channel
            for lesson, item in rows
            if lesson.state in LIVE and item.state == "relayed"
        }
        assert there == sorted(stands - town.taken), f"{there}, not {stands} in {town}"
        assert in_feed == ("commons" in stands), f"The feed is not what stands in {town}"
        for _, item in rows:
            if item.relayed_at is None:
                continue
            at = int((item.relayed_at - MORNING).total_seconds())
            yes = town.consented.get(item.to_channel)
            assert yes is not None, f"Nobody agreed to #{item.to_channel} in {town}"
            assert yes <= at, f"The yes to #{item.to_channel} came late in {town}"
            for begun, ended in town.closed.get(item.to_channel, ()):
                assert not begun < at < ended, f"No way led to #{item.to_channel} in {town}"


def ways(town: Town, *, but: set[str]) -> list[Way]:
    """The routes of a town, without those to some channels."""
    every = [("harbour", "cop"), ("harbour", "reef"), ("cop", "commons")]
    return [Way(town.place(a), town.place(b)) for a, b in every if b not in but]


def choices(card: Card) -> list[tuple[str, str]]:
    """All that can be pressed and chosen on a card."""
    found = [(button.action, "") for button in card.buttons]
    found += [(one.action, option.value) for one in card.selects for option in one.options]
    return [one for one in found if one[0].startswith("lessons.")]


def filled(form: Form, number: int) -> dict[str, str]:
    """A form with all that has to be there; every second time with other words."""
    given = {
        one.key: "Because it helped us"
        for one in form.fields
        if one.kind == "long" and not one.value and not one.optional
    }
    if number % 2 and any(one.key == "do" for one in form.fields):
        given["do"] = f"look at the lines {number} times"
    return given
