"""What the loopback Discord holds: servers, people, channels, messages, as Discord's documentation tells it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

EPOCH = 1_420_070_400_000
EPHEMERAL = 64
TEXT, DIRECT, PUBLIC_THREAD, PRIVATE_THREAD, FORUM = 0, 1, 11, 12, 15

VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
ATTACH_FILES = 1 << 15
READ_HISTORY = 1 << 16
MANAGE_GUILD = 1 << 5
ADMINISTRATOR = 1 << 3
PUBLIC_THREADS = 1 << 35
PRIVATE_THREADS = 1 << 36
SEND_IN_THREADS = 1 << 38

EVERYBODY = VIEW_CHANNEL | SEND_MESSAGES | READ_HISTORY | SEND_IN_THREADS
BOTS = EVERYBODY | ATTACH_FILES | PUBLIC_THREADS | PRIVATE_THREADS


class Ids:
    """Snowflakes, which tell their moment and sort by it."""

    def __init__(self) -> None:
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.last = 0

    def new(self) -> str:
        ms = int(self.now().timestamp() * 1000)
        self.last = max((ms - EPOCH) << 22, self.last + 1)
        return str(self.last)

    def at(self) -> str:
        return self.now().isoformat()


@dataclass
class User:
    """Somebody, or a bot."""

    id: str
    name: str
    is_bot: bool = False
    takes_direct: bool = True
    """Whether members of shared servers may write to them."""

    def told(self) -> Json:
        return {
            "id": self.id,
            "username": self.name.lower(),
            "discriminator": "0",
            "global_name": self.name,
            "avatar": None,
            "bot": self.is_bot,
        }


@dataclass
class Member:
    """Somebody in a server."""

    user: User
    joined_at: str
    nick: str | None = None
    roles: list[str] = field(default_factory=list)

    def told(self) -> Json:
        return {
            "user": self.user.told(),
            "nick": self.nick,
            "roles": self.roles,
            "joined_at": self.joined_at,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
        }


@dataclass
class Message:
    """A message as it stands."""

    id: str
    channel: str
    author: User
    content: str
    at: str
    type: int = 0
    guild: str = ""
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    flags: int = 0
    nonce: str = ""
    edited: str | None = None
    reference: Json | None = None
    webhook: str = ""
    allowed: Json | None = None
    alone: str = ""
    """Who alone sees it."""
    mentions: list[User] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    embeds: list[Json] = field(default_factory=list)

    def told(self) -> Json:
        """As REST and events tell it."""
        told: Json = {
            "id": self.id,
            "channel_id": self.channel,
            "author": self.author.told(),
            "content": self.content,
            "timestamp": self.at,
            "edited_timestamp": self.edited,
            "tts": False,
            "mention_everyone": False,
            "mentions": [user.told() for user in self.mentions],
            "mention_roles": [],
            "attachments": self.attachments,
            "embeds": self.embeds,
            "pinned": False,
            "type": self.type,
            "flags": self.flags,
            "components": self.components,
        }
        if self.reference:
            told["message_reference"] = self.reference
        if self.webhook:
            told["webhook_id"] = self.webhook
        return told

    def pings(self) -> list[str]:
        """Whom this message notifies, by Discord's rule for allowed mentions."""
        parse = (self.allowed or {"parse": ["users", "roles", "everyone"]}).get("parse", [])
        found = []
        if "users" in parse:
            found += re.findall(r"<@!?\d+>", self.content)
        if "roles" in parse:
            found += re.findall(r"<@&\d+>", self.content)
        if "everyone" in parse:
            found += re.findall(r"@(?:everyone|here)", self.content)
        return found


@dataclass
class Channel:
    """A channel, a thread, or a direct message."""

    id: str
    type: int
    name: str = ""
    guild: str = ""
    parent: str = ""
    owner: str = ""
    recipients: list[User] = field(default_factory=list)
    denied: dict[str, int] = field(default_factory=dict)
    """By role, or by ``@`` and member, what it may not do here."""
    allowed: dict[str, int] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    invited: list[str] = field(default_factory=list)
    """Who is in a private thread."""
    is_archived: bool = False
    is_locked: bool = False

    @property
    def is_thread(self) -> bool:
        return self.type in (PUBLIC_THREAD, PRIVATE_THREAD)

    def told(self) -> Json:
        told: Json = {"id": self.id, "type": self.type, "flags": 0}
        last = list(self.messages)[-1:] or [None]
        told["last_message_id"] = last[0]
        if self.type == DIRECT:
            return told | {"recipients": [user.told() for user in self.recipients]}
        told |= {"guild_id": self.guild, "name": self.name, "parent_id": self.parent or None}
        if self.is_thread:
            return told | {
                "owner_id": self.owner,
                "message_count": len(self.messages),
                "member_count": 1,
                "rate_limit_per_user": 0,
                "total_message_sent": len(self.messages),
                "thread_metadata": {
                    "archived": self.is_archived,
                    "auto_archive_duration": 4320,
                    "archive_timestamp": "2026-11-20T00:00:00+00:00",
                    "locked": self.is_locked,
                    "invitable": False,
                },
            }
        overwrites = [
            {
                "id": ident.removeprefix("@"),
                "type": int(ident.startswith("@")),
                "allow": str(self.allowed.get(ident, 0)),
                "deny": str(self.denied.get(ident, 0)),
            }
            for ident in {**self.denied, **self.allowed}
        ]
        return told | {
            "position": 0,
            "permission_overwrites": overwrites,
            "nsfw": False,
            "topic": None,
            "rate_limit_per_user": 0,
            "available_tags": [],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }


@dataclass
class Guild:
    """A server."""

    id: str
    name: str
    owner: str
    everybody: int = EVERYBODY
    roles: dict[str, int] = field(default_factory=dict)
    """Further roles and what they allow."""
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)

    def rights(self, user: str, channel: Channel | None = None) -> int:
        """What somebody may do, by the algorithm of Discord's documentation."""
        if user == self.owner:
            return -1
        member = self.members.get(user)
        if member is None:
            return 0
        rights = self.everybody
        for role in member.roles:
            rights |= self.roles[role]
        if rights & ADMINISTRATOR:
            return -1
        if channel is not None:
            place = self.channels.get(channel.parent, channel) if channel.is_thread else channel
            for ident in (self.id, *member.roles, f"@{user}"):
                rights = (rights & ~place.denied.get(ident, 0)) | place.allowed.get(ident, 0)
            if channel.type == PRIVATE_THREAD and user not in channel.invited:
                return 0
            if not rights & VIEW_CHANNEL:
                return 0
        return rights

    def told_roles(self) -> list[Json]:
        every = {self.id: self.everybody, **self.roles}
        return [
            {
                "id": ident,
                "name": "@everyone" if ident == self.id else f"role-{ident}",
                "permissions": str(rights),
                "position": at,
                "color": 0,
                "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
                "hoist": False,
                "managed": False,
                "mentionable": False,
                "flags": 0,
            }
            for at, (ident, rights) in enumerate(every.items())
        ]

    def told(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "owner_id": self.owner,
            "roles": self.told_roles(),
            "emojis": [],
            "stickers": [],
            "features": [],
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": "en-US",
            "afk_timeout": 300,
            "system_channel_flags": 0,
            "system_channel_id": None,
            "icon": None,
            "description": None,
        }

    def told_whole(self, bot: str) -> Json:
        """As GUILD_CREATE tells it."""
        channels = [channel for channel in self.channels.values() if not channel.is_thread]
        threads = [
            channel
            for channel in self.channels.values()
            if channel.is_thread and not channel.is_archived and self.rights(bot, channel)
        ]
        return self.told() | {
            "joined_at": "2026-11-01T00:00:00+00:00",
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "members": [self.members[bot].told()] if bot in self.members else [],
            "channels": [channel.told() for channel in channels],
            "threads": [thread.told() for thread in threads],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
