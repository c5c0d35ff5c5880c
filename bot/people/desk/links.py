"""Accounts of one human: who said that they are theirs, and what holds for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache

from sqlalchemy import Select, delete, select

from bot.people import rules
from bot.people.rules import Hours
from bot.people.tables import Link, Person
from bot.store.base import among, dialect_of, new_id
from bot.store.given import Given
from bot.store.session import Work

PersonKey = tuple[str, int]

_MINE = Given.of(Link, "workspace_id", "person_id")


@cache
def _mine(dialect: str) -> Select[str, int, int]:
    found = select(Link.workspace_id, Link.person_id, Link.human_id)
    return found.where(_MINE.match(dialect))


async def linked_to(
    work: Work, keys: Collection[PersonKey]
) -> Mapping[PersonKey, tuple[PersonKey, ...]]:
    """The other accounts of these people, for those who linked any."""
    if not keys:
        return {}
    mine = await work.session.execute(
        _mine(dialect_of(work.session)), _MINE.these(work.session, {*keys})
    )
    humans = {(workspace_id, person_id): human for workspace_id, person_id, human in mine}
    if not humans:
        return {}
    every = await work.session.execute(
        select(Link.human_id, Link.workspace_id, Link.person_id)
        .where(Link.human_id.in_(set(humans.values())))
        .order_by(Link.workspace_id, Link.person_id)
    )
    accounts: defaultdict[int, list[PersonKey]] = defaultdict(list)
    for human, workspace_id, person_id in every:
        accounts[human].append((workspace_id, person_id))
    return {
        key: tuple(one for one in accounts[human] if one != key) for key, human in humans.items()
    }


async def linked(work: Work, person: Person) -> list[Person]:
    """The other accounts of a human, by workspace."""
    keys = (await linked_to(work, [(person.workspace_id, person.id)])).values()
    return [await work.session.get_one(Person, key) for others in keys for key in others]


async def why_not(work: Work, here: Person, there: Person) -> str:
    """Why two accounts cannot be linked; empty when they can."""
    if (here.workspace_id, here.id) == (there.workspace_id, there.id):
        return "This code is from this very account. Type it where your other account is."
    ours, theirs = await linked(work, here), await linked(work, there)
    if any((one.workspace_id, one.id) == (there.workspace_id, there.id) for one in ours):
        return "These two accounts are linked already."
    taken = {one.workspace_id for one in (here, *ours)}
    if taken & {one.workspace_id for one in (there, *theirs)}:
        return (
            "You would have two accounts in one workspace then, and I would not know which one you mean. "
            "Unlink the other one first, with /outloud link there."
        )
    return ""


async def link(work: Work, here: Person, there: Person) -> list[Person]:
    """Make two accounts those of one human, with all that each was linked with, and return them all."""
    everybody = [here, *await linked(work, here), there, *await linked(work, there)]
    hours = rules.shared(hours_of(here), hours_of(there))
    human = new_id()
    for one in sorted(everybody, key=lambda one: (one.workspace_id, one.id)):
        row = await work.session.get(Link, (one.workspace_id, one.id), with_for_update=True)
        if row is None:
            row = Link(workspace_id=one.workspace_id, person_id=one.id, at=work.now)
            work.session.add(row)
        row.human_id = human
        settle(one, hours)
    await work.session.flush()
    return everybody


async def unlink(work: Work, person: Person) -> None:
    """Take an account out of those of its human; what holds for its time stays as it is, for itself alone."""
    row = await work.session.get(Link, (person.workspace_id, person.id), with_for_update=True)
    if row is None:
        return
    left = await linked(work, person)
    alone = [(one.workspace_id, one.id) for one in left] if len(left) == 1 else []
    gone = [(person.workspace_id, person.id), *alone]
    await work.session.execute(delete(Link).where(among(Link.workspace_id, Link.person_id, gone)))
    await work.session.flush()


async def follow(work: Work, person: Person) -> list[Person]:
    """Let what somebody told or chose about their time hold for their other accounts, and return those."""
    others = await linked(work, person)
    for one in others:
        settle(one, hours_of(person))
    await work.session.flush()
    return others


def hours_of(person: Person) -> Hours:
    """What somebody told or chose about their time."""
    return Hours(
        zone=person.zone,
        chosen=person.zone_chosen,
        guessed=person.zone_guessed,
        country=person.country,
        quiet_from=person.quiet_from,
        quiet_to=person.quiet_to,
        away_until=person.away_until,
    )


def settle(person: Person, hours: Hours) -> None:
    """Give an account these hours; its times are worked out again where the zone is another one."""
    person.moved = person.moved or person.zone != hours.zone
    person.zone, person.zone_chosen = hours.zone, hours.chosen
    person.zone_guessed = hours.guessed
    person.country = hours.country
    person.quiet_from, person.quiet_to = hours.quiet_from, hours.quiet_to
    if person.away_until != hours.away_until:
        person.away_until, person.welcome_back = hours.away_until, False
