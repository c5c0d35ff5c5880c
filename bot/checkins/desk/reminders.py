"""Reminders: what the bot says again about a check-in that was put off, or has had no sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Card
from bot.checkins import rules, words
from bot.checkins.desk import habits, schedule
from bot.checkins.desk.asking import prompt_key
from bot.checkins.desk.elsewhere import DayKey, narrated_elsewhere
from bot.checkins.desk.habits import Manner
from bot.checkins.rules import RhythmPlan
from bot.checkins.tables import Checkin, Rhythm, Slot
from bot.engine import clock, outbox
from bot.engine.metrics import LATE
from bot.engine.outbox import Post
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.base import among
from bot.store.session import Work

BATCH = 50
"""Check-ins handled in one transaction: each takes an earlier message away, and others wait meanwhile."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A check-in about which something may be said again."""

    checkin: Checkin
    plan: RhythmPlan
    channel: Channel
    person: Person
    manner: Manner

    @property
    def where(self) -> str:
        return rules.zone_for(self.plan, self.person.zone, self.manner.own)

    @property
    def nudges(self) -> int:
        return self.plan.nudges if self.manner.own.nudges is None else self.manner.own.nudges


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
    if not due:
        return 0
    posts: list[Post] = []
    places = await people.direct_places(work, [(one.workspace_id, one.person_id) for one in due])
    gathered = await _gather(work, due)
    elsewhere = await narrated_elsewhere(work, [_day_of(one) for one in gathered])
    for one in gathered:
        if _due(work, one) and (one.checkin.state == "snoozed" or _day_of(one) not in elsewhere):
            one.checkin.said += 1
            place = places[one.person.workspace_id, one.person.id]
            posts.append(Post(place, _card(one), prompt_key(one.checkin.id, one.checkin.said)))
            _look_ahead(work, one)
            # One prompt stands at a time, and the new one is where people look.
            for said in range(1, one.checkin.said):
                key = prompt_key(one.checkin.id, said)
                await outbox.withdraw(work, one.checkin.workspace_id, key)
    await outbox.show_new(work, posts)
    return len(due)


def _day_of(one: Pending) -> DayKey:
    return one.checkin.workspace_id, one.checkin.person_id, one.checkin.day


async def _gather(work: Work, due: Sequence[Checkin]) -> list[Pending]:
    """Each check-in that is still asked about, with all that belongs to it; none of them is due any more."""
    channel_keys = {(one.workspace_id, one.channel_id) for one in due}
    person_keys = list({(one.workspace_id, one.person_id) for one in due})
    rows = await work.session.scalars(
        select(Rhythm).where(among(Rhythm.workspace_id, Rhythm.channel_id, channel_keys))
    )
    plans: Mapping[tuple[str, str], RhythmPlan] = {
        (one.workspace_id, one.channel_id): schedule.read_plan(one) for one in rows
    }
    where = await channels.many(work, channel_keys)
    who = await people.many(work, person_keys)
    chosen = await habits.manners(work, person_keys)
    slots = await work.session.execute(
        select(Slot.workspace_id, Slot.channel_id, Slot.person_id).where(
            among(Slot.workspace_id, Slot.person_id, person_keys)
        )
    )
    # Whoever left the team has no slot there any more.
    seated = {(ws, channel, person) for ws, channel, person in slots}
    found = []
    for one in due:
        channel, person = (one.workspace_id, one.channel_id), (one.workspace_id, one.person_id)
        if (*channel, one.person_id) in seated:
            found.append(Pending(one, plans[channel], where[channel], who[person], chosen[person]))
        else:
            one.again_at = None
    return found


def _due(work: Work, one: Pending) -> bool:
    """Whether to say something now; else it is for later, or for never."""
    checkin, person = one.checkin, one.person
    meant, checkin.again_at = checkin.again_at or work.now, None
    snoozed = checkin.state == "snoozed"
    if checkin.state not in ("asked", "snoozed") or one.manner.stopped or not person.present:
        return False
    if clock.local_day(work.now, one.where) != checkin.day or (
        not snoozed and checkin.nudged >= one.nudges
    ):
        return False
    if rules.is_free(work.now, person.zone, person.away_until, person.country):
        return False
    if work.now - meant > one.plan.catch_up:
        LATE.inc()
        return False
    at = clock.after_quiet(work.now, person.zone, person.quiet_from, person.quiet_to)
    if at > work.now:
        checkin.again_at = at
        return False
    return True


def _card(one: Pending) -> Card:
    say = words.returned if one.checkin.state == "snoozed" else words.nudge
    return say(
        schedule.read_questions(one.checkin.questions),
        checkin_id=one.checkin.id,
        channel=one.channel.name,
        private=one.plan.entries == "private",
    )


def _look_ahead(work: Work, one: Pending) -> None:
    """Note that it was asked again, and when that will be the next time, if ever."""
    checkin, person = one.checkin, one.person
    if checkin.state == "snoozed":
        checkin.state, checkin.asked_at = "asked", checkin.asked_at or work.now
    else:
        checkin.nudged += 1
    if checkin.nudged < one.nudges:
        checkin.again_at = rules.nudge_at(
            work.now, checkin.day, one.where, person.zone, person.quiet_from, person.quiet_to
        )
