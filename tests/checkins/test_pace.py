"""How often somebody is asked: reminders, half the pace, moves, clocks set back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.checkins.desk import habits, schedule
from bot.checkins.rules import DAYS
from bot.people import desk as people
from tests.checkins.parts import NINE, ask, card, checkins, direct, say, team
from tests.house import House


@pytest.mark.parametrize(
    ("team_wants", "own", "asked"),
    [(0, None, 1), (1, None, 2), (2, 0, 1), (0, 2, 3)],
)
async def test_as_many_reminders_come_as_one_wants_and_one_prompt_stands(
    house: House, team_wants: int, own: int | None, asked: int
) -> None:
    _, [ana] = await team(house, "ana", plan=replace(NINE, nudges=team_wants))
    if own is not None:
        form = (await house.chat.command(ana, ana.direct, "/checkin settings")).form  # type: ignore[union-attr]
        await house.chat.submit(ana, form, {"nudges": str(own)})
    for hour in (9, 12, 15, 18, 21):
        await ask(house, f"2026-11-16T{hour:02}:00:00+00:00")
    (asked_now,) = await checkins(house)
    assert asked_now.said == asked
    (stands,) = direct(house, ana)
    assert ("If you have a minute for #harbour" in stands) == (asked > 1)
    assert "Everybody in #harbour can read it" in stands


async def test_nobody_is_reminded_who_is_away_now_or_wants_no_reminders_any_more(
    house: House,
) -> None:
    harbour, [ana, ben, chi] = await team(house, "ana", "ben", "chi", plan=replace(NINE, nudges=1))
    await ask(house)
    await house.chat.command(ana, harbour, "/checkin away until friday")
    form = (await house.chat.command(ben, harbour, "/checkin settings")).form  # type: ignore[union-attr]
    await house.chat.submit(ben, form, {"nudges": "0"})
    await house.chat.leave(chi, harbour)
    await house.settle()
    await ask(house, "2026-11-16T12:00:00+00:00")
    assert [one.said for one in await checkins(house)] == [1, 1, 1]


async def test_after_five_ignored_prompts_the_pace_is_halved_and_said_once(house: House) -> None:
    _, [ana] = await team(house, "ana", plan=replace(NINE, days=DAYS))
    for day in range(1, 15):
        await ask(house, f"2026-12-{day:02}T09:00:00+00:00")
    days = [one.day.day for one in await checkins(house)]
    assert days == [1, 2, 3, 4, 5, 6, 8, 10, 12, 14]
    slower = [number for number, words in enumerate(direct(house, ana)) if "half as much" in words]
    assert slower == [5]
    said = house.find(ana.direct, "half as much")
    restored = await house.chat.press(ana, said, "Ask as before")
    assert "as before" in card(restored).plain()
    for day in (15, 16, 17):
        await ask(house, f"2026-12-{day:02}T09:00:00+00:00")
    assert [one.day.day for one in await checkins(house)][-3:] == [15, 16, 17]


async def test_half_the_pace_is_half_in_each_of_two_teams(house: House) -> None:
    _, [ana] = await team(house, "ana", plan=replace(NINE, days=DAYS))
    await house.channel("orchard", "team", ana, plan=replace(NINE, days=DAYS))
    form = (await house.chat.command(ana, ana.direct, "/checkin settings")).form  # type: ignore[union-attr]
    await house.chat.submit(ana, form, {"prompts": "half"})
    for day in range(16, 22):
        await ask(house, f"2026-11-{day}T09:00:00+00:00")
    asked = sorted((one.channel_id, one.day.day) for one in await checkins(house))
    assert asked == [(name, day) for name in ("harbour", "orchard") for day in (16, 18, 20)]


async def test_any_sign_ends_the_count_of_silent_prompts(house: House) -> None:
    """Each gives another sign after the fourth prompt; Eve gives none."""
    _, people = await team(
        house, "ana", "ben", "chi", "dee", "fay", "eve", plan=replace(NINE, days=DAYS)
    )
    ana, ben, chi, dee, fay, _ = people
    for day in range(1, 10):
        await ask(house, f"2026-12-{day:02}T09:00:00+00:00")
        if day == 4:
            await say(house, ana, "the mast is up")
            await house.chat.command(fay, fay.direct, "/checkin")
            for one, label in ((ben, "Narrate"), (chi, "Nothing today"), (dee, "Not now")):
                await house.chat.press(one, house.last(one.direct), label)
    slowed = ["half as much" in str(direct(house, one)) for one in people]
    assert slowed == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("start", "moves", "zone", "moments", "asked"),
    [
        # Nine comes later to the west, earlier to the east; on the day of the move it comes once.
        ("Europe/Lisbon", "2026-11-16T10:00", "America/New_York",
         ["16T14:00", "17T09:00", "17T14:00"], ["16", "17T14:00"]),
        ("Europe/Lisbon", "2026-11-16T08:30", "Europe/Paris", ["16T08:30", "16T09:00", "17T08:00"],
         ["16T08:30", "17T08:00"]),
        ("America/New_York", "2026-11-16T12:00", "Australia/Lord_Howe", ["16T14:00", "16T22:00"],
         ["16T22:00"]),
        ("Europe/Lisbon", "2026-11-16T08:00", "America/New_York", ["16T09:00", "16T14:00"],
         ["16T14:00"]),
    ],
)  # fmt: skip
async def test_a_move_to_another_zone_neither_skips_nor_doubles(
    house: House, start: str, moves: str, zone: str, moments: list[str], asked: list[str]
) -> None:
    """The day named without an hour was asked at nine in the old zone."""
    _, [ana] = await team(house, "ana", zone=start)
    first = datetime.fromisoformat(f"{moves}+00:00")
    if first.hour > 8 and start == "Europe/Lisbon":
        await ask(house)
    house.at(first)
    async with house.work() as work:
        await people.choose_zone(work, await people.caller(work, ana), zone)
    await house.tick()
    for moment in moments:
        await ask(house, f"2026-11-{moment}:00+00:00")
    at = [post.at for post in house.chat.posts if post.ref.place == ana.direct]
    named = [f"2026-11-{one}" if "T" in one else f"2026-11-{one}T09:00" for one in asked]
    assert [f"{one:%Y-%m-%dT%H:%M}" for one in at] == named


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1)])
async def test_nobody_is_asked_twice_when_the_clock_is_set_back(
    house: House, back: timedelta
) -> None:
    harbour, [ana] = await team(house, "ana", plan=replace(NINE, days=DAYS))
    await ask(house, "2026-11-18T09:00:00+00:00")
    assert len(direct(house, ana)) == 1
    house.at(house.now - back)
    async with house.work() as work:
        row = await schedule.find(work, harbour.workspace_id, harbour.channel)
        assert row is not None
        row.seated_at = None
    for _ in range(8):
        await house.tick()
        house.later(hours=12)
    days = [one.day for one in await checkins(house)]
    assert len(days) == len(set(days))
    assert days.count(date(2026, 11, 18)) == 1


async def test_whoever_asks_for_less_while_they_are_being_asked_is_asked_less(house: House) -> None:
    """And keeps what else they had chosen."""
    _, [ana] = await team(house, "ana")
    async with house.work() as work:
        person = await people.caller(work, ana)
        key = person.workspace_id, person.id
        before = (await habits.manners(work, [key]))[key]
    async with house.work() as work:
        habit = await habits.habit_of(work, await people.caller(work, ana))
        habit.halved, habit.nudges = True, 2
    async with house.work() as work:
        await habits.count_silence(work, {key: before.asked_again()})
    async with house.work() as work:
        after = (await habits.manners(work, [key]))[key]
    assert (after.waiting, after.halved, after.own.nudges) == (True, True, 2)
