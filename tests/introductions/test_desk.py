"""Two people meet when both want to, and neither hears of the other's no."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.chat import AccountId, Card, Done, Place, Ref, Show
from bot.checkins.rules import Question, RhythmPlan
from bot.introductions.tables import Introduction
from tests.house import House

PLAN = RhythmPlan(questions=(Question("now", "Where are you?"),), nudges=0)

WRITTEN = {
    "ana": ("The berth lights flicker when the tide is high", "Rewired the berth, still dark"),
    "ben": ("A diver looked at the berth at low tide", "The crane is back with us"),
    "chi": ("Wrote the minutes of the meeting", "The crane needs a permit"),
    "dee": ("Budget for the crane", "The budget is with the board"),
}


class Team:
    """Four people who wrote twice, a week apart; everybody but Ana was answered."""

    def __init__(self, house: House, place: Place, **who: AccountId) -> None:
        self.house, self.place, self.who = house, place, who

    async def write(self, turn: int) -> None:
        for name, account in self.who.items():
            await self.house.chat.say(account, account.direct, WRITTEN[name][turn])
        await self.house.settle()

    async def answer(self, by: str, words: str) -> None:
        found = self.house.find(self.house.parent(self.place).replies, words)
        form = await self.house.chat.press(self.who[by], found, "Reply")
        await self.house.chat.submit(self.who[by], form.form, {"words": "Seen"})  # type: ignore[union-attr]
        await self.house.settle()

    async def tick(self, moment: str) -> None:
        self.house.at(moment)
        await self.house.tick()

    def questions(self, name: str) -> list[Card]:
        """What somebody was asked or told about others."""
        return [
            card
            for card in self.house.seen(self.who[name].direct)
            if "both near" in card.plain() or "Nobody hears" in card.plain()
        ]

    def question(self, name: str) -> Ref:
        return self.house.find(self.who[name].direct, "Shall I introduce you?")

    async def press(self, name: str, label: str, on: Ref | None = None) -> object:
        reply = await self.house.chat.press(self.who[name], on or self.question(name), label)
        await self.house.tick()
        return reply


@pytest.fixture
async def team(house: House) -> Team:
    who = {name: await house.person(name) for name in WRITTEN}
    place = await house.channel("harbour", "team", *who.values(), plan=PLAN)
    team = Team(house, place, **who)
    await team.tick("2026-11-16T09:00:00+00:00")
    await team.write(0)
    for name in ("ben", "chi", "dee"):
        await team.answer("ana", WRITTEN[name][0])
    await team.tick("2026-11-23T09:00:00+00:00")
    await team.write(1)
    await team.tick("2026-11-24T09:00:00+00:00")
    await team.tick("2026-11-24T10:05:00+00:00")
    return team


async def rows(house: House) -> list[Introduction]:
    async with house.store.look() as work:
        return list(await work.session.scalars(select(Introduction)))


async def test_a_writer_whom_nobody_answered_is_asked_first_and_alone(team: Team) -> None:
    (card,) = team.questions("ana")
    assert card.text.plain() == (
        "You and Ben are both near berth and tide: Ben wrote about it on Monday 16 November in "
        "#harbour.\nShall I introduce you?"
    )
    assert [button.label for button in card.buttons] == ["Yes, please", "Not now", "Read it"]
    for name in ("ben", "chi", "dee"):
        assert team.questions(name) == []


async def test_the_reader_is_asked_after_the_writers_yes_and_both_meet_after_both(
    team: Team,
) -> None:
    assert isinstance(await team.press("ana", "Yes, please"), Done)
    assert "If Ben would like it too" in team.house.seen(team.who["ana"].direct)[-1].plain()
    (card,) = team.questions("ben")
    assert "You and Ana are both near berth and tide" in card.plain()
    assert "Ana is not told" in card.footnote
    before = len(team.house.seen(team.place))
    await team.press("ben", "Yes, please")
    for name, other in (("ana", "Ben"), ("ben", "Ana")):
        met = team.questions(name)[-1]
        assert met.title == f"You and {other}"
        assert f"{other} wrote about it on Monday 16 November in #harbour" in met.plain()
    assert len(team.house.seen(team.place)) == before


async def test_a_no_of_the_writer_is_told_to_nobody(team: Team) -> None:
    await team.press("ana", "Not now")
    assert "Nobody hears of it" in team.questions("ana")[-1].plain()
    await team.tick("2026-11-25T10:00:00+00:00")
    assert team.questions("ben") == []


async def test_a_no_of_the_reader_is_not_told_to_the_writer(team: Team) -> None:
    """Not by a message, and not in what the writer exports of it."""
    await team.press("ana", "Yes, please")
    before = team.house.seen(team.who["ana"].direct)
    await team.press("ben", "Not now")
    await team.tick("2026-11-24T15:00:00+00:00")
    assert team.house.seen(team.who["ana"].direct) == before
    await team.house.chat.command(team.who["ana"], team.place, "/outloud mydata export")
    await team.house.settle()
    export = team.house.seen(team.who["ana"].direct)[-1].plain()
    assert "Both near: berth and tide" in export
    assert "I said: yes" in export
    assert "Introduced" not in export


async def test_a_reader_who_was_not_asked_yet_exports_nothing_of_it(team: Team) -> None:
    await team.house.chat.command(team.who["ben"], team.place, "/outloud mydata export")
    await team.house.settle()
    assert "Introduction" not in team.house.seen(team.who["ben"].direct)[-1].plain()


async def test_what_the_other_wrote_is_shown_as_it_is_now(team: Team) -> None:
    reply = await team.press("ana", "Read it")
    assert isinstance(reply, Show)
    assert reply.card.plain() == (
        "Ben, on Monday 16 November in #harbour\nA diver looked at the berth at low tide"
    )
    await team.house.chat.leave(team.who["ana"], team.place)
    await team.house.settle()
    reply = await team.press("ana", "Read it")
    assert isinstance(reply, Show)
    assert "you cannot read it any more" in reply.card.plain()


async def test_it_ends_when_what_they_share_is_taken_back(team: Team) -> None:
    house = team.house
    said = next(p.ref for p in house.chat.posts if "A diver" in p.card.plain())
    await house.chat.remove_said(team.who["ben"], said)
    await house.settle()
    reply = await team.press("ana", "Read it")
    assert isinstance(reply, Show)
    assert "is gone" in reply.card.plain()
    await team.press("ana", "Yes, please")
    assert team.questions("ben") == []
    assert [row.closed for row in await rows(house)] == [True]


async def test_nobody_is_asked_twice_in_two_weeks(team: Team) -> None:
    """Chi comes near Ana on the next day, and stays there."""
    house = team.house
    await team.press("ana", "Not now")
    for day in ("2026-11-25", "2026-11-27", "2026-12-01", "2026-12-07", "2026-12-09"):
        await team.tick(f"{day}T09:00:00+00:00")
        for name, words in (("ana", WRITTEN["ana"]), ("chi", WRITTEN["ben"]), ("ben", ("Rest",))):
            await house.chat.say(team.who[name], team.who[name].direct, words[0])
        await house.settle()
        await team.tick(f"{day}T11:00:00+00:00")
        assert len(await rows(house)) == (2 if day == "2026-12-09" else 1), day
    _, row = await rows(house)
    ana, chi = [await house.who(team.who[name]) for name in ("ana", "chi")]
    assert {row.writer_id, row.reader_id} == {ana.id, chi.id}


async def test_the_same_two_are_not_thought_of_again_for_ninety_days(team: Team) -> None:
    await team.press("ana", "Not now")
    for first, second, rows_then in (
        ("2026-12-14", "2026-12-21", 1),
        ("2027-02-08", "2027-02-15", 1),
        ("2027-03-01", "2027-03-08", 2),
    ):
        for day in (first, second):
            await team.tick(f"{day}T10:00:00+00:00")
            for name in ("ana", "ben"):
                await team.house.chat.say(team.who[name], team.who[name].direct, WRITTEN[name][0])
            await team.house.settle()
            await team.tick(f"{day}T11:30:00+00:00")
        assert len(await rows(team.house)) == rows_then, second


@pytest.mark.parametrize("how", ["/checkin away until 2026-12-24", "stop", "leave"])
async def test_whoever_is_away_has_stopped_or_left_is_not_asked(team: Team, how: str) -> None:
    """The writer's yes waits for as long as the question would have stayed open."""
    house, ben = team.house, team.who["ben"]
    if how == "stop":
        form = await house.chat.command(ben, team.place, "/checkin settings")
        await house.chat.submit(ben, form.form, {"prompts": "stop"})  # type: ignore[union-attr]
    elif how == "leave":
        await house.chat.leave(ben, team.place)
    else:
        await house.chat.command(ben, team.place, how)
    await house.settle()
    await team.press("ana", "Yes, please")
    for day in ("2026-11-25", "2026-12-01", "2026-12-09", "2026-12-10"):
        await team.tick(f"{day}T09:00:00+00:00")
        await team.tick(f"{day}T11:00:00+00:00")
    assert team.questions("ben") == []
    assert [row.closed for row in await rows(house)] == [True]


async def test_a_question_that_nobody_answers_goes_after_two_weeks(team: Team) -> None:
    await team.tick("2026-12-09T11:00:00+00:00")
    assert [row.closed for row in await rows(team.house)] == [True]
    assert "Shall I introduce you?" not in "".join(
        card.plain() for card in team.house.seen(team.who["ana"].direct)
    )


async def test_nobody_is_asked_at_night_or_on_a_day_off(team: Team) -> None:
    """Saturday is a day off: nobody was asked anything."""
    house = team.house
    house.at("2026-11-24T21:00:00+00:00")
    await team.press("ana", "Yes, please")
    assert team.questions("ben") == []
    await team.tick("2026-11-28T11:00:00+00:00")
    assert team.questions("ben") == []
    await team.tick("2026-11-30T09:00:00+00:00")
    assert len(team.questions("ben")) == 1


async def test_a_button_works_for_those_who_were_asked_and_once(team: Team) -> None:
    on = team.question("ana")
    for name in ("ben", "chi"):
        reply = await team.press(name, "Yes, please", on)
        assert isinstance(reply, Show)
        assert reply.card.plain() == "There is nothing left to say to this."
    again = await team.press("ana", "Not now", on)
    assert isinstance(again, Done)
    on = team.house.find(team.who["ana"].direct, "Nobody hears of it")
    assert team.house.seen(team.who["ana"].direct)[-1].buttons == ()
    (row,) = await rows(team.house)
    assert (row.writer_said, row.closed) == ("no", True)


async def test_an_answer_to_a_writer_is_enough_to_leave_them_alone(house: House) -> None:
    who = {name: await house.person(name) for name in WRITTEN}
    place = await house.channel("harbour", "team", *who.values(), plan=PLAN)
    team = Team(house, place, **who)
    await team.tick("2026-11-16T09:00:00+00:00")
    await team.write(0)
    for name, by in (("ana", "chi"), ("ben", "chi"), ("chi", "ana"), ("dee", "ana")):
        await team.answer(by, WRITTEN[name][0])
    await team.tick("2026-11-23T09:00:00+00:00")
    await team.write(1)
    await team.tick("2026-11-24T11:00:00+00:00")
    assert await rows(house) == []


@pytest.mark.parametrize("also", ["", "ben", "ana"])
async def test_people_who_cannot_both_read_the_other_are_not_introduced(
    house: House, also: str
) -> None:
    """Ben writes about the same in another team, where `also` belongs to both."""
    who = {name: await house.person(name) for name in WRITTEN}
    inside, outside = ["ana", "chi", "dee"], ["ben"]
    inside += ["ben"] if also == "ben" else []
    outside += ["ana"] if also == "ana" else []
    harbour = await house.channel("harbour", "team", *(who[one] for one in inside), plan=PLAN)
    orchard = await house.channel("orchard", "team", *(who[one] for one in outside), plan=PLAN)
    for day, turn in (("16", 0), ("23", 1)):
        house.at(f"2026-11-{day}T09:00:00+00:00")
        await house.tick()
        for name, account in who.items():
            place = orchard if name == "ben" else harbour
            await house.chat.command(account, place, f"/checkin {WRITTEN[name][turn]}")
        await house.settle()
    for hour in (9, 11):
        house.at(f"2026-11-24T{hour:02}:00:00+00:00")
        await house.tick()
    ben = await house.who(who["ben"])
    assert [row for row in await rows(house) if ben.id in (row.writer_id, row.reader_id)] == []


@pytest.mark.parametrize("name", ["ana", "ben"])
async def test_whoever_is_forgotten_is_introduced_to_nobody(team: Team, name: str) -> None:
    await team.press("ana", "Yes, please")
    await team.press("ben", "Yes, please")
    account = team.who[name]
    reply = await team.house.chat.command(account, team.place, "/outloud mydata forget")
    assert isinstance(reply, Show)
    assert "1 introduction" in reply.card.plain()
    await team.house.chat.press(account, reply.card, "Forget me")
    await team.house.settle()
    assert await rows(team.house) == []
    assert team.questions("ana") == team.questions("ben") == []
