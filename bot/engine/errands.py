"""Errands: messages on their way to a platform, and how each ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cache

import structlog
from sqlalchemy import Executable, select, update

from bot.chat import Busy, Card, Place, Ref, Refused, Unsure
from bot.engine import limits, outbox
from bot.engine.tables import Destination, OutboxRow
from bot.store.base import among, dialect_of, insert
from bot.store.given import Given, change
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


@dataclass(frozen=True, slots=True)
class Row:
    """What the end of an errand may change of its message."""

    state: str
    revision: int
    shown: int
    lives: int
    unsure: bool
    strikes: int
    error: str
    not_before: datetime
    posted_at: datetime | None


_MESSAGE = OutboxRow.__table__.c
_PLACE = Destination.__table__.c
_CHANGED = tuple(field.name for field in fields(Row))
_KEYS = Given.of(OutboxRow, "workspace_id", "key")
_PLACES = Given.of(Destination, "workspace_id", "place")
_SETTLED = Given.of(OutboxRow, "workspace_id", "key", *_CHANGED)
_FREED = Given.of(Destination, "workspace_id", "place", "lease_token", "next_at", "pending")
"""Places let go of; `pending` has how many fewer messages wait there."""


async def note(work: Work, ends: Sequence[End], paces: Mapping[str, float]) -> list[float]:
    """Keep how errands ended, and say in how many seconds the destination of each may be used again."""
    rows = await _rows(work, ends)
    tokens = await _tokens(work, ends)
    free: list[Free] = []
    waits: list[float] = []
    moved: list[outbox.Moved] = []
    settled: list[tuple[Key, Row]] = []
    for errand, outcome in ends:
        at = errand.workspace_id, errand.key
        before = rows.get(at)
        # Whose lease is over, another sender decides about that message.
        if before is None or tokens.get(errand.claimed) != errand.token:
            waits.append(0)
            continue
        row, next_at = _settle(before, errand, outcome.failure, work.now, paces[errand.to.platform])
        settled.append((at, row))
        if outcome.failure is None:
            moved.append(outbox.Moved(at, errand.refs, outcome.refs))
        is_settled = before.state == "pending" and row.state != "pending"
        free.append(Free(errand.token, errand.claimed, next_at, is_settled))
        if isinstance(outcome.failure, Busy) and outcome.failure.everywhere:
            await _pause(work, errand.to.platform, next_at)
        waits.append(max((next_at - work.now).total_seconds(), 0))
    await _write(work, settled)
    await outbox.settle_refs(work, moved)
    await release(work, free)
    return waits


async def _rows(work: Work, ends: Sequence[End]) -> dict[Key, Row]:
    keys = {(errand.workspace_id, errand.key) for errand, _ in ends}
    connection = await work.session.connection()
    found = await connection.execute(
        _reading(dialect_of(work.session)), _KEYS.these(work.session, keys)
    )
    return {(workspace_id, key): Row(*columns) for workspace_id, key, *columns in found}


@cache
def _reading(dialect: str) -> Executable:
    return (
        select(_MESSAGE.workspace_id, _MESSAGE.key, *(_MESSAGE[one] for one in _CHANGED))
        .where(_KEYS.match(dialect))
        .order_by(_MESSAGE.workspace_id, _MESSAGE.key)
        .with_for_update(of=OutboxRow)
    )


async def _tokens(work: Work, ends: Sequence[End]) -> dict[Key, int]:
    """The tokens of destinations that are still leased: an end is told twice when the answer to the first was lost."""
    places = {errand.claimed for errand, _ in ends}
    connection = await work.session.connection()
    found = await connection.execute(
        _leased(dialect_of(work.session)), _PLACES.these(work.session, places)
    )
    return {(workspace_id, place): token for workspace_id, place, token in found}


@cache
def _leased(dialect: str) -> Executable:
    return (
        select(_PLACE.workspace_id, _PLACE.place, _PLACE.lease_token)
        .where(_PLACES.match(dialect), _PLACE.lease_until.is_not(None))
        .order_by(_PLACE.workspace_id, _PLACE.place)
        .with_for_update(of=Destination)
    )


def _settle(
    row: Row,
    errand: Errand,
    failure: Busy | Refused | Unsure | None,
    now: datetime,
    pace: float,
) -> tuple[Row, datetime]:
    """The row after the errand's end, and when its destination may be used again."""
    row = replace(row, error=str(failure) if failure else "")
    after = now + timedelta(seconds=pace)
    unchanged = row.revision == errand.revision
    if failure is None:
        # What an earlier try had posted is found as it was then, and may have to be changed.
        stale = errand.again and not errand.removes and errand.revision > FIRST
        row = replace(
            row,
            unsure=False,
            strikes=0,
            posted_at=row.posted_at or now,
            shown=0 if errand.removes else FIRST if stale else errand.revision,
            lives=row.lives + int(errand.removes),
        )
        if row.state == "pending" and unchanged and not stale and errand.removes != errand.wanted:
            row = replace(row, state="posted" if errand.wanted else "gone")
    elif isinstance(failure, Busy):
        # Adapters call a removal whose answer was lost busy, for it may be tried again as it is.
        row = replace(row, unsure=errand.again or errand.removes)
        after = now + timedelta(seconds=failure.seconds)
    elif row.state == "pending":
        row = replace(row, strikes=row.strikes + 1)
        refused = isinstance(failure, Refused)
        if refused:
            # It tells nothing of what an earlier try had done.
            row = replace(row, unsure=errand.again)
        if (refused and unchanged) or row.strikes >= limits.STRIKES:
            row = replace(row, state="dead")
            log.warning("message given up", key=errand.key, strikes=row.strikes, reason=row.error)
        elif not refused:
            after = now + limits.back_off(row.strikes)
            row = replace(row, not_before=after)
    return row, after


async def _write(work: Work, settled: Sequence[tuple[Key, Row]]) -> None:
    if not settled:
        return
    rows = [
        {"workspace_id": at[0], "key": at[1], **{name: getattr(row, name) for name in _CHANGED}}
        for at, row in settled
    ]
    await change(work.session, _SETTLED, rows)
    gone = [at for at, row in settled if row.state == "gone"]
    if gone:
        await (await work.session.connection()).execute(
            update(OutboxRow)
            .where(among(OutboxRow.workspace_id, OutboxRow.key, gone))
            .values(card=outbox.NOTHING)
        )


async def release(work: Work, free: Sequence[Free]) -> None:
    """Let go of destinations whose lease is still the sender's."""
    if not free:
        return
    rows = [
        {
            "workspace_id": one.at[0],
            "place": one.at[1],
            "lease_token": one.token,
            "next_at": one.next_at,
            "pending": int(one.settled),
        }
        for one in free
    ]
    connection = await work.session.connection()
    await connection.execute(_releasing(dialect_of(work.session)), _FREED.hold(work.session, rows))


@cache
def _releasing(dialect: str) -> Executable:
    rows = _FREED.rows(dialect)
    return (
        update(Destination.__table__)  # type: ignore[arg-type]
        .where(
            _PLACE.workspace_id == rows.c.workspace_id,
            _PLACE.place == rows.c.place,
            _PLACE.lease_token == rows.c.lease_token,
        )
        .values(
            lease_until=None,
            next_at=rows.c.next_at,
            pending=_PLACE.pending - rows.c.pending,
        )
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
