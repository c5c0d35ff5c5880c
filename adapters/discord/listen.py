"""Listening to Discord: every event kept in its order, every act answered inside three seconds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog

from adapters.discord import read
from adapters.discord.answer import GONE, Answers, Caller, is_too_late, values_of
from adapters.discord.api import Api
from adapters.discord.door import Door
from adapters.discord.forms import read_open
from adapters.discord.hearing import Hearing
from adapters.discord.people import People
from adapters.discord.ways import Ways
from adapters.discord.whereabouts import Whereabouts, read_server
from adapters.discord.write import write_card, write_choices
from bot.chat import (
    BROKEN,
    AccountId,
    Act,
    Busy,
    Card,
    Desk,
    Place,
    Ref,
    Refused,
    Reply,
    Show,
    Submit,
    Text,
    Unsure,
)
from bot.chat.traces import NOT_UNDERSTOOD, traced

Json = dict[str, Any]

log = structlog.get_logger(__name__)

SLOW: Final = 1.8
"""Discord gives an act three seconds; after this long it is told that the answer follows."""
COMPLETE: Final = 2.0
LAST_WORDS: Final = 2.0
"""How long answers that are on their way may take when the bot stops."""


class Listener:
    """Takes what Discord tells to the desk."""

    def __init__(
        self,
        api: Api,
        people: People,
        ways: Ways,
        whereabouts: Whereabouts,
        hearing: Hearing,
        answers: Answers,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._api = api
        self._people = people
        self._ways = ways
        self._where = whereabouts
        self._hearing = hearing
        self._answers = answers
        self._now = now
        self._later: set[asyncio.Task[None]] = set()
        self.desk: Desk | None = None

    def take(self, kind: str, data: Json, mark: str) -> None:
        """Take an event from the gateway: an act is answered at once, all else in its order."""
        if self.desk is None:
            return
        if kind == "INTERACTION_CREATE":
            self.follow(self._act(data))
        else:
            self._hearing.take(kind, data, mark)

    def follow(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the rest."""
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def settle(self) -> None:
        """Wait until every event so far was kept and every act answered."""
        while self._later:
            await asyncio.wait(set(self._later))
        await self._hearing.settled()

    async def close(self) -> None:
        """Let the answers that are on their way arrive."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                while self._later:
                    await asyncio.wait(set(self._later))
        for task in self._later:
            task.cancel()

    # Acts

    async def _act(self, payload: Json) -> None:
        if payload["type"] not in (
            read.COMMAND,
            read.COMPONENT,
            read.AUTOCOMPLETE,
            read.MODAL,
        ):
            return
        door = Door(self._api, payload)
        try:
            await self._answer_act(payload, door)
        except Exception as problem:
            late = is_too_late(problem)
            say = log.info if late else log.warning
            say("answer not shown", late=late, **traced(problem))
            if not late and payload["type"] != read.AUTOCOMPLETE:
                await self._apologize(door)

    async def _apologize(self, door: Door) -> None:
        try:
            await door.say(write_card(BROKEN))
        except (Busy, Refused, Unsure, *NOT_UNDERSTOOD) as problem:
            log.info("not told", **traced(problem))

    async def _answer_act(self, payload: Json, door: Door) -> None:
        user = read.user_of(payload)
        custom_id = str((payload.get("data") or {}).get("custom_id") or "")
        if payload["type"] == read.COMPONENT:
            if page := read_open(custom_id):
                await self._answers.open_page(user, *page, door)
                return
            if chosen := read_server(custom_id):
                await self._choose_server(user, *chosen, payload, door)
                return
        if payload["type"] == read.MODAL:
            await self._submitted(user, custom_id, payload, door)
            return
        place = await self._where.of(payload, user)
        if payload["type"] == read.AUTOCOMPLETE:
            await self._complete(payload, user, place, door)
            return
        if place is None:
            await door.say(write_card(self._where.question(user, "")))
            return
        by = AccountId(read.PLATFORM, place.workspace, user)
        if not place.is_direct:
            self.follow(self._met(by, place))
        if payload["type"] == read.COMPONENT:
            await self._pressed(payload, by, place, door)
        elif payload["data"].get("type", 1) == 3:
            await self._used(payload, by, place, door)
        else:
            names = self._people.names(place.workspace, read.typed(payload))
            act = read.read_command(payload, by, place, self._now(), names)
            await self._show(act, Caller(by, place, door))

    async def _met(self, by: AccountId, place: Place) -> None:
        try:
            await self._ways.met(by, place.channel)
        except Exception as problem:
            log.warning("not kept where somebody was met", **traced(problem))

    async def _pressed(self, payload: Json, by: AccountId, place: Place, door: Door) -> None:
        ident = str(payload["message"]["id"])
        noted = await self._ways.noted(ident) if door.is_public else None
        if noted is not None and noted.thread and not place.thread:
            place = replace(place, thread=noted.thread)
        on = Ref(place, ident) if door.is_public else None
        press = read.read_press(payload, by, place, on, self._now())
        await self._show(press, Caller(by, place, door, on))

    async def _used(self, payload: Json, by: AccountId, place: Place, door: Door) -> None:
        """Somebody used an entry in a message's menu."""
        label = payload["data"]["name"]
        assert self.desk is not None
        known = {shortcut.label[:32]: shortcut.action for shortcut in self.desk.shortcuts}
        if label not in known:
            await door.say(write_card(Card(text=Text.of(f"I do not know {label} any more."))))
            return
        message = read.target(payload)
        guild = str(payload.get("guild_id") or "")
        told = {"channel_id": payload["channel_id"], **({"guild_id": guild} if guild else {})}
        told = {**message, **told}
        standing = await self._where.message(told, str(message["id"]), by.id) or place
        names = self._people.names(place.workspace, message.get("content") or "")
        said = read.read_said(message, standing, names)
        act = read.read_shortcut(payload, by, said, self._now(), known[label])
        await self._show(act, Caller(by, standing, door))

    async def _submitted(self, user: str, custom_id: str, payload: Json, door: Door) -> None:
        """Somebody sent a page of a form."""
        where = read_open(custom_id)
        components = payload["data"].get("components") or []
        opened = await self._answers.fill(user, where[0], components) if where else None
        if where is None or opened is None:
            await door.say(write_card(GONE), instead=door.is_between)
            return
        page = where[1]
        caller = Caller(opened.by, opened.place, door, opened.on)
        values = dict(values_of(opened.form))
        submit = Submit(opened.form.id, values, opened.by, opened.place, self._now())
        if await self._answers.turn(opened, page, caller):
            await self._safely(replace(submit, final=False))
            return
        reply = await self._reply(replace(submit, key=read.act_key(payload)), door)
        await self._answers.close(reply, opened, page, caller)

    async def _show(self, act: Act, caller: Caller) -> None:
        await self._answers.show(await self._reply(act, caller.door), caller)

    async def _reply(self, act: Act, door: Door) -> Reply:
        """The desk's reply; when it takes long, Discord is told so meanwhile."""
        task = asyncio.create_task(self._safely(act))
        await asyncio.wait({task}, timeout=SLOW)
        if not task.done():
            await door.promise()
        return await task

    async def _safely(self, act: Act) -> Reply:
        assert self.desk is not None
        try:
            return await self.desk.answer(act)
        except Exception as problem:
            log.error("act failed", act=type(act).__name__, **traced(problem))
            return Show(BROKEN)

    async def _complete(self, payload: Json, user: str, place: Place | None, door: Door) -> None:
        offered: tuple[str, ...] = ()
        if place is not None and self.desk is not None:
            by = AccountId(read.PLATFORM, place.workspace, user)
            name, words = payload["data"]["name"], read.typed(payload)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(COMPLETE):
                    offered = await self.desk.complete(name, words, by, place)
        await door.complete(write_choices(offered))

    async def _choose_server(
        self, user: str, guild: str, message: str, payload: Json, door: Door
    ) -> None:
        """Somebody said for which server a direct message is meant: it is kept now."""
        names = dict(self._people.servers(user))
        if guild not in names:
            await door.say(write_card(Card(text=Text.of("You and I do not share that server."))))
            return
        await self._ways.spoke(AccountId(read.PLATFORM, guild, user))
        note = f"Thank you. From here on we talk about {names[guild]}."
        if message == "0":
            note += " Please type that once more."
        parts = write_card(Card(text=Text.of(note)))
        await door.change(parts[0]) if door.is_public else await door.say(parts, instead=True)
        if message != "0":
            channel = str(payload["channel_id"])
            told = await self._api.call(
                "GET",
                "/channels/{channel_id}/messages/{message_id}",
                channel_id=channel,
                message_id=message,
            )
            if str(told["author"]["id"]) == user:
                await self._hearing.said_for(guild, {**told, "channel_id": channel})
