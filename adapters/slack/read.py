"""What Slack sends, read into the values of the port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from adapters.slack.forms import Origin, read_values
from adapters.slack.richtext import read_text, read_typed
from adapters.slack.write import read_value
from bot.chat import (
    AccountId,
    Command,
    Edited,
    Event,
    Joined,
    Left,
    Place,
    Press,
    Profile,
    Reacted,
    Ref,
    Removed,
    Said,
    Submit,
)

Json = dict[str, Any]

PLATFORM: Final = "slack"
SLACKBOT: Final = "USLACKBOT"

_PEOPLES: Final = (None, "file_share", "me_message", "thread_broadcast")
"""The subtypes of messages in which a person says something."""


@dataclass(frozen=True, slots=True)
class Own:
    """The bot itself in one workspace, by which it knows its own echoes."""

    workspace: str
    user: str
    bot: str
    enterprise: str = ""
    name: str = ""
    """What the workspace is called."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An event for the core, and the key that names its content."""

    key: str
    event: Event


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Somebody looks at the Home tab."""

    by: AccountId
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """Somebody has a new name, zone, status or role; `left` when the account was closed."""

    account: AccountId
    at: datetime
    left: bool


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The app was removed from the workspace, or its token revoked."""


News = Heard | HomeOpened | ProfileChanged | Uninstalled


@dataclass(frozen=True, slots=True)
class Door:
    """What an interaction lets us show, and where: a modal, an answer for the caller alone."""

    trigger: str = ""
    response_url: str = ""
    view: str = ""
    """The id of the view that was acted in."""
    hash: str = ""
    is_home: bool = False
    origin: Origin | None = None


def instant(ts: str) -> datetime:
    """The moment that a message's id tells."""
    return datetime.fromtimestamp(float(ts), UTC)


def read_place(workspace: str, channel: str, person: str, thread: str = "") -> Place:
    """A channel, or with `person` the direct message that Slack calls D and a number."""
    direct = channel.startswith("D") and person
    return Place(PLATFORM, workspace, f"@{person}" if direct else channel, thread)


def _ref(workspace: str, channel: str, person: str, message: Mapping[str, Any]) -> Ref:
    ts, thread = str(message["ts"]), str(message.get("thread_ts") or "")
    return Ref(read_place(workspace, channel, person, "" if thread == ts else thread), ts)


def read_addressee(body: Mapping[str, Any]) -> tuple[str, str]:
    """The workspace and the organisation whose installation an event is for; either may be empty.

    In a channel shared by several workspaces the authorizations tell, not the event's own team
    (docs.slack.dev, Events API).
    """
    told = (body.get("authorizations") or (body,))[0]
    return told.get("team_id") or "", told.get("enterprise_id") or ""


def read_news(
    body: Mapping[str, Any], own: Own, names: Mapping[str, str], people: Mapping[str, str]
) -> News | None:
    """Read one event; None for those that are nobody's words, the bot's own among them.

    `names` tells what to call people and channels, `people` with whom the bot talks in a direct
    message whose event does not say it.
    """
    event: Json = body["event"]
    if _is_stranger(body, event, own):
        return None
    match event["type"]:
        case "message" | "app_mention":
            return _read_message(event, own, names, people)
        case "reaction_added" | "reaction_removed":
            return _read_reaction(event, own)
        case "member_joined_channel" | "member_left_channel":
            return _read_membership(event, own)
        case "team_join":
            return _read_team_join(event, own)
        case "user_change":
            return _read_user_change(event, own)
        case "app_home_opened":
            by = AccountId(PLATFORM, own.workspace, event["user"])
            at = instant(event["event_ts"])
            return HomeOpened(by, at, f"home {by.id}") if event.get("tab") == "home" else None
        case "app_uninstalled":
            return Uninstalled()
        case "tokens_revoked":
            return Uninstalled() if (event.get("tokens") or {}).get("bot") else None
        case _:
            return None


def _is_stranger(body: Mapping[str, Any], event: Json, own: Own) -> bool:
    """Whether this comes from somebody of another company in a channel shared by Slack Connect."""
    if not body.get("is_ext_shared_channel"):
        return False
    inner = event.get("message") or event
    home = inner.get("user_team") or inner.get("source_team") or inner.get("team")
    return bool(home) and home not in (own.workspace, own.enterprise)


def _is_persons(message: Mapping[str, Any], own: Own) -> bool:
    user = message.get("user")
    is_bots = message.get("bot_id") or message.get("subtype") == "bot_message"
    return bool(user) and not is_bots and user not in (own.user, SLACKBOT)


def _read_message(
    event: Json, own: Own, names: Mapping[str, str], people: Mapping[str, str]
) -> News | None:
    channel = event["channel"]
    match event.get("subtype"):
        case "message_deleted":
            message = event.get("previous_message") or {"ts": event["deleted_ts"]}
            return _read_removal(event, message, own, people)
        case "message_changed" if event["message"].get("subtype") == "tombstone":
            # A deleted message with replies stays as an empty stone above them.
            message = {**event["message"], **(event.get("previous_message") or {})}
            return _read_removal(event, message, own, people)
        case "message_changed":
            return _read_edit(event, own, names)
        case subtype if subtype in _PEOPLES and _is_persons(event, own):
            ref = _ref(own.workspace, channel, event["user"], event)
            by = AccountId(PLATFORM, own.workspace, event["user"])
            said = Said(ref, by, read_text(event, names), instant(event["ts"]))
            return Heard(f"said {channel} {ref.id}", said)
        case _:
            return None


def _read_edit(event: Json, own: Own, names: Mapping[str, str]) -> News | None:
    message, before = event["message"], event.get("previous_message") or {}
    edited, channel = message.get("edited"), event["channel"]
    # A link preview, a thread's new reply and a pin change a message too; only its author edits it.
    if not edited or edited["ts"] == (before.get("edited") or {}).get("ts"):
        return None
    if message.get("subtype") not in _PEOPLES or not _is_persons(message, own):
        return None
    ref = _ref(own.workspace, channel, message["user"], message)
    by = AccountId(PLATFORM, own.workspace, message["user"])
    change = Edited(ref, by, read_text(message, names), instant(edited["ts"]))
    return Heard(f"edited {channel} {ref.id} {edited['ts']}", change)


def _read_removal(
    event: Json, message: Mapping[str, Any], own: Own, people: Mapping[str, str]
) -> News:
    channel = event["channel"]
    author = message.get("user") or ""
    person = people.get(channel) or (author if author != own.user else "")
    ref = _ref(own.workspace, channel, person, message)
    return Heard(f"removed {channel} {ref.id}", Removed(ref, instant(event["event_ts"])))


def _read_reaction(event: Json, own: Own) -> News | None:
    item, user = event["item"], event["user"]
    if item.get("type") != "message" or user in (own.user, SLACKBOT):
        return None
    added = event["type"] == "reaction_added"
    emoji = event["reaction"].partition("::")[0]
    ref = _ref(own.workspace, item["channel"], user, item)
    by = AccountId(PLATFORM, own.workspace, user)
    ts = event["event_ts"]
    key = f"{'reacted' if added else 'unreacted'} {item['channel']} {ref.id} {user} {emoji} {ts}"
    return Heard(key, Reacted(ref, by, emoji, instant(ts), added))


def _read_membership(event: Json, own: Own) -> News | None:
    user, channel, ts = event["user"], event["channel"], event["event_ts"]
    if user == own.user:
        return None
    by, place = AccountId(PLATFORM, own.workspace, user), read_place(own.workspace, channel, "")
    if event["type"] == "member_joined_channel":
        return Heard(f"joined {channel} {user} {ts}", Joined(by, instant(ts), place))
    return Heard(f"left {channel} {user} {ts}", Left(by, instant(ts), place))


def _read_team_join(event: Json, own: Own) -> News | None:
    user = event["user"]
    if user.get("is_bot") or user["id"] == SLACKBOT:
        return None
    by, ts = AccountId(PLATFORM, own.workspace, user["id"]), event["event_ts"]
    return Heard(f"joined {by.id} {ts}", Joined(by, instant(ts)))


def _read_user_change(event: Json, own: Own) -> News:
    user = event["user"]
    account = AccountId(PLATFORM, own.workspace, user["id"])
    return ProfileChanged(account, instant(event["event_ts"]), bool(user.get("deleted")))


def read_said(workspace: str, channel: str, message: Json, names: Mapping[str, str]) -> Said:
    """Read a message as it was fetched or as a shortcut carries it, whoever wrote it."""
    author = message.get("user") or message.get("bot_id") or ""
    person = channel[1:] if channel.startswith("@") else author
    ref = _ref(workspace, "D" if channel.startswith("@") else channel, person, message)
    by = AccountId(PLATFORM, workspace, author)
    return Said(ref, by, read_text(message, names), instant(message["ts"]))


def read_profile(user: Mapping[str, Any]) -> Profile:
    """Read what Slack knows of somebody."""
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name")
    return Profile(
        name=name or user.get("name") or user["id"],
        zone=user.get("tz") or None,
        locale=user.get("locale") or None,
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_bot=bool(user.get("is_bot")) or user["id"] == SLACKBOT,
    )


# Acts


def read_command(body: Mapping[str, Any], workspace: str, name: str, at: datetime) -> Command:
    """Read a slash command; `name` is the command's own, without a workspace's prefix."""
    by = AccountId(PLATFORM, workspace, body["user_id"])
    place = read_place(workspace, body["channel_id"], by.id)
    key = f"act {body['trigger_id']}" if body.get("trigger_id") else ""
    return Command(name, read_typed(body.get("text") or ""), by, place, at, key)


def command_name(typed: str, known: tuple[str, ...]) -> str:
    """The command that was typed, which a workspace may have given a prefix."""
    bare = typed.removeprefix("/")
    return max((name for name in known if bare.endswith(name)), key=len, default=bare)


def read_press(
    body: Mapping[str, Any], workspace: str, at: datetime, origin: Origin | None
) -> Press | None:
    """Read a pressed button or a choice; None for what was only touched inside a form."""
    pressed = body["actions"][0]
    ident = pressed["action_id"]
    if ident.startswith("press:"):
        action, choice = pressed["value"], ""
    elif ident.startswith("choose:"):
        action = ident.split(":", 2)[2]
        choice = read_value((pressed.get("selected_option") or {}).get("value", ""))
    else:
        return None
    by = AccountId(PLATFORM, workspace, body["user"]["id"])
    on, place = _standing(body, workspace, by, origin)
    return Press(action, by, place, at, on, choice, key=_act_key(body, pressed.get("action_ts")))


def _standing(
    body: Mapping[str, Any], workspace: str, by: AccountId, origin: Origin | None
) -> tuple[Ref | None, Place]:
    """The message that carries the button, where all see it, and the place it stands in."""
    container = body.get("container") or {}
    if container.get("type") != "message":
        return (origin.on, origin.place) if origin else (None, by.direct)
    message = body.get("message") or {}
    ts = container["message_ts"]
    thread = container.get("thread_ts") or message.get("thread_ts")
    ref = _ref(workspace, container["channel_id"], by.id, {"ts": ts, "thread_ts": thread})
    return None if container.get("is_ephemeral") else ref, ref.place


def read_shortcut(
    body: Mapping[str, Any], workspace: str, at: datetime, names: Mapping[str, str]
) -> Press:
    """Read the use of an entry in a message's menu."""
    by = AccountId(PLATFORM, workspace, body["user"]["id"])
    channel = body["channel"]["id"]
    inside = f"@{by.id}" if channel.startswith("D") else channel
    message = {"ts": body.get("message_ts"), **body["message"]}
    said = read_said(workspace, inside, message, names)
    key = _act_key(body, body.get("action_ts"))
    return Press(body["callback_id"], by, said.ref.place, at, said=said, key=key)


def read_submit(body: Mapping[str, Any], workspace: str, at: datetime, *, final: bool) -> Submit:
    """Read what a form holds, sent or only left."""
    view = body["view"]
    by = AccountId(PLATFORM, workspace, body["user"]["id"])
    origin = Origin.read(view.get("private_metadata") or "")
    place = origin.place if origin else by.direct
    key = _act_key(body, None) if final else ""
    return Submit(view["callback_id"], read_values(view), by, place, at, final, key)


def _act_key(body: Mapping[str, Any], moment: str | None) -> str:
    """What is equal for two deliveries of one act: each has a trigger of its own."""
    told = body.get("trigger_id") or moment
    return f"act {told}" if told else ""


def read_door(body: Mapping[str, Any]) -> Door:
    """Read what this interaction lets us show."""
    view = body.get("view") or {}
    return Door(
        trigger=body.get("trigger_id") or "",
        response_url=body.get("response_url") or "",
        view=view.get("id") or "",
        hash=view.get("hash") or "",
        is_home=view.get("type") == "home",
        origin=Origin.read(view.get("private_metadata") or ""),
    )
