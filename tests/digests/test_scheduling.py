"""A digest that comes by itself: at its time on the wall, once, about days that are over, and never empty."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.channels import desk as channels
from bot.channels.tables import Channel
from bot.chat import Ask, Card, Wrong
from bot.digests.tables import DigestPlan, DigestPost
from bot.engine.ticker import Ticker
from tests.digests.parts import Team, card_of


async def schedule(team: Team, **values: str) -> Card:
    asked = await team.house.chat.command(team.people["chi"], team.place, "/digest schedule")
    assert isinstance(asked, Ask)
    reply = await team.house.chat.submit(team.people["chi"], asked.form, values)
    return card_of(reply)


@pytest.fixture
async def told(team: Team) -> Team:
    await team.narrate("ana", "Fix the crane rota", "The tide table was a year old")
    return team


async def test_a_curator_chooses_when_it_comes_and_it_comes_once(told: Team) -> None:
    said = await schedule(told, every="weekly", weekday="monday", at="09:30", zone="Asia/Kolkata")
    assert said.plain().startswith(
        "The digest of #harbour comes every Monday, next on Monday 23 November at 09:30 (Asia/Kolkata)."
    )
    told.house.at("2026-11-23T09:29:00+05:30")
    await told.house.tick()
    assert told.posted() == []
    told.house.at("2026-11-23T09:30:00+05:30")
    for _ in range(3):
        await told.house.tick()
    (posted,) = told.posted()
    assert posted.title == "#harbour, 16 to 22 November 2026"
    assert "tide table" in posted.plain()
    assert posted.footnote.startswith("Comes every Monday.")
    assert posted.picture is not None


async def test_two_processes_post_it_once(told: Team) -> None:
    await schedule(told, every="weekly", weekday="monday", at="09:00", zone="UTC")
    told.house.at("2026-11-23T09:00:00+00:00")
    other = Ticker(told.house.store, told.house.desk.features, told.house.desk.chats, seconds=5)
    await told.house.ticker.tick_chores()
    await other.tick_chores()
    await told.house.settle()
    assert len(told.posted()) == 1
    async with told.house.store.look() as work:
        assert len(list(await work.session.scalars(select(DigestPost.id)))) == 1


async def test_a_week_without_anything_posts_nothing(told: Team) -> None:
    await schedule(told, every="weekly", weekday="monday", at="09:00", zone="UTC")
    told.house.at("2026-11-30T09:00:00+00:00")
    await told.house.tick()
    assert told.posted() == []


async def test_a_late_one_says_so_and_of_several_that_were_missed_the_last_comes(
    told: Team,
) -> None:
    await schedule(told, every="weekly", weekday="monday", at="09:00", zone="UTC")
    told.house.at("2026-11-25T18:00:00+00:00")
    await told.narrate("ben", "Paint the gangway", "Paint dries slowly in fog")
    told.house.at("2026-12-01T12:00:00+00:00")
    await told.house.tick()
    (posted,) = told.posted()
    assert posted.title == "#harbour, 23 to 29 November 2026"
    assert "It was due on Monday at 09:00 and is late, because I was away." in posted.footnote


async def test_a_monthly_one_tells_the_month_before(told: Team) -> None:
    await schedule(told, every="monthly", weekday="tuesday", at="08:00", zone="UTC")
    told.house.at("2026-12-01T08:00:00+00:00")
    await told.house.tick()
    (posted,) = told.posted()
    assert posted.title == "#harbour, 1 to 30 November 2026"
    assert "on the first Tuesday of a month" in posted.footnote


async def test_it_can_be_stopped(told: Team) -> None:
    await schedule(told, every="weekly", weekday="monday", at="09:00", zone="UTC")
    said = await schedule(told, every="never")
    assert "does not come by itself any more" in said.plain()
    told.house.at("2026-11-23T09:00:00+00:00")
    await told.house.tick()
    assert told.posted() == []


@pytest.mark.parametrize(
    ("field", "written", "why"),
    [
        ("at", "25:00", "is no time of day"),
        ("zone", "Kolkatta", "There is no time zone"),
        ("every", "hourly", "Choose how often"),
        ("weekday", "caturday", "Choose a day of the week"),
    ],
)
async def test_a_wrong_field_says_so_beside_it(
    told: Team, field: str, written: str, why: str
) -> None:
    asked = await told.house.chat.command(told.people["chi"], told.place, "/digest schedule")
    assert isinstance(asked, Ask)
    values = {"every": "weekly", "weekday": "monday", "at": "09:00", "zone": "UTC", field: written}
    reply = await told.house.chat.submit(told.people["chi"], asked.form, values)
    assert isinstance(reply, Wrong)
    assert why in reply.sentences[field]


async def test_only_who_may_post_may_schedule(told: Team) -> None:
    refused = await told.command("ana", "/digest schedule")
    assert refused.plain().startswith("Only a curator of #harbour or an admin can do that.")


async def plans(team: Team) -> dict[str, tuple[str, str, bool]]:
    async with team.house.store.look() as work:
        rows = list(await work.session.scalars(select(DigestPlan)))
    return {
        one.channel_id: (one.zone, one.next_at.isoformat() if one.next_at else "", one.chosen)
        for one in rows
    }


async def test_communities_have_a_weekly_one_on_mondays_at_nine_where_most_curators_live(
    team: Team,
) -> None:
    house = team.house
    for name in ("eve", "fay"):
        team.people[name] = await house.person(name, "Asia/Kolkata")
    await house.channel("cop", "community", *team.people.values())
    async with house.work() as work:
        ids = [(await house.who(team.people[name])).id for name in ("chi", "eve", "fay")]
        await channels.set_roles(work, team.place.workspace_id, "cop", "curator", ids)
    await house.tick()
    assert await plans(team) == {"cop": ("Asia/Kolkata", "2026-11-23T03:30:00+00:00", False)}


async def test_what_became_a_team_meanwhile_loses_the_weekly_one_that_nobody_chose(
    team: Team,
) -> None:
    await team.house.channel("cop", "community", *team.people.values())
    await team.house.tick()
    async with team.house.work() as work:
        await work.session.execute(update(Channel).where(Channel.id == "cop").values(ring="team"))
    team.house.at("2026-11-30T12:00:00+00:00")
    await team.house.tick()
    assert await plans(team) == {}
