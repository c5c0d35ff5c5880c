"""Who and what is where on Discord: names, members, servers, and the channel behind each place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import discord

from adapters.discord.api import Api
from adapters.discord.connection import Gateway
from adapters.discord.read import DIRECT, PLATFORM, THREADS, Room, read_member, read_room
from adapters.discord.refusals import (
    MISSING_ACCESS,
    UNKNOWN_CHANNEL,
    UNKNOWN_GUILD,
    UNKNOWN_MEMBER,
    UNKNOWN_USER,
    error_code,
)
from bot.chat import AccountId, Busy, Place, Profile, Refused
from bot.chat.recent import Recent

NOT_CONNECTED = 5.0
"""Seconds after which to ask again what only the connection tells."""
_UNKNOWN = (UNKNOWN_MEMBER, UNKNOWN_USER, 50035)


class People:
    """Knows what the connection tells, and asks for the rest one by one."""

    def __init__(self, api: Api, gateway: Gateway) -> None:
        self._api = api
        self._gateway = gateway
        self._rooms: Recent[str, Room] = Recent()

    async def profile(self, account: AccountId) -> Profile | None:
        """What Discord knows of somebody in a server."""
        guild = self._guild(account.workspace)
        member = guild.get_member(int(account.id)) if guild and account.id.isdecimal() else None
        if guild is not None and member is not None:
            is_admin = member.guild_permissions.manage_guild or guild.owner_id == member.id
            return Profile(
                member.display_name, is_admin=is_admin, is_bot=member.bot, workspace=guild.name
            )
        try:
            told = await self._api.call(
                "GET",
                "/guilds/{guild_id}/members/{user_id}",
                place=account.id,
                guild_id=account.workspace,
                user_id=account.id,
            )
        except Refused as problem:
            if error_code(problem) in _UNKNOWN:
                return None
            raise
        return read_member(told, is_admin=await self._is_admin(account, told))

    async def _is_admin(self, account: AccountId, member: Mapping[str, Any]) -> bool:
        """Whether somebody may manage the server, worked out from its roles."""
        told = await self._api.call("GET", "/guilds/{guild_id}", guild_id=account.workspace)
        if str(told["owner_id"]) == account.id:
            return True
        held = {str(account.workspace), *map(str, member.get("roles") or ())}
        rights = discord.Permissions.none()
        for role in told["roles"]:
            if str(role["id"]) in held:
                rights |= discord.Permissions(int(role["permissions"]))
        return rights.manage_guild or rights.administrator

    async def members(self, channel: Place) -> tuple[AccountId, ...]:
        """The people who can see a channel."""
        if channel.is_direct:
            return (channel.account,)
        guild = self._guild(channel.workspace)
        if guild is None:
            if self._gateway.client is None:
                raise Busy(NOT_CONNECTED, "Outloud is not connected to Discord yet.")
            raise Refused(
                f"Outloud is not in the Discord server {channel.workspace}: invite it again."
            )
        found = guild.get_channel(int(channel.channel)) if channel.channel.isdecimal() else None
        if found is None:
            raise Refused(f"The channel {channel} is gone, or Outloud cannot see it.")
        if not guild.chunked:
            await guild.chunk()
        return tuple(
            AccountId(PLATFORM, channel.workspace, str(member.id))
            for member in guild.members
            if not member.bot and found.permissions_for(member).view_channel
        )

    def servers(self, user: str) -> tuple[tuple[str, str], ...]:
        """The servers that the bot shares with somebody, with their names; `Busy` until that is known."""
        client = self._gateway.client
        if client is None:
            raise Busy(NOT_CONNECTED, "Outloud is not connected to Discord yet.")
        return tuple(
            (str(guild.id), guild.name)
            for guild in client.guilds
            if guild.get_member(int(user)) is not None
        )

    def names(self, guild: str, content: str) -> dict[str, str]:
        """What to call the people, channels and roles of a server that are named in a text by their ids."""
        found = self._guild(guild)
        names: dict[str, str] = {}
        if found is None or "<" not in content:
            return names
        for ident in _idents(content):
            if member := found.get_member(ident):
                names[str(ident)] = member.display_name
            if channel := found.get_channel_or_thread(ident):
                names[f"#{ident}"] = channel.name
            if role := found.get_role(ident):
                names[f"&{ident}"] = role.name
        return names

    @property
    def knows_servers(self) -> bool:
        """Whether the connection has told which servers there are, and who is in them."""
        return self._gateway.client is not None

    def _guild(self, ident: str) -> discord.Guild | None:
        client = self._gateway.client
        return client.get_guild(int(ident)) if client and ident.isdecimal() else None

    # Channels

    async def room(self, ident: str) -> Room:
        """The channel, thread or direct message with this id; raises `Refused` when there is none."""
        if (known := self._known_room(ident)) is not None:
            return known
        if ident not in self._rooms:
            told = await self._api.call(
                "GET", "/channels/{channel_id}", place=ident, channel_id=ident
            )
            parent = str(told.get("parent_id") or "")
            kind = 0
            if int(told["type"]) in THREADS and parent:
                kind = (await self.room(parent)).kind
            self.remember(read_room(told, parent_kind=kind))
        return self._rooms[ident]

    def remember(self, room: Room) -> None:
        """Keep what was told of a channel in passing."""
        self._rooms.remember(room.id, room)

    def _known_room(self, ident: str) -> Room | None:
        client = self._gateway.client
        found = client.get_channel(int(ident)) if client and ident.isdecimal() else None
        if isinstance(found, discord.Thread):
            kind = found.parent.type.value if found.parent else 0
            guild, parent = str(found.guild.id), str(found.parent_id)
            return Room(ident, found.type.value, guild, found.name, parent, kind)
        if isinstance(found, discord.abc.GuildChannel):
            return Room(ident, found.type.value, str(found.guild.id), found.name)
        return Room(ident, DIRECT) if isinstance(found, discord.DMChannel) else None

    async def is_forum(self, place: Place) -> bool:
        """Whether every message in the open of a channel is a post of its own."""
        if place.is_direct or place.thread:
            return False
        return (await self.room(place.channel)).is_forum


def is_gone(problem: Refused) -> bool:
    """Whether a refusal says that a channel or server is not there for us."""
    return error_code(problem) in (UNKNOWN_CHANNEL, UNKNOWN_GUILD, MISSING_ACCESS)


def _idents(content: str) -> set[int]:
    return {int(found) for found in re.findall(r"<[@#][!&]?(\d{1,20})>", content)}
