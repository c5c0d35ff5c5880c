"""What pages show is plain data, made by pure functions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.web.messages import Message
from adapters.web.people import LocalPerson, Town
from adapters.web.write import initials, lines, message_view, zone_of
from bot.chat import Text

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LISBON = LocalPerson("ana", "Ana", "Europe/Lisbon")
LORD_HOWE = LocalPerson("dee", "Dee", "Australia/Lord_Howe")
TOWN = Town({"ana": LISBON, "dee": LORD_HOWE}, {})


def message(at: datetime) -> Message:
    return Message(
        id=1,
        channel="commons",
        thread=0,
        author="ana",
        text="Good morning",
        card=None,
        picture="",
        said_at=at,
        is_edited=False,
        is_removed=False,
        changed=1,
        reactions={},
        replies=0,
    )


@pytest.mark.parametrize(
    ("viewer", "at", "clock", "day"),
    [
        (LISBON, NOW, "09:30", "Friday 20 November"),
        (LORD_HOWE, NOW, "20:30", "Friday 20 November"),
        (LORD_HOWE, NOW.replace(hour=14), "01:00", "Saturday 21 November"),
        (LISBON, NOW.replace(year=2025), "09:30", "Thursday 20 November 2025"),
    ],
)
def test_a_message_is_dated_where_its_reader_is(
    viewer: LocalPerson, at: datetime, clock: str, day: str
) -> None:
    at = at.replace(minute=0) if clock == "01:00" else at
    seen = message_view(message(at), viewer, TOWN, now=NOW)
    assert (seen.clock, seen.day_label) == (clock, day)


def test_lists_are_marked_and_numbers_run_on_around_what_is_inside() -> None:
    text = Text.parse("1. one\n2. two\n   - inside\n3. three\n\nbetween\n\n1. again")
    assert [(line.marker, line.depth) for line in lines(text)] == [
        ("1.", 0),
        ("2.", 0),
        ("•", 1),
        ("3.", 0),
        ("", 0),
        ("1.", 0),
    ]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana", "A"), ("Ana Lima", "AL"), ("ana de lima", "AL"), ("", "?"), ("王", "王")],
)
def test_people_are_known_by_their_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "x" * 500])
def test_a_zone_that_does_not_exist_is_read_as_utc(zone: str) -> None:
    assert zone_of(zone).key == "UTC"
