"""Five ways to answer, one entry; and nothing that is typed gets lost."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from bot.chat import AccountId, Done, Place, Submit, Wrong
from bot.checkins.rules import Question
from bot.checkins.tables import Answer, Entry
from bot.grains.tables import Grain
from tests.checkins.parts import (
    ASKS,
    NINE,
    ask,
    card,
    checkins,
    count,
    direct,
    entries,
    form,
    labels,
    narrate,
    say,
    team,
    thread,
    values,
)
from tests.house import House


async def by_form(house: House, ana: AccountId, harbour: Place, key: str, words: str) -> None:
    """The form behind *Narrate*, with what is in it already left as it is."""
    await house.chat.press(ana, house.last(ana.direct), {"plan": "Narrate"}.get(key, "Edit"))
    await house.chat.submit(ana, house.chat.forms[ana], {f"answer.{key}": words})


async def by_message(house: House, ana: AccountId, harbour: Place, key: str, words: str) -> None:
    await house.chat.say(ana, ana.direct, words)


async def by_reply(house: House, ana: AccountId, harbour: Place, key: str, words: str) -> None:
    prompt = next(one.ref for one in house.chat.posts if one.ref.place == ana.direct)
    await house.chat.say(ana, prompt.replies, words)


async def by_command(house: House, ana: AccountId, harbour: Place, key: str, words: str) -> None:
    await house.chat.command(ana, harbour, f"/checkin {words}")


async def by_command_form(
    house: House, ana: AccountId, harbour: Place, key: str, words: str
) -> None:
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    await house.chat.submit(ana, asked, {f"answer.{key}": words}, place=harbour)


WAYS = {
    "form": by_form,
    "message": by_message,
    "reply": by_reply,
    "command": by_command,
    "command form": by_command_form,
}


PAIRS = (
    ("message", "command form"), ("command form", "reply"), ("reply", "message"),
    ("form", "message"), ("command", "form"), ("message", "command"), ("reply", "reply"),
)  # fmt: skip


async def test_any_two_ways_to_answer_make_one_entry(house: House) -> None:
    """Each pair of ways is somebody's in one team."""
    harbour, people = await team(house, *("+".join(pair) for pair in PAIRS))
    await ask(house)
    for who, (first, second) in zip(people, PAIRS, strict=True):
        await WAYS[first](house, who, harbour, "plan", "the mast")
        await house.settle()
        await WAYS[second](house, who, harbour, "learned", "the wind")
        await house.settle()
    assert await entries(house) == [["the mast", "the wind"]] * len(PAIRS)
    for shown, who in zip(house.thread(harbour), people, strict=True):
        assert shown.title == who.id.capitalize()
        assert shown.text.plain() == (
            "What will you move today?\nthe mast\nWhat surprised you?\nthe wind"
        )
        assert shown.footnote == "", "An answer that is added is no edit."
        assert direct(house, who)[0] == "Thank you. Your words are in the thread of #harbour."


async def test_further_words_become_remarks_that_the_form_can_change(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    for words in ("the mast", "the wind", "and the sail"):
        await house.chat.command(ana, harbour, f"/checkin {words}")
    await say(house, ana, "and the keel")
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    assert list(values(asked).values()) == ["the mast", "the wind", "and the sail", "and the keel"]
    await house.chat.submit(ana, asked, {asked.fields[2].key: "and both sails"})
    assert await entries(house) == [["the mast", "the wind", "and both sails", "and the keel"]]


async def test_in_a_channel_asked_in_the_open_the_first_reply_is_the_entry(house: House) -> None:
    harbour, [ana, ben] = await team(house, "ana", "ben", plan=replace(NINE, deliver="channel"))
    await ask(house)
    parent = house.parent(harbour)
    await house.chat.say(ana, parent.replies, "the mast")
    await house.settle()
    await house.chat.say(ben, parent.replies, "the keel")
    await house.chat.say(ben, parent.replies, "does the mast hold?")
    await house.settle()
    assert await entries(house) == [["the mast"], ["the keel"]]
    assert "Ana and Ben narrated today" in house.seen(harbour)[0].plain()
    assert direct(house, ana) == ["Ben answered you in #harbour:\n> does the mast hold?"]
    assert direct(house, ben) == []
    pressed = form(await house.chat.press(ana, parent, "Narrate"))
    assert values(pressed) == {"answer.plan": "the mast"}


async def test_an_entry_written_before_or_after_all_prompts_is_the_same(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await narrate(house, ana, harbour, plan="the mast")
    await ask(house)
    assert direct(house, ana) == []
    await ask(house, "2026-11-16T22:00:00+00:00")
    await say(house, ana, "the wind")
    assert await entries(house) == [["the mast", "the wind"]]


async def test_the_bot_asks_the_next_question_until_that_is_all(house: House) -> None:
    _, [ana] = await team(house, "ana")
    await ask(house)
    await say(house, ana, "the mast")
    told = house.seen(ana.direct)[-1]
    assert "Kept, in the thread of #harbour." in told.plain()
    assert "What surprised you?" in told.plain()
    assert labels(told) == ["That is all", "Edit", "Delete"]
    await house.chat.press(ana, house.last(ana.direct), "That is all")
    await house.settle()
    assert "write again whenever you like" in direct(house, ana)[-1]
    await say(house, ana, "the wind")
    assert labels(house.seen(ana.direct)[-1]) == ["Edit", "Delete"]


async def test_questions_of_every_kind_are_answered_in_the_direct_message(house: House) -> None:
    asks = (
        Question("a", "How is the boat?", kind="choice", options=("Dry", "1. Wet")),
        Question("b", "How are you?", kind="scale"),
        Question("c", "How many knots?", kind="number"),
        Question("d", "Where is the log?", kind="link"),
        Question("e", "What is next?"),
    )
    harbour, [ana] = await team(house, "ana", plan=replace(NINE, questions=asks))
    await ask(house)
    for words in ("a bit of both", "1. wet", "9", "4", "3.", "12", "https://a.example", "rest"):
        await say(house, ana, words)
    told = direct(house, ana)
    assert "It did not answer the question, so it stands beside it as a remark." in told[1]
    assert "How is the boat? (Dry, 1. Wet)" in told[1]
    assert "remark" not in told[2]
    assert "remark" in told[3]
    kept = (await entries(house))[0]
    assert kept[:5] == ["1. Wet", "4", "12", "https://a.example", "rest"]
    assert "1. Wet\n" in house.thread(harbour)[0].text.plain()


async def test_a_form_holds_what_was_answered_in_all_kinds(house: House) -> None:
    asks = (
        Question("a", "How is the boat?", kind="choice", options=("Dry", "Wet")),
        Question("b", "How are you?", kind="scale"),
        Question("c", "How many knots?", kind="number"),
        Question("d", "Where is the log?", kind="link"),
    )
    harbour, [ana] = await team(house, "ana", plan=replace(NINE, questions=asks))
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    assert [field.kind for field in asked.fields] == ["choice", "choice", "number", "line"]
    assert [len(field.options) for field in asked.fields] == [2, 5, 0, 0]
    wrong = await house.chat.submit(
        ana, asked, {"answer.a": "Lost", "answer.b": "9", "answer.c": "many", "answer.d": "x"}
    )
    assert isinstance(wrong, Wrong)
    assert list(wrong.sentences) == ["answer.a", "answer.b", "answer.c", "answer.d"]
    again = form(await house.chat.command(ana, harbour, "/checkin"))
    assert values(again)["answer.c"] == "many", "An invalid form loses nothing."
    right = {"answer.a": "Wet", "answer.b": "2", "answer.c": "7", "answer.d": "https://a.example"}
    assert not isinstance(await house.chat.submit(ana, again, right), Wrong)
    assert values(form(await house.chat.command(ana, harbour, "/checkin"))) == right


async def test_what_was_typed_and_not_sent_comes_back_until_it_is_sent(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    typed = {"answer.plan": "the ma", "answer.learned": "nothing"}
    await house.chat.submit(ana, asked, typed, final=False)
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    assert values(asked) == typed
    await house.chat.submit(ana, asked, {"answer.plan": "the mast", "answer.learned": ""})
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    assert values(asked) == {"answer.plan": "the mast"}
    await house.chat.submit(ana, asked, {"answer.learned": "the w"}, final=False)
    await say(house, ana, "the wind")
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    assert values(asked) == {"answer.plan": "the mast", "answer.learned": "the wind"}


async def test_a_draft_older_than_the_entry_never_overrides_it(house: House) -> None:
    """Typed in the form, then said in a message, then edited there; and a draft that arrives late."""
    harbour, [ana] = await team(house, "ana")
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    typed = {"answer.plan": "the ma", "answer.learned": "the wi"}
    await house.chat.submit(ana, asked, typed, final=False)
    house.later(minutes=1)
    said = await say(house, ana, "the keel")
    left = values(form(await house.chat.command(ana, harbour, "/checkin")))
    assert left == {"answer.plan": "the keel", "answer.learned": "the wi"}
    stale = Submit(
        asked.id, {"answer.plan": "the ma"}, ana, harbour,
        house.now.replace(minute=0), final=False,
    )  # fmt: skip
    await house.desk.answer(stale)
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    await house.chat.submit(ana, asked, {"answer.plan": "the kee"}, final=False)
    house.later(minutes=1)
    await house.chat.edit_said(ana, said, "the whole keel")
    await house.settle()
    left = values(form(await house.chat.command(ana, harbour, "/checkin")))
    assert left["answer.plan"] == "the whole keel"


async def test_a_form_left_open_keeps_what_was_said_elsewhere_meanwhile(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    for words in ("the mast", "the wind"):
        await say(house, ana, words)
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    await say(house, ana, "and the keel")
    await house.chat.submit(ana, asked, {"answer.plan": "the masts"})
    assert await entries(house) == [["the masts", "the wind", "and the keel"]]


async def test_plans_become_grains_one_for_each_line(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await narrate(house, ana, harbour, plan="rig the mast\n- mend the sail", learned="x")
    async with house.store.look() as work:
        grains = [one.headline for one in await work.session.scalars(select(Grain))]
    assert grains == ["rig the mast", "mend the sail"]
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    assert [field.label for field in asked.fields if field.key.startswith("grain.")] == [
        "mend the sail",
        "rig the mast",
    ]


async def test_lines_for_grains_are_no_part_of_the_answer(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await say(house, ana, "grain: rig the mast")
    assert await entries(house) == []
    await say(house, ana, "grain: mend the sail\nthe keel is dry")
    assert await entries(house) == [["the keel is dry"]]
    assert await count(house, Grain) == 3
    assert house.thread(harbour)


async def test_who_is_in_two_teams_is_asked_which_one_is_meant(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    orchard = await house.channel("orchard", "team", ana, plan=NINE)
    said = await say(house, ana, "the *mast*")
    assert await entries(house) == []
    which = house.seen(ana.direct)[-1]
    assert (which.plain(), labels(which)) == ("Which team is it for?", ["#harbour", "#orchard"])
    await house.chat.edit_said(ana, said, "both *masts*")
    await house.settle()
    await house.chat.press(ana, house.last(ana.direct), "#orchard")
    await house.settle()
    assert await entries(house) == [["both *masts*"]]
    assert "Kept, in the thread of #orchard" in direct(house, ana)[-1]
    assert (thread(house, orchard)[0].split("\n")[0], house.seen(harbour)) == ("Ana", ())
    await house.chat.edit_said(ana, said, "the keel")
    await house.settle()
    assert await entries(house) == [["the keel"]]
    await say(house, ana, "the wind")
    assert await entries(house) == [["the keel", "the wind"]], "The talk is about orchard now."


async def test_words_that_wait_for_their_team_go_with_their_message(house: House) -> None:
    _, [ana] = await team(house, "ana")
    await house.channel("orchard", "team", ana, plan=NINE)
    said = await say(house, ana, "the mast")
    await house.chat.remove_said(ana, said)
    await house.settle()
    assert direct(house, ana) == []


async def test_a_command_that_may_mean_two_teams_asks_and_in_a_team_s_channel_it_does_not(
    house: House,
) -> None:
    harbour, [ana] = await team(house, "ana")
    await house.channel("orchard", "team", ana, plan=NINE)
    for verb in ("", " skip", " questions", " the mast"):
        which = card(await house.chat.command(ana, ana.direct, f"/checkin{verb}"))
        assert labels(which) == ["#harbour", "#orchard"], verb
        done = await house.chat.press(ana, which, "#orchard")
        here = await house.chat.command(ana, harbour, f"/checkin{verb}")
        assert "Which team" not in str((done, here))


async def test_the_team_whose_prompt_came_last_is_meant(house: House) -> None:
    _, [ana] = await team(house, "ana")
    await house.channel("orchard", "team", ana, plan=replace(NINE, at=NINE.at.replace(minute=30)))
    await ask(house)
    await ask(house, "2026-11-16T09:30:00+00:00")
    await say(house, ana, "the apples")
    assert "Kept, in the thread of #orchard" in direct(house, ana)[-1]
    prompt = next(one.ref for one in house.chat.posts if one.ref.place == ana.direct)
    await house.chat.say(ana, prompt.replies, "the mast")
    await house.settle()
    assert "#harbour" in house.chat.visible(prompt.replies)[-1].plain()


async def test_looking_at_a_check_in_makes_none_in_the_other_teams(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    await house.channel("orchard", "team", ana, plan=NINE)
    await house.chat.command(ana, harbour, "/checkin the mast")
    assert [one.channel_id for one in await checkins(house)] == ["harbour"]


async def test_who_is_in_no_team_is_told_so_kindly(house: House) -> None:
    ana = await house.person("ana")
    await say(house, ana, "the mast")
    assert "You are in no team channel that is set up" in direct(house, ana)[0]
    for verb in ("", " the mast", " skip", " questions"):
        told = card(await house.chat.command(ana, ana.direct, f"/checkin{verb}")).plain()
        assert "You are in no team channel that is set up" in told


async def test_a_message_delivered_twice_is_one_answer(house: House) -> None:
    _, [ana] = await team(house, "ana")
    await say(house, ana, "the mast")
    await house.chat.deliver_again()
    await house.settle()
    assert await entries(house) == [["the mast"]]
    assert len(direct(house, ana)) == 1


async def test_a_form_sent_twice_at_once_is_one_entry(house: House) -> None:
    harbour, [ana] = await team(house, "ana")
    asked = form(await house.chat.command(ana, harbour, "/checkin"))
    for _ in range(2):
        await house.chat.submit(ana, asked, {"answer.plan": "the mast"})
    assert (await count(house, Entry), await count(house, Answer)) == (1, 1)


async def test_the_form_behind_a_prompt_leaves_the_thanks_to_the_prompt(house: House) -> None:
    _, [ana] = await team(house, "ana")
    await ask(house)
    asked = form(await house.chat.press(ana, house.last(ana.direct), "Narrate"))
    assert asked.title == "Narrate your work"
    assert "Everybody in #harbour can read it" in asked.text.plain()
    assert [field.label for field in asked.fields] == [one.ask for one in ASKS]
    assert await house.chat.submit(ana, asked, {"answer.plan": "the mast"}) == Done()
