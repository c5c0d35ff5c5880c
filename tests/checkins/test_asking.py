"""Who is asked when, how late, how often; and who is left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from sqlalchemy import select, update

from bot.channels import desk as channels
from bot.checkins.desk import schedule
from bot.checkins.rules import Question
from bot.checkins.tables import Habit, Slot
from bot.engine.metrics import LATE
from bot.people import desk as people
from bot.people.tables import Person
from tests.checkins.parts import NINE, ask, card, checkins, count, direct, labels, say, team
from tests.checkins.parts import thread as thread_of
from tests.house import House


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


async def test_who_is_never_asked_again_has_no_next_time(house: House) -> None:
    """A rhythm that lost all its days still asks what is due already."""
    harbour, [ana] = await team(house, "ana")
    house.at("2026-11-16T09:00:00+00:00")
    async with house.work() as work:
        channel = await channels.get(work, harbour.workspace_id, harbour.channel)
        await schedule.set_rhythm(work, channel, replace(NINE, days=()))
    await ask(house)
    assert len(direct(house, ana)) == 1
    assert await count(house, Slot) == 0
