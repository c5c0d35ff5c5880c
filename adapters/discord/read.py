"""What Discord sends, read into the values of the port."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from adapters.discord.richtext import people_in, read_text, read_typed
from adapters.discord.write import EPHEMERAL, read_action
from bot.chat import (
    AccountId,
    Command,
    Edited,
    Joined,
    Left,
    Place,
    Press,
    Profile,
    Reacted,
    Ref,
    Removed,
    Said,
)

Json = dict[str, Any]

PLATFORM: Final = "discord"
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
"""Kinds of interactions."""
DIRECT: Final = 1
FORUMS: Final = (15, 16)
THREADS: Final = (10, 11, 12)
PRIVATE_THREAD: Final = 12
_PEOPLES: Final = (0, 19)
"""The kinds of messages in which a person says something: plain, and a reply."""
_EPOCH: Final = 1_420_070_400_000

_EMOJI: Final = {
    "💡": "bulb", "👍": "+1", "👎": "-1", "❤": "heart", "👀": "eyes", "🎉": "tada",
    "🌱": "seedling", "🙌": "raised_hands", "🙏": "pray", "🤔": "thinking_face", "😄": "smile",
    "🚀": "rocket", "🔥": "fire", "✅": "white_check_mark", "❓": "question", "👋": "wave",
    "👏": "clap", "💯": "100", "😭": "sob", "☕": "coffee", "⭐": "star", "📌": "pushpin",
    "🔖": "bookmark", "📝": "memo",
}  # fmt: skip
_TONES: Final = dict.fromkeys([0xFE0F, *range(0x1F3FB, 0x1F400)])


@dataclass(frozen=True, slots=True)
class Room:
    """A channel, a thread or a direct message as Discord numbers them."""

    id: str
    kind: int
    guild: str = ""
    name: str = ""
    parent: str = ""
    parent_kind: int = 0

    @property
    def is_direct(self) -> bool:
        return self.kind == DIRECT

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS

    @property
    def is_forum(self) -> bool:
        return self.kind in FORUMS


def instant(ident: str) -> datetime:
    """The moment that an id tells."""
    return datetime.fromtimestamp(((int(ident) >> 22) + _EPOCH) / 1000, UTC)


def read_room(channel: Mapping[str, Any], guild: str = "", parent_kind: int = 0) -> Room:
    """Read a channel, as a whole or as interactions carry it."""
    return Room(
        str(channel["id"]),
        int(channel["type"]),
        str(channel.get("guild_id") or guild),
        channel.get("name") or "",
        str(channel.get("parent_id") or ""),
        parent_kind,
    )


def read_place(room: Room, workspace: str, person: str, message: str = "") -> Place:
    """The place of a room, or of a message in it; `person` has the direct message.

    The message that opens a forum's post stands in the forum itself.
    """
    if person and (room.is_direct or room.kind == PRIVATE_THREAD):
        return Place(PLATFORM, workspace, f"@{person}")
    if room.is_thread:
        thread = "" if message == room.id else room.id
        return Place(PLATFORM, workspace, room.parent, thread)
    return Place(PLATFORM, workspace, room.id)


def is_persons(message: Mapping[str, Any]) -> bool:
    """Whether a person says something in this message, rather than a bot, a webhook or Discord itself."""
    author = message.get("author") or {}
    is_machine = message.get("webhook_id") or author.get("bot") or author.get("system")
    return bool(author) and not is_machine and message.get("type", 0) in _PEOPLES


def answered(message: Mapping[str, Any]) -> str:
    """The message that this one is a reply to; empty for none."""
    reference = message.get("message_reference") or {}
    if message.get("type") != 19 or reference.get("type", 0) != 0:
        return ""
    return str(reference.get("message_id") or "")


def read_said(message: Mapping[str, Any], place: Place, names: Mapping[str, str]) -> Said:
    """Read a message, whoever wrote it."""
    ident = str(message["id"])
    by = AccountId(PLATFORM, place.workspace, str(message["author"]["id"]))
    text = read_text(message.get("content") or "", {**names, **people_in(message)})
    return Said(Ref(place, ident), by, text, instant(ident))


def said_key(said: Said | Edited | Removed, kind: str, revision: str = "") -> str:
    """What names a message and its change, however often it is told."""
    return f"{kind} {said.ref.id} {revision}".rstrip()


def read_edited(message: Mapping[str, Any], place: Place, names: Mapping[str, str]) -> Edited:
    """Read a message that its author changed."""
    said = read_said(message, place, names)
    at = datetime.fromisoformat(message["edited_timestamp"]).astimezone(UTC)
    return Edited(said.ref, said.by, said.text, at)


def read_reacted(told: Mapping[str, Any], place: Place, at: datetime, *, added: bool) -> Reacted:
    """Read an emoji that came or went."""
    by = AccountId(PLATFORM, place.workspace, str(told["user_id"]))
    ref = Ref(place, str(told["message_id"]))
    return Reacted(ref, by, read_emoji(told["emoji"]), at, added)


def read_emoji(emoji: Mapping[str, Any]) -> str:
    """The short name of an emoji: a server's own has one, the others have that of Unicode."""
    name = str(emoji.get("name") or "")
    if emoji.get("id"):
        return name
    bare = name.translate(_TONES)
    if bare in _EMOJI:
        return _EMOJI[bare]
    return unicodedata.name(bare[:1], name).lower().replace(" ", "_") if bare else "emoji"


def read_joined(member: Mapping[str, Any], at: datetime) -> Joined | None:
    """Read somebody who came into a server; None for a bot."""
    user = member["user"]
    if user.get("bot"):
        return None
    by = AccountId(PLATFORM, str(member["guild_id"]), str(user["id"]))
    since = member.get("joined_at")
    return Joined(by, datetime.fromisoformat(since).astimezone(UTC) if since else at)


def read_left(told: Mapping[str, Any], at: datetime) -> Left | None:
    """Read somebody who left a server; None for a bot."""
    user = told["user"]
    if user.get("bot"):
        return None
    return Left(AccountId(PLATFORM, str(told["guild_id"]), str(user["id"])), at)


def read_member(member: Mapping[str, Any], *, is_admin: bool) -> Profile:
    """Read what Discord knows of somebody in a server; it knows no zone."""
    user = member["user"]
    name = member.get("nick") or user.get("global_name") or user["username"]
    return Profile(name, is_admin=is_admin, is_bot=bool(user.get("bot")))


# Acts


def user_of(payload: Mapping[str, Any]) -> str:
    """Who acted: a member of a server, or in a direct message a user."""
    user = (payload.get("member") or {}).get("user") or payload["user"]
    return str(user["id"])


def act_key(payload: Mapping[str, Any]) -> str:
    """What is equal for two deliveries of one act."""
    return f"act {payload['id']}"


def names_in(payload: Mapping[str, Any]) -> dict[str, str]:
    """The names that an interaction tells of the people, roles and channels it is about."""
    resolved = (payload.get("data") or {}).get("resolved") or {}
    names = {}
    for ident, user in (resolved.get("users") or {}).items():
        nick = ((resolved.get("members") or {}).get(ident) or {}).get("nick")
        names[ident] = nick or user.get("global_name") or user["username"]
    names |= {f"&{ident}": role["name"] for ident, role in (resolved.get("roles") or {}).items()}
    channels = (resolved.get("channels") or {}).items()
    return names | {f"#{ident}": channel.get("name") or ident for ident, channel in channels}


def typed(payload: Mapping[str, Any]) -> str:
    """What stands behind a command, as it was typed."""
    for option in payload["data"].get("options") or ():
        if option["name"] == "text":
            return str(option.get("value") or "")
    return ""


def read_command(
    payload: Mapping[str, Any], by: AccountId, place: Place, at: datetime, names: Mapping[str, str]
) -> Command:
    """Read a command."""
    words = read_typed(typed(payload), {**names, **names_in(payload)})
    return Command(payload["data"]["name"], words, by, place, at, act_key(payload))


def read_shortcut(
    payload: Mapping[str, Any], by: AccountId, said: Said, at: datetime, action: str
) -> Press:
    """Read the use of an entry in a message's menu."""
    return Press(action, by, said.ref.place, at, said=said, key=act_key(payload))


def target(payload: Mapping[str, Any]) -> Json:
    """The message whose menu was used."""
    data = payload["data"]
    found: Json = data["resolved"]["messages"][str(data["target_id"])]
    return found


def read_press(
    payload: Mapping[str, Any], by: AccountId, place: Place, on: Ref | None, at: datetime
) -> Press:
    """Read a pressed button, or a choice from a list."""
    data = payload["data"]
    values = data.get("values") or ()
    choice = "" if not values or values[0] == "∅" else str(values[0])
    action = read_action(data["custom_id"])
    return Press(action, by, place, at, on, choice, key=act_key(payload))


def is_seen_by_all(message: Mapping[str, Any]) -> bool:
    """Whether the message that carries a button stands where others see it too."""
    return not int(message.get("flags") or 0) & EPHEMERAL
