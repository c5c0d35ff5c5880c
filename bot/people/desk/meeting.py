"""Meeting people, and looking them up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import JSON, Select, func, select, type_coerce, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from bot.chat import AccountId, Busy, Chat, Joined, Left, Place, Profile, Refused, Unsure
from bot.engine import clock
from bot.people import rules
from bot.people.desk import links
from bot.people.desk.workspaces import open_workspace
from bot.people.tables import Account, Person, Workspace
from bot.refusal import Refusal
from bot.store.base import dialect_of, new_id
from bot.store.given import Given
from bot.store.session import Store, Work

FRESH = timedelta(hours=6)
"""How long a name and a zone are believed before the platform is asked again."""
PATIENCE = 2.0
"""Seconds to wait for what a platform knows of somebody: people who type a command wait as long."""
LATER = timedelta(minutes=10)
"""When a platform that could not tell is asked again."""

PersonKey = tuple[str, int]
"""Workspace and person."""


async def meet(store: Store, chat: Chat, account: AccountId) -> None:
    """Make sure that an account is known, with a name and a zone no older than six hours.

    Of somebody known what is known will do when the platform cannot tell; of a stranger the trouble is raised.
    """
    async with store.look() as work:
        person = await _of_account(work, account)
    if person is not None and person.present and person.profile_at > store.now() - FRESH:
        return
    try:
        async with asyncio.timeout(PATIENCE):
            profile = await chat.profile(account)
    except (Busy, Refused, Unsure, TimeoutError):
        if person is None:
            raise
        async with store.work() as work:
            await _read_at(work, person, work.now - FRESH + LATER)
        return
    async with store.work() as work:
        if profile is not None and not profile.is_bot:
            await learn(work, account, profile)
        elif person is not None:
            # They left while nobody listened.
            await _read_at(work, person, work.now, present=False)


async def _read_at(work: Work, person: Person, moment: datetime, **also: bool) -> None:
    await work.session.execute(
        update(Person)
        .where(Person.workspace_id == person.workspace_id, Person.id == person.id)
        .values(profile_at=moment, **also)
    )


async def learn(work: Work, account: AccountId, profile: Profile) -> Person:
    """Keep what a platform says of an account, and return the person behind it."""
    workspace = await open_workspace(work, account.workspace_id)
    workspace.name = profile.workspace or workspace.name
    person = await _of_account(work, account)
    if person is None:
        # Two who meet the same stranger at once wait for each other here.
        await work.session.get(Workspace, account.workspace_id, with_for_update=True)
        person = await _of_account(work, account)
    if person is None:
        person = Person(
            workspace_id=account.workspace_id,
            id=new_id(),
            name=profile.name,
            zone=_known_zone(profile.zone) or "UTC",
            zone_told=_known_zone(profile.zone),
            zone_guessed=not _known_zone(profile.zone),
            met_at=work.now,
            profile_at=work.now,
        )
        work.session.add(person)
        await work.session.flush()
        work.session.add(
            Account(workspace_id=account.workspace_id, id=account.id, person_id=person.id)
        )
    person.name = profile.name
    told = _known_zone(profile.zone)
    # Two platforms may differ about one human: only news of where they are counts.
    is_news = bool(told) and told != person.zone_told
    if is_news:
        person.zone_told = told
    person.is_admin = profile.is_admin
    person.present = True
    person.profile_at = work.now
    if is_news and not person.zone_chosen and (told != person.zone or person.zone_guessed):
        await _move(work, person, told)
    await work.session.flush()
    return person


def _known_zone(zone: str | None) -> str:
    return zone if zone and zone in clock.zones() else ""


async def _move(work: Work, person: Person, zone: str) -> None:
    """Somebody is in another zone than was known, on all their accounts."""
    person.moved = person.moved or zone != person.zone
    person.zone, person.zone_guessed = zone, False
    await links.follow(work, person)


async def _of_account(work: Work, account: AccountId) -> Person | None:
    return await work.session.scalar(
        select(Person)
        .join(
            Account,
            (Account.workspace_id == Person.workspace_id) & (Account.person_id == Person.id),
        )
        .where(Account.workspace_id == account.workspace_id, Account.id == account.id)
    )


async def find(work: Work, account: AccountId) -> Person | None:
    """The person behind an account, or None for a stranger."""
    return await _of_account(work, account)


async def caller(work: Work, account: AccountId) -> Person:
    """The person who asks for something; refuses a stranger and somebody who left."""
    person = await _of_account(work, account)
    if person is None or not person.present:
        raise Refusal("I only work for members of this workspace, and I do not know you as one.")
    work.held.add(person)
    return person


async def get(work: Work, workspace_id: str, person_id: int) -> Person:
    """The person with this id; they exist."""
    person = await work.session.get_one(Person, (workspace_id, person_id))
    work.held.add(person)
    return person


async def many(work: Work, keys: Collection[PersonKey]) -> Mapping[PersonKey, Person]:
    """People by workspace and id."""
    found = await work.session.scalars(
        _people(dialect_of(work.session)), _PEOPLE.these(work.session, {*keys})
    )
    return {(person.workspace_id, person.id): person for person in found}


async def direct_places(work: Work, keys: Collection[PersonKey]) -> Mapping[PersonKey, Place]:
    """Where the bot reaches each of these people alone."""
    found = await work.session.execute(
        _accounts(dialect_of(work.session)), _OWNERS.these(work.session, {*keys})
    )
    places: dict[PersonKey, Place] = {}
    for workspace_id, person_id, account in found:
        platform, _, workspace = workspace_id.partition(":")
        direct = AccountId(platform, workspace, account).direct
        places.setdefault((workspace_id, person_id), direct)
    return places


_PEOPLE = Given.of(Person, "workspace_id", "id")
_OWNERS = Given.of(Account, "workspace_id", "person_id")


@cache
def _people(dialect: str) -> Select[Person]:
    return select(Person).where(_PEOPLE.match(dialect))


@cache
def _accounts(dialect: str) -> Select[str, int, str]:
    found = select(Account.workspace_id, Account.person_id, Account.id)
    return found.where(_OWNERS.match(dialect)).order_by(Account.id)


async def direct(work: Work, person: Person) -> Place:
    """Where the bot reaches this person alone."""
    key = (person.workspace_id, person.id)
    return (await direct_places(work, [key]))[key]


async def account_of(work: Work, person: Person) -> AccountId:
    """The person's account, as the platform names it."""
    return (await direct(work, person)).account


async def names(work: Work, workspace_id: str) -> list[str]:
    """What everybody present in a workspace is called: there may be thousands, so that they come in one row."""
    is_postgresql = work.session.get_bind().dialect.name == "postgresql"
    in_order = aggregate_order_by(Person.name, Person.id)
    every = func.json_agg(in_order) if is_postgresql else func.json_group_array(Person.name)
    found = await work.session.scalar(
        select(type_coerce(every, JSON)).where(Person.workspace_id == workspace_id, Person.present)
    )
    return found or []


async def everybody(work: Work, workspace_id: str) -> list[Person]:
    """Everybody present in a workspace, by name."""
    return list(
        await work.session.scalars(
            select(Person)
            .where(Person.workspace_id == workspace_id, Person.present)
            .order_by(Person.name, Person.id)
        )
    )


def today(work: Work, person: Person) -> date:
    """The calendar day it is for this person."""
    return clock.local_day(work.now, person.zone)


async def go_away(work: Work, person: Person, until: date) -> None:
    """Leave somebody alone up to and including a day, on all their accounts."""
    rules.check_away(until, today(work, person))
    person.away_until = until
    person.welcome_back = False
    await links.follow(work, person)


async def choose_zone(work: Work, person: Person, zone: str) -> None:
    """Keep the zone somebody chose, for all their accounts; the platform's no longer counts."""
    person.moved = person.moved or zone != person.zone
    person.zone, person.zone_chosen, person.zone_guessed = zone, True, False
    await links.follow(work, person)


def guess_zones(lost: Collection[Person], told: Collection[str]) -> None:
    """Give people whose zone nobody told the one that is told most often of those around them."""
    count = Counter(told)
    if not count:
        return
    most = min(count, key=lambda zone: (-count[zone], zone))
    for one in lost:
        if one.zone != most:
            one.zone, one.moved = most, True


async def moved(work: Work, most: int) -> list[Person]:
    """People whose zone changed and whose times are not worked out again, each of them once."""
    found = list(
        await work.session.scalars(
            select(Person).where(Person.moved).limit(most).with_for_update(skip_locked=True)
        )
    )
    for person in found:
        person.moved = False
    return found


async def come_back(work: Work, person: Person) -> None:
    """End a time away early, on all accounts."""
    person.away_until = None
    person.welcome_back = False
    await links.follow(work, person)


async def refresh(store: Store, chats: Mapping[str, Chat]) -> None:
    """Read names and zones again, a few at a time, so that somebody who moved is asked at the right hour."""
    for platform, chat in chats.items():
        async with store.look() as work:
            stale = await work.session.execute(
                select(Person.workspace_id, Account.id)
                .join(
                    Account,
                    (Account.workspace_id == Person.workspace_id)
                    & (Account.person_id == Person.id),
                )
                .where(
                    Person.present,
                    Person.profile_at <= work.now - FRESH,
                    Person.workspace_id.startswith(f"{platform}:", autoescape=True),
                )
                .order_by(Person.profile_at)
                .limit(20)
            )
            accounts = [
                AccountId(platform, workspace_id.partition(":")[2], account)
                for workspace_id, account in stale
            ]
        for account in accounts:
            await meet(store, chat, account)


async def on_left(work: Work, event: Left) -> bool:
    """Somebody left the workspace: what they wrote stays theirs, and nothing is asked any more."""
    if event.channel is None and (person := await _of_account(work, event.by)):
        person.present = False
    return False


async def on_joined(work: Work, event: Joined) -> bool:
    """Somebody is in the workspace again."""
    if person := await _of_account(work, event.by):
        person.present = True
    return False
