"""Wall clocks: when a local time on a local day happens, everywhere and on every odd day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.engine import clock
from bot.refusal import Refusal


def at(written: str) -> datetime:
    return datetime.fromisoformat(written)


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        pytest.param("Asia/Kolkata", "2026-11-16T09:00", "2026-11-16T03:30Z", id="half an hour"),
        pytest.param("Europe/Lisbon", "2026-03-29T01:30", "2026-03-29T01:30Z", id="Lisbon, gap"),
        pytest.param("Europe/Lisbon", "2026-10-25T01:30", "2026-10-25T00:30Z", id="Lisbon, fold"),
        pytest.param("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30Z", id="NY, gap"),
        pytest.param("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z", id="NY, fold"),
        pytest.param("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45Z", id="gap of 30"),
        pytest.param("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45Z", id="fold of 30"),
        pytest.param("Asia/Beirut", "2026-03-29T00:30", "2026-03-28T22:30Z", id="Beirut, midnight"),
        pytest.param("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00Z", id="Cairo, midnight"),
        pytest.param("America/Sao_Paulo", "2018-11-04T00:30", "2018-11-04T03:30Z", id="Brazil, 2018"),
    ],
)  # fmt: skip
def test_a_time_in_a_gap_is_as_much_later_and_of_two_the_first_counts(
    zone: str, local: str, instant: str
) -> None:
    """A prompt at a time that the clocks skip comes late that day, and one at a time that comes twice comes once."""
    wanted = at(local)
    assert clock.instant(wanted.date(), wanted.time(), zone) == at(instant)


@pytest.mark.parametrize("zone", ["Asia/Beirut", "Africa/Cairo", "America/New_York"])
def test_no_day_is_lost_and_none_comes_twice(zone: str) -> None:
    """Each local day of a year has its instant, on that day, after the one of the day before."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    instants = [clock.instant(day, time(0, 30), zone) for day in days]
    assert [clock.local_day(one, zone) for one in instants] == days
    assert instants == sorted(set(instants))


def offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    found = moment.astimezone(zone).utcoffset()
    assert found is not None
    return found


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """The instants in 2026 and 2027 at which a zone's clocks are changed."""
    day = timedelta(days=1)
    before = datetime(2026, 1, 1, tzinfo=UTC)
    while before.year < 2028:
        after = before + day
        if offset(before, zone) != offset(after, zone):
            low, high = before, after
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (
                    (middle, high) if offset(middle, zone) == offset(low, zone) else (low, middle)
                )
            yield high.replace(microsecond=0)
        before = after


def by_the_rule(local: datetime, zone: ZoneInfo) -> datetime:
    """RFC 5545, 3.3.5, from offsets alone: the first instant that shows this time, else by the offset before."""
    around = datetime.combine(local.date(), local.time(), UTC)
    old, new = (offset(around + timedelta(days=n), zone) for n in (-2, 2))
    shows = [around - one for one in (old, new) if offset(around - one, zone) == one]
    return min(shows) if shows else around - old


def test_every_zone_agrees_with_the_rule_of_calendars() -> None:
    """Around every change of every clock in 2026 and 2027, and on days on which nothing changes."""
    cases = 0
    for name in clock.zones():
        zone = ZoneInfo(name)
        moments = [datetime(2026, 1, 15), datetime(2026, 7, 15, 23, 59)]  # noqa: DTZ001
        for change in changes(zone):
            shown = (change + offset(change - timedelta(hours=1), zone)).replace(tzinfo=None)
            moments += [shown + timedelta(minutes=n) for n in range(-121, 122, 11)]
        for local in moments:
            local = local.replace(second=0)
            assert clock.instant(local.date(), local.time(), name) == by_the_rule(local, zone), (
                name,
                local,
            )
            cases += 1
    assert cases > 5000


@pytest.mark.parametrize(
    ("moment", "zone", "after"),
    [
        ("2026-11-16T12:00Z", "Europe/Lisbon", "2026-11-16T12:00Z"),
        ("2026-11-16T23:30Z", "Europe/Lisbon", "2026-11-17T07:00Z"),
        ("2026-11-17T03:00Z", "Europe/Lisbon", "2026-11-17T07:00Z"),
        ("2026-11-17T07:00Z", "Europe/Lisbon", "2026-11-17T07:00Z"),
        ("2026-11-16T22:00Z", "Europe/Lisbon", "2026-11-17T07:00Z"),
        ("2026-11-16T17:00Z", "Asia/Kolkata", "2026-11-17T01:30Z"),
        ("2026-03-28T23:00Z", "Europe/Lisbon", "2026-03-29T06:00Z"),
    ],
)
def test_what_falls_into_quiet_hours_waits_for_their_end(
    moment: str, zone: str, after: str
) -> None:
    """From 22:00 to 07:00 on the person's own clock, across midnight and changes of the clock."""
    assert clock.after_quiet(at(moment), zone, time(22), time(7)) == at(after)


def test_quiet_hours_within_a_day_end_on_that_day() -> None:
    lisbon = "Europe/Lisbon"
    noon = at("2026-11-16T12:30Z")
    assert clock.after_quiet(noon, lisbon, time(12), time(13)) == at("2026-11-16T13:00Z")
    assert clock.after_quiet(noon, lisbon, time(13), time(14)) == noon


def test_without_quiet_hours_nothing_waits() -> None:
    noon = at("2026-11-16T12:30Z")
    for start, end in ((None, None), (time(9), None), (time(9), time(9))):
        assert clock.after_quiet(noon, "UTC", start, end) == noon


def test_quiet_hours_that_end_in_an_hour_that_comes_twice_end_once() -> None:
    """Somebody who is quiet until 01:30 is left alone until the clock shows it the second time, never sent back."""
    second = at("2026-10-25T01:10Z")
    assert clock.after_quiet(second, "Europe/Lisbon", time(22), time(1, 30)) == at(
        "2026-10-25T01:30Z"
    )


def test_a_time_lies_inside_from_the_start_to_before_the_end() -> None:
    assert clock.inside(time(9), time(9), time(17))
    assert not clock.inside(time(17), time(9), time(17))
    assert clock.inside(time(23), time(22), time(7))
    assert clock.inside(time(0), time(22), time(7))
    assert not clock.inside(time(7), time(22), time(7))


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Europe/Lisbon", "Europe/Lisbon"),
        (" europe/lisbon ", "Europe/Lisbon"),
        ("america/new york", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_read_whatever_its_case(written: str, zone: str) -> None:
    assert clock.read_zone(written) == zone


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("Lisbonn", "Did you mean Europe/Lisbon or Europe/London?"),
        ("Lisbon", "Did you mean Europe/Lisbon?"),
        ("Europe/Kolkata", "Did you mean Asia/Kolkata?"),
        ("xyzzy", "Write it like Europe/Lisbon."),
        ("", "Write it like Europe/Lisbon."),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest(written: str, hint: str) -> None:
    """The sentence stands beside the field, and has what was written."""
    with pytest.raises(Refusal) as no:
        clock.read_zone(written, field="where")
    assert no.value.sentence == f"There is no time zone “{written}”. {hint}"
    assert no.value.field == "where"


def test_every_zone_that_can_be_chosen_is_known_to_the_clock() -> None:
    assert len(clock.zones()) > 400
    for zone in clock.zones():
        ZoneInfo(zone)
