"""When somebody is asked and what, and which answers can be kept."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from itertools import count, islice, takewhile
from urllib.parse import urlsplit

from bot.engine import clock
from bot.grains.rules import is_visible
from bot.people import rules as people
from bot.refusal import Refusal

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKDAYS = DAYS[:5]
KINDS = ("text", "choice", "scale", "number", "link")
ROLES = ("plan", "learned", "stuck", "")
MOST_QUESTIONS = 5
SCALE = ("1", "2", "3", "4", "5")
IGNORED = 5
"""After so many prompts in a row without a sign, the bot halves its pace."""
NUDGE_AFTER = timedelta(hours=3)
NUDGES = ("0", "1", "2")
PACES = ("go", "half", "stop")
SNOOZE = timedelta(hours=1)
LATE_AFTER = timedelta(minutes=2)
"""A prompt this much after its time says that it is late."""
MOST_CHARACTERS = 10_000
"""What one answer holds."""
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
MONDAY = date(2024, 1, 1)
"""Weeks are counted from here, so that “every two weeks” means the same weeks on every machine."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a rhythm."""

    key: str
    ask: str
    kind: str = "text"
    role: str = ""
    optional: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RhythmPlan:
    """When and what a team channel asks."""

    days: tuple[str, ...] = WORKDAYS
    at: time = time(9, 0)
    zone: str = "person"
    """An IANA name, or `person`: each one's own."""
    every: int = 1
    """Only every so many weeks."""
    monthly: str = ""
    """Instead of `days`: a day of the month such as ``15``, or ``first mon`` to ``last fri``."""
    deliver: str = "dm"
    """`dm`, or `channel`: the day's parent message asks."""
    entries: str = "thread"
    """`thread` under the day's parent, or `private`."""
    nudges: int = 1
    catch_up: timedelta = timedelta(hours=3)
    tags: tuple[str, ...] = ()
    """What the prompt bank chooses from; empty for all."""
    focus: str = ""
    stage: str = ""
    questions: tuple[Question, ...] = ()
    """The team's own; empty for the prompt bank."""

    def falls_on(self, day: date, *, own_days: Sequence[str] = ()) -> bool:
        """Whether this rhythm asks on a day; somebody's own days take the place of the week's."""
        if self.monthly:
            return day == _monthly(self.monthly, day)
        week = (day - MONDAY).days // 7
        return week % self.every == 0 and DAYS[day.weekday()] in (own_days or self.days)


def _monthly(pattern: str, day: date) -> date | None:
    """The day that a monthly pattern means in the month of `day`; the 31st is the last day of a short month."""
    last = calendar.monthrange(day.year, day.month)[1]
    if pattern.isdigit():
        return day.replace(day=min(int(pattern), last))
    word, _, name = pattern.partition(" ")
    matching = [n for n in range(1, last + 1) if day.replace(day=n).weekday() == DAYS.index(name)]
    nth = ORDINALS[word]
    return day.replace(day=matching[nth - 1 if nth > 0 else nth])


def check_monthly(pattern: str) -> None:
    """Refuse what is neither a day of the month nor an ordinal and a weekday."""
    if pattern.isdigit() and 1 <= int(pattern) <= 31:
        return
    word, _, name = pattern.partition(" ")
    if word not in ORDINALS or name not in DAYS:
        raise Refusal(
            f"“{pattern[:40]}” is no day of a month. Write 15, or first mon, or last fri.",
            field="monthly",
        )


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody changed for themselves; None and empty mean: as the team has it."""

    at: time | None = None
    days: tuple[str, ...] = ()
    nudges: int | None = None


def zone_for(plan: RhythmPlan, zone: str, own: Own) -> str:
    """The zone whose days and hours a rhythm follows for somebody who lives in `zone`.

    An hour of one's own is on one's own clock, even where the rhythm has a zone.
    """
    return zone if plan.zone == "person" or own.at else plan.zone


def slots(
    plan: RhythmPlan,
    zone: str,
    after: datetime,
    own: Own | None = None,
    *,
    from_day: date | None = None,
) -> Iterator[tuple[date, datetime]]:
    """The local days on which somebody is asked and the instants of it, all later than `after`.

    `zone` is the person's; `from_day` is the earliest local day that may come. Clock changes neither skip a day nor
    double it, because days are counted on the calendar and only then turned into instants.
    """
    own = own or Own()
    where = zone_for(plan, zone, own)
    first = clock.local_day(after, where)
    first = max(first, from_day) if from_day else first
    for ahead in count():
        day = first + timedelta(days=ahead)
        if plan.falls_on(day, own_days=own.days):
            at = clock.instant(day, own.at or plan.at, where)
            if at > after:
                yield day, at
        if ahead > 3700:
            return


def slots_until(
    plan: RhythmPlan, zone: str, after: datetime, until: datetime
) -> list[tuple[date, datetime]]:
    """The slots later than `after` and no later than `until`."""
    return list(takewhile(lambda slot: slot[1] <= until, slots(plan, zone, after)))


def next_slots(plan: RhythmPlan, zone: str, after: datetime, most: int = 5) -> tuple[datetime, ...]:
    """The next instants at which somebody in this zone is asked."""
    return tuple(at for _, at in islice(slots(plan, zone, after), most))


def rests(plan: RhythmPlan, day: date, last_asked: date | None, own: Own) -> bool:
    """Whether half the pace leaves a day out: the time before it was asked."""
    if last_asked is None:
        return False
    between = (last_asked + timedelta(days=n) for n in range(1, (day - last_asked).days))
    return not any(plan.falls_on(one, own_days=own.days) for one in between)


class Verdict(Enum):
    """What to do with a slot that is due."""

    ASK = "ask"
    WAIT = "wait"
    """Quiet hours: ask when they end."""
    PASS = "pass"
    """Not this time: away, a holiday, written already, resting, quiet until another day."""
    DROP = "drop"
    """Later than the catch-up window, or on another day."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides about one due slot."""

    now: datetime
    due_at: datetime
    """The time it was meant for, or the end of the quiet hours that it waited for."""
    day: date
    where: str
    """The zone that `day` is a day of."""
    zone: str
    """The person's own."""
    catch_up: timedelta
    present: bool = True
    stopped: bool = False
    away_until: date | None = None
    country: str = ""
    quiet_from: time | None = None
    quiet_to: time | None = None
    wrote_today: bool = False
    resting: bool = False


def judge(case: Situation) -> tuple[Verdict, datetime]:
    """What to do with a due slot, and for `WAIT` until when."""
    if not case.present or case.stopped or case.wrote_today or case.resting:
        return Verdict.PASS, case.now
    if is_free(case.due_at, case.zone, case.away_until, case.country):
        return Verdict.PASS, case.now
    if case.now - case.due_at > case.catch_up or not _on(case, case.now):
        return Verdict.DROP, case.now
    at = clock.after_quiet(case.now, case.zone, case.quiet_from, case.quiet_to)
    if at == case.now:
        return Verdict.ASK, at
    if _on(case, at):
        return Verdict.WAIT, at
    meant = clock.after_quiet(case.due_at, case.zone, case.quiet_from, case.quiet_to)
    return (Verdict.DROP if meant == case.due_at else Verdict.PASS), at


def _on(case: Situation, moment: datetime) -> bool:
    return clock.local_day(moment, case.where) == case.day


def is_free(at: datetime, zone: str, away_until: date | None, country: str) -> bool:
    """Whether somebody is away at that instant, or has a public holiday."""
    here = clock.local_day(at, zone)
    return people.is_away(here, away_until) or people.is_holiday(here, country)


def nudge_at(
    asked_at: datetime,
    day: date,
    where: str,
    zone: str,
    quiet_from: time | None,
    quiet_to: time | None,
) -> datetime | None:
    """When to ask once more, or None when that would be on another day or in the quiet hours."""
    at = asked_at + NUDGE_AFTER
    if clock.local_day(at, where) != day or clock.after_quiet(at, zone, quiet_from, quiet_to) != at:
        return None
    return at


def read_length(written: str, *, field: str = "") -> timedelta:
    """A length of time written as 30m, 2h, 1h30m or 90; refuses another, and more than a day."""
    found = re.fullmatch(
        r"(?:(\d{1,4})\s*h(?:ours?)?)?\s*(?:(\d{1,4})\s*(?:m(?:in(?:utes?)?)?)?)?",
        written.strip().casefold(),
    )
    if found and (found[1] or found[2]):
        length = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
        if timedelta(0) < length <= timedelta(days=1):
            return length
    raise Refusal(
        f"“{written.strip()[:40]}” is no time to wait. Write it like 30m or 2h, at most a day.",
        field=field,
    )


def read_nudges(written: str) -> int:
    """How many reminders somebody wants; refuses what is not 0, 1 or 2."""
    if written not in NUDGES:
        raise Refusal(f"“{written[:40]}” is not one of the choices: none, one or two reminders.")
    return int(written)


def read_days(written: str) -> tuple[str, ...]:
    """The days of the week somebody chose, one per line; refuses what is none."""
    days = tuple(dict.fromkeys(written.split()))
    if wrong := [day for day in days if day not in DAYS]:
        raise Refusal(f"“{wrong[0][:40]}” is not a day of the week.")
    return days


def read_pace(written: str) -> str:
    """Whether somebody wants to be asked: `go`, `half` as often, or `stop`."""
    if written not in PACES:
        raise Refusal(f"“{written[:40]}” is not one of the choices: ask me, half as often, never.")
    return written


def check_length(words: str, *, field: str = "") -> str:
    """The words themselves; refuses more than one answer holds."""
    if len(words) > MOST_CHARACTERS:
        raise Refusal(
            f"That is {len(words):,} characters, and an answer holds {MOST_CHARACTERS:,}. "
            "Put the long part where the work is, and its link here.",
            field=field,
        )
    return words


def seen(written: str, *, field: str = "") -> str:
    """What somebody typed without space around it; empty when there is nothing to see, refused when too long."""
    words = written.replace("\r\n", "\n").strip()
    check_length(words, field=field)
    return words if is_visible(words) else ""


def check_answer(question: Question, written: str) -> str:
    """The answer as it is kept; raises `Refusal` beside the question's field when it is not of its kind."""
    field = f"answer.{question.key}"
    words = seen(written, field=field)
    if not words:
        return ""
    if question.kind == "number" and not re.fullmatch(r"[-+−]?\d{1,15}([.,]\d{1,15})?", words):
        raise Refusal(f"“{words[:40]}” is not a number.", field=field)
    if question.kind == "link" and not _is_link(words):
        raise Refusal(f"“{words[:60]}” is not a link. It begins with https://", field=field)
    choices = SCALE if question.kind == "scale" else question.options
    if question.kind in ("scale", "choice"):
        by_case = {one.casefold(): one for one in choices}
        if words.casefold() not in by_case:
            raise Refusal(f"“{words[:40]}” is not one of: {', '.join(choices)}.", field=field)
        words = by_case[words.casefold()]
    return words


def _is_link(words: str) -> bool:
    try:
        address = urlsplit(words)
    except ValueError:
        return False
    return (
        address.scheme in ("http", "https")
        and bool(address.hostname)
        and not any(sign.isspace() for sign in words)
    )


def check_answers(
    questions: Sequence[Question], values: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The answers by question key, and a sentence by field for each that cannot be kept."""
    kept: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for question in questions:
        try:
            words = check_answer(question, values.get(f"answer.{question.key}", ""))
        except Refusal as no:
            wrong[no.field] = no.sentence
            continue
        if words:
            kept[question.key] = words
    return kept, wrong
