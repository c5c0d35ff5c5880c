"""Errands: messages on their way to a platform, and how each ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, select, update

from bot.chat import Busy, Card, Place, Ref, Refused, Unsure
from bot.engine import limits, outbox
from bot.engine.tables import Destination, OutboxRow
from bot.store.base import among, insert
from bot.store.session import Work

log = structlog.get_logger(__name__)

Key = tuple[str, str]
"""Workspace and key of a message, or workspace and place of a destination."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One message on its way: the row as it was when its destination was claimed."""

    token: int
    workspace_id: str
    key: str
    destination: Place
    to: Place
    card: Card
    wanted: bool
    revision: int
    shown: int
    lives: int
    again: bool
    refs: tuple[Ref, ...]

    @property
    def claimed(self) -> Key:
        """The destination, as it is found in the database."""
        return self.workspace_id, str(self.destination)

    @property
    def removes(self) -> bool:
        """Whether what stands there goes.

        Once a removal was begun, it is brought to its end even if the message is wanted again: then it comes anew.
        """
        return not self.wanted or (self.again and self.shown > 0)

    @property
    def subject(self) -> str:
        """The key as the platform is told it: another one for a message that comes back after its removal."""
        return self.key if self.lives == 1 else f"{self.key}~{self.lives}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an errand ended; `failure` is None when the platform is where we want it."""

    refs: tuple[Ref, ...] = ()
    failure: Busy | Refused | Unsure | None = None


FIRST = 1
"""The revision of a new message."""

End = tuple[Errand, Outcome]


@dataclass(frozen=True, slots=True)
class Free:
    """A destination that a sender lets go of."""

    token: int
    at: Key
    next_at: datetime
    settled: bool = False
    """Whether a message of it waits no more."""


async def note(work: Work, ends: Sequence[End], paces: Mapping[str, float]) -> list[float]:
    """Keep how errands ended, and say in how many seconds the destination of each may be used again."""
    rows = await _rows(work, ends)
    tokens = await _tokens(work, ends)
    free: list[Free] = []
    waits: list[float] = []
    moved: list[outbox.Moved] = []
    for errand, outcome in ends:
        row = rows.get((errand.workspace_id, errand.key))
        # Whose lease is over, another sender decides about that message.
        if (
            row is None
            or tokens.get((errand.workspace_id, str(errand.destination))) != errand.token
        ):
            waits.append(0)
            continue
        before = row.state
        next_at = _settle(row, errand, outcome.failure, work.now, paces[errand.to.platform])
        if outcome.failure is None:
            at = errand.workspace_id, errand.key
            moved.append(outbox.Moved(at, errand.refs, outcome.refs))
        settled = before == "pending" and row.state != "pending"
        free.append(Free(errand.token, errand.claimed, next_at, settled))
        if isinstance(outcome.failure, Busy) and outcome.failure.everywhere:
            await _pause(work, errand.to.platform, next_at)
        waits.append(max((next_at - work.now).total_seconds(), 0))
    await work.session.flush()
    await outbox.settle_refs(work, moved)
    await release(work, free)
    return waits


async def _rows(work: Work, ends: Sequence[End]) -> dict[Key, OutboxRow]:
    keys = [(errand.workspace_id, errand.key) for errand, _ in ends]
    found = await work.session.scalars(
        select(OutboxRow)
        .where(among(OutboxRow.workspace_id, OutboxRow.key, keys))
        .order_by(OutboxRow.workspace_id, OutboxRow.key)
        .with_for_update()
    )
    return {(row.workspace_id, row.key): row for row in found}


async def _tokens(work: Work, ends: Sequence[End]) -> dict[Key, int]:
    places = [errand.claimed for errand, _ in ends]
    found = await work.session.execute(
        select(Destination.workspace_id, Destination.place, Destination.lease_token)
        .where(among(Destination.workspace_id, Destination.place, places))
        .order_by(Destination.workspace_id, Destination.place)
        .with_for_update()
    )
    return {(workspace_id, place): token for workspace_id, place, token in found}


def _settle(
    row: OutboxRow,
    errand: Errand,
    failure: Busy | Refused | Unsure | None,
    now: datetime,
    pace: float,
) -> datetime:
    """Write on the row how the errand ended, and return when its destination may be used again."""
    row.error = str(failure) if failure else ""
    unchanged = row.revision == errand.revision
    if failure is None:
        # What an earlier try had posted is found as it was then, and may have to be changed.
        stale = errand.again and not errand.removes and errand.revision > FIRST
        row.unsure, row.strikes = False, 0
        row.posted_at = row.posted_at or now
        row.shown = 0 if errand.removes else FIRST if stale else errand.revision
        row.lives += int(errand.removes)
        if row.state == "pending" and unchanged and not stale and errand.removes != errand.wanted:
            row.state = "posted" if errand.wanted else "gone"
        if row.state == "gone":
            row.card = outbox.NOTHING
    elif isinstance(failure, Busy):
        # Adapters call a removal whose answer was lost busy, for it may be tried again as it is.
        row.unsure = errand.again or errand.removes
        return now + timedelta(seconds=failure.seconds)
    elif row.state == "pending":
        row.strikes += 1
        refused = isinstance(failure, Refused)
        if refused:
            # It tells nothing of what an earlier try had done.
            row.unsure = errand.again
        if (refused and unchanged) or row.strikes >= limits.STRIKES:
            row.state = "dead"
            log.warning("message given up", key=row.key, strikes=row.strikes, reason=row.error)
        elif not refused:
            row.not_before = now + limits.back_off(row.strikes)
            return row.not_before
    return now + timedelta(seconds=pace)


async def release(work: Work, free: Sequence[Free]) -> None:
    """Let go of destinations whose lease is still the sender's."""
    if not free:
        return
    table = Destination.__table__.c
    await (await work.session.connection()).execute(
        update(Destination)
        .where(
            table.workspace_id == bindparam("in_workspace"),
            table.place == bindparam("at_place"),
            table.lease_token == bindparam("of_token"),
        )
        .values(
            lease_until=None,
            next_at=bindparam("then"),
            pending=table.pending - bindparam("fewer"),
        ),
        [
            {
                "in_workspace": one.at[0],
                "at_place": one.at[1],
                "of_token": one.token,
                "then": one.next_at,
                "fewer": int(one.settled),
            }
            for one in free
        ],
    )


async def _pause(work: Work, platform: str, until: datetime) -> None:
    """Claim nothing on a platform until a moment, whatever comes to be wanted there meanwhile."""
    row = insert(work.session, Destination).values(
        workspace_id=f"{platform}:",
        place="",
        platform=platform,
        pending=0,
        next_at=until,
        lease_token=0,
    )
    await work.session.execute(
        row.on_conflict_do_update(
            index_elements=[Destination.workspace_id, Destination.place],
            set_={"next_at": row.excluded.next_at},
            where=Destination.next_at < row.excluded.next_at,
        )
    )
