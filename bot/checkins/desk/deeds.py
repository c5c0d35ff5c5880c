"""What somebody did that they can take back with `/checkin undo`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from bot.checkins.tables import Deed
from bot.people.desk import Person
from bot.store.base import new_id
from bot.store.session import Work

KEPT = timedelta(days=1)
"""How long a deed can be undone."""


async def note(work: Work, person: Person, what: str, before: dict[str, Any]) -> None:
    """Remember what was there before somebody did something."""
    work.session.add(
        Deed(
            workspace_id=person.workspace_id,
            id=new_id(),
            person_id=person.id,
            what=what,
            before=before,
            at=work.now,
        )
    )
    await work.session.flush()


async def last(work: Work, person: Person) -> Deed | None:
    """The latest deed that can still be undone."""
    return await work.session.scalar(
        select(Deed)
        .where(
            Deed.workspace_id == person.workspace_id,
            Deed.person_id == person.id,
            Deed.at > work.now - KEPT,
        )
        .order_by(Deed.id.desc())
        .limit(1)
    )


async def sweep(work: Work) -> int:
    """Forget deeds that can no longer be undone."""
    await work.session.execute(delete(Deed).where(Deed.at < work.now - KEPT))
    return 0
