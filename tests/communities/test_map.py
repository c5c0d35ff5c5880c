"""The map of communities: who learns with whom, drawn from what the caller may know anyway."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat import Card
from bot.communities import rules
from bot.communities.rules import Node
from bot.insight.constellation import Bond, Star
from tests.digests.parts import card_of
from tests.lessons.parts import Town, town_on


@pytest.fixture
async def town(either_url: str) -> AsyncIterator[Town]:
    async for town in town_on(either_url):
        yield town


async def the_map(town: Town, name: str = "eve") -> Card:
    return card_of(await town.command(getattr(town, name), town.cop, "/community map"))


async def test_the_map_shows_lessons_and_shared_people_and_says_so_in_words(town: Town) -> None:
    await town.selected()
    card = await the_map(town)
    assert card.picture is not None
    assert card.picture.png.startswith(b"\x89PNG")
    assert card.picture.alt == (
        "Map of communities: #cop and #harbour share 1 lesson; #commons and #cop share 5 people."
    )
    assert card.footnote == "Only you see this."


async def test_a_team_that_shares_without_its_name_is_not_on_the_map(town: Town) -> None:
    await town.selected(attribution="unnamed")
    card = await the_map(town)
    assert card.picture is not None
    assert "harbour" not in card.picture.alt


async def test_a_community_that_the_caller_is_not_in_is_not_on_the_map(town: Town) -> None:
    await town.channel("cop-quiet", "community", town.ana, town.ben)
    assert "cop-quiet" in str((await the_map(town, "ana")).picture)
    assert "cop-quiet" not in str((await the_map(town, "eve")).picture)


async def test_a_community_of_another_platform_is_on_the_map_once_a_lesson_went_there(
    town: Town,
) -> None:
    await town.open_far()
    await town.route((town.harbour, town.cop), (town.harbour, town.reef))
    await town.agreed()
    await town.tick()
    await town.press(town.fay, "A lesson for #reef?", "Select")
    card = card_of(await town.command(town.gus, town.reef, "/community map"))
    assert card.picture is not None
    assert card.picture.alt == "Map of communities: #harbour and #reef share 1 lesson."


async def test_somebody_in_no_community_is_told_so(town: Town) -> None:
    alone = await town.person("hal")
    card = card_of(await town.command(alone, town.harbour, "/community map"))
    assert "You are in no community yet" in card.plain()


@pytest.mark.parametrize("typed", ["", "drags", "maps"])
async def test_anything_else_behind_community_is_told_what_there_is(town: Town, typed: str) -> None:
    card = card_of(await town.command(town.eve, town.cop, f"/community {typed}"))
    assert "/community map" in card.plain()
    assert card.plain().endswith("shows who learns with whom.")


def test_a_human_with_two_accounts_is_one_shared_person() -> None:
    """Both rooms know Ana by her first account."""
    ana = ("fake:W1", 1)
    nodes = [
        Node(("far:F1", "reef"), "reef", "community", frozenset({ana})),
        Node(("fake:W1", "cop"), "cop", "community", frozenset({ana})),
    ]
    found, alone = rules.bonds(nodes, {})
    assert found == (Bond(Star("#cop", "community"), Star("#reef", "community"), people=1),)
    assert alone == ()


def test_two_channels_of_one_name_are_two_stars() -> None:
    nodes = [
        Node(("slack:T1", "C1"), "cop", "community"),
        Node(("discord:9", "77"), "cop", "community"),
    ]
    assert [star.name for star in rules.bonds(nodes, {})[1]] == [
        "#cop (discord 9)",
        "#cop (slack T1)",
    ]
