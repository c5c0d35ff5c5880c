"""Messages around a lesson that one person alone has: who was thought of, and whoever was asked for a story."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat import Text
from bot.engine import outbox, traces
from bot.lessons import words
from bot.lessons.desk import guarding, steps, views, ways, whole
from bot.lessons.desk.whole import Whole
from bot.lessons.rules import LIVE
from bot.lessons.tables import Lesson, LessonItem, LessonStory, LessonTip
from bot.lessons.words import headline, stories, tips
from bot.lessons.words.stories import StoryView
from bot.people import desk as people
from bot.store.session import Work


def tip_key(tip: LessonTip) -> str:
    """The subject of the one message to somebody who was thought of."""
    return f"lessons.tip:{tip.lesson_id}:{tip.person_id}"


async def show(work: Work, now: Whole) -> None:
    """Bring all of them to what is true of a lesson now."""
    for tip in now.tips:
        await show_tip(work, now.lesson, tip)
    for story in now.stories:
        await show_story(work, now.lesson, story)
    for item in now.items:
        await show_merge(work, now, item)


async def show_tip(work: Work, lesson: Lesson, tip: LessonTip) -> None:
    """Let a tip stand while its copy does; what somebody put aside stays aside."""
    if tip.state != "told":
        return
    item = await work.session.get(LessonItem, (tip.workspace_id, tip.item_id))
    if item is None or item.state != "relayed" or lesson.state not in LIVE:
        await outbox.withdraw(work, tip.to_workspace, tip_key(tip))
        return
    card = tips.tip(
        lesson.id,
        item.id,
        await views.name_of(work, tip.to_workspace, tip.by_id),
        views.wording_of(lesson, item),
        await views.origin_for(work, lesson, tip.to_workspace),
    )
    person = await people.get(work, tip.to_workspace, tip.person_id)
    await outbox.show(work, await people.direct(work, person), card, key=tip_key(tip))


async def forget(work: Work, lesson: Lesson) -> None:
    """Take all of them away, with the words of a lesson that is deleted."""
    for tip in await whole.tips_of(work, lesson):
        await traces.erase(work, tip.to_workspace, [tip_key(tip)])
    for story in await whole.stories_of(work, lesson):
        await traces.erase(work, story.by_workspace, [story_key(story)])
    for item in await steps.items_of(work, lesson):
        await forget_merge(work, item)


def merge_key(item: LessonItem) -> str:
    """The subject of the question whether another lesson may stand with one's own."""
    return f"lessons.merge:{item.id}"


async def other_of(work: Work, item: LessonItem) -> tuple[Lesson, LessonItem] | None:
    """The lesson that an item is joined to, or would be, with its copy in the same channel."""
    if item.joined is None:
        return None
    found = await work.session.execute(
        select(Lesson, LessonItem)
        .join(
            LessonItem,
            (LessonItem.workspace_id == Lesson.workspace_id) & (LessonItem.lesson_id == Lesson.id),
        )
        .where(LessonItem.to_workspace == item.to_workspace, LessonItem.id == item.joined)
    )
    return next(((lesson, other) for lesson, other in found), None)


async def show_merge(work: Work, now: Whole, item: LessonItem) -> None:
    """Ask the author of another lesson while that is open; after that the question goes."""
    lesson = now.lesson
    found = await other_of(work, item)
    if found is None:
        return
    other, there = found
    author = await views.author_of(work, other)
    if author is None or item.state != "joining" or lesson.state not in LIVE:
        await outbox.withdraw(work, other.workspace_id, merge_key(item))
        return
    card = words.merge(
        await views.view(work, now, ()),
        await views.origin_for(work, lesson, other.workspace_id),
        headline(views.wording_of(other, there)),
        await ways.channel_name(work, steps.place_to(item)),
        item.id,
    )
    await outbox.show(work, await people.direct(work, author), card, key=merge_key(item))


async def forget_merge(work: Work, item: LessonItem) -> None:
    """Take the question away, with the words on it."""
    found = await other_of(work, item)
    if found is not None:
        await traces.erase(work, found[0].workspace_id, [merge_key(item)])


def story_key(story: LessonStory) -> str:
    """The subject of the one message to somebody who tried a lesson."""
    return f"lessons.story:{story.lesson_id}:{story.person_id}"


async def teller(work: Work, story: LessonStory) -> str:
    """Who told a story, as they want it told; empty without a name."""
    return await views.name_of(work, story.by_workspace, story.person_id) if story.named else ""


async def story_view(work: Work, lesson: Lesson, story: LessonStory) -> StoryView:
    """A story as the cards of whoever tells it show it."""
    found = await work.session.scalars(
        select(LessonItem)
        .where(
            LessonItem.workspace_id == lesson.workspace_id,
            LessonItem.lesson_id == lesson.id,
            LessonItem.state.in_(("relayed", "joined")),
        )
        .order_by(LessonItem.id)
    )
    names = [await ways.channel_name(work, steps.place_to(one)) for one in list(found)]
    return StoryView(
        story.id,
        headline(views.wording_of(lesson)),
        Text.parse(story.words),
        await teller(work, story),
        tuple(dict.fromkeys(names)),
    )


async def show_story(work: Work, lesson: Lesson, story: LessonStory) -> None:
    """Bring the message of whoever tried a lesson to where their story stands; without the lesson it goes."""
    await work.session.flush()
    if lesson.state not in LIVE:
        await outbox.withdraw(work, story.by_workspace, story_key(story))
        return
    view = await story_view(work, lesson, story)
    if story.over:
        card = stories.untold()
    elif story.shared_at is not None:
        card = stories.standing(view)
    elif not story.words:
        card = stories.question(view)
    elif found := await guarding.in_story(work, story):
        card = stories.finding(view, found[0], len(found) - 1)
    else:
        card = stories.preview(view)
    person = await people.get(work, story.by_workspace, story.person_id)
    await outbox.show(work, await people.direct(work, person), card, key=story_key(story))
