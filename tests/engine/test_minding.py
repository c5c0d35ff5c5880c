"""What is said where nobody set the bot up is not kept."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from bot.admin.desk import state
from bot.admin.rules.setup import ChannelSetup, WorkspaceSetup
from bot.app import FEATURES
from bot.channels import config
from bot.channels import desk as channels
from bot.chat import Place, Ref
from bot.engine import minding
from bot.engine.reception import Reception
from bot.engine.tables import InboxRow
from bot.people import desk as people
from bot.store.session import Store, Work
from tests.asked import asked
from tests.house import House

HARBOUR = Place("fake", "W1", "harbour")


async def kept(house: House) -> int:
    async with house.store.look() as work:
        return await work.session.scalar(select(func.count(InboxRow.key))) or 0


async def set_up(work: Work, name: str = "harbour") -> None:
    await people.open_workspace(work, "fake:W1")
    await config.put(work, "fake:W1", name, ring="team")


async def test_nothing_is_kept_of_a_channel_that_is_not_set_up(house: House) -> None:
    ana = await house.person("ana")
    ref = await house.chat.say(ana, HARBOUR, "Between us")
    await house.chat.edit_said(ana, ref, "Between the two of us")
    await house.chat.react(ana, ref)
    await house.chat.say(ana, ref.replies, "In a thread")
    await house.chat.remove_said(ana, ref)
    assert await kept(house) == 0


async def test_the_set_up_takes_effect_at_once(house: House) -> None:
    """For the channel and its threads; when it is taken off, too."""
    ana = await house.person("ana")
    assert not await house.desk.minds(HARBOUR)
    async with house.work() as work:
        await set_up(work)
    assert await house.desk.minds(HARBOUR)
    assert await house.desk.minds(Ref(HARBOUR, "1").replies)
    assert not await house.desk.minds(Place("fake", "W2", "harbour"))
    async with house.work() as work:
        await config.take_off(work, await channels.get(work, "fake:W1", "harbour"))
    assert not await house.desk.minds(HARBOUR)
    assert await house.desk.minds(ana.direct)


async def test_a_set_up_that_is_saved_by_taps_or_a_file_takes_effect(house: House) -> None:
    await house.person("ana")
    assert not await house.desk.minds(HARBOUR)
    async with house.work() as work:
        current = await state.read_setup(work)
        wanted = WorkspaceSetup("fake", "W1", channels=(ChannelSetup("harbour", "team"),))
        await state.apply(work, type(current)((wanted,)), by=None)
    assert await house.desk.minds(HARBOUR)


async def test_a_set_up_that_is_rolled_back_takes_no_effect(house: House) -> None:
    async def fails() -> None:
        async with house.work() as work:
            await set_up(work)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert not await house.desk.minds(HARBOUR)


async def test_where_to_listen_is_answered_from_memory(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minding, "BELIEVED", 3600)
    async with house.work() as work:
        await set_up(work)
    await house.desk.minds(HARBOUR)
    with asked(house.store) as statements:
        for place in (HARBOUR, Place("fake", "W1", "lobby")):
            await house.desk.minds(place)
    assert statements == []


async def test_another_process_hears_of_a_set_up_in_a_moment(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its bell, for by itself it would look again in an hour."""
    monkeypatch.setattr(minding, "BELIEVED", 3600)
    stores = [Store(postgres_url), Store(postgres_url)]
    desks = [Reception(one, FEATURES, {}, people.meet) for one in stores]
    bells = [asyncio.create_task(one.bells.run()) for one in stores if one.bells]
    for one in stores:
        assert one.bells is not None
        async with asyncio.timeout(60):
            await one.bells.connected.wait()
    assert not await desks[1].minds(HARBOUR)
    async with stores[0].work() as work:
        await set_up(work)
    async with asyncio.timeout(60):
        while not await desks[1].minds(HARBOUR):
            await asyncio.sleep(0.01)
    for task in bells:
        task.cancel()
    await asyncio.gather(*bells, return_exceptions=True)
    for one in stores:
        await one.close()


async def test_a_lost_bell_delays_a_set_up_by_seconds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minding, "BELIEVED", 0.02)
    assert not await house.desk.minds(HARBOUR)
    async with house.work() as work:
        await set_up(work)
        work.wakes.clear()
    async with asyncio.timeout(60):
        while not await house.desk.minds(HARBOUR):
            await asyncio.sleep(0.005)


async def test_what_was_kept_from_a_message_follows_it_anywhere(house: House) -> None:
    """Somebody handed that one message over, in a channel that is not set up."""
    ana = await house.person("ana")
    team = await house.channel("orchard", "team", ana)
    ref = await house.chat.say(ana, HARBOUR, "Paint the hull")
    other = await house.chat.say(ana, HARBOUR, "Between us")
    await house.chat.shortcut(ana, ref, "Keep as grain")
    await house.settle()
    assert "Paint the hull" in str(house.thread(team))
    await house.chat.edit_said(ana, ref, "Paint the mast")
    await house.chat.edit_said(ana, other, "Between the two of us")
    await house.settle()
    assert "Paint the mast" in str(house.thread(team))
    assert await kept(house) == 2
    await house.chat.remove_said(ana, ref)
    await house.settle()
    assert "Paint" not in str(house.thread(team))


async def test_a_message_of_ours_that_is_removed_is_heard_of_anywhere(house: House) -> None:
    ana = await house.person("ana")
    team = await house.channel("orchard", "team", ana)
    await house.chat.command(ana, team, "/grain Paint the hull")
    await house.settle()
    async with house.work() as work:
        await config.take_off(work, await channels.get(work, "fake:W1", "orchard"))
    before = await kept(house)
    await house.chat.remove_said(ana, house.parent(team))
    assert await kept(house) == before + 1
