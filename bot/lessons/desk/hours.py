"""When people may be written to."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.checkins import desk as checkins
from bot.engine import clock
from bot.people import desk as people
from bot.people import rules as absence
from bot.people.desk import Person
from bot.store.session import Work

FROM, TO = time(8), time(20)
"""The hours in which somebody is asked something they did not begin."""


def good_time(work: Work, person: Person) -> datetime:
    """When somebody may be written to: now, or after their quiet hours, or once they are back."""
    today = people.today(work, person)
    moment = work.now
    if person.away_until is not None and absence.is_away(today, person.away_until):
        moment = clock.instant(person.away_until + timedelta(days=1), time(9), person.zone)
    return clock.after_quiet(moment, person.zone, person.quiet_from, person.quiet_to)


def day_time(work: Work, person: Person) -> datetime:
    """When somebody may be asked what they did not begin: now, or at the next good time in their day."""
    moment = good_time(work, person)
    here = clock.local(moment, person.zone)
    if FROM <= here.time() < TO:
        return moment
    day = here.date() if here.time() < FROM else here.date() + timedelta(days=1)
    morning = clock.instant(day, FROM, person.zone)
    return clock.after_quiet(morning, person.zone, person.quiet_from, person.quiet_to)


async def wants_none(work: Work, person: Person) -> bool:
    """Whether somebody left, or wants to be asked nothing."""
    return not person.present or await checkins.has_stopped(work, person)
