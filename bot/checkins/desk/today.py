"""Which check-in somebody means: the teams they are in, and today's check-in in each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_

from bot.channels import desk as channels
from bot.chat import Place
from bot.checkins.desk import questions, schedule
from bot.checkins.tables import Checkin, Entry, Rhythm
from bot.people.desk import Person
from bot.store.base import among, insert, new_id
from bot.store.session import Work


async def teams_of(work: Work, person: Person) -> list[Rhythm]:
    """The rhythms that somebody takes part in, by channel name."""
    found = []
    for channel in await channels.of_person(work, person, "team"):
        row = await schedule.find(work, person.workspace_id, channel.id)
        if row is not None:
            found.append(row)
    return found


async def today(work: Work, person: Person, row: Rhythm) -> Checkin:
    """The person's check-in of today in a rhythm, made when nobody asked yet."""
    day = await schedule.day_in(work, person, schedule.read_plan(row))
    wanted = (
        select(Checkin)
        .where(
            Checkin.workspace_id == row.workspace_id,
            Checkin.channel_id == row.channel_id,
            Checkin.person_id == person.id,
            Checkin.day == day,
        )
        .with_for_update()
    )
    if found := await work.session.scalar(wanted):
        return found
    asks = await questions.questions_for(work, row, day)
    await work.session.execute(
        insert(work.session, Checkin)
        .values(
            workspace_id=row.workspace_id,
            id=new_id(),
            channel_id=row.channel_id,
            person_id=person.id,
            day=day,
            state="open",
            questions=schedule.write_questions(asks),
            said=0,
            nudged=0,
        )
        .on_conflict_do_nothing()
    )
    return (await work.session.scalars(wanted)).one()


async def known(work: Work, person: Person, rows: Sequence[Rhythm]) -> dict[str, Checkin]:
    """Today's check-ins that there are already, by channel."""
    days = [
        (row.channel_id, await schedule.day_in(work, person, schedule.read_plan(row)))
        for row in rows
    ]
    found = await work.session.scalars(
        select(Checkin).where(
            Checkin.workspace_id == person.workspace_id,
            Checkin.person_id == person.id,
            tuple_(Checkin.channel_id, Checkin.day).in_(days),
        )
    )
    return {one.channel_id: one for one in found}


async def meant(work: Work, person: Person, place: Place) -> list[Rhythm]:
    """The teams that somebody may mean who names none: one when it is clear, none when they are in none.

    It is clear where the place is a team's channel, where there is one team only, and where one check-in of
    today was asked about or written later than all others.
    """
    rows = await teams_of(work, person)
    if here := [row for row in rows if row.channel_id == place.channel]:
        return here
    if len(rows) < 2:
        return rows
    moments = await _moments(work, await known(work, person, rows))
    latest = max(moments.values(), default=None)
    last = [row for row in rows if latest and moments.get(row.channel_id) == latest]
    return last if len(last) == 1 else rows


async def _moments(work: Work, checkins: dict[str, Checkin]) -> dict[str, datetime]:
    """When each of these check-ins was last asked about or written, by channel."""
    entries = {
        one.checkin_id: one
        for one in await work.session.scalars(
            select(Entry).where(
                among(
                    Entry.workspace_id,
                    Entry.checkin_id,
                    [(one.workspace_id, one.id) for one in checkins.values()],
                ),
                Entry.removed_at.is_(None),
            )
        )
    }
    moments = {}
    for channel_id, checkin in checkins.items():
        entry = entries.get(checkin.id)
        times = [entry.created_at, entry.edited_at] if entry else []
        if checkin.state != "skipped":
            times.append(checkin.asked_at)
        if known_times := [one for one in times if one]:
            moments[channel_id] = max(known_times)
    return moments
