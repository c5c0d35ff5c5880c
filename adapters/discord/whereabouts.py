"""Which place something happened in: Discord tells a channel's number, and for direct messages no server at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from adapters.discord import read
from adapters.discord.api import Api
from adapters.discord.people import People
from adapters.discord.read import Room
from adapters.discord.ways import Ways
from adapters.discord.write import write_card
from bot.chat import Button, Card, Place, Text, action, read_action

Json = dict[str, Any]

SERVER: Final = "discord.server"
"""The verb of the buttons that say which server a direct message is meant for."""
STRANGER: Final = Card(
    text=Text.of(
        "We share no server, so I do not know for whom this is. Ask an admin to invite me."
    )
)


class Whereabouts:
    """Finds the place behind what Discord tells."""

    def __init__(self, api: Api, people: People, ways: Ways) -> None:
        self._api = api
        self._people = people
        self._ways = ways

    async def home(self, user: str, message: str = "") -> str | None:
        """The server that a direct message is about; None where only the person can tell.

        That is the one the message it is about belongs to, else the one that spoke with them last, else the only one.
        """
        if message and (noted := await self._ways.noted(message)) is not None:
            return noted.workspace
        spoken = await self._ways.servers(user)
        if spoken and not self._people.knows_servers:
            return spoken[0]
        shared = [guild for guild, _ in self._people.servers(user)]
        for guild in spoken:
            if guild in shared:
                return guild
        return shared[0] if len(shared) == 1 else None

    async def root(self, message: str) -> str:
        """The message that opened what this one stands in: itself, unless it is an answer."""
        if not message:
            return ""
        noted = await self._ways.noted(message)
        return noted.thread if noted is not None and noted.thread else message

    async def said(self, message: Json, own: str) -> Place:
        """The place of a message that was just said in a server."""
        guild, ident = str(message["guild_id"]), str(message["id"])
        channel = str(message["channel_id"])
        place = await self._in(await self._people.room(channel), guild, ident)
        answered = read.answered(message)
        author = ((message.get("referenced_message") or {}).get("author") or {}).get("id")
        if answered and not place.thread and not place.is_direct and str(author) == own:
            # Whoever replies to the bot in the open means what a thread under it would mean.
            place = replace(place, thread=await self.root(answered))
            await self._ways.note(place, ident, channel, thread=place.thread)
        return place

    async def message(self, told: Json, ident: str, user: str = "") -> Place | None:
        """The place of a message that something happened to; None when it cannot be told any more."""
        noted = await self._ways.noted(ident)
        if noted is not None and (place := noted.place()) is not None:
            return place
        channel, guild = str(told["channel_id"]), str(told.get("guild_id") or "")
        if not guild:
            home = await self.home(user) if user else None
            return Place(read.PLATFORM, home, f"@{user}") if home else None
        place = await self._in(await self._people.room(channel), guild, ident)
        if noted is not None and noted.thread and not place.thread:
            return replace(place, thread=noted.thread)
        return place

    async def of(self, payload: Json, user: str) -> Place | None:
        """The place of an act; None where only the person can tell the server."""
        told = payload.get("channel") or {}
        guild = str(payload.get("guild_id") or "")
        message = str((payload.get("message") or {}).get("id") or "")
        if not guild:
            home = await self.home(user, message)
            return Place(read.PLATFORM, home, f"@{user}") if home else None
        channel = str(payload.get("channel_id") or told["id"])
        if "type" in told and (int(told["type"]) not in read.THREADS or told.get("parent_id")):
            room = read.read_room(told, guild)
        else:
            room = await self._people.room(channel)
        return await self._in(room, guild, message)

    async def _in(self, room: Room, guild: str, message: str) -> Place:
        """The place of a message in a room; a private thread may stand in for direct messages."""
        if room.kind == read.PRIVATE_THREAD:
            way = await self._ways.behind(room.id)
            if way is not None:
                return way.account.direct
        return read.read_place(room, guild, "", message)

    # Asking

    def question(self, user: str, message: str) -> Card:
        """Asks for which server something is meant."""
        shared = self._people.servers(user)[:20]
        if not shared:
            return STRANGER
        return Card(
            text=Text.of("You and I share more than one server. Which one is this for?"),
            buttons=tuple(
                Button(name, action(SERVER, guild, message or "0")) for guild, name in shared
            ),
        )

    async def ask(self, user: str, message: Json) -> None:
        """Ask under a direct message for which server it is meant."""
        for part in write_card(self.question(user, str(message["id"]))):
            await self._api.call(
                "POST",
                "/channels/{channel_id}/messages",
                place=user,
                body=part.body(),
                channel_id=str(message["channel_id"]),
            )


def read_server(custom_id: str) -> tuple[str, str] | None:
    """The server that was chosen, and the message it was asked for; None when a button is about something else."""
    verb, words = read_action(custom_id)
    return (words[0], words[1]) if verb == SERVER and len(words) == 2 else None
