"""A sender may die at any point: another one finishes, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from sqlalchemy import event

from bot.chat import Busy, Refused, Unsure
from bot.engine import dead, limits
from bot.engine.errands import Outcome
from bot.engine.sender import Sender
from tests.engine.parts import Door, Yard


async def die(yard: Yard, sender: Sender, door: Door) -> None:
    """Let a sender claim and reach the door, and end it there."""
    task = asyncio.create_task(sender.step())
    await door.reached.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    yard.chat.before = yard.chat.after = None


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_what_a_dead_sender_had_claimed_is_sent_by_another(yard: Yard, moment: str) -> None:
    """Once its lease has ended; whether its post had arrived or not, there is one copy."""
    door = Door()
    setattr(yard.chat, moment, door.wait)
    await yard.show("words")
    await die(yard, yard.sender, door)
    other = yard.another_sender()
    yard.later(limits.LEASE.total_seconds())
    assert await other.step() == 0
    yard.later(0.1)
    assert await other.step() == 1
    assert yard.seen() == ["words"]
    assert yard.chat.calls == ["send one", "send one again"]
    assert (await yard.row()).state == "posted"


async def test_what_a_dead_sender_had_posted_and_its_author_withdrew_goes(yard: Yard) -> None:
    door = Door()
    yard.chat.after = door.wait
    await yard.show("words")
    await die(yard, yard.sender, door)
    await yard.withdraw()
    yard.later(61)
    await yard.another_sender().step()
    assert yard.seen() == []
    assert await yard.counted() == ({}, {})


async def test_what_a_dead_sender_had_posted_gets_the_words_that_are_wanted_by_then(
    yard: Yard,
) -> None:
    """The message is found as it was posted, so it is changed once it is found."""
    door = Door()
    yard.chat.after = door.wait
    await yard.show("old words")
    await die(yard, yard.sender, door)
    await yard.show("new words")
    yard.later(61)
    other = yard.another_sender()
    while await other.step():
        pass
    assert yard.seen() == ["new words"]
    assert yard.chat.calls == ["send one", "send one again", "edit"]
    assert await yard.counted() == ({}, {})


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_what_a_dead_sender_was_removing_comes_back_when_it_is_wanted_again(
    yard: Yard, moment: str
) -> None:
    """It cannot be changed any more where it may be gone: it goes for certain, and comes anew."""
    await yard.show("old words")
    await yard.settle()
    door = Door()
    setattr(yard.chat, moment, door.wait)
    await yard.withdraw()
    await die(yard, yard.sender, door)
    await yard.show("new words")
    yard.later(61)
    other = yard.another_sender()
    while await other.step():
        pass
    assert yard.seen() == ["new words"]
    assert yard.chat.calls == ["send one", "remove", "remove", "send one~2"]
    assert (await yard.row()).state == "posted"
    assert await yard.counted() == ({}, {})


@pytest.mark.parametrize("answer", [Unsure("Nothing was heard."), Busy(3)])
async def test_what_was_perhaps_removed_comes_back_when_it_is_wanted_again(
    yard: Yard, answer: Exception
) -> None:
    await yard.show("old words")
    await yard.settle()

    async def fail(_place: object) -> None:
        yard.chat.after = None
        raise answer

    yard.chat.after = fail
    await yard.withdraw()
    await yard.settle()
    await yard.show("new words")
    yard.later(61)
    await yard.settle()
    assert yard.seen() == ["new words"]
    assert (await yard.row()).state == "posted"


async def test_what_was_perhaps_removed_and_then_refused_comes_back_when_an_operator_says_so(
    yard: Yard,
) -> None:
    """A refusal does not tell whether the message is still there, so it is not changed but comes anew."""
    await yard.show("old words")
    await yard.settle()
    door = Door()
    yard.chat.after = door.wait
    await yard.withdraw()
    await die(yard, yard.sender, door)
    await yard.show("new words")
    yard.later(61)
    yard.chat.trouble_next(Refused("The channel is archived."))
    other = yard.another_sender()
    while await other.step():
        pass
    assert (await yard.row()).state == "dead"
    await dead.each(yard.store, dead.retry)
    while await other.step():
        pass
    assert yard.seen() == ["new words"]
    assert (await yard.row()).state == "posted"


async def test_a_reply_of_a_dead_sender_is_looked_for_where_it_went(yard: Yard) -> None:
    """Even when the parent, whose thread it went to, was taken away since."""
    await yard.show("day", "day")
    await yard.settle()
    parent = yard.ref("day")
    door = Door()
    yard.chat.after = door.wait
    await yard.show("reply", "reply", under="day")
    await die(yard, yard.sender, door)
    await yard.lost(parent)
    yard.later(61)
    await yard.another_sender().step()
    assert [post.card.plain() for post in yard.chat.posts] == ["reply"]
    assert yard.seen(parent.replies) == ["reply"]


async def test_a_sender_that_lost_its_lease_changes_nothing(yard: Yard) -> None:
    """What it learns too late is the other's affair by then."""
    door = Door()
    yard.chat.after = door.wait
    await yard.show("old words")
    slow = asyncio.create_task(yard.sender.step())
    await door.reached.wait()
    yard.chat.after = None
    yard.later(61)
    other = yard.another_sender()
    await other.step()
    await yard.show("new words")
    await other.step()
    await yard.show("next", "next")
    before = await yard.row()
    assert before.shown == 2
    counted = await yard.counted()
    door.opened.set()
    await slow
    after = await yard.row()
    assert (after.state, after.shown, after.revision) == (
        before.state,
        before.shown,
        before.revision,
    )
    assert await yard.counted() == counted
    while await other.step():
        pass
    assert yard.seen() == ["new words", "next"]
    assert await yard.counted() == ({}, {})


async def test_the_end_of_a_send_is_kept_once_the_database_is_back(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was on its way when it went away is neither looked for nor sent again, and its place is free."""
    monkeypatch.setattr(limits, "AWAY_SECONDS", 0.01)
    door, refused = Door(), asyncio.Event()
    yard.chat.after = door.wait
    await yard.show("words")
    sending = asyncio.create_task(yard.sender.step())
    async with asyncio.timeout(60):
        await door.reached.wait()
        await yard.rename("posted", "away")
        event.listen(yard.store.engine.sync_engine, "handle_error", lambda _: refused.set())
        door.opened.set()
        await refused.wait()
        await yard.rename("away", "posted")
        assert await sending == 1
    assert (await yard.row()).state == "posted"
    await yard.show("other words")
    await yard.settle()
    assert yard.chat.calls == ["send one", "edit"]


async def test_an_end_that_is_told_twice_counts_once(yard: Yard) -> None:
    """The database may have kept it although its answer was lost."""
    for change in (yard.show("words"), yard.withdraw()):
        await change
        (errand,) = await yard.sender._claim(1)
        refs = await yard.sender._bring(errand)
        for _ in range(2):
            await yard.sender._finish(errand, Outcome(refs=refs))
    row = await yard.row()
    assert (row.state, row.lives, await yard.counted()) == ("gone", 2, ({}, {}))


async def test_no_more_is_sent_while_it_cannot_be_kept_how_that_ended(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a crash leaves no more messages whose end nobody knows than there are lanes."""
    monkeypatch.setattr(limits, "AWAY_SECONDS", 0.01)
    refused = asyncio.Semaphore(0)
    for number in range(limits.LANES + 5):
        await yard.show("words", f"words {number}", at=yard.chat.channel(f"team {number}"))
    await yard.rename("posted", "away")
    event.listen(yard.store.engine.sync_engine, "handle_error", lambda _: refused.release())
    sending = asyncio.create_task(yard.sender.step())
    async with asyncio.timeout(60):
        for _ in range(5):
            await refused.acquire()
        assert len(yard.chat.calls) == limits.LANES
        await yard.rename("away", "posted")
        assert await sending == len(yard.chat.calls) == limits.LANES + 5
