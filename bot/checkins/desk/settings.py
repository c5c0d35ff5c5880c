"""What somebody chooses for themselves: hour, days, zone, reminders, quiet hours, time away, or never."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import TypeVar

from bot.chat import Ask, Done, Press, Reply, Show, Submit, Wrong
from bot.checkins import rules, words
from bot.checkins.desk import deeds, schedule
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
    before = person.away_until.isoformat() if person.away_until else ""
    people.go_away(work, person, absence.read_day(day, today))
    await deeds.note(work, person, "away", {"until": before})
    return Show(words.away(person.away_until or today))


async def come_back(work: Work, person: Person) -> Reply:
    """`/checkin back`: the time away is over."""
    before = person.away_until.isoformat() if person.away_until else ""
    await deeds.note(work, person, "away", {"until": before})
    people.come_back(person)
    return Show(words.back(was_away=bool(before)))


async def on_settings(work: Work, act: Press) -> Reply:
    """*My settings*."""
    return await form(work, await people.caller(work, act.by))


async def form(work: Work, person: Person) -> Reply:
    """The form of everything that somebody may choose for themselves."""
    habit = await schedule.habit_of(work, person)
    return Ask(
        words.settings_form(
            at=habit.at,
            days=habit.days,
            zone=person.zone,
            zones=clock.zones(),
            nudges=habit.nudges,
            quiet_from=person.quiet_from,
            quiet_to=person.quiet_to,
            away_until=person.away_until,
            country=person.country,
            stopped=habit.stopped,
        )
    )


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
    stopped: bool


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
        days=tuple(day for day in values.get("days", "").split("\n") if day in rules.DAYS),
        zone=one("zone", clock.read_zone) or "",
        nudges=one("nudges", int),
        quiet_from=one("quiet_from", absence.read_time),
        quiet_to=one("quiet_to", absence.read_time),
        away_until=one("away_until", away),
        country=one("country", absence.read_country) or "",
        stopped=values.get("prompts") == "stop",
    )
    start, end = choices.quiet_from, choices.quiet_to
    if (start is None) != (end is None) and not {"quiet_from", "quiet_to"} & wrong.keys():
        wrong["quiet_to" if end is None else "quiet_from"] = (
            "Quiet hours need both a beginning and an end."
        )
    if choices.at and start and end and clock.inside(choices.at, start, end):
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
    habit = await schedule.habit_of(work, person)
    habit.at, habit.days, habit.nudges = choices.at, list(choices.days), choices.nudges
    habit.stopped = choices.stopped
    if choices.zone and choices.zone != person.zone:
        people.choose_zone(person, choices.zone)
    person.quiet_from, person.quiet_to = choices.quiet_from, choices.quiet_to
    person.away_until, person.country = choices.away_until, choices.country
    await work.session.flush()
    await schedule.seat_person(work, person)
    return Show(words.settings_kept(await _facts(work, person, stopped=choices.stopped)))


async def _facts(work: Work, person: Person, *, stopped: bool) -> list[tuple[str, str]]:
    """What follows from somebody's settings: when they are asked next."""
    if stopped:
        return [("Prompts", "never; /checkin works at any time")]
    found = []
    for channel, at in await schedule.upcoming(work, person):
        here = clock.local(at, person.zone)
        found.append((f"#{channel.name}", f"next on {words.long_day(here.date())} at {here:%H:%M}"))
    if person.away_until:
        found.append(("Away until", words.long_day(person.away_until)))
    return found


async def on_pace(work: Work, act: Press) -> Reply:
    """*Ask as before*: the full pace again."""
    habit = await schedule.habit_of(work, await people.caller(work, act.by))
    habit.halved, habit.rested, habit.ignored, habit.waiting = False, False, 0, False
    return Show(words.sentence("I ask as before from now on."))
