"""What somebody with linked accounts narrated on another of them: nobody is asked twice about one of their days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from bot.checkins.tables import Entry
from bot.people import desk as people
from bot.store.base import among
from bot.store.session import Work

DayKey = tuple[str, int, date]
"""Workspace, person and day."""


async def narrated_elsewhere(work: Work, days: Collection[DayKey]) -> set[DayKey]:
    """Those of these days about which the same human wrote an entry with another account."""
    accounts = await people.linked_to(work, {(workspace, person) for workspace, person, _ in days})
    if not accounts:
        return set()
    found = await work.session.execute(
        select(Entry.workspace_id, Entry.person_id, Entry.day).where(
            among(
                Entry.workspace_id,
                Entry.person_id,
                [other for others in accounts.values() for other in others],
            ),
            Entry.day.in_({day for _, _, day in days}),
            Entry.removed_at.is_(None),
        )
    )
    written = {(workspace, person, day) for workspace, person, day in found}
    return {
        (workspace, person, day)
        for workspace, person, day in days
        if any((*other, day) in written for other in accounts.get((workspace, person), ()))
    }
