"""Echo: what is replied under a copy comes back to where its lesson is from, and to its author."""

from __future__ import annotations

from bot.channels import desk as channels
from bot.chat import AccountId, Card, Place, Ref
from bot.checkins.rules import Question, RhythmPlan
from tests.lessons.parts import TIDE, Town, card_of, words_of
from tests.lessons.test_following import both

PRINT = "Replies here go back to the team it came from."


async def replied(town: Town, who: AccountId, words: str, *, place: Place | None = None) -> Ref:
    """Somebody answers in the thread of the copy."""
    at = place or town.cop
    return await town.say(who, town.ref(at, "A lesson").replies, words)


def origin(town: Town, said: Ref) -> list[Card]:
    return list(town.chat.visible(said.replies))


async def test_a_reply_under_a_copy_comes_back_to_the_origins_thread_and_to_its_author(
    town: Town,
) -> None:
    said = await town.stands()
    assert town.copies(town.cop)[0].footnote == PRINT
    reply = await replied(town, town.dee, "Ours go slack in the rain, too")
    (echo,) = origin(town, said)
    assert echo.title.startswith("Said to lesson 1: When the tide turns")
    address = town.chat.link(reply)
    assert f"Dee in #cop ({address}):" in echo.plain()
    assert "> Ours go slack in the rain, too" in echo.plain()
    heard = town.card(town.ana.direct, "Said to lesson 1")
    assert "Ours go slack in the rain, too" in heard.plain()


async def test_replies_of_one_hour_are_one_message_and_later_ones_another(village: Town) -> None:
    town = village
    said = await town.stands()
    for minute, who in enumerate((town.dee, town.eve, town.dee)):
        await replied(town, who, f"Thought {minute}")
        town.later(minutes=20)
    (echo,) = origin(town, said)
    assert all(f"Thought {n}" in echo.plain() for n in range(3))
    await replied(town, town.eve, "Much later")
    assert ["Much later" in one.plain() for one in origin(town, said)] == [False, True]
    heard = [one for one in town.direct(town.ana) if one.title.startswith("Said to lesson 1")]
    assert len(heard) == 2


async def test_of_many_replies_ten_are_shown_and_the_others_are_counted(village: Town) -> None:
    town = village
    said = await town.stands()
    for n in range(12):
        await replied(town, town.dee, f"Thought {n}.")
    (echo,) = origin(town, said)
    assert "Thought 9." in echo.plain()
    assert "Thought 10." not in echo.plain()
    assert echo.footnote == "And 2 more there."


async def test_a_reply_delivered_again_is_told_once(town: Town) -> None:
    said = await town.stands()
    await replied(town, town.dee, "Ours, too")
    await town.chat.deliver_again()
    await town.settle()
    (echo,) = origin(town, said)
    assert echo.plain().count("Ours, too") == 1


async def test_an_edit_and_a_deletion_of_a_reply_reach_its_echo(town: Town) -> None:
    said = await town.stands()
    first = await replied(town, town.dee, "Ours are green")
    second = await replied(town, town.eve, "Ours are red")
    await town.chat.edit_said(town.dee, first, "Ours are blue")
    await town.settle()
    (echo,) = origin(town, said)
    assert "blue" in echo.plain()
    assert "green" not in echo.plain() + town.card(town.ana.direct, "Said to").plain()
    await town.chat.remove_said(town.dee, first)
    await town.settle()
    (echo,) = origin(town, said)
    assert "blue" not in echo.plain()
    await town.chat.remove_said(town.eve, second)
    await town.settle()
    assert origin(town, said) == []
    assert all("Said to lesson" not in one.title for one in town.direct(town.ana))


async def test_a_deletion_reaches_the_echo_after_the_channel_was_taken_off_the_set_up(
    village: Town,
) -> None:
    town = village
    said = await town.stands()
    reply = await replied(town, town.dee, "Ours, too")
    await town.restart()
    async with town.work() as work:
        from bot.channels import config

        await config.take_off(work, await channels.get(work, "fake:W1", "cop"))
    await town.chat.remove_said(town.dee, reply)
    await town.settle()
    assert origin(town, said) == []


async def test_replies_cross_from_one_platform_to_another(town: Town) -> None:
    await both(town)
    said = next(one.ref for one in town.chat.posts if one.by == town.ana)
    reply = await replied(town, town.gus, "On the reef as well", place=town.reef)
    (echo,) = origin(town, said)
    assert "Gus in #reef (far)" in echo.plain()
    assert town.far.link(reply) in echo.plain()
    await town.far.remove_said(town.gus, reply)
    await town.settle()
    assert origin(town, said) == []


async def test_what_is_said_in_the_origins_thread_and_by_the_bot_is_no_echo_of_an_echo(
    village: Town,
) -> None:
    town = village
    said = await town.stands()
    await replied(town, town.dee, "Ours, too")
    await town.say(town.ben, said.replies, "Good to know")
    assert "Good to know" not in str(town.chat.visible(town.ref(town.cop, "A lesson").replies))
    (echo,) = origin(town, said)
    assert "Good to know" not in echo.plain()


async def test_the_authors_own_words_under_a_copy_stay_there(village: Town) -> None:
    town = village
    said = await town.stands()
    await replied(town, town.ana, "Ask me anything")
    assert origin(town, said) == []


async def test_whoever_replies_is_told_once_that_it_travels_and_can_keep_it_there(
    village: Town,
) -> None:
    town = village
    said = await town.stands()
    await replied(town, town.dee, "Ours, too")
    await replied(town, town.dee, "And theirs")
    told = [one for one in town.direct(town.dee) if "also goes back to #harbour" in one.plain()]
    assert len(told) == 1
    await town.press(town.dee, "also goes back", "Keep my replies here")
    assert origin(town, said) == []
    await replied(town, town.dee, "Between us")
    assert origin(town, said) == []


async def test_who_wrote_an_unnamed_lesson_is_not_told_to_those_who_reply(village: Town) -> None:
    town = village
    await town.stands(attribution="unnamed")
    await replied(town, town.dee, "Ours, too")
    assert "goes back to the team it came from" in town.card(town.dee.direct, "I say it").plain()
    assert "harbour" not in town.card(town.dee.direct, "I say it").plain()
    assert "Ours, too" in town.card(town.ana.direct, "Said to lesson 1").plain()


async def test_an_author_turns_it_off_for_one_lesson_and_on_again(town: Town) -> None:
    said = await town.stands()
    await replied(town, town.dee, "First")
    off = await town.press(town.ana, "Said to lesson 1", "Not for this lesson")
    assert town.copies(town.cop)[0].footnote == ""
    await replied(town, town.dee, "Second")
    assert "Second" not in str(origin(town, said))
    await town.chat.press(town.ana, card_of(off), "Bring them again")
    await town.settle()
    assert town.copies(town.cop)[0].footnote == PRINT
    await replied(town, town.dee, "Third")
    assert "Third" in str(origin(town, said))


async def test_somebody_turns_it_off_for_all_their_lessons(town: Town) -> None:
    said = await town.stands()
    card = card_of(await town.command(town.ana, town.harbour, "/lesson replies"))
    assert "Replies to my lessons: come back to me and my team" in card.plain()
    await town.chat.press(town.ana, card, "Stop my lessons’ replies")
    await town.settle()
    assert town.copies(town.cop)[0].footnote == ""
    await replied(town, town.dee, "Ours, too")
    assert origin(town, said) == []
    card = card_of(await town.command(town.ana, town.harbour, "/lesson replies"))
    assert "stay where they are said" in card.plain()


async def test_a_curator_turns_it_off_for_their_channel(town: Town) -> None:
    said = await town.stands()
    card = card_of(await town.command(town.chi, town.cop, "/lesson replies"))
    await town.chat.press(town.chi, card, "Stop replies in #cop")
    await town.settle()
    assert town.copies(town.cop)[0].footnote == ""
    await replied(town, town.dee, "Between us")
    assert origin(town, said) == []


async def test_nobody_but_a_curator_decides_for_a_channel(village: Town) -> None:
    town = village
    card = card_of(await town.command(town.chi, town.cop, "/lesson replies"))
    await town.curate(town.cop, town.dee)
    said = await town.chat.press(town.chi, card, "Stop replies in #cop")
    assert "Only a curator" in words_of(said)


async def test_an_author_who_is_away_hears_of_replies_when_they_are_back(village: Town) -> None:
    town = village
    said = await town.stands()
    await town.command(town.ana, town.harbour, "/checkin away until 2026-11-18")
    await replied(town, town.dee, "Ours, too")
    await town.tick()
    assert "Ours, too" in str(origin(town, said))
    assert "Ours, too" not in str(town.direct(town.ana))
    town.at("2026-11-19T10:00:00+00:00")
    await town.tick()
    assert "Ours, too" in str(town.direct(town.ana))


async def test_what_looks_secret_does_not_come_along(village: Town) -> None:
    town = village
    said = await town.stands()
    key = "AKIA" + "IOSFODNN7QRSTUVW"
    await replied(town, town.dee, f"Try it with {key} at dawn")
    (echo,) = origin(town, said)
    assert "Try it with [taken out] at dawn" in echo.plain()
    assert key not in str(town.direct(town.ana))


async def test_a_joined_lessons_origin_hears_of_replies_too(town: Town) -> None:
    first = await town.stands()
    second = await town.agreed("When the tide turns, check the lines again, or they go slack")
    await town.next_day()
    card = town.ref(town.chi.direct, "A lesson for #cop?")
    options = town.card(town.chi.direct, "A lesson for #cop?").selects[0].options
    await town.choose(town.chi, card, "Join to a similar one", options[0].label)
    await replied(town, town.dee, "Ours, too")
    for said in (first, second):
        assert "Ours, too" in str(origin(town, said))


async def test_the_thread_of_an_entry_hears_of_replies(village: Town) -> None:
    town = village
    plan = RhythmPlan(questions=(Question("learned", "What surprised you?", role="learned"),))
    bay = await town.channel("bay", "team", town.ana, town.ben, plan=plan)
    await town.route((town.harbour, town.cop), (bay, town.cop))
    opened = await town.command(town.ana, bay, "/checkin")
    await town.submit(town.ana, opened, **{"answer.learned": f"{TIDE}"})
    entry = town.find(town.parent(bay).replies, "tide")
    await town.mark(town.ben, entry)
    form = await town.press(town.ana, "May others learn", "Word it")
    await town.submit(town.ana, form)
    await town.press(town.ana, "Who sees it", "Yes, share it")
    await town.tick()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    await replied(town, town.dee, "Ours, too")
    assert "Ours, too" in str(town.chat.visible(town.parent(bay).replies))


async def test_a_lesson_typed_for_oneself_comes_back_to_its_author_alone(village: Town) -> None:
    town = village
    form = await town.command(town.ana, town.harbour, f"/lesson {TIDE}")
    await town.submit(town.ana, form)
    await town.press(town.ana, "Who sees it", "Yes, share it")
    await town.tick()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    before = len(town.chat.posts)
    await replied(town, town.dee, "Ours, too")
    assert "Ours, too" in town.card(town.ana.direct, "Said to lesson 1").plain()
    # The reply itself, what its author is told, and what the lesson's author hears.
    assert len(town.chat.posts) == before + 3


async def test_replies_of_whoever_was_forgotten_are_told_nowhere(town: Town) -> None:
    said = await town.stands()
    await replied(town, town.dee, "Ours go slack, too")
    await replied(town, town.eve, "Not ours")
    ask = card_of(await town.command(town.dee, town.cop, "/outloud mydata forget"))
    await town.chat.press(town.dee, ask, "Forget me")
    await town.settle()
    (echo,) = origin(town, said)
    assert "Not ours" in echo.plain()
    assert "Dee" not in echo.plain() + town.card(town.ana.direct, "Said to").plain()


async def test_an_author_who_leaves_their_lesson_unnamed_leaves_no_echo_behind(
    village: Town,
) -> None:
    town = village
    said = await town.stands()
    await replied(town, town.dee, "Ours, too")
    ask = card_of(await town.command(town.ana, town.harbour, "/outloud mydata forget"))
    await town.chat.press(town.ana, ask, "Leave my lessons, unnamed")
    await town.settle()
    assert origin(town, said) == []
    assert town.copies(town.cop)[0].footnote == ""
    await replied(town, town.dee, "Still ours")
    assert origin(town, said) == []
