"""Streams of short texts to find patterns in."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from bot.insight.patterns import Patterns, Placed

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
PEOPLE = (("ana", "harbour"), ("ben", "harbour"), ("chi", "orchard"), ("dee", "orchard"))
SUBJECTS = ("winch", "orchard", "invoice", "tide", "ladder", "beacon", "compost", "ferry")
_SYLLABLES = ["ba", "do", "fi", "ku", "la", "me", "no", "pi", "ru", "sa", "te", "vo"]
_THINGS = [f"{one}{two}{three}" for one in _SYLLABLES for two in _SYLLABLES for three in "kmst"]


def texts(count: int, *, seed: int = 7) -> list[tuple[str, str]]:
    """Texts, each with the subject it is about."""
    dice = random.Random(seed)
    made = []
    for _ in range(count):
        subject = dice.choice(SUBJECTS)
        words = dice.choices(_THINGS, k=4)
        words.insert(dice.randrange(5), subject)
        made.append((" ".join(words), subject))
    return made


def tell(
    patterns: Patterns,
    said: str,
    *,
    id: str,
    by: int = 0,
    at: datetime = MONDAY,
) -> Placed:
    """One of the four writes something."""
    who, team = PEOPLE[by % len(PEOPLE)]
    return patterns.add(id, said, at, who, team)


def filled(count: int = 400, *, days: int = 14) -> Patterns:
    """Patterns of some weeks that end on Monday."""
    patterns = Patterns()
    for number, (text, _) in enumerate(texts(count)):
        at = MONDAY - timedelta(days=days) * (1 - (number + 1) / count)
        tell(patterns, text, id=f"t{number}", by=number, at=at)
    return patterns


GRAINS = (
    "Oil the winch before the spring tide",
    "Answer the two open asks about invoices",
    "Try the other winch with the small boat",
    "Write down how we count the lamps",
    "Ask Chi for the orchard plan",
    "The winch slips: look at its brake",
    "Read last month's letters and sort them",
    "Borrow a new drum for the winch from the yard",
    "Draw the shed as it should be",
    "Call the ferry about Thursday",
    "Paint the winch, at last",
    "Bring gloves for everybody",
)
"""What Ana and Ben plan in a week; five of them are about the winch."""
