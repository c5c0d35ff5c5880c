"""How many entries a channel got on each day: counted once for days that are over, and afresh for the others.

Twelve busy weeks are more than one wants to count for every digest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import delete, or_, select

from bot.channels.desk import Channel
from bot.checkins import desk as checkins
from bot.digests import rules
from bot.digests.tables import DigestCount, DigestDay
from bot.store.base import insert
from bot.store.session import Work

OVER = timedelta(days=3)
"""After so long a day is over in every zone, and what is written late is written."""
BACK = timedelta(weeks=rules.WEEKS + 2)
BATCH = 200
"""Channels at a time: most have one day to count, and share their questions."""

Where = tuple[str, str]
"""Workspace and channel."""


async def count_days(work: Work) -> int:
    """Count the days that are over since the last time, of many channels."""
    last = work.now.date() - OVER
    found = await work.session.execute(
        select(Channel.workspace_id, Channel.id, DigestCount.upto)
        .outerjoin(
            DigestCount,
            (DigestCount.workspace_id == Channel.workspace_id)
            & (DigestCount.channel_id == Channel.id),
        )
        .where(or_(DigestCount.upto.is_(None), DigestCount.upto < last))
        # Processes that count at one time take the same rows in the same order.
        .order_by(Channel.workspace_id, Channel.id)
        .limit(BATCH)
    )
    since: defaultdict[date, list[Where]] = defaultdict(list)
    due: list[tuple[str, str, date | None]] = [(one, id, upto) for one, id, upto in found]
    for workspace_id, channel_id, upto in due:
        first = last - BACK if upto is None else max(upto + timedelta(days=1), last - BACK)
        since[first].append((workspace_id, channel_id))
    for first, some in sorted(since.items()):
        await _count(work, some, first, last)
    return len(due)


async def _count(work: Work, some: Sequence[Where], first: date, last: date) -> None:
    counts = await checkins.told_per_day(work, some, first, last)
    keys = [{"workspace_id": one[0], "channel_id": one[1]} for one in some]
    await work.session.execute(
        insert(work.session, DigestDay).on_conflict_do_nothing(),
        [
            {**key, "day": day, "entries": counts[where].get(day, 0)}
            for key, where in zip(keys, some, strict=True)
            for day in _days(first, last)
        ],
    )
    upto = insert(work.session, DigestCount)
    await work.session.execute(
        upto.on_conflict_do_update(
            index_elements=[DigestCount.workspace_id, DigestCount.channel_id],
            set_={"upto": upto.excluded.upto},
        ),
        [{**key, "upto": last} for key in keys],
    )


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


async def entries_per_day(work: Work, channel: Channel, first: date, last: date) -> dict[date, int]:
    """How many entries a channel got on each of these days."""
    found = await work.session.execute(
        select(DigestDay.day, DigestDay.entries).where(
            DigestDay.workspace_id == channel.workspace_id,
            DigestDay.channel_id == channel.id,
            DigestDay.day.between(first, last),
        )
    )
    counts = dict(found.all())
    where = channel.workspace_id, channel.id
    fresh = [day for day in _days(first, last) if day not in counts]
    for begin, end in _runs(fresh):
        counts |= (await checkins.told_per_day(work, [where], begin, end))[where]
    return counts


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """The first and the last of days that follow each other."""
    for _, run in groupby(enumerate(days), lambda one: one[1].toordinal() - one[0]):
        some = [day for _, day in run]
        yield some[0], some[-1]


async def on_entry(work: Work, workspace_id: str, entry_id: int) -> None:
    """An entry changed: its day is counted afresh."""
    where = await checkins.day_of(work, workspace_id, entry_id)
    if where is not None:
        await count_afresh(work, workspace_id, {where})


async def count_afresh(work: Work, workspace_id: str, days: set[tuple[str, date]]) -> None:
    """Count these days of channels afresh from now on."""
    for channel_id, day in sorted(days):
        if day <= work.now.date() - OVER:
            await work.session.execute(
                delete(DigestDay).where(
                    DigestDay.workspace_id == workspace_id,
                    DigestDay.channel_id == channel_id,
                    DigestDay.day == day,
                )
            )


async def expire(work: Work, workspace_id: str, before: date) -> None:
    """Count nothing of days before this one."""
    await work.session.execute(
        delete(DigestDay).where(DigestDay.workspace_id == workspace_id, DigestDay.day < before)
    )
