"""Agreeing: nothing leaves without its author's yes, and what leaves is exactly what they saw."""

from __future__ import annotations

import pytest

from bot.chat import Wrong
from bot.lessons.desk import agreeing, steps
from bot.people import desk as people
from tests.lessons.parts import TIDE, Town, card_of, form_of, words_of


async def marked(town: Town, words: str = TIDE) -> None:
    await town.mark(town.ben, await town.say(town.ana, town.harbour, words))


async def worded(town: Town, words: str = TIDE, **answers: str) -> None:
    await marked(town, words)
    form = await town.press(town.ana, "May others learn", "Word it")
    await town.submit(town.ana, form, **answers)


async def test_the_preview_is_the_exact_post_and_says_who_reads_it(town: Town) -> None:
    await worded(town)
    preview = town.card(town.ana.direct, "This is what they would read")
    said = preview.plain()
    assert "#cop on fake: 5 members" in said
    assert "Everybody in #cop will see it, and whoever joins later." in said
    await town.press(town.ana, "This is what", "Yes, share it")
    await town.tick()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    (copy,) = town.copies(town.cop)
    assert copy.text == preview.text
    assert set(copy.facts) <= set(preview.facts)


async def test_not_this_one_is_told_to_nobody(town: Town) -> None:
    await marked(town)
    await town.press(town.ana, "May others learn", "Not this one")
    assert "nobody is told" in town.direct(town.ana)[0].plain()
    assert town.direct(town.ben) == []
    town.later(days=8)
    await town.tick()
    assert len(town.direct(town.ana)) == 1


async def test_later_asks_again_on_the_next_day(town: Town) -> None:
    await marked(town)
    await town.press(town.ana, "May others learn", "Later")
    assert "I come back to it tomorrow" in town.direct(town.ana)[0].plain()
    await town.next_day()
    assert "May others learn" in town.direct(town.ana)[-1].plain()


async def test_seven_silent_days_leave_it_in_the_team_and_the_author_is_told_once(
    town: Town,
) -> None:
    await marked(town)
    await town.next_day(days=6)
    assert "May others" in town.direct(town.ana)[0].plain()
    await town.next_day()
    assert "stays in your team" in town.direct(town.ana)[0].plain()
    count = len(town.chat.posts)
    await town.next_day(days=8)
    assert len(town.chat.posts) == count
    await town.press(town.ana, "stays in your team", "Share it after all")
    assert "May others" in town.direct(town.ana)[0].plain()


async def test_a_credential_cannot_be_confirmed_away(town: Town) -> None:
    secret = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
    await worded(town, f"When the build fails, use the token {secret} again")
    card = town.direct(town.ana)[0]
    assert "cannot be shared" in card.plain()
    assert secret not in card.plain()
    assert "It may stay" not in [one.label for one in card.buttons]
    await town.press(town.ana, "cannot be shared", card.buttons[0].label)
    assert secret not in str([one.draft for one in await town.lessons()])
    assert secret not in town.direct(town.ana)[0].plain()
    assert town.direct(town.ana)[0].title == "This is what they would read"


async def test_findings_are_shown_one_by_one_and_a_confirmed_one_stays_confirmed(
    town: Town,
) -> None:
    await worded(town, "When in doubt, ask Ben or write to help@harbour.example first")
    await town.press(town.ana, "the name of a member", "It may stay")
    await town.press(town.ana, "an e-mail address", "It may stay")
    form = await town.press(town.ana, "This is what", "Change the wording")
    await town.submit(town.ana, form, because="they know")
    assert town.direct(town.ana)[0].title == "This is what they would read"
    form = await town.press(town.ana, "This is what", "Change the wording")
    await town.submit(town.ana, form, because="Chi said so")
    assert "the name of a member" in town.direct(town.ana)[0].plain()


async def test_confidential_terms_and_the_names_of_other_teams_are_found(town: Town) -> None:
    async with town.work() as work:
        (await people.workspace(work, "fake:W1")).confidential = ["Project Falcon"]
    await worded(town, "When project falcon slips, tell everybody at once and early")
    assert "confidential terms" in town.direct(town.ana)[0].plain()


async def test_an_unnamed_lesson_tells_neither_who_nor_which_team(town: Town) -> None:
    await town.selected(attribution="unnamed")
    (copy,) = town.copies(town.cop)
    for name in ("Ana", "harbour"):
        assert name not in copy.plain()
    check = town.card(town.chi.direct, "#cop: selected")
    assert "Ana" not in check.plain()
    assert "harbour" not in check.plain()


async def test_an_unnamed_lesson_that_names_its_team_in_its_words_is_found(town: Town) -> None:
    await worded(
        town, "When Ana from team-1 calls, answer at the first ring", attribution="unnamed"
    )
    assert "the name of a member" in town.direct(town.ana)[0].plain()


async def test_a_lesson_by_the_team_names_the_team_alone(town: Town) -> None:
    await town.selected(attribution="team")
    assert "From: #harbour" in town.copies(town.cop)[0].plain()
    assert "Ana" not in town.copies(town.cop)[0].plain()


async def test_a_community_that_takes_other_topics_is_refused_beside_the_field(town: Town) -> None:
    await town.route((town.harbour, town.cop), topics=("reliability", "care"))
    await marked(town)
    form = form_of(await town.press(town.ana, "May others learn", "Word it"))
    wrong = await town.chat.submit(town.ana, form, {"topics": "sailing"})
    assert isinstance(wrong, Wrong)
    assert "#cop takes lessons about reliability or care" in wrong.sentences["topics"]
    await town.chat.submit(town.ana, form, {"topics": "Care"})
    await town.settle()
    assert town.direct(town.ana)[0].title == "This is what they would read"


@pytest.mark.parametrize("field", ["do", "to"])
async def test_a_form_that_says_nothing_is_wrong_beside_its_field(town: Town, field: str) -> None:
    await marked(town)
    form = form_of(await town.press(town.ana, "May others learn", "Word it"))
    wrong = await town.chat.submit(town.ana, form, {field: ""})
    assert isinstance(wrong, Wrong)
    assert field in wrong.sentences
    assert town.direct(town.ana)[0].title == "Ben found a lesson in this"


async def test_a_form_that_is_left_changes_nothing(town: Town) -> None:
    await marked(town)
    form = form_of(await town.press(town.ana, "May others learn", "Word it"))
    await town.chat.submit(town.ana, form, {"do": "something"}, final=False)
    await town.settle()
    assert town.direct(town.ana)[0].title == "Ben found a lesson in this"


async def test_consent_pressed_twice_is_calm_and_counts_once(town: Town) -> None:
    await worded(town)
    ref = town.ref(town.ana.direct, "This is what")
    old = next(one.card for one in town.chat.posts if one.ref == ref)
    await town.press(town.ana, "This is what", "Yes, share it")
    town.chat.shown.setdefault(town.ana, []).append(old)
    again = await town.chat.press(town.ana, old, "Yes, share it")
    await town.settle()
    assert "is agreed already" in words_of(again)
    assert len(await town.items()) == 1


async def test_nobody_else_can_say_yes(town: Town) -> None:
    await worded(town)
    card = town.card(town.ana.direct, "This is what")
    for other in (town.ben, town.chi, town.dee):
        town.chat.shown.setdefault(other, []).append(card)
        for label in ("Yes, share it", "Change the wording", "Not this one"):
            said = words_of(await town.chat.press(other, card, label))
            assert said == "Only who wrote it can decide about it."
    assert await town.items() == []


async def test_consent_after_a_withdrawal_shares_nothing(town: Town) -> None:
    await worded(town)
    card = town.card(town.ana.direct, "This is what")
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    town.chat.shown.setdefault(town.ana, []).append(card)
    said = words_of(await town.chat.press(town.ana, card, "Yes, share it"))
    assert "was withdrawn" in said
    assert await town.items() == []


async def test_a_yes_can_be_taken_back_while_nobody_acted_on_it(town: Town) -> None:
    await worded(town)
    await town.press(town.ana, "This is what", "Yes, share it")
    await town.tick()
    assert town.direct(town.chi) != []
    await town.press(town.ana, "Lesson 1: shared", "Undo")
    assert town.direct(town.ana)[0].title == "This is what they would read"
    assert await town.items() == []
    assert town.direct(town.chi) == []
    await town.press(town.ana, "This is what", "Yes, share it")
    await town.next_day()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    assert "Undo" not in [one.label for one in town.direct(town.ana)[0].buttons]


async def test_a_route_that_is_gone_before_the_yes_is_said(town: Town) -> None:
    await worded(town)
    await town.route()
    card = town.card(town.ana.direct, "This is what")
    said = words_of(await town.press(town.ana, "This is what", "Yes, share it"))
    assert "is gone meanwhile" in said
    assert card.title == town.direct(town.ana)[0].title


async def test_by_command_the_whole_way_goes_in_answers_to_the_caller(town: Town) -> None:
    form = await town.command(town.ana, town.harbour, f"/lesson {TIDE}")
    shown = await town.submit(town.ana, form)
    assert card_of(shown).title == "This is what they would read"
    done = await town.chat.press(town.ana, card_of(shown), "Yes, share it")
    assert "a curator" in words_of(done) or "looks at it" in words_of(done)
    await town.settle()
    assert town.direct(town.ana)[0].title == "Lesson 1: shared"


async def test_the_yes_and_its_items_come_together_or_not_at_all(town: Town) -> None:
    """What ends the transaction leaves the question as it was."""
    await worded(town)
    (found,) = await town.lessons()

    async def ends_early() -> None:
        async with town.work() as work:
            author = await people.caller(work, town.ana)
            lesson = await steps.own(work, author, str(found.id))
            await agreeing.agree(work, author, lesson)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await ends_early()
    await town.settle()
    assert await town.items() == []
    assert [one.state for one in await town.lessons()] == ["marked"]
    await town.press(town.ana, "This is what", "Yes, share it")
    assert len(await town.items()) == 1


async def test_the_author_sees_what_says_much_the_same_already(town: Town) -> None:
    await town.selected()
    await worded(town, "When the tide turns, check the slack lines again at night")
    assert "Much like: • When the tide turns, check the lines again" in town.card(
        town.ana.direct, "This is what they would read"
    ).plain().replace("\n", " ")
