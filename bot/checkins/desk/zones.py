"""Where people are, on platforms that do not tell: asked once, guessed until they say so."""

from __future__ import annotations

from collections import Counter
from datetime import time
from typing import Final

from sqlalchemy import select

from bot.channels import desk as channels
from bot.chat import Ask, Card, Done, Press, Reply, Show, Submit
from bot.checkins import words
from bot.checkins.desk import habits, schedule, settings
from bot.checkins.tables import Slot
from bot.engine import clock, outbox
from bot.people import desk as people
from bot.people import rules as absence
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

BATCH: Final = 50
DAYTIME: Final = (time(8), time(20))
"""When somebody may be asked, by the clock that is guessed to be theirs."""
SUB_WORD: Final = "zone"


def welcome_key(person: Person) -> str:
    """The subject of the first words to somebody."""
    return f"checkins.welcome:{person.id}"


async def welcome(work: Work, person: Person) -> None:
    """Say the first words to somebody, once; where nobody told their zone, they ask for it."""
    teams = [one.name for one in await channels.of_person(work, person, "team")]
    zone = person.zone if person.zone_guessed else ""
    card = words.welcome(person.name, teams, zone=zone)
    person.zone_asked = True
    place = await people.direct(work, person)
    await outbox.show_new(work, [outbox.Post(place, card, welcome_key(person))])


async def ask(work: Work) -> int:
    """Welcome people of teams whose zone nobody told, in the daytime of the zone that is guessed."""
    seated = select(Slot.person_id).where(
        Slot.workspace_id == Person.workspace_id, Slot.person_id == Person.id
    )
    # Whom a set-up named the platform may not have been asked about yet.
    unasked = (Person.zone_guessed, ~Person.zone_asked, Person.profile_at >= Person.met_at)
    zones = await work.session.scalars(select(Person.zone).where(*unasked).distinct())
    awake = [one for one in zones if clock.inside(clock.local(work.now, one).time(), *DAYTIME)]
    if not awake:
        return 0
    found = list(
        await work.session.scalars(
            select(Person)
            .where(*unasked, Person.zone.in_(awake), Person.present, seated.exists())
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    for person in found:
        await welcome(work, person)
    await work.session.flush()
    return len(found)


async def form(work: Work, person: Person) -> Reply:
    """The one question where somebody is."""
    return Ask(words.zone_form(person.zone, await _offered(work, person)))


async def on_zone(work: Work, act: Press) -> Reply:
    """*Set my time zone*."""
    return await form(work, await people.caller(work, act.by))


async def on_zone_form(work: Work, act: Submit) -> Reply:
    """Somebody says where they are."""
    person = await people.caller(work, act.by)
    if not act.final:
        return Done()
    written = act.values.get("zone", "").strip()
    if not written:
        raise Refusal("Write where you are, such as Europe/Lisbon.", field="zone")
    return Show(await choose(work, person, absence.read_zone(written)))


async def choose(work: Work, person: Person, zone: str) -> Card:
    """Keep the zone somebody chose for all their accounts, and say when they are asked from now on."""
    moved = zone != person.zone
    await people.choose_zone(work, person, zone)
    await work.session.flush()
    for one in (person, *await people.linked(work, person)):
        await schedule.look_again(work, one)
        await schedule.seat_person(work, one, moved=moved)
    habit = await habits.habit_of(work, person)
    return await settings.kept(work, person, stopped=habit.stopped)


async def by_command(work: Work, person: Person, written: str) -> Reply:
    """`/checkin zone NAME`."""
    return Show(await choose(work, person, absence.read_zone(written, field="")))


async def complete(work: Work, person: Person, typed: str) -> tuple[str, ...]:
    """Zones in which what was typed occurs, those that others here live in first."""
    part = typed.casefold().removeprefix(SUB_WORD).strip().replace(" ", "_")
    found = [one for one in await _offered(work, person) if part in one.casefold()]
    return tuple(f"{SUB_WORD} {one}" for one in found)


async def _offered(work: Work, person: Person) -> list[str]:
    here = Counter(
        await work.session.scalars(
            select(Person.zone)
            .where(Person.workspace_id == person.workspace_id, ~Person.zone_guessed)
            .limit(5000)
        )
    )
    lived_in = [one for one, _ in here.most_common()]
    return [*lived_in, *(one for one in clock.zones() if one not in here)]
