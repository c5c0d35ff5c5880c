"""What an operator should know of the queues: what was given up, and when something was written last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.engine.tables import InboxRow, OutboxRow
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Health:
    """The queues at one moment."""

    newest: datetime | None
    """When the last message was queued."""
    dead: int
    """Messages that were given up."""
    reasons: tuple[str, ...]
    """Why, at most five."""
    aside: int
    """Events that could not be handled."""
    errors: tuple[str, ...]
    """What they failed with, at most five."""


async def look(work: Work) -> Health:
    """The queues as they are now."""
    dead, aside = OutboxRow.state == "dead", InboxRow.state == "aside"
    reasons = await work.session.scalars(select(OutboxRow.error).where(dead).distinct().limit(5))
    errors = await work.session.scalars(select(InboxRow.error).where(aside).distinct().limit(5))
    return Health(
        newest=await work.session.scalar(select(func.max(OutboxRow.created_at))),
        dead=await work.session.scalar(select(func.count()).select_from(OutboxRow).where(dead))
        or 0,
        reasons=tuple(one for one in reasons if one),
        aside=await work.session.scalar(select(func.count()).select_from(InboxRow).where(aside))
        or 0,
        errors=tuple(one for one in errors if one),
    )
