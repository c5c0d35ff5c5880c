"""What is true of people's time: holidays, times away, quiet hours, and what linked accounts share of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

from bot.engine import clock
from bot.refusal import Refusal

FAR = timedelta(days=730)


@lru_cache(maxsize=512)
def _holidays(country: str, year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays(country, years=year))


def is_holiday(day: date, country: str) -> bool:
    """Whether a day is a public holiday there; nowhere has none."""
    return bool(country) and day in _holidays(country, day.year)


def read_country(written: str, *, field: str = "country") -> str:
    """The ISO 3166 code of a country that has a known calendar; refuses another."""
    from holidays import list_supported_countries

    code = written.strip().upper()
    if code and code not in list_supported_countries():
        raise Refusal(
            f"I have no holiday calendar for “{written.strip()[:40]}”. "
            "Write a two-letter code such as PT, US or IN, or leave it empty.",
            field=field,
        )
    return code


def read_time(written: str, *, field: str = "") -> time:
    """A time of day written as 9, 9:30, 09.30, 9am or 9:30 pm; refuses another."""
    found = re.fullmatch(
        r"(\d{1,2})(?:[:.h](\d{2}))?\s*(?:([ap])\.?(?:m\.?)?)?", written.strip().casefold()
    )
    if found:
        hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
        if half:
            hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise Refusal(f"“{written.strip()[:40]}” is no time of day. Write it like 09:00.", field=field)


def read_zone(written: str, *, field: str = "zone") -> str:
    """The zone somebody wrote by its name or by its city alone; refuses another with the nearest names."""
    wanted = written.strip().replace(" ", "_").casefold()
    named = {zone.casefold(): zone for zone in clock.zones()}
    in_city = [zone for zone in clock.zones() if zone.casefold().endswith(f"/{wanted}")]
    if wanted not in named and len(in_city) == 1:
        return in_city[0]
    return clock.read_zone(written, field=field)


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_day(written: str, today: date, *, field: str = "") -> date:
    """A day written as 2026-12-24, 24.12., tomorrow or a weekday's name; refuses another.

    A weekday is the next one after today, and a day without a year the next of its kind.
    """
    words = written.strip().casefold()
    if words == "today":
        return today
    if words == "tomorrow":
        return today + timedelta(days=1)
    for number, name in enumerate(DAYS):
        if len(words) >= 3 and name.startswith(words):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    day = _iso_day(words)
    if found := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.?(?:\s?(\d{4}))?", words):
        years = [int(found[3])] if found[3] else range(today.year, today.year + 9)
        days = (_iso_day(f"{year:04}-{int(found[2]):02}-{int(found[1]):02}") for year in years)
        day = next((one for one in days if one and (found[3] or one >= today)), None)
    if day is None:
        raise Refusal(
            f"“{written.strip()[:40]}” is no day I can read. Write it like {today.isoformat()}.",
            field=field,
        )
    return day


def _iso_day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def check_away(until: date, today: date, *, field: str = "") -> None:
    """Refuse an absence that has ended before it began, or that nobody would remember."""
    if until < today:
        raise Refusal(
            f"{until.isoformat()} is over already; today is {today.isoformat()}.", field=field
        )
    if until - today > FAR:
        raise Refusal(
            f"{until.isoformat()} is more than two years away. "
            "Stop the prompts in /checkin settings instead; you can start them again at any time.",
            field=field,
        )


def is_away(day: date, away_until: date | None) -> bool:
    """Whether a person is away on that day; the last day of it counts."""
    return away_until is not None and day <= away_until


@dataclass(frozen=True, slots=True)
class Hours:
    """What somebody told or chose about their time: it is the same for all accounts of one human."""

    zone: str = "UTC"
    chosen: bool = False
    """Whether they chose the zone."""
    guessed: bool = False
    """Whether nobody told it."""
    country: str = ""
    quiet_from: time | None = None
    quiet_to: time | None = None
    away_until: date | None = None


def shared(here: Hours, there: Hours) -> Hours:
    """What holds for both of two accounts that are linked: what is known here, and else what is known there.

    A chosen zone counts more than one that a platform told, and of two times away the longer one.
    """
    zoned = there if _certainty(there) > _certainty(here) else here
    quiet = here if here.quiet_from else there
    away = [one for one in (here.away_until, there.away_until) if one]
    return Hours(
        zone=zoned.zone,
        chosen=zoned.chosen,
        guessed=zoned.guessed,
        country=here.country or there.country,
        quiet_from=quiet.quiet_from,
        quiet_to=quiet.quiet_to,
        away_until=max(away, default=None),
    )


def _certainty(one: Hours) -> int:
    return 2 if one.chosen else 0 if one.guessed else 1


LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What codes are made of: nothing that reads like something else."""
CODE = 8
"""Letters of a code: about a million million of them, of which one may try five in ten minutes."""
VALID = timedelta(minutes=10)
TRIES = 5


def read_code(written: str) -> str:
    """A code as it was made, however it is typed; empty for what can be none."""
    code = re.sub(r"[\s-]", "", written).upper()
    return code if len(code) == CODE and set(code) <= set(LETTERS) else ""


def show_code(code: str) -> str:
    """A code as one reads it aloud."""
    return f"{code[: CODE // 2]}-{code[CODE // 2 :]}"
