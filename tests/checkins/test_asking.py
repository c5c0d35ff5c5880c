"""Who is asked when, how late, how often; and who is left in peace."""

from __future__ import annotations

import asyncio
import time as stopwatch
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select, text, update

from bot.channels import desk as channels
from bot.checkins.desk import FEATURE, schedule, today
from bot.checkins.rules import DAYS, Question, RhythmPlan
from bot.checkins.tables import Checkin, Habit, Slot
from bot.engine.metrics import LATE
from bot.engine.tables import OutboxRow
from bot.people import desk as people
from bot.people.tables import Account, Person
from bot.store.base import new_id
from tests.checkins.parts import NINE, ask, card, checkins, count, direct, labels, say, team
from tests.checkins.parts import thread as thread_of
from tests.house import House

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
"""Transactions on this PostgreSQL database that wait for another."""


async def change(house: House, name: str, **values: object) -> None:
    """Let a person be as they would be after choosing so."""
    async with house.work() as work:
        await work.session.execute(update(Person).where(Person.name == name).values(**values))


def late() -> float:
    return LATE._value.get()


async def test_a_prompt_asks_in_the_direct_message_at_the_local_hour(house: House) -> None:
    _, [ana] = await team(house, "ana")
    await ask(house, "2026-11-16T08:59:00+00:00")
    assert direct(house, ana) == []
    await ask(house)
    (shown,) = house.seen(ana.direct)
    assert shown.title == "Good morning, Ana"
    assert shown.text.plain() == "• What will you move today?\n• What surprised you?"
    assert labels(shown) == ["Narrate", "Nothing today", "Not now"]
    assert shown.footnote.endswith("Everybody in #harbour can read it, in the thread of the day.")
    await ask(house, "2026-11-16T20:00:00+00:00")
    assert len(direct(house, ana)) == 1
    await ask(house, "2026-11-17T09:00:00+00:00")
    assert len(direct(house, ana)) == 2


async def test_a_channel_can_be_asked_in_the_open_once_for_everybody(house: House) -> None:
    harbour, [ana, ben] = await team(house, "ana", "ben", plan=replace(NINE, deliver="channel"))
    await change(house, "Ana", away_until=date(2026, 11, 15))
    await ask(house)
    (parent,) = house.seen(harbour)
    assert "What will you move today?" in parent.plain()
    assert direct(house, ben) == []
    assert direct(house, ana) == [
        "Welcome back! I left you alone while you were away. #harbour is open."
    ]
    for day in range(17, 28):
        await ask(house, f"2026-11-{day}T09:00:00+00:00")
    assert len(house.seen(harbour)) == 10
    async with house.store.look() as work:
        habits = list(await work.session.scalars(select(Habit)))
    assert not any(one.halved or one.ignored for one in habits), "Nobody was asked in person."


async def test_a_private_rhythm_says_so_in_its_prompt(house: House) -> None:
    _, [ana] = await team(house, "ana", plan=replace(NINE, entries="private"))
    await ask(house)
    assert house.seen(ana.direct)[0].footnote.endswith("Only you will see it.")


async def test_a_fixed_zone_asks_everybody_at_one_instant(house: House) -> None:
    """At 21:00 in New York it is the next morning in Kolkata, and still the rhythm's own day."""
    plan = replace(NINE, zone="America/New_York", at=time(21), nudges=1)
    _, [ana] = await team(house, "ana", zone="Asia/Kolkata", plan=plan)
    await ask(house, "2026-11-17T02:00:00+00:00")
    (asked,) = await checkins(house)
    assert asked.day == date(2026, 11, 16)
    later = await house.chat.press(ana, house.last(ana.direct), "Not now")
    assert "Done" in str(later)
    await ask(house, "2026-11-17T03:00:00+00:00")
    assert "Here I am again" in direct(house, ana)[-1]
    await say(house, ana, "the keel")
    assert [one.state for one in await checkins(house)] == ["written"]


async def test_a_rhythm_may_ask_every_two_weeks_or_once_a_month(house: House) -> None:
    _, [ana] = await team(house, "ana", plan=replace(NINE, days=("mon",), every=2))
    months = await house.channel("orchard", "team", ana, plan=replace(NINE, monthly="last fri"))
    for day in range(16, 31):
        await ask(house, f"2026-11-{day}T09:00:00+00:00")
    found = [(one.channel_id, one.day.day) for one in await checkins(house)]
    assert found == [("harbour", 16), (months.channel, 27), ("harbour", 30)]


async def test_all_five_kinds_of_questions_say_what_may_answer_them(house: House) -> None:
    asks = (
        Question("a", "How is the boat?", kind="choice", options=("Dry", "Wet")),
        Question("b", "How are you?", kind="scale"),
        Question("c", "How many knots?", kind="number"),
        Question("d", "Where is the log?", kind="link"),
        Question("e", "What is next?"),
    )
    _, [ana] = await team(house, "ana", plan=replace(NINE, questions=asks))
    await ask(house)
    assert direct(house, ana)[0].split("\n")[1:6] == [
        "• How is the boat? (Dry, Wet)",
        "• How are you? (1 is low, 5 is high)",
        "• How many knots? (a number)",
        "• Where is the log? (a link)",
        "• What is next?",
    ]


async def test_own_hour_days_and_zone_count_for_oneself_alone(house: House) -> None:
    _, [ana, ben] = await team(house, "ana", "ben")
    form = await house.chat.command(ana, ana.direct, "/checkin settings")
    asked = form.form  # type: ignore[union-attr]
    kept = await house.chat.submit(
        ana, asked, {"at": "11:15", "days": "tue", "zone": "asia/kolkata"}
    )
    assert "next on Tuesday 17 November at 11:15" in card(kept).plain()
    await ask(house)
    await ask(house, "2026-11-17T05:45:00+00:00")
    assert [len(direct(house, one)) for one in (ana, ben)] == [1, 1]
    assert direct(house, ana)[0].startswith("Good morning")


async def test_nobody_is_asked_who_wrote_today_or_said_nothing_today(house: House) -> None:
    harbour, [ana, ben, chi] = await team(house, "ana", "ben", "chi")
    await house.chat.command(ana, harbour, "/checkin the mast is up")
    await house.chat.command(ben, harbour, "/checkin skip")
    await house.chat.command(chi, harbour, "/checkin")
    await ask(house)
    assert [len(direct(house, one)) for one in (ana, ben, chi)] == [0, 0, 1]


async def test_a_late_prompt_says_so_and_one_past_its_window_is_dropped_and_counted(
    house: House,
) -> None:
    _, [ana] = await team(house, "ana")
    before = late()
    await ask(house, "2026-11-16T11:30:00+00:00")
    assert "This comes late; it was meant for 09:00." in direct(house, ana)[0]
    await ask(house, "2026-11-17T12:00:01+00:00")
    assert len(direct(house, ana)) == 1
    assert late() == before + 1
    await ask(house, "2026-11-17T23:00:00+00:00")
    assert len(direct(house, ana)) == 1, "What was dropped is never sent later."
    await ask(house, "2026-11-18T09:00:00+00:00")
    assert "late" not in direct(house, ana)[1]


async def test_after_days_of_silence_today_s_prompt_still_comes(house: House) -> None:
    """The bot was down from Monday to Thursday, half past nine: three prompts are lost, and one is late."""
    _, [ana] = await team(house, "ana")
    before = late()
    await ask(house, "2026-11-19T09:30:00+00:00")
    assert ["it was meant for 09:00" in words for words in direct(house, ana)] == [True]
    assert late() == before + 3


async def test_after_midnight_it_is_too_late_for_the_day(house: House) -> None:
    _, [ana] = await team(house, "ana", plan=replace(NINE, at=time(23)))
    before = late()
    await ask(house, "2026-11-17T00:30:00+00:00")
    assert (direct(house, ana), late()) == ([], before + 1)


async def test_a_prompt_waits_for_the_end_of_quiet_hours(house: House) -> None:
    """Also when members are read anew in between, as happens every hour."""
    harbour, [ana] = await team(house, "ana", plan=replace(NINE, at=time(6, 30)))
    await change(house, "Ana", quiet_from=time(22), quiet_to=time(10))
    await ask(house, "2026-11-16T06:30:00+00:00")
    async with house.work() as work:
        row = await schedule.find(work, harbour.workspace_id, harbour.channel)
        assert row is not None
        row.seated_at = None
    await ask(house, "2026-11-16T08:00:00+00:00")
    assert direct(house, ana) == []
    await ask(house, "2026-11-16T10:00:00+00:00")
    assert len(direct(house, ana)) == 1
    assert "late" not in direct(house, ana)[0]


async def test_time_away_ends_by_itself_with_one_welcome_back(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    told = await house.chat.command(ana, harbour, "/checkin away until 2026-11-17")
    assert "up to and including Tuesday 17 November" in card(told).plain()
    for day in (16, 17):
        await ask(house, f"2026-11-{day}T09:00:00+00:00")
    assert direct(house, ana) == []
    for day in (18, 19):
        await ask(house, f"2026-11-{day}T09:00:00+00:00")
    welcomed = ["Welcome back!" in words for words in direct(house, ana)]
    assert welcomed == [True, False]


async def test_coming_back_early_and_stopping_for_good_are_one_command_away(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await house.chat.command(ana, harbour, "/checkin away until friday")
    assert "I ask again" in card(await house.chat.command(ana, harbour, "/checkin back")).plain()
    assert "not away" in card(await house.chat.command(ana, harbour, "/checkin back")).plain()
    await ask(house)
    assert "Welcome back" not in direct(house, ana)[0]
    form = (await house.chat.command(ana, harbour, "/checkin settings")).form  # type: ignore[union-attr]
    kept = await house.chat.submit(ana, form, {"prompts": "stop"})
    assert "never; /checkin works at any time" in card(kept).plain()
    stopped = card(await house.chat.command(ana, harbour, "/checkin back"))
    assert "never to be asked" in stopped.plain()
    for day in (17, 18, 19):
        await ask(house, f"2026-11-{day}T09:00:00+00:00")
    assert len(direct(house, ana)) == 1
    form = (await house.chat.command(ana, harbour, "/checkin settings")).form  # type: ignore[union-attr]
    await house.chat.submit(ana, form, {"prompts": "go"})
    await ask(house, "2026-11-20T09:00:00+00:00")
    assert len(direct(house, ana)) == 2


async def test_public_holidays_of_ones_country_are_free(house: House) -> None:
    _, [ana, ben] = await team(house, "ana", "ben")
    await change(house, "Ana", country="PT")
    await ask(house, "2026-12-01T09:00:00+00:00")
    assert [len(direct(house, one)) for one in (ana, ben)] == [0, 1]


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
        people.choose_zone(await people.caller(work, ana), zone)
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


async def test_who_leaves_is_not_asked_and_who_returns_is_not_asked_twice(house: House) -> None:
    harbour, [ana, ben] = await team(house, "ana", "ben")
    await ask(house)
    await house.tick()
    await house.chat.leave(ana, harbour)
    await house.settle()
    await ask(house, "2026-11-17T09:00:00+00:00")
    assert [len(direct(house, one)) for one in (ana, ben)] == [1, 2]
    await house.chat.join(ana, harbour)
    await house.settle()
    await ask(house, "2026-11-17T09:05:00+00:00")
    assert len(direct(house, ana)) == 1
    await ask(house, "2026-11-18T09:00:00+00:00")
    assert len(direct(house, ana)) == 2


async def test_a_team_without_a_rhythm_any_more_asks_nobody(house: House) -> None:
    harbour, [ana] = await team(house, "ana", plan=replace(NINE, nudges=1))
    await ask(house)
    async with house.work() as work:
        channel = await channels.get(work, harbour.workspace_id, harbour.channel)
        await schedule.set_rhythm(work, channel, None)
    await ask(house, "2026-11-16T12:00:00+00:00")
    await ask(house, "2026-11-17T09:00:00+00:00")
    assert len(direct(house, ana)) == 1
    assert await count(house, Slot) == 0


async def test_a_form_that_is_opened_at_the_very_moment_of_asking_is_the_one_asked_about(
    postgres_url: str,
) -> None:
    """Ana's form and the tick are two transactions at once; one check-in comes of it."""
    house = House(postgres_url)
    async with house.chat.listening(house.desk):
        harbour, [ana] = await team(house, "ana")
        await house.chat.command(ana, harbour, "/checkin settings")
        house.at("2026-11-16T09:00:00+00:00")
        async with house.work() as work:
            row = await schedule.find(work, harbour.workspace_id, harbour.channel)
            assert row is not None
            mine = await today.today(work, await people.caller(work, ana), row)
            tick = asyncio.create_task(house.ticker.tick_due())
            async with house.store.look() as other:
                while not await other.session.scalar(WAITING):
                    pass
        await tick
        await house.settle()
        (checkin,) = await checkins(house)
        assert (checkin.id, checkin.state) == (mine.id, "asked")
        await house.chat.press(ana, house.last(ana.direct), "Narrate")
        assert house.chat.forms[ana].id == f"checkins.entry:{checkin.id}"
    await house.store.close()


@pytest.fixture
async def pair(postgres_url: str) -> AsyncIterator[tuple[House, House]]:
    """Two processes on one database, each with a clock of its own."""
    houses = House(postgres_url), House(postgres_url)
    yield houses
    for one in houses:
        await one.store.close()


async def crowd(house: House, size: int, *plans: RhythmPlan) -> None:
    """Many people in one team for each plan."""
    place = await house.channel("crowd", "team", plan=None)
    channel_ids = [place.channel]
    for number, _ in enumerate(plans[1:]):
        channel_ids.append((await house.channel(f"crowd-{number}", "team")).channel)
    async with house.work() as work:
        everybody = []
        for number in range(size):
            person = Person(
                workspace_id=place.workspace_id, id=new_id(), name=f"P{number}", zone="UTC",
                met_at=work.now, profile_at=work.now,
            )  # fmt: skip
            everybody.append(person)
        work.session.add_all(everybody)
        await work.session.flush()
        work.session.add_all(
            Account(workspace_id=one.workspace_id, id=one.name, person_id=one.id)
            for one in everybody
        )
        await work.session.flush()
        for channel_id, plan in zip(channel_ids, plans, strict=True):
            channel = await channels.get(work, place.workspace_id, channel_id)
            await channels.put_members(work, channel, everybody)
            await schedule.set_rhythm(work, channel, plan)


async def test_two_processes_ask_each_person_once(pair: tuple[House, House]) -> None:
    one, two = pair
    await crowd(one, 120, NINE, replace(NINE, questions=()))
    for house in pair:
        house.at("2026-11-16T09:00:00+00:00")
    await asyncio.gather(*(house.ticker.tick() for house in (one, two, one, two)))
    for house in pair:
        await house.ticker.tick()
    asked = [(c.channel_id, c.person_id, c.day) for c in await checkins(one)]
    assert len(asked) == len(set(asked)) == 240
    assert await count(one, OutboxRow) == 240
    async with one.store.look() as work:
        chosen = list(await work.session.scalars(select(Checkin.questions)))
    assert len({str(asks) for asks in chosen}) == 2, "A team is asked the same on one day."


async def test_a_thousand_people_due_at_one_minute_are_asked_in_a_few_transactions(
    house: House,
) -> None:
    """The time it takes is measured by the benchmarks; here it is only told."""
    await crowd(house, 1000, NINE)
    house.at("2026-11-16T09:00:00+00:00")
    begun = stopwatch.perf_counter()
    batches = 0
    while True:
        async with house.work() as work:
            if not await FEATURE.due["ask"](work):
                break
        batches += 1
    seconds = stopwatch.perf_counter() - begun
    print(f"1,000 asked in {seconds:.2f} s on {house.store.url.get_backend_name()}")
    assert batches <= 4
    assert await count(house, OutboxRow) == await count(house, Checkin) == 1000


async def test_the_parent_of_a_day_is_one_across_zones(house: House) -> None:
    """In Lord Howe it is Tuesday already; each day has one parent, which names all who spoke."""
    harbour, [ana] = await team(house, "ana")
    ben = await house.person("ben", "America/New_York", into=(harbour,))
    dee = await house.person("dee", "Australia/Lord_Howe", into=(harbour,))
    async with house.work() as work:
        channel = await channels.get(work, harbour.workspace_id, harbour.channel)
        here = [await people.caller(work, one) for one in (ana, ben, dee)]
        await channels.put_members(work, channel, here)
    house.at("2026-11-16T20:00:00+00:00")
    for one in (ana, dee, ben):
        await house.chat.command(one, harbour, f"/checkin the work of {one.id}")
        await house.settle()
    titles = {shown.title: shown.text.plain() for shown in house.seen(harbour)}
    assert titles == {
        "Monday 16 November": "Ana and Ben narrated today. Their words are in the thread.",
        "Tuesday 17 November": "Dee narrated today. Their words are in the thread.",
    }
    assert ["the work of dee" in words for words in thread_of(house, harbour)] == [True]
