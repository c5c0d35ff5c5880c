"""How a digest says days, things and what was left out, the same in chats and by e-mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.digests.rules import FEWEST, Digest, Period, Section

HEADINGS = {
    "learned": "What was learned",
    "done": "Plans that are done",
    "adjusted": "Plans that were adjusted",
    "story": "One story",
    "check": "Lessons to check",
    "relayed": "Newly relayed lessons",
    "reused": "Lessons that were reused most",
    "rising": "Patterns that rise",
    "fading": "Patterns that fade",
    "planned": "What I planned",
    "did": "What I did",
    "found": "What I learned",
    "told": "What else I told",
}
"""The headings, in the order in which one reads."""


def title(digest: Digest) -> str:
    return f"#{digest.channel}, {days(digest.period)}"


def title_of_own(period: Period) -> str:
    return f"My work, {days(period)}"


def days(period: Period) -> str:
    """Some days as one would say them."""
    first, last = period.first, period.last
    if first == last:
        return f"{first.day} {first:%B} {first.year}"
    if first.year != last.year:
        return f"{_day(first)} {first.year} to {_day(last)} {last.year}"
    start = f"{first.day}" if first.month == last.month else _day(first)
    return f"{start} to {_day(last)} {last.year}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def short(day: date) -> str:
    """A day as it stands below a chart."""
    return f"{day.day} {day:%b}"


def rest(section: Section) -> str:
    """How many items of a section do not stand in the digest; empty for none."""
    left = section.count - len(section.items)
    if left <= 0:
        return ""
    return f"and at least {left} more" if section.unread else f"and {left} more"


def longer(digest: Digest) -> Iterable[Section]:
    """The sections of which something was left out."""
    return (one for one in digest.sections if one.count > len(one.items))


def more(learned: str, used: int) -> str:
    """What else there is to something: what was learned from it, or how many used it."""
    if used:
        return "1 person used it." if used == 1 else f"{used} people used it."
    return f"Learned: {learned}" if learned else ""


def counts(waiting: int, pairs: int) -> tuple[str, ...]:
    """What is told as a number alone, and introductions only where nobody can be guessed from it."""
    told = []
    if waiting:
        those = "1 lesson waits" if waiting == 1 else f"{waiting} lessons wait"
        told.append(f"{those} for a curator to check.")
    if pairs >= FEWEST:
        told.append(f"{pairs} introductions between people here are on their way.")
    return tuple(told)
