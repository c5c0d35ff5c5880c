"""The sender keeps the order, the pace and the peace of platforms, and gives up in words."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.chat import Busy, Place, Refused, Unsure
from bot.engine import limits, outbox
from bot.engine.sender import Sender
from bot.engine.tables import Destination
from tests.engine.parts import Door, Watched, Yard, card, logged, opened


async def test_a_busy_place_is_left_alone_for_exactly_the_seconds_it_asks_for(yard: Yard) -> None:
    """After them the message is posted, once."""
    yard.chat.trouble_next(Busy(30))
    await yard.show("words")
    await yard.settle()
    yard.later(29.9)
    await yard.settle()
    assert yard.chat.calls == ["send one"]
    yard.later(0.1)
    await yard.settle()
    assert yard.seen() == ["words"]
    assert yard.chat.calls == ["send one", "send one"]


async def test_other_places_do_not_wait_for_a_busy_one(yard: Yard) -> None:
    yard.chat.trouble_next(Busy(30))
    await yard.show("words")
    await yard.settle()
    await yard.show("other words", "two", at=yard.chat.channel("orchard"))
    await yard.settle()
    assert yard.seen(yard.chat.channel("orchard")) == ["other words"]


async def test_a_platform_that_is_busy_everywhere_pauses(yard: Yard) -> None:
    """Nothing goes there, to places old and new, by any sender; other platforms go on."""
    quiet, elsewhere = yard.chat.channel("quiet"), Watched("other")
    other = Sender(yard.store, {"fake": yard.chat, "other": elsewhere})
    await yard.show("before", "before", at=quiet)
    await yard.settle()
    yard.chat.trouble_next(Busy(30, everywhere=True))
    await yard.show("words")
    await yard.settle()
    calls = len(yard.chat.calls)
    await yard.show("old place", "old", at=quiet)
    await yard.show("new place", "new", at=yard.chat.channel("new"))
    await yard.show("elsewhere", "elsewhere", at=elsewhere.channel("far"))
    yard.later(29.9)
    await yard.settle()
    await other.step()
    assert len(yard.chat.calls) == calls
    assert yard.seen(elsewhere.channel("far")) == []
    assert len(elsewhere.posts) == 1
    yard.later(0.1)
    await yard.settle()
    assert yard.seen() == ["words"]
    assert yard.seen(yard.chat.channel("new")) == ["new place"]


async def test_what_is_refused_is_given_up_with_the_reason_and_the_next_goes_on(yard: Yard) -> None:
    yard.chat.trouble_next(Refused("I am not in that channel."))
    await yard.show("refused", "refused")
    await yard.show("next", "next")
    await yard.settle()
    row = await yard.row("refused")
    assert (row.state, row.error) == ("dead", "I am not in that channel.")
    assert yard.seen() == ["next"]
    assert await yard.counted() == ({}, {})


async def test_words_that_were_changed_while_the_old_were_refused_are_tried(yard: Yard) -> None:
    async def change(_to: Place) -> None:
        yard.chat.before = None
        await yard.show("new words")
        raise Refused("Too rude.")

    yard.chat.before = change
    await yard.show("old words")
    await yard.settle()
    assert yard.seen() == ["new words"]


async def test_after_a_lost_answer_there_is_one_copy(yard: Yard) -> None:
    """The message is looked for before it is posted again."""
    yard.chat.lose_answer()
    await yard.show("words")
    await yard.settle()
    yard.later(limits.back_off(1).total_seconds())
    await yard.settle()
    assert yard.seen() == ["words"]
    assert yard.chat.calls == ["send one", "send one again"]
    assert (await yard.row()).state == "posted"


async def test_what_never_arrived_is_posted_by_the_second_try(yard: Yard) -> None:
    yard.chat.trouble_next(Unsure("The line went dead."))
    await yard.show("words")
    await yard.settle()
    assert yard.seen() == []
    yard.later(2)
    await yard.settle()
    assert yard.seen() == ["words"]


@pytest.mark.parametrize("arrived", [True, False])
async def test_of_what_is_withdrawn_while_its_post_is_uncertain_none_is_left(
    yard: Yard, arrived: bool
) -> None:
    if arrived:
        yard.chat.lose_answer()
    else:
        yard.chat.trouble_next(Unsure("The line went dead."))
    await yard.show("words")
    await yard.settle()
    await yard.withdraw()
    yard.later(2)
    await yard.settle()
    assert yard.seen() == []
    assert (await yard.row()).state == "gone"
    assert await yard.counted() == ({}, {})


async def test_a_try_that_is_uncertain_and_then_busy_is_still_looked_for(yard: Yard) -> None:
    """Patience does not make anybody forget that the message may be there."""
    yard.chat.lose_answer()
    await yard.show("words")
    await yard.settle()
    yard.later(2)
    yard.chat.trouble_next(Busy(5))
    await yard.settle()
    yard.later(5)
    await yard.settle()
    assert yard.seen() == ["words"]
    assert yard.chat.calls[-1] == "send one again"


async def test_of_what_is_withdrawn_on_its_way_none_is_left(yard: Yard) -> None:
    async def withdraw(_to: Place) -> None:
        yard.chat.before = None
        await yard.withdraw()

    yard.chat.before = withdraw
    await yard.show("words")
    await yard.settle()
    assert yard.seen() == []
    assert (await yard.row()).state == "gone"


@pytest.mark.parametrize("trouble", [Busy(5), Refused("Not here.")])
async def test_what_is_withdrawn_on_its_way_and_never_arrived_asks_nothing_more(
    yard: Yard, trouble: Busy | Refused
) -> None:
    """There is nothing to remove, so the platform is left alone."""

    async def withdraw(_to: Place) -> None:
        await yard.withdraw()
        raise trouble

    yard.chat.before = withdraw
    await yard.show("words")
    await yard.settle()
    yard.later(5)
    await yard.settle()
    row = await yard.row()
    assert (row.state, row.strikes) == ("gone", 0)
    assert yard.chat.calls == ["send one"]
    assert await yard.counted() == ({}, {})


async def test_failures_are_tried_again_later_and_later_and_then_given_up(yard: Yard) -> None:
    """After 2, 8, 32 seconds and so on; about two hours in all."""
    await yard.show("words")
    await yard.show("next", "next")
    waits: list[float] = []
    for _ in range(limits.STRIKES):
        yard.chat.trouble_next(Unsure("The line went dead."))
        await yard.settle()
        row = await yard.row()
        wait = (row.not_before - yard.now).total_seconds()
        if row.state == "pending":
            waits.append(wait)
            yard.later(wait - 0.1)
            calls = len(yard.chat.calls)
            await yard.settle()
            assert len(yard.chat.calls) == calls
            yard.later(0.1)
    row = await yard.row()
    assert (row.state, row.error) == ("dead", "The line went dead.")
    assert waits == [2, 8, 32, 128, 512, 2048, 3600]
    await yard.settle()
    assert yard.seen() == ["next"]
    assert await yard.counted() == ({}, {})


async def test_a_success_forgives_the_failures_before_it(yard: Yard) -> None:
    yard.chat.trouble_next(Unsure("The line went dead."))
    await yard.show("words")
    await yard.settle()
    yard.later(2)
    await yard.settle()
    row = await yard.row()
    assert (row.strikes, row.error, row.unsure) == (0, "", False)


async def test_messages_keep_the_pace_of_their_platform(yard: Yard) -> None:
    """One place is left alone between two messages, and others are not."""
    yard.chat.pace = 1
    for key in ("one", "two"):
        await yard.show(key, key)
    await yard.show("other", "other", at=yard.chat.channel("orchard"))
    await yard.settle()
    assert len(yard.chat.calls) == 2
    yard.later(0.9)
    await yard.settle()
    assert yard.seen() == ["one"]
    yard.later(0.1)
    await yard.settle()
    assert yard.seen() == ["one", "two"]


async def test_an_adapter_that_breaks_its_word_loses_and_doubles_nothing(yard: Yard) -> None:
    """Whatever it raises, the message is looked for and sent later; the log has none of its words."""

    async def break_down(_to: Place) -> None:
        yard.chat.after = None
        raise ZeroDivisionError("Ana wrote: secret")

    yard.chat.after = break_down
    await yard.show("words")
    with logged() as lines:
        await yard.settle()
    line = lines.get_nowait()
    assert (line["event"], line["bug"]) == ("sending broke", "ZeroDivisionError")
    assert "break_down" in str(line["way"])
    assert "secret" not in str(line)
    yard.later(2)
    await yard.settle()
    assert yard.seen() == ["words"]


async def test_a_card_that_cannot_be_read_is_given_up_and_the_others_go_on(yard: Yard) -> None:
    await yard.show("broken", "broken")
    await yard.show("next", "next")
    async with yard.store.work() as work:
        row = await work.session.get_one(type(await yard.row("broken")), ("fake:W1", "broken"))
        row.card = '{"title": 7'
    await yard.settle()
    assert yard.seen() == ["next"]
    assert (await yard.row("broken")).error == "What it should say cannot be read."
    assert await yard.counted() == ({}, {})


async def test_two_senders_never_double(yard: Yard) -> None:
    """Each message goes once and in its order, whichever of two processes takes it."""
    places = [yard.chat.channel(f"team {number}") for number in range(8)]
    for number in range(6):
        for place in places:
            await yard.show(f"{number}", f"{number} {place}", at=place)

    async def send(sender: Sender) -> None:
        while await sender.step():
            pass

    others = [yard.another_sender(), yard.another_sender()]
    while any((await yard.counted())[1].values()):
        await asyncio.gather(*(send(sender) for sender in (yard.sender, *others)))
    assert [yard.seen(place) for place in places] == [[*"012345"]] * 8
    assert len(yard.chat.calls) == 48


async def test_what_another_process_is_about_is_left_to_it(postgres_url: str) -> None:
    """Nobody waits: neither for a place that is being claimed nor for a message that is being changed."""
    async with opened(postgres_url) as yard:
        await yard.show("old words")
        async with asyncio.timeout(60):
            async with yard.another_store().work() as work:
                await work.session.scalars(select(Destination).with_for_update())
                assert await yard.sender.step() == 0
            async with yard.another_store().work() as work:
                await outbox.show(work, yard.place, card("new words"), key="one")
                await work.session.flush()
                assert await yard.sender.step() == 0
                await outbox.withdraw(work, yard.place.workspace_id, "one")
                await outbox.show(work, yard.place, card("last words"), key="one")
        assert await yard.sender.step() == 0
        yard.later(limits.A_MOMENT.total_seconds())
        await yard.settle()
        assert yard.seen() == ["last words"]
        assert await yard.counted() == ({}, {})


async def test_a_place_that_hangs_does_not_hold_up_others(yard: Yard) -> None:
    """While one request waits for an answer, everybody else's messages go out as they come."""
    door, done = Door(), asyncio.Event()

    async def hang(to: Place) -> None:
        if to == yard.place:
            await door.wait(to)

    async def count(_to: Place) -> None:
        if len(yard.chat.posts) == 5:
            done.set()

    yard.chat.before, yard.chat.after = hang, count
    await yard.show("hangs")
    running = asyncio.create_task(yard.sender.run())
    await door.reached.wait()
    for number in range(5):
        await yard.show("goes", f"goes {number}", at=yard.chat.channel(f"team {number % 2}"))
    async with asyncio.timeout(60):
        await done.wait()
    assert yard.seen() == []
    door.opened.set()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert yard.seen() == ["hangs"]


async def test_a_sender_that_stops_finishes_what_is_in_flight_and_claims_no_more(
    yard: Yard,
) -> None:
    door = Door()
    yard.chat.before = door.wait
    await yard.show("in flight")
    running = asyncio.create_task(yard.sender.run())
    await door.reached.wait()
    await yard.show("later", "later", at=yard.chat.channel("orchard"))
    running.cancel()
    door.opened.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert yard.seen() == ["in flight"]
    assert (await yard.row()).state == "posted"
    assert (await yard.row("later")).state == "pending"
    assert yard.chat.calls == ["send one"]


async def test_whoever_makes_messages_waits_while_more_than_enough_wait_to_go(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until some went, or for a moment where none can go."""
    monkeypatch.setattr(limits, "PLENTY", 2)
    monkeypatch.setattr(limits, "PATIENCE_SECONDS", 60)
    await yard.show("words")
    async with asyncio.timeout(30):
        await yard.sender.room()
    assert yard.chat.calls == [], "One message is not more than enough."
    await yard.show("other words", "two", at=yard.chat.channel("orchard"))
    running = asyncio.create_task(yard.sender.run())
    async with asyncio.timeout(30):
        await yard.sender.room()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert yard.seen() == ["words"]

    monkeypatch.setattr(limits, "PATIENCE_SECONDS", 0.01)
    yard.chat.trouble_next(Busy(30, everywhere=True))
    for number in range(4):
        await yard.show("more", f"more {number}", at=yard.chat.channel(f"pier {number}"))
    async with asyncio.timeout(30):
        await yard.sender.room()


async def test_a_sender_goes_on_when_the_database_was_away(yard: Yard) -> None:
    """It says so in the log, and sends what waited."""
    done = Door()
    done.opened.set()
    yard.chat.after = done.wait
    await yard.show("words")

    await yard.rename("destination", "away")
    with logged() as lines:
        running = asyncio.create_task(yard.sender.run())
        async with asyncio.timeout(60):
            assert (await lines.get())["event"] == "claiming broke"
            await yard.rename("away", "destination")
            yard.store.bell("outbox").set()
            await done.reached.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert yard.seen() == ["words"]
