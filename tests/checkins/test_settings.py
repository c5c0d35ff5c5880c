"""Everybody chooses for themselves, and a mistake is told beside its field."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import select

from bot.chat import AccountId, Form, Joined, Wrong
from bot.checkins.tables import Habit, Slot
from bot.people.tables import Person
from tests.checkins.parts import NINE, card, form, team, values
from tests.house import House


async def settings(house: House, ana: AccountId) -> Form:
    return form(await house.chat.command(ana, ana.direct, "/checkin settings"))


async def person(house: House) -> Person:
    async with house.store.look() as work:
        return (await work.session.scalars(select(Person).where(Person.name == "Ana"))).one()


WRONG = (
    ({"zone": "Europe/Lisbn"}, "zone", "There is no time zone “Europe/Lisbn”. Did you mean Europe/Lisbon"),
    ({"zone": "the moon"}, "zone", "There is no time zone “the moon”."),
    ({"at": "25:00"}, "at", "“25:00” is no time of day. Write it like 09:00."),
    ({"at": "23:00", "quiet_from": "22:00", "quiet_to": "07:00"}, "at", "23:00 lies in your quiet hours"),
    ({"quiet_from": "22:00"}, "quiet_to", "Quiet hours need both a beginning and an end."),
    ({"quiet_from": "22:00", "quiet_to": "22:00"}, "quiet_to", "From 22:00 to 22:00 is no time at all."),
    ({"away_until": "2020-01-01"}, "away_until", "2020-01-01 is over already"),
    ({"away_until": "2030-01-01"}, "away_until", "more than two years away"),
    ({"country": "XX"}, "country", "I have no holiday calendar for “XX”."),
    ({"nudges": "7"}, "nudges", "“7” is not one of the choices"),
    ({"nudges": "many"}, "nudges", "“many” is not one of the choices"),
    ({"days": "mon\nfunday"}, "days", "“funday” is not a day of the week."),
    ({"prompts": "often"}, "prompts", "“often” is not one of the choices"),
)  # fmt: skip


async def test_a_wrong_field_is_told_beside_it_and_nothing_is_kept(house: House) -> None:
    _, [ana] = await team(house, "ana")
    for typed, field, sentence in WRONG:
        asked = await settings(house, ana)
        wrong = await house.chat.submit(ana, asked, {"country": "PT", **typed})
        assert isinstance(wrong, Wrong), typed
        assert list(wrong.sentences) == [field]
        assert sentence in wrong.sentences[field]
    assert (await person(house)).country == ""


async def test_all_choices_are_kept_and_shown_again(house: House) -> None:
    _, [ana] = await team(house, "ana")
    chosen = {
        "at": "11:15", "days": "tue\nthu", "zone": "Asia/Kolkata", "nudges": "2",
        "quiet_from": "22:00", "quiet_to": "07:00", "away_until": "2026-11-18", "country": "PT",
        "prompts": "half",
    }  # fmt: skip
    told = card(await house.chat.submit(ana, await settings(house, ana), chosen)).plain()
    assert "#harbour: next on Thursday 19 November at 11:15" in told
    assert "Away until: Wednesday 18 November" in told
    assert values(await settings(house, ana)) == chosen
    empty = dict.fromkeys(chosen, "") | {"zone": "Asia/Kolkata", "prompts": "go"}
    await house.chat.submit(ana, await settings(house, ana), empty)
    assert values(await settings(house, ana)) == {"zone": "Asia/Kolkata", "prompts": "go"}
    async with house.store.look() as work:
        habit = (await work.session.scalars(select(Habit))).one()
    assert (habit.at, habit.halved, habit.stopped) == (None, False, False)


async def test_the_next_time_told_is_the_one_that_comes(house: House) -> None:
    """Holidays and quiet hours are counted in; where nothing can come that is said."""
    _, [ana] = await team(house, "ana")
    house.at("2026-11-30T12:00:00+00:00")
    await house.tick()
    told = card(await house.chat.submit(ana, await settings(house, ana), {"country": "PT"}))
    assert "next on Wednesday 2 December at 09:00" in told.plain()
    quiet = {"quiet_from": "08:00", "quiet_to": "10:30"}
    told = card(await house.chat.submit(ana, await settings(house, ana), quiet))
    assert "next on Wednesday 2 December at 10:30" in told.plain()
    quiet = {"quiet_from": "08:00", "quiet_to": "07:00"}
    told = card(await house.chat.submit(ana, await settings(house, ana), quiet))
    assert "asks in your quiet hours; choose an hour of your own" in told.plain()


async def test_a_settings_form_left_unsent_changes_nothing(house: House) -> None:
    _, [ana] = await team(house, "ana")
    await house.chat.submit(ana, await settings(house, ana), {"country": "PT"}, final=False)
    assert (await person(house)).country == ""


async def test_a_time_away_that_is_over_does_not_stand_in_the_way(house: House) -> None:
    """On Sunday, after a time away until Friday and before the welcome back of Monday."""
    _, [ana] = await team(house, "ana")
    await house.chat.command(ana, ana.direct, "/checkin away until friday")
    house.at("2026-11-22T12:00:00+00:00")
    asked = await settings(house, ana)
    assert "away_until" not in values(asked)
    told = card(await house.chat.submit(ana, asked, {"country": "PT"})).plain()
    assert "Away until" not in told
    house.at("2026-11-23T09:00:00+00:00")
    await house.tick()
    assert "Welcome back!" in house.seen(ana.direct)[0].plain()


async def test_a_time_away_chosen_in_the_form_can_be_undone(house: House) -> None:
    _, [ana] = await team(house, "ana")
    await house.chat.submit(ana, await settings(house, ana), {"away_until": "2026-11-20"})
    assert (await person(house)).away_until == date(2026, 11, 20)
    await house.chat.command(ana, ana.direct, "/checkin undo")
    assert (await person(house)).away_until is None


async def test_shorter_quiet_hours_let_a_waiting_prompt_out(house: House) -> None:
    _, [ana] = await team(house, "ana")
    quiet = {"quiet_from": "08:00", "quiet_to": "20:00"}
    await house.chat.submit(ana, await settings(house, ana), quiet)
    house.at("2026-11-16T09:00:00+00:00")
    await house.tick()
    house.at("2026-11-16T15:00:00+00:00")
    assert house.seen(ana.direct) == ()
    quiet = {"quiet_from": "", "quiet_to": ""}
    await house.chat.submit(ana, await settings(house, ana), quiet)
    await house.tick()
    assert len(house.seen(ana.direct)) == 1


async def test_an_own_hour_takes_the_slot_along_at_once(house: House) -> None:
    _, [ana] = await team(house, "ana", plan=NINE)
    await house.chat.submit(ana, await settings(house, ana), {"at": "07:30"})
    async with house.store.look() as work:
        slot = (await work.session.scalars(select(Slot))).one()
    assert slot.due_at.time() == time(7, 30)


async def test_who_was_asked_today_is_asked_tomorrow_whatever_they_choose(house: House) -> None:
    _, [ana] = await team(house, "ana")
    house.at("2026-11-16T09:00:00+00:00")
    await house.tick()
    for chosen in ({"at": "11:00"}, {"zone": "America/New_York"}):
        told = card(await house.chat.submit(ana, await settings(house, ana), chosen)).plain()
        assert "next on Tuesday 17 November at 11:00" in told


async def test_the_welcome_asks_for_the_zone_where_the_platform_tells_none(house: House) -> None:
    for name, zone in (("ana", ""), ("ben", "Europe/Lisbon")):
        account = await house.person(name, zone)
        await house.desk.record(f"joined {name}", Joined(account, house.now))
        await house.settle()
        (welcome,) = house.seen(account.direct)
        assert ("Until you tell me, I go by UTC time." in welcome.plain()) == (zone == "")
        asks = [] if zone else ["Set my time zone"]
        assert [one.label for one in welcome.buttons] == ["Check in now", "My settings", *asks]
        await house.desk.record(f"joined {name} again", Joined(account, house.now))
        await house.settle()
        assert len(house.seen(account.direct)) == 1
