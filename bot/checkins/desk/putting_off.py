"""Putting a check-in off: *Nothing today*, *Not now*, and taking that back."""

from __future__ import annotations

from datetime import timedelta

from bot.chat import Card, Done, Place, Press, Replace, Reply, Show, action
from bot.checkins import rules, words
from bot.checkins.desk import buttons, deeds, entries, habits, schedule, today
from bot.checkins.tables import Checkin
from bot.engine import clock
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work


async def skip_by_command(work: Work, person: Person, place: Place) -> Reply:
    """`/checkin skip`."""
    found = await _meant(work, person, place)
    if len(found) > 1:
        return Show(await _which(work, found, "checkins.skip"))
    return Show(await skip(work, person, found[0]))


async def snooze_by_command(work: Work, person: Person, place: Place, written: str) -> Reply:
    """`/checkin snooze 30m`."""
    length = rules.read_length(written) if written.strip() else rules.SNOOZE
    found = await _meant(work, person, place)
    if len(found) > 1:
        minutes = int(length.total_seconds() // 60)
        return Show(await _which(work, found, "checkins.later", minutes))
    return Show(await snooze(work, person, found[0], length))


async def _meant(work: Work, person: Person, place: Place) -> list[Checkin]:
    rows = await today.meant(work, person, place)
    if not rows:
        raise Refusal("You are in no team channel that is set up, so there is no check-in today.")
    return [await today.today(work, person, row) for row in rows]


async def _which(work: Work, found: list[Checkin], verb: str, *more: object) -> Card:
    choices = []
    for checkin in found:
        name, _, _ = await entries.audience(work, checkin)
        choices.append((name, action(verb, checkin.id, *more)))
    return words.which_team(choices)


async def on_skip(work: Work, act: Press) -> Reply:
    """*Nothing today*."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, buttons.id_of(act.action))
    return _turn(act, checkin, await skip(work, person, checkin))


async def skip(work: Work, person: Person, checkin: Checkin) -> Card:
    """Leave a check-in out."""
    if await entries.live_entry(work, checkin) is not None:
        raise Refusal("You narrated already. Press Delete under your entry to take it back.")
    if checkin.state != "skipped":
        await deeds.note(work, person, "skip", {"checkin": checkin.id})
    checkin.state, checkin.again_at = "skipped", None
    await entries.heard_from(work, person)
    return await _settled(work, person, checkin, words.skipped(checkin.id))


async def on_later(work: Work, act: Press) -> Reply:
    """*Not now*, for an hour or for the minutes on the button."""
    person = await people.caller(work, act.by)
    checkin_id, minutes = buttons.words_of(act.action, 2)
    checkin = await entries.checkin_of(work, person, buttons.number(checkin_id))
    length = timedelta(minutes=min(buttons.number(minutes), 1440)) if minutes else rules.SNOOZE
    return _turn(act, checkin, await snooze(work, person, checkin, length))


async def snooze(work: Work, person: Person, checkin: Checkin, length: timedelta) -> Card:
    """Put a check-in off, on the same day and not into the quiet hours."""
    if await entries.live_entry(work, checkin) is not None:
        raise Refusal("You narrated already, so there is nothing left to ask.")
    row = await schedule.find(work, checkin.workspace_id, checkin.channel_id)
    if row is None:
        raise Refusal("That team is not asked any more, so there is nothing to come back to.")
    own = habits.own(await habits.habit_of(work, person))
    where = rules.zone_for(schedule.read_plan(row), person.zone, own)
    if clock.local_day(work.now, where) != checkin.day:
        raise Refusal(f"That one was for {words.long_day(checkin.day)}. Type /checkin for today's.")
    wanted = work.now + length
    until = clock.after_quiet(wanted, person.zone, person.quiet_from, person.quiet_to)
    if clock.local_day(until, where) != checkin.day:
        raise Refusal(
            f"{words.clock(clock.local(wanted, person.zone))} is another day, or in your quiet hours. "
            "Choose Nothing today, and I ask next time."
        )
    await deeds.note(work, person, "snooze", {"checkin": checkin.id})
    checkin.state, checkin.again_at = "snoozed", until
    await entries.heard_from(work, person)
    card = words.snoozed(checkin.id, clock.local(until, person.zone))
    return await _settled(work, person, checkin, card)


async def on_unskip(work: Work, act: Press) -> Reply:
    """*Undo* after *Nothing today*: the prompt is back."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, buttons.id_of(act.action))
    card = await unskip(work, person, checkin)
    return _turn(act, checkin, card)


async def unskip(work: Work, person: Person, checkin: Checkin) -> Card:
    """Bring a check-in back that was skipped or put off."""
    if checkin.state not in ("skipped", "snoozed") or await entries.live_entry(work, checkin):
        raise Refusal("There is nothing to undo here.")
    checkin.state, checkin.again_at = ("asked" if checkin.asked_at else "open"), None
    name, private, _ = await entries.audience(work, checkin)
    questions = schedule.read_questions(checkin.questions)
    card = words.open_again(questions, checkin_id=checkin.id, channel=name, private=private)
    return await _settled(work, person, checkin, card)


async def _settled(work: Work, person: Person, checkin: Checkin, card: Card) -> Card:
    """Let the prompt say it too, where there is one."""
    if checkin.said:
        await entries.replace_prompt(work, person, checkin, card)
    return card


def _turn(act: Press, checkin: Checkin, card: Card) -> Reply:
    """The prompt says it already; a card that only the presser sees has to be told."""
    if act.on is None:
        return Replace(card)
    return Done() if checkin.said and act.place.is_direct else Show(card)
