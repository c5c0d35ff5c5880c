"""Codes that link one place with another: read aloud or copied, good once and for ten minutes, kept as a digest."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from bot.people import rules
from bot.people.tables import LinkCode, LinkTry, Person
from bot.store.base import insert
from bot.store.session import Work

PERSON, WORKSPACE = "person", "workspace"
KEPT: Final = timedelta(days=1)
"""How long a used or old code can still be told from one that never was."""
UNKNOWN: Final = "I do not know this code. Is it typed right? Only the newest one works."
USED: Final = "This code was used already. Make a new one with /outloud link."
OVER: Final = "This code is older than ten minutes. Make a new one with /outloud link."


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was found, and who made it."""

    kind: str
    maker: Person


async def new_code(work: Work, person: Person, kind: str) -> str:
    """Make a code for somebody's account or, as an admin, for their workspace; an earlier one works no more."""
    code = "".join(secrets.choice(rules.LETTERS) for _ in range(rules.CODE))
    made = {"digest": _digest(code), "at": work.now, "used": False}
    await work.session.execute(
        insert(work.session, LinkCode)
        .values(workspace_id=person.workspace_id, person_id=person.id, kind=kind, **made)
        .on_conflict_do_update(
            index_elements=[LinkCode.workspace_id, LinkCode.person_id, LinkCode.kind], set_=made
        )
    )
    return code


async def find_code(work: Work, person: Person, written: str) -> Code | str:
    """What a code that somebody typed was made for, or the sentence why it does nothing.

    Wrong ones are counted, so the caller answers with the sentence and does not refuse, which would undo the count.
    """
    row = await _tries(work, person)
    if row is not None and row.wrong >= rules.TRIES:
        minutes = max(1, round((row.at + rules.VALID - work.now) / timedelta(minutes=1)))
        many = "a minute" if minutes == 1 else f"{minutes} minutes"
        return f"Those were {rules.TRIES} wrong codes. Please try again in {many}."
    found = await _find(work, written)
    if found is None:
        await _count(work, person)
        return UNKNOWN
    if found.used:
        return USED
    if found.at + rules.VALID <= work.now:
        return OVER
    maker = await work.session.get_one(Person, (found.workspace_id, found.person_id))
    return Code(found.kind, maker) if maker.present else OVER


async def use_code(work: Work, person: Person, written: str) -> Code | str:
    """Use a code up: as `find_code`, and it never works again."""
    found = await find_code(work, person, written)
    row = await _find(work, written)
    if isinstance(found, Code) and row is not None:
        row.used = True
        await work.session.execute(
            delete(LinkTry).where(
                LinkTry.workspace_id == person.workspace_id, LinkTry.person_id == person.id
            )
        )
        await work.session.flush()
    return found


async def _find(work: Work, written: str) -> LinkCode | None:
    code = rules.read_code(written)
    if not code:
        return None
    found = await work.session.scalars(
        select(LinkCode)
        .where(LinkCode.digest == _digest(code))
        .execution_options(populate_existing=True)
        .with_for_update()
    )
    return found.first()


def _digest(code: str) -> str:
    return hashlib.sha256(f"outloud link {code}".encode()).hexdigest()


async def _tries(work: Work, person: Person) -> LinkTry | None:
    """The wrong codes of the last ten minutes."""
    row = await work.session.get(LinkTry, (person.workspace_id, person.id), with_for_update=True)
    if row is not None and row.at + rules.VALID <= work.now:
        await work.session.delete(row)
        await work.session.flush()
        return None
    return row


async def _count(work: Work, person: Person) -> None:
    new = insert(work.session, LinkTry).values(
        workspace_id=person.workspace_id, person_id=person.id, wrong=1, at=work.now
    )
    await work.session.execute(
        new.on_conflict_do_update(
            index_elements=[LinkTry.workspace_id, LinkTry.person_id],
            set_={"wrong": LinkTry.wrong + 1},
        )
    )


async def sweep(work: Work) -> int:
    """Forget codes and wrong tries that are over."""
    await work.session.execute(delete(LinkCode).where(LinkCode.at < work.now - KEPT))
    await work.session.execute(delete(LinkTry).where(LinkTry.at < work.now - rules.VALID))
    return 0
