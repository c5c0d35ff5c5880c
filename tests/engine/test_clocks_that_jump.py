"""A clock that jumps an hour either way doubles nothing, and loses nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import text

from bot.engine import outbox
from bot.engine.sender import Sender
from bot.store.session import Store, utc_now
from tests.engine.parts import Door, Yard, card, opened

A_MOMENT = timedelta(minutes=1)
"""What may pass between two lines of a test on a busy machine, and is far from an hour."""


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


async def test_processes_on_one_server_go_by_its_clock(postgres_url: str) -> None:
    """Machines that are an hour apart lease, pace and wait by one time."""
    behind, ahead = (
        Store(postgres_url, now=lambda hours=hours: utc_now() + timedelta(hours=hours))
        for hours in (-1, 1)
    )
    assert ahead.now() - behind.now() > timedelta(hours=1)
    for store in (behind, ahead):
        await store.agree()
    assert abs(ahead.now() - behind.now()) < A_MOMENT
    async with behind.look() as work:
        told = await work.session.scalar(text("SELECT clock_timestamp()"))
    assert abs(told - work.now) < A_MOMENT
    await behind.close()
    await ahead.close()


async def test_what_one_machine_sends_another_with_a_wrong_clock_leaves_alone(
    postgres_url: str,
) -> None:
    """By the clock of the second machine the lease ended an hour ago; by the server's it has just begun."""
    async with opened(postgres_url) as yard:
        for store in (right := Store(postgres_url), wrong := Store(postgres_url, now=in_an_hour)):
            yard.stores.append(store)
            await store.agree()
        door = Door()
        yard.chat.before = door.wait
        async with right.work() as work:
            await outbox.show(work, yard.place, card("words"), key="one")
        sending = asyncio.create_task(Sender(right, {"fake": yard.chat}).step())
        await door.reached.wait()
        assert await Sender(wrong, {"fake": yard.chat}).step() == 0
        door.opened.set()
        assert await sending == 1
        assert yard.chat.calls == ["send one"]


def in_an_hour() -> datetime:
    return utc_now() + timedelta(hours=1)
