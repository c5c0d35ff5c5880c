"""Processes on one PostgreSQL wake each other; without that, ticks find what is to be done."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from bot.engine.sender import Sender
from bot.store.session import Store
from tests.engine.parts import Yard, opened


@pytest.fixture
async def two(postgres_url: str):
    async with opened(postgres_url) as yard:
        yield yard, yard.another_store()


async def connected(store: Store) -> asyncio.Task[None]:
    assert store.bells is not None
    running = asyncio.create_task(store.bells.run())
    async with asyncio.timeout(60):
        await store.bells.connected.wait()
    return running


async def test_what_one_process_queues_another_sends_at_once(two: tuple[Yard, Store]) -> None:
    """Its own look around would come in an hour."""
    yard, other = two
    bells = [await connected(yard.store), await connected(other)]
    sender = asyncio.create_task(Sender(other, {"fake": yard.chat}, idle_seconds=3600).run())
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        await yard.show("words")
        while not yard.seen():
            await asyncio.sleep(0.01)
    for task in (sender, *bells):
        task.cancel()
    await asyncio.gather(sender, *bells, return_exceptions=True)


async def test_a_process_does_not_wake_itself(two: tuple[Yard, Store]) -> None:
    yard, other = two
    bells = [await connected(yard.store), await connected(other)]
    yard.store.bell("outbox").clear()
    await yard.show("words")
    yard.store.bell("outbox").clear()
    async with asyncio.timeout(60):
        await other.bell("outbox").wait()
    assert not yard.store.bell("outbox").is_set()
    for task in bells:
        task.cancel()
    await asyncio.gather(*bells, return_exceptions=True)


async def test_wake_ups_come_back_after_the_connection_was_lost(two: tuple[Yard, Store]) -> None:
    yard, other = two
    bells = [await connected(yard.store), await connected(other)]
    async with yard.store.work() as work:
        await work.session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert other.bells is not None
    async with asyncio.timeout(60):
        while not other.bell("outbox").is_set():
            yard.store.bells.tell("outbox")
            await asyncio.sleep(0.05)
    for task in bells:
        task.cancel()
    await asyncio.gather(*bells, return_exceptions=True)
