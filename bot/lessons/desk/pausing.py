"""The brake: a route that carries too many lessons within a day rests, and its admins are told."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select

from bot.channels import desk as channels
from bot.chat import Place
from bot.engine import outbox
from bot.lessons import rules, words
from bot.lessons.desk import steps, ways
from bot.lessons.tables import Lesson, LessonItem, LessonPause
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.base import insert
from bot.store.session import Work


def start_of(lesson: Lesson, item: LessonItem) -> Place:
    """Where the last part of the way of an item begins."""
    return Place.parse(item.via) if item.via else steps.team_place(lesson)


async def look(work: Work, lesson: Lesson, end: Place) -> None:
    """Let the route from a lesson's team to a channel rest when it carried too much within a day."""
    start = steps.team_place(lesson)
    count = await work.session.scalar(
        select(func.count())
        .select_from(LessonItem)
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .where(
            LessonItem.to_workspace == end.workspace_id,
            LessonItem.to_channel == end.channel,
            LessonItem.via == "",
            Lesson.workspace_id == start.workspace_id,
            Lesson.channel_id == start.channel,
            Lesson.agreed_at > work.now - timedelta(days=1),
        )
    )
    if (count or 0) <= rules.RUNAWAY or await is_paused(work, start, end):
        return
    row = insert(work.session, LessonPause).values(
        workspace_id=start.workspace_id,
        from_place=str(start),
        to_place=str(end),
        until=work.now + rules.PAUSE,
    )
    keys = [LessonPause.workspace_id, LessonPause.from_place, LessonPause.to_place]
    await work.session.execute(
        row.on_conflict_do_update(index_elements=keys, set_={"until": row.excluded.until})
    )
    card = words.paused(
        await ways.channel_name(work, start),
        await ways.channel_name(work, end),
        count or 0,
        lesson.id,
    )
    for admin in await admins(work, start.workspace_id):
        key = f"lessons.paused:{lesson.id}:{end.channel}:{admin.id}"
        await outbox.show(work, await people.direct(work, admin), card, key=key)


async def admins(work: Work, workspace_id: str) -> list[Person]:
    """Who configures a workspace."""
    return [
        one
        for one in await people.everybody(work, workspace_id)
        if await channels.is_admin(work, one)
    ]


async def is_paused(work: Work, start: Place, end: Place) -> bool:
    """Whether a route rests now."""
    key = (start.workspace_id, str(start), str(end))
    row = await work.session.get(LessonPause, key)
    return row is not None and row.until > work.now


async def resume(work: Work, admin: Person, lesson: Lesson) -> None:
    """Let every route from a lesson's team go on."""
    await channels.require_admin(work, admin)
    await work.session.execute(
        delete(LessonPause).where(
            LessonPause.workspace_id == lesson.workspace_id,
            LessonPause.from_place == str(steps.team_place(lesson)),
        )
    )
