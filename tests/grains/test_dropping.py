"""Every way to drop a grain, and what the team sees of it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.chat import Ask, Card, Done, Show
from bot.grains.tables import Grain
from tests.house import House


def shown(reply: object) -> Card:
    assert isinstance(reply, Show), reply
    return reply.card


def labels(card: Card) -> list[str]:
    return [button.label for button in card.buttons]


async def test_a_typed_grain_stands_in_the_thread_of_the_day(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    card = shown(await house.chat.command(ana, harbour, "/grain Rig the second boat #boats"))
    assert card.title == "Kept as grain 1"
    assert "Everybody in #harbour can read it." in card.footnote
    assert labels(card) == ["Undo", "Add details"]
    await house.settle()
    (posted,) = house.thread(harbour)
    assert posted.title == "Ana plans"
    assert posted.text.plain() == "Rig the second boat #boats"
    assert posted.facts[0].value.plain() == "boats"
    assert labels(posted) == ["Go on", "Adjust", "Reply"]


async def test_a_grain_goes_to_the_team_it_was_typed_in_else_to_the_one_used_last(
    house: House,
) -> None:
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    orchard = await house.channel("orchard", "team", ana)
    reliability = await house.channel("reliability", "community", ana)
    assert "#orchard" in shown(await house.chat.command(ana, orchard, "/grain one")).footnote
    assert "#orchard" in shown(await house.chat.command(ana, ana.direct, "/grain two")).footnote
    assert "#harbour" in shown(await house.chat.command(ana, harbour, "/grain three")).footnote
    assert "#harbour" in shown(await house.chat.command(ana, reliability, "/grain four")).footnote


async def test_without_a_team_a_grain_is_kept_for_its_author_alone(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ben)
    card = shown(await house.chat.command(ana, harbour, "/grain Rig it with @Ben"))
    assert "Only you can read it. I have told nobody: Ben cannot read it." in card.footnote
    assert "You are in no team channel yet" in card.footnote
    await house.settle()
    assert house.seen(harbour) == ()
    assert house.seen(ben.direct) == ()


async def test_an_undo_takes_a_new_grain_away_once(house: House) -> None:
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    card = shown(await house.chat.command(ana, harbour, "/grain Rig it"))
    await house.settle()
    assert len(house.thread(harbour)) == 1
    assert "Grain 1 is gone" in shown(await house.chat.press(ana, card, "Undo")).plain()
    await house.settle()
    assert house.thread(harbour) == ()
    assert "taken back already" in shown(await house.chat.press(ana, card, "Undo")).plain()
    assert "grain 2" in shown(await house.chat.command(ana, harbour, "/grain Sail it")).title


async def test_a_form_opens_when_nothing_is_typed(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    ask = await house.chat.command(ana, harbour, "/grain")
    assert isinstance(ask, Ask)
    assert ask.form.fields[0].counted == 140
    await house.chat.submit(ana, ask.form, {"text": " ", "link": ""}, place=harbour)
    assert house.chat.wrong[ana] == {"text": "A grain needs a few words: what will you try next?"}
    await house.chat.submit(ana, ask.form, {"text": "Rig it", "link": "dock"}, place=harbour)
    assert "is no web address" in house.chat.wrong[ana]["link"]
    full = {
        "text": "Rig it",
        "expected": "Two boats sail",
        "link": "https://a.example/rig",
        "topics": "boats",
        "people": "Ben",
    }
    card = shown(await house.chat.submit(ana, ask.form, full, place=harbour))
    assert [fact.label for fact in card.facts] == ["Expects", "Link", "Topics", "With"]
    assert isinstance(
        await house.chat.submit(ana, ask.form, full, place=harbour, final=False), Done
    )
    async with house.work() as work:
        assert await work.session.scalar(select(func.count()).select_from(Grain)) == 1


async def test_details_can_be_added_and_taken_back(house: House) -> None:
    ana, ben, chi = [await house.person(one) for one in ("ana", "ben", "chi")]
    harbour = await house.channel("harbour", "team", ana, ben)
    card = shown(await house.chat.command(ana, harbour, "/grain Rig it"))
    ask = await house.chat.press(ana, card, "Add details")
    assert isinstance(ask, Ask)
    reply = await house.chat.submit(ana, ask.form, {"people": "ben, Chi", "topics": "boats"})
    assert "I have not told Chi, who cannot read #harbour." in shown(reply).plain()
    await house.settle()
    assert house.thread(harbour)[0].plain().endswith("Topics: boats\nWith: Ben")
    assert house.seen(ben.direct)[-1].title == "Ana names you in a plan"
    assert not any("plan" in one.title for one in house.seen(chi.direct))
    await house.chat.command(ana, harbour, "/checkin undo")
    await house.settle()
    assert house.thread(harbour)[0].facts == ()
    assert not any("plan" in one.title for one in house.seen(ben.direct))


async def test_long_words_keep_a_headline_and_all_of_the_rest(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    long = " ".join(f"word{n}" for n in range(60))
    await house.chat.command(ana, harbour, f"/grain {long}")
    await house.settle()
    posted = house.find(house.parent(harbour).replies, "word0")
    assert labels(house.thread(harbour)[0]) == ["Go on", "Adjust", "Reply", "Read on"]
    assert shown(await house.chat.press(ben, posted, "Read on")).text.plain() == long


@pytest.mark.parametrize(
    "written",
    [
        "<!channel> @everyone",
        "🌊🌊",
        "נסה את הסירה",
        "小さな計画",
        "*a* `b` \\ _c_",
        "a\u0000b \ud83d",
    ],
)
async def test_words_of_every_kind_are_data(house: House, written: str) -> None:
    """Nothing typed as a grain can ping, break a card or get lost on the way."""
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    shown(await house.chat.command(ana, harbour, f"/grain {written}"))
    await house.settle()
    (posted,) = house.thread(harbour)
    assert posted.text.plain()
    assert not any(span.mention for block in posted.text.blocks for span in block.spans)


async def test_what_is_no_grain_is_refused_in_a_sentence(house: House) -> None:
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    for typed, said in [
        ("\u200b", "a few words"),
        ("x" * 1_000_000, "1,000,000 characters"),
        ("7", "You have no grain 7"),
        ("1 adjusted", "You have no grain 1"),
    ]:
        card = shown(await house.chat.command(ana, harbour, f"/grain {typed}"))
        assert said in card.plain()
    await house.settle()
    assert not [one for one in house.seen(harbour) if "narrated" in one.plain()]


async def test_a_card_that_a_moderator_removed_is_not_posted_again(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    await house.chat.command(ana, harbour, "/grain Rig it")
    await house.settle()
    posted = house.find(house.parent(harbour).replies, "Rig it")
    await house.chat.remove_said(ben, posted)
    await house.settle()
    await house.chat.command(ana, harbour, "/grain 1 done")
    await house.settle()
    assert house.thread(harbour) == ()


async def test_the_command_completes_its_sub_words_and_own_numbers(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    await house.chat.command(ana, harbour, "/grain Rig it")
    complete = house.desk.complete
    assert await complete("grain", "", ana, harbour) == ("list", "1 Rig it")
    assert await complete("grain", "1 d", ana, harbour) == ("1 done", "1 dropped")
    assert await complete("grain", "", ben, harbour) == ("list",)
    reply = await house.chat.command(ana, harbour, "/grain 1 Rig it")
    assert shown(reply).title == "Grain 1"


# Messages.


async def test_the_shortcut_keeps_ones_own_message_and_follows_it(house: House) -> None:
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    said = await house.chat.say(ana, harbour, "Rig the second boat")
    card = shown(await house.chat.shortcut(ana, said, "Keep as grain"))
    assert card.title == "Kept as grain 1"
    again = shown(await house.chat.shortcut(ana, said, "Keep as grain"))
    assert "as grain 1 already" in again.plain()
    await house.chat.edit_said(ana, said, "Rig the third boat #boats")
    await house.settle()
    assert house.thread(harbour)[0].plain() == "Ana plans\nRig the third boat #boats\nTopics: boats"
    await house.chat.remove_said(ana, said)
    await house.settle()
    assert house.thread(harbour) == ()


async def test_somebody_elses_words_leave_their_channel_with_nobody(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    orchard = await house.channel("orchard", "team", ben)
    reliability = await house.channel("reliability", "community", ana, ben)
    here = await house.chat.say(ana, harbour, "Rig the second boat")
    assert "#harbour" in shown(await house.chat.shortcut(ben, here, "Keep as grain")).footnote
    there = await house.chat.say(ana, reliability, "Ropes wear out")
    card = shown(await house.chat.shortcut(ben, there, "Keep as grain"))
    assert "Only you can read it." in card.footnote
    await house.settle()
    assert house.seen(orchard) == ()
    await house.chat.remove_said(ana, there)
    await house.settle()
    assert "grain 2 was deleted" in house.seen(ben.direct)[-1].plain()


async def test_nobody_keeps_a_message_they_cannot_read(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana)
    for place in (harbour, ana.direct):
        said = await house.chat.say(ana, place, "Between us")
        card = shown(await house.chat.shortcut(ben, said, "Keep as grain"))
        assert "not one of them" in card.plain()


async def test_lines_in_the_direct_message_become_grains_that_follow_it(house: House) -> None:
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    said = await house.chat.say(ana, ana.direct, "grain: rig it\nnext: sail it")
    await house.settle()
    assert {one.text.plain() for one in house.thread(harbour)} == {"rig it", "sail it"}
    told = house.find(ana.direct, "Kept as grain 1: rig it")
    assert told
    await house.chat.command(ana, harbour, "/grain 2 done")
    await house.chat.edit_said(ana, said, "next: sail it\ngrain: mend it")
    await house.settle()
    cards = {one.text.plain(): one.title for one in house.thread(harbour)}
    assert cards == {"sail it": "Ana: done", "mend it": "Ana plans"}
    await house.chat.remove_said(ana, said)
    await house.settle()
    assert house.thread(harbour) == ()


async def test_an_event_that_comes_twice_drops_one_grain(house: House) -> None:
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    await house.chat.say(ana, ana.direct, "grain: rig it")
    await house.settle()
    await house.chat.deliver_again()
    await house.settle()
    assert len(house.thread(harbour)) == 1
