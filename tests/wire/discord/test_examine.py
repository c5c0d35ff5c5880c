"""What `outloud doctor` says of Discord, without listening."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.discord import DiscordChat
from bot.chat import AccountId, Place, Refused
from bot.store.session import Store, utc_now
from tests.wire.discord import bench as wire
from tests.wire.discord import world
from tests.wire.discord.bench import ANA, DEE, GUILD, HARBOUR, Bench
from tests.wire.discord.server import Discord

HERE = Place("discord", GUILD, HARBOUR)


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    async with Discord.running() as discord:
        wire.people(discord)
        yield discord


async def examine(discord: Discord, url: str, *channels: Place, token: str = "") -> tuple[str, ...]:
    store = Store(url)
    settings = wire.settings_for(discord, token=token or discord.token)
    async with DiscordChat.open(settings, store.sessions, now=utc_now) as chat:
        found = await chat.examine(channels)
    await store.close()
    assert discord.gateway.identified == 0
    return found


async def test_when_all_is_well_nothing_is_missing(discord: Discord, sqlite_url: str) -> None:
    assert await examine(discord, sqlite_url, HERE) == ()


async def test_a_wrong_token_is_named(discord: Discord, sqlite_url: str) -> None:
    (sentence,) = await examine(discord, sqlite_url, HERE, token="wrong")
    assert "DISCORD_TOKEN" in sentence


async def test_intents_that_are_off_are_named(discord: Discord, sqlite_url: str) -> None:
    discord.flags = 1 << 15
    (sentence,) = await examine(discord, sqlite_url)
    assert "Message Content Intent" in sentence


async def test_missing_permissions_are_named_per_channel(discord: Discord, sqlite_url: str) -> None:
    channel = discord.guilds[GUILD].channels[HARBOUR]
    channel.denied["799"] = world.SEND_IN_THREADS | world.ATTACH_FILES
    (sentence,) = await examine(discord, sqlite_url, HERE)
    assert "Send Messages in Threads and Attach Files" in sentence
    assert "#team-harbour" in sentence


async def test_channels_and_servers_that_are_gone_are_named(
    discord: Discord, sqlite_url: str
) -> None:
    gone, nowhere = Place("discord", GUILD, "999"), Place("discord", "12345", "1")
    first, second = await examine(discord, sqlite_url, gone, nowhere)
    assert "is gone" in first
    assert "12345" in second


async def test_who_may_manage_the_server_is_an_admin(wired: Bench) -> None:
    dee = await wired.chat.profile(wired.account(DEE))
    ana = await wired.chat.profile(wired.account(ANA))
    assert dee is not None
    assert ana is not None
    assert (dee.is_admin, ana.is_admin) == (True, False)
    assert dee.zone is None


async def test_profiles_are_known_without_a_connection(discord: Discord, sqlite_url: str) -> None:
    store = Store(sqlite_url)
    discord.guilds[GUILD].members[DEE].nick = "Dee of the quay"
    async with DiscordChat.open(wire.settings_for(discord), store.sessions, now=utc_now) as chat:
        dee = await chat.profile(AccountId("discord", GUILD, DEE))
        ana = await chat.profile(AccountId("discord", GUILD, ANA))
    await store.close()
    assert dee is not None
    assert ana is not None
    assert (dee.name, dee.is_admin) == ("Dee of the quay", True)
    assert ana.is_admin is False


async def test_members_are_those_who_can_see_the_channel(wired: Bench) -> None:
    secret = wired.discord.channel(wired.guild, "903", "secret")
    secret.denied[GUILD] = world.VIEW_CHANNEL
    secret.allowed["799"] = secret.allowed[f"@{DEE}"] = world.VIEW_CHANNEL
    await wired.discord.gateway.tell("CHANNEL_CREATE", secret.told(), GUILD)
    await wired.settled()
    found = await wired.chat.members(Place("discord", GUILD, "903"))
    assert found == (wired.account(DEE),)


async def test_the_members_of_a_server_without_the_bot_are_refused(wired: Bench) -> None:
    with pytest.raises(Refused, match="invite"):
        await wired.chat.members(Place("discord", "12345", "1"))
