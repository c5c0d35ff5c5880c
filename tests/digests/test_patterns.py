"""Patterns in digests: what many are on to, in words that more than one used, and never out of one team alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.channels import desk as channels
from bot.chat import AccountId, Ask, Place
from bot.checkins import desk as checkins
from bot.digests.tables import PatternState
from tests.digests.parts import PLAN
from tests.lessons.parts import Town, card_of, town_on

OTHERS = (
    "Write minutes for the assembly", "Buy coffee and sugar", "Phone the insurer about hail",
    "Sort letters in the cupboard", "Book trains to Porto", "Test the siren at noon",
    "Water ferns near reception", "Translate a poster into Polish", "Count blankets in storage",
    "Print badges for visitors", "Wash the minibus", "Fix a leaking tap",
)  # fmt: skip


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async for town in town_on(database_url):
        async with town.work() as work:
            for place in (town.harbour, town.orchard):
                channel = await channels.get(work, place.workspace_id, place.channel)
                await checkins.set_rhythm(work, channel, PLAN)
        yield town


async def narrate(town: Town, who: AccountId, team: Place, words: str) -> None:
    asked = await town.chat.command(who, team, "/checkin")
    assert isinstance(asked, Ask), asked
    values = {field.key: field.value for field in asked.form.fields}
    values["answer.plan"] = words
    await town.chat.submit(who, asked.form, values, place=team)
    await town.settle()


async def days(town: Town, *said: tuple[AccountId, Place], words: str = "crane brake {}") -> None:
    """On four days everybody in `said` writes about it, and others write about something else."""
    rest = [who for who in ((town.ana, town.harbour), (town.chi, town.orchard)) if who not in said]
    for day in range(4):
        for number, (who, place) in enumerate(said):
            extra = ("wobbles", "squeals", "sticks")[number % 3]
            await narrate(town, who, place, f"Repair the {words.format(extra)}")
        for number, (who, place) in enumerate(rest):
            await narrate(town, who, place, OTHERS[(day * 3 + number) % len(OTHERS)])
        town.at(town.now + timedelta(days=1))
    town.at(town.now + timedelta(minutes=2))
    await town.tick()


async def shown(town: Town, who: AccountId, place: Place) -> str:
    return card_of(await town.command(who, place, "/digest")).plain()


async def test_what_three_people_of_two_teams_write_about_rises_in_their_community(
    town: Town,
) -> None:
    everybody = ((town.ana, town.harbour), (town.ben, town.harbour), (town.dee, town.orchard))
    await days(town, *everybody)
    told = await shown(town, town.eve, town.cop)
    assert "Patterns that rise" in told
    line = next(one for one in told.splitlines() if "crane" in one)
    assert "brake" in line
    assert "12 in the last seven days, 12 in all" in line
    # Each of these was one person's own word.
    for own in ("wobbles", "squeals", "sticks", "Ana", "Ben", "Dee"):
        assert own not in told
    assert "crane" in await shown(town, town.ana, town.harbour)


async def test_what_one_team_alone_writes_about_stays_in_that_team(town: Town) -> None:
    await days(town, (town.ana, town.harbour), (town.ben, town.harbour))
    told = await shown(town, town.ben, town.harbour)
    assert "Patterns that rise" in told
    assert "crane" in next(line for line in told.splitlines() if "in the last seven days" in line)
    for who, place in ((town.eve, town.cop), (town.dee, town.orchard)):
        assert "crane" not in await shown(town, who, place)


async def test_one_person_who_writes_everything_is_no_pattern_for_others(town: Town) -> None:
    await days(town, (town.ana, town.harbour))
    assert "crane" not in await shown(town, town.eve, town.cop)


async def test_a_past_digest_tells_no_patterns_of_now(town: Town) -> None:
    await days(town, (town.ana, town.harbour), (town.ben, town.harbour))
    card = card_of(await town.command(town.ben, town.harbour, "/digest 2026-11-16..2026-11-17"))
    town.at(town.now + timedelta(days=9))
    later = card_of(await town.command(town.ben, town.harbour, "/digest 2026-11-16..2026-11-17"))
    assert "in the last seven days" not in later.plain()
    assert card.title == later.title


async def test_whoever_is_forgotten_is_taken_out_of_the_patterns_at_once(town: Town) -> None:
    everybody = ((town.ana, town.harbour), (town.ben, town.harbour), (town.dee, town.orchard))
    await days(town, *everybody)
    card = card_of(await town.command(town.ana, town.cop, "/outloud mydata forget"))
    label = next(one.label for one in card.buttons if one.label.startswith("Forget me"))
    await town.chat.press(town.ana, card, label)
    await town.settle()
    assert "crane" not in await shown(town, town.eve, town.cop)


async def test_what_is_taken_back_is_taken_out(town: Town) -> None:
    everybody = ((town.ana, town.harbour), (town.ben, town.harbour), (town.dee, town.orchard))
    await days(town, *everybody)
    await narrate(town, town.ana, town.harbour, "Repair the crane brake today")
    await town.command(town.ana, town.harbour, "/checkin undo")
    town.at(town.now + timedelta(minutes=2))
    await town.tick()
    told = await shown(town, town.eve, town.cop)
    assert "12 in the last seven days, 12 in all" in told


async def test_patterns_of_another_version_are_built_anew_from_the_texts(town: Town) -> None:
    everybody = ((town.ana, town.harbour), (town.ben, town.harbour), (town.dee, town.orchard))
    await days(town, *everybody)
    async with town.work() as work:
        await work.session.execute(update(PatternState).values(saved=b"of long ago", told=[]))
    assert "crane" not in await shown(town, town.eve, town.cop)
    town.at(town.now + timedelta(days=1, minutes=2))
    for _ in range(2):
        await town.tick()
        town.at(town.now + timedelta(minutes=2))
    assert "crane" in await shown(town, town.eve, town.cop)


async def test_two_processes_feed_each_text_once(town: Town) -> None:
    await days(town, (town.ana, town.harbour), (town.ben, town.harbour))
    async with town.store.look() as work:
        before = await work.session.scalar(select(PatternState.revision))
    await town.tick()
    async with town.store.look() as work:
        assert await work.session.scalar(select(PatternState.revision)) == before
