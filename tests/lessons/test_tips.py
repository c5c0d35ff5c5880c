"""Who could use this: one person hears of a lesson once, because one other person thought of them."""

from __future__ import annotations

import pytest

from bot.chat import AccountId, Card, Reply
from bot.checkins.rules import Question, RhythmPlan
from bot.people import desk as people
from tests.lessons.parts import Town, card_of, form_of, words_of


async def thought(town: Town, by: AccountId, of: str) -> Reply:
    """Somebody presses the button on the copy and chooses a name."""
    asked = await town.press(by, "A lesson", "Who could use this?", place=town.cop)
    options = {one.label: one.value for one in form_of(asked).fields[0].options}
    return await town.submit(by, asked, who=options[of])


def tips(town: Town, who: AccountId) -> list[Card]:
    return [one for one in town.direct(who) if "thought that you could use this" in one.title]


async def test_one_named_person_gets_one_message_with_the_lesson_and_its_buttons(
    town: Town,
) -> None:
    await town.stands()
    reply = await thought(town, town.dee, "Eve")
    assert "Thank you! When it is a good time for Eve" in words_of(reply)
    await town.tick()
    (tip,) = tips(town, town.eve)
    assert tip.title == "Dee thought that you could use this"
    assert "When the tide turns" in tip.plain()
    assert "From: Ana, #harbour" in tip.plain()
    await town.press(town.eve, "Dee thought", "It worked")
    assert town.copies(town.cop)[0].footnote.startswith("It worked for 1.")


async def test_the_form_offers_the_members_of_that_channel_but_its_author_and_oneself(
    village: Town,
) -> None:
    town = village
    await town.stands()
    asked = await town.press(town.dee, "A lesson", "Who could use this?", place=town.cop)
    assert [one.label for one in form_of(asked).fields[0].options] == ["Ben", "Chi", "Eve"]


async def test_nobody_hears_of_one_lesson_twice_however_many_think_of_them(town: Town) -> None:
    await town.stands()
    for who in (town.dee, town.dee, town.ben):
        assert "Thank you!" in words_of(await thought(town, who, "Eve"))
        await town.tick()
    assert len(tips(town, town.eve)) == 1


async def test_nobody_hears_of_more_than_two_a_week(village: Town) -> None:
    town = village
    for n in range(3):
        await town.stands(f"When number {n} comes, call the yard before anybody else does")
        asked = await town.press(town.dee, f"number {n}", "Who could use this?", place=town.cop)
        options = {one.label: one.value for one in form_of(asked).fields[0].options}
        await town.submit(town.dee, asked, who=options["Eve"])
        await town.next_day()
    assert len(tips(town, town.eve)) == 2
    await town.next_day(7)
    assert len(tips(town, town.eve)) == 3


async def test_two_accounts_of_one_human_hear_of_a_lesson_once(village: Town) -> None:
    town = village
    await town.stands()
    async with town.work() as work:
        eve, ben = [await people.caller(work, one) for one in (town.eve, town.ben)]
        await people.link(work, eve, ben)
    await thought(town, town.dee, "Eve")
    await thought(town, town.dee, "Ben")
    await town.tick()
    assert len(tips(town, town.eve) + tips(town, town.ben)) == 1


async def test_whoever_is_away_hears_of_it_when_they_are_back(village: Town) -> None:
    town = village
    await town.stands()
    await town.command(town.eve, town.cop, "/checkin away until 2026-11-18")
    await thought(town, town.dee, "Eve")
    await town.tick()
    assert tips(town, town.eve) == []
    town.at("2026-11-19T10:00:00+00:00")
    await town.tick()
    assert len(tips(town, town.eve)) == 1


async def test_nobody_hears_of_it_at_night(village: Town) -> None:
    town = village
    await town.stands()
    await thought(town, town.dee, "Eve")
    town.at("2026-11-16T23:00:00+00:00")
    await town.tick()
    assert tips(town, town.eve) == []
    town.at("2026-11-17T09:00:00+00:00")
    await town.tick()
    assert len(tips(town, town.eve)) == 1


async def test_what_found_no_good_time_in_two_weeks_is_let_go(village: Town) -> None:
    town = village
    await town.stands()
    await thought(town, town.dee, "Eve")
    await town.command(town.eve, town.cop, "/checkin away until 2026-12-24")
    await town.next_day(15)
    town.at("2026-12-28T10:00:00+00:00")
    await town.tick()
    assert tips(town, town.eve) == []


@pytest.mark.parametrize("how", ["tips", "everything"])
async def test_whoever_said_stop_is_left_alone_and_nobody_is_told(village: Town, how: str) -> None:
    town = village
    await town.stands()
    if how == "tips":
        card = card_of(await town.command(town.eve, town.cop, "/lesson replies"))
        await town.chat.press(town.eve, card, "Stop lessons for me")
    else:
        form = form_of(await town.command(town.eve, town.cop, "/checkin settings"))
        await town.chat.submit(town.eve, form, {"prompts": "stop"})
    reply = await thought(town, town.dee, "Eve")
    assert "Thank you! When it is a good time for Eve" in words_of(reply)
    await town.tick()
    assert tips(town, town.eve) == []


async def test_not_for_me_is_told_to_nobody(village: Town) -> None:
    town = village
    await town.stands()
    await thought(town, town.dee, "Eve")
    await town.tick()
    said = len(town.direct(town.dee)), len(town.direct(town.ana))
    await town.press(town.eve, "Dee thought", "Not for me")
    assert tips(town, town.eve) == []
    assert "Nobody hears of it" in town.direct(town.eve)[-1].plain()
    assert (len(town.direct(town.dee)), len(town.direct(town.ana))) == said
    await town.press(town.dee, "A lesson", "Saw it", place=town.cop)
    assert "Nobody hears of it" in town.direct(town.eve)[-1].plain()


async def test_no_more_of_these_ends_them(village: Town) -> None:
    town = village
    await town.stands()
    await thought(town, town.dee, "Eve")
    await town.tick()
    reply = await town.press(town.eve, "Dee thought", "No more of these")
    assert "Lessons that somebody thinks are for me: do not come to me" in words_of(reply)


async def test_a_tip_follows_its_lesson_and_goes_with_it(town: Town) -> None:
    await town.stands()
    await thought(town, town.dee, "Eve")
    await town.tick()
    form = await town.press(town.ana, "Lesson 1: shared", "Change the wording")
    await town.submit(town.ana, form, do="check every rope")
    await town.press(town.ana, "Who sees it", "Yes, change it everywhere")
    assert "check every rope" in tips(town, town.eve)[0].plain()
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    assert tips(town, town.eve) == []


async def test_a_lesson_withdrawn_meanwhile_is_shown_to_nobody(village: Town) -> None:
    town = village
    await town.stands()
    await thought(town, town.dee, "Eve")
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    await town.tick()
    assert tips(town, town.eve) == []


async def test_whoever_said_already_what_they_made_of_it_is_not_told(village: Town) -> None:
    town = village
    await town.stands()
    await town.press(town.eve, "A lesson", "Saw it", place=town.cop)
    await thought(town, town.dee, "Eve")
    await town.tick()
    assert tips(town, town.eve) == []


async def test_the_author_can_think_of_somebody_on_their_own_lesson(village: Town) -> None:
    town = village
    await town.stands()
    shown = card_of(await town.command(town.ana, town.harbour, "/lesson show 1"))
    await town.chat.press(town.ana, shown, "Who could use this?")
    asked = await town.press(town.ana, "Lesson 1: shared", "Who could use this?")
    options = {one.label: one.value for one in form_of(asked).fields[0].options}
    await town.submit(town.ana, asked, who=options["Eve"])
    await town.tick()
    assert tips(town, town.eve)[0].title == "Ana thought that you could use this"


async def test_somebody_who_cannot_read_the_channel_thinks_of_nobody(village: Town) -> None:
    town = village
    await town.stands()
    zoe = await town.person("zoe")
    reply = await town.press(zoe, "A lesson", "Who could use this?", place=town.cop)
    assert "you cannot read it" in words_of(reply)


async def test_who_wrote_about_something_like_it_is_proposed(village: Town) -> None:
    town = village
    plan = RhythmPlan(questions=(Question("plan", "What will you move?"),))
    bay = await town.channel("bay", "team", town.dee, town.eve, town.ben, plan=plan)
    for who, words in ((town.ben, "Bake bread"), (town.eve, "Check the lines as the tide turns")):
        opened = await town.command(who, bay, "/checkin")
        await town.submit(who, opened, **{"answer.plan": words})
    await town.stands()
    asked = await town.press(town.dee, "A lesson", "Who could use this?", place=town.cop)
    (field,) = form_of(asked).fields
    named = {one.value: one.label for one in field.options}
    assert named[field.value] == "Eve"
    assert field.hint == "Eve wrote about something like it."


async def test_whoever_thought_of_somebody_and_was_forgotten_is_not_named(village: Town) -> None:
    town = village
    await town.stands()
    await thought(town, town.dee, "Eve")
    await town.tick()
    ask = card_of(await town.command(town.dee, town.cop, "/outloud mydata forget"))
    await town.chat.press(town.dee, ask, "Forget me")
    await town.settle()
    assert tips(town, town.eve)[0].title == "Somebody thought that you could use this"
