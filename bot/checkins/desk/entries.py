"""Entries: what becomes of an answer, however it came; its posts follow every change of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Card, Text, action
from bot.checkins import words
from bot.checkins.desk import deeds, drafts, schedule
from bot.checkins.desk.asking import prompt_key
from bot.checkins.rules import Question, RhythmPlan
from bot.checkins.tables import Answer, Checkin, Entry, Rhythm
from bot.engine import clock, outbox
from bot.grains import desk as grains
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import insert, new_id
from bot.store.session import Work


def entry_key(entry_id: int) -> str:
    """The subject of an entry's card in its team's thread."""
    return f"checkins.entry:{entry_id}"


def form_id(checkin: Checkin) -> str:
    """The form of a check-in."""
    return action("checkins.entry", checkin.id)


def plan_source(entry_id: int, question: str) -> str:
    """Where grains come from that are lines of an answer."""
    return f"entry:{entry_id}:{question}"


def day_in(work: Work, person: Person, plan: RhythmPlan) -> date:
    """The day it is for this person in this rhythm."""
    return clock.local_day(work.now, person.zone if plan.zone == "person" else plan.zone)


async def today(work: Work, person: Person, row: Rhythm) -> Checkin:
    """The person's check-in of today in a rhythm, made when nobody asked yet."""
    plan = schedule.read_plan(row)
    day = day_in(work, person, plan)
    wanted = select(Checkin).where(
        Checkin.workspace_id == row.workspace_id,
        Checkin.channel_id == row.channel_id,
        Checkin.person_id == person.id,
        Checkin.day == day,
    )
    if found := await work.session.scalar(wanted):
        return found
    questions = await schedule.questions_for(work, row, day)
    await work.session.execute(
        insert(work.session, Checkin)
        .values(
            workspace_id=row.workspace_id,
            id=new_id(),
            channel_id=row.channel_id,
            person_id=person.id,
            day=day,
            state="open",
            questions=schedule.write_questions(questions),
            said=0,
            nudged=0,
        )
        .on_conflict_do_nothing()
    )
    return (await work.session.scalars(wanted)).one()


async def checkin_of(work: Work, person: Person, checkin_id: int) -> Checkin:
    """One's own check-in; refuses somebody else's."""
    checkin = await work.session.get(
        Checkin, (person.workspace_id, checkin_id), with_for_update=True
    )
    if checkin is None:
        raise Refusal("That check-in is gone.")
    if checkin.person_id != person.id:
        owner = await people.get(work, checkin.workspace_id, checkin.person_id)
        raise Refusal(f"Only {owner.name} can change this. Press Reply to say something about it.")
    return checkin


async def entry_of(work: Work, checkin: Checkin) -> Entry | None:
    """The entry that answers a check-in, taken back or not."""
    return await work.session.scalar(
        select(Entry).where(
            Entry.workspace_id == checkin.workspace_id, Entry.checkin_id == checkin.id
        )
    )


async def answers_of(work: Work, entry: Entry) -> list[Answer]:
    """An entry's answers, in the order of its questions."""
    return list(
        await work.session.scalars(
            select(Answer)
            .where(Answer.workspace_id == entry.workspace_id, Answer.entry_id == entry.id)
            .order_by(Answer.position, Answer.key)
        )
    )


async def write(
    work: Work,
    person: Person,
    checkin: Checkin,
    said: Mapping[str, str],
    *,
    source: str = "",
    whole: bool = False,
) -> Entry:
    """Keep answers by question key in the check-in's entry and show them where they belong.

    With `whole` these are all the answers to its questions: what is not among them is taken out.
    """
    entry = await entry_of(work, checkin)
    if entry is None:
        entry = await _new_entry(work, person, checkin)
        before: dict[str, str] | None = None
    else:
        before = {one.key: one.words for one in await answers_of(work, entry)}
        if entry.removed:
            before = None
    await deeds.note(work, person, "entry", {"entry": entry.id, "answers": before})
    questions = schedule.read_questions(checkin.questions)
    changed = await _put_answers(work, entry, questions, said, source=source, whole=whole)
    entry.removed_at = None
    await drafts.drop(work, person, form_id(checkin))
    if changed and before is not None and any(key in before for key in changed):
        entry.edited_at = work.now
    await _settle(work, person, checkin, state="written")
    await follow(work, entry, checkin)
    return entry


async def _new_entry(work: Work, person: Person, checkin: Checkin) -> Entry:
    row = await schedule.find(work, checkin.workspace_id, checkin.channel_id)
    entry = Entry(
        workspace_id=checkin.workspace_id,
        id=new_id(),
        checkin_id=checkin.id,
        channel_id=checkin.channel_id,
        person_id=person.id,
        day=checkin.day,
        private=row is None or schedule.read_plan(row).entries == "private",
        created_at=work.now,
    )
    work.session.add(entry)
    await work.session.flush()
    return entry


async def _put_answers(
    work: Work,
    entry: Entry,
    questions: Sequence[Question],
    said: Mapping[str, str],
    *,
    source: str,
    whole: bool,
) -> set[str]:
    """Write the answers, and return the keys of those that are different now."""
    places = {one.key: number for number, one in enumerate(questions)}
    there = {one.key: one for one in await answers_of(work, entry)}
    changed: set[str] = set()
    for key, text in said.items():
        if key not in there:
            work.session.add(
                Answer(
                    workspace_id=entry.workspace_id,
                    entry_id=entry.id,
                    key=key,
                    position=places.get(key, len(places) + len(there)),
                    words=text,
                    source=source,
                )
            )
            changed.add(key)
        elif there[key].words != text:
            there[key].words = text
            changed.add(key)
    if whole:
        for key in (places.keys() & there.keys()) - said.keys():
            await work.session.delete(there[key])
            changed.add(key)
    await work.session.flush()
    return changed


async def _settle(work: Work, person: Person, checkin: Checkin, *, state: str) -> None:
    """Somebody gave a sign: nothing more is asked about this check-in."""
    checkin.state, checkin.again_at = state, None
    await heard_from(work, person)


async def heard_from(work: Work, person: Person) -> None:
    """Any sign from somebody ends the count of silent prompts."""
    habit = await schedule.habit_of(work, person)
    habit.waiting, habit.ignored = False, 0


async def follow(work: Work, entry: Entry, checkin: Checkin) -> None:
    """Bring everything that shows an entry to what the entry is now: grains, card, prompt."""
    person = await people.get(work, entry.workspace_id, entry.person_id)
    answers = await answers_of(work, entry)
    if not answers and not entry.removed:
        entry.removed_at = work.now
    questions = {one.key: one for one in schedule.read_questions(checkin.questions)}
    planted = []
    for key, question in questions.items():
        if question.role == "plan":
            said = next((one.words for one in answers if one.key == key), "")
            # What nobody may read any more keeps its grains for its author, in case that is undone.
            readers = "" if entry.private or entry.removed else entry.channel_id
            planted += await grains.sync_lines(
                work, person, readers, Text.parse(said).lines(), source=plan_source(entry.id, key)
            )
    channel = await find_channel(work, entry)
    if channel is not None and not entry.removed and not entry.private:
        card = words.entry(
            person.name,
            [(_ask(questions, one.key), Text.parse(one.words)) for one in answers],
            entry_id=entry.id,
            checkin_id=checkin.id,
            edited=entry.edited_at is not None,
            facts=await grains.entry_facts(work, planted),
            more=grains.entry_buttons(planted),
        )
        await channels.speak(work, channel, entry.day, person, card, key=entry_key(entry.id))
    else:
        await channels.hush(work, entry.workspace_id, entry_key(entry.id))
    await settle_prompt(work, person, checkin, entry, channel)


def _ask(questions: Mapping[str, Question], key: str) -> str:
    return questions[key].ask if key in questions else ""


async def find_channel(work: Work, entry: Entry | Checkin) -> Channel | None:
    """The team channel of an entry, or None when it is not set up any more."""
    found = await channels.many(work, [(entry.workspace_id, entry.channel_id)])
    return found.get((entry.workspace_id, entry.channel_id))


async def settle_prompt(
    work: Work, person: Person, checkin: Checkin, entry: Entry, channel: Channel | None
) -> None:
    """Let the prompt say what became of it, and take its reminders away."""
    row = await schedule.find(work, checkin.workspace_id, checkin.channel_id)
    if checkin.said == 0 or row is None or schedule.read_plan(row).deliver == "channel":
        return
    name = channel.name if channel else "your team"
    card = (
        words.removed(checkin.id)
        if entry.removed
        else words.settled(checkin.id, name, private=entry.private)
    )
    await replace_prompt(work, person, checkin, card)


async def replace_prompt(work: Work, person: Person, checkin: Checkin, card: Card) -> None:
    """Put a card where the prompt was, and take away the times it was repeated."""
    place = await people.direct(work, person)
    await outbox.show(work, place, card, key=prompt_key(checkin.id, 1))
    for said in range(2, checkin.said + 1):
        await outbox.withdraw(work, checkin.workspace_id, prompt_key(checkin.id, said))


async def take_back(work: Work, person: Person, entry: Entry) -> None:
    """Remove an entry from everywhere it shows; its author can undo that."""
    checkin = await checkin_of(work, person, entry.checkin_id)
    entry.removed_at = work.now
    checkin.state = "skipped"
    await heard_from(work, person)
    await follow(work, entry, checkin)


async def bring_back(work: Work, person: Person, entry: Entry) -> None:
    """Undo the removal of an entry."""
    checkin = await checkin_of(work, person, entry.checkin_id)
    entry.removed_at = None
    checkin.state = "written"
    await follow(work, entry, checkin)


async def show_source(work: Work, author: Person, source: str) -> None:
    """Show an entry's card again because of what became of one of its grains."""
    entry = await work.session.get(Entry, (author.workspace_id, int(source.split(":")[1])))
    if entry is not None and not entry.removed:
        checkin = await work.session.get_one(Checkin, (entry.workspace_id, entry.checkin_id))
        await follow(work, entry, checkin)


async def purge(work: Work) -> int:
    """Delete entries that their authors took back more than a day ago, with their grains."""
    gone = list(
        await work.session.scalars(
            select(Entry)
            .where(Entry.removed_at < work.now - deeds.KEPT)
            .limit(100)
            .with_for_update(skip_locked=True)
        )
    )
    for entry in gone:
        author = await people.get(work, entry.workspace_id, entry.person_id)
        checkin = await work.session.get_one(Checkin, (entry.workspace_id, entry.checkin_id))
        for question in schedule.read_questions(checkin.questions):
            await grains.remove_source(work, author, plan_source(entry.id, question.key))
        await work.session.delete(entry)
    await work.session.flush()
    return len(gone)
