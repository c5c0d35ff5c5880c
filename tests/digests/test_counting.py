"""Entries per week: counted once for days that are over, and right when one of those changes after all."""

from __future__ import annotations

from sqlalchemy import select

from bot.digests.desk import counting
from bot.digests.tables import DigestDay
from tests.asked import asked
from tests.digests.parts import Team


async def weeks(team: Team) -> str:
    card = await team.command("ben", "/digest")
    assert card.picture is not None
    return card.picture.alt


async def counted(team: Team) -> dict[str, int]:
    async with team.house.store.look() as work:
        rows = await work.session.scalars(select(DigestDay).where(DigestDay.entries > 0))
        return {one.day.isoformat(): one.entries for one in rows}


async def test_days_that_are_over_are_counted_once_and_told_the_same(team: Team) -> None:
    await team.narrate("ana", "One", "Learned")
    await team.narrate("ben", "Two", "Learned, too")
    before = await weeks(team)
    await team.house.tick()
    assert await weeks(team) == before
    assert await counted(team) == {}
    team.house.later(days=7)
    await team.house.tick()
    assert await counted(team) == {"2026-11-20": 2}
    await team.narrate("ana", "Three", "Learned again")
    assert (await weeks(team)).endswith("14 Nov 2, 21 Nov 1.")


async def test_a_change_of_a_day_that_is_over_is_counted(team: Team) -> None:
    await team.narrate("ana", "One", "Learned")
    await team.narrate("ben", "Two", "Learned, too")
    team.house.later(days=7)
    await team.house.tick()
    card = await team.command("ana", "/outloud mydata forget")
    await team.press("ana", card, "Forget me")
    assert await counted(team) == {}
    assert (await weeks(team)).endswith("14 Nov 1, 21 Nov 0.")


async def test_many_channels_are_counted_with_as_few_questions_as_one(team: Team) -> None:
    await team.house.tick()
    for number in range(30):
        await team.house.channel(f"quay-{number}")
    team.house.later(days=7)
    with asked(team.house.store) as questions:
        async with team.house.work() as work:
            assert await counting.count_days(work) > 30
    assert len(questions) < 10
