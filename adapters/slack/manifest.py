"""The app as Slack is told of it: exactly the permissions, events, commands and addresses that the code uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.chat import CommandHelp, Shortcut

Json = dict[str, Any]

SCOPES: Final = (
    "app_mentions:read",  # somebody calls @Outloud
    "channels:history",  # answers, edits and deletions in public channels
    "channels:read",  # who is in a public channel, and its name
    "chat:write",
    "commands",
    "files:read",  # whether Slack is ready to show a picture
    "files:write",  # pictures, and files that somebody asked for
    "groups:history",  # the same in private channels the bot was invited to
    "groups:read",
    "im:history",  # answers typed in the direct message
    "im:read",
    "im:write",
    "reactions:read",  # the bulb that marks a lesson
    "users:read",  # names and zones
)

EVENTS: Final = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "team_join",
    "tokens_revoked",
    "user_change",
)


def manifest(
    commands: Iterable[CommandHelp],
    shortcuts: Iterable[Shortcut],
    *,
    public_url: str = "",
    prefix: str = "",
    socket: bool = True,
) -> Json:
    """What to paste at Slack under *Create New App, From a manifest*.

    `prefix` goes before every command's name, for workspaces where names are taken; the bot understands
    its commands with any prefix.
    """
    events_url = f"{public_url}/slack/events"
    address: Json = {} if socket else {"url": events_url}
    features: Json = {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Outloud", "always_online": True},
        "shortcuts": [
            {
                "name": shortcut.label,
                "type": "message",
                "callback_id": shortcut.action,
                "description": shortcut.label,
            }
            for shortcut in shortcuts
        ],
        "slash_commands": [
            {
                "command": f"/{prefix}{command.name}",
                "description": command.summary,
                **({"usage_hint": command.usage} if command.usage else {}),
                "should_escape": True,
                **address,
            }
            for command in commands
        ],
    }
    interactivity: Json = {"is_enabled": True}
    subscriptions: Json = {"bot_events": list(EVENTS)}
    oauth: Json = {"scopes": {"bot": list(SCOPES)}}
    if not socket:
        interactivity["request_url"] = events_url
        subscriptions["request_url"] = events_url
        oauth["redirect_urls"] = [f"{public_url}/slack/oauth_redirect"]
    return {
        "display_information": {
            "name": "Outloud",
            "description": "Narrate your work, keep small plans, let lessons travel.",
            "background_color": "#2c5f5d",
        },
        "features": features,
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": subscriptions,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }
