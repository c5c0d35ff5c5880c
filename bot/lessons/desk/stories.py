"""Stories: whoever tried a lesson is asked once what happened, and others read it after their yes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from bot.chat import Ask, Done, Press, Replace, Reply, Submit, Text
from bot.engine import traces
from bot.lessons import rules
from bot.lessons.desk import around, guarding, hours, showing, steps
from bot.lessons.desk.steps import word_of
from bot.lessons.rules import LIVE, circle
from bot.lessons.tables import Lesson, LessonItem, LessonStory
from bot.lessons.words import stories as words
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work

BATCH = 200


async def expect(
    work: Work, person: Person, lesson: Lesson, item: LessonItem | None, said: str
) -> None:
    """After somebody said what they made of a lesson: in two weeks there may be a story, if they tried it."""
    tried = said in circle.TRIED
    key = (lesson.workspace_id, lesson.id, person.workspace_id, person.id)
    story = await work.session.get(LessonStory, key, with_for_update=True)
    if story is None and tried and item is not None:
        work.session.add(
            LessonStory(
                workspace_id=lesson.workspace_id,
                lesson_id=lesson.id,
                by_workspace=person.workspace_id,
                person_id=person.id,
                id=new_id(),
                item_id=item.id,
                ask_at=work.now + circle.STORY,
                words="",
                named=True,
                confirmed=[],
                over=False,
            )
        )
    elif story is not None and story.asked_at is None:
        story.ask_at = (story.ask_at or work.now + circle.STORY) if tried else None
    await work.session.flush()


async def ask_due(work: Work) -> int:
    """Ask what happened, in people's day; whoever cannot be asked within two more weeks is not asked."""
    due = await work.session.scalars(
        select(LessonStory)
        .where(LessonStory.ask_at <= work.now)
        .order_by(LessonStory.ask_at)
        .limit(BATCH)
    )
    stories = list(due)
    for story in stories:
        # The lesson first, as everybody who acts on one takes it.
        lesson = await work.session.get_one(
            Lesson, (story.workspace_id, story.lesson_id), with_for_update=True
        )
        await work.session.refresh(story, with_for_update=True)
        if story.ask_at is None or story.ask_at > work.now:
            continue
        person = await people.get(work, story.by_workspace, story.person_id)
        when = hours.day_time(work, person)
        unwelcome = lesson.state not in LIVE or await hours.wants_none(work, person)
        if unwelcome or when > work.now + circle.STORY:
            story.ask_at = None
        elif when > work.now:
            story.ask_at = when
        else:
            story.ask_at, story.asked_at = None, work.now
            await around.show_story(work, lesson, story)
    await work.session.flush()
    return len(stories)


async def _own(work: Work, act: Press | Submit) -> tuple[Person, Lesson, LessonStory]:
    """The caller, and the story that they were asked for."""
    person = await people.caller(work, act.by)
    found = await work.session.scalar(
        select(LessonStory).where(
            LessonStory.by_workspace == person.workspace_id,
            LessonStory.person_id == person.id,
            LessonStory.id == steps.read_id(word_of(act)),
        )
    )
    if found is None:
        raise Refusal(steps.GONE)
    lesson = await work.session.get_one(
        Lesson, (found.workspace_id, found.lesson_id), with_for_update=True
    )
    await work.session.refresh(found, with_for_update=True)
    if lesson.state not in LIVE:
        raise Refusal(f"This lesson {rules.NOW[lesson.state]}.")
    return person, lesson, found


async def on_tell(work: Work, press: Press) -> Reply:
    """*Tell it*, *Change it*."""
    _, lesson, story = await _own(work, press)
    view = await around.story_view(work, lesson, story)
    return Ask(words.form(view, named=story.named))


async def submit_tell(work: Work, submit: Submit) -> Reply:
    """Keep a story; nobody reads it before its teller's yes, and a changed one not before another."""
    _, lesson, story = await _own(work, submit)
    if not submit.final:
        return Done()
    told = Text.parse(submit.values.get("words", ""))
    if not rules.letters(told):
        raise Refusal("A sentence, please: what happened?", field="words")
    if len(told.plain()) > rules.MOST_CHARACTERS:
        raise Refusal(f"At most {rules.MOST_CHARACTERS:,} characters, please.", field="words")
    if blocking := guarding.blocking(told):
        raise Refusal(blocking, field="words")
    story.words, story.named = told.markdown(), submit.values.get("named") != "no"
    story.shared_at, story.over = None, False
    await showing.follow(work, lesson)
    return Done()


async def on_fine(work: Work, press: Press) -> Reply:
    """*It may stay*."""
    _, lesson, story = await _own(work, press)
    found = [
        one
        for one in await guarding.in_story(work, story)
        if not one.blocks and one.fingerprint.startswith(word_of(press, 1))
    ]
    story.confirmed = [*story.confirmed, *(one.fingerprint for one in found)]
    await around.show_story(work, lesson, story)
    return Done()


async def on_mask(work: Work, press: Press) -> Reply:
    """*Write … instead*."""
    _, lesson, story = await _own(work, press)
    story.words = await guarding.masked_story(work, story, word_of(press, 1))
    await around.show_story(work, lesson, story)
    return Done()


async def on_yes(work: Work, press: Press) -> Reply:
    """*Yes, add it*: to exactly what was shown."""
    _, lesson, story = await _own(work, press)
    if not story.words:
        raise Refusal("There is no story yet: press Tell it.")
    if not await guarding.in_story(work, story):
        story.shared_at = story.shared_at or work.now
    await showing.follow(work, lesson)
    return Done()


async def on_untold(work: Work, press: Press) -> Reply:
    """*Not this time*, *Rather not*, *Take it back*."""
    _, lesson, story = await _own(work, press)
    story.words, story.confirmed, story.shared_at, story.over = "", [], None, True
    await showing.follow(work, lesson)
    return Done() if press.on is not None else Replace(words.untold())


async def told_of(work: Work, lesson: Lesson) -> list[tuple[str, Text]]:
    """Who told what happened with a lesson, with their yes; the first told first."""
    found = await work.session.scalars(
        select(LessonStory)
        .where(
            LessonStory.workspace_id == lesson.workspace_id,
            LessonStory.lesson_id == lesson.id,
            LessonStory.shared_at.is_not(None),
        )
        .order_by(LessonStory.shared_at, LessonStory.id)
    )
    return [(await around.teller(work, one), Text.parse(one.words)) for one in list(found)]


async def by(work: Work, person: Person) -> list[LessonStory]:
    """What somebody was asked for and told, oldest first."""
    found = await work.session.scalars(
        select(LessonStory)
        .where(LessonStory.by_workspace == person.workspace_id, LessonStory.person_id == person.id)
        .order_by(LessonStory.id)
    )
    return list(found)


async def forget(work: Work, person: Person) -> None:
    """Delete what somebody told, and what they were asked."""
    await _remove(work, await by(work, person))


async def _remove(work: Work, found: list[LessonStory]) -> None:
    for story in found:
        lesson = await work.session.get_one(
            Lesson, (story.workspace_id, story.lesson_id), with_for_update=True
        )
        await traces.erase(work, story.by_workspace, [around.story_key(story)])
        await work.session.delete(story)
        await showing.follow(work, lesson)


async def expire(work: Work, workspace_id: str, before: datetime) -> int:
    """Delete what people of a workspace told before a moment."""
    old = await work.session.scalars(
        select(LessonStory)
        .where(
            LessonStory.by_workspace == workspace_id,
            LessonStory.words != "",
            or_(LessonStory.shared_at < before, LessonStory.asked_at < before),
        )
        .limit(BATCH)
    )
    found = list(old)
    await _remove(work, found)
    return len(found)
