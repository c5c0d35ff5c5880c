"""What is empty, far too long, misspelt or forged gets one clear sentence, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import Ask, Press, Submit, Wrong
from bot.checkins.tables import Checkin, Entry
from tests.checkins.parts import (
    NINE,
    ask,
    card,
    count,
    direct,
    entries,
    form,
    narrate,
    say,
    team,
    values,
)
from tests.house import House

ASKED_IN_THE_OPEN = replace(NINE, deliver="channel")


async def test_words_that_nobody_can_see_are_no_answer(house: House) -> None:
    harbour, [ana] = await team(house, "ana", plan=ASKED_IN_THE_OPEN)
    await ask(house)
    for words in ("", "\u200b\u200d\ufeff", "   "):
        wrong = await narrate(house, ana, harbour, plan=words, learned=words)
        assert isinstance(wrong, Wrong)
        assert list(wrong.sentences) == ["answer.plan"]
        await say(house, ana, words)
        await house.chat.say(ana, house.parent(harbour).replies, words)
        reply = await house.chat.command(ana, harbour, f"/checkin {words}")
        assert isinstance(reply, Ask) or "nothing to see" in card(reply).plain()
    await house.settle()
    assert (await entries(house), direct(house, ana)) == ([], [])


async def test_any_words_that_can_be_seen_are_kept_as_they_are(house: House) -> None:
    every = ("\U0001f6a2", "\u202eשלום עולם", "<!channel> @everyone", "x" * 10_000)
    harbour, people = await team(house, "ana", "ben", "chi", "dee")
    for who, words in zip(people, every, strict=True):
        await narrate(house, who, harbour, plan=words)
    assert await entries(house) == [[words] for words in every]
    shown = house.thread(harbour)
    for words in every:
        assert words[:100] in "".join(one.text.plain() for one in shown)
    blocks = [block for one in shown for block in one.text.blocks]
    assert not [span for block in blocks for span in block.spans if span.mention]


@pytest.mark.parametrize("length", [10_001, 1_000_000])
async def test_a_text_far_too_long_is_refused_in_one_sentence_to_its_author(
    house: House, length: int
) -> None:
    harbour, [ana] = await team(house, "ana", plan=ASKED_IN_THE_OPEN)
    await ask(house)
    words = ("a b " * length)[: length - 1] + "c"
    sentence = f"That is {length:,} characters, and an answer holds 10,000."
    wrong = await narrate(house, ana, harbour, plan=words)
    assert isinstance(wrong, Wrong)
    assert sentence in wrong.sentences["answer.plan"]
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    kept = {"answer.plan": words} if length < 20_000 else {}
    assert values(asked) == kept, (
        "The form on the screen keeps the words; a draft of them has an end."
    )
    await say(house, ana, words)
    await house.chat.say(ana, house.parent(harbour).replies, words)
    await house.settle()
    assert [sentence in told for told in direct(house, ana)] == [True, True]
    assert await entries(house) == []
    if length < 20_000:
        told = await house.chat.command(ana, harbour, f"/checkin {words}")
        assert sentence in card(told).plain()


SLIPS = {
    "skp": "Did you mean /checkin skip?",
    "settngs": "Did you mean /checkin settings?",
    "skip today": "/checkin skip takes no further words.",
    "snooze soon": "is no time to wait",
    "away until someday": "is no day I can read",
    "away": "Until when?",
    "away until 2020-01-01": "is over already",
}


async def test_a_slip_of_a_sub_word_is_no_narration(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    for typed, sentence in SLIPS.items():
        told = card(await house.chat.command(ana, harbour, f"/checkin {typed}"))
        assert sentence in told.plain(), typed
    assert await count(house, Entry) == 0


async def test_a_sentence_that_begins_like_a_sub_word_is_narration(house: House) -> None:
    sentences = ["back to the mast with Ben", "backups", "skipper", "Undo the rig and see"]
    harbour, [ana] = await team(house, "ana")
    for typed in sentences:
        await house.chat.command(ana, harbour, f"/checkin {typed}")
    assert await entries(house) == [sentences]


async def test_a_button_or_form_with_an_unknown_id_is_answered_with_a_sentence(
    house: House,
) -> None:
    harbour, [ana] = await team(house, "ana")
    for id in ("", "x", "12", "²", "9" * 30, "-1", "1:x", "99999999999999999999"):
        for verb in ("form", "skip", "unskip", "later", "delete", "restore", "enough", "reply",
                     "tell", "questions", "add", "hide", "unhide", "open"):  # fmt: skip
            if verb == "open" and not id:
                continue
            press = Press(f"checkins.{verb}:{id}", ana, harbour, house.now)
            told = card(await house.desk.answer(press)).plain()
            assert told.endswith((".", "?")), (verb, told)
        for verb in ("entry", "answer", "added", "hidden"):
            sent = Submit(f"checkins.{verb}:{id}", {"answer.plan": "x"}, ana, harbour, house.now)
            wrong = await house.desk.answer(sent)
            assert isinstance(wrong, Wrong), verb
    assert await count(house, Checkin) == 0


async def test_fields_and_options_that_do_not_exist_change_nothing(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    sent = Submit(
        asked.id, {"answer.plan": "the mast", "answer.x": "y", "grain.1": "done", "z": "w"},
        ana, ana.direct, house.now,
    )  # fmt: skip
    wrong = await house.desk.answer(sent)
    assert isinstance(wrong, Wrong)
    assert list(wrong.sentences) == ["grain.1"]
    assert await entries(house) == []
    sent = replace(sent, values={"answer.plan": "the mast", "answer.x": "y"})
    assert not isinstance(await house.desk.answer(sent), Wrong)
    assert await entries(house) == [["the mast"]]
