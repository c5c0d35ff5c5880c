"""What is decided about a slot, and which answers can be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.checkins import rules
from bot.checkins.rules import DAYS, Own, Question, RhythmPlan, Situation, Verdict
from bot.refusal import Refusal

MONDAY = date(2026, 11, 16)
NINE = datetime(2026, 11, 16, 9, tzinfo=UTC)
DUE = Situation(NINE, NINE, MONDAY, "UTC", "UTC", timedelta(hours=3))
NIGHT = {"quiet_from": time(22), "quiet_to": time(7)}


def at(hour: int, minute: int = 0, *, day: int = 16) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "verdict", "when"),
    [
        ({}, "ask", at(9)),
        ({"now": at(12)}, "ask", at(12)),
        ({"now": at(12, 1)}, "drop", None),
        ({"present": False}, "pass", None),
        ({"stopped": True}, "pass", None),
        ({"wrote_today": True}, "pass", None),
        ({"resting": True}, "pass", None),
        ({"wrote_today": True, "now": at(15)}, "pass", None),
        ({"away_until": MONDAY}, "pass", None),
        ({"away_until": MONDAY - timedelta(days=1)}, "ask", at(9)),
        ({"due_at": at(9, day=1), "now": at(9, day=1), "day": date(2026, 11, 1), "country": "PT"},
         "pass", None),
        ({"country": "PT"}, "ask", at(9)),
        # Quiet hours: it waits on its day, and not into another one.
        ({"quiet_from": time(8), "quiet_to": time(10, 30)}, "wait", at(10, 30)),
        ({"quiet_from": time(8), "quiet_to": time(20)}, "wait", at(20)),
        ({"quiet_from": time(9), "quiet_to": time(9)}, "ask", at(9)),
        ({"due_at": at(23), "now": at(23), **NIGHT}, "pass", None),
        # The bot was down until the night, or past midnight: never then, and it counts as dropped.
        ({"due_at": at(21), "now": at(22, 30), **NIGHT}, "drop", None),
        ({"due_at": at(23), "now": at(0, 30, day=17)}, "drop", None),
    ],
)  # fmt: skip
def test_a_due_slot_is_asked_waits_passes_or_drops(
    changes: dict[str, object], verdict: str, when: datetime | None
) -> None:
    found, moment = rules.judge(replace(DUE, **changes))  # type: ignore[arg-type]
    assert found is Verdict(verdict)
    assert when is None or moment == when


def test_a_prompt_waits_for_quiet_hours_longer_than_its_catch_up_window() -> None:
    """The window is for the bot's own delays: at six, quiet until ten, it is asked at ten."""
    quiet = {"quiet_from": time(22), "quiet_to": time(10)}
    waiting = replace(DUE, now=at(6), due_at=at(6), **quiet)  # type: ignore[arg-type]
    assert rules.judge(waiting) == (Verdict.WAIT, at(10))
    assert rules.judge(replace(waiting, now=at(10), due_at=at(10))) == (Verdict.ASK, at(10))


def test_time_away_and_holidays_are_those_of_the_persons_own_day() -> None:
    """A rhythm on New York time asks somebody in Kolkata in the small hours of their next day."""
    nine_pm = datetime(2026, 11, 17, 2, tzinfo=UTC)
    case = Situation(
        nine_pm, nine_pm, MONDAY, "America/New_York", "Asia/Kolkata", timedelta(hours=3)
    )
    assert rules.judge(replace(case, away_until=MONDAY))[0] is Verdict.ASK
    assert rules.judge(replace(case, away_until=date(2026, 11, 17)))[0] is Verdict.PASS


@pytest.mark.parametrize(
    ("days", "last", "day", "left_out"),
    [
        (DAYS, None, 16, False),
        (DAYS, 15, 16, True),
        (DAYS, 14, 16, False),
        (("mon",), 9, 16, True),
        (("mon",), 2, 16, False),
        (("mon", "fri"), 13, 16, True),
        (("mon", "fri"), 9, 16, False),
    ],
)
def test_half_the_pace_leaves_out_a_day_when_the_time_before_was_asked(
    days: tuple[str, ...], last: int | None, day: int, left_out: bool
) -> None:
    asked = date(2026, 11, last) if last else None
    plan = RhythmPlan(days=days)
    assert rules.rests(plan, date(2026, 11, day), asked, Own()) is left_out


@pytest.mark.parametrize("every", [1, 2, 3])
def test_half_the_pace_is_half_for_every_rhythm(every: int) -> None:
    plan = RhythmPlan(days=("mon",), every=every)
    asked: list[date] = []
    days = [MONDAY + timedelta(weeks=n) for n in range(24)]
    falling = [day for day in days if plan.falls_on(day)]
    for day in falling:
        if not rules.rests(plan, day, asked[-1] if asked else None, Own()):
            asked.append(day)
    assert asked == falling[::2]


@pytest.mark.parametrize(
    ("zone", "at", "where"),
    [
        ("person", None, "Asia/Kolkata"),
        ("America/New_York", None, "America/New_York"),
        ("America/New_York", time(9), "Asia/Kolkata"),
    ],
)
def test_an_hour_of_ones_own_is_on_ones_own_clock(zone: str, at: time | None, where: str) -> None:
    assert rules.zone_for(RhythmPlan(zone=zone), "Asia/Kolkata", Own(at)) == where


@pytest.mark.parametrize(
    ("asked", "quiet", "expected"),
    [
        (at(9), (None, None), at(12)),
        (at(20, 59), (None, None), at(23, 59)),
        (at(21), (None, None), None),
        (at(19, 30), (time(22), time(7)), None),
    ],
)
def test_a_reminder_comes_three_hours_later_on_the_same_day_and_not_in_quiet_hours(
    asked: datetime, quiet: tuple[time | None, time | None], expected: datetime | None
) -> None:
    assert rules.nudge_at(asked, MONDAY, "UTC", "UTC", *quiet) == expected


KINDS = {
    "text": Question("q", "?"),
    "choice": Question("q", "?", kind="choice", options=("Good", "So so")),
    "scale": Question("q", "?", kind="scale"),
    "number": Question("q", "?", kind="number"),
    "link": Question("q", "?", kind="link"),
}
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("text", "  the mast\r\nand the sail ", "the mast\nand the sail"),
        ("text", FAMILY, FAMILY),
        ("text", "תרגיל \u202eעברית", "תרגיל \u202eעברית"),
        ("text", "x" * 10_000, "x" * 10_000),
        ("text", "\u200b\u200d\ufeff \u2060", ""),
        ("text", " \n ", ""),
        ("choice", "so SO", "So so"),
        ("scale", "3", "3"),
        ("scale", "", ""),
        ("number", "-1,5", "-1,5"),
        ("number", "2026", "2026"),
        ("link", "https://example.org/a?b=c", "https://example.org/a?b=c"),
    ],
)
def test_an_answer_of_its_kind_is_kept(kind: str, written: str, kept: str) -> None:
    assert rules.check_answer(KINDS[kind], written) == kept


@pytest.mark.parametrize(
    ("kind", "written", "sentence"),
    [
        ("text", "x" * 10_001, "That is 10,001 characters, and an answer holds 10,000."),
        ("text", "\u200b" * 1_000_000, "That is 1,000,000 characters"),
        ("choice", "Bad", "“Bad” is not one of: Good, So so."),
        ("scale", "6", "“6” is not one of: 1, 2, 3, 4, 5."),
        ("number", "nan", "“nan” is not a number."),
        ("number", "1_000", "“1_000” is not a number."),
        ("number", "a lot", "“a lot” is not a number."),
        ("link", "ftp://example.org", "is not a link. It begins with https://"),
        ("link", "http://[", "is not a link."),
        ("link", "https://a.example\nb", "is not a link."),
    ],
)
def test_an_answer_of_another_kind_is_refused_beside_its_field(
    kind: str, written: str, sentence: str
) -> None:
    with pytest.raises(Refusal) as no:
        rules.check_answer(KINDS[kind], written)
    assert sentence in no.value.sentence
    assert no.value.field == "answer.q"
    assert len(no.value.sentence) < 200


@pytest.mark.parametrize(
    ("written", "minutes"), [("30m", 30), ("2h", 120), ("1h30m", 90), ("90", 90), ("30 min", 30)]
)
def test_a_length_of_time_is_read(written: str, minutes: int) -> None:
    assert rules.read_length(written) == timedelta(minutes=minutes)


@pytest.mark.parametrize("written", ["0m", "25h", "soon", "-5m", "h", "9999h"])
def test_what_is_no_length_of_time_is_refused(written: str) -> None:
    with pytest.raises(Refusal, match="Write it like 30m or 2h"):
        rules.read_length(written)


@pytest.mark.parametrize(
    "read", [lambda: rules.read_nudges("3"), lambda: rules.read_nudges("x"),
             lambda: rules.read_days("mon\nfunday"), lambda: rules.read_pace("often")]
)  # fmt: skip
def test_a_choice_that_was_not_offered_is_refused(read: object) -> None:
    with pytest.raises(Refusal, match="is not"):
        read()  # type: ignore[operator]


@pytest.mark.parametrize("pattern", ["", "0", "32", "fifth mon", "last funday", "mon"])
def test_what_is_no_day_of_a_month_is_refused(pattern: str) -> None:
    with pytest.raises(Refusal, match="is no day of a month"):
        rules.check_monthly(pattern)
