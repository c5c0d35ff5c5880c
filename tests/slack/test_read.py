"""What Slack sends, and what it means."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.forms import Origin
from adapters.slack.read import (
    Door,
    Heard,
    HomeOpened,
    Own,
    ProfileChanged,
    Uninstalled,
    command_name,
    instant,
    read_command,
    read_door,
    read_news,
    read_press,
    read_profile,
    read_shortcut,
    read_submit,
)
from bot.chat import (
    AccountId,
    Edited,
    Joined,
    Left,
    Place,
    Profile,
    Reacted,
    Ref,
    Removed,
    Said,
    Text,
)

OWN = Own("T1", "UBOT", "BBOT", "E1")
ANA = AccountId("slack", "T1", "U1")
PLACE = Place("slack", "T1", "C1")
TS, TS2, TS3 = "1795000000.000100", "1795000000.000200", "1795000000.000300"
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def news(event: dict[str, Any], **body: Any) -> Any:
    return read_news({"event": event, **body}, OWN, {}, {"D1": "U1"})


def message(**more: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "channel": "C1",
        "user": "U1",
        "text": "hi",
        "ts": TS,
        "event_ts": TS,
    } | more


SAID = Said(Ref(PLACE, TS), ANA, Text.of("hi"), instant(TS))
IN_THREAD = Ref(Place("slack", "T1", "C1", TS), TS2)
DIRECT = Ref(Place("slack", "T1", "@U1"), TS)
CHANGED = message(
    subtype="message_changed",
    message={"user": "U1", "text": "ho", "ts": TS, "edited": {"user": "U1", "ts": TS2}},
    previous_message={"user": "U1", "text": "hi", "ts": TS},
)
DELETED = message(
    subtype="message_deleted",
    deleted_ts=TS,
    previous_message={"user": "U1", "text": "hi", "ts": TS},
    event_ts=TS3,
)

EVENTS = [
    ("a message", message(), Heard(f"said C1 {TS}", SAID)),
    ("a mention of the bot", message(type="app_mention"), Heard(f"said C1 {TS}", SAID)),
    ("a message with a file", message(subtype="file_share"), Heard(f"said C1 {TS}", SAID)),
    ("a message as /me", message(subtype="me_message"), Heard(f"said C1 {TS}", SAID)),
    (
        "a reply",
        message(ts=TS2, thread_ts=TS),
        Heard(f"said C1 {TS2}", Said(IN_THREAD, ANA, Text.of("hi"), instant(TS2))),
    ),
    (
        "a reply that is shown in the channel too",
        message(ts=TS2, thread_ts=TS, subtype="thread_broadcast"),
        Heard(f"said C1 {TS2}", Said(IN_THREAD, ANA, Text.of("hi"), instant(TS2))),
    ),
    ("the first message of a thread", message(thread_ts=TS), Heard(f"said C1 {TS}", SAID)),
    (
        "a direct message",
        message(channel="D1", channel_type="im"),
        Heard(f"said D1 {TS}", Said(DIRECT, ANA, Text.of("hi"), instant(TS))),
    ),
    ("our own echo", message(user="UBOT", bot_id="BBOT"), None),
    ("another bot", message(user="U9", bot_id="B9"), None),
    ("a bot of the old kind", message(user="", subtype="bot_message", bot_id="B9"), None),
    ("Slackbot", message(user="USLACKBOT"), None),
    ("somebody joining, as a message", message(subtype="channel_join"), None),
    ("a new topic", message(subtype="channel_topic"), None),
    (
        "an edit",
        CHANGED,
        Heard(f"edited C1 {TS} {TS2}", Edited(Ref(PLACE, TS), ANA, Text.of("ho"), instant(TS2))),
    ),
    (
        "a link preview",
        CHANGED | {"message": {"user": "U1", "text": "hi", "ts": TS, "attachments": [{}]}},
        None,
    ),
    (
        "a link preview after an edit",
        CHANGED
        | {"previous_message": {"user": "U1", "ts": TS, "edited": {"user": "U1", "ts": TS2}}},
        None,
    ),
    (
        "our own edit",
        CHANGED | {"message": {"user": "UBOT", "bot_id": "BBOT", "ts": TS, "edited": {"ts": TS2}}},
        None,
    ),
    ("a deletion", DELETED, Heard(f"removed C1 {TS}", Removed(Ref(PLACE, TS), instant(TS3)))),
    (
        "a deletion of the bot's post by a moderator",
        DELETED | {"previous_message": {"user": "UBOT", "bot_id": "BBOT", "ts": TS}},
        Heard(f"removed C1 {TS}", Removed(Ref(PLACE, TS), instant(TS3))),
    ),
    (
        "a deletion of the bot's post in a direct message",
        DELETED
        | {"channel": "D1", "previous_message": {"user": "UBOT", "bot_id": "BBOT", "ts": TS}},
        Heard(f"removed D1 {TS}", Removed(DIRECT, instant(TS3))),
    ),
    (
        "a deletion of a reply",
        DELETED | {"previous_message": {"user": "U1", "ts": TS2, "thread_ts": TS}},
        Heard(f"removed C1 {TS2}", Removed(IN_THREAD, instant(TS3))),
    ),
    (
        "a deletion that leaves its replies",
        message(
            subtype="message_changed",
            message={"subtype": "tombstone", "user": "USLACKBOT", "ts": TS, "thread_ts": TS},
            previous_message={"user": "U1", "ts": TS, "thread_ts": TS},
            event_ts=TS3,
        ),
        Heard(f"removed C1 {TS}", Removed(Ref(PLACE, TS), instant(TS3))),
    ),
    (
        "a reaction",
        {
            "type": "reaction_added",
            "user": "U1",
            "reaction": "bulb",
            "event_ts": TS2,
            "item": {"type": "message", "channel": "C1", "ts": TS},
        },
        Heard(f"reacted C1 {TS} U1 bulb {TS2}", Reacted(Ref(PLACE, TS), ANA, "bulb", instant(TS2))),
    ),
    (
        "a reaction in another shade taken off",
        {
            "type": "reaction_removed",
            "user": "U1",
            "reaction": "wave::skin-tone-3",
            "event_ts": TS2,
            "item": {"type": "message", "channel": "C1", "ts": TS},
        },
        Heard(
            f"unreacted C1 {TS} U1 wave {TS2}",
            Reacted(Ref(PLACE, TS), ANA, "wave", instant(TS2), added=False),
        ),
    ),
    (
        "a reaction to a file",
        {
            "type": "reaction_added",
            "user": "U1",
            "reaction": "bulb",
            "event_ts": TS,
            "item": {"type": "file"},
        },
        None,
    ),
    (
        "somebody entering a channel",
        {"type": "member_joined_channel", "user": "U1", "channel": "C1", "event_ts": TS},
        Heard(f"joined C1 U1 {TS}", Joined(ANA, instant(TS), PLACE)),
    ),
    (
        "somebody leaving a channel",
        {"type": "member_left_channel", "user": "U1", "channel": "C1", "event_ts": TS},
        Heard(f"left C1 U1 {TS}", Left(ANA, instant(TS), PLACE)),
    ),
    (
        "the bot entering a channel",
        {"type": "member_joined_channel", "user": "UBOT", "channel": "C1", "event_ts": TS},
        None,
    ),
    (
        "somebody new in the workspace",
        {"type": "team_join", "user": {"id": "U1"}, "event_ts": TS},
        Heard(f"joined U1 {TS}", Joined(ANA, instant(TS))),
    ),
    (
        "a new bot in the workspace",
        {"type": "team_join", "user": {"id": "U9", "is_bot": True}, "event_ts": TS},
        None,
    ),
    (
        "a new zone",
        {"type": "user_change", "user": {"id": "U1", "tz": "Asia/Kolkata"}, "event_ts": TS},
        ProfileChanged(ANA, instant(TS), left=False),
    ),
    (
        "an account closed",
        {"type": "user_change", "user": {"id": "U1", "deleted": True}, "event_ts": TS},
        ProfileChanged(ANA, instant(TS), left=True),
    ),
    (
        "the Home tab",
        {"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1", "event_ts": TS},
        HomeOpened(ANA, instant(TS), "home U1"),
    ),
    (
        "the Messages tab",
        {
            "type": "app_home_opened",
            "user": "U1",
            "tab": "messages",
            "channel": "D1",
            "event_ts": TS,
        },
        None,
    ),
    ("the app removed", {"type": "app_uninstalled"}, Uninstalled()),
    ("its token revoked", {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}, Uninstalled()),
    ("a person's token revoked", {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, None),
    ("an event of tomorrow", {"type": "hologram_shared"}, None),
]


@pytest.mark.parametrize(("event", "expected"), [e[1:] for e in EVENTS], ids=[e[0] for e in EVENTS])
def test_an_event_is_read(event: dict[str, Any], expected: Any) -> None:
    assert news(event) == expected


def test_the_same_message_told_under_another_event_id_has_the_same_key() -> None:
    first = read_news({"event": message(), "event_id": "Ev1"}, OWN, {}, {})
    second = read_news({"event": message(), "event_id": "Ev2"}, OWN, {}, {})
    assert first == second


@pytest.mark.parametrize(
    ("home", "is_read"), [("T1", True), ("E1", True), ("T9", False), ("E9", False), (None, True)]
)
def test_people_of_other_companies_in_shared_channels_are_not_read(
    home: str | None, is_read: bool
) -> None:
    event = message(user_team=home) if home else message()
    assert bool(news(event, is_ext_shared_channel=True)) is is_read


def test_people_of_other_workspaces_of_an_organisation_are_read() -> None:
    assert news(message(user_team="T2"), is_ext_shared_channel=False)


COMMAND = {
    "command": "/checkin", "text": "skip &lt;3", "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2.x",
}  # fmt: skip


def test_a_command_is_read_with_its_words_as_typed() -> None:
    act = read_command(COMMAND, "T1", "checkin", AT)
    assert (act.name, act.words, act.by, act.place, act.at) == (
        "checkin",
        "skip <3",
        ANA,
        PLACE,
        AT,
    )
    assert act.key == read_command(COMMAND, "T1", "checkin", AT).key != ""


def test_a_command_typed_to_the_bot_alone_stands_in_the_direct_message() -> None:
    assert read_command(COMMAND | {"channel_id": "D1"}, "T1", "checkin", AT).place == ANA.direct


@pytest.mark.parametrize(
    ("typed", "name"),
    [("/checkin", "checkin"), ("/wol-checkin", "checkin"), ("/wolask", "ask"), ("/other", "other")],
)
def test_a_command_is_known_with_any_prefix(typed: str, name: str) -> None:
    assert command_name(typed, ("checkin", "ask", "task")) == name


def test_the_longest_command_that_fits_is_meant() -> None:
    assert command_name("/task", ("ask", "task")) == "task"


def action(**more: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": "U1"},
        "trigger_id": "9.9.y",
        "response_url": "https://hooks.test/1",
        "container": {
            "type": "message",
            "message_ts": TS,
            "channel_id": "C1",
            "is_ephemeral": False,
        },
        "channel": {"id": "C1"},
        "message": {"ts": TS},
        "actions": [{"action_id": "press:0", "value": "checkins.open", "action_ts": TS2}],
    } | more


def test_a_pressed_button_is_read_with_the_message_it_stands_on() -> None:
    press = read_press(action(), "T1", AT, None)
    assert press is not None
    assert (press.action, press.by, press.place, press.on) == (
        "checkins.open",
        ANA,
        PLACE,
        Ref(PLACE, TS),
    )
    assert press.key == "act 9.9.y"


def test_a_button_in_a_thread_stands_in_the_thread() -> None:
    container = {"type": "message", "message_ts": TS2, "channel_id": "C1", "thread_ts": TS}
    press = read_press(action(container=container), "T1", AT, None)
    assert press is not None
    assert press.on == IN_THREAD


def test_a_button_that_one_person_alone_sees_stands_on_no_message() -> None:
    container = {"type": "message", "message_ts": TS, "channel_id": "C1", "is_ephemeral": True}
    press = read_press(action(container=container), "T1", AT, None)
    assert press is not None
    assert (press.on, press.place) == (None, PLACE)


def test_a_choice_is_read_with_its_value() -> None:
    chosen = {"action_id": "choose:3:digests.period:x", "selected_option": {"value": "month"}}
    press = read_press(action(actions=[chosen]), "T1", AT, None)
    assert press is not None
    assert (press.action, press.choice) == ("digests.period:x", "month")


def test_a_button_in_a_modal_belongs_to_where_the_modal_was_opened() -> None:
    origin = Origin(PLACE, Ref(PLACE, TS))
    press = read_press(action(container={"type": "view"}), "T1", AT, origin)
    assert press is not None
    assert (press.place, press.on) == (PLACE, Ref(PLACE, TS))


def test_a_button_on_the_home_tab_belongs_to_the_direct_message() -> None:
    press = read_press(action(container={"type": "view"}), "T1", AT, None)
    assert press is not None
    assert press.place == ANA.direct


def test_a_choice_inside_a_form_is_no_press() -> None:
    assert read_press(action(actions=[{"action_id": "field:choice"}]), "T1", AT, None) is None


def test_a_shortcut_brings_the_message_it_was_used_on() -> None:
    body = action(callback_id="lessons.mark", message=message(ts=TS2, thread_ts=TS), message_ts=TS2)
    press = read_shortcut(body, "T1", AT, {})
    assert press.action == "lessons.mark"
    assert press.said == Said(IN_THREAD, ANA, Text.of("hi"), instant(TS2))


def test_a_form_that_was_sent_is_read_with_its_values() -> None:
    element = {"type": "plain_text_input", "value": "The crane"}
    view = {
        "callback_id": "checkins.entry:7",
        "private_metadata": Origin(PLACE).write(),
        "state": {"values": {"0:plan": {"field:long": element}, "b9": {"other": element}}},
    }
    submit = read_submit(action(view=view), "T1", AT, final=True)
    assert (submit.form, submit.values) == ("checkins.entry:7", {"plan": "The crane"})
    assert (submit.by, submit.place, submit.final) == (ANA, PLACE, True)


def test_a_door_is_what_an_act_lets_us_show() -> None:
    view = {"id": "V1", "hash": "h", "type": "home"}
    assert read_door(action(view=view)) == Door("9.9.y", "https://hooks.test/1", "V1", "h", True)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (
            {"id": "U1", "name": "ana", "tz": "Asia/Kolkata", "locale": "en-GB", "is_admin": True,
             "profile": {"display_name": "Ana", "real_name": "Ana Lima"}},
            Profile("Ana", "Asia/Kolkata", "en-GB", is_admin=True),
        ),
        ({"id": "U1", "profile": {"display_name": "", "real_name": "Ana Lima"}}, Profile("Ana Lima")),
        ({"id": "U1", "name": "ana", "is_owner": True}, Profile("ana", is_admin=True)),
        ({"id": "U1"}, Profile("U1")),
        ({"id": "USLACKBOT", "name": "slackbot"}, Profile("slackbot", is_bot=True)),
        ({"id": "U9", "name": "b", "is_bot": True}, Profile("b", is_bot=True)),
    ],
)  # fmt: skip
def test_a_profile_is_read(user: dict[str, Any], expected: Profile) -> None:
    assert read_profile(user) == expected
