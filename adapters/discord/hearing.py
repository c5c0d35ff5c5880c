"""What happens on Discord, handed to the desk in its order, and kept before the next is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from adapters.discord import read
from adapters.discord.api import Api
from adapters.discord.people import People
from adapters.discord.send import Messages
from adapters.discord.ways import Ways
from adapters.discord.whereabouts import Whereabouts
from bot.chat import (
    AccountId,
    Busy,
    Desk,
    Event,
    Place,
    Ref,
    Refused,
    Removed,
    Unsure,
    is_wanted,
)
from bot.chat.traces import NOT_UNDERSTOOD, traced

Json = dict[str, Any]

log = structlog.get_logger(__name__)

WAITS: Final = (0.2, 1.0, 5.0, 15.0)
"""Seconds between two tries to keep an event; the last is repeated, because Discord sends none again."""
FLUSH: Final = timedelta(seconds=30)
"""How often it is kept how far a channel was heard."""
ASKED: Final = 3
"""How often Discord is asked about an event that cannot be understood without."""


class Hearing:
    """Takes what the gateway tells, one after the other."""

    def __init__(
        self,
        api: Api,
        people: People,
        ways: Ways,
        messages: Messages,
        whereabouts: Whereabouts,
        *,
        began: Callable[[Json], Awaitable[None]],
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._api = api
        self._people = people
        self._ways = ways
        self._messages = messages
        self._where = whereabouts
        self._began = began
        self._now = now
        self._sleep = sleep
        self._waiting: asyncio.Queue[tuple[str, Json, str]] = asyncio.Queue()
        self._newest: dict[Place, int] = {}
        self._flushed_at = now()
        self.desk: Desk | None = None

    def take(self, kind: str, data: Json, mark: str) -> None:
        """Line an event up."""
        self._waiting.put_nowait((kind, data, mark))

    async def run(self) -> None:
        """Hand over what comes, until cancelled."""
        while True:
            kind, data, mark = await self._waiting.get()
            try:
                await self._understand(kind, data, mark)
            finally:
                self._waiting.task_done()
            if self._now() - self._flushed_at > FLUSH:
                await self.flush()

    async def settled(self) -> None:
        """Wait until everything so far was handed over."""
        await self._waiting.join()

    async def flush(self) -> None:
        """Keep how far each channel was heard."""
        newest, self._newest = self._newest, {}
        self._flushed_at = self._now()
        if newest:
            try:
                await self._ways.heard(newest)
            except Exception as problem:
                log.warning("not kept how far channels were heard", **traced(problem))

    async def _understand(self, kind: str, data: Json, mark: str) -> None:
        tries = 0
        while tries < ASKED:
            try:
                await self._hear(kind, data, mark)
                return
            except NOT_UNDERSTOOD as problem:
                log.warning("event not understood", kind=kind, **traced(problem))
                return
            except Refused as problem:
                log.info("event set aside", kind=kind, **traced(problem))
                return
            except (Busy, Unsure) as problem:
                tries += 1
                await self._sleep(problem.seconds if isinstance(problem, Busy) else WAITS[0])
            except (SQLAlchemyError, OSError) as problem:
                # The database is away: what was said waits here.
                log.error("not kept, so it is tried again", kind=kind, **traced(problem))
                await self._sleep(WAITS[1])
            except Exception as problem:
                log.error("event broke", kind=kind, **traced(problem))
                return
        log.error("event given up", kind=kind)

    async def _hear(self, kind: str, data: Json, mark: str) -> None:
        match kind:
            case "READY":
                # Before anything that is said from here on counts as heard.
                await self.flush()
                await self._began(data)
            case "MESSAGE_CREATE":
                await self._created(data)
            case "MESSAGE_UPDATE":
                await self._updated(data)
            case "MESSAGE_DELETE":
                await self._deleted(data, str(data["id"]))
            case "MESSAGE_DELETE_BULK":
                for ident in data["ids"]:
                    await self._deleted(data, str(ident))
            case "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE":
                await self._reacted(data, mark, added=kind == "MESSAGE_REACTION_ADD")
            case "THREAD_DELETE":
                await self._thread_deleted(data)
            case "GUILD_MEMBER_ADD":
                if joined := read.read_joined(data, self._now()):
                    await self._record(f"joined {joined.by.id} {joined.at.isoformat()}", joined)
            case "GUILD_MEMBER_REMOVE":
                if left := read.read_left(data, self._now()):
                    await self._record(f"left {left.by.id} {left.at:%Y-%m-%dT%H:%M}", left)
            case "GUILD_DELETE":
                if not data.get("unavailable"):
                    log.info("taken out of a server", workspace=str(data["id"]))
                    await self._ways.forget_server(str(data["id"]))

    async def _record(self, key: str, event: Event) -> bool:
        """Keep an event; while the database is away it waits, and all that come after it.

        False when it happened where the core does not work: nothing of it is kept.
        """
        assert self.desk is not None
        tries = 0
        while True:
            try:
                if not await is_wanted(self.desk, event):
                    return False
                await self.desk.record(key, event)
                return True
            except Exception as problem:
                log.error("not kept, so it is tried again", **traced(problem))
                await self._sleep(WAITS[min(tries, len(WAITS) - 1)])
                tries += 1

    # Messages

    async def _created(self, message: Json) -> None:
        own = (await self._api.own()).user
        channel, ident = str(message["channel_id"]), str(message["id"])
        if str((message.get("author") or {}).get("id")) == own:
            if nonce := message.get("nonce"):
                self._messages.lost.echoes.remember(str(nonce), (ident, channel))
            return
        if not read.is_persons(message):
            return
        user = str(message["author"]["id"])
        if not message.get("guild_id"):
            await self._said_alone(message, user)
            return
        place = await self._where.said(message, own)
        said = read.read_said(message, place, self._names(place, message))
        if await self._record(read.said_key(said, "said"), said) and not place.is_direct:
            self._newest[place.open] = max(self._newest.get(place.open, 0), int(ident))
            await self._ways.met(said.by, place.channel)

    async def _said_alone(self, message: Json, user: str) -> None:
        """Somebody wrote to the bot alone, in a direct message that belongs to no server."""
        await self._ways.opened(user)
        guild = await self._where.home(user)
        if guild is None:
            await self._where.ask(user, message)
            return
        await self.said_for(guild, message)

    async def said_for(self, guild: str, message: Json) -> None:
        """Keep a direct message as said in this server."""
        by = AccountId(read.PLATFORM, guild, str(message["author"]["id"]))
        place = replace(by.direct, thread=await self._where.root(read.answered(message)))
        said = read.read_said(message, place, self._names(place, message))
        await self._ways.note(place, said.ref.id, str(message["channel_id"]), thread=place.thread)
        await self._ways.learn(by, direct=str(message["channel_id"]))
        await self._record(read.said_key(said, "said"), said)

    async def _updated(self, message: Json) -> None:
        # A link preview, a pin and a thread change a message too; only its author edits it.
        if not message.get("edited_timestamp") or not read.is_persons(message):
            return
        if str(message["author"]["id"]) == (await self._api.own()).user:
            return
        place = await self._where.message(message, str(message["id"]), str(message["author"]["id"]))
        if place is None:
            return
        edited = read.read_edited(message, place, self._names(place, message))
        await self._record(read.said_key(edited, "edited", message["edited_timestamp"]), edited)

    async def _deleted(self, told: Json, ident: str) -> None:
        if ident in self._messages.removed:
            return
        place = await self._where.message(told, ident)
        if place is not None:
            removed = Removed(Ref(place, ident), self._now())
            await self._record(read.said_key(removed, "removed"), removed)

    async def _thread_deleted(self, thread: Json) -> None:
        """A forum's post is gone, and with it the message that opened it."""
        ident, parent = str(thread["id"]), str(thread.get("parent_id") or "")
        if ident in self._messages.removed or not parent:
            return
        if (await self._people.room(parent)).is_forum:
            place = Place(read.PLATFORM, str(thread["guild_id"]), parent)
            removed = Removed(Ref(place, ident), self._now())
            await self._record(read.said_key(removed, "removed"), removed)

    async def _reacted(self, told: Json, mark: str, *, added: bool) -> None:
        user = str(told["user_id"])
        is_bots = ((told.get("member") or {}).get("user") or {}).get("bot")
        if is_bots or user == (await self._api.own()).user:
            return
        place = await self._where.message(told, str(told["message_id"]), user)
        if place is None:
            return
        reacted = read.read_reacted(told, place, self._now(), added=added)
        word = "reacted" if added else "unreacted"
        key = f"{word} {reacted.ref.id} {user} {reacted.emoji} {mark}"
        await self._record(key, reacted)

    def _names(self, place: Place, message: Json) -> dict[str, str]:
        return self._people.names(place.workspace, message.get("content") or "")
