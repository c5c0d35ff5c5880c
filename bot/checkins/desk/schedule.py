"""Rhythms, and who has a slot in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import chain, islice
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Executable, delete, func, or_, select, update

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Joined, Left
from bot.checkins import rules
from bot.checkins.desk import habits
from bot.checkins.rules import Own, Question, RhythmPlan, Verdict
from bot.checkins.tables import Checkin, Rhythm, Slot
from bot.engine import clock
from bot.people import desk as people
from bot.people.desk import Person, PersonKey
from bot.store.base import among, dialect_of, insert_in
from bot.store.given import Given
from bot.store.session import Work

AT_ONCE = 1000
"""People whose slots are worked out in one go: databases take so many parameters and no more."""

LONG_AGO = date(2020, 1, 1)
LOOKED_AHEAD = 800
"""Slots to look through for one that is not in a time away, a holiday or the quiet hours."""

T = TypeVar("T")
Seat = tuple[Rhythm, Person]
SlotKey = tuple[str, str, int]
"""Workspace, channel and person."""


@cache
def _plans() -> TypeAdapter[RhythmPlan]:
    return TypeAdapter(RhythmPlan)


@cache
def _questions() -> TypeAdapter[tuple[Question, ...]]:
    return TypeAdapter(tuple[Question, ...])


def read_plan(row: Rhythm) -> RhythmPlan:
    """The rhythm as the rules know it."""
    return _plans().validate_python(row.plan)


def read_questions(written: Sequence[Any]) -> tuple[Question, ...]:
    """Questions as a check-in keeps them."""
    return _questions().validate_python(written)


def write_questions(questions: Sequence[Question]) -> list[Any]:
    """Questions as JSON, as they were asked."""
    written: list[Any] = _questions().dump_python(tuple(questions), mode="json")
    return written


async def rhythms(work: Work, workspace_id: str) -> dict[str, RhythmPlan]:
    """Every rhythm of a workspace, by channel id."""
    rows = await work.session.scalars(select(Rhythm).where(Rhythm.workspace_id == workspace_id))
    return {row.channel_id: read_plan(row) for row in rows}


async def find(work: Work, workspace_id: str, channel_id: str) -> Rhythm | None:
    """A channel's rhythm, or None when it asks nothing."""
    return await work.session.get(Rhythm, (workspace_id, channel_id))


async def set_rhythm(work: Work, channel: Channel, plan: RhythmPlan | None) -> None:
    """Give a channel this rhythm, or none; what was written in it stays."""
    row = await find(work, channel.workspace_id, channel.id)
    if plan is None:
        if row is not None:
            await work.session.delete(row)
            await work.session.flush()
        return
    written = _plans().dump_python(plan, mode="json")
    if row is None:
        row = Rhythm(
            workspace_id=channel.workspace_id,
            channel_id=channel.id,
            plan=written,
            lately={},
            hidden=[],
        )
        work.session.add(row)
    row.plan = written
    await work.session.flush()
    await seat(work, channel, row)


async def day_in(work: Work, person: Person, plan: RhythmPlan) -> date:
    """The day it is for this person in this rhythm."""
    choices = habits.own(await habits.habit_of(work, person))
    return clock.local_day(work.now, rules.zone_for(plan, person.zone, choices))


async def seat(work: Work, channel: Channel, row: Rhythm) -> None:
    """Give every member of a channel their next slot, and nobody else."""
    members = await channels.members(work, channel)
    mine = (Slot.workspace_id == channel.workspace_id) & (Slot.channel_id == channel.id)
    there = await work.session.scalars(select(Slot.person_id).where(mine))
    gone = sorted({*there} - {one.id for one in members})
    for some in _parts(gone):
        await work.session.execute(delete(Slot).where(mine, Slot.person_id.in_(some)))
    await _place(work, [(row, one) for one in members])
    row.seated_at = channel.members_at or work.now


async def seat_person(work: Work, person: Person, *, moved: bool = False) -> None:
    """Work out again when somebody is asked, in every team they belong to.

    When they `moved` to another zone, a day that is not asked about yet does not get lost on the way.
    """
    mine = {one.id for one in await channels.of_person(work, person, "team")}
    rows = list(
        await work.session.scalars(
            select(Rhythm).where(
                Rhythm.workspace_id == person.workspace_id, Rhythm.channel_id.in_(mine)
            )
        )
    )
    await work.session.execute(
        delete(Slot).where(
            Slot.workspace_id == person.workspace_id,
            Slot.person_id == person.id,
            Slot.channel_id.not_in([row.channel_id for row in rows]),
        )
    )
    await _place(work, [(row, person) for row in rows], moved=moved)


async def look_again(work: Work, person: Person) -> None:
    """Decide now about slots that wait for the end of somebody's quiet hours, because those were changed."""
    await work.session.execute(
        update(Slot)
        .where(
            Slot.workspace_id == person.workspace_id,
            Slot.person_id == person.id,
            Slot.slot_at <= work.now,
        )
        .values(due_at=work.now)
    )


def _parts(many: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(many), AT_ONCE):
        yield many[start : start + AT_ONCE]


async def _place(work: Work, seats: Sequence[Seat], *, moved: bool = False) -> None:
    """Write the next slot of each pair, never on a day that was asked about already.

    A slot whose time has come stays as it is: whether it is asked is decided when it is looked at, not here.
    """
    for some in _parts(seats):
        there = await _slots(work, some)
        pairs = [(seat, there.get(_key(seat))) for seat in some]
        pairs = [(seat, slot) for seat, slot in pairs if slot is None or slot.slot_at > work.now]
        if not pairs:
            continue
        people_keys = [(one.workspace_id, one.id) for (_, one), _ in pairs]
        chosen = await habits.manners(work, people_keys)
        last = await last_days(work, people_keys, since=work.now.date() - timedelta(days=2))
        values = []
        for seat, slot in pairs:
            person = seat[1]
            choices = chosen[person.workspace_id, person.id].own
            asked = last.get(_key(seat))
            before = slot.day if moved and slot is not None else None
            if found := _next(work.now, seat, choices, asked=asked, before=before):
                values.append(slot_values(_key(seat), *found, found[1]))
        if values:
            await write_slots(work, values)


def _key(seat: Seat) -> SlotKey:
    row, person = seat
    return row.workspace_id, row.channel_id, person.id


def _next(
    now: datetime, seat: Seat, choices: Own, *, asked: date | None, before: date | None
) -> tuple[date, datetime] | None:
    """The next day and instant of a pair; `before` is the day it was to be asked about until a move."""
    plan = read_plan(seat[0])
    zone = seat[1].zone
    after = now - plan.catch_up if before else now
    times = rules.slots(plan, zone, after, choices)
    today = clock.local_day(now, rules.zone_for(plan, zone, choices))
    return next(
        (
            (day, at)
            for day, at in times
            if (asked is None or day > asked) and (at > now or day == before == today)
        ),
        None,
    )


async def _slots(work: Work, seats: Sequence[Seat]) -> dict[SlotKey, Slot]:
    """The slots that these pairs have now."""
    found = await work.session.scalars(
        select(Slot)
        .where(
            among(
                Slot.workspace_id,
                Slot.person_id,
                [(one.workspace_id, one.id) for _, one in seats],
            )
        )
        .execution_options(populate_existing=True)
    )
    return {(one.workspace_id, one.channel_id, one.person_id): one for one in found}


def slot_values(key: SlotKey, day: date, slot_at: datetime, due_at: datetime) -> dict[str, Any]:
    """A slot as it is written."""
    workspace_id, channel_id, person_id = key
    return {
        "workspace_id": workspace_id,
        "channel_id": channel_id,
        "person_id": person_id,
        "day": day,
        "slot_at": slot_at,
        "due_at": due_at,
    }


async def write_slots(work: Work, values: Sequence[dict[str, Any]]) -> None:
    """Put slots where they are wanted, in the place of those that were there."""
    await (await work.session.connection()).execute(
        _putting(dialect_of(work.session)), _SLOTS.hold(work.session, values)
    )


_SLOTS = Given.of(Slot)


@cache
def _putting(dialect: str) -> Executable:
    new = insert_in(dialect, Slot).from_select(_SLOTS.names, _SLOTS.all(dialect))
    return new.on_conflict_do_update(
        index_elements=[Slot.workspace_id, Slot.channel_id, Slot.person_id],
        set_={name: new.excluded[name] for name in ("day", "slot_at", "due_at")},
    )


async def last_days(work: Work, keys: Sequence[PersonKey], *, since: date) -> dict[SlotKey, date]:
    """The last local day, from a day on, about which each was asked, by workspace, channel and person."""
    found = await work.session.execute(
        select(Checkin.workspace_id, Checkin.channel_id, Checkin.person_id, func.max(Checkin.day))
        .where(
            among(Checkin.workspace_id, Checkin.person_id, keys),
            Checkin.asked_at.is_not(None),
            Checkin.day >= since,
        )
        .group_by(Checkin.workspace_id, Checkin.channel_id, Checkin.person_id)
    )
    return {(ws, channel, person): day for ws, channel, person, day in found}


async def upcoming(work: Work, person: Person) -> list[tuple[Channel, datetime | None]]:
    """When somebody is asked next, by team channel; None where that is never, as things are."""
    found = await work.session.execute(
        select(Slot, Rhythm)
        .join(
            Rhythm,
            (Rhythm.workspace_id == Slot.workspace_id) & (Rhythm.channel_id == Slot.channel_id),
        )
        .where(Slot.workspace_id == person.workspace_id, Slot.person_id == person.id)
        .order_by(Slot.due_at)
        .execution_options(populate_existing=True)
    )
    slots = list(found)
    where = await channels.many(work, [(slot.workspace_id, slot.channel_id) for slot, _ in slots])
    habit = await habits.habit_of(work, person)
    last: dict[SlotKey, date] = {}
    if habit.halved:
        last = await last_days(work, [(person.workspace_id, person.id)], since=LONG_AGO)
    return [
        (
            where[slot.workspace_id, slot.channel_id],
            _upcoming(
                person, slot, read_plan(row), habits.own(habit), last.get(_key((row, person)))
            ),
        )
        for slot, row in slots
    ]


def _upcoming(
    person: Person, slot: Slot, plan: RhythmPlan, choices: Own, last: date | None
) -> datetime | None:
    later = rules.slots(plan, person.zone, slot.slot_at, choices, from_day=slot.day)
    for day, at in islice(chain([(slot.day, slot.due_at)], later), LOOKED_AHEAD):
        verdict, when = rules.judge(
            rules.Situation(
                now=at,
                due_at=at,
                day=day,
                where=rules.zone_for(plan, person.zone, choices),
                zone=person.zone,
                catch_up=plan.catch_up,
                away_until=person.away_until,
                country=person.country,
                quiet_from=person.quiet_from,
                quiet_to=person.quiet_to,
                resting=plan.deliver == "dm" and rules.rests(plan, day, last, choices),
            )
        )
        if verdict in (Verdict.ASK, Verdict.WAIT):
            return when
    return None


async def reseat(work: Work) -> int:
    """Work out slots again for people who moved, and for channels whose members were read anew."""
    movers = await people.moved(work, 50)
    for person in movers:
        await seat_person(work, person, moved=True)
    stale = list(
        await work.session.execute(
            select(Rhythm, Channel)
            .join(
                Channel,
                (Channel.workspace_id == Rhythm.workspace_id) & (Channel.id == Rhythm.channel_id),
            )
            .where(or_(Rhythm.seated_at.is_(None), Rhythm.seated_at != Channel.members_at))
            .limit(5)
            .with_for_update(skip_locked=True, of=Rhythm)
        )
    )
    for row, channel in stale:
        await seat(work, channel, row)
    return len(movers) + len(stale)


async def on_joined(work: Work, event: Joined) -> bool:
    """Somebody new in a team has a slot from now on."""
    return await _moved(work, event)


async def on_left(work: Work, event: Left) -> bool:
    """Somebody who left a team is not asked there any more."""
    return await _moved(work, event)


async def _moved(work: Work, event: Joined | Left) -> bool:
    if person := await people.find(work, event.by):
        await seat_person(work, person)
    return False
