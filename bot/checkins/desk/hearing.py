"""Hearing: answers that come as messages, in the direct message, in a thread, and their edits and removals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Card, Edited, Joined, Removed, Said, Text
from bot.checkins import rules, words
from bot.checkins.desk import entries, schedule
from bot.checkins.rules import Question
from bot.checkins.tables import Answer, Checkin, Entry, Rhythm
from bot.engine import outbox
from bot.grains import desk as grains
from bot.grains import rules as grain_rules
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work


async def on_joined(work: Work, event: Joined) -> bool:
    """Welcome somebody who is new in the workspace, once."""
    await schedule.on_joined(work, event)
    person = await people.find(work, event.by)
    if event.channel is None and person is not None:
        teams = [one.name for one in await channels.of_person(work, person, "team")]
        await outbox.show_new(
            work,
            [outbox.Post(event.by.direct, words.welcome(person.name, teams), welcome_key(person))],
        )
    return False


def welcome_key(person: Person) -> str:
    """The subject of the first words to somebody."""
    return f"checkins.welcome:{person.id}"


async def on_said(work: Work, event: Said) -> bool:
    """A message to the bot is an answer; one in the thread of a team's day is an answer or a reply."""
    person = await people.find(work, event.by)
    if person is None or not person.present:
        return False
    if event.ref.place.is_direct:
        try:
            await _told(work, person, event)
        except Refusal as no:
            await _say(work, event, words.too_long(no.sentence))
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
    if not rest:
        return
    checkin = await _meant(work, person, event)
    if checkin is None:
        await _say(work, event, words.no_team())
        return
    await _answer(work, person, checkin, event, rest)


async def _meant(work: Work, person: Person, event: Said) -> Checkin | None:
    """The check-in that a message to the bot answers.

    It is the one whose prompt the message hangs under, else the last one asked about today, else today's of the
    person's first team.
    """
    key = await outbox.find(work, event.ref.root) if event.ref.place.thread else None
    if key and key.startswith("checkins.prompt:"):
        return await entries.checkin_of(work, person, int(key.split(":")[1]))
    rows = await teams_of(work, person)
    todays = [await entries.today(work, person, row) for row in rows]
    asked = [one for one in todays if one.asked_at]
    return (
        max(asked, key=lambda one: one.asked_at or work.now) if asked else next(iter(todays), None)
    )


async def teams_of(work: Work, person: Person) -> list[Rhythm]:
    """The rhythms that somebody takes part in, by channel name."""
    found = []
    for channel in await channels.of_person(work, person, "team"):
        row = await schedule.find(work, person.workspace_id, channel.id)
        if row is not None:
            found.append(row)
    return found


async def _answer(work: Work, person: Person, checkin: Checkin, event: Said, text: Text) -> None:
    """Keep a message as the answer to the first open question, and ask the next."""
    questions = schedule.read_questions(checkin.questions)
    entry = await entries.entry_of(work, checkin)
    done = (
        {one.key for one in await entries.answers_of(work, entry)}
        if entry is not None and not entry.removed
        else set()
    )
    open_ones = [one for one in questions if one.key not in done]
    key, written = _as_answer(open_ones[0] if open_ones else None, text, event)
    entry = await entries.write(work, person, checkin, {key: written}, source=str_ref(event))
    if not event.ref.place.is_direct:
        return
    upcoming = next((one.ask for one in open_ones if one.key != key), "")
    channel = await entries.find_channel(work, checkin)
    card = words.kept(
        checkin.id, channel.name if channel else "your team", upcoming, private=entry.private
    )
    await _say(work, event, card)


def _as_answer(question: Question | None, text: Text, event: Said) -> tuple[str, str]:
    """The key and the words to keep: an answer, or a further remark when it does not fit the question."""
    remark = f"more.{event.ref.id}"
    written = text.markdown()
    if question is None:
        return remark, rules.check_length(written)
    try:
        if question.kind == "text":
            return question.key, rules.check_length(written)
        return question.key, rules.check_answer(question, text.plain())
    except Refusal:
        return remark, rules.check_length(written)


async def _in_thread(work: Work, person: Person, event: Said, channel: Channel, day: date) -> None:
    """In a channel that is asked in the open, a member's first words are the entry; all else is a reply."""
    row = await schedule.find(work, channel.workspace_id, channel.id)
    if row is not None and schedule.read_plan(row).deliver == "channel":
        checkin = await entries.today(work, person, row)
        entry = await entries.entry_of(work, checkin)
        if (
            checkin.day == day
            and (entry is None or entry.removed)
            and await channels.belongs(work, person, channel)
        ):
            await _answer(work, person, checkin, event, event.text)
            return
    await reply_to_last(work, person, channel, day, event)


async def reply_to_last(
    work: Work, person: Person, channel: Channel, day: date, event: Said
) -> None:
    """Tell the writer of the last words in a thread that somebody answered."""
    last = await channels.last_voice(work, channel, day, person)
    if last is None:
        return
    writer, key = last
    await note_heard(work, writer, key)
    await outbox.show(
        work,
        await people.direct(work, writer),
        words.heard(person.name, channel.name, event.text),
        key=f"checkins.heard:{event.ref.place.channel}:{event.ref.id}:{person.id}",
    )


async def note_heard(work: Work, writer: Person, key: str) -> None:
    """Remember that a reader answered an entry."""
    if key.startswith("checkins.entry:"):
        entry = await work.session.get(Entry, (writer.workspace_id, int(key.split(":")[1])))
        if entry is not None:
            entry.heard_at = work.now


async def on_edited(work: Work, event: Edited) -> bool:
    """An edit of a message is an edit of the answer that it gave, and of everything that shows it."""
    lines, rest = grain_rules.plan_lines(event.text)
    await _lines_now(work, event, lines)
    found = await _from_message(work, event)
    if found is None:
        return False
    answer, entry, _, checkin = found
    text = rest if event.ref.place.is_direct else event.text
    questions = {one.key: one for one in schedule.read_questions(checkin.questions)}
    _, written = _as_answer(
        questions.get(answer.key), text, Said(event.ref, event.by, text, event.at)
    )
    if not written:
        await _drop(work, entry, checkin, answer)
    elif answer.words != written:
        answer.words = written
        entry.edited_at = work.now
        await work.session.flush()
        await entries.follow(work, entry, checkin)
    return False


async def on_removed(work: Work, event: Removed) -> bool:
    """The removal of a message takes back the answer and the grains that it gave."""
    await _lines_now(work, event, ())
    found = await _from_message(work, event)
    if found is not None:
        answer, entry, _, checkin = found
        await _drop(work, entry, checkin, answer)
    return False


async def _drop(work: Work, entry: Entry, checkin: Checkin, answer: Answer) -> None:
    await work.session.delete(answer)
    await work.session.flush()
    await entries.follow(work, entry, checkin)


async def _from_message(
    work: Work, event: Edited | Removed
) -> tuple[Answer, Entry, Person, Checkin] | None:
    """The answer that a message gave, with what it belongs to."""
    answer = await work.session.scalar(
        select(Answer).where(
            Answer.workspace_id == event.ref.place.workspace_id, Answer.source == str_ref(event)
        )
    )
    if answer is None:
        return None
    entry = await work.session.get_one(Entry, (answer.workspace_id, answer.entry_id))
    person = await people.get(work, entry.workspace_id, entry.person_id)
    checkin = await work.session.get_one(Checkin, (entry.workspace_id, entry.checkin_id))
    return answer, entry, person, checkin


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


async def _say(work: Work, event: Said, card: Card) -> None:
    """Answer a message to the bot, where it was written."""
    await outbox.show(
        work, event.ref.place, card, key=f"checkins.kept:{event.ref.place.channel}:{event.ref.id}"
    )
