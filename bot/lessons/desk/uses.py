"""What people made of a lesson: said on any copy, kept with the original, and what confirms or retires it."""

from __future__ import annotations

from sqlalchemy import select

from bot.channels import desk as channels
from bot.chat import Option, Text
from bot.engine import outbox
from bot.lessons import rules, words
from bot.lessons.desk import checking, showing, steps, stories, views, ways, whole
from bot.lessons.rules import PROOFS, USES
from bot.lessons.tables import Lesson, LessonItem, LessonUse
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

BATCH = 100


async def say(work: Work, person: Person, lesson: Lesson, item: LessonItem, said: str) -> str:
    """Keep what somebody made of a lesson, in place of what they said before; returns that."""
    if said not in USES:
        raise Refusal("This comes from an older version of me.")
    if lesson.state not in ("agreed", "confirmed"):
        raise Refusal(f"This lesson {rules.NOW[lesson.state]}, so nothing was noted.")
    if await _is_author(work, person, lesson):
        raise Refusal("It is your own lesson: here the others say how it went.")
    use = await _use_of(work, person, lesson)
    before = use.said if use is not None else ""
    if use is None:
        use = LessonUse(
            workspace_id=lesson.workspace_id,
            lesson_id=lesson.id,
            by_workspace=person.workspace_id,
            person_id=person.id,
        )
        work.session.add(use)
    use.said, use.to_channel, use.at = said, item.to_channel, work.now
    await stories.expect(work, person, lesson, item, said)
    if before != said:
        await showing.follow(work, lesson)
        await _confirm_if_proven(work, lesson)
    return before


async def _is_author(work: Work, person: Person, lesson: Lesson) -> bool:
    me = await ways.humans(work, person.workspace_id, person.id)
    return lesson.person_id is not None and (lesson.workspace_id, lesson.person_id) in me


async def _use_of(work: Work, person: Person, lesson: Lesson) -> LessonUse | None:
    key = (lesson.workspace_id, lesson.id, person.workspace_id, person.id)
    return await work.session.get(LessonUse, key)


async def unsay(work: Work, person: Person, lesson: Lesson) -> None:
    """Take back what somebody made of a lesson."""
    use = await _use_of(work, person, lesson)
    if use is not None:
        await work.session.delete(use)
        await stories.expect(work, person, lesson, None, "")
        await showing.follow(work, lesson)


async def _confirm_if_proven(work: Work, lesson: Lesson) -> None:
    if lesson.state != "agreed" or lesson.person_id is None:
        return
    found = await work.session.execute(
        select(LessonUse.by_workspace, LessonUse.person_id)
        .where(
            LessonUse.workspace_id == lesson.workspace_id,
            LessonUse.lesson_id == lesson.id,
            LessonUse.said.in_(PROOFS),
        )
        .order_by(LessonUse.at)
    )
    proofs = [await ways.humans(work, one, person_id) for one, person_id in found.all()]
    author = await ways.humans(work, lesson.workspace_id, lesson.person_id)
    if rules.is_confirmed(proofs, author, await _team_of(work, lesson)):
        news = f"Lesson {lesson.number} is confirmed: it worked for others, too."
        await _confirm(work, lesson, None, news)


async def _team_of(work: Work, lesson: Lesson) -> frozenset[object]:
    channel = await channels.find(work, steps.team_place(lesson))
    members = await channels.members(work, channel) if channel is not None else []
    return frozenset((one.workspace_id, one.id) for one in members)


async def confirm(work: Work, curator: Person, lesson: Lesson, item: LessonItem) -> None:
    """A curator's decision that a lesson holds."""
    await checking.require_curator(work, curator, item)
    await _confirm(work, lesson, curator, f"{curator.name} confirmed lesson {lesson.number}.")


async def _confirm(work: Work, lesson: Lesson, by: Person | None, news: str) -> None:
    steps.move(work, lesson, "confirm", by)
    lesson.review_at = work.now + rules.REVIEW
    await showing.follow(work, lesson, news=news)
    for item in await steps.items_of(work, lesson):
        if item.state == "relayed" and item.ring == "community":
            card = words.confirmed(
                item.id,
                await _called(work, lesson, item),
                views.wording_of(lesson, item),
                await whole.uses_of(work, lesson),
                await networks(work, item),
            )
            for curator in await ways.curators(work, steps.place_to(item)):
                await showing.tell_curator(work, item, curator, "lessons.confirmed", card)


async def networks(work: Work, item: LessonItem) -> list[Option]:
    """Where a lesson may go from a community: the networks that routes lead to."""
    return [
        Option(f"#{await ways.channel_name(work, way.end)}", str(way.end))
        for way in await ways.ways_from(work, steps.place_to(item), "network")
    ]


async def _called(work: Work, lesson: Lesson, item: LessonItem) -> str:
    name = await ways.channel_name(work, steps.place_to(item))
    if lesson.workspace_id == item.to_workspace:
        return f"Lesson {lesson.number} in #{name}"
    return f"A lesson in #{name}"


async def retire(
    work: Work, curator: Person, lesson: Lesson, item: LessonItem, written: str
) -> None:
    """Say that a lesson had its time; its copies stay and tell why."""
    await checking.require_curator(work, curator, item)
    reason = Text.parse(written)
    if not rules.letters(reason):
        raise Refusal("Why? A few words help those who used it.", field="word")
    steps.move(work, lesson, "retire", curator, word=reason.markdown())
    lesson.reason, lesson.review_at = reason.markdown(), None
    news = f"{curator.name} retired lesson {lesson.number}: it had its time."
    await showing.follow(work, lesson, news=news)


async def still_true(work: Work, curator: Person, lesson: Lesson, item: LessonItem) -> None:
    """A curator looked at a confirmed lesson again, and it holds."""
    await checking.require_curator(work, curator, item)
    steps.move(work, lesson, "keep", curator)
    lesson.review_at = work.now + rules.REVIEW
    for key in showing.curators_keys(item):
        if key.startswith("lessons.review:"):
            await outbox.withdraw(work, item.to_workspace, key)
    await work.session.flush()


async def review(work: Work) -> int:
    """Ask the curators of confirmed lessons whether these are still true, half a year after they looked last."""
    due = await work.session.scalars(
        select(Lesson)
        .where(Lesson.state == "confirmed", Lesson.review_at <= work.now)
        .order_by(Lesson.review_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    lessons = list(due)
    for lesson in lessons:
        lesson.review_at = work.now + rules.REVIEW
        for item in await steps.items_of(work, lesson):
            if item.state != "relayed" or item.ring != "community":
                continue
            called = await _called(work, lesson, item)
            card = words.still_true(item.id, called, views.wording_of(lesson, item))
            for curator in await ways.curators(work, steps.place_to(item)):
                await showing.tell_curator(work, item, curator, "lessons.review", card)
    await work.session.flush()
    return len(lessons)
