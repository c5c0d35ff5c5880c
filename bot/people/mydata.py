"""Who somebody is here, to take along or to be forgotten, and for how long workspaces keep what is written."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select

from bot.chat import AccountId
from bot.engine import traces
from bot.people.desk import links
from bot.people.tables import Account, LinkCode, LinkTry, Person, Workspace
from bot.people.words import person_title
from bot.store.base import forget_typed
from bot.store.session import Work

NOBODY = ""
"""The name of somebody who was forgotten, until the platform names them again."""


async def export(work: Work, person: Person) -> list[dict[str, object]]:
    """Who somebody is here, what they chose about their time, and which accounts are theirs, too."""
    found: list[dict[str, object]] = [
        {
            "kind": "person",
            "name": person.name,
            "accounts": [str(one) for one in await _accounts(work, person)],
            "met": person.met_at.isoformat(),
            "administers_the_platform": person.is_admin,
            "time_zone": person.zone,
            "time_zone_from": _source(person),
            "public_holidays_of": person.country,
            "quiet_from": f"{person.quiet_from:%H:%M}" if person.quiet_from else "",
            "quiet_until": f"{person.quiet_to:%H:%M}" if person.quiet_to else "",
            "away_until": person.away_until.isoformat() if person.away_until else "",
        }
    ]
    return found + await _links(work, person)


def _source(person: Person) -> str:
    """Who said where somebody is."""
    if person.zone_chosen:
        return "me"
    return "a guess, from the others in the team" if person.zone_guessed else "the platform"


async def _links(work: Work, person: Person) -> list[dict[str, object]]:
    linked = [
        person_title(
            one.name,
            one.workspace_id,
            (await work.session.get_one(Workspace, one.workspace_id)).name,
        )
        for one in await links.linked(work, person)
    ]
    codes = await work.session.scalars(select(LinkCode).where(*_of(LinkCode, person)))
    tried = await work.session.scalar(select(LinkTry).where(*_of(LinkTry, person)))
    made = [f"a code for a {one.kind}, made {one.at.isoformat()}" for one in codes]
    if not (linked or made or tried):
        return []
    wrong = tried.wrong if tried else 0
    return [{"kind": "link", "linked_with": linked, "codes": made, "wrong_codes": wrong}]


def _of(table: type[LinkCode | LinkTry], person: Person) -> tuple[ColumnElement[bool], ...]:
    return table.workspace_id == person.workspace_id, table.person_id == person.id


async def forget(work: Work, person: Person) -> None:
    """Make somebody a stranger: no name, no settings, none of our messages to them.

    The account and the channels it is in are the platform's to say, and stay for as long as it has them.
    """
    for account in await _accounts(work, person):
        await traces.erase(work, account.workspace_id, await traces.in_place(work, account.direct))
        await traces.drop_events(work, account)
        await forget_typed(work.session, account.workspace_id, account.id)
    await links.unlink(work, person)
    for table in (LinkCode, LinkTry):
        await work.session.execute(delete(table).where(*_of(table, person)))
    person.name, person.present, person.is_admin = NOBODY, False, False
    person.zone, person.zone_chosen, person.moved, person.country = "UTC", False, False, ""
    person.zone_told, person.zone_guessed, person.zone_asked = "", True, True
    person.quiet_from = person.quiet_to = person.away_until = None
    person.welcome_back = False
    person.met_at = person.profile_at = work.now
    await work.session.flush()


async def _accounts(work: Work, person: Person) -> list[AccountId]:
    found = await work.session.scalars(
        select(Account.id)
        .where(Account.workspace_id == person.workspace_id, Account.person_id == person.id)
        .order_by(Account.id)
    )
    platform, _, workspace = person.workspace_id.partition(":")
    return [AccountId(platform, workspace, one) for one in found]


async def retention(work: Work) -> dict[str, int]:
    """For how many days each workspace keeps what is written, of those that set an end to it."""
    found = await work.session.execute(
        select(Workspace.workspace_id, Workspace.retention_days)
        .where(Workspace.retention_days.is_not(None))
        .order_by(Workspace.workspace_id)
    )
    return {workspace_id: days for workspace_id, days in found if days}


async def everyone(work: Work, workspace_id: str) -> list[Person]:
    """Everybody who is known in a workspace, those who left it among them."""
    return list(
        await work.session.scalars(
            select(Person).where(Person.workspace_id == workspace_id).order_by(Person.id)
        )
    )
