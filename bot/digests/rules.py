"""What is true of digests: periods as people write them, what stands in a digest, and when one is due by itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Literal

from bot.engine import clock
from bot.refusal import Refusal

LONGEST = 366
"""The most days of one digest."""
SHOWN = 5
"""Items of a section; the rest is shown on request."""
ON_A_PAGE = 20
"""Items shown at a time on request."""
WEEKS = 12
"""Weeks in the chart of entries."""
FEWEST = 3
"""Fewer introductions than this are not counted: one could guess who is meant."""
MOST_NOTE = 1_000
"""Characters of a margin note."""
LATE_AFTER = timedelta(minutes=30)
"""A digest this much after its time says that it is late."""
TRIES = 6
"""How often an e-mail is handed to the mail server, over half a day."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CADENCES = ("weekly", "monthly", "never")
VERBS = ("mine", "post", "schedule")
_RANGE = re.compile(r"(\S*?)\s*(?:\.\.+|…)\s*(\S*)")
_CHANNEL = re.compile(r"<#(?P<id>[^|>]+)(?:\|[^>]*)?>|#(?P<name>\S+)")

Verb = Literal["", "mine", "post", "schedule"]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Some days, the first and the last of them included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def key(self) -> str:
        """The period in as few characters as a button has room for."""
        return f"{self.first:%Y%m%d}-{self.last:%Y%m%d}"

    @classmethod
    def parse(cls, key: str) -> Period:
        """The period that `key` wrote."""
        first, _, last = key.partition("-")
        return cls(date.fromisoformat(first), date.fromisoformat(last))

    def instants(self, zone: str) -> tuple[datetime, datetime]:
        """When it begins in a zone, and when it is over."""
        midnight = time(0)
        after = self.last + timedelta(days=1)
        return clock.instant(self.first, midnight, zone), clock.instant(after, midnight, zone)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed behind ``/digest``."""

    verb: Verb = ""
    period: str = ""
    channel: str = ""
    """The channel's name or, where the platform tells it, its id; empty for none."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a curator wrote in the margin."""

    id: int
    by: str
    words: str
    """Markdown."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened."""

    about: str
    """What it is, such as ``entry:17``: by this its notes find it, and its changes."""
    words: str
    """One plain line."""
    by: str = ""
    """Who said it, where readers can read that anyway."""
    link: str = ""
    """A reference to its source; empty where that stands nowhere."""
    more: str = ""
    """What else there is to it, such as what was learned."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Items of one kind."""

    key: str
    heading: str
    items: tuple[Item, ...]
    """The first ones, or all of them where this section was asked for."""
    count: int = 0
    """How many there are."""
    unread: bool = False
    """Whether there was more than one reads for a digest, so that how many are left is not known."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What happened in a channel over a period."""

    channel: str
    """Its name."""
    ring: str
    period: Period
    sections: tuple[Section, ...] = ()
    counts: tuple[str, ...] = ()
    """What is told as a number alone, a sentence each."""

    def __bool__(self) -> bool:
        return bool(self.sections or self.counts)

    def section(self, key: str) -> Section | None:
        return next((one for one in self.sections if one.key == key), None)

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True, slots=True)
class Dune:
    """A pattern as the readers of a channel may know it."""

    number: int
    words: tuple[str, ...]
    trend: str
    """`new`, `rising`, `steady` or `fading`."""
    texts: int
    weeks: tuple[int, ...]
    """How many texts joined it in each week, the last one last."""
    typical: str = ""
    """One text of it, in one line; only inside the team whose it is alone."""
    why: str = ""
    """What that text has in common with the others."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """When a digest comes by itself."""

    every: str = "weekly"
    """`weekly`, `monthly` (on the first such weekday of a month) or `never`."""
    weekday: int = 0
    at: time = field(default_factory=lambda: time(9))
    zone: str = "UTC"

    def next(self, after: datetime) -> datetime | None:
        """The first moment later than `after` at which it is due; None when it never is."""
        if self.every == "never":
            return None
        return next(
            moment
            for day in _from(clock.local_day(after, self.zone))
            if self._falls_on(day)
            for moment in [clock.instant(day, self.at, self.zone)]
            if moment > after
        )

    def _falls_on(self, day: date) -> bool:
        return day.weekday() == self.weekday and (self.every == "weekly" or day.day <= 7)

    def period(self, slot: datetime) -> Period:
        """The days that a digest due at this moment is about: whole ones, all of them over."""
        today = clock.local_day(slot, self.zone)
        if self.every == "monthly":
            return month_before(today)
        return Period(today - timedelta(days=7), today - timedelta(days=1))


def _from(day: date) -> Iterator[date]:
    return (day + timedelta(days=n) for n in count())


def month_before(day: date) -> Period:
    """The calendar month before the one of a day."""
    last = day.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def read_asked(typed: str) -> Asked:
    """What ``/digest`` and these words ask for: a verb first, then a period and a channel in any order."""
    words = typed.strip()
    channel = ""
    if found := _CHANNEL.search(words):
        channel = found["id"] or found["name"]
        words = f"{words[: found.start()]} {words[found.end() :]}"
    first, _, rest = words.strip().partition(" ")
    if first.casefold() in VERBS:
        verb: Verb = first.casefold()  # type: ignore[assignment]
        return Asked(verb, " ".join(rest.split()), channel)
    return Asked("", " ".join(words.split()), channel)


def read_period(written: str, today: date) -> Period:
    """The days somebody means; without words the last seven, today included.

    Refuses what is no period, ends before it begins, has not begun, or is longer than a year.
    """
    words = written.strip().casefold().removeprefix("this ").strip()
    match words:
        case "" | "week":
            return Period(today - timedelta(days=6), today)
        case "month":
            return Period(today - timedelta(days=29), today)
        case "today":
            return Period(today, today)
        case "yesterday":
            return Period(today - timedelta(days=1), today - timedelta(days=1))
        case "last week":
            monday = today - timedelta(days=today.weekday() + 7)
            return Period(monday, monday + timedelta(days=6))
        case "last month":
            return month_before(today)
    if found := _RANGE.fullmatch(words):
        begin, end = found[1], found[2]
        if not begin or not end:
            raise Refusal(
                f"“{written[:40]}” has no {'beginning' if not begin else 'end'}. "
                f"Write both days: {today - timedelta(days=6)}..{today}."
            )
        return _checked(_day(begin, today), _day(end, today), today)
    day = _day(words, today)
    return _checked(day, day, today)


def _day(written: str, today: date) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        known = ("week", "month", "last week", "last month", *VERBS)
        near = difflib.get_close_matches(written, known, 1, cutoff=0.6)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise Refusal(
            f"“{written[:40]}” is no period I can read. {hint}"
            f"Write week, month, last week, last month, or days like {today - timedelta(days=6)}..{today}."
        ) from None


def _checked(first: date, last: date, today: date) -> Period:
    if last < first:
        raise Refusal(f"{first}..{last} ends before it begins. Did you mean {last}..{first}?")
    if first > today:
        raise Refusal(f"{first} has not begun yet; today is {today}.")
    period = Period(first, min(last, today))
    if period.days > LONGEST:
        raise Refusal(
            f"{first}..{last} is {period.days:,} days long, and a digest covers at most {LONGEST}."
        )
    return period


def weeks_until(last: date, weeks: int = WEEKS) -> tuple[Period, ...]:
    """So many weeks of seven days, the last one ending on this day, oldest first."""
    ends = (last - timedelta(days=7 * n) for n in reversed(range(weeks)))
    return tuple(Period(end - timedelta(days=6), end) for end in ends)


def line(words: Sequence[str], most: int = 220) -> str:
    """Words in one line, with an ellipsis where something was left out."""
    whole = " ".join(" ".join(words).split())
    if len(whole) <= most:
        return whole
    return f"{whole[:most].rsplit(' ', 1)[0].rstrip('.,;:')}…"


def file_name(what: str, period: Period) -> str:
    """What a digest is called as a file, without an ending, in letters that every system takes."""
    plain = re.sub(r"[^a-z0-9]+", "-", what.casefold()).strip("-")[:60] or "digest"
    return f"{plain}-{period.first}-to-{period.last}"


def read_address(written: str) -> str:
    """An e-mail address as it was typed; refuses what can be none."""
    address = written.strip()
    if not re.fullmatch(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[^@\s<>,;:\"()\[\]\\]{1,185}", address):
        raise Refusal(
            f"“{address[:60]}” is no e-mail address. Write it like ana@example.org.",
            field="address",
        )
    return address
