"""The gateway connection: how it breaks, comes back, and what was said meanwhile."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from bot.chat import AccountId, Card, Place, Said, Text
from bot.store.session import Store
from tests.wire.discord import bench as wire
from tests.wire.discord.bench import ANA, Bench
from tests.wire.discord.hands import Hands, until
from tests.wire.discord.server import Discord
from tests.wire.noting import COMMANDS, NotingDesk


@pytest.fixture
def swept() -> Iterator[None]:
    """The library leaves a connection behind that never said hello; it is swept away with its test."""
    yield
    gc.collect()


REGISTER = "PUT /applications/{application}/commands"


def said(bench: Bench) -> list[str]:
    return [event.text.plain() for event in bench.desk.heard if isinstance(event, Said)]


def card(words: str) -> Card:
    return Card(text=Text.of(words))


async def test_a_broken_connection_is_resumed_and_nothing_is_missed(wired: Bench) -> None:
    gateway = wired.discord.gateway
    await gateway.break_off()
    await wired.hands().says(wired.channel, "Into the gap")
    await until(lambda: gateway.resumed == 1)
    await wired.settled()
    assert said(wired) == ["Into the gap"]
    assert gateway.identified == 1


async def test_discord_may_ask_to_come_again(wired: Bench) -> None:
    await wired.discord.gateway.say(7)
    await until(lambda: wired.discord.gateway.resumed == 1)
    await wired.hands().says(wired.channel, "After it")
    await wired.settled()
    assert said(wired) == ["After it"]


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session_begins_anew(wired: Bench, resumable: bool) -> None:
    gateway = wired.discord.gateway
    await gateway.say(9, resumable)
    await until(lambda: gateway.resumed + gateway.identified == 2)
    await wired.hands().says(wired.channel, "After it")
    await wired.settled()
    assert said(wired) == ["After it"]
    assert (gateway.resumed, gateway.identified) == ((1, 1) if resumable else (0, 2))


async def test_what_was_said_while_away_is_looked_up_where_the_bot_speaks(wired: Bench) -> None:
    (day,) = await wired.chat.send(wired.place(), card("Today"), key="day")
    await wired.chat.send(day.replies, card("Entry"), key="entry")
    await wired.chat.send(wired.account().direct, card("Ready?"), key="prompt")
    quiet = wired.discord.channel(wired.guild, "902", "elsewhere")
    ana = wired.hands()
    await ana.says(wired.channel, "Before")
    await wired.settled()
    gateway = wired.discord.gateway
    await gateway.forget()
    thread = wired.discord.find(day.id)
    assert thread is not None
    for place in (wired.channel, thread, "@", quiet):
        await ana.says(place, "While away")
    await until(lambda: len(wired.desk.heard) == 4)
    await wired.settled()
    places = [event.ref.place for event in wired.desk.heard]
    assert places == [wired.place(), wired.place(), day.replies, wired.account().direct]
    assert said(wired) == ["Before", *["While away"] * 3]
    assert wired.desk.deliveries == 4, "what was heard before is not looked up again"


async def test_nothing_is_looked_up_in_a_channel_that_is_not_set_up_any_more(wired: Bench) -> None:
    """Neither there nor in its threads, although the bot spoke there once."""
    old = wired.discord.channel(wired.guild, "902", "elsewhere")
    await wired.discord.gateway.tell("CHANNEL_CREATE", old.told(), wired.guild.id)
    there = Place("discord", wired.guild.id, "902")
    for place in (there, wired.place()):
        (day,) = await wired.chat.send(place, card("Today"), key=f"day {place}")
        await wired.chat.send(day.replies, card("Entry"), key=f"entry {place}")
    wired.desk.ignores.add("902")
    await wired.discord.gateway.forget()
    for place in (old, wired.channel):
        await wired.hands().says(place, f"While away in {place.id}")
    await until(lambda: wired.desk.heard)
    await wired.settled()
    assert said(wired) == ["While away in 901"]
    assert wired.discord.calls["GET /channels/{channel}/messages"] == 2


async def test_what_was_said_while_away_is_looked_up_once(wired: Bench) -> None:
    await wired.chat.send(wired.place(), card("Today"), key="day")
    gateway = wired.discord.gateway
    await gateway.forget()
    await wired.hands().says(wired.channel, "While away")
    await until(lambda: wired.desk.heard)
    await gateway.break_off()
    await until(lambda: gateway.resumed == 1)
    await wired.settled()
    assert wired.desk.deliveries == 1
    assert wired.discord.calls["GET /channels/{channel}/messages"] == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("swept")
async def test_a_first_connection_that_fails_is_tried_again(sqlite_url: str) -> None:
    """The library's own client ends with an AttributeError where its first connection breaks."""
    store = Store(sqlite_url)

    async def connects(trip: str) -> None:
        async with Discord.running() as discord:
            wire.people(discord)
            discord.gateway.trip.append(trip)
            settings = wire.settings_for(discord, connect_seconds=2)
            opening = wire.connected(settings, store.sessions, NotingDesk(), wait=False)
            async with opening as (chat, slept, _):
                # The library pauses for five seconds before it lets us know.
                await until(lambda: chat._gateway.client is not None)
                assert discord.gateway.identified >= 1
                assert slept

    await asyncio.gather(connects("close"), connects("hang"))
    await store.close()


async def test_a_token_that_is_not_accepted_is_told_and_tried_again(sqlite_url: str) -> None:
    store, desk = Store(sqlite_url), NotingDesk()
    async with Discord.running() as discord:
        wire.people(discord)
        settings = wire.settings_for(discord, token="wrong")
        async with wire.connected(settings, store.sessions, desk, wait=False) as (
            chat,
            _,
            listener,
        ):
            await until(lambda: discord.calls["GET /users/@me"] > 2)
            trouble = await chat.trouble()
            assert any("DISCORD_TOKEN" in sentence for sentence in trouble)
            assert not listener.done()
            discord.token = "wrong"
            await wire.well(chat, listener)
    await store.close()


async def test_intents_that_are_not_switched_on_are_told(sqlite_url: str) -> None:
    store, desk = Store(sqlite_url), NotingDesk()
    async with Discord.running(granted=0) as discord:
        wire.people(discord)
        settings = wire.settings_for(discord)
        async with wire.connected(settings, store.sessions, desk, wait=False) as (
            chat,
            slept,
            listener,
        ):
            await until(lambda: len(slept) > 1)
            trouble = await chat.trouble()
            assert any("Message Content Intent" in sentence for sentence in trouble)
            discord.granted = (1 << 1) | (1 << 15)
            await wire.well(chat, listener)
    await store.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("swept")
async def test_a_lost_connection_is_trouble_until_it_is_back(wired: Bench) -> None:
    wired.discord.gateway.trip.extend(["hang"])
    await wired.discord.gateway.break_off()
    trouble: tuple[str, ...] = ()
    while not trouble:
        trouble = await wired.chat.trouble()
        await asyncio.sleep(0.002)
    assert "lost" in trouble[0]


async def test_commands_are_registered_once_and_again_only_when_they_change(
    sqlite_url: str,
) -> None:
    store = Store(sqlite_url)
    async with Discord.running() as discord:
        wire.people(discord)
        settings = wire.settings_for(discord)
        for _ in range(2):
            async with wire.connected(settings, store.sessions, NotingDesk()):
                assert discord.calls[REGISTER] == 1
        assert [one["name"] for one in discord.listed][:8] == [one.name for one in COMMANDS]
        assert [one["name"] for one in discord.listed if one["type"] == 3] == [
            "Mark as lesson",
            "Keep as grain",
        ]
        discord.listed.pop()
        async with wire.connected(settings, store.sessions, NotingDesk()):
            assert discord.calls[REGISTER] == 2
            assert len(discord.listed) == 10
    await store.close()


async def test_it_is_not_ready_before_its_commands_are_listed(sqlite_url: str) -> None:
    from tests.wire.discord.faults import Fault

    store = Store(sqlite_url)
    async with Discord.running() as discord:
        wire.people(discord)
        discord.faults[REGISTER].append(Fault("502", times=3))
        settings = wire.settings_for(discord)
        async with wire.connected(settings, store.sessions, NotingDesk()) as (_, slept, _task):
            assert discord.calls[REGISTER] == 4
            assert len([one for one in slept if one >= 10]) == 3
    await store.close()


async def test_many_servers_are_spread_over_shards(sqlite_url: str) -> None:
    store, desk = Store(sqlite_url), NotingDesk()
    async with Discord.running() as discord:
        wire.people(discord)
        far = discord.guild(str((1 << 22) + 5), "Far", "299")
        discord.joins(far, discord.users[ANA])
        discord.channel(far, "990", "far-team")
        discord.gateway.shards = 2
        settings = wire.settings_for(discord)
        async with wire.connected(settings, store.sessions, desk) as (chat, _, _task):
            assert discord.gateway.identified == 2
            hands = Hands(discord, far, ANA)
            await hands.says("990", "On the second shard")
            await until(lambda: len(desk.heard) == 1)
            await chat.send(AccountId("discord", far.id, ANA).direct, card("Hello"), key="k")
            await hands.says("@", "On the first")
            await until(lambda: len(desk.heard) == 2)
            await chat.settled()
            assert [one.ref.place.workspace for one in desk.heard if isinstance(one, Said)] == [
                far.id,
                far.id,
            ]
    await store.close()


async def test_heartbeats_are_sent_and_answered(sqlite_url: str) -> None:
    store, desk = Store(sqlite_url), NotingDesk()
    async with Discord.running() as discord:
        wire.people(discord)
        discord.gateway.interval = 50
        settings = wire.settings_for(discord)
        async with wire.connected(settings, store.sessions, desk):
            await until(lambda: discord.gateway.heartbeats > 2)
    await store.close()


async def test_the_bot_asks_for_no_more_than_it_needs(wired: Bench) -> None:
    (session,) = wired.discord.gateway.sessions.values()
    wanted = {0, 1, 9, 10, 12, 13, 15}
    assert {bit for bit in range(32) if session.intents >> bit & 1} == wanted
