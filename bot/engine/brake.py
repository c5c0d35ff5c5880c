"""The brake on a runaway: a place that is sent too much within a minute is left alone for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import structlog
from sqlalchemy import func, select

from bot.engine import limits
from bot.engine.metrics import BRAKES
from bot.engine.tables import PENDING, OutboxRow
from bot.store.base import among
from bot.store.session import Work

log = structlog.get_logger(__name__)

Key = tuple[str, str]


async def stopped(work: Work, waiting: Mapping[Key, int]) -> set[Key]:
    """The destinations for which too many messages were queued within the last minute; the operator is told.

    Nothing is lost by it: what waits there goes once the pause is over.
    """
    many = [at for at, pending in waiting.items() if pending > limits.BRAKE_AT]
    if not many:
        return set()
    found = await work.session.execute(
        select(OutboxRow.workspace_id, OutboxRow.destination)
        .where(
            among(OutboxRow.workspace_id, OutboxRow.destination, many),
            OutboxRow.state == PENDING,
            OutboxRow.shown == 0,
            OutboxRow.created_at > work.now - timedelta(minutes=1),
        )
        .group_by(OutboxRow.workspace_id, OutboxRow.destination)
        .having(func.count() > limits.BRAKE_AT)
    )
    runaway = {(workspace_id, place) for workspace_id, place in found}
    for _, place in runaway:
        BRAKES.inc()
        log.error(
            "too many messages for one place within a minute, so it pauses",
            place=place,
            minutes=limits.BRAKE_FOR.total_seconds() / 60,
        )
    return runaway
