"""Where people are, on a platform that does not tell: asked once, guessed until they say so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.channels import desk as channels
from bot.chat import AccountId, Ask, Card, Place, Replace, Reply, Show, Wrong
from bot.checkins.rules import DAYS, RhythmPlan
from tests.house import House

PLAN = RhythmPlan(days=DAYS)


def card(reply: Reply) -> Card:
    assert isinstance(reply, Show | Replace), reply
    return reply.card


async def team(house: House, who: Sequence[AccountId]) -> Place:
    place = await house.channel("harbour", "team", *who, plan=PLAN)
    await channels.sync_members(house.store, house.chat, place)
    await house.tick()
    return place


def welcome(house: House, who: AccountId) -> list[str]:
    return [one.plain() for one in house.seen(who.direct) if one.title.startswith("Hello")]


async def test_whoever_is_in_a_team_and_in_no_known_zone_is_asked_once(house: House) -> None:
    """In the words of welcome, which say what is taken for their zone meanwhile."""
    house.at("2026-11-16T12:00:00+00:00")
    ana, ben = await house.person("ana", ""), await house.person("ben", "Europe/Lisbon")
    elsewhere = await house.person("chi", "")
    await team(house, [ana, ben])
    for _ in range(3):
        house.later(hours=1)
        await house.tick()
    (asked,) = welcome(house, ana)
    assert "Where are you? Until you tell me, I go by Europe/Lisbon time" in asked
    assert "as most of your team do" in asked
    assert welcome(house, ben) == welcome(house, elsewhere) == []


async def test_where_nobody_told_a_zone_it_is_utc_and_said_so(house: House) -> None:
    house.at("2026-11-16T12:00:00+00:00")
    ana = await house.person("ana", "")
    await team(house, [ana])
    assert "I go by UTC time." in welcome(house, ana)[0]


async def test_the_zone_that_most_of_a_team_live_in_is_taken(house: House) -> None:
    """It follows while people tell theirs, and never counts other guesses."""
    lost = [await house.person(f"p{n}", "") for n in range(3)]
    ana, ben = await house.person("ana", "Asia/Kolkata"), await house.person("ben", "Asia/Tokyo")
    place = await team(house, [*lost, ana, ben])
    assert {(await house.who(one)).zone for one in lost} == {"Asia/Kolkata"}
    await house.chat.command(ana, ana.direct, "/checkin zone Asia/Tokyo")
    await channels.sync_members(house.store, house.chat, place)
    assert {(await house.who(one)).zone for one in lost} == {"Asia/Tokyo"}
    assert {(await house.who(one)).zone_guessed for one in lost} == {True}


async def test_somebody_is_asked_where_they_are_in_the_daytime_only(house: House) -> None:
    """By the zone that is guessed: at midnight in Lisbon they are left alone."""
    house.at("2026-11-16T23:30:00+00:00")
    ana, ben = await house.person("ana", ""), await house.person("ben", "Europe/Lisbon")
    await team(house, [ana, ben])
    assert welcome(house, ana) == []
    house.at("2026-11-17T08:00:00+00:00")
    await house.tick()
    assert len(welcome(house, ana)) == 1


@pytest.mark.parametrize("written", ["America/New_York", "america/new york", "New York"])
async def test_the_answer_is_kept_and_the_times_follow(house: House, written: str) -> None:
    house.at("2026-11-16T12:00:00+00:00")
    ana = await house.person("ana", "")
    await team(house, [ana])
    ref = house.find(ana.direct, "Where are you?")
    asked = await house.chat.press(ana, ref, "Set my time zone")
    assert isinstance(asked, Ask)
    wrong = await house.chat.submit(ana, asked.form, {"zone": "Lisbonne"})
    assert isinstance(wrong, Wrong)
    assert "There is no time zone “Lisbonne”. Did you mean Europe/Lisbon" in wrong.sentences["zone"]
    kept = card(await house.chat.submit(ana, asked.form, {"zone": written}))
    assert "Kept." in kept.plain()
    assert "next on Monday 16 November at 09:00" in kept.plain()
    person = await house.who(ana)
    assert (person.zone, person.zone_chosen, person.zone_guessed) == (
        "America/New_York",
        True,
        False,
    )


async def test_the_settings_are_an_answer_too(house: House) -> None:
    """Also when they leave the guess as it stands there."""
    ana = await house.person("ana", "")
    asked = await house.chat.command(ana, ana.direct, "/checkin settings")
    assert isinstance(asked, Ask)
    await house.chat.submit(ana, asked.form, {})
    person = await house.who(ana)
    assert (person.zone, person.zone_chosen, person.zone_guessed) == ("UTC", True, False)


async def test_the_command_completes_zones_as_one_types(house: House) -> None:
    """Those that others here live in come first."""
    ana, _ = await house.person("ana", ""), await house.person("ben", "Asia/Kolkata")
    place = Place("fake", "W1", "harbour")
    offered = await house.desk.complete("checkin", "zone ", ana, place)
    assert offered[0] == "zone Asia/Kolkata"
    assert len(offered) == 25
    assert await house.desk.complete("checkin", "zone lisb", ana, place) == ("zone Europe/Lisbon",)
    assert "zone Europe/Lisbon" in await house.desk.complete("checkin", "zone europe/l", ana, place)
    kept = card(await house.chat.command(ana, ana.direct, "/checkin zone Europe/Lisbon"))
    assert "Kept." in kept.plain()
    assert (await house.who(ana)).zone == "Europe/Lisbon"
    no = card(await house.chat.command(ana, ana.direct, "/checkin zone Lisbonne"))
    assert "Did you mean Europe/Lisbon" in no.plain()
    assert isinstance(await house.chat.command(ana, ana.direct, "/checkin zone"), Ask)


async def test_a_sentence_that_begins_with_zone_is_narration(house: House) -> None:
    ana = await house.person("ana")
    place = await team(house, [ana])
    await house.chat.command(ana, place, "/checkin zone three of the harbour is painted")
    await house.settle()
    assert "zone three of the harbour" in str(house.thread(place))


async def test_a_platform_that_tells_a_zone_later_is_believed(house: House) -> None:
    ana = await house.person("ana", "")
    house.later(hours=7)
    await house.person("ana", "Asia/Tokyo")
    person = await house.who(ana)
    assert (person.zone, person.zone_guessed) == ("Asia/Tokyo", False)
