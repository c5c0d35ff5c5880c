"""What the queues hold of one person or one time: found by who it is from, where it goes, or what its key says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from bot.chat import AccountId, Card, Place
from bot.engine import outbox, records
from bot.engine.tables import InboxRow, OutboxRow
from bot.store.session import Work

AT_ONCE = 500
"""Keys in one question."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of ours that holds words."""

    key: str
    card: Card
    at: datetime


async def in_place(work: Work, place: Place) -> list[str]:
    """The keys of our messages in a channel or direct message that still hold words."""
    found = await work.session.scalars(
        select(OutboxRow.key).where(
            OutboxRow.workspace_id == place.workspace_id,
            OutboxRow.destination == str(place.open),
            or_(OutboxRow.wanted, OutboxRow.card != outbox.NOTHING),
        )
    )
    return list(found)


async def about(
    work: Work,
    workspace_id: str,
    start: str,
    end: str = "",
    *,
    before: datetime | None = None,
    most: int | None = None,
) -> list[Message]:
    """Our messages that hold words and whose keys start and end like this, oldest first."""
    wanted = select(OutboxRow).where(
        OutboxRow.workspace_id == workspace_id,
        OutboxRow.key.startswith(start, autoescape=True),
        OutboxRow.key.endswith(end, autoescape=True),
        OutboxRow.card != outbox.NOTHING,
    )
    if before is not None:
        wanted = wanted.where(OutboxRow.wanted, OutboxRow.created_at < before)
    found = await work.session.scalars(
        wanted.order_by(OutboxRow.created_at, OutboxRow.key).limit(most)
    )
    return [Message(one.key, records.read_card(one.card), one.created_at) for one in found]


async def erase(work: Work, workspace_id: str, keys: Sequence[str]) -> None:
    """Take messages away, and empty the words of those that stand nowhere any more.

    One that is being posted right now keeps its words until it is known whether it arrived, and then goes.
    """
    for key in keys:
        await outbox.withdraw(work, workspace_id, key)
    await work.session.flush()
    for start in range(0, len(keys), AT_ONCE):
        await outbox.forget(work, workspace_id, keys[start : start + AT_ONCE])


async def reword(work: Work, workspace_id: str, key: str, card: Card) -> None:
    """Let a message say something else, wherever it stands; one that is gone stays gone."""
    row = await work.session.get(OutboxRow, (workspace_id, key))
    if row is not None and row.wanted:
        await outbox.show(work, Place.parse(row.destination), card, key=key, under=row.under)


async def drop_events(work: Work, account: AccountId) -> None:
    """Empty what somebody said that is not handled yet, or was set aside, and never handle it."""
    waiting = await work.session.scalars(
        select(InboxRow)
        .where(
            InboxRow.workspace_id == account.workspace_id,
            InboxRow.state.in_(("new", "aside")),
            InboxRow.payload.contains(account.id, autoescape=True),
        )
        .with_for_update(skip_locked=True)
    )
    for row in waiting:
        if records.read_event(row.kind, row.payload).by == account:
            row.state, row.payload, row.error = "done", "", ""
    await work.session.flush()
