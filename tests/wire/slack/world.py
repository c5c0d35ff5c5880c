"""What the loopback Slack holds: workspaces, people, channels, messages, views, as Slack's documentation tells it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_counter = itertools.count(1)


def new_ident(letter: str) -> str:
    """An id such as Slack makes them."""
    return f"{letter}0{next(_counter):08d}"


def new_ts() -> str:
    """The id of a message, which sorts by time."""
    return f"1795000000.{next(_counter):06d}"


@dataclass
class Person:
    """Somebody, or a bot."""

    id: str
    name: str
    tz: str = "Europe/Lisbon"
    is_admin: bool = False
    is_bot: bool = False
    deleted: bool = False
    team: str = ""

    def told(self) -> Json:
        """As users.info tells it."""
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name.lower(),
            "deleted": self.deleted,
            "real_name": self.name,
            "tz": self.tz,
            "tz_offset": 0,
            "locale": "en-GB",
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_bot": self.is_bot,
            "updated": 1795000000,
            "profile": {
                "real_name": self.name,
                "display_name": self.name,
                "status_text": "",
                "team": self.team,
            },
        }


@dataclass
class Message:
    """A message as it stands."""

    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    bot_id: str = ""
    app_id: str = ""
    metadata: Json | None = None
    edited: Json | None = None
    subtype: str = ""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    unfurl_links: bool = True
    files: list[Json] = field(default_factory=list)

    def told(self, *, team: str, metadata: bool = False) -> Json:
        """As history and events tell it."""
        told: Json = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text}
        told["team"] = team
        if self.blocks:
            told["blocks"] = self.blocks
        for name in ("thread_ts", "bot_id", "app_id", "edited", "subtype", "files"):
            if getattr(self, name):
                told[name] = getattr(self, name)
        if metadata and self.metadata:
            told["metadata"] = self.metadata
        if self.reactions:
            told["reactions"] = [
                {"name": name, "users": users, "count": len(users)}
                for name, users in self.reactions.items()
            ]
        return told


@dataclass
class Channel:
    """A channel, or a direct message with `user`."""

    id: str
    name: str = ""
    is_private: bool = False
    is_archived: bool = False
    user: str = ""
    shared_with: str = ""
    """Another workspace, by Slack Connect."""
    members: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return "im" if self.user else "group" if self.is_private else "channel"

    def find(self, ts: str) -> Message | None:
        return next((message for message in self.messages if message.ts == ts), None)

    def thread(self, ts: str) -> list[Message]:
        return [message for message in self.messages if ts in (message.ts, message.thread_ts)]


@dataclass
class View:
    """A modal or a Home tab, and what was typed in it."""

    id: str
    team: str
    body: Json
    root: str = ""
    previous: str = ""
    hash: str = ""
    typed: dict[tuple[str, str], Json] = field(default_factory=dict)

    def told(self) -> Json:
        """As payloads carry it."""
        return {
            "id": self.id,
            "team_id": self.team,
            "state": {"values": self.values()},
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous or None,
            "external_id": "",
            "callback_id": "",
            "private_metadata": "",
            **self.body,
        }

    def inputs(self) -> list[Json]:
        return [block for block in self.body["blocks"] if block["type"] == "input"]

    def values(self) -> Json:
        """What every input holds now: what was typed, else what it opened with."""
        values: Json = {}
        for block in self.inputs():
            element = block["element"]
            where = (block["block_id"], element["action_id"])
            values.setdefault(where[0], {})[where[1]] = self.typed.get(where) or opened_with(
                element
            )
        return values

    def update(self, body: Json) -> None:
        """Take another body; what was typed stays where block and action have the same ids."""
        self.body = body
        self.hash = f"{next(_counter)}.hash"


def opened_with(element: Json) -> Json:
    """What an input holds before anybody has touched it."""
    kind = element["type"]
    match kind:
        case "static_select":
            return {"type": kind, "selected_option": element.get("initial_option")}
        case "multi_static_select":
            return {"type": kind, "selected_options": element.get("initial_options", [])}
        case "datepicker":
            return {"type": kind, "selected_date": element.get("initial_date")}
        case "timepicker":
            return {"type": kind, "selected_time": element.get("initial_time")}
        case _:
            return {"type": kind, "value": element.get("initial_value")}


@dataclass
class Ephemeral:
    """What one person alone sees in a channel."""

    user: str
    channel: str
    body: Json
    id: str = field(default_factory=new_ts)


@dataclass
class Picture:
    """An uploaded file; Slack shows it in blocks only after it has looked at it `looks` times."""

    id: str
    name: str
    data: bytes = b""
    is_complete: bool = False
    looks: int = 0


@dataclass
class Team:
    """A workspace with the app in it, or not yet."""

    id: str
    enterprise: str = ""
    bot: Person | None = None
    bot_id: str = ""
    token: str = ""
    scopes: tuple[str, ...] = ()
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    ephemerals: list[Ephemeral] = field(default_factory=list)
    views: dict[str, list[View]] = field(default_factory=dict)
    """Each person's stack of modals."""
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, Picture] = field(default_factory=dict)

    def person(self, ident: str, name: str, **known: Any) -> Person:
        """Somebody joins the workspace."""
        person = Person(ident, name, team=self.id, **known)
        self.people[ident] = person
        return person

    def channel(self, ident: str, name: str, *members: str, **known: Any) -> Channel:
        """A channel with these members."""
        channel = Channel(ident, name, members=list(members), **known)
        self.channels[ident] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """The direct message between the bot and somebody."""
        for channel in self.channels.values():
            if channel.user == user:
                return channel
        assert self.bot is not None
        return self.channel(new_ident("D"), "", user, self.bot.id, user=user)

    def install(self, token: str, scopes: tuple[str, ...]) -> None:
        """The app comes in, with a bot of its own."""
        ident = f"UBOT{self.id[1:]}"
        self.bot = self.person(ident, "Outloud", is_bot=True)
        self.bot_id = f"BBOT{self.id[1:]}"
        self.token, self.scopes = token, scopes
