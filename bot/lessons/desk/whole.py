"""A lesson with everything that is kept around it, as it is read once for all that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import BindParameter, Select, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from bot.lessons.desk import steps
from bot.lessons.rules import LIVE
from bot.lessons.tables import Lesson, LessonItem, LessonMark, LessonStory, LessonTip, LessonUse
from bot.store.base import among
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Whole:
    """A lesson, and what its cards tell beside its words."""

    lesson: Lesson
    items: Sequence[LessonItem]
    """The channels it may go to, in the order they were named."""
    uses: Mapping[str, int] = field(default_factory=dict)
    """How many people said what of it."""
    markers: Sequence[int] = ()
    """Who marked it but its author, the first one first."""
    tips: Sequence[LessonTip] = ()
    """Who was thought of as a reader."""
    stories: Sequence[LessonStory] = ()
    """Who was asked how it went."""
    joined: Mapping[int | None, Sequence[Lesson]] = field(default_factory=dict)
    """The lessons whose origins a copy tells, too, by the id of its item."""


async def read(work: Work, lesson: Lesson) -> Whole:
    """A lesson as it is now; of what most lessons have nothing of, one question asks whether there is any."""
    items = await steps.items_of(work, lesson)
    key = {"workspace_id": lesson.workspace_id, "lesson_id": lesson.id}
    there = (await work.session.execute(_is_there(), key)).one()
    return Whole(
        lesson,
        items,
        uses=await uses_of(work, lesson) if there.uses else {},
        markers=await _markers(work, lesson) if there.marks else (),
        tips=await tips_of(work, lesson) if there.tips else (),
        stories=await stories_of(work, lesson) if there.stories else (),
        joined=await joined_to(work, items) if there.joined else {},
    )


@cache
def _is_there() -> Select[bool, bool, bool, bool, bool]:
    workspace_id: BindParameter[str] = bindparam("workspace_id")
    lesson_id: BindParameter[int] = bindparam("lesson_id")
    uses, marks, tips, stories = (
        exists().where(one.workspace_id == workspace_id, one.lesson_id == lesson_id)
        for one in (LessonUse, LessonMark, LessonTip, LessonStory)
    )
    item, other = aliased(LessonItem), aliased(LessonItem)
    joined = exists().where(
        item.workspace_id == workspace_id,
        item.lesson_id == lesson_id,
        other.to_workspace == item.to_workspace,
        other.to_channel == item.to_channel,
        other.state == "joined",
        other.joined == item.id,
    )
    return select(
        uses.label("uses"),
        marks.label("marks"),
        tips.label("tips"),
        stories.label("stories"),
        joined.label("joined"),
    )


async def uses_of(work: Work, lesson: Lesson) -> dict[str, int]:
    """How many people said what of a lesson."""
    found = await work.session.execute(
        select(LessonUse.said, func.count().label("people"))
        .where(LessonUse.workspace_id == lesson.workspace_id, LessonUse.lesson_id == lesson.id)
        .group_by(LessonUse.said)
    )
    return {one.said: one.people for one in found}


async def _markers(work: Work, lesson: Lesson) -> list[int]:
    marks = await work.session.scalars(
        select(LessonMark.person_id)
        .where(LessonMark.workspace_id == lesson.workspace_id, LessonMark.lesson_id == lesson.id)
        .order_by(LessonMark.at, LessonMark.person_id)
    )
    return [one for one in marks if one != lesson.person_id]


async def tips_of(work: Work, lesson: Lesson) -> list[LessonTip]:
    """Everybody who was thought of as a reader of a lesson."""
    found = await work.session.scalars(
        select(LessonTip)
        .where(LessonTip.workspace_id == lesson.workspace_id, LessonTip.lesson_id == lesson.id)
        .order_by(LessonTip.at)
    )
    return list(found)


async def stories_of(work: Work, lesson: Lesson) -> list[LessonStory]:
    """Everybody who was asked what happened when they tried a lesson."""
    found = await work.session.scalars(
        select(LessonStory)
        .where(
            LessonStory.workspace_id == lesson.workspace_id,
            LessonStory.lesson_id == lesson.id,
            LessonStory.asked_at.is_not(None),
        )
        .order_by(LessonStory.id)
    )
    return list(found)


async def joined_to(work: Work, items: Sequence[LessonItem]) -> Mapping[int | None, list[Lesson]]:
    """The lessons that were joined to the copies of another one, by the id of its item."""
    there: dict[int | None, list[Lesson]] = {}
    if not items:
        return there
    found = await work.session.execute(
        select(LessonItem.joined, Lesson)
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .where(
            among(
                LessonItem.to_workspace,
                LessonItem.to_channel,
                [(one.to_workspace, one.to_channel) for one in items],
            ),
            LessonItem.state == "joined",
            LessonItem.joined.in_([one.id for one in items]),
            Lesson.state.in_(LIVE),
        )
        .order_by(LessonItem.id)
    )
    for item_id, lesson in found:
        there.setdefault(item_id, []).append(lesson)
    return there
