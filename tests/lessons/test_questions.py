"""How often the database is asked: as often for a lesson with a long past, and in a team of many, as for a new one."""

from __future__ import annotations

from bot.chat import AccountId
from tests.asked import asked
from tests.lessons.parts import Town

MOST = 38
"""Questions and changes by which a lesson is selected or agreed to, and everything that shows it follows."""


async def _pressing(town: Town, who: AccountId, words: str, label: str) -> int:
    on = town.ref(who.direct, words)
    with asked(town.store) as statements:
        await town.chat.press(who, on, label)
    await town.settle()
    return len(statements)


async def _reworded(town: Town, words: str) -> None:
    """A curator proposes another wording of a lesson."""
    await town.agreed(words)
    await town.tick()
    form = await town.press(town.chi, "A lesson for #cop?", "Edit wording")
    await town.submit(town.chi, form, do="look at the lines")


async def test_a_selection_is_made_in_a_few_questions(town: Town) -> None:
    await town.agreed()
    await town.tick()
    assert await _pressing(town, town.chi, "A lesson for #cop?", "Select") <= MOST
    assert len(town.copies(town.cop)) == 1


async def test_a_yes_to_another_wording_is_heeded_in_a_few_questions(town: Town) -> None:
    await _reworded(town, "When the tide turns, check the lines because they go slack")
    assert await _pressing(town, town.ana, "would word lesson", "Yes, like this") <= MOST
    assert len(town.copies(town.cop)) == 1


async def test_a_lesson_with_a_past_asks_no_more_than_a_new_one(town: Town) -> None:
    """However many steps it has behind it, and however many people are there."""
    await _reworded(town, "When the tide turns, check the lines because they go slack")
    new = await _pressing(town, town.ana, "would word lesson", "Yes, like this")
    more = [await town.person(f"more{number}") for number in range(20)]
    await town.channel_joined(town.harbour, *more)
    await town.channel_joined(town.cop, *more)
    await town.next_day()
    await _reworded(town, "When the wind turns, check the mast because it leans")
    for _ in range(5):
        await town.press(town.ana, "would word lesson 2", "Rather not")
        form = await town.press(town.chi, "A lesson for #cop?", "Edit wording")
        await town.submit(town.chi, form, do="look at the mast")
    assert await _pressing(town, town.ana, "would word lesson 2", "Yes, like this") <= new
