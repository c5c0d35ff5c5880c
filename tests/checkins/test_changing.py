"""Edits, deletions, replies and undo follow every copy; and nobody touches what is somebody else's."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from bot.channels import desk as channels
from bot.channels.config import take_off
from bot.chat import Press, Wrong
from bot.checkins.desk import schedule
from bot.checkins.tables import Answer, Checkin, Entry
from bot.engine.tables import OutboxRow
from bot.grains.tables import Grain
from tests.checkins.parts import (
    NINE,
    NOBODY_SEES,
    ask,
    card,
    checkins,
    count,
    direct,
    entries,
    form,
    labels,
    narrate,
    prompted,
    say,
    team,
    thread,
    values,
)
from tests.house import House


async def grains(house: House) -> list[str]:
    async with house.store.look() as work:
        found = await work.session.scalars(select(Grain).order_by(Grain.number))
        return [one.headline for one in found]


async def readers(house: House) -> list[str]:
    """The channels that can read each grain."""
    async with house.store.look() as work:
        return list(await work.session.scalars(select(Grain.channel_id).order_by(Grain.number)))


async def test_an_edit_in_the_form_changes_the_card_and_the_grains(house: House) -> None:
    harbour, [ana] = await prompted(house, "ana")
    prompt = next(one.ref for one in house.chat.posts if one.ref.place == ana.direct)
    asked = form(await house.chat.press(ana, prompt, "Edit"))
    assert values(asked) == {"answer.plan": "the mast"}
    before = house.chat.posts[-1].ref
    await house.chat.submit(ana, asked, {"answer.plan": "the mast\nthe sail"})
    await house.settle()
    assert "the mast\nthe sail" in thread(house, harbour)[0]
    assert house.thread(harbour)[0].footnote == "edited"
    assert await grains(house) == ["the mast", "the sail"]
    assert before in [one.ref for one in house.chat.posts], "The card is edited in place."
    assert len(house.thread(harbour)) == 1


async def test_an_edited_message_changes_its_answer_and_only_that(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    first = await say(house, ana, "the mast")
    await say(house, ana, "the wind")
    await house.chat.edit_said(ana, first, "the *whole* mast")
    await house.settle()
    assert await entries(house) == [["the *whole* mast", "the wind"]]
    assert await grains(house) == ["the whole mast"]
    assert house.thread(harbour)[0].footnote == "edited"
    await house.chat.edit_said(ana, first, "x" * 10_001)
    await house.settle()
    assert "an answer holds 10,000" in direct(house, ana)[-1]
    assert "Kept" in direct(house, ana)[-2]
    assert (await entries(house))[0][0] == "the *whole* mast"
    await house.chat.edit_said(ana, first, "\u200b")
    await house.settle()
    assert await entries(house) == [["the wind"]]
    assert "an answer holds 10,000" not in str(direct(house, ana))


async def test_a_removed_message_takes_its_answer_along_and_the_last_one_the_entry(
    house: House,
) -> None:
    harbour, [ana] = await team(house, "ana")
    await ask(house)
    first, second = await say(house, ana, "the mast"), await say(house, ana, "the wind")
    await house.chat.remove_said(ana, first)
    await house.settle()
    assert await entries(house) == [["the wind"]]
    await house.chat.remove_said(ana, second)
    await house.settle()
    assert (await entries(house), thread(house, harbour), await grains(house)) == ([], [], [])
    assert "narrated" not in house.seen(harbour)[0].plain()
    (stands,) = house.seen(ana.direct)
    assert (stands.plain(), labels(stands)) == (NOBODY_SEES, ["Narrate"])
    await ask(house, "2026-11-16T20:00:00+00:00")
    assert len(direct(house, ana)) == 1


async def test_an_edit_in_the_thread_of_a_channel_asked_in_the_open_follows(house: House) -> None:
    harbour, [ana] = await team(house, "ana", plan=replace(NINE, deliver="channel"))
    await ask(house)
    said = await house.chat.say(ana, house.parent(harbour).replies, "the mast")
    await house.settle()
    await house.chat.edit_said(ana, said, "the keel")
    await house.settle()
    assert await entries(house) == [["the keel"]]
    await house.chat.remove_said(ana, said)
    await house.settle()
    assert (await entries(house), thread(house, harbour)) == ([], [])


async def test_delete_takes_an_entry_from_everywhere_and_undo_brings_it_back(house: House) -> None:
    harbour, [ana, _] = await prompted(house, "ana", "ben")
    prompt = next(one.ref for one in house.chat.posts if one.ref.place == ana.direct)
    await house.chat.press(ana, prompt, "Delete")
    await house.settle()
    assert (await entries(house), thread(house, harbour)) == ([], [])
    assert "narrated" not in house.seen(harbour)[0].plain()
    assert direct(house, ana)[0].startswith(NOBODY_SEES)
    assert "Undo puts your words back, in the thread of #harbour." in direct(house, ana)[0]
    assert await readers(house) == [""], "Its grains are their author's alone meanwhile."
    await house.chat.press(ana, prompt, "Undo")
    await house.settle()
    assert await entries(house) == [["the mast"]]
    assert "the mast" in thread(house, harbour)[0]
    assert "Ana narrated today" in house.seen(harbour)[0].plain()
    assert await readers(house) == ["harbour"]
    again = Press(f"checkins.restore:{(await checkins(house))[0].id}", ana, harbour, house.now)
    assert card(await house.desk.answer(again)).plain() == "It is back already."
    undone = card(await house.chat.command(ana, harbour, "/checkin undo")).plain()
    assert undone == "Undone: your last entry is gone from everywhere.", "Not the deletion again."


async def test_an_emptied_form_takes_the_entry_back(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await narrate(house, ana, harbour, plan="the mast")
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    assert "Empty every answer to take it back." in asked.text.plain()
    reply = await house.chat.submit(ana, asked, {"answer.plan": ""}, place=harbour)
    await house.settle()
    assert (card(reply).text.plain(), await entries(house)) == (NOBODY_SEES, [])
    await house.chat.press(ana, card(reply), "Undo")
    assert await entries(house) == [["the mast"]]


async def test_what_was_deleted_does_not_come_back_with_new_words(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await narrate(house, ana, harbour, plan="the mast", learned="a secret")
    shown = house.chat.shown[ana][-1]
    await house.chat.press(ana, shown, "Delete")
    assert values(form(await house.chat.command(ana, harbour, "/checkin"))) == {}
    await say(house, ana, "the keel")
    assert await entries(house) == [["the keel"]]
    assert "secret" not in thread(house, harbour)[0]
    assert house.thread(harbour)[0].footnote == ""


async def test_a_deleted_entry_is_gone_for_good_after_a_day(house: House) -> None:
    _, [ana] = await prompted(house, "ana")
    prompt = next(one.ref for one in house.chat.posts if one.ref.place == ana.direct)
    await house.chat.press(ana, prompt, "Delete")
    await house.settle()
    house.later(hours=24, minutes=1)
    await house.tick()
    assert [await count(house, one) for one in (Entry, Answer, Grain)] == [0, 0, 0]
    assert "nothing left" in card(await house.chat.press(ana, prompt, "Undo")).plain()
    async with house.store.look() as work:
        kept = " ".join(await work.session.scalars(select(OutboxRow.card)))
    assert "the mast" not in kept


async def test_a_card_that_a_moderator_removed_stays_away(house: House) -> None:
    harbour, [ana, ben] = await prompted(house, "ana", "ben")
    entry = house.find(house.parent(harbour).replies, "the mast")
    await house.chat.remove_said(ben, entry)
    await house.settle()
    await say(house, ana, "the wind")
    assert thread(house, harbour) == []
    assert await entries(house) == [["the mast", "the wind"]], "It stays its author's."


async def test_who_has_left_a_team_writes_nothing_new_to_it_and_loses_nothing(
    house: House,
) -> None:
    harbour, [ana, ben] = await team(house, "ana", "ben")
    await ask(house)
    prompt = house.last(ana.direct)
    asked = form(await house.chat.press(ana, prompt, "Narrate"))
    await house.chat.command(ben, harbour, "/checkin the keel")
    for one in (ana, ben):
        await house.chat.leave(one, harbour)
    await house.settle()
    wrong = await house.chat.submit(ana, asked, {"answer.plan": "the mast"})
    assert isinstance(wrong, Wrong)
    assert list(wrong.sentences.values()) == [
        "You are not in the team of #harbour any more, so nothing was sent."
    ]
    await house.chat.say(ana, prompt.replies, "the mast")
    await house.settle()
    assert "not in the team of #harbour" in house.chat.visible(prompt.replies)[-1].plain()
    assert await entries(house) == [["the keel"]]
    asked = form(await house.chat.press(ben, house.chat.shown[ben][-1], "Edit"))
    await house.chat.submit(ben, asked, {"answer.plan": "the whole keel"})
    await house.settle()
    assert "the whole keel" in thread(house, harbour)[0], "What they wrote stays theirs."


async def test_when_a_rhythm_is_gone_old_buttons_lose_nothing(house: House) -> None:
    harbour, [ana, ben] = await prompted(house, "ana", "ben")
    opened = form(await house.chat.press(ben, house.last(ben.direct), "Narrate"))
    async with house.work() as work:
        channel = await channels.get(work, harbour.workspace_id, harbour.channel)
        await schedule.set_rhythm(work, channel, None)
    later = await house.chat.press(ben, house.last(ben.direct), "Not now")
    assert "not asked any more" in card(later).plain()
    asked = form(await house.chat.press(ben, house.last(ben.direct), "Narrate"))
    assert "#harbour is not asked any more. Only you will see it." in asked.text.plain()
    await house.chat.submit(ben, opened, {"answer.plan": "the keel"})
    await house.settle()
    assert direct(house, ben) == ["Thank you. Your words are kept for you alone."]
    assert "the keel" not in str(thread(house, harbour))
    entry = house.find(house.parent(harbour).replies, "the mast")
    asked = form(await house.chat.press(ana, entry, "Edit"))
    await house.chat.submit(ana, asked, {"answer.plan": "both masts"})
    await house.settle()
    assert "both masts" in thread(house, harbour)[0]


async def test_when_a_channel_is_gone_its_cards_still_follow(house: House) -> None:
    harbour, [ana, ben] = await prompted(house, "ana", "ben")
    place = house.parent(harbour).replies
    entry = house.find(place, "the mast")
    async with house.work() as work:
        await take_off(work, await channels.get(work, harbour.workspace_id, harbour.channel))
    reply = await house.chat.press(ben, entry, "Reply")
    assert "not set up any more" in card(reply).plain()
    asked = form(await house.chat.press(ana, entry, "Edit"))
    await house.chat.submit(ana, asked, {"answer.plan": "both masts"})
    await house.settle()
    assert "both masts" in house.chat.visible(place)[0].plain()
    prompt = next(one.ref for one in house.chat.posts if one.ref.place == ana.direct)
    await house.chat.press(ana, prompt, "Delete")
    await house.settle()
    assert house.chat.visible(place) == ()


async def test_a_private_entry_is_seen_by_its_author_alone(house: House) -> None:
    harbour, [ana] = await team(house, "ana", plan=replace(NINE, entries="private"))
    await ask(house)
    await say(house, ana, "the mast")
    assert "Kept, for you alone." in direct(house, ana)[-1]
    await house.chat.press(ana, house.last(ana.direct), "That is all")
    await house.settle()
    assert "kept for you alone" in direct(house, ana)[-1]
    assert house.seen(harbour) == ()
    async with house.work() as work:
        channel = await channels.get(work, harbour.workspace_id, harbour.channel)
        await schedule.set_rhythm(work, channel, NINE)
    await say(house, ana, "the wind")
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    assert asked.text.plain().startswith("Only you will see it.")
    assert house.seen(harbour) == (), "What was private stays so."


async def test_a_prompt_that_could_not_be_sent_does_not_stand_in_the_way(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    house.chat.refuse(ana.direct, "Ana has closed her messages.")
    await ask(house)
    house.chat.refuse(ana.direct, "")
    await narrate(house, ana, harbour, plan="the mast")
    assert (await entries(house), direct(house, ana)) == ([["the mast"]], [])
    assert "the mast" in thread(house, harbour)[0]


async def test_settling_a_grain_leaves_the_words_of_its_entry_alone(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await narrate(house, ana, harbour, plan="the mast\nthe sail")
    await house.chat.command(ana, harbour, "/grain 1 done it holds")
    await house.settle()
    (shown,) = house.thread(harbour)
    assert shown.text.plain() == "What will you move today?\nthe mast\nthe sail"
    assert "Done" in shown.plain()
    assert await grains(house) == ["the mast", "the sail"]
    assert shown.footnote == ""


async def test_grain_fields_of_the_form_work_without_an_answer(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await house.chat.command(ana, harbour, "/grain the mast")
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    key = next(field.key for field in asked.fields if field.key.startswith("grain."))
    told = card(await house.chat.submit(ana, asked, {key: "done"}, place=harbour))
    assert told.plain() == "Your grains are up to date."
    assert await count(house, Entry) == 0


async def test_a_refused_parent_or_an_unsure_post_loses_no_entry(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    house.chat.lose_answer()
    await narrate(house, ana, harbour, plan="the mast")
    house.later(minutes=5)
    await house.settle()
    assert len(house.seen(harbour)) == len(house.thread(harbour)) == 1


async def test_the_home_page_tells_one_s_day_and_makes_nothing(house: House) -> None:
    _, [ana] = await team(house, "ana")
    press = Press("home", ana, ana.direct, house.now)
    told = card(await house.desk.answer(press)).plain()
    assert "#harbour: nothing yet; next on Monday 16 November at 09:00" in told
    assert await count(house, Checkin) == 0
