"""What happens on Slack, handed to the desk and kept before it is acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from adapters.slack import read
from adapters.slack.people import People
from adapters.slack.richtext import people_in
from adapters.slack.send import Messages
from adapters.slack.workspaces import Workspace, Workspaces
from bot.chat import AccountId, Desk, Joined, Left, Reacted, Ref, Removed, is_wanted
from bot.chat.traces import NOT_UNDERSTOOD, traced

Json = dict[str, Any]

log = structlog.get_logger(__name__)

WORDS = ("message", "app_mention")
"""The types of events in which somebody says something."""


class Hearing:
    """Takes the events that Slack delivers, by whichever way."""

    def __init__(
        self,
        workspaces: Workspaces,
        people: People,
        messages: Messages,
        *,
        home: Callable[[Workspace, AccountId, datetime], None],
    ) -> None:
        self._workspaces = workspaces
        self._people = people
        self._messages = messages
        self._home = home
        """Shows somebody their Home tab."""

    async def hear(self, desk: Desk, body: Json) -> None:
        """Keep an event before this returns; what it raises means that Slack has to send it again."""
        try:
            team, enterprise = read.read_addressee(body)
            kind = str(body["event"]["type"])
        except NOT_UNDERSTOOD as problem:
            log.warning("event not understood", **traced(problem))
            return
        workspace = await self._workspaces.find(team or enterprise, enterprise)
        if workspace is None:
            return
        event: Json = body["event"]
        if kind in WORDS and not await self._concerns(desk, workspace, event):
            return
        try:
            known: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
            if kind in WORDS:
                known = await self._surroundings(workspace, event)
            news = read.read_news(body, workspace.own, *known)
        except NOT_UNDERSTOOD as problem:
            # Slack would only send the same again.
            log.warning("event not understood", **traced(problem))
            return
        match news:
            case read.Heard(key, heard):
                if isinstance(heard, Removed) and self._is_own_removal(workspace, event):
                    return
                # Of words that was asked before they were read.
                if kind not in WORDS and not await is_wanted(desk, heard):
                    return
                if isinstance(heard, Reacted):
                    heard = await self._threaded(workspace, event, heard)
                await desk.record(key, heard)
            case read.HomeOpened(by, at, key):
                await desk.record(key, Joined(by, at))
                self._home(workspace, by, at)
            case read.ProfileChanged(account, at, left):
                self._people.forget(account)
                if left:
                    await desk.record(f"left {account.id} {at.isoformat()}", Left(account, at))
            case read.Uninstalled():
                await self._workspaces.uninstall(workspace.own.workspace)

    async def _concerns(self, desk: Desk, workspace: Workspace, event: Json) -> bool:
        """Whether a message stands where the core works; of others nothing is asked, noted or kept."""
        channel = str(event.get("channel") or "")
        if channel.startswith("D"):
            return True
        place = read.read_place(workspace.own.workspace, channel, "")
        changed = event.get("deleted_ts") or (event.get("message") or {}).get("ts")
        return await desk.minds(place, str(changed or ""))

    async def _surroundings(
        self, workspace: Workspace, event: Json
    ) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The names in a message, and the person of a direct message that does not tell it."""
        message = event.get("message") or event
        channel = event["channel"]
        self._note_thread(workspace, channel, message)
        people = {}
        if channel.startswith("D") and event.get("subtype") in (
            "message_deleted",
            "message_changed",
        ):
            people = {channel: await self._people.person(workspace, channel)}
        if message.get("bot_id"):
            return {}, people
        return await self._people.names(workspace, people_in(message)), people

    def _note_thread(self, workspace: Workspace, channel: str, message: Json) -> None:
        ts, thread = str(message.get("ts")), str(message.get("thread_ts") or "")
        where = (workspace.own.workspace, channel, ts)
        self._messages.threads.remember(where, "" if thread == ts else thread)

    async def _threaded(self, workspace: Workspace, event: Json, reacted: Reacted) -> Reacted:
        item = event["item"]
        thread = await self._messages.thread_of(workspace, item["channel"], item["ts"])
        if not thread:
            return reacted
        return replace(reacted, ref=Ref(replace(reacted.ref.place, thread=thread), reacted.ref.id))

    def _is_own_removal(self, workspace: Workspace, event: Json) -> bool:
        ts = event.get("deleted_ts") or event["message"]["ts"]
        return (workspace.own.workspace, event["channel"], ts) in self._messages.removed
