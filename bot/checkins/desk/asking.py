"""Asking: what happens when somebody's slot is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cache
from itertools import takewhile
from typing import Any

from sqlalchemy import Select, delete, func, select, tuple_

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Place
from bot.checkins import bank, rules, words
from bot.checkins.desk import habits, questions, schedule
from bot.checkins.desk.elsewhere import DayKey, narrated_elsewhere
from bot.checkins.desk.habits import Manner
from bot.checkins.rules import Own, Question, RhythmPlan, Verdict
from bot.checkins.tables import Checkin, Entry, Rhythm, Slot
from bot.engine import clock, outbox
from bot.engine.metrics import LATE
from bot.engine.outbox import Post
from bot.people import desk as people
from bot.people import rules as absence
from bot.people.desk import Person, PersonKey
from bot.store.base import among, dialect_of, new_id
from bot.store.given import Given, insert_new
from bot.store.session import Work

BATCH = 200
"""Slots handled in one transaction."""

_DAYS = Given.of(Checkin, "workspace_id", "person_id", "day")

CheckinKey = tuple[str, str, int, date]


def prompt_key(checkin_id: int, said: int) -> str:
    """The subject of a check-in's prompt; each later return of it is a message of its own."""
    return f"checkins.prompt:{checkin_id}:{said}"


@dataclass(frozen=True, slots=True)
class Due:
    """A slot whose time has come, as its row has it."""

    workspace_id: str
    channel_id: str
    person_id: int
    day: date
    slot_at: datetime
    due_at: datetime


_DUE = tuple(Slot.__table__.c[field.name] for field in fields(Due))


@dataclass(frozen=True, slots=True)
class Seat:
    """A due slot with all that belongs to it."""

    slot: Due
    rhythm: Rhythm
    plan: RhythmPlan
    channel: Channel
    person: Person
    manner: Manner

    @property
    def key(self) -> CheckinKey:
        return self.slot.workspace_id, self.slot.channel_id, self.slot.person_id, self.slot.day

    @property
    def slot_key(self) -> schedule.SlotKey:
        return self.key[:3]

    @property
    def day_key(self) -> DayKey:
        return self.slot.workspace_id, self.slot.person_id, self.slot.day

    @property
    def who(self) -> PersonKey:
        return self.slot.workspace_id, self.slot.person_id

    @property
    def own(self) -> Own:
        return self.manner.own

    @property
    def where(self) -> str:
        """The zone whose days are counted."""
        return rules.zone_for(self.plan, self.person.zone, self.own)

    @property
    def alone(self) -> bool:
        """Whether this person is asked in their direct message, not in the open."""
        return self.plan.deliver == "dm"


async def ask_due(work: Work) -> int:
    """Ask everybody whose slot is due, at most a batch of them, and give each the next slot."""
    found = await work.session.execute(
        select(*_DUE)
        .where(Slot.due_at <= work.now)
        .order_by(Slot.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    slots = [Due(*row) for row in found]
    if not slots:
        return 0
    seats = await _gather(work, slots)
    resting = await _resting(work, seats)
    known = await _checkins(work, seats)
    written = await _written(work, list(known.values()))
    elsewhere = await narrated_elsewhere(work, [one.day_key for one in seats if one.alone])
    asked: list[Seat] = []
    moves: list[dict[str, Any]] = []
    gone: list[schedule.SlotKey] = []
    for seat in seats:
        checkin = known.get(seat.key)
        settled = checkin is not None and (checkin.id in written or checkin.state != "open")
        settled = settled or seat.day_key in elsewhere
        verdict, at = rules.judge(
            _situation(work.now, seat, wrote_today=settled, resting=seat.slot_key in resting)
        )
        if verdict is Verdict.WAIT:
            moves.append(schedule.slot_values(seat.slot_key, seat.slot.day, seat.slot.slot_at, at))
            continue
        if verdict is Verdict.ASK:
            asked.append(seat)
        upcoming = _next(work.now, seat)
        if verdict is Verdict.DROP:
            LATE.inc(_dropped(seat, upcoming))
        if upcoming is None:
            gone.append(seat.slot_key)
        else:
            moves.append(schedule.slot_values(seat.slot_key, *upcoming, upcoming[1]))
    if asked:
        await _ask(work, asked, known)
    if moves:
        await schedule.write_slots(work, moves)
    for key in gone:
        await work.session.execute(delete(Slot).where(tuple_(*_DUE[:3]) == key))
    return len(slots)


async def soonest(work: Work) -> datetime | None:
    """When the next slot is due."""
    return await work.session.scalar(select(func.min(Slot.due_at)))


def _next(now: datetime, seat: Seat) -> tuple[date, datetime] | None:
    """The next slot after this one; it may be due already, when the bot was down for more than a day."""
    after = now - seat.plan.catch_up
    tomorrow = seat.slot.day + timedelta(days=1)
    return next(rules.slots(seat.plan, seat.person.zone, after, seat.own, from_day=tomorrow), None)


def _dropped(seat: Seat, upcoming: tuple[date, datetime] | None) -> int:
    """How many prompts are dropped from this slot on until the one that comes next."""
    until = upcoming[1] if upcoming else seat.slot.slot_at
    missed = rules.slots(seat.plan, seat.person.zone, seat.slot.slot_at, seat.own)
    return 1 + sum(1 for _ in takewhile(lambda slot: slot[1] < until, missed))


def _situation(now: datetime, seat: Seat, *, wrote_today: bool, resting: bool) -> rules.Situation:
    person, slot = seat.person, seat.slot
    here = clock.local_day(slot.due_at, person.zone)
    if person.away_until is not None and not absence.is_away(here, person.away_until):
        # The time away has ended by itself; the next prompt says welcome back.
        person.away_until, person.welcome_back = None, True
    return rules.Situation(
        now=now,
        due_at=slot.due_at,
        day=slot.day,
        where=seat.where,
        zone=person.zone,
        catch_up=seat.plan.catch_up,
        present=person.present,
        stopped=seat.manner.stopped,
        away_until=person.away_until,
        country=person.country,
        quiet_from=person.quiet_from,
        quiet_to=person.quiet_to,
        wrote_today=wrote_today,
        resting=resting,
    )


async def _gather(work: Work, slots: Sequence[Due]) -> list[Seat]:
    """Each slot with its rhythm, channel, person and habit, read in one question each."""
    channel_keys = {(one.workspace_id, one.channel_id) for one in slots}
    person_keys = list({(one.workspace_id, one.person_id) for one in slots})
    rows = {
        (one.workspace_id, one.channel_id): one
        for one in await work.session.scalars(
            select(Rhythm).where(among(Rhythm.workspace_id, Rhythm.channel_id, channel_keys))
        )
    }
    where = await channels.many(work, channel_keys)
    who = await people.many(work, person_keys)
    manners = await habits.manners(work, person_keys)
    plans = {key: schedule.read_plan(row) for key, row in rows.items()}
    return [
        Seat(
            slot,
            rows[channel],
            plans[channel],
            where[channel],
            who[person],
            manners[person],
        )
        for slot in slots
        for channel, person in [
            ((slot.workspace_id, slot.channel_id), (slot.workspace_id, slot.person_id))
        ]
    ]


async def _resting(work: Work, seats: Sequence[Seat]) -> set[schedule.SlotKey]:
    """Which of these slots are left out, because the person is asked at half the pace."""
    halved = [seat for seat in seats if seat.manner.halved and seat.alone]
    if not halved:
        return set()
    keys = [(one.person.workspace_id, one.person.id) for one in halved]
    last = await schedule.last_days(work, keys, since=schedule.LONG_AGO)
    return {
        one.slot_key
        for one in halved
        if rules.rests(one.plan, one.slot.day, last.get(one.slot_key), one.own)
    }


async def _checkins(work: Work, seats: Sequence[Seat]) -> dict[CheckinKey, Checkin]:
    """The check-ins that exist already for these slots' days."""
    # Of all teams of a person: a day is told by workspace, person and day.
    found = await work.session.scalars(
        _begun(dialect_of(work.session)),
        _DAYS.these(work.session, {one.day_key for one in seats}),
    )
    return {(one.workspace_id, one.channel_id, one.person_id, one.day): one for one in found}


@cache
def _begun(dialect: str) -> Select[Checkin]:
    found = select(Checkin).where(_DAYS.match(dialect))
    return found.order_by(Checkin.workspace_id, Checkin.id).with_for_update(of=Checkin)


async def _written(work: Work, checkins: Sequence[Checkin]) -> set[int]:
    """Which of these check-ins have an entry."""
    if not checkins:
        return set()
    found = await work.session.scalars(
        select(Entry.checkin_id).where(
            among(
                Entry.workspace_id,
                Entry.checkin_id,
                [(one.workspace_id, one.id) for one in checkins],
            ),
            Entry.removed_at.is_(None),
        )
    )
    return set(found)


async def _ask(work: Work, seats: Sequence[Seat], known: Mapping[CheckinKey, Checkin]) -> None:
    """Write the check-ins of these seats and their prompts."""
    days = {_day(seat): (seat.rhythm, seat.slot.day) for seat in seats}
    asks = await questions.questions_of(work, days.values())
    written = {day: schedule.write_questions(some) for day, some in asks.items()}
    rows = {
        seat.key: _row(seat, written[_day(seat)], work.now)
        for seat in seats
        if seat.key not in known
    }
    ids = await _make(work, list(rows.values()))
    made = {key for key, row in rows.items() if row["id"] in ids}
    unmade = rows.keys() - made
    beaten = [seat for seat in seats if seat.key in unmade]
    if beaten:
        # Somebody opened their form at this very moment.
        known = {**known, **await _checkins(work, beaten)}
    direct = await people.direct_places(work, [one.who for one in seats])
    posts: list[Post] = []
    silent: dict[PersonKey, Manner] = {}
    for seat in seats:
        place = direct[seat.who]
        if seat.key in made:
            checkin_id = rows[seat.key]["id"]
            posts += _posts(work.now, seat, checkin_id, asks[_day(seat)], place, silent)
        elif (checkin := known[seat.key]).state == "open":
            # The form may be open with these questions, so they are the ones that are asked.
            asked = schedule.read_questions(checkin.questions)
            checkin.state, checkin.asked_at = "asked", work.now
            checkin.again_at, checkin.said = _nudge_at(work.now, seat), int(seat.alone)
            posts += _posts(work.now, seat, checkin.id, asked, place, silent)
    if silent:
        await habits.count_silence(work, silent)
    opened = {_day(one): one for one in seats if not one.alone}
    for _, seat in sorted(opened.items(), key=lambda item: item[0]):
        told = [words.asked(one) for one in asks[_day(seat)]]
        await channels.open_day(work, seat.channel, seat.slot.day, asks=told)
    await outbox.show_new(work, posts)


def _day(seat: Seat) -> questions.TeamDay:
    return seat.slot.workspace_id, seat.slot.channel_id, seat.slot.day


async def _make(work: Work, rows: Sequence[dict[str, Any]]) -> set[int]:
    """Write these check-ins, but for those that somebody else has just made, and return the ids written."""
    return {made for (made,) in await insert_new(work.session, Checkin, rows, Checkin.id)}


def _row(seat: Seat, written: list[Any], now: datetime) -> dict[str, Any]:
    return {
        "workspace_id": seat.slot.workspace_id,
        "id": new_id(),
        "channel_id": seat.slot.channel_id,
        "person_id": seat.slot.person_id,
        "day": seat.slot.day,
        "state": "asked",
        "questions": written,
        "asked_at": now,
        "again_at": _nudge_at(now, seat),
        "said": int(seat.alone),
        "nudged": 0,
    }


def _nudge_at(now: datetime, seat: Seat) -> datetime | None:
    most = seat.plan.nudges if seat.own.nudges is None else seat.own.nudges
    if not most or not seat.alone:
        return None
    person = seat.person
    return rules.nudge_at(
        now, seat.slot.day, seat.where, person.zone, person.quiet_from, person.quiet_to
    )


def _posts(
    now: datetime,
    seat: Seat,
    checkin_id: int,
    asks: Sequence[Question],
    place: Place,
    silent: dict[PersonKey, Manner],
) -> list[Post]:
    """What one person is sent: the prompt, or, where the channel is asked in the open, a welcome back.

    That they are asked is noted in `silent`; somebody in two teams may be asked twice at one moment.
    """
    person = seat.person
    back = person.welcome_back
    if back:
        person.welcome_back = False
    if not seat.alone:
        key = f"checkins.back:{person.id}:{seat.slot.day.isoformat()}"
        return [Post(place, words.welcome_back(seat.channel.name), key)] if back else []
    before = silent.get(seat.who, seat.manner)
    silent[seat.who] = after = before.asked_again()
    late = now - seat.slot.due_at > rules.LATE_AFTER
    card = words.prompt(
        person.name,
        clock.local(now, person.zone),
        asks,
        checkin_id=checkin_id,
        channel=seat.channel.name,
        private=seat.plan.entries == "private",
        late_from=clock.local(seat.slot.due_at, person.zone).time() if late else None,
        back=back,
        slower=after.halved and not before.halved,
    )
    return [Post(place, card, prompt_key(checkin_id, 1))]


async def try_on(work: Work, person: Person, channel: Channel, plan: RhythmPlan) -> None:
    """Show somebody the prompt of a rhythm that is not saved; nothing is kept of an answer to it."""
    asks = plan.questions or tuple(
        Question(f"try.{number}", one.ask)
        for number, one in enumerate(
            bank.pick(work.now.date(), channel.id, tags=(tag,), focus=plan.focus, stage=plan.stage)
            for tag in (plan.tags or bank.TAGS)[:2]
        )
    )
    card = words.trial(
        person.name,
        clock.local(work.now, person.zone),
        asks,
        channel=channel.name,
        private=plan.entries == "private",
    )
    place = await people.direct(work, person)
    await outbox.show(work, place, card, key=f"checkins.trial:{new_id()}")
