"""Accounts of one human on several platforms are linked by a one-time code."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.chat import AccountId, Ask, Place, Profile
from bot.checkins.rules import DAYS, RhythmPlan
from bot.checkins.tables import Checkin
from bot.people import desk as people
from bot.people import rules
from bot.people.tables import LinkCode
from tests.admin.codes import card, code_of, direct, link, press, says, somebody
from tests.house import House

PLAN = RhythmPlan(days=DAYS)


@pytest.fixture
async def ana(house: House) -> AccountId:
    return await somebody(house, "W1", "ana")


@pytest.fixture
async def anna(house: House) -> AccountId:
    """Ana, under the name that she has on the other platform."""
    return await somebody(house, "W2", "anna", "UTC")


async def test_a_code_makes_two_accounts_one_person_after_a_yes(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    """What that means is said before the yes; the account that gave the code is told, in case it was not theirs."""
    code = await code_of(house, ana)
    asked = await says(house, anna, code.lower().replace("-", " "))
    assert asked.title == "Is this you?"
    assert "You are Ana in W1 on Fake?" in asked.plain()
    for meant in ("time zone", "quiet hours", "public holidays", "times away", "do not prompt you"):
        assert meant in asked.plain()
    done = await press(house, anna, asked, "Yes, link them")
    assert "Linked. You and Ana in W1 on Fake are one person to me now." in done.plain()
    assert "linked with Anna in W2 on Fake" in direct(house, ana)
    shown = await says(house, ana)
    assert "Anna in W2 on Fake" in shown.plain()
    gone = await press(house, ana, shown, "Unlink Anna in W2 on Fake")
    assert gone.plain().startswith("Unlinked.")
    for who in (ana, anna):
        assert "Linked with" not in (await says(house, who)).plain()


async def test_whoever_did_not_link_an_account_unlinks_it_where_they_are_told(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    await link(house, ana, anna)
    ref = house.find(ana.direct, "Was that not you?")
    assert "Unlinked." in card(await house.chat.press(ana, ref, "Unlink")).plain()
    assert "Linked with" not in (await says(house, anna)).plain()


async def test_no_links_nothing_and_leaves_the_code_good(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    code = await code_of(house, ana)
    said = await press(house, anna, await says(house, anna, code), "No")
    assert said.plain() == "Nothing was linked."
    assert (await says(house, anna, code)).title == "Is this you?"


async def test_a_code_that_does_nothing_is_answered_with_the_reason(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    """Wrong, replaced by a newer one, used, ten minutes old, one's own, or of accounts that are linked."""
    unknown = "I do not know this code."
    assert (await says(house, anna, "ABCD-EFGH")).plain().startswith(unknown)
    assert (await says(house, anna, "ABC")).plain().startswith(unknown)
    old, code = await code_of(house, ana), await code_of(house, ana)
    assert (await says(house, anna, old)).plain().startswith(unknown)
    assert "this very account" in (await says(house, ana, code)).plain()
    asked = await says(house, anna, code)
    await press(house, anna, asked, "Yes, link them")
    assert "used already" in (await says(house, anna, code)).plain()
    house.chat.shown[anna].append(asked)
    assert "used already" in (await press(house, anna, asked, "Yes, link them")).plain()
    again = await code_of(house, ana)
    assert "linked already" in (await says(house, anna, again)).plain()
    house.later(minutes=10)
    assert "older than ten minutes" in (await says(house, anna, again)).plain()


async def test_a_question_that_was_left_open_for_ten_minutes_links_nothing(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    asked = await says(house, anna, await code_of(house, ana))
    house.later(minutes=10)
    assert "older than ten minutes" in (await press(house, anna, asked, "Yes, link them")).plain()


async def test_five_wrong_codes_are_enough_for_ten_minutes(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    """The right one does not work then either; somebody else's tries do not count."""
    code = await code_of(house, ana)
    for _ in range(rules.TRIES):
        assert "I do not know this code" in (await says(house, anna, "WRNG-CDEX")).plain()
    for typed in ("WRNG-CDEX", code):
        told = (await says(house, anna, typed)).plain()
        assert told == "Those were 5 wrong codes. Please try again in 10 minutes."
    other = await somebody(house, "W2", "ben")
    assert (await says(house, other, code)).title == "Is this you?"
    house.later(minutes=10)
    assert (await says(house, anna, await code_of(house, ana))).title == "Is this you?"


async def test_two_accounts_in_one_workspace_are_not_linked(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    """Nor by way of a third, so that it is always clear which account is meant."""
    twin = await somebody(house, "W1", "twin")
    code = await code_of(house, ana)
    assert "two accounts in one workspace" in (await says(house, twin, code)).plain()
    await link(house, ana, anna)
    code = await code_of(house, twin)
    assert "two accounts in one workspace" in (await says(house, anna, code)).plain()


async def test_three_accounts_are_one_person_by_two_codes(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    third = await somebody(house, "W3", "a")
    await link(house, ana, anna)
    await link(house, third, anna)
    shown = (await says(house, ana)).plain()
    assert "Anna in W2" in shown
    assert "A in W3" in shown
    await house.chat.command(third, third.direct, "/checkin away until 2026-11-20")
    for who in (ana, anna, third):
        assert str((await house.who(who)).away_until) == "2026-11-20"


async def test_a_code_is_kept_as_a_digest_alone(house: House, ana: AccountId) -> None:
    code = (await code_of(house, ana)).replace("-", "")
    async with house.store.look() as work:
        (row,) = await work.session.scalars(select(LinkCode))
    assert code not in repr(vars(row))
    house.later(days=1, minutes=1)
    await house.tick()
    async with house.store.look() as work:
        assert not list(await work.session.scalars(select(LinkCode)))


async def test_times_follow_whatever_account_they_are_told_with(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    """Away and back, quiet hours, holidays, a chosen zone, and news of a zone from a platform."""
    await link(house, anna, ana)
    team = await channel(house, "W2", "harbour", anna)

    async def seen() -> list[tuple[object, ...]]:
        both = [await house.who(one) for one in (ana, anna)]
        assert people.hours_of(both[0]) == people.hours_of(both[1])
        hours = people.hours_of(both[0])
        return [(hours.zone, hours.country, str(hours.quiet_from), hours.away_until)]

    assert await seen() == [("Europe/Lisbon", "", "None", None)]
    await house.chat.command(anna, team, "/checkin away until 2026-11-20")
    assert str((await seen())[0][3]) == "2026-11-20"
    await house.chat.command(ana, ana.direct, "/checkin undo")
    await house.chat.command(ana, ana.direct, "/checkin back")
    assert (await seen())[0][3] is None
    asked = await house.chat.command(ana, ana.direct, "/checkin settings")
    assert isinstance(asked, Ask)
    chosen = {"zone": "Asia/Kolkata", "quiet_from": "20:00", "quiet_to": "08:00", "country": "IN"}
    await house.chat.submit(ana, asked.form, chosen)
    assert await seen() == [("Asia/Kolkata", "IN", "20:00:00", None)]
    await house.tick()
    async with house.store.look() as work:
        assert not (await people.caller(work, anna)).moved


async def channel(house: House, workspace: str, name: str, *who: AccountId) -> Place:
    house.chat.workspace = workspace
    return await house.channel(name, "team", *who, plan=PLAN)


async def test_two_platforms_that_differ_about_a_zone_do_not_move_somebody_to_and_fro(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    """Only news counts: the platform that says something new is believed."""
    await link(house, anna, ana)
    house.later(hours=7)
    await people.refresh(house.store, {"fake": house.chat})
    assert {(await house.who(one)).zone for one in (ana, anna)} == {"Europe/Lisbon"}
    house.later(hours=7)
    house.chat.workspace = "W2"
    house.chat.person("anna", Profile("Anna", "Asia/Tokyo"))
    await people.refresh(house.store, {"fake": house.chat})
    assert {(await house.who(one)).zone for one in (ana, anna)} == {"Asia/Tokyo"}


async def test_whoever_narrated_with_one_account_is_not_prompted_with_the_other_that_day(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    ben = await somebody(house, "W2", "ben")
    await channel(house, "W1", "harbour", ana)
    await channel(house, "W2", "orchard", anna, ben)
    await link(house, ana, anna)
    await house.tick()
    house.at("2026-11-16T07:00:00+00:00")
    await house.tick()
    await house.chat.command(ana, ana.direct, "/checkin Mend the berth lights")
    await house.settle()
    house.at("2026-11-16T09:00:30+00:00")
    await house.tick()
    assert "Narrate" in str(house.seen(ben.direct))
    assert "Narrate" not in str(house.seen(anna.direct))
    house.at("2026-11-17T09:00:30+00:00")
    await house.tick()
    assert "Narrate" in str(house.seen(anna.direct))


async def test_whoever_narrated_with_one_account_is_not_reminded_with_the_other(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    """Both were asked at the same minute; a colleague who said nothing is reminded."""
    ben = await somebody(house, "W2", "ben")
    await channel(house, "W1", "harbour", ana)
    await channel(house, "W2", "orchard", anna, ben)
    await link(house, ana, anna)
    house.at("2026-11-16T09:00:30+00:00")
    await house.tick()
    assert "Narrate" in str(house.seen(anna.direct))
    await house.chat.command(ana, ana.direct, "/checkin Mend the berth lights")
    for hour in range(10, 19):
        house.at(f"2026-11-16T{hour}:30:00+00:00")
        await house.tick()
    async with house.store.look() as work:
        rows = await work.session.execute(select(Checkin.person_id, Checkin.nudged))
        nudged = {one.person_id: one.nudged for one in rows}
    assert nudged[(await house.who(ben)).id] == 1
    assert nudged[(await house.who(anna)).id] == 0


async def test_my_data_covers_every_linked_account_each_in_its_own_place(
    house: House, ana: AccountId, anna: AccountId
) -> None:
    await link(house, ana, anna)
    await house.chat.command(ana, ana.direct, "/grain Mend the berth lights")
    await house.chat.command(anna, anna.direct, "/grain Prune the pear tree")
    await house.settle()
    sent = card(await house.chat.command(ana, ana.direct, "/outloud mydata export"))
    await house.settle()
    assert "As Anna in W2 on Fake you get what I keep there" in sent.plain()
    assert "berth lights" in direct(house, ana)
    assert "pear tree" not in direct(house, ana)
    assert "Everything I keep about you" in direct(house, anna)
    assert "pear tree" in direct(house, anna)


@pytest.mark.parametrize("everywhere", [False, True])
async def test_to_be_forgotten_is_asked_for_here_or_everywhere(
    house: House, ana: AccountId, anna: AccountId, everywhere: bool
) -> None:
    await link(house, ana, anna)
    await house.chat.command(anna, anna.direct, "/grain Prune the pear tree")
    await house.settle()
    asked = card(await house.chat.command(ana, ana.direct, "/outloud mydata forget"))
    assert "As Anna in W2 on Fake I keep your settings and 1 grain." in asked.plain()
    label = "Forget me everywhere" if everywhere else "Forget me here"
    assert "Forgotten" in (await press(house, ana, asked, label)).plain()
    kept = card(await house.chat.command(anna, anna.direct, "/grain list")).plain()
    assert ("pear tree" in kept) == (not everywhere)
    assert "Linked with" not in (await says(house, anna)).plain()


async def test_nobody_else_learns_of_a_link(house: House, ana: AccountId, anna: AccountId) -> None:
    ben = await somebody(house, "W1", "ben", admin=True)
    team = await channel(house, "W1", "harbour", ana, ben)
    await link(house, ana, anna)
    for line in ("/outloud", "/outloud roles", "/outloud log", "/outloud link"):
        assert "W2" not in card(await house.chat.command(ben, team, line)).plain()
    assert "W2" not in str([post.card for post in house.chat.posts if post.ref.place.open == team])
