"""Keeping what people write for as long as their workspace agreed, and no longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.admin.tables import Retention as Row
from bot.engine.feature import Feature
from bot.people import mydata as people
from bot.store.base import insert
from bot.store.session import Work

EVERY = timedelta(hours=1)
"""How often a workspace is looked through."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Deletes what is too old, knowing all features that keep what people write."""

    features: tuple[Feature, ...]

    async def look_through(self, work: Work) -> int:
        """Delete a batch of what is too old in one workspace; 0 once all were looked through within the hour."""
        days = await people.retention(work)
        rows = await work.session.scalars(select(Row).where(Row.workspace_id.in_(days)))
        looked = {one.workspace_id: one.looked_at for one in rows}
        due = next((one for one in days if self._is_due(work, looked.get(one))), None)
        if due is None:
            return 0
        await work.session.execute(
            insert(work.session, Row).values(workspace_id=due).on_conflict_do_nothing()
        )
        row = await work.session.get_one(Row, due, with_for_update=True, populate_existing=True)
        if self._is_due(work, row.looked_at):
            before = work.now - timedelta(days=days[due])
            gone = [
                await one.expire(work, due, before) for one in reversed(self.features) if one.expire
            ]
            if not any(gone):
                row.looked_at = work.now
        return 1

    def _is_due(self, work: Work, looked_at: datetime | None) -> bool:
        return looked_at is None or looked_at <= work.now - EVERY
