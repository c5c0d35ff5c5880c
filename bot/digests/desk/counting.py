"""How many entries a channel got on each day: counted once for days that are over, and afresh for the others.

Twelve busy weeks are more than one wants to count for every digest.
"""

from __future__ import annotations

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
BATCH = 20


async def count_days(work: Work) -> int:
    """Count the days that are over since the last time, of a few channels."""
    last = work.now.date() - OVER
    found = await work.session.execute(
        select(Channel, DigestCount.upto)
        .outerjoin(
            DigestCount,
            (DigestCount.workspace_id == Channel.workspace_id)
            & (DigestCount.channel_id == Channel.id),
        )
        .where(or_(DigestCount.upto.is_(None), DigestCount.upto < last))
        .limit(BATCH)
    )
    due: list[tuple[Channel, date | None]] = [(channel, upto) for channel, upto in found]
    for channel, upto in due:
        first = last - BACK if upto is None else max(upto + timedelta(days=1), last - BACK)
        counts = await checkins.told_per_day(work, channel, first, last)
        key = {"workspace_id": channel.workspace_id, "channel_id": channel.id}
        await work.session.execute(
            insert(work.session, DigestDay).on_conflict_do_nothing(),
            [{**key, "day": day, "entries": counts.get(day, 0)} for day in _days(first, last)],
        )
        await work.session.execute(
            insert(work.session, DigestCount)
            .values(**key, upto=last)
            .on_conflict_do_update(
                index_elements=[DigestCount.workspace_id, DigestCount.channel_id],
                set_={"upto": last},
            )
        )
    return len(due)


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
    fresh = [day for day in _days(first, last) if day not in counts]
    for begin, end in _runs(fresh):
        counts |= await checkins.told_per_day(work, channel, begin, end)
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
