"""How people write times, days and countries, and when they are away."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from bot.people import rules
from bot.people.rules import Hours
from bot.refusal import Refusal

MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("9", time(9)),
        ("09", time(9)),
        ("9:30", time(9, 30)),
        ("09.30", time(9, 30)),
        ("9h30", time(9, 30)),
        (" 09:00 ", time(9)),
        ("9am", time(9)),
        ("9 a.m.", time(9)),
        ("9:30 pm", time(21, 30)),
        ("9:30 PM", time(21, 30)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("0", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(written: str, at: time) -> None:
    assert rules.read_time(written) == at


@pytest.mark.parametrize(
    "written",
    ["", "24", "9:60", "-1", "0am", "13pm", "9m", "9:5", "930", "nine", "9:30:15", "9 or 10"],
)
def test_what_is_no_time_of_day_is_refused(written: str) -> None:
    """Beside its field, with what was written and how to write it."""
    with pytest.raises(Refusal) as no:
        rules.read_time(written, field="at")
    assert no.value.sentence == f"“{written}” is no time of day. Write it like 09:00."
    assert no.value.field == "at"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("today", MONDAY),
        ("Tomorrow", date(2026, 11, 17)),
        ("fri", date(2026, 11, 20)),
        ("Friday", date(2026, 11, 20)),
        ("sunday", date(2026, 11, 22)),
        ("monday", date(2026, 11, 23)),
        ("2026-12-24", date(2026, 12, 24)),
        ("24.12.", date(2026, 12, 24)),
        ("24.12", date(2026, 12, 24)),
        ("24.12.2027", date(2027, 12, 24)),
        ("16.11.", MONDAY),
        ("1.3.", date(2027, 3, 1)),
        ("29.2.", date(2028, 2, 29)),
    ],
)
def test_a_day_is_read_as_people_write_it(written: str, day: date) -> None:
    """A weekday is the next after today, and a day without a year the next of its kind."""
    assert rules.read_day(written, MONDAY) == day


@pytest.mark.parametrize("written", ["", "mo", "30.2.", "2026-13-01", "soon", "24/12", "32.1.2027"])
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(Refusal) as no:
        rules.read_day(written, MONDAY, field="until")
    assert no.value.sentence == f"“{written}” is no day I can read. Write it like 2026-11-16."
    assert no.value.field == "until"


@pytest.mark.parametrize(("written", "code"), [("PT", "PT"), (" in ", "IN"), ("", "")])
def test_a_country_is_read_by_its_code(written: str, code: str) -> None:
    assert rules.read_country(written) == code


@pytest.mark.parametrize("written", ["Portugal", "XX", "P"])
def test_a_country_without_a_calendar_is_refused(written: str) -> None:
    with pytest.raises(Refusal, match=f"no holiday calendar for “{written}”") as no:
        rules.read_country(written)
    assert no.value.field == "country"


def test_public_holidays_are_those_of_the_country() -> None:
    """Carnation Day is free in Portugal and a working day in India; who lives nowhere has none."""
    carnations = date(2026, 4, 25)
    assert rules.is_holiday(carnations, "PT")
    assert not rules.is_holiday(carnations, "IN")
    assert not rules.is_holiday(carnations, "")
    assert not rules.is_holiday(carnations + timedelta(days=2), "PT")


def test_the_last_day_away_counts() -> None:
    assert rules.is_away(MONDAY, MONDAY)
    assert not rules.is_away(MONDAY + timedelta(days=1), MONDAY)
    assert not rules.is_away(MONDAY, None)


def test_an_absence_that_is_over_or_endless_is_refused() -> None:
    rules.check_away(MONDAY, MONDAY)
    rules.check_away(MONDAY + rules.FAR, MONDAY)
    with pytest.raises(Refusal, match="2026-11-15 is over already; today is 2026-11-16"):
        rules.check_away(MONDAY - timedelta(days=1), MONDAY)
    with pytest.raises(Refusal, match="more than two years away"):
        rules.check_away(MONDAY + rules.FAR + timedelta(days=1), MONDAY)


@pytest.mark.parametrize("written", ["ABCD-EFGH", "abcdefgh", " abcd efgh ", "AB-CD-EF-GH"])
def test_a_code_is_read_however_it_is_typed(written: str) -> None:
    assert rules.read_code(written) == "ABCDEFGH"
    assert rules.show_code(rules.read_code(written)) == "ABCD-EFGH"


@pytest.mark.parametrize(
    "written", ["", "ABCD", "ABCD-EFG1", "ABCD-EFGHJ", "workspace", "ÄBCD-EFGH"]
)
def test_what_can_be_no_code_is_none(written: str) -> None:
    """Letters that read like others are in none."""
    assert rules.read_code(written) == ""


@pytest.mark.parametrize(
    ("here", "there", "holds"),
    [
        pytest.param(
            Hours("UTC", guessed=True), Hours("Asia/Tokyo"), Hours("Asia/Tokyo"), id="told"
        ),
        pytest.param(
            Hours("Asia/Tokyo"),
            Hours("UTC", chosen=True),
            Hours("UTC", chosen=True),
            id="chosen",
        ),
        pytest.param(Hours("Asia/Tokyo"), Hours("UTC"), Hours("Asia/Tokyo"), id="both told"),
        pytest.param(
            Hours(country="PT", away_until=date(2026, 11, 20)),
            Hours(country="IN", quiet_from=time(20), quiet_to=time(8)),
            Hours(
                country="PT",
                quiet_from=time(20),
                quiet_to=time(8),
                away_until=date(2026, 11, 20),
            ),
            id="what each knows",
        ),
        pytest.param(
            Hours(away_until=date(2026, 11, 20)),
            Hours(away_until=date(2026, 12, 1)),
            Hours(away_until=date(2026, 12, 1)),
            id="the longer time away",
        ),
    ],
)
def test_linked_accounts_share_what_either_knows(here: Hours, there: Hours, holds: Hours) -> None:
    assert rules.shared(here, there) == holds


def test_a_zone_is_read_by_its_name_or_by_its_city() -> None:
    for written in ("Europe/Lisbon", "europe/lisbon", "Lisbon", " lisbon "):
        assert rules.read_zone(written) == "Europe/Lisbon"
    assert rules.read_zone("UTC") == "UTC"
    assert rules.read_zone("Port of Spain") == "America/Port_of_Spain"
    with pytest.raises(Refusal, match="There is no time zone"):
        rules.read_zone("Atlantis")
