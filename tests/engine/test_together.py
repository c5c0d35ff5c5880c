"""Things done together are each answered after their transaction, and one that fails keeps no other from it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.chat import AccountId, Place, Ref, Said, Text
from bot.engine import limits
from bot.engine.inbox import Keeper
from bot.engine.tables import InboxRow
from bot.engine.together import MOST, Together
from tests.engine.parts import MORNING, Yard

ANA = AccountId("fake", "W1", "ana")


class Disk:
    """Counts transactions, and refuses odd numbers above 100."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.opened = asyncio.Event()

    async def write(self, numbers: Sequence[int]) -> list[int]:
        await self.opened.wait()
        self.groups.append(list(numbers))
        if any(number > 100 and number % 2 for number in numbers):
            raise OSError("The disk does not like it.")
        return [-number for number in numbers]


async def test_what_comes_meanwhile_shares_one_transaction() -> None:
    disk = Disk()
    together = Together(disk.write)
    first = asyncio.create_task(together.do(0))
    await asyncio.sleep(0)
    later = [asyncio.create_task(together.do(number)) for number in range(1, 51)]
    await asyncio.sleep(0)
    assert not first.done()
    disk.opened.set()
    assert await asyncio.gather(first, *later) == [-number for number in range(51)]
    assert len(disk.groups) == 2


async def test_who_lingers_for_company_goes_as_soon_as_there_is_enough() -> None:
    disk = Disk()
    disk.opened.set()
    together = Together(disk.write, linger=3600, is_enough=lambda waiting: waiting >= 3)
    async with asyncio.timeout(60):
        await asyncio.gather(*(together.do(number) for number in range(3)))
    assert disk.groups == [[0, 1, 2]]


async def test_who_lingers_for_company_that_does_not_come_goes_alone() -> None:
    disk = Disk()
    disk.opened.set()
    together = Together(disk.write, linger=0.01, is_enough=lambda waiting: waiting >= 3)
    async with asyncio.timeout(60):
        assert await together.do(7) == -7


async def test_no_group_is_larger_than_the_most() -> None:
    disk = Disk()
    disk.opened.set()
    together = Together(disk.write)
    await asyncio.gather(*(together.do(2 * number) for number in range(2 * MOST + 1)))
    assert max(len(group) for group in disk.groups) <= MOST


async def test_one_that_fails_fails_alone() -> None:
    disk = Disk()
    together = Together(disk.write)
    tasks = [asyncio.create_task(together.do(number)) for number in (2, 4, 101, 6)]
    await asyncio.sleep(0)
    disk.opened.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [done[0], done[1], done[3]] == [-2, -4, -6]
    assert isinstance(done[2], OSError)


async def test_one_who_does_not_wait_any_more_disturbs_nobody() -> None:
    disk = Disk()
    together = Together(disk.write)
    tasks = [asyncio.create_task(together.do(number)) for number in (2, 4)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    disk.opened.set()
    assert await tasks[1] == -4
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]


def said(number: int) -> tuple[str, Said]:
    place = Place("fake", "W1", "harbour")
    return f"said {number}", Said(Ref(place, str(number)), ANA, Text.of("words"), MORNING)


async def test_events_that_come_at_once_are_kept_once_each(yard: Yard) -> None:
    """A hundred, each delivered twice at the same moment: one of the two was the first."""
    keeper = Keeper(yard.store)
    new = await asyncio.gather(*(keeper.keep(*said(number % 100)) for number in range(200)))
    assert sum(new) == 100
    assert (
        await asyncio.gather(*(keeper.keep(*said(number)) for number in range(100)))
        == [False] * 100
    )


async def test_an_event_is_in_the_database_before_it_is_acknowledged(yard: Yard) -> None:
    keeper, other = Keeper(yard.store), yard.another_store()

    async def keep(number: int) -> None:
        key, event = said(number)
        await keeper.keep(key, event)
        async with other.look() as work:
            assert await work.session.get(InboxRow, ("fake:W1", key)) is not None

    await asyncio.gather(*(keep(number) for number in range(30)))


async def test_handling_gives_way_while_a_crowd_comes_in(yard: Yard) -> None:
    """Events that are kept one after another leave it alone; many that come at one moment do not."""
    keeper = Keeper(yard.store)
    for number in range(limits.CROWD):
        await keeper.keep(*said(number))
    assert not keeper.is_pressed
    await asyncio.gather(*(keeper.keep(*said(number)) for number in range(2 * limits.CROWD)))
    assert keeper.is_pressed
