"""Channels that do not take a copy as it should stand: archived ones, and those the bot was removed from."""

from __future__ import annotations

from sqlalchemy import select

from bot.engine import dead
from bot.lessons import words
from bot.lessons.desk import pausing, showing, steps, ways
from bot.lessons.rules import LIVE
from bot.lessons.tables import LessonItem
from bot.store.base import among
from bot.store.session import Work

COPY = "lessons.copy:"


async def tell_due(work: Work) -> int:
    """Tell authors and curators once, in plain words, of copies that a channel refused; the others go on."""
    refused = await dead.reasons(work, COPY)
    there = {
        (one, steps.read_id(key.removeprefix(COPY))): why for (one, key), why in refused.items()
    }
    noted = await work.session.scalars(select(LessonItem).where(LessonItem.refused_at <= work.now))
    for item in list(noted):
        if (item.to_workspace, item.id) not in there:
            # It stands by now, or an operator let it be: the next refusal is news again.
            item.refused_at = None
    found = await work.session.scalars(
        select(LessonItem).where(
            among(LessonItem.to_workspace, LessonItem.id, there), LessonItem.refused_at.is_(None)
        )
    )
    items = list(found)
    for item in items:
        await _tell(work, item, there[item.to_workspace, item.id])
    await work.session.flush()
    return len(items)


async def _tell(work: Work, item: LessonItem, why: str) -> None:
    lesson = await steps.lesson_of(work, item)
    await work.session.refresh(item, with_for_update=True)
    if item.refused_at is not None:
        return
    item.refused_at = work.now
    place = steps.place_to(item)
    name = await ways.channel_name(work, place)
    wanted = lesson.state in LIVE and item.state == "relayed"
    steps.note(work, lesson, "stick", None, item=item)
    number = f"lesson {lesson.number}"
    here = item.to_workspace == lesson.workspace_id
    card = words.stuck(number if here else "a lesson", name, why, wanted=wanted)
    curators = await ways.curators(work, place)
    for one in curators or await pausing.admins(work, item.to_workspace):
        await showing.tell_curator(work, item, one, "lessons.stuck", card)
    news = words.stuck(number, name, why, wanted=wanted).text.plain()
    await showing.follow(work, lesson, news=news)
