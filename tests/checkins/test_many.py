"""Many people, and several processes on one database: everybody is asked once."""

from __future__ import annotations

import asyncio
import time as stopwatch
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from bot.channels import desk as channels
from bot.checkins.desk import FEATURE, schedule, today
from bot.checkins.rules import RhythmPlan
from bot.checkins.tables import Checkin
from bot.engine.tables import OutboxRow
from bot.people import desk as people
from bot.people.tables import Account, Person
from bot.store.base import new_id
from tests.checkins.parts import NINE, checkins, count, team
from tests.house import House

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
"""Transactions on this PostgreSQL database that wait for another."""


async def somebody_waits(house: House) -> bool:
    """In a transaction of its own each time, for within one PostgreSQL tells of one moment alone."""
    async with house.store.look() as work:
        return bool(await work.session.scalar(WAITING))


async def test_a_form_that_is_opened_at_the_very_moment_of_asking_is_the_one_asked_about(
    postgres_url: str,
) -> None:
    """Ana's form and the tick are two transactions at once; one check-in comes of it."""
    house = House(postgres_url)
    async with house.chat.listening(house.desk):
        harbour, [ana] = await team(house, "ana")
        await house.chat.command(ana, harbour, "/checkin settings")
        house.at("2026-11-16T09:00:00+00:00")
        async with house.work() as work:
            row = await schedule.find(work, harbour.workspace_id, harbour.channel)
            assert row is not None
            mine = await today.today(work, await people.caller(work, ana), row)
            tick = asyncio.create_task(house.ticker.tick_due())
            async with asyncio.timeout(60):
                while not await somebody_waits(house):
                    await asyncio.sleep(0.01)
        await tick
        await house.settle()
        (checkin,) = await checkins(house)
        assert (checkin.id, checkin.state) == (mine.id, "asked")
        await house.chat.press(ana, house.last(ana.direct), "Narrate")
        assert house.chat.forms[ana].id == f"checkins.entry:{checkin.id}"
    await house.store.close()


@pytest.fixture
async def pair(postgres_url: str) -> AsyncIterator[tuple[House, House]]:
    """Two processes on one database, each with a clock of its own."""
    houses = House(postgres_url), House(postgres_url)
    yield houses
    for one in houses:
        await one.store.close()


async def crowd(house: House, size: int, *plans: RhythmPlan) -> None:
    """Many people in one team for each plan."""
    place = await house.channel("crowd", "team", plan=None)
    channel_ids = [place.channel]
    for number, _ in enumerate(plans[1:]):
        channel_ids.append((await house.channel(f"crowd-{number}", "team")).channel)
    async with house.work() as work:
        everybody = []
        for number in range(size):
            person = Person(
                workspace_id=place.workspace_id, id=new_id(), name=f"P{number}", zone="UTC",
                met_at=work.now, profile_at=work.now,
            )  # fmt: skip
            everybody.append(person)
        work.session.add_all(everybody)
        await work.session.flush()
        work.session.add_all(
            Account(workspace_id=one.workspace_id, id=one.name, person_id=one.id)
            for one in everybody
        )
        await work.session.flush()
        for channel_id, plan in zip(channel_ids, plans, strict=True):
            channel = await channels.get(work, place.workspace_id, channel_id)
            await channels.put_members(work, channel, everybody)
            await schedule.set_rhythm(work, channel, plan)


async def test_two_processes_ask_each_person_once(pair: tuple[House, House]) -> None:
    one, two = pair
    await crowd(one, 120, NINE, replace(NINE, questions=()))
    for house in pair:
        house.at("2026-11-16T09:00:00+00:00")
    await asyncio.gather(*(house.ticker.tick() for house in (one, two, one, two)))
    for house in pair:
        await house.ticker.tick()
    asked = [(c.channel_id, c.person_id, c.day) for c in await checkins(one)]
    assert len(asked) == len(set(asked)) == 240
    assert await count(one, OutboxRow) == 240
    async with one.store.look() as work:
        chosen = list(await work.session.scalars(select(Checkin.questions)))
    assert len({str(asks) for asks in chosen}) == 2, "A team is asked the same on one day."


async def test_a_thousand_people_due_at_one_minute_are_asked_in_a_few_transactions(
    house: House,
) -> None:
    """The time it takes is measured by the benchmarks; here it is only told."""
    await crowd(house, 1000, NINE)
    house.at("2026-11-16T09:00:00+00:00")
    begun = stopwatch.perf_counter()
    batches = 0
    while True:
        async with house.work() as work:
            if not await FEATURE.due["ask"](work):
                break
        batches += 1
    seconds = stopwatch.perf_counter() - begun
    print(f"1,000 asked in {seconds:.2f} s on {house.store.url.get_backend_name()}")
    assert batches <= 5
    assert await count(house, OutboxRow) == await count(house, Checkin) == 1000
