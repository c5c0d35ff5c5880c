"""Grains that are older than their workspace keeps what is written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from bot.engine import traces
from bot.grains.desk import cards
from bot.grains.tables import Grain
from bot.store.session import Work

BATCH = 100


async def expire(work: Work, workspace_id: str, before: datetime) -> int:
    """Delete grains that were made or settled last before a moment, with every message about them.

    A grain that somebody carries over is as young as the last time they did.
    """
    last = func.coalesce(Grain.settled_at, Grain.made_at)
    old = list(
        await work.session.scalars(
            select(Grain)
            .where(Grain.workspace_id == workspace_id, last < before)
            .order_by(Grain.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    chains = {grain.chain for grain in old}
    for grain in old:
        kept = f"grains.kept:{grain.source}"
        await cards.take_away(work, grain)
        await traces.erase(work, workspace_id, [kept])
    # What a deleted grain was adjusted to names it no more.
    younger = await work.session.scalars(
        select(Grain).where(Grain.workspace_id == workspace_id, Grain.chain.in_(chains))
    )
    for grain in list(younger):
        await cards.show_again(work, grain)
    return len(old)
