"""Claims: destinations that a sender leases, and the message that is the next one for each."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache

import structlog
from sqlalchemy import Executable, or_, select, update

from bot.chat import Place, Ref
from bot.engine import brake, limits, outbox
from bot.engine.errands import Errand, Free, Key, release
from bot.engine.records import read_card
from bot.engine.tables import NONE, PENDING, Destination, OutboxRow
from bot.store.base import dialect_of
from bot.store.given import Given, change
from bot.store.session import Work

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """The message that is the next one for its destination, as its row has it."""

    workspace_id: str
    key: str
    destination: str
    thread: str
    under: str
    card: str
    state: str
    wanted: bool
    revision: int
    shown: int
    lives: int
    unsure: bool
    turn: int
    not_before: datetime


_MESSAGE = OutboxRow.__table__.c
_HEAD = tuple(_MESSAGE[field.name] for field in fields(Head))
_PLACES = Given.of(Destination, "workspace_id", "place")
_LEASED = Given.of(Destination, "workspace_id", "place", "lease_token", "lease_until")
_MARKED = Given.of(OutboxRow, "workspace_id", "key", "unsure", "thread")


async def lease(
    work: Work, platforms: Collection[str], most: int, busy: Collection[str]
) -> tuple[int, list[Errand]]:
    """Lease destinations that are due, but of those that are busy, and take the first message of each that can go now.

    Says also how many were leased: of those without such a message, another may be first now.
    """
    token = secrets.randbits(62)
    paused = select(Destination.platform).where(
        Destination.workspace_id.in_([f"{name}:" for name in platforms]),
        Destination.place == "",
        Destination.next_at > work.now,
    )
    due = await work.session.execute(
        select(Destination.workspace_id, Destination.place, Destination.pending)
        .where(
            Destination.pending > NONE,
            Destination.platform.in_(platforms),
            Destination.platform.not_in(paused),
            Destination.next_at <= work.now,
            or_(
                Destination.lease_until.is_(None),
                Destination.lease_until < work.now,
                # A clock that was set back: no lease lasts so long.
                Destination.lease_until > work.now + 2 * limits.LEASE,
            ),
            Destination.place.not_in(busy),
        )
        .order_by(Destination.next_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    waiting = {(workspace_id, place): pending for workspace_id, place, pending in due}
    taken = list(waiting)
    if not taken:
        return 0, []
    leased = {"lease_token": token, "lease_until": work.now + limits.LEASE}
    await change(
        work.session,
        _LEASED,
        [{"workspace_id": workspace_id, "place": place} | leased for workspace_id, place in taken],
    )
    stopped = await brake.stopped(work, waiting)
    heads = await _heads(work, taken)
    shown = [(row.workspace_id, row.key) for row in heads.values() if row.shown]
    standing = await outbox.refs_of(work, shown, taken=True)
    above = await outbox.refs_of(
        work, [(row.workspace_id, row.under) for row in heads.values() if row.under]
    )
    errands: list[Errand] = []
    freed: dict[Key, datetime] = {}
    for at in taken:
        row = heads.get(at)
        if at in stopped:
            freed[at] = work.now + limits.BRAKE_FOR
        elif row is None:
            # Somebody is changing it right now.
            freed[at] = work.now + limits.A_MOMENT
        elif row.not_before > work.now:
            freed[at] = row.not_before
        elif row.under and not row.shown and await _parent_first(work, row):
            freed[at] = work.now
        else:
            refs = standing.get((row.workspace_id, row.key), ())
            parent = above.get((row.workspace_id, row.under), ())
            if errand := await _errand(work, row, token, refs, parent):
                errands.append(errand)
    await _mark(work, errands, heads)
    await release(work, [Free(token, at, next_at) for at, next_at in freed.items()])
    return len(taken), errands


async def _heads(work: Work, taken: list[Key]) -> dict[Key, Head]:
    """The message of the lowest turn in each destination, unless another transaction is about it."""
    rows = await (await work.session.connection()).execute(
        _first(dialect_of(work.session)), _PLACES.these(work.session, taken)
    )
    heads = [Head(*row) for row in rows]
    # One that was waited for may have changed meanwhile.
    return {(one.workspace_id, one.destination): one for one in heads if one.state == "pending"}


async def _parent_first(work: Work, row: Head) -> bool:
    """Let the message that this one goes under go before it.

    Turns come from the clocks of several machines, so a reply may have been given the earlier one.
    """
    moved = await work.session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.workspace_id == row.workspace_id,
            OutboxRow.key == row.under,
            OutboxRow.destination == row.destination,
            OutboxRow.state == PENDING,
            OutboxRow.shown == 0,
            OutboxRow.turn > row.turn,
        )
        .values(turn=row.turn - 1)
        .returning(OutboxRow.key)
    )
    return moved.scalar() is not None


async def _errand(
    work: Work,
    row: Head,
    token: int,
    refs: tuple[Ref, ...],
    parent: tuple[Ref, ...],
) -> Errand | None:
    try:
        destination, card = Place.parse(row.destination), read_card(row.card)
    except ValueError:
        await _give_up(work, row, token)
        return None
    thread = row.thread
    if row.under and not row.unsure:
        # When the message above is gone, the words still have somewhere to be: the open channel.
        thread = parent[0].replies.thread if parent else ""
    return Errand(
        token=token,
        workspace_id=row.workspace_id,
        key=row.key,
        destination=destination,
        to=replace(destination, thread=thread) if thread else destination,
        card=card,
        wanted=row.wanted,
        revision=row.revision,
        shown=row.shown,
        lives=row.lives,
        again=row.unsure,
        refs=refs,
    )


async def _give_up(work: Work, row: Head, token: int) -> None:
    await work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.workspace_id == row.workspace_id, OutboxRow.key == row.key)
        .values(state="dead", error="What it should say cannot be read.")
    )
    log.error("message cannot be read", key=row.key)
    at = row.workspace_id, row.destination
    await release(work, [Free(token, at, work.now, settled=True)])


async def _mark(work: Work, errands: Sequence[Errand], heads: Mapping[Key, Head]) -> None:
    """Write down that these messages may be on the platform, or gone from it, until their end is known."""
    marked = []
    for errand in errands:
        head = heads[errand.claimed]
        unsure = head.unsure or head.wanted == (head.shown == 0)
        if (unsure, errand.to.thread) != (head.unsure, head.thread):
            marked.append(
                {
                    "workspace_id": errand.workspace_id,
                    "key": errand.key,
                    "unsure": unsure,
                    "thread": errand.to.thread,
                }
            )
    if marked:
        await change(work.session, _MARKED, marked)


@cache
def _first(dialect: str) -> Executable:
    """The messages of the lowest turn in each of the given places.

    Looked up place by place: how many messages wait changes within seconds, and a database that still takes them for
    few would rather read all of them.
    """
    places = _PLACES.rows(dialect)
    waiting = _MESSAGE.workspace_id == places.c.workspace_id, _MESSAGE.destination == places.c.place
    key = select(_MESSAGE.key).where(*waiting, _MESSAGE.state == PENDING).correlate(places)
    first = select(
        places.c.workspace_id, key.order_by(_MESSAGE.turn).limit(1).scalar_subquery().label("key")
    ).subquery("first")
    return (
        select(*_HEAD)
        .where(_MESSAGE.workspace_id == first.c.workspace_id, _MESSAGE.key == first.c.key)
        .order_by(_MESSAGE.key.desc())
        # Whoever changes a message takes it first and its destination second: waiting here would be a circle.
        .with_for_update(skip_locked=True, of=OutboxRow)
    )
