"""Relaying: a selected lesson goes into its channel, a few a day, if the way is still there."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from bot.channels import desk as channels
from bot.lessons import rules
from bot.lessons.desk import choices, pausing, showing, steps, ways
from bot.lessons.tables import Lesson, LessonItem
from bot.store.session import Work

BATCH = 200


async def relay(work: Work, lesson: Lesson, item: LessonItem, *, wait: bool = True) -> bool:
    """Post the copy of a selected lesson if there is room today; a way that is gone meanwhile stops it.

    Everything is looked at anew at this moment: the author's yes, the route, the channel. Without `wait` a channel
    into which somebody else relays just now has no room.
    """
    if item.state != "selected" or lesson.state not in ("agreed", "confirmed"):
        return False
    # What is asked here is about others: the step before and the one after are written down at once.
    with work.session.no_autoflush:
        name = await ways.channel_name(work, steps.place_to(item))
        deed = await _deed(work, lesson, item, wait=wait)
    if not deed:
        return False
    steps.move_item(work, lesson, item, deed, None)
    news = f"The way to #{name} is gone meanwhile, so lesson {lesson.number} does not go there."
    if deed == "relay":
        item.relayed_at = work.now
        news = f"Lesson {lesson.number} stands in #{name} now."
    await showing.follow(work, lesson, news=news)
    return True


async def _deed(work: Work, lesson: Lesson, item: LessonItem, *, wait: bool) -> str:
    """What becomes of a selected lesson now: it is relayed, or stopped; empty while it waits."""
    if not await ways.is_open(work, lesson, item):
        return "stop"
    start, end = pausing.start_of(lesson, item), steps.place_to(item)
    if await pausing.is_paused(work, start, end) or not await _take(work, item, wait=wait):
        return ""
    return "relay" if await _room(work, item) > 0 else ""


async def _take(work: Work, item: LessonItem, *, wait: bool) -> bool:
    """Let nobody else relay into a channel until this is done, so that its lessons of a day are counted once."""
    if wait:
        await choices.channel_of(work, item.to_workspace, item.to_channel)
        return True
    return await choices.take_channel(work, item.to_workspace, item.to_channel)


async def _room(work: Work, item: LessonItem) -> int:
    """How many more lessons a channel takes today; one that stood there before takes no room."""
    if item.relayed_at is not None:
        return 1
    channel = await channels.find(work, steps.place_to(item))
    most = channel.relays_a_day if channel is not None else None
    today = await work.session.scalar(
        select(func.count()).where(
            LessonItem.to_workspace == item.to_workspace,
            LessonItem.to_channel == item.to_channel,
            LessonItem.relayed_at > work.now - timedelta(days=1),
        )
    )
    return (most or rules.A_DAY) - (today or 0)


async def go_on(work: Work) -> int:
    """Relay what was selected and had no room before; how many went.

    What somebody else is about has its turn later: waiting for it with a channel taken could be a circle.
    """
    waiting = await work.session.scalars(
        select(LessonItem)
        .where(LessonItem.state == "selected")
        .order_by(LessonItem.since)
        .limit(BATCH)
    )
    went = 0
    for item in list(waiting):
        key = item.workspace_id, item.lesson_id
        free = await work.session.get(Lesson, key, with_for_update={"skip_locked": True})
        if free is None:
            continue
        await work.session.refresh(item, with_for_update=True)
        went += await relay(work, free, item, wait=False)
    return went
