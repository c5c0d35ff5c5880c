"""A week of check-ins, from Monday to Monday, with a power cut in the middle of it.

Ana (Lisbon), Ben (New York), Chi (Kolkata) and Dee (Lord Howe) are in #harbour, which asks at nine in each one's
own zone; Chi is in #orchard, too, which is asked in the open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.chat import AccountId, Ask, Place, Show
from bot.checkins.rules import Question, RhythmPlan
from bot.checkins.tables import Answer, Checkin
from bot.engine.tables import OutboxRow
from tests.house import House

ZONES = {
    "ana": "Europe/Lisbon",
    "ben": "America/New_York",
    "chi": "Asia/Kolkata",
    "dee": "Australia/Lord_Howe",
}
ASKS = (
    Question("plan", "What will you move today?", role="plan"),
    Question("learned", "What surprised you?", role="learned", optional=True),
)
MONDAY = date(2026, 11, 16)
TICKS = [
    time.fromisoformat(at)
    for at in (
        "00:00",
        "03:30",
        "04:30",
        "06:30",
        "09:00",
        "10:30",
        "12:00",
        "14:00",
        "17:00",
        "22:00",
    )
]
"""When the bot ticks each day (UTC): nine everywhere, three hours later everywhere, and some."""


class Week:
    """The town, and the one installation that serves it at a time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.open = AsyncExitStack()
        self.house = House(url, datetime.fromisoformat("2026-11-15T15:00:00+00:00"))
        self.people: dict[str, AccountId] = {}
        self.harbour = self.orchard = self.house.chat.channel("none")

    async def begin(self) -> None:
        await self.open.enter_async_context(self.house.chat.listening(self.house.desk))
        for name, zone in ZONES.items():
            self.people[name] = await self.house.person(name, zone)
        asked_alone = RhythmPlan(questions=ASKS, nudges=1)
        in_the_open = RhythmPlan(
            questions=ASKS[:1], at=time(10), zone="Asia/Kolkata", deliver="channel"
        )
        self.harbour = await self.house.channel(
            "harbour", "team", *self.people.values(), plan=asked_alone
        )
        self.orchard = await self.house.channel(
            "orchard", "team", self.people["chi"], plan=in_the_open
        )

    async def power_cut(self) -> None:
        """The process dies with things half done; another one starts on the same database and chat."""
        await self.open.aclose()
        await self.house.store.close()
        chat, self.house = self.house.chat, House(self.url, self.house.now)
        chats = {"fake": chat}
        self.house.chat = chat
        self.house.store.now = lambda: chat.at
        self.house.sender._chats = self.house.ticker._chats = chats  # type: ignore[assignment]
        self.house.desk.chats["fake"] = chat  # type: ignore[index]
        await self.open.enter_async_context(chat.listening(self.house.desk))

    async def until(self, moment: str) -> None:
        """Let time pass, tick by tick."""
        end = datetime.fromisoformat(f"{moment}+00:00")
        days = ((self.house.now + timedelta(days=n)).date() for n in range(9))
        ticks = [datetime.combine(day, at, UTC) for day in days for at in TICKS]
        for tick in (*(one for one in ticks if self.house.now < one < end), end):
            self.house.at(tick)
            await self.house.tick()

    def prompt(self, name: str) -> str:
        return self.house.seen(self.people[name].direct)[-1].plain()

    async def narrate(self, name: str, words: str, press: str = "Narrate") -> None:
        """Fill in the form behind the last prompt."""
        who = self.people[name]
        asked = await self.house.chat.press(who, self.house.last(who.direct), press)
        assert isinstance(asked, Ask)
        await self.house.chat.submit(who, asked.form, {"answer.plan": words})
        await self.house.settle()

    async def say(self, name: str, place: Place, words: str) -> None:
        await self.house.chat.say(self.people[name], place, words)
        await self.house.settle()

    def day(self, title: str, channel: Place | None = None) -> tuple[str, list[str]]:
        """What the parent of a day says, and what stands in its thread."""
        place = channel or self.harbour
        ref = self.house.find(place, title)
        parent = next(one.card for one in self.house.chat.posts if one.ref == ref)
        return parent.text.plain(), [card.plain() for card in self.house.chat.visible(ref.replies)]

    async def waiting(self) -> list[str]:
        """The messages that did not get out."""
        async with self.house.store.look() as work:
            return list(
                await work.session.scalars(
                    select(OutboxRow.key).where(OutboxRow.state.in_(("pending", "dead")))
                )
            )

    async def words(self) -> list[str]:
        """Everything that stands in an entry, oldest first."""
        async with self.house.store.look() as work:
            found = await work.session.scalars(
                select(Answer.words).order_by(Answer.entry_id, Answer.position)
            )
            return list(found)

    async def asked(self) -> dict[str, list[date]]:
        """The days about which each was asked in #harbour."""
        return {
            name: [one.day for one in await self._asked(who)] for name, who in self.people.items()
        }

    async def asked_last(self, name: str) -> time:
        """The time on somebody's own clock at which they were asked last."""
        who = self.people[name]
        moment = (await self._asked(who))[-1].asked_at
        assert moment is not None
        return moment.astimezone(ZoneInfo((await self.house.who(who)).zone)).time()

    async def _asked(self, who: AccountId) -> list[Checkin]:
        person = await self.house.who(who)
        async with self.house.store.look() as work:
            found = await work.session.scalars(
                select(Checkin)
                .where(
                    Checkin.person_id == person.id,
                    Checkin.channel_id == "harbour",
                    Checkin.asked_at.is_not(None),
                )
                .order_by(Checkin.day)
            )
            return list(found)


@pytest.fixture
async def week(database_url: str) -> AsyncIterator[Week]:
    week = Week(database_url)
    await week.begin()
    yield week
    await week.open.aclose()
    await week.house.store.close()


async def test_a_week_of_check_ins_survives_a_power_cut(week: Week) -> None:
    """Everybody is asked once on each of their days, and every word is where it belongs, once."""
    people = week.people

    # Monday: Lord Howe first, then Kolkata, Lisbon, New York. Four ways to answer.
    await week.until("2026-11-15T22:00")
    assert "What will you move today?" in week.prompt("dee")
    await week.say("dee", people["dee"].direct, "the tide table\nthe radio")
    assert "What surprised you?" in week.prompt("dee")
    await week.until("2026-11-16T04:30")
    await week.narrate("chi", "the ledger")
    parent = week.house.parent(week.orchard)
    await week.say("chi", parent.replies, "the apples")
    await week.until("2026-11-16T09:00")
    prompt = week.house.last(people["ana"].direct)
    await week.say("ana", prompt.replies, "the mast")
    await week.until("2026-11-16T13:30")
    await week.house.chat.command(people["ben"], week.harbour, "/checkin the keel")
    await week.house.settle()
    parent_says, said = week.day("Monday 16 November")
    assert parent_says.startswith("Dee, Chi, Ana and Ben narrated today.")
    assert [words.split("\n")[0] for words in said] == ["Dee", "Chi", "Ana", "Ben"]
    assert week.day("Monday 16 November", week.orchard)[1][0].startswith("Chi")

    # Tuesday: Ana puts it off, Ben says nothing today, Chi is reminded, Dee goes away.
    await week.until("2026-11-16T21:30")
    await week.house.chat.command(people["dee"], week.harbour, "/checkin away until 2026-11-18")
    await week.until("2026-11-17T07:30")
    assert "If you have a minute for #harbour" in week.prompt("chi")
    await week.until("2026-11-17T09:30")
    await week.house.chat.press(people["ana"], week.house.last(people["ana"].direct), "Not now")
    await week.until("2026-11-17T10:30")
    assert "Here I am again" in week.prompt("ana")
    await week.until("2026-11-17T14:00")
    await week.house.chat.press(
        people["ben"], week.house.last(people["ben"].direct), "Nothing today"
    )
    await week.house.settle()
    assert week.prompt("ben") == "Nothing today, then. See you next time."

    # The power goes while Ana's words are on their way; they come out once.
    week.house.chat.lose_answer()
    asked = await week.house.chat.press(
        people["ana"], week.house.last(people["ana"].direct), "Narrate"
    )
    assert isinstance(asked, Ask)
    await week.house.chat.submit(people["ana"], asked.form, {"answer.plan": "the sail"})
    await week.house.sender.step()
    await week.power_cut()
    await week.house.chat.deliver_again()
    await week.until("2026-11-17T16:00")
    assert [words.split("\n")[0] for words in week.day("Tuesday 17 November")[1]] == ["Ana"]

    # Wednesday: the machine stays off over Lisbon's nine and comes back at ten.
    await week.until("2026-11-18T08:30")
    week.house.at("2026-11-18T10:00:00+00:00")
    await week.house.tick()
    assert "This comes late; it was meant for 09:00." in week.prompt("ana")
    await week.narrate("ana", "the rope")
    entry = week.house.find(week.house.parent(week.harbour).replies, "the rope")
    reply = await week.house.chat.press(people["ben"], entry, "Reply")
    assert isinstance(reply, Ask)
    await week.house.chat.submit(people["ben"], reply.form, {"words": "use the blue one"})
    await week.house.settle()
    assert "Ben answered you in #harbour:\n> use the blue one" in week.prompt("ana")
    edit = await week.house.chat.press(people["ana"], entry, "Edit")
    assert isinstance(edit, Ask)
    await week.house.chat.submit(people["ana"], edit.form, {"answer.plan": "the blue rope"})
    await week.house.settle()
    assert "the blue rope" in week.day("Wednesday 18 November")[1][0]

    # Thursday: Dee is back by herself and flies to Lisbon; Chi takes an entry back, and undoes that.
    await week.until("2026-11-18T22:00")
    assert "Welcome back! I left you alone while you were away." in week.prompt("dee")
    settings = await week.house.chat.command(people["dee"], week.harbour, "/checkin settings")
    assert isinstance(settings, Ask)
    kept = await week.house.chat.submit(people["dee"], settings.form, {"zone": "europe/lisbon"})
    assert isinstance(kept, Show)
    assert "next on Friday 20 November at 09:00" in kept.card.plain()
    await week.until("2026-11-19T03:30")
    await week.narrate("chi", "the scale")
    await week.house.chat.press(people["chi"], week.house.last(people["chi"].direct), "Delete")
    await week.house.settle()
    assert week.day("Thursday 19 November")[1] == []
    await week.house.chat.command(people["chi"], week.harbour, "/checkin undo")
    await week.house.settle()
    assert "the scale" in week.day("Thursday 19 November")[1][0]

    # Friday comes for everybody, the weekend for nobody, and then it is Monday again.
    await week.power_cut()
    await week.until("2026-11-23T15:00")
    assert await week.waiting() == []
    assert await week.words() == [
        "the tide table\nthe radio", "the ledger", "the apples", "the mast", "the keel", "the sail",
        "the blue rope", "the scale",
    ]  # fmt: skip
    asked = await week.asked()
    workdays = [MONDAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7)]
    assert asked["ana"] == asked["chi"] == workdays
    assert asked["ben"] == workdays[1:], "On the first Monday Ben wrote before he was asked."
    assert asked["dee"] == [workdays[0], *workdays[3:]], "Two days away, and then as everybody."
    assert await week.asked_last("dee") == time(9)
