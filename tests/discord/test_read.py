"""What Discord sends, read into the values of the port."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.discord import read
from adapters.discord.read import Room
from bot.chat import AccountId, Place

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PLACE = Place("discord", "900", "901")


def message(**more: object) -> dict[str, object]:
    author = {"id": "201", "username": "ana", "global_name": "Ana"}
    return {"id": "1400000000000000000", "channel_id": "901", "author": author, "type": 0,
            "content": "Hello", **more}  # fmt: skip


ROOMS = [
    ("a channel", Room("901", 0, "900"), "", "", Place("discord", "900", "901")),
    ("a thread", Room("77", 11, "900", parent="901"), "", "5", Place("discord", "900", "901", "77")),
    ("a forum's post", Room("77", 11, "900", parent="905"), "", "77", Place("discord", "900", "905")),
    ("a direct message", Room("88", 1), "201", "5", Place("discord", "900", "@201")),
    ("a private thread of one person", Room("77", 12, "900", parent="901"), "201", "5",
     Place("discord", "900", "@201")),
    ("a private thread of many", Room("77", 12, "900", parent="901"), "", "5",
     Place("discord", "900", "901", "77")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("room", "person", "ident", "place"), [one[1:] for one in ROOMS], ids=[one[0] for one in ROOMS]
)
def test_every_room_is_a_place(room: Room, person: str, ident: str, place: Place) -> None:
    assert read.read_place(room, "900", person, ident) == place


def test_a_message_tells_its_moment_by_its_id() -> None:
    said = read.read_said(message(), PLACE, {})
    assert said.at == datetime(2025, 7, 30, 6, 55, 12, 109000, tzinfo=UTC) or said.at.tzinfo is UTC
    assert said.by == AccountId("discord", "900", "201")
    assert said.text.plain() == "Hello"


@pytest.mark.parametrize(
    ("more", "is_so"),
    [
        ({}, True),
        ({"type": 19}, True),
        ({"type": 7}, False),
        ({"type": 21}, False),
        ({"webhook_id": "1"}, False),
        ({"author": {"id": "2", "username": "b", "bot": True}}, False),
        ({"author": {"id": "2", "username": "b", "system": True}}, False),
    ],
)
def test_only_people_say_something(more: dict[str, object], is_so: bool) -> None:
    assert read.is_persons(message(**more)) is is_so


def test_a_forwarded_message_is_no_reply() -> None:
    reference = {"type": 1, "message_id": "5"}
    assert read.answered(message(type=19, message_reference=reference)) == ""
    assert read.answered(message(type=19, message_reference={"message_id": "5"})) == "5"
    assert read.answered(message(message_reference={"message_id": "5"})) == ""


@pytest.mark.parametrize(
    ("emoji", "name"),
    [
        ({"id": None, "name": "💡"}, "bulb"),
        ({"id": None, "name": "👍🏿"}, "+1"),
        ({"id": None, "name": "❤️"}, "heart"),
        ({"id": "5", "name": "party_parrot"}, "party_parrot"),
        ({"id": None, "name": "🛶"}, "canoe"),
        ({"id": "5", "name": None}, ""),
    ],
)
def test_emoji_have_short_names(emoji: dict[str, object], name: str) -> None:
    assert read.read_emoji(emoji) == name


def test_a_bot_that_comes_or_goes_is_nobody() -> None:
    user = {"id": "5", "username": "b", "bot": True}
    assert read.read_joined({"guild_id": "900", "user": user}, AT) is None
    assert read.read_left({"guild_id": "900", "user": user}, AT) is None


def test_the_name_is_the_one_people_see() -> None:
    user = {"id": "5", "username": "ana_1990", "global_name": "Ana"}
    assert read.read_member({"user": user, "nick": "Captain"}, is_admin=False).name == "Captain"
    assert read.read_member({"user": user, "nick": None}, is_admin=False).name == "Ana"
    bare = {**user, "global_name": None}
    assert read.read_member({"user": bare}, is_admin=True).name == "ana_1990"


def test_who_acts_is_a_member_in_a_server_and_a_user_elsewhere() -> None:
    assert read.user_of({"member": {"user": {"id": "201"}}}) == "201"
    assert read.user_of({"user": {"id": "202"}}) == "202"


def test_an_empty_choice_comes_back_empty() -> None:
    by = AccountId("discord", "900", "201")
    payload = {"id": "1", "data": {"custom_id": "a.b~2", "values": ["∅"]}}
    press = read.read_press(payload, by, PLACE, None, AT)
    assert (press.action, press.choice, press.key) == ("a.b", "", "act 1")
