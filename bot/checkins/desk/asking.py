"""Asking: what happens when somebody's slot is due, and what the bot says again later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, tuple_

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Place
from bot.checkins import bank, rules, words
from bot.checkins.desk import schedule
from bot.checkins.rules import Question, RhythmPlan, Verdict
from bot.checkins.tables import Checkin, Entry, Habit, Rhythm, Slot
from bot.engine import clock, outbox
from bot.engine.metrics import LATE
from bot.engine.outbox import Post
from bot.people import desk as people
from bot.people import rules as absence
from bot.people.desk import Person
from bot.store.base import insert, new_id
from bot.store.session import Work

BATCH = 500
"""Slots handled in one transaction."""
LATE_AFTER = 120
"""A prompt this many seconds after its time says that it is late."""


def prompt_key(checkin_id: int, said: int) -> str:
    """The subject of a check-in's prompt; each later return of it is a message of its own."""
    return f"checkins.prompt:{checkin_id}:{said}"


@dataclass(frozen=True, slots=True)
class Seat:
    """A due slot with all that belongs to it."""

    slot: Slot
    rhythm: Rhythm
    plan: RhythmPlan
    channel: Channel
    person: Person
    habit: Habit

    @property
    def key(self) -> tuple[str, str, int, date]:
        return self.slot.workspace_id, self.slot.channel_id, self.slot.person_id, self.slot.day


async def ask_due(work: Work) -> int:
    """Ask everybody whose slot is due, at most a batch of them, and give each the next slot."""
    slots = list(
        await work.session.scalars(
            select(Slot)
            .where(Slot.due_at <= work.now)
            .order_by(Slot.due_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    if not slots:
        return 0
    seats = await _gather(work, slots)
    known = await _checkins(work, seats)
    written = await _written(work, list(known.values()))
    asked: list[Seat] = []
    moves: list[dict[str, Any]] = []
    for seat in seats:
        checkin = known.get(seat.key)
        settled = checkin is not None and (checkin.id in written or checkin.state != "open")
        verdict, at = rules.judge(_situation(work.now, seat, wrote_today=settled))
        if verdict is Verdict.WAIT:
            moves.append(_slot(seat, seat.slot.day, seat.slot.slot_at, at))
            continue
        if verdict is Verdict.DROP:
            LATE.inc()
        if verdict is Verdict.ASK:
            asked.append(seat)
        seat.habit.rested = seat.habit.halved and not seat.habit.rested
        upcoming = next(
            rules.slots(
                seat.plan,
                seat.person.zone,
                work.now,
                schedule.own(seat.habit),
                from_day=_after(seat),
            ),
            None,
        )
        if upcoming is None:
            await work.session.delete(seat.slot)
        else:
            moves.append(_slot(seat, *upcoming, upcoming[1]))
    await _ask(work, asked, known)
    if moves:
        await schedule.write_slots(work, moves)
    return len(slots)


def _after(seat: Seat) -> date:
    """The first local day after the one that this slot was about."""
    return date.fromordinal(seat.slot.day.toordinal() + 1)


def _slot(seat: Seat, day: date, slot_at: datetime, due_at: datetime) -> dict[str, Any]:
    return {
        "workspace_id": seat.slot.workspace_id,
        "channel_id": seat.slot.channel_id,
        "person_id": seat.slot.person_id,
        "day": day,
        "slot_at": slot_at,
        "due_at": due_at,
    }


def _situation(now: datetime, seat: Seat, *, wrote_today: bool) -> rules.Situation:
    person, habit = seat.person, seat.habit
    if person.away_until is not None and not absence.is_away(seat.slot.day, person.away_until):
        # The time away has ended by itself; the next prompt says welcome back.
        person.away_until, person.welcome_back = None, True
    return rules.Situation(
        now=now,
        due_at=seat.slot.slot_at,
        day=seat.slot.day,
        zone=person.zone,
        catch_up=seat.plan.catch_up,
        present=person.present,
        stopped=habit.stopped,
        away_until=person.away_until,
        country=person.country,
        quiet_from=person.quiet_from,
        quiet_to=person.quiet_to,
        wrote_today=wrote_today,
        resting=habit.halved and not habit.rested,
    )


async def _gather(work: Work, slots: Sequence[Slot]) -> list[Seat]:
    """Each slot with its rhythm, channel, person and habit, read in one question each."""
    channel_keys = {(one.workspace_id, one.channel_id) for one in slots}
    person_keys = list({(one.workspace_id, one.person_id) for one in slots})
    rows = {
        (one.workspace_id, one.channel_id): one
        for one in await work.session.scalars(
            select(Rhythm).where(tuple_(Rhythm.workspace_id, Rhythm.channel_id).in_(channel_keys))
        )
    }
    where = await channels.many(work, channel_keys)
    who = await people.many(work, person_keys)
    chosen = await schedule.habits(work, person_keys)
    plans = {key: schedule.read_plan(row) for key, row in rows.items()}
    return [
        Seat(
            slot,
            rows[channel],
            plans[channel],
            where[channel],
            who[person],
            chosen[person],
        )
        for slot in slots
        for channel, person in [
            ((slot.workspace_id, slot.channel_id), (slot.workspace_id, slot.person_id))
        ]
    ]


async def _checkins(work: Work, seats: Sequence[Seat]) -> dict[tuple[str, str, int, date], Checkin]:
    """The check-ins that exist already for these slots' days."""
    found = await work.session.scalars(
        select(Checkin).where(
            tuple_(Checkin.workspace_id, Checkin.channel_id, Checkin.person_id, Checkin.day).in_(
                [seat.key for seat in seats]
            )
        )
    )
    return {(one.workspace_id, one.channel_id, one.person_id, one.day): one for one in found}


async def _written(work: Work, checkins: Sequence[Checkin]) -> set[int]:
    """Which of these check-ins have an entry."""
    found = await work.session.scalars(
        select(Entry.checkin_id).where(
            tuple_(Entry.workspace_id, Entry.checkin_id).in_(
                [(one.workspace_id, one.id) for one in checkins]
            ),
            Entry.removed_at.is_(None),
        )
    )
    return set(found)


async def _ask(
    work: Work, seats: Sequence[Seat], known: Mapping[tuple[str, str, int, date], Checkin]
) -> None:
    """Write the check-ins of these seats and their prompts."""
    if not seats:
        return
    direct = await people.direct_places(
        work, [(one.person.workspace_id, one.person.id) for one in seats]
    )
    rows: list[dict[str, Any]] = []
    posts: list[Post] = []
    for seat in seats:
        questions = await schedule.questions_for(work, seat.rhythm, seat.slot.day)
        checkin = known.get(seat.key)
        checkin_id = checkin.id if checkin else new_id()
        again_at = _nudge_at(work.now, seat, 0)
        if checkin is None:
            rows.append(_row(seat, checkin_id, questions, work.now, again_at))
        else:
            checkin.state, checkin.asked_at, checkin.again_at = "asked", work.now, again_at
            checkin.said = 1
        slower = _count_silence(seat.habit)
        if seat.plan.deliver == "channel":
            await channels.open_day(
                work, seat.channel, seat.slot.day, asks=[one.ask for one in questions]
            )
        elif place := direct.get((seat.person.workspace_id, seat.person.id)):
            posts.append(_prompt(work.now, seat, questions, checkin_id, place, slower=slower))
            seat.person.welcome_back = False
    if rows:
        await work.session.execute(insert(work.session, Checkin).on_conflict_do_nothing(), rows)
    await outbox.show_new(work, posts)


def _row(
    seat: Seat,
    checkin_id: int,
    questions: Sequence[Question],
    now: datetime,
    again: datetime | None,
) -> dict[str, Any]:
    return {
        "workspace_id": seat.slot.workspace_id,
        "id": checkin_id,
        "channel_id": seat.slot.channel_id,
        "person_id": seat.slot.person_id,
        "day": seat.slot.day,
        "state": "asked",
        "questions": schedule.write_questions(questions),
        "asked_at": now,
        "again_at": again,
        "said": 1,
        "nudged": 0,
    }


def _count_silence(habit: Habit) -> bool:
    """Note that somebody is asked; True when silence has just been long enough to ask less."""
    habit.ignored = habit.ignored + 1 if habit.waiting else 0
    habit.waiting = True
    if habit.ignored >= rules.IGNORED and not habit.halved:
        habit.halved, habit.rested, habit.ignored = True, False, 0
        return True
    return False


def _prompt(
    now: datetime,
    seat: Seat,
    questions: Sequence[Question],
    checkin_id: int,
    place: Place,
    *,
    slower: bool,
) -> Post:
    late = (now - seat.slot.due_at).total_seconds() > LATE_AFTER
    meant = clock.local(seat.slot.slot_at, seat.person.zone).time()
    card = words.prompt(
        seat.person.name,
        clock.local(now, seat.person.zone),
        questions,
        checkin_id=checkin_id,
        channel=seat.channel.name,
        private=seat.plan.entries == "private",
        late_from=meant if late else None,
        back=seat.person.welcome_back,
        slower=slower,
    )
    return Post(place, card, prompt_key(checkin_id, 1))


def _nudge_at(now: datetime, seat: Seat, nudged: int) -> datetime | None:
    most = seat.plan.nudges if seat.habit.nudges is None else seat.habit.nudges
    if nudged >= most or seat.plan.deliver == "channel":
        return None
    person = seat.person
    return rules.nudge_at(now, seat.slot.day, person.zone, person.quiet_from, person.quiet_to)


async def speak_again(work: Work) -> int:
    """Come back to check-ins that were put off, and remind of those without a sign."""
    due = list(
        await work.session.scalars(
            select(Checkin)
            .where(Checkin.again_at <= work.now)
            .order_by(Checkin.again_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    for checkin in due:
        await _return(work, checkin)
    return len(due)


async def _return(work: Work, checkin: Checkin) -> None:
    was, checkin.again_at = checkin.again_at, None
    person = await people.get(work, checkin.workspace_id, checkin.person_id)
    row = await schedule.find(work, checkin.workspace_id, checkin.channel_id)
    habit = await schedule.habit_of(work, person)
    over = clock.local_day(work.now, person.zone) != checkin.day
    if row is None or checkin.state not in ("asked", "snoozed") or habit.stopped or over:
        return
    plan = schedule.read_plan(row)
    if was is not None and work.now - was > plan.catch_up:
        LATE.inc()
        return
    at = clock.after_quiet(work.now, person.zone, person.quiet_from, person.quiet_to)
    if at > work.now:
        checkin.again_at = at
        return
    channel = await channels.get(work, checkin.workspace_id, checkin.channel_id)
    questions = schedule.read_questions(checkin.questions)
    checkin.said += 1
    if checkin.state == "snoozed":
        card = words.returned(questions, checkin_id=checkin.id, channel=channel.name)
        checkin.state = "asked"
    else:
        card = words.nudge(questions, checkin_id=checkin.id, channel=channel.name)
        checkin.nudged += 1
    most = plan.nudges if habit.nudges is None else habit.nudges
    if checkin.nudged < most:
        checkin.again_at = rules.nudge_at(
            work.now, checkin.day, person.zone, person.quiet_from, person.quiet_to
        )
    place = await people.direct(work, person)
    await outbox.show(work, place, card, key=prompt_key(checkin.id, checkin.said))


async def try_on(work: Work, person: Person, channel: Channel, plan: RhythmPlan) -> None:
    """Show somebody the prompt of a rhythm that is not saved; nothing is kept of an answer to it."""
    questions = plan.questions or tuple(
        Question(f"try.{number}", one.ask) for number, one in enumerate(bank.BANK[:2])
    )
    card = words.trial(
        person.name,
        clock.local(work.now, person.zone),
        questions,
        channel=channel.name,
        private=plan.entries == "private",
    )
    place = await people.direct(work, person)
    await outbox.show(work, place, card, key=f"checkins.trial:{new_id()}")
