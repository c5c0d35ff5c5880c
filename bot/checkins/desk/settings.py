"""What somebody chooses for themselves: hour, days, zone, reminders, quiet hours, time away, or never."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import TypeVar

from bot.chat import Ask, Card, Done, Press, Reply, Show, Submit, Wrong
from bot.checkins import rules, words
from bot.checkins.desk import deeds, entries, habits, schedule
from bot.checkins.tables import Habit
from bot.engine import clock
from bot.people import desk as people
from bot.people import rules as absence
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

T = TypeVar("T")


async def go_away(work: Work, person: Person, written: str) -> Reply:
    """`/checkin away until DATE`: nothing is asked up to and including that day."""
    today = people.today(work, person)
    day = written.strip()
    if day.casefold().startswith("until"):
        day = day[5:].strip()
    if not day:
        raise Refusal(f"Until when? Write it like /checkin away until {today.isoformat()}.")
    until = absence.read_day(day, today)
    await _note_away(work, person)
    await people.go_away(work, person, until)
    return Show(words.away(person.away_until or today))


async def come_back(work: Work, person: Person) -> Reply:
    """`/checkin back`: the time away is over."""
    was_away = _away(work, person) is not None
    if person.away_until:
        await _note_away(work, person)
    await people.come_back(work, person)
    habit = await habits.habit_of(work, person)
    return Show(words.back(was_away=was_away, stopped=habit.stopped))


async def _note_away(work: Work, person: Person) -> None:
    before = person.away_until.isoformat() if person.away_until else ""
    await deeds.note(work, person, "away", {"until": before})


async def on_settings(work: Work, act: Press) -> Reply:
    """*My settings*."""
    return await form(work, await people.caller(work, act.by))


async def form(work: Work, person: Person) -> Reply:
    """The form of everything that somebody may choose for themselves."""
    habit = await habits.habit_of(work, person)
    return Ask(
        words.settings_form(
            at=habit.at,
            days=habit.days,
            zone=person.zone,
            zones=clock.zones(),
            nudges=habit.nudges,
            quiet_from=person.quiet_from,
            quiet_to=person.quiet_to,
            away_until=_away(work, person),
            country=person.country,
            pace="stop" if habit.stopped else "half" if habit.halved else "go",
        )
    )


def _away(work: Work, person: Person) -> date | None:
    """The last day of a time away that is not over; one that is over waits for its welcome back."""
    here = people.today(work, person)
    return person.away_until if absence.is_away(here, person.away_until) else None


@dataclass(frozen=True, slots=True)
class Choices:
    """The settings form, read."""

    at: time | None
    days: tuple[str, ...]
    zone: str
    nudges: int | None
    quiet_from: time | None
    quiet_to: time | None
    away_until: date | None
    country: str
    pace: str


def read(values: Mapping[str, str], today: date) -> tuple[Choices, dict[str, str]]:
    """The choices, and a sentence by field for each that cannot be kept."""
    wrong: dict[str, str] = {}

    def one(key: str, how: Callable[[str], T]) -> T | None:
        written = values.get(key, "").strip()
        try:
            return how(written) if written else None
        except Refusal as no:
            wrong[key] = no.sentence
            return None

    def away(written: str) -> date:
        day = absence.read_day(written, today)
        absence.check_away(day, today)
        return day

    choices = Choices(
        at=one("at", absence.read_time),
        days=one("days", rules.read_days) or (),
        zone=one("zone", absence.read_zone) or "",
        nudges=one("nudges", rules.read_nudges),
        quiet_from=one("quiet_from", absence.read_time),
        quiet_to=one("quiet_to", absence.read_time),
        away_until=one("away_until", away),
        country=one("country", absence.read_country) or "",
        pace=one("prompts", rules.read_pace) or "go",
    )
    start, end = choices.quiet_from, choices.quiet_to
    if (start is None) != (end is None) and not {"quiet_from", "quiet_to"} & wrong.keys():
        wrong["quiet_to" if end is None else "quiet_from"] = (
            "Quiet hours need both a beginning and an end."
        )
    if start and start == end:
        wrong["quiet_to"] = (
            f"From {start:%H:%M} to {start:%H:%M} is no time at all. Leave both empty for none."
        )
    elif choices.at and start and end and clock.inside(choices.at, start, end):
        wrong["at"] = f"{choices.at:%H:%M} lies in your quiet hours, so I could never ask."
    return choices, wrong


async def on_settings_form(work: Work, act: Submit) -> Reply:
    """Keep all of the form, or nothing of it and a sentence beside each field that is wrong."""
    person = await people.caller(work, act.by)
    if not act.final:
        return Done()
    choices, wrong = read(act.values, people.today(work, person))
    if wrong:
        return Wrong(wrong)
    habit = await habits.habit_of(work, person)
    habit.at, habit.days, habit.nudges = choices.at, list(choices.days), choices.nudges
    habit.stopped = choices.pace == "stop"
    if choices.pace != "half" and habit.halved:
        _full_pace(habit)
    elif choices.pace == "half":
        habit.halved = True
    await entries.heard_from(work, person)
    moved = bool(choices.zone) and choices.zone != person.zone
    if moved or (choices.zone and person.zone_guessed):
        await people.choose_zone(work, person, choices.zone)
    person.quiet_from, person.quiet_to = choices.quiet_from, choices.quiet_to
    if choices.away_until != _away(work, person):
        await _note_away(work, person)
        person.away_until, person.welcome_back = choices.away_until, False
    person.country = choices.country
    await work.session.flush()
    for one in (person, *await people.follow(work, person)):
        await schedule.look_again(work, one)
        await schedule.seat_person(work, one, moved=moved)
    return Show(await kept(work, person, stopped=habit.stopped))


async def kept(work: Work, person: Person, *, stopped: bool) -> Card:
    """What follows from somebody's settings: when they are asked next."""
    coming = [
        (
            channel.name,
            max(clock.local(at, person.zone), clock.local(work.now, person.zone)) if at else None,
        )
        for channel, at in await schedule.upcoming(work, person)
    ]
    return words.settings_kept(
        coming,
        stopped=stopped,
        away_until=_away(work, person),
        quiet=person.quiet_from is not None,
    )


def _full_pace(habit: Habit) -> None:
    habit.halved, habit.ignored, habit.waiting = False, 0, False


async def on_pace(work: Work, act: Press) -> Reply:
    """*Ask as before*: the full pace again."""
    _full_pace(await habits.habit_of(work, await people.caller(work, act.by)))
    return Show(words.sentence("I ask as before from now on."))
