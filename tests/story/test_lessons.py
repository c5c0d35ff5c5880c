"""A lesson's life: marked, agreed, checked, relayed to both platforms, used, confirmed, offered, changed, withdrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.lessons.parts import TIDE, Town, town_on


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async for town in town_on(database_url):
        yield town


async def test_a_lesson_travels_to_both_platforms_and_back_out_of_them(town: Town) -> None:
    await town.open_far()
    await town.route((town.harbour, town.cop), (town.harbour, town.reef))

    said = await town.say(town.ana, town.harbour, f"{TIDE}. Ben (ben@harbour.example) saw it, too.")
    await town.mark(town.ben, said)
    assert "Ben found a lesson in this" in town.card(town.ana.direct, "May others").title

    form = await town.press(town.ana, "May others learn", "Word it")
    await town.submit(town.ana, form)
    await town.press(town.ana, "the name of a member", "Write a colleague instead")
    await town.press(town.ana, "an e-mail address", "Write [an address] instead")
    preview = town.card(town.ana.direct, "Who sees it").plain()
    for words in ("#cop", "#reef", "whoever joins later"):
        assert words in preview
    assert town.copies(town.cop) == [] == town.copies(town.reef)

    await town.press(town.ana, "Who sees it", "Yes, share it")
    await town.tick()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    await town.press(town.fay, "A lesson for #reef?", "Select")
    for place in (town.cop, town.reef):
        (copy,) = town.copies(place)
        assert "When the tide turns" in copy.plain()
        assert "Ana, #harbour" in copy.plain()
        assert "[an address]" in copy.plain()
        assert "ben@" not in copy.plain()

    await town.press(town.dee, "A lesson", "It worked", place=town.cop)
    await town.press(town.gus, "A lesson", "It changed how we work", place=town.reef)
    assert "A lesson that worked for others, too" in town.copies(town.cop)[0].title
    assert town.copies(town.reef)[0].footnote == town.copies(town.cop)[0].footnote

    confirmed = town.ref(town.chi.direct, "is confirmed")
    form = await town.choose(town.chi, confirmed, "Offer it to a network", "#commons")
    await town.submit(
        town.chi, form, when="conditions change", do="look again at what was fast before"
    )
    await town.press(town.ana, "would offer lesson 1 to #commons", "Yes, like this")
    (wide,) = town.copies(town.commons)
    assert "look again at what was fast before" in wide.plain()

    await town.chat.edit_said(town.ana, said, "When the wind turns, check the lines twice")
    await town.settle()
    assert "wind" not in town.copies(town.cop)[0].plain()
    await town.press(town.ana, "You changed the words", "Take the new words")
    assert "wind" in town.copies(town.cop)[0].plain()
    assert "wind" in town.copies(town.reef)[0].plain()

    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    assert town.copies(town.cop) == town.copies(town.reef) == town.copies(town.commons) == []
    await town.press(town.ana, "Lesson 1: withdrawn", "Undo")
    assert len(town.copies(town.cop)) == len(town.copies(town.reef)) == 1
