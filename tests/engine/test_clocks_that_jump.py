"""A clock that jumps an hour either way doubles nothing, and loses nothing."""

from __future__ import annotations

import asyncio

from tests.engine.parts import Door, Yard


async def test_a_process_whose_clock_jumps_ahead_sends_nothing_twice(yard: Yard) -> None:
    """By the new time its lease is over; but it knows that it is still sending."""
    door = Door()
    yard.chat.before = door.wait
    await yard.show("words")
    running = asyncio.create_task(yard.sender.run())
    await door.reached.wait()
    yard.later(3600)
    await yard.show("other words", "other", at=yard.chat.channel("orchard"))
    yard.chat.before = None
    while not yard.seen(yard.chat.channel("orchard")):
        await asyncio.sleep(0)
    assert yard.chat.calls == ["send one", "send other"]
    door.opened.set()
    while not yard.seen():
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert yard.chat.calls == ["send one", "send other"]


async def test_a_lease_that_was_taken_by_a_wrong_clock_does_not_last_an_hour(yard: Yard) -> None:
    """The clock went an hour ahead, the process died in a send, and the clock was set right."""
    door = Door()
    yard.chat.after = door.wait
    await yard.show("words")
    yard.later(3600)
    task = asyncio.create_task(yard.sender.step())
    await door.reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    yard.chat.after = None
    yard.later(-3600)
    assert await yard.another_sender().step() == 1
    assert yard.seen() == ["words"]
    assert yard.chat.calls == ["send one", "send one again"]
