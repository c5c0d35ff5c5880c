"""Messages that were given up: listed, tried again or dropped when an operator says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from bot.chat import Place
from bot.engine import outbox
from bot.engine.metrics import DEAD
from bot.engine.tables import GIVEN_UP, OutboxRow, Posted
from bot.store.session import Store, Work

BATCH = 500
"""Messages tried again or dropped in one transaction."""


@dataclass(frozen=True, slots=True)
class Dead:
    """One message that was given up; its words stay out of it."""

    workspace_id: str
    key: str
    to: Place
    reason: str
    queued_at: datetime


Deed = Callable[[Work, Dead], Awaitable[bool]]


async def each(store: Store, deed: Deed, keys: Sequence[str] = ()) -> list[Dead]:
    """Do something with every message that is given up, or with those of some keys, and tell with which."""
    async with store.look() as work:
        found = await find(work, keys)
    done: list[Dead] = []
    for start in range(0, len(found), BATCH):
        async with store.work() as work:
            done += [one for one in found[start : start + BATCH] if await deed(work, one)]
    return done


async def look(_work: Work, _message: Dead) -> bool:
    """Do nothing with a message but tell of it."""
    return True


async def find(work: Work, keys: Sequence[str] = ()) -> list[Dead]:
    """The messages that were given up, oldest first; with `keys` only those."""
    wanted = select(OutboxRow).where(OutboxRow.state == GIVEN_UP)
    if keys:
        wanted = wanted.where(OutboxRow.key.in_(keys))
    rows = await work.session.scalars(wanted.order_by(OutboxRow.created_at, OutboxRow.key))
    return [
        Dead(row.workspace_id, row.key, Place.parse(row.destination), row.error, row.created_at)
        for row in rows
    ]


async def reasons(work: Work, start: str) -> dict[tuple[str, str], str]:
    """Why messages whose keys begin like this were given up, by workspace and key."""
    rows = await work.session.execute(
        select(OutboxRow.workspace_id, OutboxRow.key, OutboxRow.error).where(
            OutboxRow.state == GIVEN_UP, OutboxRow.key.startswith(start, autoescape=True)
        )
    )
    return {(workspace_id, key): error for workspace_id, key, error in rows}


async def retry(work: Work, message: Dead) -> bool:
    """Queue a message once more, as it is wanted now; False when it is not given up any more."""
    row = await _lock(work, message)
    if row is None:
        return False
    await outbox.queue(work, row)
    return True


async def drop(work: Work, message: Dead) -> bool:
    """Never try a message again; False when it is not given up any more.

    What stands of it on the platform stays there, and is not changed any more.
    """
    row = await _lock(work, message)
    if row is None:
        return False
    row.state, row.card, row.wanted, row.taken, row.unsure = (
        "gone",
        outbox.NOTHING,
        False,
        True,
        False,
    )
    await work.session.execute(
        delete(Posted).where(Posted.workspace_id == row.workspace_id, Posted.key == row.key)
    )
    return True


async def count(work: Work) -> int:
    """Tell the metrics how many messages are given up; nothing is left to do after that."""
    found = await work.session.scalar(
        select(func.count()).select_from(OutboxRow).where(OutboxRow.state == GIVEN_UP)
    )
    DEAD.set(found or 0)
    return 0


async def _lock(work: Work, message: Dead) -> OutboxRow | None:
    row = await work.session.get(
        OutboxRow, (message.workspace_id, message.key), with_for_update=True
    )
    return row if row is not None and row.state == "dead" else None
