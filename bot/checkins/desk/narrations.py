"""Entries as their teams can read them, for features that look for what people are on to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select, true

from bot.channels.desk import Channel
from bot.checkins.desk import schedule
from bot.checkins.tables import Answer, Checkin, Entry, Habit
from bot.people.desk import Person
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Narration:
    """One entry that its team can read."""

    entry_id: int
    person_id: int
    channel_id: str
    day: date
    words: str
    """Its answers as Markdown."""
    asked: str
    """The questions that it answers."""
    learned: str = ""
    """Of its words, what answers a question for what was learned."""


async def narrations(
    work: Work,
    workspace_id: str,
    since: date,
    *,
    channel_ids: Collection[str],
    most: int,
    by: Person | None = None,
) -> list[Narration]:
    """The latest entries of some channels since a day, by everybody or by one person."""
    found = await work.session.scalars(
        _readable(workspace_id)
        .where(
            Entry.day >= since,
            Entry.channel_id.in_(channel_ids),
            Entry.person_id == by.id if by else true(),
        )
        .order_by(Entry.day.desc(), Entry.id.desc())
        .limit(most)
    )
    return await _with_words(work, workspace_id, found)


async def narration(work: Work, workspace_id: str, entry_id: int) -> Narration | None:
    """One entry; None when it is gone, or its author's alone."""
    found = await work.session.scalars(_readable(workspace_id).where(Entry.id == entry_id))
    return next(iter(await _with_words(work, workspace_id, found)), None)


async def narration_of_card(work: Work, workspace_id: str, key: str) -> Narration | None:
    """The entry that a message of ours shows; None for any other message."""
    verb, _, entry_id = key.partition(":")
    if verb != "checkins.entry":
        return None
    return await narration(work, workspace_id, int(entry_id))


async def unheard(
    work: Work,
    workspace_id: str,
    since: date,
    *,
    first_by: date,
    at_least: int,
) -> list[int]:
    """Who wrote at least so often in channels that are set up, first by another day, and was answered by nobody."""
    found = await work.session.scalars(
        select(Entry.person_id)
        .join(
            Channel,
            (Channel.workspace_id == Entry.workspace_id) & (Channel.id == Entry.channel_id),
        )
        .where(
            Entry.workspace_id == workspace_id,
            Entry.removed_at.is_(None),
            ~Entry.private,
            Entry.day >= since,
        )
        .group_by(Entry.person_id)
        .having(
            func.count() >= at_least,
            func.count(Entry.heard_at) == 0,
            func.min(Entry.day) <= first_by,
        )
        .order_by(Entry.person_id)
    )
    return list(found)


async def has_stopped(work: Work, person: Person) -> bool:
    """Whether somebody wants to be asked nothing."""
    habit = await work.session.get(Habit, (person.workspace_id, person.id))
    return habit is not None and habit.stopped


async def has_checkin(work: Work, person: Person, day: date) -> bool:
    """Whether somebody was asked or wrote on a day: then it is one of their working days."""
    found = await work.session.scalar(
        select(Checkin.id)
        .where(
            Checkin.workspace_id == person.workspace_id,
            Checkin.person_id == person.id,
            Checkin.day == day,
        )
        .limit(1)
    )
    return found is not None


def _readable(workspace_id: str) -> Select[Entry]:
    return select(Entry).where(
        Entry.workspace_id == workspace_id, Entry.removed_at.is_(None), ~Entry.private
    )


async def _with_words(work: Work, workspace_id: str, found: Iterable[Entry]) -> list[Narration]:
    rows = list(found)
    ids = [one.id for one in rows]
    answers = await work.session.scalars(
        select(Answer)
        .where(Answer.workspace_id == workspace_id, Answer.entry_id.in_(ids))
        .order_by(Answer.position, Answer.key)
    )
    words: dict[int, list[str]] = {}
    said: dict[tuple[int, str], str] = {}
    for one in answers:
        words.setdefault(one.entry_id, []).append(one.words)
        said[one.entry_id, one.key] = one.words
    asked = await work.session.execute(
        select(Checkin.id, Checkin.questions).where(
            Checkin.workspace_id == workspace_id,
            Checkin.id.in_([one.checkin_id for one in rows]),
        )
    )
    questions = {checkin_id: schedule.read_questions(written) for checkin_id, written in asked}
    return [
        Narration(
            entry_id=one.id,
            person_id=one.person_id,
            channel_id=one.channel_id,
            day=one.day,
            words="\n\n".join(words.get(one.id, ())),
            asked=" ".join(question.ask for question in questions.get(one.checkin_id, ())),
            learned="\n\n".join(
                said[one.id, question.key]
                for question in questions.get(one.checkin_id, ())
                if question.role == "learned" and (one.id, question.key) in said
            ),
        )
        for one in rows
    ]
