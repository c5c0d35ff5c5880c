"""The ticker looks for what is due, and nothing that goes wrong there stops it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from bot.chat import Chat
from bot.engine import limits, outbox
from bot.engine import ticker as ticking
from bot.engine.feature import Chore, Due, Feature
from bot.engine.ticker import BATCHES, Ticker
from bot.store.session import Store, Work
from tests.engine.parts import Door, Yard, card, logged


def ticker(
    yard: Yard,
    due: Mapping[str, Due] | None = None,
    chores: Mapping[str, Chore] | None = None,
    seconds: float = 3600,
) -> Ticker:
    feature = Feature(name="it", due=due or {}, chores=chores or {})
    return Ticker(yard.store, (feature,), {"fake": yard.chat}, seconds=seconds)


async def fail(*_: object) -> int:
    raise RuntimeError("Ana wrote: secret")


async def test_a_job_is_called_until_nothing_is_due(yard: Yard) -> None:
    """Each batch is a transaction of its own, at the store's now."""
    left = [3, 2, 1, 0]
    moments: list[object] = []

    async def due(work: Work) -> int:
        moments.append(work.now)
        return left.pop(0)

    await ticker(yard, {"due": due}).tick()
    assert left == []
    assert moments == [yard.now] * 4


async def test_a_job_with_much_to_do_does_not_keep_the_others_waiting(yard: Yard) -> None:
    """They have their turn between its batches, and it comes to its end in the same tick all the same."""
    done: list[str] = []

    async def much(_work: Work) -> int:
        done.append("much")
        return int(done.count("much") < 5 * BATCHES)

    async def other(_work: Work) -> int:
        done.append("other")
        return 0

    with logged() as lines:
        await ticker(yard, {"a": much, "b": fail, "c": other}).tick()
    assert done.count("much") == 5 * BATCHES
    assert [at for at, name in enumerate(done) if name == "other"][:2] == [BATCHES, 2 * BATCHES + 1]
    assert lines.qsize() == 1, "What fails is left alone until the next tick."


async def test_a_job_that_fails_does_not_stop_the_others(yard: Yard) -> None:
    """What it did is rolled back, the log says which it was and none of its words, and chores are done as well."""
    done: list[str] = []

    async def half(work: Work) -> int:
        await outbox.show(work, yard.place, card("half"), key="half")
        return await fail()

    async def whole(work: Work) -> int:
        await outbox.show(work, yard.place, card("whole"), key="whole")
        return 0

    async def chore(_store: Store, chats: Mapping[str, Chat]) -> None:
        done.extend(chats)

    async def bad_chore(_store: Store, _chats: Mapping[str, Chat]) -> None:
        await fail()

    with logged() as lines:
        await ticker(yard, {"a": half, "b": whole}, {"a": bad_chore, "b": chore}).tick()
    told = [lines.get_nowait() for _ in range(lines.qsize())]
    assert [(one["event"], one["job"]) for one in told] == [
        ("job failed", "it.a"),
        ("chore failed", "it.a"),
    ]
    assert "secret" not in str(told)
    await yard.settle()
    assert yard.seen() == ["whole"]
    assert done == ["fake"]


async def test_a_chore_that_hangs_is_given_up_until_the_next_tick(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CHORE_SECONDS", 0.01)
    done: list[str] = []

    async def hang(_store: Store, _chats: Mapping[str, Chat]) -> None:
        await asyncio.Event().wait()

    async def chore(_store: Store, _chats: Mapping[str, Chat]) -> None:
        done.append("chore")

    with logged() as lines:
        await ticker(yard, chores={"a": hang, "b": chore}).tick()
    assert lines.get_nowait()["bug"] == "TimeoutError"
    assert done == ["chore"]


async def test_what_is_due_does_not_wait_for_a_chore_that_hangs(yard: Yard) -> None:
    door, ticks = Door(), asyncio.Queue[int]()

    async def hang(_store: Store, _chats: Mapping[str, Chat]) -> None:
        await door.wait(yard.place)

    async def due(_work: Work) -> int:
        ticks.put_nowait(1)
        return 0

    running = asyncio.create_task(ticker(yard, {"due": due}, {"hang": hang}, 0.01).run())
    async with asyncio.timeout(60):
        await door.reached.wait()
        for _ in range(3):
            await ticks.get()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_ticks_that_come_while_one_is_at_work_are_one_tick(yard: Yard) -> None:
    """A slow tick is never overtaken, and is followed by one, not by all that were missed."""
    door, skipped, ticks = Door(), asyncio.Queue[str](), asyncio.Queue[str]()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            skipped.put_nowait(record.getMessage())

    async def due(_work: Work) -> int:
        ticks.put_nowait("tick")
        if ticks.qsize() == 1:
            await door.wait(yard.place)
        return 0

    ear, scheduler = Ear(), logging.getLogger("apscheduler.scheduler")
    scheduler.addHandler(ear)
    running = asyncio.create_task(ticker(yard, {"due": due}, seconds=0.01).run())
    try:
        async with asyncio.timeout(60):
            await door.reached.wait()
            for _ in range(3):
                assert "maximum number of running instances" in await skipped.get()
        assert ticks.qsize() == 1
        door.opened.set()
        async with asyncio.timeout(60):
            await ticks.get()
            await ticks.get()
    finally:
        scheduler.removeHandler(ear)
        running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_somebody_who_is_due_between_two_ticks_does_not_wait_for_the_next(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long ticks are apart; and a look ahead that fails leaves them as they are."""
    monkeypatch.setattr(ticking, "NO_SOONER", 0)
    ticks, looks = asyncio.Queue[int](), asyncio.Queue[int]()

    async def due(_work: Work) -> int:
        ticks.put_nowait(1)
        return 0

    async def soonest(work: Work) -> datetime | None:
        looks.put_nowait(1)
        if looks.qsize() == 3:
            await fail()
        return work.now + timedelta(seconds=0.01)

    feature = Feature(name="it", due={"due": due}, soonest=soonest)
    eager = Ticker(yard.store, (feature,), {}, seconds=3600)
    with logged() as lines:
        running = asyncio.create_task(eager.run())
        async with asyncio.timeout(60):
            for _ in range(3):
                await ticks.get()
            assert (await lines.get())["event"] == "looking ahead failed"
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert ticks.empty(), "The next one comes in an hour."


async def test_a_job_with_much_to_do_waits_between_batches_until_there_is_room(yard: Yard) -> None:
    order: list[str] = []

    async def much(_work: Work) -> int:
        order.append("batch")
        return int(len(order) < 5)

    async def room() -> None:
        order.append("room")

    feature = Feature(name="it", due={"much": much})
    await Ticker(yard.store, (feature,), {}, seconds=3600, room=room).tick()
    assert order == ["batch", "room", "batch", "room", "batch"]
