"""What Discord grants the bot, looked at afresh by a client of its own that does not listen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import discord

from adapters.discord.api import MOST_SECONDS, DiscordSettings, lead
from adapters.discord.connection import INTENTS, intents
from adapters.discord.refusals import failure, trace
from bot.chat import Place

NEEDED: Final = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "create_private_threads": "Create Private Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""What the bot needs in a channel, as discord.py and as Discord name it."""
PERMISSIONS: Final = discord.Permissions(**dict.fromkeys(NEEDED, True)).value
"""The same as the number in the address that invites the bot."""


async def examine(settings: DiscordSettings, channels: tuple[Place, ...]) -> tuple[str, ...]:
    """What is missing for working in these channels, a sentence each."""
    try:
        async with _client(settings) as client:
            found = [] if _may_hear(client) else [INTENTS]
            guilds: dict[str, discord.Guild | str] = {}
            for channel in channels:
                if channel.workspace not in guilds:
                    guilds[channel.workspace] = await _guild(client, channel.workspace)
                guild = guilds[channel.workspace]
                if isinstance(guild, str):
                    found.append(guild)
                elif missing := await _missing(guild, client, channel):
                    found.append(missing)
            return tuple(dict.fromkeys(found))
    except Exception as problem:
        if told := failure(problem):
            return (str(told),)
        raise


@asynccontextmanager
async def _client(settings: DiscordSettings) -> AsyncIterator[discord.Client]:
    client = discord.Client(
        intents=intents(), max_ratelimit_timeout=MOST_SECONDS, http_trace=trace()
    )
    lead(client.http, settings)
    try:
        await client.login(settings.token)
        yield client
    finally:
        await client.close()


def _may_hear(client: discord.Client) -> bool:
    """Whether the application has the two intents that must be switched on by hand."""
    flags = client.application_flags
    members = flags.gateway_guild_members or flags.gateway_guild_members_limited
    content = flags.gateway_message_content or flags.gateway_message_content_limited
    return members and content


async def _guild(client: discord.Client, ident: str) -> discord.Guild | str:
    try:
        return await client.fetch_guild(int(ident), with_counts=False)
    except (discord.Forbidden, discord.NotFound, ValueError):
        return f"Outloud is not in the Discord server {ident}: invite it (see docs/discord.md)."


async def _missing(guild: discord.Guild, client: discord.Client, place: Place) -> str:
    """What the bot may not do in a channel; empty when it may do all it needs."""
    assert client.user is not None
    try:
        channel = await guild.fetch_channel(int(place.channel))
    except (discord.NotFound, discord.InvalidData, ValueError):
        return f"The channel {place} is gone: take it out of the set-up, or configure another."
    except discord.Forbidden:
        return f"Outloud cannot see the channel {place}: give it View Channel there."
    me = await guild.fetch_member(client.user.id)
    rights = channel.permissions_for(me)
    missing = [name for right, name in NEEDED.items() if not getattr(rights, right)]
    if not missing:
        return ""
    return (
        f"In #{channel.name} Outloud may not {_listed(missing)}: allow that to its role in the "
        "channel's permissions, or invite it again (see docs/discord.md)."
    )


def _listed(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
