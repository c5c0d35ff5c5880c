"""Following: what becomes of the source becomes of the copies, and of exactly those it should."""

from __future__ import annotations

from tests.lessons.parts import TIDE, Town


async def both(town: Town) -> None:
    """Ana's lesson stands in a community here and in one on another platform."""
    await town.open_far()
    await town.route((town.harbour, town.cop), (town.harbour, town.reef))
    await town.agreed()
    await town.tick()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    await town.press(town.fay, "A lesson for #reef?", "Select")


async def test_an_edit_of_the_source_changes_the_copies_once_its_author_says_so(
    town: Town,
) -> None:
    said = await town.selected()
    await town.chat.edit_said(town.ana, said, "When the tide turns, check every rope")
    await town.settle()
    card = town.direct(town.ana)[-1]
    assert card.title == "You changed the words behind lesson 1"
    assert "check the lines again" in card.plain()
    assert "check every rope" in card.plain()
    assert "rope" not in town.copies(town.cop)[0].plain()
    await town.press(town.ana, "You changed", "Take the new words")
    copy = town.copies(town.cop)[0].plain()
    assert "When the tide turns, check every rope" in copy
    assert "lines" not in copy


async def test_the_guard_reads_the_new_words_first(town: Town) -> None:
    said = await town.selected()
    await town.chat.edit_said(town.ana, said, "When the tide turns, ask Ben about every rope")
    await town.settle()
    await town.press(town.ana, "You changed", "Take the new words")
    assert "the name of a member" in town.direct(town.ana)[-1].plain()
    assert "Ben" not in town.copies(town.cop)[0].plain()
    for _ in range(2):
        if "the name of a member" in town.direct(town.ana)[-1].plain():
            await town.press(town.ana, "the name of a member", "Write a colleague instead")
    await town.press(town.ana, "Who sees it", "Yes, change it everywhere")
    assert "a colleague" in town.copies(town.cop)[0].plain()


async def test_an_edit_that_is_taken_back_or_left_changes_nothing(town: Town) -> None:
    said = await town.selected()
    before = town.copies(town.cop)
    await town.chat.edit_said(town.ana, said, "Another word")
    await town.settle()
    await town.chat.edit_said(town.ana, said, TIDE)
    await town.settle()
    assert "You changed" not in town.direct(town.ana)[-1].plain()
    await town.chat.edit_said(town.ana, said, "Yet another word")
    await town.settle()
    await town.press(town.ana, "You changed", "Leave it as it was")
    assert town.copies(town.cop) == before


async def test_an_edit_before_the_yes_is_what_the_author_words(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, TIDE)
    await town.mark(town.ben, said)
    await town.chat.edit_said(town.ana, said, "When the wind turns, check the sails")
    await town.settle()
    assert "the wind turns" in town.direct(town.ana)[0].plain()


async def test_a_deleted_source_takes_every_copy_along(town: Town) -> None:
    await both(town)
    said = next(one.ref for one in town.chat.posts if one.by == town.ana)
    await town.chat.remove_said(town.ana, said)
    await town.settle()
    assert town.copies(town.cop) == town.copies(town.reef) == []
    assert "You deleted the words behind lesson 1" in town.direct(town.ana)[-1].plain()
    await town.press(town.ana, "You deleted", "Undo")
    assert len(town.copies(town.cop)) == len(town.copies(town.reef)) == 1


async def test_a_source_deleted_before_the_yes_takes_the_question_along(town: Town) -> None:
    said = await town.say(town.ana, town.harbour, TIDE)
    await town.mark(town.ben, said)
    await town.chat.remove_said(town.ana, said)
    await town.settle()
    assert town.direct(town.ana) == []
    assert await town.lessons() == []


async def test_a_withdrawal_reaches_a_platform_that_was_away(town: Town) -> None:
    await both(town)
    chats = dict(town.sender._chats)
    town.sender._chats = {"fake": town.chat}
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    await town.next_day()
    assert len(town.copies(town.reef)) == 1
    town.sender._chats = chats
    await town.settle()
    assert town.copies(town.reef) == []


async def test_a_copy_that_a_moderator_takes_away_stays_away_and_the_others_stay(
    town: Town,
) -> None:
    await both(town)
    copy = town.ref(town.reef, "A lesson")
    await town.far.remove_said(town.gus, copy)
    await town.settle()
    assert town.copies(town.reef) == []
    assert len(town.copies(town.cop)) == 1
    assert "A moderator of #reef took the copy" in town.direct(town.ana)[-1].plain()
    form = await town.press(town.ana, "A moderator", "Change the wording")
    await town.submit(town.ana, form, because="it holds")
    await town.press(town.ana, "Who sees it", "Yes, change it everywhere")
    assert town.copies(town.reef) == []
    assert "it holds" in town.copies(town.cop)[0].plain()
    shown = await town.command(town.ana, town.harbour, "/lesson show 1")
    assert "Gus took the copy away in #reef" in shown.card.plain()  # type: ignore[union-attr]


async def test_a_lesson_shared_again_after_its_withdrawal_is_checked_again(town: Town) -> None:
    await town.selected()
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    await town.press(town.ana, "Lesson 1: withdrawn", "Share it after all")
    await town.press(town.ana, "Who sees it", "Yes, share it")
    assert town.copies(town.cop) == []
    await town.next_day()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    assert len(town.copies(town.cop)) == 1
    assert len(await town.items()) == 1


async def test_what_was_learned_in_a_grain_follows_the_grain(town: Town) -> None:
    await town.command(town.ana, town.harbour, "/grain Rig the small boat first")
    grain = town.find(town.parent(town.harbour).replies, "Rig the small boat")
    await town.mark(town.ben, grain)
    form = await town.press(town.ana, "May others learn", "Word it")
    await town.submit(town.ana, form)
    await town.press(town.ana, "Who sees it", "Yes, share it")
    await town.tick()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    await town.command(town.ana, town.harbour, "/grain 1 done Rig it the evening before")
    card = town.card(town.ana.direct, "You changed the words")
    assert "Rig it the evening before" in card.plain()


async def test_every_copy_has_one_message_whatever_happens(town: Town) -> None:
    """Delivered again, edited, withdrawn, brought back: never two copies in one channel."""
    said = await town.selected()
    for n in range(3):
        await town.chat.edit_said(town.ana, said, f"When tide {n} turns, check the lines again")
        await town.settle()
        await town.press(town.ana, "You changed", "Take the new words")
        await town.chat.deliver_again()
        await town.settle()
        assert len(town.copies(town.cop)) == 1
        await town.command(town.ana, town.harbour, "/lesson withdraw 1")
        assert town.copies(town.cop) == []
        await town.press(town.ana, "Lesson 1: withdrawn", "Undo")
        assert len(town.copies(town.cop)) == 1


async def test_what_happens_while_nobody_listens_is_followed_afterwards(town: Town) -> None:
    """An edit, a deletion and a withdrawal that a restart came between."""
    await both(town)
    said = next(one.ref for one in town.chat.posts if one.by == town.ana)
    town.chat._desk = None
    await town.chat.edit_said(town.ana, said, "When the wind turns, check the lines again")
    town.later(days=1)
    await town.restart()
    await town.chat._hand_over()
    await town.settle()
    await town.press(town.ana, "You changed", "Take the new words")
    for place in (town.cop, town.reef):
        assert "When the wind turns" in town.copies(place)[0].plain()
    await town.far.command(town.fay, town.reef, "/lesson queue")
    await town.chat.command(town.ana, town.harbour, "/lesson withdraw 1")
    await town.restart()
    await town.settle()
    assert town.copies(town.cop) == town.copies(town.reef) == []


async def worded_for_cop(town: Town) -> None:
    """Ana's lesson stands in a community in the words of its curator."""
    await town.agreed()
    await town.tick()
    form = await town.press(town.chi, "A lesson for #cop?", "Edit wording")
    await town.submit(town.chi, form, do="look at every line")
    await town.press(town.ana, "Chi would word", "Yes, like this")
    assert "look at every line" in town.copies(town.cop)[0].plain()


async def test_a_copy_in_a_curators_words_follows_its_author_and_the_curator_hears_it(
    town: Town,
) -> None:
    """Nothing that the author took back stands anywhere meanwhile."""
    await worded_for_cop(town)
    form = await town.press(town.ana, "Lesson 1: shared", "Change the wording")
    await town.submit(town.ana, form, when="the wind drops", do="wait", because="", quote="")
    assert "Everybody in #cop" in town.direct(town.ana)[-1].plain()
    await town.press(town.ana, "Who sees it", "Yes, change it everywhere")
    copy = town.copies(town.cop)[0].plain()
    assert "When the wind drops, wait" in copy
    assert "every line" not in copy
    told = town.card(town.chi.direct, "Ana changed a lesson in #cop")
    assert "the wind drops" in told.plain()
    assert "look at every line" in told.plain()
    form = await town.press(town.chi, "Ana changed a lesson", "Word it again")
    await town.submit(town.chi, form, do="wait for it")
    assert "When the wind drops, wait\n" in f"{town.copies(town.cop)[0].plain()}\n"
    await town.press(town.ana, "Chi would word lesson 1", "Yes, like this")
    assert "wait for it" in town.copies(town.cop)[0].plain()


async def test_a_network_follows_too_and_gets_no_words_of_the_origin(village: Town) -> None:
    town = village
    said = await town.selected()
    await town.press(town.chi, "#cop: selected by Chi", "Confirm it")
    offer = town.ref(town.chi.direct, "is confirmed")
    form = await town.choose(town.chi, offer, "Offer it to a network", "#commons")
    await town.submit(town.chi, form, when="things shift", do="look again", because="")
    await town.press(town.ana, "Chi would offer", "Yes, like this")
    await town.chat.edit_said(town.ana, said, "When the wind drops, wait because it comes back")
    await town.settle()
    assert "Everybody in #cop and #commons will see it" in town.direct(town.ana)[-1].footnote
    await town.press(town.ana, "You changed", "Take the new words")
    (wide,) = town.copies(town.commons)
    assert "When the wind drops, wait, because it comes back" in wide.plain()
    assert "look again" not in wide.plain()
    assert ">" not in wide.plain()


async def test_a_change_of_topics_alone_leaves_a_curators_words_as_they_are(village: Town) -> None:
    town = village
    await worded_for_cop(town)
    form = await town.press(town.ana, "Lesson 1: shared", "Change the wording")
    await town.submit(town.ana, form, topics="ropes")
    await town.press(town.ana, "Who sees it", "Yes, change it everywhere")
    assert "look at every line" in town.copies(town.cop)[0].plain()
    assert "Topics: ropes" in town.copies(town.cop)[0].plain()


async def test_a_change_that_is_undone_brings_a_curators_words_back(village: Town) -> None:
    town = village
    await worded_for_cop(town)
    form = await town.press(town.ana, "Lesson 1: shared", "Change the wording")
    await town.submit(town.ana, form, do="wait")
    await town.press(town.ana, "Who sees it", "Yes, change it everywhere")
    await town.press(town.ana, "Changed wherever", "Undo")
    assert "look at every line" in town.copies(town.cop)[0].plain()
