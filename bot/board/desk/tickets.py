"""Links to the board: good once and for ten minutes, kept as a digest."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, delete, select

from bot.board import rules
from bot.board.tables import BoardTicket
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.session import Work

Found = Literal["unknown", "used", "late"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A link that works, and whose it is."""

    row: BoardTicket
    person: Person


async def give(work: Work, person: Person) -> str:
    """Make a link for somebody, and return the secret part of it."""
    ticket = secrets.token_urlsafe(32)
    work.session.add(
        BoardTicket(
            workspace_id=person.workspace_id,
            digest=rules.digest(ticket),
            person_id=person.id,
            at=work.now,
        )
    )
    await work.session.flush()
    return ticket


async def find(work: Work, ticket: str, *, lock: bool = False) -> Ticket | Found:
    """The link with this secret part, or why it opens nothing."""
    wanted = select(BoardTicket).where(BoardTicket.digest == rules.digest(ticket))
    found = await work.session.scalars(wanted.with_for_update() if lock else wanted)
    row = found.first()
    if row is None:
        return "unknown"
    if row.used_at is not None:
        return "used"
    if row.at + rules.VALID <= work.now:
        return "late"
    person = await people.get(work, row.workspace_id, row.person_id)
    return Ticket(row, person) if person.present else "unknown"


async def sweep(work: Work) -> int:
    """Forget links that are long over."""
    await work.session.execute(delete(BoardTicket).where(BoardTicket.at < work.now - rules.KEPT))
    return 0


async def export(work: Work, person: Person) -> list[dict[str, object]]:
    """The links to the board that somebody asked for lately."""
    found = await work.session.scalars(select(BoardTicket).where(*_of(person)))
    return [
        {
            "kind": "link to the board",
            "made": one.at.isoformat(),
            "used": one.used_at.isoformat() if one.used_at else None,
        }
        for one in found
    ]


async def forget(work: Work, person: Person) -> None:
    """Forget somebody's links; who came in by one is out, for they are known as nobody who did."""
    await work.session.execute(delete(BoardTicket).where(*_of(person)))


def _of(person: Person) -> tuple[ColumnElement[bool], ...]:
    return (
        BoardTicket.workspace_id == person.workspace_id,
        BoardTicket.person_id == person.id,
    )
