"""Rhythms, their questions, and who has a slot in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, or_, select, tuple_

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Joined, Left
from bot.checkins import bank, rules
from bot.checkins.rules import Own, Question, RhythmPlan
from bot.checkins.tables import Checkin, Habit, Rhythm, Slot, TeamPrompt
from bot.people import desk as people
from bot.people.desk import Person, PersonKey
from bot.store.base import insert
from bot.store.session import Work

REMEMBERED = 60
"""How many days of bank questions a team's rotation remembers."""
BANK_KEY = "bank."


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


async def habits(work: Work, keys: Sequence[PersonKey]) -> Mapping[PersonKey, Habit]:
    """What these people chose for themselves; whoever chose nothing gets an empty row."""
    found = {
        (one.workspace_id, one.person_id): one
        for one in await work.session.scalars(
            select(Habit).where(tuple_(Habit.workspace_id, Habit.person_id).in_(keys))
        )
    }
    for workspace_id, person_id in dict.fromkeys(keys):
        if (workspace_id, person_id) not in found:
            habit = Habit(
                workspace_id=workspace_id,
                person_id=person_id,
                days=[],
                stopped=False,
                waiting=False,
                ignored=0,
                halved=False,
                rested=False,
            )
            work.session.add(habit)
            found[workspace_id, person_id] = habit
    return found


async def habit_of(work: Work, person: Person) -> Habit:
    """What this person chose for themselves."""
    key = (person.workspace_id, person.id)
    return (await habits(work, [key]))[key]


def own(habit: Habit) -> Own:
    """A person's choices as the rules know them."""
    return Own(habit.at, tuple(habit.days), habit.nudges)


async def seat(work: Work, channel: Channel, row: Rhythm) -> None:
    """Give every member of a channel their next slot, and nobody else."""
    members = await channels.members(work, channel)
    await work.session.execute(
        delete(Slot).where(
            Slot.workspace_id == channel.workspace_id,
            Slot.channel_id == channel.id,
            Slot.person_id.not_in([one.id for one in members]),
        )
    )
    await _place(work, [(row, one) for one in members])
    row.seated_at = channel.members_at or work.now


async def seat_person(work: Work, person: Person) -> None:
    """Work out again when somebody is asked, in every team they belong to."""
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
    await _place(work, [(row, person) for row in rows])


async def _place(work: Work, seats: Sequence[tuple[Rhythm, Person]]) -> None:
    """Write the next slot of each pair, never on a day that was asked about already.

    A slot that is due stays as it is: whether it is asked is decided when it is looked at, not here.
    """
    due = await _due(work, seats)
    seats = [one for one in seats if (one[0].workspace_id, one[0].channel_id, one[1].id) not in due]
    if not seats:
        return
    chosen = await habits(work, [(one.workspace_id, one.id) for _, one in seats])
    last = await _last_days(work, seats)
    values = []
    for row, person in seats:
        asked = last.get((row.workspace_id, row.channel_id, person.id))
        found = next(
            (
                (day, at)
                for day, at in rules.slots(
                    read_plan(row),
                    person.zone,
                    work.now,
                    own(chosen[person.workspace_id, person.id]),
                )
                if asked is None or day > asked
            ),
            None,
        )
        if found is not None:
            values.append(
                {
                    "workspace_id": row.workspace_id,
                    "channel_id": row.channel_id,
                    "person_id": person.id,
                    "day": found[0],
                    "slot_at": found[1],
                    "due_at": found[1],
                }
            )
    if values:
        await write_slots(work, values)


async def _due(work: Work, seats: Sequence[tuple[Rhythm, Person]]) -> set[tuple[str, str, int]]:
    """Which of these pairs have a slot whose time has come, by workspace, channel and person."""
    found = await work.session.execute(
        select(Slot.workspace_id, Slot.channel_id, Slot.person_id).where(
            tuple_(Slot.workspace_id, Slot.person_id).in_(
                [(one.workspace_id, one.id) for _, one in seats]
            ),
            Slot.due_at <= work.now,
        )
    )
    return {(workspace_id, channel, person) for workspace_id, channel, person in found}


async def write_slots(work: Work, values: Sequence[dict[str, Any]]) -> None:
    """Put slots where they are wanted, in the place of those that were there."""
    new = insert(work.session, Slot)
    await work.session.execute(
        new.on_conflict_do_update(
            index_elements=[Slot.workspace_id, Slot.channel_id, Slot.person_id],
            set_={
                "day": new.excluded.day,
                "slot_at": new.excluded.slot_at,
                "due_at": new.excluded.due_at,
            },
        ),
        list(values),
    )


async def _last_days(
    work: Work, seats: Sequence[tuple[Rhythm, Person]]
) -> dict[tuple[str, str, int], date]:
    """The last local day about which each was asked, by workspace, channel and person."""
    found = await work.session.execute(
        select(Checkin.workspace_id, Checkin.channel_id, Checkin.person_id, Checkin.day)
        .where(
            tuple_(Checkin.workspace_id, Checkin.person_id).in_(
                [(one.workspace_id, one.id) for _, one in seats]
            ),
            Checkin.asked_at.is_not(None),
        )
        .order_by(Checkin.day)
    )
    return {(ws, channel, person): day for ws, channel, person, day in found}


async def upcoming(work: Work, person: Person) -> list[tuple[Channel, datetime]]:
    """When somebody is asked next, by team channel."""
    found = await work.session.scalars(
        select(Slot)
        .where(Slot.workspace_id == person.workspace_id, Slot.person_id == person.id)
        .order_by(Slot.due_at)
    )
    slots = list(found)
    where = await channels.many(work, [(one.workspace_id, one.channel_id) for one in slots])
    return [(where[one.workspace_id, one.channel_id], one.due_at) for one in slots]


async def questions_for(work: Work, row: Rhythm, day: date) -> tuple[Question, ...]:
    """What a team is asked on a day: its own questions, or a plan and one more from the prompt bank.

    Everybody in a team gets the same ones on one local day, so that the thread hangs together.
    """
    plan = read_plan(row)
    if plan.questions:
        return plan.questions
    prompts = {one.key: one for one in (*bank.BANK, *await team_prompts(work, row))}
    keys = row.lately.get(day.isoformat())
    if keys is None or not all(key in prompts for key in keys):
        keys = await _choose(work, row, plan, day)
        days = {**row.lately, day.isoformat(): keys}
        row.lately = {one: days[one] for one in sorted(days)[-REMEMBERED:]}
    return tuple(
        Question(
            key=f"{BANK_KEY}{key}",
            ask=prompts[key].ask,
            role=prompts[key].role,
            optional=number > 0,
        )
        for number, key in enumerate(keys)
    )


async def _choose(work: Work, row: Rhythm, plan: RhythmPlan, day: date) -> list[str]:
    tags = plan.tags or bank.TAGS
    groups = [("plan",), tuple(tag for tag in tags if tag != "plan")] if "plan" in tags else [tags]
    asked = [key for keys in row.lately.values() for key in keys]
    mine = await team_prompts(work, row)
    return [
        bank.pick(
            day,
            row.channel_id,
            tags=group,
            focus=plan.focus,
            stage=plan.stage,
            asked_lately=asked,
            own=mine,
            hidden=row.hidden,
        ).key
        for group in groups
        if group
    ]


async def team_prompts(work: Work, row: Rhythm) -> tuple[bank.Prompt, ...]:
    """The questions that a team added for itself."""
    rows = await work.session.scalars(
        select(TeamPrompt)
        .where(TeamPrompt.workspace_id == row.workspace_id, TeamPrompt.channel_id == row.channel_id)
        .order_by(TeamPrompt.key)
    )
    return tuple(bank.Prompt(key=one.key, ask=one.ask, tag=one.tag) for one in rows)


async def reseat(work: Work) -> int:
    """Work out slots again for people who moved, and for channels whose members were read anew."""
    movers = await people.moved(work, 50)
    for person in movers:
        await seat_person(work, person)
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
    if event.channel is not None and (person := await people.find(work, event.by)):
        await seat_person(work, person)
    return False
