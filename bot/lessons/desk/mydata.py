"""What is kept about somebody around lessons: to take along, to be forgotten, or left without a name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, func, or_, select, update

from bot.engine import traces
from bot.lessons.desk import echoing, marks, showing, steps, stories, tips, views, ways
from bot.lessons.rules import LIVE
from bot.lessons.tables import (
    Lesson,
    LessonChoice,
    LessonItem,
    LessonMark,
    LessonReply,
    LessonRound,
    LessonStep,
    LessonUse,
    LessonVote,
)
from bot.lessons.words.view import USE_LABELS
from bot.people.desk import Person
from bot.store.session import Work

T = TypeVar("T", LessonUse, LessonVote, LessonStep)

BATCH = 50


async def export(work: Work, person: Person) -> list[dict[str, object]]:
    """Somebody's lessons with their trails, and what they marked, chose and said about others'."""
    found: list[dict[str, object]] = []
    for lesson in await _own(work, person):
        items = await steps.items_of(work, lesson)
        found.append(
            {
                "kind": "lesson",
                "number": lesson.number,
                "made": lesson.marked_at.isoformat(),
                "text": views.wording_of(lesson).whole().markdown() or lesson.said,
                "source": lesson.said,
                "state": lesson.state,
                "signed": lesson.attribution,
                "topics": list(lesson.topics),
                "channel": f"#{await views.team_name(work, lesson)}",
                "in": [
                    f"#{await ways.channel_name(work, steps.place_to(one))}: {one.state}"
                    for one in items
                ],
            }
        )
    marked = await work.session.scalars(
        select(LessonMark)
        .where(LessonMark.workspace_id == person.workspace_id, LessonMark.person_id == person.id)
        .order_by(LessonMark.at)
    )
    found += [{"kind": "lesson marked", "at": one.at.isoformat()} for one in marked]
    for use in await _said(work, person, LessonUse):
        found.append(
            {
                "kind": "word on a lesson",
                "at": use.at.isoformat(),
                "words": USE_LABELS.get(use.said, use.said),
            }
        )
    for vote in await _said(work, person, LessonVote):
        found.append({"kind": "yes to a lesson", "at": vote.at.isoformat()})
    for step in await _said(work, person, LessonStep):
        found.append(
            {
                "kind": "step with a lesson",
                "at": step.at.isoformat(),
                "deed": step.deed,
                "words": step.word,
            }
        )
    for reply in await echoing.said_by(work, person):
        found.append({"kind": "reply to a lesson", "at": reply.at.isoformat(), "text": reply.words})
    found += [
        {"kind": "lesson somebody thought was for me", "at": one.told_at.isoformat()}
        for one in await tips.of(work, person)
        if one.told_at is not None
    ]
    found += [
        {"kind": "story about a lesson", "text": one.words, "shared": one.shared_at is not None}
        for one in await stories.by(work, person)
    ]
    chosen = await work.session.get(LessonChoice, (person.workspace_id, person.id))
    if chosen is not None:
        found.append(
            {
                "kind": "choices about lessons",
                "replies_come_back": chosen.hears,
                "own_replies_go_back": chosen.carried,
                "told_of_lessons": chosen.tips,
            }
        )
    row = await work.session.get(LessonRound, (person.workspace_id, person.id))
    if row is not None and row.told_at is not None:
        found.append({"kind": "lessons shown to check", "at": row.told_at.isoformat()})
    return found


async def _own(work: Work, person: Person) -> list[Lesson]:
    found = await work.session.scalars(
        select(Lesson)
        .where(Lesson.workspace_id == person.workspace_id, Lesson.person_id == person.id)
        .order_by(Lesson.number)
    )
    return list(found)


async def _said(work: Work, person: Person, table: type[T]) -> list[T]:
    found = await work.session.scalars(
        select(table)
        .where(table.by_workspace == person.workspace_id, table.person_id == person.id)
        .order_by(table.at)
    )
    return list(found)


async def unname(work: Work, person: Person) -> int:
    """Leave somebody's shared lessons where they stand, with nothing that tells whose they were; says how many."""
    kept = [one for one in await _own(work, person) if one.state in LIVE]
    for lesson in kept:
        await showing.forget_author_card(work, lesson, person)
        # They stand in the thread of what was said.
        await echoing.forget_lesson(work, lesson)
        lesson.person_id, lesson.attribution = None, "unnamed"
        lesson.wording = {**lesson.wording, "quote": ""}
        lesson.said, lesson.draft, lesson.confirmed, lesson.news = "", {}, [], ""
        # What is said or deleted there from now on has nothing to do with it.
        lesson.origin_place, lesson.origin_message = "unnamed", str(lesson.id)
        lesson.origin_thread = ""
        for item in await steps.items_of(work, lesson):
            item.answer, item.proposal = "", {}
        await _forget_trail(work, [lesson])
        steps.note(work, lesson, "unname", None)
        await showing.follow(work, lesson)
    return len(kept)


async def _forget_trail(work: Work, lessons: Collection[Lesson]) -> None:
    """Keep what was done with lessons, and not what it was before."""
    for lesson in lessons:
        await work.session.execute(
            update(LessonStep)
            .where(
                LessonStep.workspace_id == lesson.workspace_id, LessonStep.lesson_id == lesson.id
            )
            .values(before={})
        )


async def forget(work: Work, person: Person) -> None:
    """Delete somebody's lessons with every copy, and what they marked, chose and said about others'."""
    for lesson in await _own(work, person):
        await marks.remove(work, lesson)
    await echoing.take_out(work, person)
    await tips.forget(work, person)
    await stories.forget(work, person)
    touched: dict[tuple[str, int], Lesson] = {}
    keys = {(one.workspace_id, one.lesson_id) for one in await _said(work, person, LessonUse)}
    keys |= {(one.workspace_id, one.lesson_id) for one in await _said(work, person, LessonStep)}
    for key in sorted(keys):
        touched[key] = await work.session.get_one(Lesson, key)
    items = await work.session.scalars(
        select(LessonItem).where(
            LessonItem.to_workspace == person.workspace_id, LessonItem.told_at.is_not(None)
        )
    )
    for item in list(items):
        if person.id in item.told:
            item.told = [one for one in item.told if one != person.id]
    decided = await work.session.scalars(
        select(LessonItem).where(
            LessonItem.to_workspace == person.workspace_id, LessonItem.by_id == person.id
        )
    )
    for item in list(decided):
        item.by_id, item.word = None, ""
        lesson = await steps.lesson_of(work, item, lock=False)
        touched[lesson.workspace_id, lesson.id] = lesson
    await work.session.execute(
        update(LessonStep)
        .where(LessonStep.by_workspace == person.workspace_id, LessonStep.person_id == person.id)
        .values(by_workspace="", person_id=None, word="")
    )
    for by in (LessonUse, LessonVote):
        await work.session.execute(
            delete(by).where(by.by_workspace == person.workspace_id, by.person_id == person.id)
        )
    for mine in (LessonMark, LessonRound, LessonChoice):
        await work.session.execute(
            delete(mine).where(
                mine.workspace_id == person.workspace_id, mine.person_id == person.id
            )
        )
    await _forget_trail(work, touched.values())
    await work.session.flush()
    for lesson in touched.values():
        await showing.follow(work, lesson)
    await traces.erase(work, person.workspace_id, await _told(work, person))


async def _told(work: Work, person: Person) -> list[str]:
    """What was said to somebody as a curator."""
    starts = ("lessons.more", "lessons.remind")
    once = await traces.about(work, person.workspace_id, f"lessons.told:{person.id}")
    found = [
        await traces.about(work, person.workspace_id, f"{start}:{person.id}:") for start in starts
    ]
    return [one.key for some in (once, *found) for one in some]


async def expire(work: Work, workspace_id: str, before: datetime) -> int:
    """Delete lessons with which nobody did anything since a moment, with every copy, and replies said before it."""
    last = (
        select(LessonStep.lesson_id)
        .where(LessonStep.workspace_id == workspace_id)
        .group_by(LessonStep.lesson_id)
        .having(func.max(LessonStep.at) < before)
        .limit(BATCH)
    )
    old = await work.session.scalars(
        select(Lesson)
        .where(Lesson.workspace_id == workspace_id, Lesson.id.in_(last))
        .with_for_update(skip_locked=True)
    )
    lessons = list(old)
    for lesson in lessons:
        await marks.remove(work, lesson)
    replies = await work.session.scalars(
        select(LessonReply)
        .where(
            or_(LessonReply.workspace_id == workspace_id, LessonReply.by_workspace == workspace_id),
            LessonReply.at < before,
        )
        .limit(BATCH)
    )
    said = list(replies)
    await echoing.remove(work, said)
    told = await stories.expire(work, workspace_id, before)
    return len(lessons) + len(said) + told
