"""Finding lessons: by number, by words, one's own; and nobody finds what is not theirs to read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat import AccountId, Press
from bot.store import fulltext
from tests.lessons.parts import Town, card_of, town_on, words_of


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    """On both kinds of database, for each searches in a way of its own."""
    async for town in town_on(database_url):
        yield town


async def test_search_finds_what_the_reader_may_read(town: Town) -> None:
    await town.selected()
    assert "1: When the tide turns" in words_of(
        await town.command(town.eve, town.cop, "/lesson search tide lines")
    )
    assert "Nothing you can read" in words_of(
        await town.command(town.eve, town.cop, "/lesson search tide winch")
    )


async def test_before_it_is_relayed_only_its_team_finds_it(town: Town) -> None:
    await town.agreed()
    for who, found in ((town.ana, True), (town.ben, True), (town.chi, False), (town.eve, False)):
        said = words_of(await town.command(who, town.cop, "/lesson search tide"))
        assert ("When the tide turns" in said) == found, who
        shown = words_of(await town.command(who, town.cop, "/lesson show 1"))
        assert ("When the tide turns" in shown) == found, who


async def test_what_is_only_marked_is_its_authors_alone(town: Town) -> None:
    await town.command(town.ana, town.harbour, "/lesson When it snows, salt the gangway first")
    assert "snows" in words_of(await town.command(town.ana, town.cop, "/lesson search gangway"))
    assert "Nothing" in words_of(await town.command(town.ben, town.cop, "/lesson search gangway"))
    assert "not shared with you" in words_of(
        await town.command(town.ben, town.cop, "/lesson show 1")
    )


async def test_what_was_withdrawn_is_found_by_its_author_alone(town: Town) -> None:
    await town.selected()
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    assert "tide" in words_of(await town.command(town.ana, town.cop, "/lesson search tide"))
    for other in (town.ben, town.eve):
        said = words_of(await town.command(other, town.cop, "/lesson search tide"))
        assert "Nothing you can read" in said


@pytest.mark.parametrize(
    "typed",
    ['"', "tide OR", "tide*", "NEAR(", "tide' & !x", "a:b", "-tide", "тайд", "tide\\", "((("],
)
async def test_what_people_search_for_is_never_an_operator(town: Town, typed: str) -> None:
    await town.selected()
    said = words_of(await town.command(town.eve, town.cop, f"/lesson search {typed}"))
    assert said
    assert "broke" not in said


async def test_words_are_found_by_their_beginning(town: Town) -> None:
    await town.selected()
    assert "1: When" in words_of(await town.command(town.eve, town.cop, "/lesson search SLA"))


async def test_an_unnamed_lesson_is_unnamed_wherever_it_is_found(town: Town) -> None:
    await town.selected(attribution="unnamed")
    for typed in ("/lesson search tide", "/lesson show 1"):
        said = words_of(await town.command(town.eve, town.cop, typed))
        assert "tide turns" in said
        assert "Ana" not in said
        assert "harbour" not in said


async def test_the_trail_tells_its_author_who_did_what_and_when(town: Town) -> None:
    await town.selected()
    shown = words_of(await town.command(town.ana, town.harbour, "/lesson show 1"))
    for line in (
        "16 November 2026, 10:00: Ben marked it",
        "You agreed to share it",
        "Chi selected it in #cop",
        "it was relayed in #cop",
    ):
        assert line in shown
    others = words_of(await town.command(town.eve, town.cop, "/lesson show 1"))
    assert "marked it" not in others


async def test_my_own_lessons_with_where_they_stand(town: Town) -> None:
    assert "None yet" in words_of(await town.command(town.ana, town.harbour, "/lesson mine"))
    await town.selected()
    await town.agreed("When a winch screams, stop it at once because the brake is gone")
    mine = card_of(await town.command(town.ana, town.harbour, "/lesson mine"))
    assert "2: When a winch screams" in mine.plain()
    option = mine.selects[0].options[1].label
    assert "tide" in words_of(await town.choose(town.ana, mine, "Show one", option))


async def test_my_home_page_shows_my_lessons_and_what_waits_for_me(town: Town) -> None:
    await town.agreed()
    for who, words in ((town.ana, "1: When the tide turns"), (town.chi, "One waits.")):
        page = await town.desk.answer(Press("home", who, who.direct, town.now))
        assert words in words_of(page)


async def test_numbers_are_never_given_twice(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, "A lesson about numbers and names")
    await town.mark(town.ben, said)
    await town.mark(town.ben, said, added=False)
    await town.agreed()
    assert [one.number for one in await town.lessons()] == [2]


async def test_the_command_completes_sub_words_and_own_numbers(town: Town) -> None:
    await town.agreed()
    complete = town.desk.complete
    assert "search" in await complete("lesson", "s", town.ana, town.harbour)
    assert await complete("lesson", "show ", town.ana, town.harbour) == ("show 1",)
    assert await complete("lesson", "show ", town.ben, town.harbour) == ()


async def test_a_lesson_that_is_not_there_is_said(town: Town) -> None:
    for typed in ("/lesson show 9", "/lesson withdraw 9"):
        assert "There is no lesson 9 here" in words_of(
            await town.command(town.ana, town.harbour, typed)
        )
    await town.agreed()
    assert "Only who wrote it" in words_of(
        await town.command(town.ben, town.harbour, "/lesson withdraw 1")
    )


async def test_a_stranger_and_another_workspace_reach_nothing(town: Town) -> None:
    await town.selected()
    copy = town.ref(town.cop, "A lesson")
    outside = AccountId("fake", "W2", "ana")
    stranger = AccountId("fake", "W1", "mallory")
    for who in (outside, stranger):
        said = words_of(await town.chat.press(who, copy, "It worked"))
        assert said.startswith("I only work for members of this workspace")
    await town.open_far()
    actions = [button.action for button in town.card(town.ana.direct, "Lesson 1").buttons]
    actions += [button.action for button in town.card(town.chi.direct, "#cop: selected").buttons]
    for action in actions:
        press = Press(action, town.fay, town.fay.direct, town.now)
        assert "gone" in words_of(await town.desk.answer(press)), action


def test_search_leaves_migrations_alone() -> None:
    assert fulltext.is_ours("fulltext_lesson_text_config")
    assert not fulltext.is_ours("lesson_text")
