"""What becomes of grains, in the command, in forms, and back again."""

from __future__ import annotations

import pytest

from bot.chat import AccountId, Ask, Card, Field, Place, Show
from bot.grains import desk as grains
from tests.house import House


def shown(reply: object) -> Card:
    assert isinstance(reply, Show), reply
    return reply.card


async def fields(house: House, account: AccountId) -> tuple[Field, ...]:
    async with house.work() as work:
        return await grains.form_fields(work, await house.who(account))


async def take(house: House, account: AccountId, values: dict[str, str]) -> dict[str, str]:
    async with house.work() as work:
        return await grains.take_form(work, await house.who(account), values)


async def team(house: House) -> tuple[AccountId, AccountId, Place]:
    ana, ben = await house.person("ana"), await house.person("ben")
    return ana, ben, await house.channel("harbour", "team", ana, ben)


@pytest.mark.parametrize(
    ("typed", "said", "title", "learned"),
    [
        ("1 done", "Grain 1 is done.", "Ana: done", ""),
        ("1 done Wind helps", "Grain 1 is done.", "Ana: done", "Wind helps"),
        ("1 dropped No rope", "Grain 1 is dropped.", "Ana: dropped", "No rope"),
        ("1 kept Wind was weak", "Grain 1 stays with you.", "Ana plans", "Wind was weak"),
    ],
)
async def test_what_became_of_a_grain_stands_on_its_card(
    house: House, typed: str, said: str, title: str, learned: str
) -> None:
    ana, _, harbour = await team(house)
    await house.chat.command(ana, harbour, "/grain Rig it")
    assert shown(await house.chat.command(ana, harbour, f"/grain {typed}")).plain() == said
    await house.settle()
    (card,) = house.thread(harbour)
    assert card.title == title
    assert [fact.value.plain() for fact in card.facts if fact.label == "Learned"] == [
        one for one in [learned] if one
    ]
    assert bool(card.buttons) == (title == "Ana plans")


async def test_an_adjusted_grain_goes_on_as_a_new_one(house: House) -> None:
    ana, _, harbour = await team(house)
    await house.chat.command(ana, harbour, "/grain Rig it with @Ben #boats")
    assert (
        "new wording" in shown(await house.chat.command(ana, harbour, "/grain 1 adjusted")).plain()
    )
    card = shown(await house.chat.command(ana, harbour, "/grain 1 adjusted Rig the small one"))
    assert card.plain() == "Grain 1 goes on as grain 2: Rig the small one."
    await house.settle()
    old, new = sorted(house.thread(harbour), key=lambda one: one.title != "Ana: adjusted")
    assert "Now: Rig the small one" in old.plain()
    assert "Was: Rig it with @Ben #boats" in new.plain()
    assert "Topics: boats" in new.plain()
    assert "With: Ben" in new.plain()
    history = shown(await house.chat.command(ana, harbour, "/grain 2"))
    assert "16 November 2026: Rig it with @Ben #boats (adjusted)" in history.plain()
    assert "Rig the small one (open)" in history.plain()
    assert (
        "is adjusted already"
        in shown(await house.chat.command(ana, harbour, "/grain 1 done")).plain()
    )
    assert shown(await house.chat.press(ana, card, "Undo")).plain() == (
        "Undone. Grain 1 is as before. Grain 2 is gone."
    )
    await house.settle()
    assert [one.title for one in house.thread(harbour)] == ["Ana plans"]


async def test_the_list_shows_ones_own_open_grains_newest_first(house: House) -> None:
    ana, ben, harbour = await team(house)
    assert "You have none" in shown(await house.chat.command(ana, harbour, "/grain list")).plain()
    for words in ("one", "two", "three"):
        await house.chat.command(ana, harbour, f"/grain {words}")
    await house.chat.command(ben, harbour, "/grain another's")
    await house.chat.command(ana, harbour, "/grain 2 done")
    card = shown(await house.chat.command(ana, harbour, "/grain list"))
    assert card.text.lines() == ("3: three", "1: one")
    ask = await house.chat.press(ana, card, "Settle 3")
    assert isinstance(ask, Ask)
    card = shown(await house.chat.submit(ana, ask.form, {"three": "done"}))
    assert card.plain() == "Grain 3 is done."


async def test_a_long_list_is_a_choice(house: House) -> None:
    ana, _, harbour = await team(house)
    for n in range(30):
        await house.chat.command(ana, harbour, f"/grain plan {n}")
    card = shown(await house.chat.command(ana, harbour, "/grain list"))
    assert len(card.text.lines()) == 25
    assert card.footnote == "And 5 older ones."
    ask = await house.chat.choose(ana, card, "Settle a grain", "30: plan 29")
    assert isinstance(ask, Ask)


async def test_how_often_a_grain_was_carried_over_is_for_its_author_alone(house: House) -> None:
    ana, ben, harbour = await team(house)
    await house.chat.command(ana, harbour, "/grain Rig it\nslowly")
    for times in range(3):
        assert "Carried" not in (await fields(house, ana))[0].hint, times
        reply = shown(await house.chat.command(ana, harbour, "/grain 1 kept"))
    assert reply.plain() == "Grain 1 stays with you. Carried over three times."
    assert (await fields(house, ana))[0].hint == "Carried over three times."
    await house.settle()
    posted = house.find(house.parent(harbour).replies, "Rig it")
    for card in (house.thread(harbour)[0], shown(await house.chat.press(ben, posted, "Read on"))):
        assert "arried" not in card.plain()
        assert "kept" not in card.plain()


# The part of the check-in's form.


async def test_the_form_asks_what_became_of_each_open_grain(house: House) -> None:
    ana, _, harbour = await team(house)
    await house.chat.command(ana, harbour, "/grain Rig it")
    await house.chat.command(ana, harbour, "/grain Rig it")
    await house.chat.command(ana, harbour, "/grain Done already")
    await house.chat.command(ana, harbour, "/grain 3 done")
    asked = await fields(house, ana)
    labels = [field.label for field in asked]
    assert len(set(labels)) == len(labels) == 6
    choice, wording, learned = asked[:3]
    assert [option.label for option in choice.options] == [
        "Leave it open", "Done", "Kept", "Adjusted", "Dropped",
    ]  # fmt: skip
    assert wording.when is not None
    assert learned.when is not None
    assert (wording.when.field, wording.when.values) == (choice.key, ("adjusted",))
    assert learned.when.values == ("done", "kept", "adjusted", "dropped")


async def test_a_form_does_all_or_nothing(house: House) -> None:
    ana, ben, harbour = await team(house)
    for words in ("one", "two", "three"):
        await house.chat.command(ana, harbour, f"/grain {words}")
    await house.chat.command(ben, harbour, "/grain Ben's")
    three, two, one = [field.key for field in await fields(house, ana) if field.kind == "choice"]
    (bens,) = [field.key for field in await fields(house, ben) if field.kind == "choice"]
    await house.chat.command(ana, harbour, "/grain 3 dropped")
    wrong = {
        one: "done",
        two: "adjusted",
        three: "done",
        bens: "done",
        "grain.x": "",
        "grain.9": "gone",
    }
    errors = await take(house, ana, wrong)
    assert errors == {
        two.replace("grain", "adjusted"): "What is the new wording?",
        three: "Grain 3 is dropped already. Drop a new one with /grain and your next plan.",
        bens: "This grain is gone, or it is not yours.",
        "grain.x": "This grain is gone, or it is not yours.",
        "grain.9": "This grain is gone, or it is not yours.",
    }
    assert len(await fields(house, ana)) == 6
    right = {
        one: "done",
        one.replace("grain", "learned"): "It **works**",
        two: "adjusted",
        two.replace("grain", "adjusted"): "Two, but smaller",
        "answer.plan": "not ours",
    }
    assert await take(house, ana, right) == {}
    (only, *_) = await fields(house, ana)
    assert only.label == "Two, but smaller"
    await house.settle()
    assert [card.title for card in house.thread(harbour)].count("Ana: done") == 1


async def test_a_state_that_does_not_exist_is_refused(house: House) -> None:
    ana, _, harbour = await team(house)
    await house.chat.command(ana, harbour, "/grain one")
    (choice, *_) = await fields(house, ana)
    assert "not “flown”" in (await take(house, ana, {choice.key: "flown"}))[choice.key]


async def test_an_undo_takes_back_the_whole_last_form_and_then_the_one_before(house: House) -> None:
    ana, _, harbour = await team(house)
    await house.chat.command(ana, harbour, "/grain one")
    await house.chat.command(ana, harbour, "/grain two")
    keys = [field.key for field in await fields(house, ana) if field.kind == "choice"]
    house.later(minutes=1)
    await take(house, ana, dict.fromkeys(keys, "done"))
    said = []
    async with house.work() as work:
        person = await house.who(ana)
        assert await grains.last_change_at(work, person) == house.now
        while (sentence := await grains.undo_last(work, person)) is not None:
            said.append(sentence)
        assert await grains.last_change_at(work, person) is None
    assert said == [
        "Undone. Grains 1 and 2 are as before.",
        "Undone. Grain 2 is gone.",
        "Undone. Grain 1 is gone.",
    ]


async def test_an_older_change_is_not_taken_back_under_a_newer_one(house: House) -> None:
    ana, _, harbour = await team(house)
    await house.chat.command(ana, harbour, "/grain one")
    kept = shown(await house.chat.command(ana, harbour, "/grain 1 kept"))
    await house.chat.command(ana, harbour, "/grain 1 done")
    assert "Take that back first" in shown(await house.chat.press(ana, kept, "Undo")).plain()


async def test_after_a_day_nothing_is_taken_back(house: House) -> None:
    ana, _, harbour = await team(house)
    card = shown(await house.chat.command(ana, harbour, "/grain one"))
    house.later(hours=25)
    async with house.work() as work:
        assert await grains.undo_last(work, await house.who(ana)) is None
    assert "more than a day ago" in shown(await house.chat.press(ana, card, "Undo")).plain()
