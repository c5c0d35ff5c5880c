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


async def recent(work: Work, person: Person) -> list[Deed]:
    """What somebody did that can still be undone, the latest first."""
    return list(
        await work.session.scalars(
            select(Deed)
            .where(
                Deed.workspace_id == person.workspace_id,
                Deed.person_id == person.id,
                Deed.at > work.now - KEPT,
            )
            .order_by(Deed.id.desc())
        )
    )


async def sweep(work: Work) -> int:
    """Forget deeds that can no longer be undone."""
    await work.session.execute(delete(Deed).where(Deed.at < work.now - KEPT))
    return 0
