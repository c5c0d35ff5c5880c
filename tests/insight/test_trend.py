from __future__ import annotations

import pytest

from bot.insight.trend import Trend, trend

TODAY = 1_000


def weekly(*counts: int) -> dict[int, int]:
    """So many in each week, the last one being that of today."""
    return {TODAY - 7 * age: count for age, count in enumerate(reversed(counts)) if count}


@pytest.mark.parametrize(
    ("mine", "all_", "said"),
    [
        (weekly(0, 0, 0, 4), weekly(50, 50, 50, 50), "new"),
        (weekly(2, 2, 2, 12), weekly(50, 50, 50, 50), "rising"),
        (weekly(10, 10, 10, 1), weekly(50, 50, 50, 50), "fading"),
        (weekly(10, 10, 10, 9), weekly(50, 50, 50, 50), "steady"),
        (weekly(10, 10, 10, 1), weekly(50, 50, 50, 5), "steady"),
        (weekly(10, 10, 10, 20), weekly(50, 50, 50, 100), "steady"),
        (weekly(1, 0, 0, 2), weekly(5, 5, 5, 5), "steady"),
        ({}, weekly(5, 5), "steady"),
    ],
    ids=["first week", "more", "less", "alike", "holiday", "busy", "too few to tell", "nothing"],
)
def test_a_week_is_held_against_its_share_of_the_weeks_before(
    mine: dict[int, int], all_: dict[int, int], said: Trend
) -> None:
    assert trend(mine, all_, TODAY) == said


def test_what_is_older_than_eight_weeks_does_not_count() -> None:
    assert trend({TODAY - 70: 40, TODAY: 3}, {TODAY - 70: 40, TODAY: 3}, TODAY) == "new"
