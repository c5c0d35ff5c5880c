"""Undo, nothing today, not now: each can be taken back."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from bot.people.tables import Person
from tests.checkins.parts import (
    NINE,
    ask,
    card,
    direct,
    entries,
    form,
    say,
    team,
    thread,
)
from tests.house import House


async def test_undo_takes_back_the_last_deed_first(house: House) -> None:
    """An entry, its edit, a grain, a skip, a snooze, a time away, a deletion: each once, and then no more."""
    harbour, [ana] = await team(house, "ana")

    async def undo() -> str:
        house.later(minutes=1)
        told = card(await house.chat.command(ana, harbour, "/checkin undo")).plain()
        await house.settle()
        return told

    async def does(line: str) -> None:
        house.later(minutes=1)
        await house.chat.command(ana, harbour, line)
        await house.settle()

    assert "nothing to undo" in await undo()
    for line in ("/checkin skip", "/checkin the mast", "/checkin the wind", "/grain the sail",
                 "/checkin away until friday"):  # fmt: skip
        await does(line)
    assert await undo() == "Undone: your time away is as it was."
    async with house.store.look() as work:
        assert (await work.session.scalars(select(Person.away_until))).one() is None
    assert await undo() == "Undone. Grain 2 is gone."
    assert await undo() == "Undone: your entry says what it said before."
    assert await entries(house) == [["the mast"]]
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    await house.chat.submit(ana, asked, {"answer.plan": "the keel"})
    assert await undo() == "Undone: your entry says what it said before."
    assert await entries(house) == [["the mast"]]
    assert await undo() == "Undone: your last entry is gone from everywhere."
    assert thread(house, harbour) == []
    assert await undo() == "Undone: your check-in is open again."
    assert "nothing to undo" in await undo()
    await does("/checkin snooze 30m")
    assert await undo() == "Undone: your check-in is open again."
    await does("/checkin the mast")
    house.later(hours=25)
    assert "nothing to undo" in await undo()


async def test_a_deed_undone_by_its_button_is_not_undone_again(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await house.chat.command(ana, harbour, "/checkin away until friday")
    await house.chat.command(ana, harbour, "/checkin back")
    await house.chat.command(ana, harbour, "/checkin skip")
    await house.chat.press(ana, house.chat.shown[ana][-1], "Undo")
    told = card(await house.chat.command(ana, harbour, "/checkin undo")).plain()
    assert told == "Undone: your time away is as it was."


async def test_nothing_today_and_its_undo(house: House) -> None:
    _, [ana] = await team(house, "ana", plan=replace(NINE, nudges=2))
    await ask(house)
    prompt = house.last(ana.direct)
    await house.chat.press(ana, prompt, "Nothing today")
    await house.settle()
    assert direct(house, ana) == ["Nothing today, then. See you next time."]
    await ask(house, "2026-11-16T12:00:00+00:00")
    assert len(direct(house, ana)) == 1
    await house.chat.press(ana, prompt, "Undo")
    await house.settle()
    assert direct(house, ana)[0].startswith("Open again, for #harbour:")
    await say(house, ana, "the mast")
    told = card(await house.chat.command(ana, ana.direct, "/checkin skip")).plain()
    assert "You narrated already" in told


async def test_not_now_returns_once_after_the_length_that_is_chosen(house: House) -> None:
    _, [ana] = await team(house, "ana")
    await ask(house)
    prompt = house.last(ana.direct)
    await house.chat.press(ana, prompt, "Not now")
    await house.settle()
    assert direct(house, ana) == ["I will ask again at 10:00."]
    await house.chat.press(ana, prompt, "In 3 hours")
    await house.settle()
    assert direct(house, ana) == ["I will ask again at 12:00."]
    await ask(house, "2026-11-16T11:59:00+00:00")
    assert len(direct(house, ana)) == 1
    for hour in (12, 15):
        await ask(house, f"2026-11-16T{hour}:00:00+00:00")
        (stands,) = direct(house, ana)
        assert stands.startswith("Here I am again, for #harbour:")
    await house.chat.press(ana, house.last(ana.direct), "Narrate")
    await house.chat.submit(ana, house.chat.forms[ana], {"answer.plan": "the mast"})
    await house.settle()
    assert direct(house, ana) == ["Thank you. Your words are in the thread of #harbour."]


async def test_a_snooze_stays_on_its_day_and_out_of_the_quiet_hours(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await ask(house)
    prompt = house.last(ana.direct)
    house.at("2026-11-16T23:30:00+00:00")
    told = card(await house.chat.command(ana, harbour, "/checkin snooze 2h")).plain()
    assert told.startswith("01:30 is another day, or in your quiet hours.")
    assert "23:50" in card(await house.chat.command(ana, harbour, "/checkin snooze 20m")).plain()
    await house.settle()
    house.at("2026-11-17T08:00:00+00:00")
    over = card(await house.chat.press(ana, prompt, "In 30 minutes")).plain()
    assert over == "That one was for Monday 16 November. Type /checkin for today's."


async def test_the_prompt_of_yesterday_can_still_be_answered(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await ask(house)
    prompt = house.last(ana.direct)
    await ask(house, "2026-11-17T09:00:00+00:00")
    await house.chat.press(ana, prompt, "Narrate")
    await house.chat.submit(ana, house.chat.forms[ana], {"answer.plan": "the mast"})
    await house.settle()
    assert [shown.title for shown in house.seen(harbour)] == ["Monday 16 November"]
    assert (await entries(house), len(direct(house, ana))) == ([["the mast"]], 2)
