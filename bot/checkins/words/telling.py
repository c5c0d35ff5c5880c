"""What all sentences about check-ins share: days, hours, greetings, questions, and who can read an answer."""

from __future__ import annotations

from datetime import date, datetime, time

from bot.chat import Card, Text
from bot.checkins.rules import DAYS, SCALE, Question

DAY_NAMES = dict(
    zip(
        DAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)


def clock(at: datetime | time) -> str:
    return f"{at:%H:%M}"


def long_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def greeting(name: str, hour: int) -> str:
    part = "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
    return f"Good {part}, {name}" if name else f"Good {part}"


def audience(channel: str, *, private: bool) -> str:
    """Who will see an entry, in one sentence for every button that leads to one."""
    if private:
        return "Only you will see it."
    return f"Everybody in #{channel} can read it, in the thread of the day."


def where(channel: str, *, private: bool) -> str:
    """Where an entry is."""
    return "kept for you alone" if private else f"in the thread of #{channel}"


def asked(question: Question) -> str:
    """A question, with what may answer it where that is not any words."""
    choices = SCALE if question.kind == "scale" else question.options
    hint = {
        "scale": f"{choices[0]} is low, {choices[-1]} is high" if choices else "",
        "choice": ", ".join(choices),
        "number": "a number",
        "link": "a link",
    }.get(question.kind, "")
    return f"{question.ask} ({hint})" if hint else question.ask


def sentence(*lines: str) -> Card:
    """A short answer to the caller."""
    return Card(text=Text.of(*lines))
