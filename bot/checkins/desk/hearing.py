"""Hearing: answers that come as messages, in the direct message, in a thread, and their edits and removals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Edited, Joined, Ref, Removed, Said, Text
from bot.checkins import words
from bot.checkins.desk import drafts, entries, narrating, replies, schedule, today, zones
from bot.checkins.desk.today import teams_of
from bot.checkins.tables import Answer, Checkin, Entry
from bot.engine import outbox
from bot.grains import desk as grains
from bot.grains import rules as grain_rules
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

__all__ = ["on_edited", "on_joined", "on_removed", "on_said", "teams_of"]


async def on_joined(work: Work, event: Joined) -> bool:
    """Welcome somebody who is new in the workspace, once."""
    await schedule.on_joined(work, event)
    person = await people.find(work, event.by)
    if event.channel is None and person is not None:
        await zones.welcome(work, person)
    return False


async def on_said(work: Work, event: Said) -> bool:
    """A message to the bot is an answer; one in the thread of a team's day is an answer or a reply."""
    person = await people.find(work, event.by)
    if person is None or not person.present:
        return False
    if event.ref.place.is_direct:
        try:
            await _told(work, person, event)
        except Refusal as no:
            await narrating.tell(work, event.ref.place, event.ref.id, words.too_long(no.sentence))
        return True
    opened = await channels.day_at(work, event.ref.root)
    if opened is None or not event.ref.place.thread:
        return False
    await _in_thread(work, person, event, *opened)
    return True


async def _told(work: Work, person: Person, event: Said) -> None:
    """Keep what somebody wrote to the bot: grains first, the rest as the answer to what was asked."""
    lines, rest = grain_rules.plan_lines(event.text)
    if lines:
        await grains.keep_lines(work, person, lines, source=lines_of(event))
    if not _visible(rest):
        return
    await entries.heard_from(work, person)
    place, message = event.ref.place, event.ref.id
    checkin = await _prompted(work, person, event)
    if checkin is None:
        rows = await today.meant(work, person, place)
        if not rows:
            await narrating.tell(work, place, message, words.no_team())
            return
        if len(rows) > 1:
            typed = narrating.as_answer(None, rest, "")[1]
            card = await narrating.hold(work, person, rows, typed, message)
            await narrating.tell(work, place, message, card)
            return
        checkin = await today.today(work, person, rows[0])
    card = await narrating.answer(
        work, person, checkin, rest, source=str_ref(event), remark=message
    )
    await narrating.tell(work, place, message, card)


def _visible(text: Text) -> bool:
    return grain_rules.is_visible(text.plain())


async def _prompted(work: Work, person: Person, event: Said) -> Checkin | None:
    """The check-in whose prompt a message hangs under."""
    key = await outbox.find(work, event.ref.root) if event.ref.place.thread else None
    if key and key.startswith("checkins.prompt:"):
        return await entries.checkin_of(work, person, int(key.split(":")[1]))
    return None


async def _in_thread(work: Work, person: Person, event: Said, channel: Channel, day: date) -> None:
    """In a channel that is asked in the open, a member's first words are the entry; all else is a reply."""
    if not _visible(event.text):
        return
    checkin = await _asked_here(work, person, channel, day)
    if checkin is None:
        await replies.reply_to_last(work, person, channel, day, event)
        return
    try:
        await narrating.answer(
            work, person, checkin, event.text, source=str_ref(event), remark=event.ref.id
        )
    except Refusal as no:
        # In the thread everybody would read it.
        await narrating.tell(work, event.by.direct, event.ref.id, words.too_long(no.sentence))


async def _asked_here(work: Work, person: Person, channel: Channel, day: date) -> Checkin | None:
    """The check-in that somebody's words in a day's thread answer, if they do."""
    row = await schedule.find(work, channel.workspace_id, channel.id)
    if row is None or not await channels.belongs(work, person, channel):
        return None
    plan = schedule.read_plan(row)
    if plan.deliver != "channel" or await schedule.day_in(work, person, plan) != day:
        return None
    checkin = await today.today(work, person, row)
    return None if await entries.live_entry(work, checkin) else checkin


async def on_edited(work: Work, event: Edited) -> bool:
    """An edit of a message is an edit of the answer that it gave, and of everything that shows it."""
    lines, rest = grain_rules.plan_lines(event.text)
    await _lines_now(work, event, lines)
    text = rest if event.ref.place.is_direct else event.text
    place, key = event.by.direct, f"checkins.refused:{str_ref(event)}"
    try:
        if not await _held_now(work, event, text):
            await _answer_now(work, event, text)
        await outbox.withdraw(work, place.workspace_id, key)
    except Refusal as no:
        await outbox.show(work, place, words.too_long(no.sentence), key=key)
    await replies.follow(work, event)
    return False


async def on_removed(work: Work, event: Removed) -> bool:
    """The removal of a message takes back the answer and the grains that it gave."""
    await _lines_now(work, event, ())
    if not await _held_now(work, event, Text()):
        await _answer_now(work, event, Text())
    place = event.ref.place
    if place.is_direct:
        key = narrating.kept_key(place, event.ref.id)
        await outbox.withdraw(work, place.workspace_id, key)
    await replies.follow(work, event)
    return False


async def _held_now(work: Work, event: Edited | Removed, text: Text) -> bool:
    """Bring words that wait for their team to what they are now; False when these do not wait."""
    place = event.ref.place
    person = await people.find(work, place.account) if place.is_direct else None
    name = narrating.told_form(event.ref.id)
    if person is None or not await drafts.find(work, person, name):
        return False
    if _visible(text):
        typed = narrating.as_answer(None, text, "")[1]
        await drafts.keep(work, person, name, {"words": typed})
    else:
        await drafts.drop(work, person, name)
        key = narrating.kept_key(place, event.ref.id)
        await outbox.withdraw(work, place.workspace_id, key)
    return True


async def _answer_now(work: Work, event: Edited | Removed, text: Text) -> None:
    """Bring the answer that a message gave to its words of now."""
    found = await _from_message(work, event)
    if found is None:
        return
    answer, entry, checkin = found
    questions = {one.key: one for one in schedule.read_questions(checkin.questions)}
    written = ""
    if _visible(text):
        _, written = narrating.as_answer(questions.get(answer.key), text, answer.key)
    if answer.words == written:
        return
    if written:
        answer.words = written
        entry.edited_at = work.now
    else:
        await work.session.delete(answer)
    await work.session.flush()
    person = await people.get(work, entry.workspace_id, entry.person_id)
    await drafts.leave_out(work, person, entries.form_id(checkin), [f"answer.{answer.key}"])
    await entries.follow(work, entry, checkin)


async def _from_message(
    work: Work, event: Edited | Removed
) -> tuple[Answer, Entry, Checkin] | None:
    """The answer that a message gave, with what it belongs to."""
    answer = await work.session.scalar(
        select(Answer).where(
            Answer.workspace_id == event.ref.place.workspace_id, Answer.source == str_ref(event)
        )
    )
    if answer is None:
        return None
    entry = await work.session.get_one(Entry, (answer.workspace_id, answer.entry_id))
    checkin = await work.session.get_one(Checkin, (entry.workspace_id, entry.checkin_id))
    return answer, entry, checkin


async def holds(work: Work, ref: Ref) -> bool:
    """Whether an answer came from this message."""
    found = await work.session.scalar(
        select(Answer.key)
        .where(
            Answer.workspace_id == ref.place.workspace_id,
            Answer.source == f"{ref.place}#{ref.id}",
        )
        .limit(1)
    )
    return found is not None


async def _lines_now(work: Work, event: Edited | Removed, lines: Sequence[str]) -> None:
    """Bring the grains that came from lines of a private message to the lines it has now."""
    place = event.ref.place
    person = await people.find(work, place.account) if place.is_direct else None
    if person is not None and (lines or await grains.from_source(work, person, lines_of(event))):
        await grains.keep_lines(work, person, lines, source=lines_of(event))


def lines_of(event: Said | Edited | Removed) -> str:
    """The ``grain:`` lines of a message as a source of grains."""
    return f"lines:{str_ref(event)}"


def str_ref(event: Said | Edited | Removed) -> str:
    """A message as a source: where it is and which one."""
    return f"{event.ref.place}#{event.ref.id}"
