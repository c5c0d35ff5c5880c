"""What people mean by a period, and when a digest is due by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bot.digests import rules
from bot.digests.rules import Asked, Cadence, Period
from bot.refusal import Refusal

TODAY = date(2026, 11, 20)


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", days("2026-11-14", "2026-11-20")),
        ("week", days("2026-11-14", "2026-11-20")),
        ("this week", days("2026-11-14", "2026-11-20")),
        ("month", days("2026-10-22", "2026-11-20")),
        ("last week", days("2026-11-09", "2026-11-15")),
        ("Last Month", days("2026-10-01", "2026-10-31")),
        ("yesterday", days("2026-11-19", "2026-11-19")),
        ("2026-11-03", days("2026-11-03", "2026-11-03")),
        ("2026-11-01..2026-11-10", days("2026-11-01", "2026-11-10")),
        ("2026-11-01 .. 2026-11-10", days("2026-11-01", "2026-11-10")),
        ("2026-11-16..2026-11-22", days("2026-11-16", "2026-11-20")),
    ],
)
def test_a_period_is_read_as_people_write_it(typed: str, meant: Period) -> None:
    assert rules.read_period(typed, TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("..", "“..” has no beginning. Write both days: 2026-11-14..2026-11-20."),
        ("2026-11-01..", "“2026-11-01..” has no end."),
        ("2026-11-10..2026-11-01", "2026-11-10..2026-11-01 ends before it begins."),
        ("2026-11-21..2026-11-30", "2026-11-21 has not begun yet; today is 2026-11-20."),
        ("2016-11-20..2026-11-19", "is 3,652 days long, and a digest covers at most 366."),
        ("2026-02-30", "“2026-02-30” is no period I can read."),
        ("lst week", "Did you mean last week?"),
        ("wek", "Did you mean week?"),
        ("💡" * 50, "is no period I can read."),
        ("2026-11-01..soon", "“soon” is no period I can read."),
        ("@everyone", "“@everyone” is no period I can read."),
    ],
)
def test_what_is_no_period_is_refused_with_what_was_typed(typed: str, why: str) -> None:
    with pytest.raises(Refusal) as no:
        rules.read_period(typed, TODAY)
    assert why in no.value.sentence


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", Asked()),
        ("month #cop", Asked("", "month", "cop")),
        ("#cop month", Asked("", "month", "cop")),
        ("<#C02COP|cop> last week", Asked("", "last week", "C02COP")),
        ("<#902>", Asked("", "", "902")),
        ("post last week #cop", Asked("post", "last week", "cop")),
        ("MINE month", Asked("mine", "month")),
        ("schedule #cop", Asked("schedule", "", "cop")),
    ],
)
def test_a_verb_comes_first_and_the_rest_in_any_order(typed: str, asked: Asked) -> None:
    assert rules.read_asked(typed) == asked


def test_a_period_travels_in_a_button() -> None:
    period = days("2026-11-14", "2026-11-20")
    assert Period.parse(period.key) == period
    assert len(period.key) == 17


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


def test_a_weekly_digest_comes_at_nine_on_the_wall_before_and_after_the_clocks_change() -> None:
    """In Lisbon the clocks went back on Sunday, 25 October 2026."""
    cadence = Cadence(zone="Europe/Lisbon")
    assert cadence.next(at("2026-10-14T12:00+00:00")) == at("2026-10-19T08:00+00:00")
    assert cadence.next(at("2026-10-19T08:00+00:00")) == at("2026-10-26T09:00+00:00")


def test_a_digest_at_a_skipped_time_comes_once_and_as_much_later() -> None:
    """On Lord Howe the clocks skipped from 2:00 to 2:30 on Sunday, 4 October 2026."""
    cadence = Cadence(weekday=6, at=time(2, 10), zone="Australia/Lord_Howe")
    first = cadence.next(at("2026-10-01T00:00+00:00"))
    assert first == at("2026-10-04T02:40+11:00")
    assert first is not None
    assert cadence.next(first) == at("2026-10-11T02:10+11:00")


def test_a_monthly_digest_comes_on_the_first_such_day_and_tells_the_month_before() -> None:
    cadence = Cadence("monthly", 0, time(9), "UTC")
    slot = cadence.next(at("2026-11-20T00:00+00:00"))
    assert slot == at("2026-12-07T09:00+00:00")
    assert slot is not None
    assert cadence.period(slot) == days("2026-11-01", "2026-11-30")


def test_a_weekly_digest_tells_the_seven_days_that_are_over() -> None:
    cadence = Cadence(zone="Asia/Kolkata")
    slot = at("2026-11-16T09:00+05:30")
    assert cadence.period(slot) == days("2026-11-09", "2026-11-15")


def test_never_is_never() -> None:
    assert Cadence("never").next(at("2026-11-20T00:00+00:00")) is None


@pytest.mark.parametrize("typed", ["ana", "a@b@c", "ana@", "<ana@example.org>", "a b@example.org"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="is no e-mail address"):
        rules.read_address(typed)


def test_a_long_line_ends_at_a_word_with_an_ellipsis() -> None:
    assert rules.line(["one two", "three"]) == "one two three"
    assert rules.line(["word " * 100], 22) == "word word word word…"
