"""Marking: what makes a question to an author, what does not, and that there is one question however many mark."""

from __future__ import annotations

import pytest

from bot.chat import Ask, Busy, Show
from bot.checkins.rules import Question, RhythmPlan
from bot.people import desk as people
from tests.lessons.parts import TIDE, Town, form_of, words_of


async def test_a_mark_asks_whoever_said_it_and_nobody_else(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, TIDE)
    await town.mark(town.ben, said)
    (card,) = town.direct(town.ana)
    assert card.title == "Ben found a lesson in this"
    assert "Nothing leaves #harbour without your yes." in card.plain()
    assert [one.label for one in card.buttons] == ["Word it", "Later", "Not this one"]
    assert town.direct(town.ben) == []
    assert town.copies(town.cop) == []


async def test_ten_marks_make_one_question(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, TIDE)
    markers = [await town.person(f"p{n}") for n in range(9)]
    await town.channel_joined(town.harbour, *markers)
    for one in (town.ben, *markers):
        await town.chat.react(one, said)
    await town.settle()
    (card,) = town.direct(town.ana)
    assert card.title == "Several people found a lesson in this"
    assert [one.number for one in await town.lessons()] == [1]


async def test_a_mark_that_is_delivered_again_changes_nothing(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, TIDE)
    await town.mark(town.ben, said)
    await town.chat.deliver_again()
    await town.settle()
    assert len(town.direct(town.ana)) == 1


async def test_a_message_in_a_thread_can_be_marked(town: Town) -> None:
    root = await town.say(town.ben, town.harbour, "How is it going?")
    said = await town.say(town.ana, root.replies, TIDE)
    await town.mark(town.ben, said)
    assert "tide turns" in town.card(town.ana.direct, "May others").plain()


async def test_the_last_mark_taken_off_takes_the_question_along(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, TIDE)
    await town.mark(town.ben, said)
    await town.mark(town.ben, said, added=False)
    assert town.direct(town.ana) == []
    assert await town.lessons() == []
    await town.mark(town.ben, said)
    assert len(town.direct(town.ana)) == 1


async def test_a_mark_taken_off_after_the_author_began_changes_nothing(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, TIDE)
    await town.mark(town.ben, said)
    await town.submit(town.ana, await town.press(town.ana, "May others learn", "Word it"))
    await town.mark(town.ben, said, added=False)
    assert "This is what they would read" in town.direct(town.ana)[0].title


async def test_when_the_platform_is_busy_the_mark_is_handled_later(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, TIDE)
    await town.chat.react(town.ben, said)
    fetch = town.chat.fetch
    troubles = [Busy(30)]

    async def busy_once(ref):  # type: ignore[no-untyped-def]
        if troubles:
            raise troubles.pop()
        return await fetch(ref)

    town.chat.fetch = busy_once  # type: ignore[method-assign]
    await town.settle()
    assert town.direct(town.ana) == []
    town.later(seconds=31)
    await town.settle()
    assert len(town.direct(town.ana)) == 1


async def test_our_own_messages_and_what_is_said_in_communities_are_passed_over(
    village: Town,
) -> None:
    town = village
    await town.mark(town.ben, await town.say(town.ana, town.cop, TIDE))
    own = await town.command(town.ana, town.harbour, "/grain Rig the boat")
    assert isinstance(own, Show)
    await town.mark(town.ben, town.parent(town.harbour))
    assert await town.lessons() == []
    assert town.direct(town.ana) == town.direct(town.ben) == []


async def test_without_a_way_to_a_community_the_marker_is_told(town: Town) -> None:
    await town.route()
    await town.mark(town.ben, await town.say(town.ana, town.harbour, TIDE))
    assert "No way leads from #harbour to a community yet." in town.direct(town.ben)[0].plain()


async def test_the_shortcut_says_why_where_a_reaction_is_silent(town: Town) -> None:
    for place, sentence in (
        (town.chat.channel("lost"), "I do not work in this channel"),
        (town.cop, "Lessons come from teams, and #cop is a community."),
    ):
        said = await town.say(town.ana, place, TIDE)
        reply = await town.chat.shortcut(town.ben, said, "Mark as lesson")
        assert sentence in words_of(reply)


async def test_the_shortcut_on_my_own_message_opens_the_form_at_once(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, TIDE)
    form = form_of(await town.chat.shortcut(town.ana, said, "Mark as lesson"))
    held = {field.key: field.value for field in form.fields}
    assert held["when"] == "the tide turns"
    assert held["quote"] == TIDE
    thanks = await town.chat.shortcut(town.ben, said, "Mark as lesson")
    assert "I ask Ana, who decides" in words_of(thanks)


async def test_the_command_opens_the_form_with_what_was_typed(town: Town) -> None:
    reply = await town.command(town.ana, town.harbour, f"/lesson {TIDE}")
    held = {field.key: field.value for field in form_of(reply).fields}
    assert (held["when"], held["do"]) == ("the tide turns", "check the lines again")
    assert held["quote"] == ""
    assert "May others learn" in town.direct(town.ana)[0].plain()


@pytest.mark.parametrize(
    ("typed", "sentence"), [("👍", "only “👍”"), ("https://example.org", "only a link")]
)
async def test_the_command_refuses_what_has_no_words(town: Town, typed: str, sentence: str) -> None:
    assert sentence in words_of(await town.command(town.ana, town.harbour, f"/lesson {typed}"))


async def test_a_lesson_of_forty_thousand_characters_opens_a_form_that_can_be_sent(
    town: Town,
) -> None:
    said = await town.say(town.ana, town.harbour, "Check the lines. " + "and again " * 4_000)
    await town.mark(town.ben, said)
    form = form_of(await town.press(town.ana, "May others learn", "Word it"))
    assert "too long to travel" in form.text.plain()
    await town.chat.submit(town.ana, form, {})
    await town.settle()
    assert "This is what they would read" in town.direct(town.ana)[0].title


async def test_what_was_learned_from_a_grain_can_be_marked(town: Town) -> None:
    await town.command(town.ana, town.harbour, "/grain Rig the small boat")
    settled = await town.command(town.ana, town.harbour, "/grain 1 done Rig it the day before")
    assert isinstance(settled, Show)
    reply = await town.chat.press(town.ana, settled.card, "Mark as a lesson")
    held = {field.key: field.value for field in form_of(reply).fields}
    assert held["do"] == "Rig it the day before"


async def test_a_grain_card_in_the_thread_can_be_marked_by_a_teammate(town: Town) -> None:
    await town.command(town.ana, town.harbour, "/grain Rig the small boat first")
    grain = town.find(town.parent(town.harbour).replies, "Rig the small boat")
    await town.mark(town.ben, grain)
    assert "Rig the small boat" in town.card(town.ana.direct, "May others").plain()


async def test_an_entry_is_marked_by_its_card_and_offers_what_was_learned(town: Town) -> None:
    plan = RhythmPlan(
        questions=(
            Question("plan", "What will you move?", role="plan"),
            Question("learned", "What surprised you?", role="learned", optional=True),
        )
    )
    bay = await town.channel("bay", "team", town.ana, town.ben, plan=plan)
    await town.route((town.harbour, town.cop), (bay, town.cop))
    opened = await town.command(town.ana, bay, "/checkin")
    assert isinstance(opened, Ask)
    answers = {"answer.plan": "Move the crane", "answer.learned": "Cranes need a dry day"}
    await town.chat.submit(town.ana, opened.form, answers, place=bay)
    await town.settle()
    entry = town.find(town.parent(bay).replies, "Cranes need a dry day")
    await town.mark(town.ben, entry)
    card = town.card(town.ana.direct, "May others")
    assert "Cranes need a dry day" in card.plain()
    assert "Move the crane" not in card.plain()


async def test_an_author_who_is_away_or_asleep_is_asked_when_they_are_back(town: Town) -> None:
    await town.command(town.ana, town.harbour, "/checkin away until 2026-11-18")
    await town.mark(town.ben, await town.say(town.ana, town.harbour, TIDE))
    await town.tick()
    assert all("May others" not in card.plain() for card in town.direct(town.ana))
    town.at("2026-11-19T10:00:00+00:00")
    await town.tick()
    assert "May others" in town.card(town.ana.direct, "May others").plain()


async def test_whoever_left_is_not_asked(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, TIDE)
    async with town.work() as work:
        (await people.caller(work, town.ana)).present = False
    await town.mark(town.ben, said)
    assert "has left" in town.direct(town.ben)[0].plain()
