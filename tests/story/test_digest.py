"""Two weeks of a town: teams narrate, a lesson travels, and on Mondays a digest brings everybody up to date.

Ana and Ben are in #harbour, Chi and Dee in #orchard; Chi curates #cop, whose digest comes by itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels import desk as channels
from bot.chat import AccountId, Ask, Card, Place
from bot.checkins import desk as checkins
from tests.digests.parts import PLAN
from tests.lessons.parts import Town, card_of, town_on


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async for town in town_on(database_url):
        async with town.work() as work:
            for place in (town.harbour, town.orchard):
                channel = await channels.get(work, place.workspace_id, place.channel)
                await checkins.set_rhythm(work, channel, PLAN)
        yield town


async def narrate(town: Town, who: AccountId, team: Place, plan: str, learned: str) -> None:
    asked = await town.chat.command(who, team, "/checkin")
    assert isinstance(asked, Ask), asked
    answers = {"answer.plan": plan, "answer.learned": learned}
    await town.chat.submit(who, asked.form, answers, place=team)
    await town.settle()


def posted(town: Town, place: Place) -> list[Card]:
    return [one for one in town.copies(place) if one.title.startswith(f"#{place.channel}, ")]


async def test_a_fortnight_of_digests(town: Town) -> None:
    await town.tick()
    await narrate(town, town.ana, town.harbour, "Mend the berth lights", "Salt eats the sockets")
    await town.selected()
    await town.press(town.eve, "When the tide turns", "It worked", place=town.cop)
    await town.next_day()
    await narrate(town, town.ben, town.harbour, "Count the anchors", "Two are lent")

    # On Wednesday Chi looks and adds a word; nobody else sees that she looked.
    before = len(town.copies(town.cop))
    card = card_of(await town.command(town.chi, town.cop, "/digest"))
    assert "When the tide turns" in card.plain()
    asked = await town.chat.press(town.chi, card, "Add a note")
    await town.submit(town.chi, asked, item="0", words="The quay does this, too.")
    assert len(town.copies(town.cop)) == before

    # On Monday at nine, where Chi lives, the week is told, with the note, to everybody in #cop and nobody else.
    town.at("2026-11-23T09:00:00+00:00")
    await town.tick()
    (monday,) = posted(town, town.cop)
    assert monday.title == "#cop, 16 to 22 November 2026"
    assert "Chi notes: The quay does this, too." in monday.plain()
    assert "1 person used it." in monday.plain()
    assert "Salt eats the sockets" not in monday.plain()
    assert monday.picture is not None
    assert posted(town, town.harbour) == []

    # Ana thinks better of it: the lesson leaves the digest that stands, and what Ben learned is nowhere but at home.
    await town.command(town.ana, town.ana.direct, "/lesson withdraw 1")
    await town.tick()
    assert "tide" not in str([one.plain() for one in posted(town, town.cop)])
    home = card_of(await town.command(town.ben, town.harbour, "/digest last week"))
    assert "Ben: Two are lent" in home.plain()
    assert "Ana: Salt eats the sockets" in home.plain()

    # A week in which nothing happened stays quiet.
    town.at("2026-11-30T09:00:00+00:00")
    await town.tick()
    assert len(posted(town, town.cop)) <= 1
