"""Whether something is written about more or less than in the weeks before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, TypeAlias

Trend: TypeAlias = Literal["new", "rising", "steady", "fading"]

WEEK = 7
WEEKS_BEFORE = 8
DAYS_KEPT = WEEK * (WEEKS_BEFORE + 1)
_FEWEST = 3
_SURE = 1.5
"""How many times its usual scatter a week has to differ."""


def trend(days: Mapping[int, int], everything: Mapping[int, int], today: int) -> Trend:
    """How the last seven days stand to the eight weeks before.

    Measured by the share of all that was written, so that a holiday makes nothing fade. Days are counted from any
    fixed day.
    """
    begin = today - WEEK + 1
    now, before = (
        _between(days, begin, today),
        _between(days, begin - WEEK * WEEKS_BEFORE, begin - 1),
    )
    if not before:
        return "new" if now else "steady"
    all_now = _between(everything, begin, today)
    all_before = _between(everything, begin - WEEK * WEEKS_BEFORE, begin - 1)
    expected = before / max(before, all_before) * all_now
    scatter = _SURE * math.sqrt(expected + 1)
    if now >= _FEWEST and now - expected > scatter:
        return "rising"
    if expected >= _FEWEST and expected - now > scatter:
        return "fading"
    return "steady"


def _between(days: Mapping[int, int], first: int, last: int) -> int:
    return sum(count for day, count in days.items() if first <= day <= last)
