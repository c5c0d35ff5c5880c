"""Everybody is asked once on each of their local days, at the hour on their own wall, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot.checkins import rules
from bot.checkins.desk import FEATURE
from bot.checkins.rules import DAYS, Own, RhythmPlan
from bot.checkins.tables import Slot
from tests.house import House

ZONES = ("Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
EVERY_DAY = RhythmPlan(days=DAYS)
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)


def asked(plan: RhythmPlan, zone: str) -> list[tuple[date, datetime]]:
    """Every slot of 2026 and 2027, found one after another as the bot does it: each from the moment of the last."""
    found: list[tuple[date, datetime]] = []
    after = datetime.combine(FIRST, time(0), ZoneInfo(zone)).astimezone(UTC) - timedelta(seconds=1)
    day = FIRST
    while True:
        slot = next(rules.slots(plan, zone, after, from_day=day))
        if slot[0] > LAST:
            return found
        found.append(slot)
        after, day = slot[1], slot[0] + timedelta(days=1)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(9, 0), time(2, 30), time(0, 0), time(23, 59)])
def test_every_local_day_of_two_years_is_asked_exactly_once(zone: str, at: time) -> None:
    found = asked(RhythmPlan(days=DAYS, at=at), zone)
    every = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert [day for day, _ in found] == every
    for day, instant in found:
        assert instant.astimezone(ZoneInfo(zone)).date() == day


@pytest.mark.parametrize("zone", ZONES)
def test_nine_o_clock_is_always_nine_on_the_wall(zone: str) -> None:
    for _, instant in asked(EVERY_DAY, zone):
        assert instant.astimezone(ZoneInfo(zone)).time() == time(9, 0)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "instant"),
    [
        ("America/New_York", "2026-03-08", "03:30", "2026-03-08T07:30:00+00:00"),
        ("America/New_York", "2027-03-14", "03:30", "2027-03-14T07:30:00+00:00"),
        ("America/New_York", "2026-11-01", "02:30", "2026-11-01T07:30:00+00:00"),
        ("Europe/Lisbon", "2026-03-29", "02:30", "2026-03-29T01:30:00+00:00"),
        ("Europe/Lisbon", "2026-10-25", "02:30", "2026-10-25T02:30:00+00:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:30", "2026-10-03T15:30:00+00:00"),
        ("Australia/Lord_Howe", "2027-04-04", "02:30", "2027-04-03T16:00:00+00:00"),
        ("Asia/Kolkata", "2026-03-29", "02:30", "2026-03-28T21:00:00+00:00"),
    ],
)
def test_half_past_two_on_the_days_when_clocks_change(
    zone: str, day: str, wall: str, instant: str
) -> None:
    at = dict(asked(RhythmPlan(days=DAYS, at=time(2, 30)), zone))[date.fromisoformat(day)]
    assert at == datetime.fromisoformat(instant)
    assert at.astimezone(ZoneInfo(zone)).time() == time.fromisoformat(wall)


async def next_due(house: House) -> datetime:
    """The next moment at which somebody is to be asked."""
    async with house.store.look() as work:
        moment = await work.session.scalar(select(func.min(Slot.due_at)))
    assert moment is not None
    return moment


@pytest.mark.parametrize(
    "change",
    ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01",
     "2027-03-14", "2027-03-28", "2027-04-04", "2027-10-03", "2027-10-31", "2027-11-07"],
)  # fmt: skip
async def test_people_in_four_zones_get_one_prompt_a_day_through_a_clock_change(
    sqlite_url: str, change: str
) -> None:
    """Two days around every change of 2026 and 2027, from one moment at which somebody is due to the next."""
    start = datetime.fromisoformat(f"{change}T00:00:00+00:00") - timedelta(days=1)
    house = House(sqlite_url, start)
    people = {zone: await house.person(f"p{n}", zone) for n, zone in enumerate(ZONES)}
    plans = {"nine": time(9, 0), "half-past-two": time(2, 30)}
    for name, at in plans.items():
        plan = RhythmPlan(days=DAYS, at=at, nudges=0)
        await house.channel(name, "team", *people.values(), plan=plan)
    end = start + timedelta(days=2)
    while (moment := await next_due(house)) <= end:
        house.at(moment)
        async with house.work() as work:
            await FEATURE.due["ask"](work)
        while await house.sender.step():
            pass
    house.at(end)
    for zone, who in people.items():
        for name, at in plans.items():
            asked_at = [
                post.at
                for post in house.chat.posts
                if post.ref.place == who.direct and f"#{name} " in post.card.footnote
            ]
            due = rules.slots_until(RhythmPlan(days=DAYS, at=at), zone, start, house.now)
            assert asked_at == [instant for _, instant in due], (zone, name)
            days = [moment.astimezone(ZoneInfo(zone)).date() for moment in asked_at]
            assert len(days) == len(set(days)) == 2, (zone, name)
    await house.store.close()


def test_own_days_and_an_own_hour_take_the_place_of_the_team_s() -> None:
    monday = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)
    own = Own(at=time(11, 15), days=("tue",))
    day, at = next(rules.slots(RhythmPlan(), "Europe/Lisbon", monday, own))
    assert (day, at) == (date(2026, 11, 17), datetime(2026, 11, 17, 11, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("plan", "days"),
    [
        (RhythmPlan(days=("mon",), every=2), ["2026-11-16", "2026-11-30", "2026-12-14"]),
        (RhythmPlan(monthly="last fri"), ["2026-11-27", "2026-12-25", "2027-01-29"]),
        (RhythmPlan(monthly="first mon"), ["2026-12-07", "2027-01-04", "2027-02-01"]),
        (RhythmPlan(monthly="31"), ["2026-11-30", "2026-12-31", "2027-01-31"]),
    ],
)
def test_rhythms_beyond_the_week(plan: RhythmPlan, days: list[str]) -> None:
    found = rules.slots(plan, "UTC", datetime(2026, 11, 15, tzinfo=UTC))
    assert [next(found)[0].isoformat() for _ in days] == days
