"""Entries: what becomes of an answer, however it came; its posts follow every change of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Card, Place, Text, action
from bot.checkins import words
from bot.checkins.desk import deeds, drafts, habits, schedule
from bot.checkins.desk.asking import prompt_key
from bot.checkins.rules import Question
from bot.checkins.tables import Answer, Checkin, Entry
from bot.engine import outbox
from bot.grains import desk as grains
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work

FollowEntry = Callable[[Work, str, int], Awaitable[None]]

FOLLOWED_BY: list[FollowEntry] = []
"""Who hears, by workspace and id, of every change of an entry; a feature that made something of one enters here."""


def entry_key(entry_id: int) -> str:
    """The subject of an entry's card in its team's thread."""
    return f"checkins.entry:{entry_id}"


def form_id(checkin: Checkin) -> str:
    """The form of a check-in."""
    return action("checkins.entry", checkin.id)


def plan_source(entry_id: int, question: str) -> str:
    """Where grains come from that are lines of an answer."""
    return f"entry:{entry_id}:{question}"


async def checkin_of(work: Work, person: Person, checkin_id: int) -> Checkin:
    """One's own check-in; refuses somebody else's."""
    checkin = await work.session.get(
        Checkin, (person.workspace_id, checkin_id), with_for_update=True
    )
    if checkin is None:
        raise Refusal("That check-in is gone. Type /checkin for today's.")
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


async def live_entry(work: Work, checkin: Checkin) -> Entry | None:
    """The entry that answers a check-in, unless it was taken back."""
    entry = await entry_of(work, checkin)
    return None if entry is None or entry.removed else entry


async def answers_of(work: Work, entry: Entry) -> list[Answer]:
    """An entry's answers, in the order of its questions."""
    return list(
        await work.session.scalars(
            select(Answer)
            .where(Answer.workspace_id == entry.workspace_id, Answer.entry_id == entry.id)
            .order_by(Answer.position, Answer.key)
        )
    )


async def asked_and_added(
    work: Work, checkin: Checkin, entry: Entry | None
) -> tuple[Question, ...]:
    """The questions of a check-in, and one without words for each remark beyond them."""
    asked = schedule.read_questions(checkin.questions)
    keys = {one.key for one in asked}
    answers = await answers_of(work, entry) if entry is not None else []
    return (*asked, *(Question(one.key, "") for one in answers if one.key not in keys))


async def audience(work: Work, checkin: Checkin) -> tuple[str, bool, bool]:
    """The name of the channel of a check-in, whether its entry is private, and whether its team is still asked."""
    channel = await find_channel(work, checkin)
    row = await schedule.find(work, checkin.workspace_id, checkin.channel_id)
    entry = await live_entry(work, checkin)
    private = row is None or schedule.read_plan(row).entries == "private"
    return (
        channel.name if channel else "your team",
        entry.private if entry else private,
        row is not None,
    )


async def check_may_write(work: Work, person: Person, checkin: Checkin) -> None:
    """Refuse new words to a team from somebody who is not in it any more."""
    channel = await find_channel(work, checkin)
    if channel is None or await channels.belongs(work, person, channel):
        return
    _, private, _ = await audience(work, checkin)
    if not private:
        raise Refusal(f"You are not in the team of #{channel.name} any more, so nothing was sent.")


async def write(
    work: Work,
    person: Person,
    checkin: Checkin,
    said: Mapping[str, str],
    *,
    source: str = "",
    emptied: Collection[str] = (),
) -> Entry:
    """Keep answers by question key in the check-in's entry, without those that were `emptied`, and show them."""
    entry = await entry_of(work, checkin)
    there: list[Answer] = []
    if entry is None or entry.removed:
        await check_may_write(work, person, checkin)
    if entry is None:
        entry = await _new_entry(work, person, checkin)
    elif entry.removed:
        # What was taken back does not come back with something new.
        await _start_afresh(work, entry)
    else:
        there = await answers_of(work, entry)
    before = [written(one) for one in there] or None
    questions = schedule.read_questions(checkin.questions)
    changed = await _put_answers(work, entry, questions, there, said, source, emptied)
    if changed:
        await deeds.note(work, person, "entry", {"entry": entry.id, "answers": before})
    if changed & {one.key for one in there}:
        entry.edited_at = work.now
    await drafts.leave_out(work, person, form_id(checkin), [f"answer.{key}" for key in changed])
    checkin.state, checkin.again_at = "written", None
    await heard_from(work, person)
    await follow(work, entry, checkin)
    return entry


def written(answer: Answer) -> dict[str, Any]:
    """An answer as a deed remembers it."""
    return {
        "key": answer.key,
        "position": answer.position,
        "words": answer.words,
        "source": answer.source,
    }


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


async def _start_afresh(work: Work, entry: Entry) -> None:
    await work.session.execute(
        delete(Answer).where(Answer.workspace_id == entry.workspace_id, Answer.entry_id == entry.id)
    )
    entry.removed_at, entry.edited_at, entry.created_at = None, None, work.now
    await work.session.flush()


async def _put_answers(
    work: Work,
    entry: Entry,
    questions: Sequence[Question],
    there: Sequence[Answer],
    said: Mapping[str, str],
    source: str,
    emptied: Collection[str],
) -> set[str]:
    """Write the answers, and return the keys of those that are different now."""
    places = {one.key: number for number, one in enumerate(questions)}
    known = {one.key: one for one in there}
    changed: set[str] = set()
    for key, text in said.items():
        if key not in known:
            work.session.add(
                Answer(
                    workspace_id=entry.workspace_id,
                    entry_id=entry.id,
                    key=key,
                    position=places.get(key, len(places) + len(known)),
                    words=text,
                    source=source,
                )
            )
            changed.add(key)
        elif known[key].words != text:
            known[key].words = text
            changed.add(key)
    for key in known.keys() & set(emptied):
        await work.session.delete(known[key])
        changed.add(key)
    await work.session.flush()
    return changed


async def heard_from(work: Work, person: Person) -> None:
    """Any sign from somebody ends the count of silent prompts."""
    habit = await habits.habit_of(work, person)
    habit.waiting, habit.ignored = False, 0


async def follow(work: Work, entry: Entry, checkin: Checkin, *, lines: bool = True) -> None:
    """Bring everything that shows an entry to what the entry is now: grains, card, prompt.

    Without `lines` its grains stay as they are, because it is they that changed.
    """
    person = await people.get(work, entry.workspace_id, entry.person_id)
    answers = await answers_of(work, entry)
    if not answers and not entry.removed:
        entry.removed_at, checkin.state = work.now, "skipped"
    questions = {one.key: one for one in schedule.read_questions(checkin.questions)}
    shown = not entry.removed and not entry.private
    planted = []
    for key, question in questions.items():
        source = plan_source(entry.id, key)
        if question.role == "plan" and lines:
            said = next((one.words for one in answers if one.key == key), "")
            # What nobody may read any more keeps its grains for its author, in case that is undone.
            readers = entry.channel_id if shown else ""
            planted += await grains.sync_lines(
                work, person, readers, Text.parse(said).lines(), source=source
            )
        elif question.role == "plan":
            planted += await grains.from_source(work, person, source)
    channel = await find_channel(work, entry)
    if shown:
        card = words.entry(
            person.name,
            [words.answers_of(questions, one.key, one.words) for one in answers],
            entry_id=entry.id,
            checkin_id=checkin.id,
            edited=entry.edited_at is not None,
            facts=await grains.entry_facts(work, planted),
            more=grains.entry_buttons(planted),
        )
        await _show(work, person, entry, channel, card)
    else:
        await channels.hush(work, entry.workspace_id, entry_key(entry.id))
    await settle_prompt(work, person, checkin, entry, undo=bool(answers))
    for follow_entry in FOLLOWED_BY:
        await follow_entry(work, entry.workspace_id, entry.id)


async def _show(
    work: Work, person: Person, entry: Entry, channel: Channel | None, card: Card
) -> None:
    """Put an entry's card in its thread; in a channel that is not set up any more, change the one that stands."""
    key = entry_key(entry.id)
    if channel is not None:
        await channels.speak(work, channel, entry.day, person, card, key=key)
    elif await outbox.refs(work, entry.workspace_id, key):
        platform, _, workspace = entry.workspace_id.partition(":")
        await outbox.show(work, Place(platform, workspace, entry.channel_id), card, key=key)


async def find_channel(work: Work, entry: Entry | Checkin) -> Channel | None:
    """The team channel of an entry, or None when it is not set up any more."""
    found = await channels.many(work, [(entry.workspace_id, entry.channel_id)])
    return found.get((entry.workspace_id, entry.channel_id))


async def settle_prompt(
    work: Work, person: Person, checkin: Checkin, entry: Entry, *, undo: bool
) -> None:
    """Let the prompt say what became of it, and take its reminders away."""
    if checkin.said:
        await replace_prompt(work, person, checkin, await outcome(work, checkin, entry, undo=undo))


async def outcome(work: Work, checkin: Checkin, entry: Entry, *, undo: bool = True) -> Card:
    """What became of a check-in, as its author is told."""
    channel = await find_channel(work, entry)
    name = channel.name if channel else "your team"
    if entry.removed:
        return words.removed(checkin.id, name, private=entry.private, undo=undo)
    taught = 0 if entry.private else await _learned_in(work, checkin, entry)
    return words.settled(checkin.id, name, private=entry.private, learned=taught)


async def _learned_in(work: Work, checkin: Checkin, entry: Entry) -> int:
    """The entry's id when it answers a question for what was learned, else 0."""
    asked = {one.key for one in schedule.read_questions(checkin.questions) if one.role == "learned"}
    found = any(one.key in asked for one in await answers_of(work, entry))
    return entry.id if found else 0


async def replace_prompt(work: Work, person: Person, checkin: Checkin, card: Card) -> None:
    """Put a card where the prompt stands: its last return, for the earlier ones are taken away."""
    place = await people.direct(work, person)
    await outbox.show(work, place, card, key=prompt_key(checkin.id, checkin.said))


async def take_back(work: Work, person: Person, entry: Entry) -> None:
    """Remove an entry from everywhere it shows; its author can undo that."""
    checkin = await checkin_of(work, person, entry.checkin_id)
    entry.removed_at = work.now
    checkin.state = "skipped"
    await heard_from(work, person)
    await follow(work, entry, checkin)


async def bring_back(work: Work, person: Person, entry: Entry) -> None:
    """Undo the removal of an entry; refuses when there is nothing to bring back."""
    if not entry.removed:
        raise Refusal("It is back already.")
    if entry.removed_at is None or entry.removed_at <= work.now - deeds.KEPT:
        raise Refusal("There is nothing left of it to bring back.")
    if not await answers_of(work, entry):
        raise Refusal("There is nothing left of it to bring back.")
    checkin = await checkin_of(work, person, entry.checkin_id)
    if not entry.private:
        await check_may_write(work, person, checkin)
    entry.removed_at = None
    checkin.state = "written"
    await follow(work, entry, checkin)


async def show_source(work: Work, author: Person, source: str) -> None:
    """Show an entry's card again because of what became of one of its grains."""
    entry = await work.session.get(Entry, (author.workspace_id, int(source.split(":")[1])))
    if entry is not None and not entry.removed:
        checkin = await work.session.get_one(Checkin, (entry.workspace_id, entry.checkin_id))
        await follow(work, entry, checkin, lines=False)


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
