"""What somebody narrated and chose about check-ins: to take along, to be forgotten, to be kept for so long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, select

from bot.channels import desk as channels
from bot.chat import read_action
from bot.checkins.desk import asking, entries, habits, schedule
from bot.checkins.tables import Answer, Checkin, Deed, Draft, Entry, Habit, Slot, TeamPrompt
from bot.engine import traces
from bot.people.desk import Person
from bot.store.session import Work

BATCH = 100
"""Check-ins deleted at a time because of their age."""

T = TypeVar("T", Habit, Slot, Checkin, Entry, Draft, Deed)
Record = dict[str, object]


async def export(work: Work, person: Person) -> list[Record]:
    """All that somebody chose, narrated, began to write and answered to others, oldest first."""
    named = {one.id: f"#{one.name}" for one in await channels.every(work, person.workspace_id)}
    checkins = {one.id: one for one in await _all(work, person, Checkin)}
    written = await _all(work, person, Entry)
    answers = await _answers(work, person)
    found: list[Record] = [_choices(one) for one in await _all(work, person, Habit)]
    found += [
        {
            "kind": "next prompt",
            "at": one.due_at.isoformat(),
            "channel": named.get(one.channel_id, ""),
        }
        for one in await _all(work, person, Slot)
    ]
    for entry in sorted(written, key=lambda one: (one.day, one.id)):
        questions = {
            one.key: one.ask
            for one in schedule.read_questions(checkins[entry.checkin_id].questions)
        }
        found.append(
            {
                "kind": "entry",
                "day": entry.day.isoformat(),
                "channel": named.get(entry.channel_id, ""),
                "answers": [
                    {"question": questions.get(one.key, ""), "words": one.words}
                    for one in answers[entry.id]
                ],
                "private": entry.private,
                "written": entry.created_at.isoformat(),
                "edited": _moment(entry.edited_at),
                "answered": _moment(entry.heard_at),
                "taken_back": _moment(entry.removed_at),
            }
        )
    answered = {entry.checkin_id for entry in written}
    found += [
        {
            "kind": "check-in without an entry",
            "day": one.day.isoformat(),
            "channel": named.get(one.channel_id, ""),
            "state": one.state,
        }
        for one in sorted(checkins.values(), key=lambda one: (one.day, one.id))
        if one.id not in answered
    ]
    found += await _replies(work, person)
    found += [_draft(one, checkins) for one in await _all(work, person, Draft)]
    found += [
        {
            "kind": "step to undo",
            "at": one.at.isoformat(),
            "what": one.what,
            "before": [{"words": said["words"]} for said in one.before.get("answers") or ()],
        }
        for one in await _all(work, person, Deed)
    ]
    return found


async def _all(work: Work, person: Person, table: type[T]) -> list[T]:
    found = await work.session.scalars(
        select(table).where(table.workspace_id == person.workspace_id, table.person_id == person.id)
    )
    return list(found)


async def _answers(work: Work, person: Person) -> defaultdict[int, list[Answer]]:
    """Everything somebody answered, by entry, in the order of the questions."""
    rows = await work.session.scalars(
        select(Answer)
        .join(
            Entry,
            (Entry.workspace_id == Answer.workspace_id) & (Entry.id == Answer.entry_id),
        )
        .where(Entry.workspace_id == person.workspace_id, Entry.person_id == person.id)
        .order_by(Answer.position, Answer.key)
    )
    answers: defaultdict[int, list[Answer]] = defaultdict(list)
    for one in rows:
        answers[one.entry_id].append(one)
    return answers


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _choices(habit: Habit) -> Record:
    return {
        "kind": "check-in settings",
        "asked_at": f"{habit.at:%H:%M}" if habit.at else "",
        "days": list(habit.days),
        "reminders": habit.nudges,
        "never_asked": habit.stopped,
        "asked_half_as_often": habit.halved,
        "prompts_without_an_answer": habit.ignored,
    }


def _draft(draft: Draft, checkins: dict[int, Checkin]) -> Record:
    about = read_action(draft.form)[1]
    checkin = checkins.get(int(about[0])) if about and about[0].isdigit() else None
    asked = schedule.read_questions(checkin.questions) if checkin else ()
    labels = {f"answer.{one.key}": one.ask for one in asked}
    return {
        "kind": "draft",
        "at": draft.at.isoformat(),
        "answers": [
            {"question": labels.get(key, ""), "words": words}
            for key, words in draft.words.items()
            if words
        ],
    }


async def _replies(work: Work, person: Person) -> list[Record]:
    """What somebody answered to others' entries; it is kept in the messages that say it and nowhere else."""
    by_form = await traces.about(work, person.workspace_id, "checkins.reply:", f":{person.id}")
    in_thread = await traces.about(work, person.workspace_id, "checkins.heard:", f":{person.id}")
    return [
        {
            "kind": "reply",
            "at": one.at.isoformat(),
            "about": one.card.title,
            "words": one.card.text.markdown(),
        }
        for one in sorted([*by_form, *in_thread], key=lambda one: one.at)
    ]


async def forget(work: Work, person: Person) -> None:
    """Delete all that somebody narrated and chose, with every message that shows it, and leave them alone.

    Of their settings one stays: that they are never asked, until they say otherwise.
    """
    mine, own = person.workspace_id, f":{person.id}"
    said = [
        *await traces.about(work, mine, "checkins.reply:", own),
        *await traces.about(work, mine, "checkins.reply:", f"{own}:heard"),
        *await traces.about(work, mine, "checkins.heard:", own),
    ]
    shown = [entries.entry_key(one.id) for one in await _all(work, person, Entry)]
    await traces.erase(work, mine, [*shown, *(one.key for one in said)])
    await _unname(work, person)
    for table in (Entry, Checkin, Slot, Draft, Deed, Habit):
        await work.session.execute(
            delete(table).where(table.workspace_id == mine, table.person_id == person.id)
        )
    habit = await habits.habit_of(work, person)
    habit.stopped = True
    await work.session.flush()


async def _unname(work: Work, person: Person) -> None:
    """Let replies that others gave to somebody stand without that name."""
    for one in await traces.about(work, person.workspace_id, "checkins.reply:"):
        by, to, whom = one.card.title.partition(" to ")
        if to and whom == person.name:
            await traces.reword(work, person.workspace_id, one.key, replace(one.card, title=by))


async def expire(work: Work, workspace_id: str, before: datetime) -> int:
    """Delete check-ins of days before a moment, with their entries and all that shows them, and replies as old."""
    old = list(
        await work.session.scalars(
            select(Checkin)
            .where(Checkin.workspace_id == workspace_id, Checkin.day < before.date())
            .order_by(Checkin.day)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    for checkin in old:
        entry = await entries.entry_of(work, checkin)
        if entry is not None:
            await channels.hush(work, workspace_id, entries.entry_key(entry.id))
            await traces.erase(work, workspace_id, [entries.entry_key(entry.id)])
        prompts = [asking.prompt_key(checkin.id, said + 1) for said in range(checkin.said)]
        await traces.erase(work, workspace_id, prompts)
        await work.session.delete(checkin)
        await work.session.flush()
    return len(old) + await _expire_replies(work, workspace_id, before)


async def _expire_replies(work: Work, workspace_id: str, before: datetime) -> int:
    old: Sequence[traces.Message] = [
        one
        for start in ("checkins.reply:", "checkins.heard:")
        for one in await traces.about(work, workspace_id, start, before=before, most=BATCH)
    ]
    for one in old:
        await channels.hush(work, workspace_id, one.key)
    await traces.erase(work, workspace_id, [one.key for one in old])
    return len(old)


async def team_questions(work: Work, workspace_id: str) -> list[Record]:
    """The questions that the teams of a workspace added for themselves, whoever of them did."""
    rows = await work.session.scalars(
        select(TeamPrompt)
        .where(TeamPrompt.workspace_id == workspace_id)
        .order_by(TeamPrompt.channel_id, TeamPrompt.key)
    )
    return [{"channel": one.channel_id, "ask": one.ask, "tag": one.tag} for one in rows]
