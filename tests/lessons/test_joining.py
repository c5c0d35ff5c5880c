"""Joining by authors: a lesson stands with another one that says the same, when both authors want it."""

from __future__ import annotations

from bot.chat import Reply
from tests.lessons.parts import Town, words_of

SAME = "When the tide turns, check the slack lines again"


async def offered(town: Town) -> Reply:
    """Ana's lesson stands, and Dee would have hers stand with it."""
    await town.stands()
    said = await town.say(town.dee, town.orchard, SAME)
    await town.mark(town.chi, said)
    form = await town.press(town.dee, "May others learn", "Word it")
    await town.submit(town.dee, form)
    preview = town.ref(town.dee.direct, "Who sees it")
    (select,) = town.card(town.dee.direct, "Who sees it").selects
    return await town.choose(town.dee, preview, select.label, select.options[0].label)


async def test_when_both_authors_agree_one_copy_names_both_origins(town: Town) -> None:
    await offered(town)
    asked = town.card(town.ana.direct, "Dee learned much the same as you").plain()
    assert "check the slack lines again" in asked
    assert "Dee" not in town.copies(town.cop)[0].plain()
    await town.press(town.ana, "Dee learned much the same", "Yes, join them")
    (copy,) = town.copies(town.cop)
    assert "From: Ana, #harbour" in copy.plain()
    assert "And from: Dee, #orchard" in copy.plain()
    assert "Lesson 2 stands with the other one in #cop now." in town.direct(town.dee)[-1].plain()
    assert all("much the same" not in one.title for one in town.direct(town.ana))
    await town.command(town.dee, town.orchard, "/lesson withdraw 2")
    assert "Dee" not in town.copies(town.cop)[0].plain()


async def test_when_the_other_author_would_rather_not_a_curator_looks_at_it(village: Town) -> None:
    town = village
    await offered(town)
    await town.press(town.ana, "Dee learned much the same", "Rather not")
    assert "stays one of its own" in town.direct(town.dee)[-1].plain()
    await town.next_day()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    assert len(town.copies(town.cop)) == 2


async def test_after_seven_silent_days_a_curator_looks_at_it(village: Town) -> None:
    town = village
    await offered(town)
    await town.next_day(7)
    assert "stays one of its own" in town.direct(town.dee)[-1].plain()
    assert all("much the same" not in one.title for one in town.direct(town.ana))
    assert "A lesson for #cop?" in town.card(town.chi.direct, "slack lines").title


async def test_a_withdrawal_takes_the_question_along(village: Town) -> None:
    town = village
    await offered(town)
    await town.command(town.dee, town.orchard, "/lesson withdraw 2")
    assert all("much the same" not in one.title for one in town.direct(town.ana))


async def test_an_undone_yes_takes_the_question_along(village: Town) -> None:
    town = village
    await offered(town)
    await town.press(town.dee, "Lesson 2: shared", "Undo")
    assert all("much the same" not in one.title for one in town.direct(town.ana))
    await town.press(town.dee, "Who sees it", "Yes, share it")
    assert "somebody in #cop looks at it" in town.direct(town.dee)[-1].plain()


async def test_nobody_but_its_author_says_whether_another_joins(village: Town) -> None:
    town = village
    await offered(town)
    question = town.ref(town.ana.direct, "Dee learned much the same")
    reply = await town.chat.press(town.eve, question, "Yes, join them")
    assert "Only who wrote it can decide about it." in words_of(reply)
    assert "Dee" not in town.copies(town.cop)[0].plain()


async def test_with_a_lesson_of_ones_own_it_joins_at_once(village: Town) -> None:
    town = village
    await town.stands()
    said = await town.say(town.ana, town.harbour, SAME)
    await town.mark(town.ben, said)
    form = await town.press(town.ana, "May others learn", "Word it")
    await town.submit(town.ana, form)
    preview = town.ref(town.ana.direct, "Who sees it")
    (select,) = town.card(town.ana.direct, "Who sees it").selects
    await town.choose(town.ana, preview, select.label, select.options[0].label)
    assert town.copies(town.cop)[0].plain().count("Ana, #harbour") == 2
    assert "it stands with the other one, now" in town.direct(town.ana)[-1].plain()
