"""What others make of a plan reaches its author, and nobody who may not read it."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat import AccountId, Ask, Card, Done, Place, Press, Show, action
from bot.grains import desk as grains
from bot.grains.desk import Grain
from tests.house import House


def shown(reply: object) -> Card:
    assert isinstance(reply, Show), reply
    return reply.card


async def team(house: House) -> tuple[AccountId, AccountId, AccountId, Place]:
    ana, ben, chi = [await house.person(one) for one in ("ana", "ben", "chi")]
    harbour = await house.channel("harbour", "team", ana, ben)
    await house.chat.command(ana, harbour, "/grain Rig it")
    await house.settle()
    return ana, ben, chi, harbour


def heard(house: House, account: AccountId) -> Card:
    return next(card for card in house.seen(account.direct) if card.title.startswith("About your"))


async def hint(house: House, account: AccountId) -> str:
    async with house.work() as work:
        return (await grains.form_fields(work, await house.who(account)))[0].hint


async def test_a_verdict_reaches_the_author_at_once_and_in_the_next_form(house: House) -> None:
    ana, ben, _, harbour = await team(house)
    posted = house.find(house.parent(harbour).replies, "Rig it")
    ask = await house.chat.press(ben, posted, "Adjust")
    assert isinstance(ask, Ask)
    assert "everybody in #harbour can read it" in ask.form.text.plain()
    card = shown(await house.chat.submit(ben, ask.form, {"words": "try the smaller boat"}))
    assert card.plain() == "Thanks. Ana hears that you would adjust."
    await house.settle()
    told = heard(house, ana)
    assert told.facts[0].label == "Ben"
    assert told.facts[0].value.plain() == "adjust, try the smaller boat"
    assert [button.label for button in told.buttons] == ["Done", "Adjust it", "Leave it"]
    assert "Ben: adjust, try the smaller boat" in house.thread(harbour)[0].plain()
    assert await hint(house, ana) == "Ben: adjust, try the smaller boat."


async def test_the_last_word_of_a_person_counts_and_can_be_taken_back(house: House) -> None:
    ana, ben, _, harbour = await team(house)
    posted = house.find(house.parent(harbour).replies, "Rig it")
    ask = await house.chat.press(ben, posted, "Adjust")
    assert isinstance(ask, Ask)
    await house.chat.submit(ben, ask.form, {})
    card = shown(await house.chat.press(ben, posted, "Go on"))
    await house.chat.press(ben, posted, "Go on")
    await house.settle()
    assert [fact.value.plain() for fact in heard(house, ana).facts] == ["go on"]
    assert len([one for one in house.seen(ana.direct) if one.title.startswith("About")]) == 1
    await house.chat.press(ben, card, "Take it back")
    await house.settle()
    assert heard(house, ana).facts == ()
    assert house.thread(harbour)[0].facts == ()


async def test_the_author_answers_what_others_said(house: House) -> None:
    ana, ben, _, harbour = await team(house)
    posted = house.find(house.parent(harbour).replies, "Rig it")
    await house.chat.press(ben, posted, "Go on")
    await house.settle()
    told = house.find(ana.direct, "About your grain 1")
    assert isinstance(await house.chat.press(ana, told, "Leave it"), Done)
    await house.settle()
    assert heard(house, ana).buttons == ()
    assert await hint(house, ana) == ""
    ask = await house.chat.press(ben, posted, "Reply")
    assert isinstance(ask, Ask)
    await house.chat.submit(ben, ask.form, {"words": ""})
    assert house.chat.wrong[ben] == {"words": "Write a word or two first."}
    await house.chat.submit(ben, ask.form, {"words": "The rope is new"})
    await house.settle()
    assert await hint(house, ana) == "Ben: The rope is new."
    ask = await house.chat.press(ana, told, "Adjust it")
    assert isinstance(ask, Ask)
    await house.chat.submit(ana, ask.form, {"text": "Rig the small one", "learned": "Ask first"})
    await house.settle()
    assert heard(house, ana).buttons == ()
    assert {card.title for card in house.thread(harbour)} == {"Ana: adjusted", "Ana plans"}


async def test_done_is_one_tap_below_what_others_said(house: House) -> None:
    ana, ben, _, harbour = await team(house)
    posted = house.find(house.parent(harbour).replies, "Rig it")
    await house.chat.press(ben, posted, "Go on")
    await house.settle()
    told = house.find(ana.direct, "About your grain 1")
    assert shown(await house.chat.press(ana, told, "Done")).plain() == "Grain 1 is done."
    assert "settled this plan" in shown(await house.chat.press(ben, posted, "Go on")).plain()


async def test_nobody_judges_their_own_plan_or_one_they_cannot_read(house: House) -> None:
    ana, _, chi, harbour = await team(house)
    posted = house.find(house.parent(harbour).replies, "Rig it")
    for label in ("Go on", "Adjust", "Reply"):
        assert "your own plan" in shown(await house.chat.press(ana, posted, label)).plain()
        assert "you cannot read it" in shown(await house.chat.press(chi, posted, label)).plain()
    stranger = AccountId("fake", "W2", "zed")
    assert (
        "members of this workspace"
        in shown(await house.chat.press(stranger, posted, "Go on")).plain()
    )
    await house.settle()
    assert house.thread(harbour)[0].facts == ()


@pytest.mark.parametrize(
    "verb",
    [
        "more",
        "reply",
        "unsay",
        "go_on",
        "adjust",
        "undo",
        "details",
        "settle",
        "done",
        "reword",
        "leave",
    ],
)
@pytest.mark.parametrize("word", ["", "0", "x", str(2**63), "9" * 40, "٣", "-1", "from:nowhere"])
async def test_a_forged_button_is_refused_in_a_sentence(house: House, verb: str, word: str) -> None:
    ana = await house.person("ana")
    press = Press(action(f"grains.{verb}", word), ana, ana.direct, house.now)
    assert shown(await house.desk.answer(press)).plain().endswith((".", "ago."))


@pytest.mark.parametrize("verb", ["details", "settle", "done", "reword", "leave"])
async def test_what_is_ones_own_is_settled_by_nobody_else(house: House, verb: str) -> None:
    _, ben, _, _ = await team(house)
    async with house.work() as work:
        (grain,) = await grains.open_of(work, await house.who(AccountId("fake", "W1", "ana")))
    press = Press(action(f"grains.{verb}", grain.id), ben, ben.direct, house.now)
    assert "not yours" in shown(await house.desk.answer(press)).plain()


async def test_acts_at_one_moment_are_done_one_after_another(house: House) -> None:
    """Two taps of one person leave one verdict, and a plan that two forms settle becomes one of them."""
    ana, ben, _, harbour = await team(house)
    posted = house.find(house.parent(harbour).replies, "Rig it")
    taps = [house.chat.press(ben, posted, "Go on") for _ in range(4)]
    assert all("Thanks" in shown(one).plain() for one in await asyncio.gather(*taps))
    typed = [house.chat.command(ana, harbour, f"/grain 1 {to}") for to in ("done", "dropped")]
    said = [shown(one).plain() for one in await asyncio.gather(*typed)]
    assert sorted("already" in one for one in said) == [False, True]
    dropped = [house.chat.command(ana, harbour, f"/grain plan {n}") for n in range(4)]
    titles = {shown(one).title for one in await asyncio.gather(*dropped)}
    assert titles == {f"Kept as grain {n}" for n in range(2, 6)}


# Stakeholders.


async def test_a_named_stakeholder_hears_once_and_answers_in_the_thread(house: House) -> None:
    ana, ben, _ = [await house.person(one) for one in ("ana", "ben", "chi")]
    harbour = await house.channel("harbour", "team", ana, ben)
    card = shown(await house.chat.command(ana, harbour, "/grain Rig it with @ben, @Chi and @Zed"))
    assert "I have not told Chi, who cannot read #harbour." in card.footnote
    await house.settle()
    asked = house.find(ben.direct, "Ana names you in a plan")
    reply = await house.chat.say(ben, asked.replies, "The *rope* is new")
    await house.settle()
    assert heard(house, ana).facts[0].value.plain() == "The rope is new"
    assert "Ben: The rope is new" in house.thread(harbour)[0].plain()
    await house.chat.edit_said(ben, reply, "The rope is old")
    await house.settle()
    assert "Ben: The rope is old" in house.thread(harbour)[0].plain()
    await house.chat.remove_said(ben, reply)
    await house.settle()
    assert "rope" not in house.thread(harbour)[0].plain()
    assert len([one for one in house.seen(ben.direct) if "names you" in one.title]) == 1
    assert len(house.thread(harbour)) == 1, "A reply below a plan is no entry."


async def test_who_left_the_channel_reads_and_says_nothing_more(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    await house.chat.command(ana, harbour, "/grain Rig it with @ben")
    await house.settle()
    asked = house.find(ben.direct, "Ana names you in a plan")
    await house.chat.leave(ben, harbour)
    await house.settle()
    await house.chat.say(ben, asked.replies, "The rope is new")
    await house.settle()
    assert "kept your words nowhere" in house.chat.visible(asked.replies)[-1].plain()
    assert "rope" not in house.thread(harbour)[0].plain()
    await house.chat.command(ana, harbour, "/grain 1 done secret")
    await house.settle()
    assert not any("names you" in one.title for one in house.seen(ben.direct))


# Plans of an entry.


async def plans(
    house: House, account: AccountId, *lines: str, source: str = "test:1:plan"
) -> list[Grain]:
    async with house.work() as work:
        return await grains.sync_lines(
            work, await house.who(account), "harbour", lines, source=source
        )


@pytest.mark.parametrize("count", [2, 7])
async def test_buttons_for_several_plans_ask_which(house: House, count: int) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    await house.channel("harbour", "team", ana, ben)
    made = await plans(house, ana, *[f"plan {n}" for n in range(count)])
    go_on, adjust = grains.entry_buttons(made)
    assert max(len(go_on.action), len(adjust.action)) <= 100
    ask = await house.desk.answer(Press(go_on.action, ben, ben.direct, house.now))
    assert isinstance(ask, Ask)
    assert [option.label for option in ask.form.fields[0].options] == [
        f"plan {n}" for n in range(count)
    ]
    assert ask.form.fields[0].value == str(made[0].id)
    await house.chat.submit(ben, ask.form, {"which": ""})
    assert house.chat.wrong[ben] == {"which": "Which plan do you mean?"}
    await house.chat.submit(ben, ask.form, {"which": str(made[1].id)})
    async with house.work() as work:
        (fact,) = await grains.entry_facts(work, made)
    assert (fact.label, fact.value.plain()) == ("plan 1", "Ben: go on")


async def test_a_single_plan_is_judged_with_one_tap(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    await house.channel("harbour", "team", ana, ben)
    made = await plans(house, ana, "Rig it")
    go_on, _ = grains.entry_buttons(made)
    assert (
        "Thanks."
        in shown(await house.desk.answer(Press(go_on.action, ben, ben.direct, house.now))).plain()
    )
    await house.chat.command(ana, ana.direct, "/grain 1 done")
    async with house.work() as work:
        assert (
            grains.entry_buttons(
                await grains.from_source(work, await house.who(ana), "test:1:plan")
            )
            == ()
        )
