"""What people put in, press and take away that a lesson cannot be made of, and what they are told."""

from __future__ import annotations

import pytest

from bot.channels import config
from bot.channels import desk as channels
from bot.chat import AccountId, Card, Profile, Show, Text
from bot.checkins.rules import RhythmPlan
from tests.lessons.parts import TIDE, Town, card_of, form_of, words_of
from tests.lessons.test_following import both


async def test_a_mark_on_what_has_no_words_is_answered_to_the_marker_alone(village: Town) -> None:
    """One emoji, a family of them, a link, an image, a file: it is said what was left out."""
    for words, reason in (
        ("👍", "only “👍”"),
        ("👩‍👩‍👧‍👦", "only “👩‍👩‍👧‍👦”"),
        ("https://example.org/x", "only a link"),
        ("![](https://example.org/x.png)", "only a link"),
        ("", "no words in it, and pictures and files do not travel"),
    ):
        said = await village.say(village.ana, village.harbour, words)
        await village.mark(village.ben, said)
        assert reason in village.direct(village.ben)[-1].plain()
    assert village.direct(village.ana) == []
    assert await village.lessons() == []


async def test_forty_thousand_typed_characters_open_a_form_that_can_be_sent(village: Town) -> None:
    typed = "Check the lines. " + "and again " * 4_000
    reply = await village.command(village.ana, village.harbour, f"/lesson {typed}")
    await village.submit(village.ana, reply)
    assert "This is what they would read" in words_of(Show(village.chat.shown[village.ana][-1]))


async def test_the_message_of_a_machine_is_nobodys_lesson(village: Town) -> None:
    robot = village.chat.person("robot", Profile("Robot", is_bot=True))
    said = village.chat._put(village.harbour, robot, Card(text=Text.of(TIDE)))
    await village.mark(village.ben, said)
    reply = await village.chat.shortcut(village.ben, said, "Mark as lesson")
    assert "I do not know who wrote this" in words_of(reply)
    assert await village.lessons() == []


async def test_my_own_prompt_is_nobodys_lesson(village: Town) -> None:
    bay = await village.channel("bay", "team", village.ana, plan=RhythmPlan())
    await village.route((bay, village.cop))
    await village.next_day()
    prompt = village.last(village.ana.direct)
    await village.mark(village.ana, prompt)
    reply = await village.chat.shortcut(village.ana, prompt, "Mark as lesson")
    assert "This is a message of mine. Mark what a person wrote." in words_of(reply)
    assert await village.lessons() == []


async def test_a_message_that_is_deleted_meanwhile_is_passed_over(village: Town) -> None:
    gone = await village.say(village.ana, village.harbour, TIDE)
    await village.chat.react(village.ben, gone)
    await village.chat.remove_said(village.ana, gone)
    await village.settle()
    assert await village.lessons() == []
    assert village.direct(village.ben) == village.direct(village.ana) == []


async def test_a_channel_without_a_ring_is_passed_over(village: Town) -> None:
    lost = village.chat.channel("lost")
    said = await village.say(village.ana, lost, TIDE)
    await village.mark(village.ben, said)
    assert village.direct(village.ben) == []
    reply = await village.chat.shortcut(village.ben, said, "Mark as lesson")
    assert "an admin can set it up with /outloud setup" in words_of(reply)


async def test_somebody_from_outside_of_the_team_marks_nothing(village: Town) -> None:
    said = await village.say(village.ana, village.harbour, TIDE)
    for outside in (await village.person("zoe"), village.eve):
        await village.mark(outside, said)
        reply = await village.chat.shortcut(outside, said, "Mark as lesson")
        assert "Only members of #harbour can mark what is said there." in words_of(reply)
    assert await village.lessons() == []


async def test_a_stranger_who_presses_a_button_of_a_copy_is_refused(village: Town) -> None:
    await village.stands()
    stranger = AccountId("fake", "W1", "nobody")
    copy = village.ref(village.cop, "A lesson")
    for label in ("It worked", "Who could use this?"):
        reply = await village.chat.press(stranger, copy, label)
        assert "I only work for members of this workspace" in words_of(reply)


async def test_a_route_that_is_removed_while_a_lesson_waits_for_its_turn_stops_it(
    village: Town,
) -> None:
    async with village.work() as work:
        (await channels.get(work, "fake:W1", "cop")).relays_a_day = 1
    await village.stands()
    await village.agreed("When a winch screams, stop it at once because the brake is gone")
    await village.command(village.chi, village.cop, "/lesson queue")
    await village.chat.press(village.chi, village.chat.shown[village.chi][-1], "Select")
    await village.settle()
    await village.route()
    await village.next_day()
    assert len(village.copies(village.cop)) == 1
    assert "The way to #cop is gone meanwhile" in village.direct(village.ana)[-1].plain()


async def test_a_community_on_a_platform_that_is_switched_off_keeps_nobody_waiting(
    village: Town,
) -> None:
    """The other copies stand; its own comes when it is on again, and not at all after a withdrawal."""
    town = village
    await town.open_far()
    await town.route((town.harbour, town.cop), (town.harbour, town.reef))
    await town.agreed()
    await town.tick()
    ref = town.ref(town.fay.direct, "A lesson for #reef?")
    chats, town.sender._chats = town.sender._chats, {"fake": town.chat}
    await town.far.press(town.fay, ref, "Select")
    await town.press(town.chi, "A lesson for #cop?", "Select")
    await town.next_day(2)
    assert (len(town.copies(town.cop)), len(town.copies(town.reef))) == (1, 0)
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    assert town.copies(town.cop) == []
    town.sender._chats = chats
    await town.settle()
    assert town.copies(town.reef) == []


@pytest.mark.parametrize("how", ["edit", "delete", "forget"])
async def test_what_its_author_does_reaches_every_copy_after_a_restart_and_a_day_away(
    village: Town, how: str
) -> None:
    town = village
    await both(town)
    said = next(one.ref for one in town.chat.posts if one.by == town.ana)
    town.sender._chats = {"fake": town.chat}
    match how:
        case "edit":
            await town.chat.edit_said(town.ana, said, "When the wind turns, check the lines")
            await town.settle()
            await town.press(town.ana, "You changed", "Take the new words")
        case "delete":
            await town.chat.remove_said(town.ana, said)
            await town.settle()
        case _:
            ask = card_of(await town.command(town.ana, town.harbour, "/outloud mydata forget"))
            await town.chat.press(town.ana, ask, "Forget me")
            await town.settle()
    assert "tide" in town.copies(town.reef)[0].plain()
    assert "tide" not in str(town.copies(town.cop))
    town.later(days=1)
    await town.restart()
    await town.settle()
    for place in (town.cop, town.reef):
        copies = town.copies(place)
        assert "tide" not in str(copies)
        assert len(copies) == (how == "edit")


async def test_a_curator_whose_channel_is_taken_off_meanwhile_decides_nothing(
    village: Town,
) -> None:
    await village.agreed()
    await village.tick()
    ref = village.ref(village.chi.direct, "A lesson for #cop?")
    async with village.work() as work:
        await config.take_off(work, await channels.get(work, "fake:W1", "cop"))
    await village.chat.press(village.chi, ref, "Select")
    await village.settle()
    assert village.copies(village.cop) == []


async def test_a_form_for_a_name_that_nobody_has_is_wrong_beside_its_field(village: Town) -> None:
    await village.stands()
    asked = await village.press(village.dee, "A lesson", "Who could use this?", place=village.cop)
    wrong = await village.submit(village.dee, asked, who="987654321")
    assert "Choose one person in #cop." in words_of(wrong)
    assert form_of(asked).fields[0].label == "Who could use it?"
