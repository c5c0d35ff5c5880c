"""What is kept about introductions: to take along, to be forgotten, to be kept for so long."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select

from bot.engine import traces
from bot.introductions.desk import pairs
from bot.introductions.tables import Introduction
from bot.people.desk import Person
from bot.store.session import Work

BATCH = 200


async def export(work: Work, person: Person) -> list[dict[str, object]]:
    """The introductions that somebody was asked about, and what they said; not what the other one said."""
    found: list[dict[str, object]] = []
    for row in await _of(work, person):
        is_writer = row.writer_id == person.id
        asked_at = row.offered_at if is_writer else row.asked_at
        if asked_at is None:
            continue
        writer, reader = await pairs.both(work, row)
        found.append(
            {
                "kind": "introduction",
                "at": asked_at.isoformat(),
                "with": reader.name if is_writer else writer.name,
                "both_near": list(row.shared),
                "i_said": row.writer_said if is_writer else row.reader_said,
                "introduced": row.reader_said == "yes",
            }
        )
    return found


async def forget(work: Work, person: Person) -> None:
    """Delete every introduction with somebody, with what both were told."""
    for row in await _of(work, person):
        await traces.erase(work, row.workspace_id, pairs.keys(row))
        await work.session.delete(row)
    await work.session.flush()


async def _of(work: Work, person: Person) -> list[Introduction]:
    found = await work.session.scalars(
        select(Introduction)
        .where(
            Introduction.workspace_id == person.workspace_id,
            or_(Introduction.writer_id == person.id, Introduction.reader_id == person.id),
        )
        .order_by(Introduction.id)
    )
    return list(found)


async def expire(work: Work, workspace_id: str, before: datetime) -> int:
    """Delete introductions of before a moment, with what both were told."""
    old = list(
        await work.session.scalars(
            select(Introduction)
            .where(Introduction.workspace_id == workspace_id, Introduction.offered_at < before)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    for row in old:
        await traces.erase(work, workspace_id, pairs.keys(row))
    ids = [row.id for row in old]
    await work.session.execute(
        delete(Introduction).where(
            Introduction.workspace_id == workspace_id, Introduction.id.in_(ids)
        )
    )
    return len(old)
