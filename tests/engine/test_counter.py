"""A destination's counter always says how many of its messages wait."""

from __future__ import annotations

import asyncio
import random

import pytest
from sqlalchemy import select

from bot.chat import Busy, Refused, Unsure
from bot.engine import outbox
from bot.engine.outbox import Post
from bot.engine.tables import OutboxRow
from tests.engine.parts import Door, Yard, card

DEEDS = (
    "show", "show", "show", "batch", "withdraw", "withdraw", "send", "send", "crash",
    "busy", "refused", "unsure", "lost answer", "moderate", "later", "later",
)  # fmt: skip


async def do(yard: Yard, deed: str, chance: random.Random) -> None:
    key = chance.choice("abcd")
    place = yard.chat.channel("harbour" if key in "ab" else "orchard")
    if deed == "show":
        await yard.show(f"words {chance.random()}", key, at=place)
    elif deed == "batch":
        await yard.show_new(*(Post(place, card("words"), key) for _ in range(2)))
    elif deed == "withdraw":
        await yard.withdraw(key)
    elif deed == "send":
        await yard.sender.step()
    elif deed == "crash":
        door = Door()
        door_side = chance.choice(["before", "after"])
        setattr(yard.chat, door_side, door.wait)
        sending = asyncio.create_task(yard.sender.step())
        reached = asyncio.create_task(door.reached.wait())
        await asyncio.wait({sending, reached}, return_when=asyncio.FIRST_COMPLETED)
        yard.chat.before = yard.chat.after = None
        for task in (sending, reached):
            task.cancel()
        await asyncio.gather(sending, reached, return_exceptions=True)
    elif deed == "busy":
        yard.chat.trouble_next(Busy(3, everywhere=chance.random() < 0.3))
    elif deed == "refused":
        yard.chat.trouble_next(Refused("Not here."))
    elif deed == "unsure":
        yard.chat.trouble_next(Unsure("The line went dead."))
    elif deed == "lost answer":
        yard.chat.lose_answer()
    elif deed == "moderate":
        if yard.chat.posts:
            await yard.lost(chance.choice(yard.chat.posts).ref)
    else:
        yard.later(chance.choice([1, 10, 70]))


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_the_counter_says_how_many_messages_wait(
    yard: Yard, seed: int
) -> None:
    """After every step of a long random history, and at most one copy of each stands there.

    When all is quiet nothing waits, what was withdrawn is gone, and what stands says its last words.
    """
    chance = random.Random(seed)
    deeds: list[str] = []
    for _ in range(80):
        deeds.append(chance.choice(DEEDS))
        await do(yard, deeds[-1], chance)
        counter, rows = await yard.counted()
        assert counter == rows, deeds
        keys = [post.key for post in yard.chat.posts]
        assert len(keys) == len(set(keys)), deeds
    for _ in range(30):
        yard.later(4000)
        await yard.settle()
    assert await yard.counted() == ({}, {})
    standing = {post.key.partition("~")[0].partition("#")[0] for post in yard.chat.posts}
    async with yard.store.look() as work:
        for row in await work.session.scalars(select(OutboxRow).where(OutboxRow.state != "dead")):
            assert (row.key in standing) == (row.state == "posted"), (row.key, deeds)


async def test_changes_at_the_same_time_are_all_counted(yard: Yard) -> None:
    """Many transactions, in two processes and while messages go out, lose none of each other's counts."""
    others = [yard.store, yard.another_store()]

    async def change(number: int) -> None:
        async with others[number % 2].work() as work:
            await outbox.show(work, yard.place, card(f"{number}"), key=f"key {number % 7}")
        if number % 3 == 0:
            async with others[number % 2].work() as work:
                await outbox.withdraw(work, yard.place.workspace_id, f"key {number % 7}")

    await asyncio.gather(
        *(change(number) for number in range(40)), *(yard.sender.step() for _ in range(5))
    )
    counter, rows = await yard.counted()
    assert counter == rows
