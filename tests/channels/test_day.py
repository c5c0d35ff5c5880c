"""A channel's day has one message in the open, and everybody's words in its thread."""

from __future__ import annotations

from datetime import date

from bot.channels import desk as channels
from bot.chat import AccountId, Card, Place, Text
from bot.people import desk as people
from tests.house import House

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
NARRATED = "narrated today. Their words are in the thread."


async def speak(
    house: House, place: Place, who: AccountId, words: str, key: str, day: date = MONDAY
) -> None:
    async with house.work() as work:
        channel = await channels.find(work, place)
        assert channel is not None
        person = await people.caller(work, who)
        card = Card(text=Text.of(words))
        await channels.speak(work, channel, day, person, card, key=key)
    await house.settle()


async def hush(house: House, key: str) -> None:
    async with house.work() as work:
        await channels.hush(work, "fake:W1", key)
    await house.settle()


def texts(cards: tuple[Card, ...]) -> list[str]:
    return [card.text.plain() for card in cards]


async def remove(house: House, by: AccountId, place: Place, words: str) -> None:
    """A moderator takes a message of ours away."""
    await house.chat.remove_said(by, house.find(place, words))
    await house.settle()


async def test_a_day_has_one_parent_that_names_everybody_once(house: House) -> None:
    """It is edited in place; the words stand in its thread, in their order."""
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    await speak(house, harbour, ana, "first", "a1")
    parent = house.parent(harbour)
    await speak(house, harbour, ben, "second", "b1")
    await speak(house, harbour, ana, "third", "a2")
    assert texts(house.seen(harbour)) == [f"Ana and Ben {NARRATED}"]
    assert house.parent(harbour) == parent
    assert texts(house.thread(harbour)) == ["first", "second", "third"]


async def test_every_day_and_every_channel_has_its_own_parent(house: House) -> None:
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    orchard = await house.channel("orchard", "team", ana)
    await speak(house, harbour, ana, "monday", "a1")
    await speak(house, harbour, ana, "tuesday", "a2", TUESDAY)
    await speak(house, orchard, ana, "orchard", "a3")
    assert [card.title for card in house.seen(harbour)] == [
        "Monday 16 November",
        "Tuesday 17 November",
    ]
    assert texts(house.thread(harbour)) == ["tuesday"]
    assert len(house.seen(orchard)) == 1


async def test_a_card_changes_where_it_stands(house: House) -> None:
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    await speak(house, harbour, ana, "draft", "a1")
    await speak(house, harbour, ana, "better", "a1")
    assert texts(house.thread(harbour)) == ["better"]
    assert texts(house.seen(harbour)) == [f"Ana {NARRATED}"]


async def test_words_taken_back_are_no_longer_counted(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    await speak(house, harbour, ana, "first", "a1")
    await speak(house, harbour, ben, "second", "b1")
    await hush(house, "a1")
    assert texts(house.thread(harbour)) == ["second"]
    assert texts(house.seen(harbour)) == [f"Ben {NARRATED}"]


async def test_words_taken_back_can_return(house: House) -> None:
    """Their author undid it: they stand in the thread again, and are counted."""
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    await speak(house, harbour, ana, "words", "a1")
    await hush(house, "a1")
    assert house.thread(harbour) == ()
    await speak(house, harbour, ana, "words", "a1")
    assert texts(house.thread(harbour)) == ["words"]
    assert texts(house.seen(harbour)) == [f"Ana {NARRATED}"]


async def test_a_card_that_a_moderator_removed_is_not_counted_and_stays_away(house: House) -> None:
    """Even when its author changes their words later."""
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    await speak(house, harbour, ana, "first", "a1")
    await speak(house, harbour, ben, "second", "b1")
    thread = house.parent(harbour).replies
    await remove(house, ben, thread, "first")
    assert texts(house.seen(harbour)) == [f"Ben {NARRATED}"]
    await speak(house, harbour, ana, "changed", "a1")
    assert texts(house.chat.visible(thread)) == ["second"]
    assert texts(house.seen(harbour)) == [f"Ben {NARRATED}"]


async def test_a_removed_parent_returns_with_the_next_words_and_not_before(house: House) -> None:
    """Changes of what was said, and removals, do not bring it back."""
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    await speak(house, harbour, ana, "first", "a1")
    await speak(house, harbour, ana, "other", "a2")
    old = house.parent(harbour).replies
    await remove(house, ben, harbour, "narrated")
    await speak(house, harbour, ana, "changed", "a1")
    await hush(house, "a2")
    assert house.seen(harbour) == ()
    assert texts(house.chat.visible(old)) == ["changed"]
    await remove(house, ben, old, "changed")
    assert house.seen(harbour) == ()
    await speak(house, harbour, ben, "second", "b1")
    assert texts(house.seen(harbour)) == [f"Ben {NARRATED}"]
    assert texts(house.thread(harbour)) == ["second"]


async def test_a_day_that_asks_in_the_open_asks_once(house: House) -> None:
    """The first questions stay, however many people are asked; a moderator who removed them has the last word."""
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)

    async def ask(question: str) -> None:
        async with house.work() as work:
            channel = await channels.get(work, "fake:W1", "harbour")
            await channels.open_day(work, channel, MONDAY, asks=[question])
        await house.settle()

    await ask("What is next?")
    await ask("Something else?")
    (parent,) = house.seen(harbour)
    assert parent.text.plain() == "• What is next?"
    await remove(house, ana, harbour, "What is next?")
    await ask("What is next?")
    assert house.seen(harbour) == ()


async def test_the_day_of_a_thread_is_known(house: House) -> None:
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    await speak(house, harbour, ana, "words", "a1")
    async with house.store.look() as work:
        found = await channels.day_at(work, house.parent(harbour))
        assert found is not None
        assert (found[0].id, found[1]) == ("harbour", MONDAY)
        assert (
            await channels.day_at(work, house.find(house.parent(harbour).replies, "words")) is None
        )


async def test_the_last_voice_is_the_last_of_anybody_else(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    await speak(house, harbour, ben, "early", "b1")
    house.later(minutes=1)
    await speak(house, harbour, ben, "late", "b2")
    house.later(minutes=1)
    await speak(house, harbour, ana, "mine", "a1")
    async with house.store.look() as work:
        channel = await channels.get(work, "fake:W1", "harbour")
        last = await channels.last_voice(work, channel, MONDAY, await people.caller(work, ana))
        assert last is not None
        assert (last[0].name, last[1]) == ("Ben", "b2")
        none = await channels.last_voice(work, channel, TUESDAY, await people.caller(work, ana))
        assert none is None
