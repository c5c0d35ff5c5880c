"""A team's questions: the bank in rotation, and what the team adds, leaves out and brings back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select, update

from bot.channels import desk as channels
from bot.chat import AccountId, Place, Submit, Wrong
from bot.checkins import bank
from bot.checkins.desk import questions, schedule
from bot.checkins.rules import Question, RhythmPlan
from bot.checkins.tables import Checkin, Rhythm, TeamPrompt
from bot.people import desk as people
from tests.checkins.parts import (
    NINE,
    ask,
    card,
    checkins,
    count,
    direct,
    form,
    labels,
    say,
    team,
)
from tests.house import House

BANK = RhythmPlan(nudges=0)


async def asked_on(house: House, harbour: Place, days: list[date]) -> list[list[str]]:
    """The keys of the questions of these days, as they would be asked."""
    found = []
    async with house.work() as work:
        row = await schedule.find(work, harbour.workspace_id, harbour.channel)
        assert row is not None
        for day in days:
            chosen = await questions.questions_for(work, row, day)
            found.append([one.key.removeprefix(questions.BANK_KEY) for one in chosen])
    return found


def weekdays(count: int, start: date = date(2026, 11, 16)) -> list[date]:
    days = (start + timedelta(days=n) for n in range(count * 2))
    return [day for day in days if day.weekday() < 5][:count]


async def test_the_bank_asks_a_plan_and_one_more_without_repeats(sqlite_url: str) -> None:
    """A plan comes back only when all plans have had their turn, and the one asked longest ago comes first."""
    house = House(sqlite_url)
    harbour, _ = await team(house, "ana", plan=BANK)
    asked = await asked_on(house, harbour, weekdays(50))
    plans = [keys[0] for keys in asked]
    known = sum(prompt.tag == "plan" for prompt in bank.BANK)
    for start in range(len(plans) - known):
        assert len(set(plans[start : start + known])) == known
    others = [keys[1] for keys in asked]
    assert len(set(others)) == len(others)
    assert asked == await asked_on(house, harbour, weekdays(50)), "A day keeps its questions."
    await house.store.close()


async def test_everybody_in_a_team_is_asked_the_same_on_one_local_day(house: House) -> None:
    harbour, [ana] = await team(house, "ana", plan=BANK)
    dee = await house.person("dee", "Australia/Lord_Howe")
    async with house.work() as work:
        channel = await channels.get(work, harbour.workspace_id, harbour.channel)
        everybody = [await people.caller(work, one) for one in (ana, dee)]
        await channels.put_members(work, channel, everybody)
        await schedule.set_rhythm(work, channel, BANK)
    await ask(house, "2026-11-16T22:00:00+00:00")
    await ask(house, "2026-11-17T09:00:00+00:00")
    by_day: dict[date, set[str]] = {}
    for one in await checkins(house):
        by_day.setdefault(one.day, set()).add(str(one.questions))
    assert len(by_day[date(2026, 11, 17)]) == 1


async def show(house: House, ana: AccountId, harbour: Place) -> list[str]:
    """The coming questions, as the team sees them."""
    told = card(await house.chat.command(ana, harbour, "/checkin questions"))
    return [line.removeprefix("• ") for line in told.text.plain().split("\n")]


async def test_a_team_adds_a_question_leaves_one_out_and_brings_it_back(house: House) -> None:
    harbour, [ana] = await team(house, "ana", plan=replace(BANK, tags=("now",)))
    assert len(await show(house, ana, harbour)) == 3
    shown = house.chat.shown[ana][-1]
    assert labels(shown) == ["Add a question", "Leave one out"]
    asked = form(await house.chat.press(ana, shown, "Add a question"))
    await house.chat.submit(ana, asked, {"ask": "Which boat  came\nin?", "tag": "now"})
    hide = form(await house.chat.press(ana, shown, "Leave one out"))
    options = {option.label: option.value for option in hide.fields[0].options}
    left_out = next(label for label in options if label != "Which boat came in?")
    told = card(await house.chat.submit(ana, hide, {"key": options[left_out]}))
    assert left_out not in told.text.plain()
    assert labels(told) == ["Add a question", "Leave one out", "Bring all back"]
    keys = {key for some in await asked_on(house, harbour, weekdays(30)) for key in some}
    assert options[left_out] not in keys
    assert any(key.startswith("own.") for key in keys), "The team's own takes its turn."
    await house.chat.press(ana, told, "Bring all back")
    keys = {key for some in await asked_on(house, harbour, weekdays(60)) for key in some}
    assert options[left_out] in keys


async def test_a_question_that_was_asked_today_stays_for_today(house: House) -> None:
    harbour, [ana, ben] = await team(house, "ana", "ben", plan=replace(BANK, tags=("now",)))
    await house.chat.command(ana, harbour, "/checkin")
    (today,) = await asked_on(house, harbour, [date(2026, 11, 16)])
    await show(house, ana, harbour)
    add = form(await house.chat.press(ana, house.chat.shown[ana][-1], "Add a question"))
    await house.chat.submit(ana, add, {"ask": "Which boat came in?", "tag": "now"})
    assert await asked_on(house, harbour, [date(2026, 11, 16)]) == [today]
    hide = form(await house.chat.press(ana, house.chat.shown[ana][-1], "Leave one out"))
    told = card(await house.chat.submit(ana, hide, {"key": today[0]}))
    await ask(house)
    assert {str(one.questions) for one in await checkins(house)} == {
        str((await checkins(house))[0].questions)
    }
    assert hide.fields[0].options[0].label in direct(house, ben)[0]
    assert hide.fields[0].options[0].label not in told.text.plain()


async def test_a_team_s_plan_question_makes_grains(house: House) -> None:
    harbour, [ana] = await team(house, "ana", plan=replace(BANK, tags=("plan",)))
    await show(house, ana, harbour)
    asked = form(await house.chat.press(ana, house.chat.shown[ana][-1], "Add a question"))
    await house.chat.submit(ana, asked, {"ask": "What is the catch?", "tag": "plan"})
    async with house.work() as work:
        row = await schedule.find(work, harbour.workspace_id, harbour.channel)
        assert row is not None
        (own,) = await questions.team_prompts(work, row)
    assert own.role == "plan"


async def test_bad_questions_are_refused_beside_their_field(house: House) -> None:
    harbour, [ana] = await team(house, "ana", plan=BANK)
    dee = await house.person("dee")
    await show(house, ana, harbour)
    asked = form(await house.chat.press(ana, house.chat.shown[ana][-1], "Add a question"))
    for typed, field, sentence in (
        ({"ask": "\u200b", "tag": "now"}, "ask", "A question has 1 to 150 characters"),
        ({"ask": "x" * 151, "tag": "now"}, "ask", "this one has 151"),
        ({"ask": "Which?", "tag": "x"}, "tag", "Choose one of these: a plan, what is going on"),
        ({"ask": bank.BANK[0].ask.upper(), "tag": "now"}, "ask", "takes its turn already"),
    ):
        wrong = await house.chat.submit(ana, asked, typed)
        assert isinstance(wrong, Wrong)
        assert sentence in wrong.sentences[field]
    hidden = Submit("checkins.hidden:harbour", {"key": "x"}, ana, harbour, house.now)
    assert await house.desk.answer(hidden) == Wrong({"key": "Choose one of the questions."})
    for sent in (
        hidden,
        Submit(asked.id, {"ask": "Which?", "tag": "now"}, dee, harbour, house.now),
    ):
        refused = await house.desk.answer(replace(sent, by=dee))
        assert "Only people in that team can change its questions." in str(refused)
    assert await count(house, TeamPrompt) == 0


async def test_a_team_cannot_leave_out_everything(house: House) -> None:
    harbour, [ana] = await team(house, "ana", plan=BANK)
    keys = [prompt.key for prompt in bank.BANK]
    async with house.work() as work:
        await work.session.execute(update(Rhythm).values(hidden=keys[:-8]))
    assert set(keys[-8:]) >= {
        key for some in await asked_on(house, harbour, weekdays(6)) for key in some
    }
    await show(house, ana, harbour)
    hide = form(await house.chat.press(ana, house.chat.shown[ana][-1], "Leave one out"))
    key = hide.fields[0].options[0].value
    wrong = await house.chat.submit(ana, hide, {"key": key})
    assert isinstance(wrong, Wrong)
    assert "Leave at least 8 questions in" in wrong.sentences["key"]


async def test_a_question_that_is_not_in_the_bank_any_more_does_not_stop_the_asking(
    house: House,
) -> None:
    """What was asked about stays answerable as it was asked."""
    harbour, [ana, ben] = await team(house, "ana", "ben", plan=BANK)
    async with house.work() as work:
        await work.session.execute(update(Rhythm).values(lately={"2026-11-16": ["now.gone"]}))
    await ask(house)
    assert len(direct(house, ana)) == len(direct(house, ben)) == 1
    async with house.work() as work:
        gone = schedule.write_questions([Question("bank.now.gone", "What is gone?")])
        await work.session.execute(update(Checkin).values(questions=gone))
    await say(house, ana, "the fog")
    assert "What is gone?\nthe fog" in house.thread(harbour)[0].text.plain()


async def test_a_team_with_questions_of_its_own_looks_at_them(house: House) -> None:
    harbour, [ana] = await team(house, "ana", plan=NINE)
    told = card(await house.chat.command(ana, harbour, "/checkin questions"))
    assert told.title == "Questions in #harbour"
    assert "What will you move today?" in told.text.plain()
    assert labels(told) == []


async def test_questions_changed_meanwhile_do_not_change_a_form_that_is_open(house: House) -> None:
    """The prompt asks what the form asks, and the form is kept as it was opened."""
    harbour, [ana] = await team(house, "ana", plan=NINE)
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    async with house.work() as work:
        channel = await channels.get(work, harbour.workspace_id, harbour.channel)
        await schedule.set_rhythm(work, channel, BANK)
    await ask(house)
    assert "What will you move today?" in direct(house, ana)[0]
    await house.chat.submit(ana, asked, {"answer.plan": "the mast"})
    async with house.store.look() as work:
        (checkin,) = list(await work.session.scalars(select(Checkin)))
    assert checkin.state == "written"
