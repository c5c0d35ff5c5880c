"""Speaking with one person alone: a direct message, or a private thread where direct messages are closed."""

from __future__ import annotations

import contextlib
from typing import Final

import structlog

from adapters.discord.api import Api
from adapters.discord.people import People
from adapters.discord.refusals import (
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    UNKNOWN_CHANNEL,
    error_code,
)
from adapters.discord.ways import Way, Ways
from adapters.discord.write import write_card
from bot.chat import AccountId, Card, Refused, Text

log = structlog.get_logger(__name__)

DOOR: Final = Card(
    title="Just for you",
    text=Text.of(
        "I could not send you a direct message, so I write to you here. Only you, I and the moderators of "
        "this server can read this thread. To hear from me in private, allow direct messages from members "
        "of this server in its privacy settings, and send me a word."
    ),
)
_ARCHIVE_MINUTES: Final = 10080
_CANNOT: Final = (UNKNOWN_CHANNEL, MISSING_ACCESS, MISSING_PERMISSIONS, 50024, 50035, 160006)


class Directs:
    """Finds and opens the channel in which one person is spoken to."""

    def __init__(self, api: Api, people: People, ways: Ways) -> None:
        self._api = api
        self._people = people
        self._ways = ways

    async def direct(self, way: Way) -> str:
        """The channel of the direct messages with somebody."""
        if way.direct:
            return way.direct
        told = await self._api.call(
            "POST",
            "/users/@me/channels",
            place=way.account.id,
            body={"recipient_id": way.account.id},
        )
        channel = str(told["id"])
        await self._ways.learn(way.account, direct=channel)
        return channel

    async def channels(self, account: AccountId) -> tuple[str, ...]:
        """The channels in which somebody may have been spoken to, the likeliest first."""
        way = await self._ways.to(account)
        known = (way.door, way.direct) if way.is_closed else (way.direct, way.door)
        found = tuple(channel for channel in known if channel)
        return found or (await self.direct(way),)

    async def open_door(self, way: Way, problem: Refused | None, *, anew: bool = False) -> str:
        """Open the private thread that stands in for direct messages, and tell the person why.

        Raises the problem, or `Refused`, where the server has no channel for that.
        """
        if way.door and not anew:
            await self._ways.learn(way.account, is_closed=True)
            return way.door
        for channel in await self._candidates(way):
            try:
                door = await self._open(channel, way.account)
            except Refused as no:
                if error_code(no) not in _CANNOT:
                    raise
                continue
            await self._ways.learn(way.account, door=door, is_closed=True)
            log.info("direct messages closed", account=str(way.account), door=door)
            return door
        raise problem or Refused(
            f"There is no channel in which Outloud could open a private thread for {way.account.id}."
        )

    async def _candidates(self, way: Way) -> list[str]:
        """The channels for a private thread: where the person was last met, then others the bot writes to."""
        guild = way.account.workspace
        found = [way.seen_in] if way.seen_in else []
        for place, _ in await self._ways.rooms(50):
            if place.workspace == guild and place.channel not in found:
                with contextlib.suppress(Refused):
                    if way.account in await self._people.members(place):
                        found.append(place.channel)
        return found[:5]

    async def _open(self, channel: str, account: AccountId) -> str:
        room = await self._people.room(channel)
        told = await self._api.call(
            "POST",
            "/channels/{channel_id}/threads",
            place=channel,
            body={
                "name": "Just for you",
                "type": 12,
                "invitable": False,
                "auto_archive_duration": _ARCHIVE_MINUTES,
            },
            channel_id=room.parent if room.is_thread else channel,
        )
        door = str(told["id"])
        await self._api.call(
            "PUT",
            "/channels/{channel_id}/thread-members/{user_id}",
            place=account.id,
            channel_id=door,
            user_id=account.id,
        )
        for part in write_card(DOOR):
            await self._api.call(
                "POST",
                "/channels/{channel_id}/messages",
                place=channel,
                body=part.body(),
                channel_id=door,
            )
        return door
