"""Channels that do not take a copy any more: people are told once, and the other copies go on."""

from __future__ import annotations

from tests.lessons.parts import Town, words_of
from tests.lessons.test_following import both

ARCHIVED = "The channel is archived."


def told(town: Town) -> list[str]:
    return [one.plain() for one in town.direct(town.ana) if ARCHIVED in one.plain()]


async def test_a_copy_that_an_archived_channel_refuses_is_told_once_and_the_others_go_on(
    town: Town,
) -> None:
    await town.open_far()
    await town.route((town.harbour, town.cop), (town.harbour, town.reef))
    await town.agreed()
    await town.tick()
    town.far.refuse(town.reef, ARCHIVED)
    await town.press(town.fay, "A lesson for #reef?", "Select")
    await town.press(town.chi, "A lesson for #cop?", "Select")
    for _ in range(2):
        await town.tick()
    assert len(town.copies(town.cop)) == 1
    (card,) = told(town)
    assert "#reef did not take the copy of lesson 1 as it should be." in card
    curators = [one for one in town.direct(town.fay) if ARCHIVED in one.plain()]
    assert "#reef did not take the copy of a lesson" in curators[0].plain()
    assert len(curators) == 1
    trail = words_of(await town.command(town.ana, town.harbour, "/lesson show 1"))
    assert "the channel did not take it in #reef" in trail


async def test_an_edit_that_cannot_reach_a_copy_is_told_and_reaches_the_others(
    village: Town,
) -> None:
    """The bot was removed from one channel."""
    town = village
    await both(town)
    town.far.refuse(town.reef, "I am not in this channel any more.")
    form = await town.press(town.ana, "Lesson 1: shared", "Change the wording")
    await town.submit(town.ana, form, do="check every rope")
    await town.press(town.ana, "Who sees it", "Yes, change it everywhere")
    await town.tick()
    assert "check every rope" in town.copies(town.cop)[0].plain()
    assert "I am not in this channel any more." in str(town.direct(town.ana))


async def test_a_withdrawal_that_a_channel_refuses_is_told_with_what_may_still_stand(
    village: Town,
) -> None:
    town = village
    await both(town)
    town.far.refuse(town.reef, ARCHIVED)
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    await town.tick()
    assert town.copies(town.cop) == []
    assert "#reef does not let me take away the copy of lesson 1" in told(town)[0]


async def test_without_a_curator_the_admins_are_told(village: Town) -> None:
    town = village
    await town.stands()
    await town.curate(town.cop)
    town.chat.refuse(town.cop, ARCHIVED)
    await town.press(town.dee, "A lesson", "It worked", place=town.cop)
    await town.tick()
    assert ARCHIVED in str(town.direct(town.dee))


async def test_a_channel_that_refuses_again_after_it_was_mended_is_told_again(
    village: Town,
) -> None:
    town = village
    await town.stands()
    for label in ("Saw it", "Tried it"):
        town.chat.refuse(town.cop, ARCHIVED)
        await town.press(town.dee, "A lesson", label, place=town.cop)
        await town.tick()
        assert len(told(town)) == 1
        town.chat.refuse(town.cop, "")
        await town.retry()
        await town.tick()
    trail = words_of(await town.command(town.ana, town.harbour, "/lesson show 1"))
    assert trail.count("the channel did not take it") == 2
