"""The manifest asks for exactly what the code uses."""

from __future__ import annotations

import asyncio
import json

from adapters.slack import SCOPES, manifest
from adapters.slack.manifest import EVENTS
from bot.chat import Card, Place, Show, Text
from tests.wire.noting import COMMANDS, SHORTCUTS
from tests.wire.slack.bench import Bench
from tests.wire.slack.hands import Hands

EVENT_SCOPES = {
    # From the reference page of each event.
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "team_join": {"users:read"},
    "tokens_revoked": set(),
    "user_change": {"users:read"},
}


async def everything(ready: Bench) -> None:
    """Do whatever the adapter can do."""
    team, slack = ready.team, ready.slack
    ana = ready.hands()
    assert team.bot is not None
    private = team.channel("G01PRIV", "quiet", "U01ANA", team.bot.id, is_private=True)
    for place in (ready.place(), Place("slack", team.id, private.id), ready.account().direct):
        (ref,) = await ready.chat.send(place, Card(text=Text.of("x")), key="k", again=True)
        await ready.chat.fetch(ref)
        await ready.chat.edit((ref,), Card(text=Text.of("y")))
        await ready.chat.send(ref.replies, Card(text=Text.of("x")), key="k2", again=True)
        await ready.chat.members(place)
        await ready.chat.remove((ref,))
    for channel in (ready.channel, private, team.direct("U01ANA")):
        message = await ana.says(channel, f"<@{team.bot.id}> hello")
        await ana.reacts(channel, message, "bulb")
        await ana.reacts(channel, message, "bulb", off=True)
    await ana.joins(private, leaves=True)
    await ana.joins(private)
    await ana.changes_profile(name="Ana L")
    ready.desk.says = lambda act: Show(Card(title="My day"))
    await ana.opens_home()
    await ana.types("/checkin", ready.channel)
    await ready.chat.settled()
    for event in (
        {"type": "team_join", "user": team.people["U02BEN"].told(), "event_ts": "1.1"},
        {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}, "event_ts": "1.2"},
        {"type": "app_uninstalled", "event_ts": "1.3"},
    ):
        await (slack.tell(team, event["type"], event) or asyncio.sleep(0))


async def test_every_permission_is_used_and_no_other(socket: Bench) -> None:
    from bot.chat import Picture

    await socket.chat.send(
        socket.place(), Card(title="Map", picture=Picture(b"png", "A map")), key="picture"
    )
    other = socket.team.direct("U03CHI")
    await socket.chat._people.person(await socket.chat._workspaces.single(), other.id)
    refs = await socket.chat.send(socket.account("U02BEN").direct, Card(title="x"), key="k")
    socket.chat._people._direct.clear()
    await socket.chat.edit(refs, Card(title="y"))
    from tests.wire.slack.world import Message, new_ts

    section = {"type": "rich_text_section", "elements": [{"type": "channel", "channel_id": "G09"}]}
    assert socket.team.bot is not None
    hidden = socket.team.channel("G09", "q", socket.team.bot.id, is_private=True)
    hidden.messages.append(Message(new_ts(), "U01ANA", "x"))
    blocks = [{"type": "rich_text", "elements": [section]}]
    await socket.hands().says(socket.channel, "x", blocks=blocks)
    await everything(socket)
    assert socket.slack.used_events == set(EVENTS)
    used = socket.slack.used_scopes | {"commands"}
    used |= {scope for event in EVENTS for scope in EVENT_SCOPES[event]}
    assert used == set(SCOPES)


def test_every_command_and_shortcut_is_in_the_manifest() -> None:
    made = manifest(COMMANDS, SHORTCUTS)
    assert [one["command"] for one in made["features"]["slash_commands"]] == [
        f"/{command.name}" for command in COMMANDS
    ]
    assert [one["callback_id"] for one in made["features"]["shortcuts"]] == [
        shortcut.action for shortcut in SHORTCUTS
    ]


def test_the_manifest_is_within_slacks_limits() -> None:
    for made in (
        manifest(COMMANDS, SHORTCUTS),
        manifest(
            COMMANDS, SHORTCUTS, public_url="https://outloud.test", prefix="wol-", socket=False
        ),
    ):
        shown = made["display_information"]
        assert len(shown["name"]) <= 35
        assert len(shown["description"]) <= 140
        for command in made["features"]["slash_commands"]:
            assert len(command["command"]) <= 32
            assert len(command["description"]) <= 2000
            assert len(command.get("usage_hint", "")) <= 1000
        assert len(made["features"]["shortcuts"]) <= 10
        for shortcut in made["features"]["shortcuts"]:
            assert len(shortcut["name"]) <= 24
            assert len(shortcut["description"]) <= 150
        json.dumps(made)


def test_socket_mode_needs_no_address_and_http_has_all_of_its_own() -> None:
    assert "https" not in json.dumps(manifest(COMMANDS, SHORTCUTS))
    made = manifest(COMMANDS, SHORTCUTS, public_url="https://outloud.test", socket=False)
    events = "https://outloud.test/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == events
    assert made["settings"]["interactivity"]["request_url"] == events
    assert {one["url"] for one in made["features"]["slash_commands"]} == {events}
    assert made["oauth_config"]["redirect_urls"] == ["https://outloud.test/slack/oauth_redirect"]


async def test_commands_with_a_prefix_reach_the_desk_under_their_own_name(socket: Bench) -> None:
    socket.slack.configure(manifest(COMMANDS, SHORTCUTS, prefix="wol-"))
    await Hands(socket.slack, socket.team, "U01ANA").types("/wol-checkin skip", socket.channel)
    (command,) = socket.desk.acts
    assert (command.name, command.words) == ("checkin", "skip")
