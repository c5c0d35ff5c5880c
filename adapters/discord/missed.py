"""What was said while the bot was away, looked up once when it is back: only where the bot itself speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from adapters.discord.api import Api
from adapters.discord.ways import Ways
from bot.chat import Busy, Desk, Place, Refused, Unsure
from bot.chat.traces import traced

Json = dict[str, Any]
Take = Callable[[str, Json, str], None]

log = structlog.get_logger(__name__)

CHANNELS: Final = 200
PEOPLE: Final = 100
PAGES: Final = 3
PAGE: Final = 100
SPOKEN: Final = timedelta(days=1)
"""Direct messages are looked up for people the bot has spoken with since then."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Channels and direct messages, with the newest message heard in each."""

    rooms: list[tuple[Place, int]]
    alone: list[tuple[str, int]]


class Missed:
    """Asks Discord for what came after the last message heard."""

    def __init__(self, api: Api, ways: Ways, take: Take, *, now: Callable[[], datetime]) -> None:
        self._api = api
        self._ways = ways
        self._take = take
        self._now = now

    async def since(self, ready: Json, desk: Desk) -> Missing:
        """How far everything was heard when a connection began, in the servers that it is for.

        Only where the core works: anywhere else nothing is looked up.
        """
        servers = {str(guild["id"]) for guild in ready["guilds"]}
        rooms = await self._ways.rooms(CHANNELS)
        is_first = (ready.get("shard") or [0])[0] == 0
        ways = await self._ways.recent(self._now() - SPOKEN, PEOPLE) if is_first else []
        return Missing(
            [one for one in rooms if one[0].workspace in servers and await desk.minds(one[0])],
            [(way.direct, await self._ways.newest(way.direct)) for way in ways],
        )

    async def look(self, missing: Missing) -> None:
        """Take up what was missed, as if it came just now."""
        try:
            found = await self._in_channels(missing)
            for channel, heard in missing.alone:
                found += await self._after(channel, heard) if heard else []
            await self._ways.forget_old()
        except Exception as problem:
            log.warning("what was missed was not looked up", **traced(problem))
            return
        for message in sorted(found, key=lambda one: int(one["id"])):
            self._take("MESSAGE_CREATE", message, "")
        if found:
            log.info("messages missed", count=len(found))

    async def _in_channels(self, missing: Missing) -> list[Json]:
        found: list[Json] = []
        threads: dict[str, list[Json]] = {}
        for place, heard in missing.rooms:
            guild = place.workspace
            if guild not in threads:
                threads[guild] = await self._threads(guild)
            rooms = [place.channel] + [
                str(thread["id"])
                for thread in threads[guild]
                if str(thread.get("parent_id")) == place.channel
                and int(thread.get("last_message_id") or 0) > heard
            ]
            for room in rooms:
                said = await self._after(room, heard)
                found += [{**message, "guild_id": guild} for message in said]
        return found

    async def _threads(self, guild: str) -> list[Json]:
        try:
            told = await self._api.call("GET", "/guilds/{guild_id}/threads/active", guild_id=guild)
        except (Busy, Refused, Unsure) as problem:
            log.info("threads not looked up", workspace=guild, **traced(problem))
            return []
        return list(told["threads"])

    async def _after(self, channel: str, heard: int) -> list[Json]:
        found: list[Json] = []
        try:
            for _ in range(PAGES):
                some = await self._api.call(
                    "GET",
                    "/channels/{channel_id}/messages",
                    query={"limit": PAGE, "after": heard},
                    channel_id=channel,
                )
                found += some
                if len(some) < PAGE:
                    break
                heard = max(int(one["id"]) for one in some)
        except (Busy, Refused, Unsure) as problem:
            log.info("channel not looked up", channel=channel, **traced(problem))
        return found
