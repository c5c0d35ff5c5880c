"""What is kept about somebody in digests: to take along, to be forgotten, to be kept for so long."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select

from bot.channels import desk as channels
from bot.checkins import desk as checkins
from bot.digests.desk import collecting, counting, dunes, posting, taking
from bot.digests.desk.collecting import Reading
from bot.digests.rules import Period
from bot.digests.tables import DigestAddress, DigestMail, DigestNote, DigestPost
from bot.engine import traces
from bot.grains import desk as grains
from bot.lessons import desk as lessons
from bot.people.desk import Person
from bot.store.session import Work

BATCH = 50


async def export(work: Work, person: Person) -> list[dict[str, object]]:
    """Somebody's margin notes, their address, and digests on their way to it."""
    named = {one.id: f"#{one.name}" for one in await channels.every(work, person.workspace_id)}
    notes = await work.session.scalars(
        select(DigestNote)
        .where(DigestNote.workspace_id == person.workspace_id, DigestNote.person_id == person.id)
        .order_by(DigestNote.id)
    )
    found: list[dict[str, object]] = [
        {
            "kind": "margin note",
            "at": one.at.isoformat(),
            "channel": named.get(one.channel_id, ""),
            "words": one.words,
        }
        for one in notes
    ]
    row = await work.session.get(DigestAddress, (person.workspace_id, person.id))
    if row is not None:
        found.append({"kind": "e-mail address", "address": row.address})
    mails = await work.session.scalars(
        select(DigestMail).where(
            DigestMail.workspace_id == person.workspace_id, DigestMail.person_id == person.id
        )
    )
    found += [
        {
            "kind": "digest by e-mail",
            "at": one.next_at.isoformat(),
            "channel": named.get(one.channel_id, ""),
        }
        for one in mails
    ]
    return found


async def forget(work: Work, person: Person) -> None:
    """Delete somebody's notes and address, and take their words out of every posted digest.

    What they wrote is still there when this happens; digests are read without it.
    """
    told = await checkins.told_by(work, person, date.min, date.max)
    abouts = [
        *dict.fromkeys(f"entry:{one.entry_id}" for one in told),
        *(f"grain:{one.grain_id}" for one in await grains.all_by(work, person)),
        *await _noted(work, person),
    ]
    days = {(one.channel_id, one.day) for one in told}
    await counting.count_afresh(work, person.workspace_id, days)
    for table in (DigestNote, DigestAddress, DigestMail):
        await work.session.execute(
            delete(table).where(
                table.workspace_id == person.workspace_id, table.person_id == person.id
            )
        )
    await dunes.take_out(work, person.workspace_id, abouts)
    by_workspace = {person.workspace_id: abouts}
    for workspace_id, item_id in await lessons.copies_of(work, person):
        by_workspace.setdefault(workspace_id, []).append(f"lesson:{item_id}")
    for workspace_id, some in by_workspace.items():
        # In which files their words stand is not known; whoever still wants one asks anew.
        await taking.take_back(work, workspace_id)
        for post_id in await posting.with_sources(work, workspace_id, some):
            row = await work.session.get_one(
                DigestPost, (workspace_id, post_id), with_for_update=True
            )
            await _without(work, row, person)


async def _noted(work: Work, person: Person) -> list[str]:
    found = await work.session.scalars(
        select(DigestNote.about).where(
            DigestNote.workspace_id == person.workspace_id, DigestNote.person_id == person.id
        )
    )
    return [":".join(one.split(":")[:2]) for one in found]


async def _without(work: Work, row: DigestPost, person: Person) -> None:
    """Let a posted digest stand without somebody's words; its chart, which names nobody, is drawn again soon."""
    channel = await channels.get(work, row.workspace_id, row.channel_id)
    period = Period(row.first, row.last)
    material = await collecting.collect(work, channel, period, Reading(row.zone, but=person))
    key = posting.post_key(row.id)
    shown = await traces.about(work, row.workspace_id, key)
    picture = next((one.card.picture for one in shown if one.key == key), None)
    await posting.show(work, channel, row, material.digest, picture)
    row.stale_at = row.stale_at or work.now


async def expire(work: Work, workspace_id: str, before: datetime) -> int:
    """Take away digests of days before a moment, and delete notes as old."""
    old = list(
        await work.session.scalars(
            select(DigestPost)
            .where(DigestPost.workspace_id == workspace_id, DigestPost.first < before.date())
            .order_by(DigestPost.first)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    for row in old:
        await posting.take_back(work, row)
    await taking.take_back(work, workspace_id, before)
    await dunes.expire(work, workspace_id, before)
    await counting.expire(work, workspace_id, before.date())
    notes = list(
        await work.session.scalars(
            select(DigestNote)
            .where(DigestNote.workspace_id == workspace_id, DigestNote.at < before)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    for note in notes:
        await work.session.delete(note)
    return len(old) + len(notes)
