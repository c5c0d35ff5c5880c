"""The dune and the flow on the board: told inside a team in its own words, outside only in words that several used."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.board.parts import Browsers, browsers_of, narrate, text_of
from tests.digests.test_patterns import OTHERS
from tests.lessons.parts import TIDE, Town


async def days(town: Town, *, shared: bool) -> None:
    """For three days Ana and Ben write about a crane, Dee too where it is `shared`, and others about other things."""
    for day in range(3):
        for who, extra in ((town.ana, "wobbles"), (town.ben, "squeals")):
            await narrate(town, who, town.harbour, f"Repair the crane brake {extra}")
        words = "Repair the crane brake sticks" if shared else OTHERS[day + 3]
        await narrate(town, town.dee, town.orchard, words)
        await narrate(town, town.chi, town.orchard, OTHERS[day])
        town.at(town.now + timedelta(days=1))
    town.at(town.now + timedelta(minutes=2))
    await town.tick()


@pytest.fixture
async def alone(village: Town) -> AsyncIterator[Browsers]:
    await days(village, shared=False)
    async with browsers_of(village) as browsers:
        yield browsers


async def test_a_team_alone_reads_its_patterns_with_a_typical_text_and_why(
    village: Town, alone: Browsers
) -> None:
    ana = await alone.reader(village.ana, village.harbour)
    page = await ana.page("/board/patterns")
    told = text_of(page.one("main"))
    (tile,) = [one for one in page.all("li", class_="tile") if "crane" in one.text]
    assert "crane" in tile.one("h3").text
    assert tile.one("blockquote").text in (
        "Repair the crane brake wobbles", "Repair the crane brake squeals",
    )  # fmt: skip
    assert "in common with" in tile.text
    assert "New. 6 texts in all, 6 in the last seven days." in tile.text
    assert "Rising" in told
    alt = page.one("figure").one("img").attributes["alt"]
    assert alt.startswith("Patterns in #harbour over time: ")
    assert "rising, 6 in 9 weeks" in alt
    # What one team alone writes about is no pattern for others.
    for who, place in ((village.eve, village.cop), (village.dee, village.orchard)):
        other = await alone.reader(who, place)
        for channel in (place.channel, "cop"):
            read = await other.text(f"/board/patterns?channel={channel}")
            assert "crane" not in read
            assert "Repair" not in read


async def test_a_community_reads_shared_patterns_in_shared_words_and_no_text(
    village: Town, browsers: Browsers
) -> None:
    await days(village, shared=True)
    eve = await browsers.reader(village.eve, village.cop)
    week = await eve.page("/board?channel=cop")
    (way,) = [one for one in week.all("a") if one.text == "All patterns"]
    page = await eve.page(way.attributes["href"])
    told = text_of(page.one("main"))
    assert "Patterns in #cop" in told
    assert "crane" in told
    assert "9 texts in all" in told
    for own in ("wobbles", "squeals", "sticks", "Repair the crane"):
        assert own not in page.text
    assert not list(page.all("blockquote"))


async def test_a_typical_text_goes_with_its_entry(village: Town, alone: Browsers) -> None:
    ana = await alone.reader(village.ana, village.harbour)
    for who in (village.ana, village.ben):
        asked = await village.command(who, village.harbour, "/outloud mydata forget")
        card = asked.card  # type: ignore[union-attr]
        await village.chat.press(who, card, "Forget me")
        await village.settle()
    village.later(minutes=1)
    await village.person("ana")
    assert "crane" not in await ana.text("/board/patterns")
    orchard = await alone.reader(village.chi, village.orchard)
    assert "crane" not in await orchard.text("/board/patterns?channel=orchard")


async def test_the_flow_shows_which_way_lessons_went_and_who_learns_with_whom(
    village: Town, browsers: Browsers
) -> None:
    await village.selected(TIDE)
    eve = await browsers.reader(village.eve, village.cop)
    page = await eve.page("/board/flow")
    pictures = [one.attributes for one in page.all("img") if one.attributes["alt"]]
    assert [one["alt"].partition(":")[0] for one in pictures] == [
        "How lessons travelled between rings", "Map of communities",
    ]  # fmt: skip
    assert "1 from #harbour to #cop." in pictures[0]["alt"]
    assert "1 lesson from #harbour to #cop" in text_of(page.one("main"))
    for one in pictures:
        drawn = await eve.get(one["src"])
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert b"#cop" in drawn.content
    village.later(days=60)
    eve = await browsers.reader(village.eve, village.cop)
    assert "No lesson went anywhere in these days" in await eve.text("/board/flow")
