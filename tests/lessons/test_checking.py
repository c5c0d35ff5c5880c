"""Checking: a curator decides, or two members where there is none, in few cards and at good hours."""

from __future__ import annotations

import pytest

from bot.chat import Wrong
from bot.people import desk as people
from tests.lessons.parts import TIDE, Town, card_of, form_of, words_of

ANOTHER = "When a winch screams, stop it at once because the brake is gone"


async def test_a_curator_is_shown_what_waits_with_what_they_can_do(town: Town) -> None:
    await town.agreed()
    await town.tick()
    card = town.card(town.chi.direct, "A lesson for #cop?")
    assert [one.label for one in card.buttons] == ["Select", "Ask back", "Decline", "Edit wording"]
    assert town.direct(town.dee) == []
    await town.press(town.chi, "A lesson for #cop?", "Select")
    assert "#cop: selected by Chi" in town.direct(town.chi)[0].title
    assert len(town.copies(town.cop)) == 1


async def test_curators_get_one_batch_a_day_of_at_most_five(town: Town) -> None:
    for n in range(7):
        await town.agreed(f"When number {n} comes, call the yard before anybody else does")
    await town.tick()
    cards = town.direct(town.chi)
    assert len([one for one in cards if one.title == "A lesson for #cop?"]) == 5
    assert "2 more wait. /lesson queue" in cards[-1].plain()
    await town.agreed(ANOTHER)
    town.later(hours=2)
    await town.tick()
    assert len(town.direct(town.chi)) == len(cards)
    await town.next_day()
    waiting = [one for one in town.direct(town.chi) if one.title == "A lesson for #cop?"]
    assert len(waiting) == 8


async def test_nobody_is_shown_anything_in_their_quiet_hours(town: Town) -> None:
    async with town.work() as work:
        chi = await people.caller(work, town.chi)
        chi.quiet_from, chi.quiet_to = town.now.time(), town.now.replace(hour=14).time()
    await town.agreed()
    await town.tick()
    assert town.direct(town.chi) == []
    town.at("2026-11-16T14:01:00+00:00")
    await town.tick()
    assert town.direct(town.chi) != []


async def test_the_queue_can_be_asked_for_at_any_time(town: Town) -> None:
    assert "Nothing waits for you" in words_of(
        await town.command(town.chi, town.cop, "/lesson queue")
    )
    await town.agreed()
    one = card_of(await town.command(town.chi, town.cop, "/lesson queue"))
    assert one.title == "A lesson for #cop?"
    await town.agreed(ANOTHER)
    both = card_of(await town.command(town.chi, town.cop, "/lesson queue"))
    line = both.selects[0].options[1].label
    opened = card_of(await town.choose(town.chi, both, "Look at one", line))
    assert "winch screams" in opened.plain()
    decided = await town.chat.press(town.chi, opened, "Select")
    assert "#cop: selected by Chi" in words_of(decided)
    assert "Nothing waits" in words_of(await town.command(town.ben, town.cop, "/lesson queue"))


async def test_asking_back_goes_to_the_author_and_the_answer_comes_back(town: Town) -> None:
    await town.agreed()
    await town.tick()
    form = await town.press(town.chi, "A lesson for #cop?", "Ask back")
    await town.submit(town.chi, form, word="Does it hold for **nylon**, too?")
    card = town.direct(town.ana)[-1]
    assert card.title == "Chi asks about lesson 1"
    form = await town.press(town.ana, "Chi asks", "Answer")
    await town.submit(town.ana, form, word="For nylon twice as much")
    check = town.direct(town.chi)[0]
    assert "For nylon twice as much" in check.plain()
    assert "Ana answered you about a lesson for #cop" in town.direct(town.chi)[1].plain()
    opened = await town.press(town.chi, "Ana answered you", "Look at it")
    decided = await town.chat.press(town.chi, card_of(opened), "Select")
    await town.settle()
    assert "selected by Chi" in words_of(decided)
    assert len(town.copies(town.cop)) == 1


async def test_declining_takes_a_word_and_is_told_kindly(town: Town) -> None:
    await town.agreed()
    await town.tick()
    form = form_of(await town.press(town.chi, "A lesson for #cop?", "Decline"))
    wrong = await town.chat.submit(town.chi, form, {"word": " "})
    assert isinstance(wrong, Wrong)
    await town.chat.submit(town.chi, form, {"word": "We had it last week"})
    await town.settle()
    told = town.direct(town.ana)[-1].plain()
    assert "Chi did not take lesson 1 up for #cop this time" in told
    assert "We had it last week" in told
    assert town.copies(town.cop) == []


async def test_a_decision_can_be_taken_back_by_whoever_took_it(town: Town) -> None:
    await town.selected()
    card = town.card(town.chi.direct, "#cop: selected by Chi")
    town.chat.shown.setdefault(town.dee, []).append(card)
    assert "cannot be taken back" in words_of(await town.chat.press(town.dee, card, "Undo"))
    await town.press(town.chi, "#cop: selected by Chi", "Undo")
    assert town.copies(town.cop) == []
    await town.press(town.chi, "A lesson for #cop?", "Select")
    assert len(town.copies(town.cop)) == 1


async def test_another_wording_needs_the_authors_yes(town: Town) -> None:
    await town.agreed()
    await town.tick()
    form = await town.press(town.chi, "A lesson for #cop?", "Edit wording")
    await town.submit(town.chi, form, do="look at every line", word="Shorter?")
    assert town.copies(town.cop) == []
    card = town.direct(town.ana)[-1]
    assert card.title == "Chi would word lesson 1 like this"
    assert "look at every line" in card.plain()
    await town.press(town.ana, "Chi would word", "Rather not")
    await town.press(town.chi, "A lesson for #cop?", "Edit wording")
    form = await town.press(town.chi, "A lesson for #cop?", "Edit wording")
    await town.submit(town.chi, form, do="ask Dee to look at every line")
    await town.press(town.ana, "the name of a member", "It may stay")
    await town.press(town.ana, "Chi would word", "Yes, like this")
    (copy,) = town.copies(town.cop)
    assert "ask Dee to look at every line" in copy.plain()


async def test_a_curator_cannot_word_a_credential_into_a_lesson(town: Town) -> None:
    await town.agreed()
    await town.tick()
    form = form_of(await town.press(town.chi, "A lesson for #cop?", "Edit wording"))
    secret = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
    wrong = await town.chat.submit(town.chi, form, {"do": f"use {secret}"})
    assert isinstance(wrong, Wrong)
    assert "cannot be shared" in wrong.sentences["do"]


async def test_joined_to_a_similar_one_both_origins_are_told(town: Town) -> None:
    await town.selected()
    said = await town.say(
        town.dee, town.orchard, "When the tide turns, check the slack lines again"
    )
    await town.mark(town.chi, said)
    form = await town.press(town.dee, "May others learn", "Word it")
    await town.submit(town.dee, form)
    await town.press(town.dee, "Who sees it", "Yes, share it")
    await town.next_day()
    ref = town.ref(town.chi.direct, "A lesson for #cop?")
    card = next(one.card for one in town.chat.posts if one.ref == ref)
    assert "Much like" in card.plain()
    option = card.selects[0].options[0].label
    await town.choose(town.chi, ref, "Join to a similar one", option)
    (copy,) = town.copies(town.cop)
    assert "From: Ana, #harbour" in copy.plain()
    assert "And from: Dee, #orchard" in copy.plain()
    assert "joined lesson 2 to one in #cop" in town.direct(town.dee)[-1].plain()
    await town.command(town.dee, town.orchard, "/lesson withdraw 2")
    assert "Dee" not in town.copies(town.cop)[0].plain()


async def test_where_there_is_no_curator_two_members_decide(town: Town) -> None:
    await town.curate(town.cop)
    await town.agreed()
    await town.tick()
    asked = [one for one in (town.ben, town.chi, town.dee, town.eve) if town.direct(one)]
    assert len(asked) == 4
    assert all("A lesson for" not in card.title for card in town.direct(town.ana))
    card = town.card(town.ben.direct, "A lesson for #cop?")
    assert [one.label for one in card.buttons] == ["Yes, it helps us"]
    await town.press(town.ben, "A lesson for #cop?", "Yes, it helps us")
    await town.press(town.ben, "A lesson for #cop?", "Yes, it helps us")
    assert town.copies(town.cop) == []
    await town.press(town.eve, "A lesson for #cop?", "Yes, it helps us")
    assert len(town.copies(town.cop)) == 1


@pytest.mark.parametrize("label", ["Select", "Ask back", "Decline", "Edit wording"])
async def test_a_curator_who_lost_the_role_decides_nothing(town: Town, label: str) -> None:
    await town.agreed()
    await town.tick()
    await town.curate(town.cop, town.dee)
    said = words_of(await town.press(town.chi, "A lesson for #cop?", label))
    assert said == "Only a curator of #cop can decide that. Ask Dee."
    assert town.copies(town.cop) == []


async def test_a_form_that_was_open_when_the_role_went_decides_nothing(town: Town) -> None:
    await town.agreed()
    await town.tick()
    form = form_of(await town.press(town.chi, "A lesson for #cop?", "Decline"))
    await town.curate(town.cop, town.dee)
    wrong = await town.chat.submit(town.chi, form, {"word": "No"})
    assert isinstance(wrong, Wrong)
    assert [one.state for one in await town.items()] == ["waiting"]


async def test_seven_silent_days_leave_it_in_its_team_and_the_author_hears_it(town: Town) -> None:
    await town.agreed()
    await town.tick()
    await town.next_day(days=5)
    assert any("to be looked at for #cop" in one.plain() for one in town.direct(town.chi))
    await town.next_day(days=2)
    assert "That says nothing about the lesson." in town.direct(town.ana)[-1].plain()
    assert "it stays in its team" in town.direct(town.chi)[0].title
    late = words_of(await town.command(town.chi, town.cop, "/lesson queue"))
    assert "Nothing waits" in late


async def test_a_decision_about_what_was_withdrawn_is_calm(town: Town) -> None:
    await town.agreed()
    await town.tick()
    card = town.card(town.chi.direct, "A lesson for #cop?")
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    assert town.direct(town.chi) == []
    town.chat.shown.setdefault(town.chi, []).append(card)
    said = words_of(await town.chat.press(town.chi, card, "Select"))
    assert said == "This lesson was withdrawn, so there is nothing to decide."


async def test_a_community_that_is_named_twice_checks_it_once(town: Town) -> None:
    await town.agreed(to=f"{town.cop}\n{town.cop}")
    assert len(await town.items()) == 1


async def test_two_curators_who_press_at_once_select_it_once(town: Town) -> None:
    await town.curate(town.cop, town.chi, town.dee)
    await town.agreed(TIDE)
    await town.tick()
    for curator in (town.chi, town.dee):
        assert "A lesson for #cop?" in town.card(curator.direct, "A lesson for").title
    dees = town.card(town.dee.direct, "A lesson for #cop?")
    await town.press(town.chi, "A lesson for #cop?", "Select")
    assert "selected by Chi" in town.direct(town.dee)[0].title
    town.chat.shown.setdefault(town.dee, []).append(dees)
    said = words_of(await town.chat.press(town.dee, dees, "Select"))
    assert said == "For #cop, this lesson stands there already, so there is nothing to select."
    assert len(town.copies(town.cop)) == 1
