"""Wall clocks and calendars: when a local time on a local day happens.

Arithmetic, not cron: a cron trigger loses whole days where midnight is skipped and fires twice in a repeated hour.
"""

from __future__ import annotations

import difflib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.refusal import Refusal


def instant(day: date, at: time, zone: str) -> datetime:
    """The instant of a wall-clock time on a local day.

    A time that the clocks skip happens as much later as they skip; of a time that happens twice, the first counts
    (RFC 5545, section 3.3.5).
    """
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def local(now: datetime, zone: str) -> datetime:
    """`now` on the clocks of a zone."""
    return now.astimezone(ZoneInfo(zone))


def local_day(now: datetime, zone: str) -> date:
    """The calendar day it is in a zone."""
    return local(now, zone).date()


def inside(at: time, start: time, end: time) -> bool:
    """Whether a time lies from `start` to before `end`; an `end` before the `start` is on the next day."""
    if start <= end:
        return start <= at < end
    return at >= start or at < end


def after_quiet(moment: datetime, zone: str, start: time | None, end: time | None) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    if start is None or end is None or start == end:
        return moment
    here = local(moment, zone)
    if not inside(here.time(), start, end):
        return moment
    day = here.date() if here.time() < end else here.date() + timedelta(days=1)
    over = instant(day, end, zone)
    if over < moment:
        # In the second of two hours of one name, quiet hours end in the second, too.
        over = datetime.combine(day, end.replace(fold=1), ZoneInfo(zone)).astimezone(UTC)
    return over


@cache
def zones() -> tuple[str, ...]:
    """Every IANA zone a person may choose, by name."""
    return tuple(sorted(z for z in available_timezones() if "/" in z or z == "UTC"))


def read_zone(written: str, *, field: str = "zone") -> str:
    """The IANA zone somebody wrote, whatever its case; refuses with the nearest names."""
    wanted = written.strip().replace(" ", "_")
    by_case = {zone.casefold(): zone for zone in zones()}
    if found := by_case.get(wanted.casefold()):
        return found
    cities = {zone.rsplit("/", 1)[-1].casefold(): zone for zone in zones()}
    near = [
        cities[c]
        for c in difflib.get_close_matches(wanted.casefold().rsplit("/", 1)[-1], cities, 2)
    ]
    hint = f"Did you mean {' or '.join(near)}?" if near else "Write it like Europe/Lisbon."
    raise Refusal(f"There is no time zone “{written.strip()[:60]}”. {hint}", field=field)
