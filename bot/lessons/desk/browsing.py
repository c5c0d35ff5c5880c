"""Lessons on a page: those that somebody may read, searched and filtered, and one of them whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, select

from bot.channels import desk as channels
from bot.chat import Card, Show, Text
from bot.lessons import rules, words
from bot.lessons.desk import commands, search, views, whole
from bot.lessons.rules import LIVE, Wording
from bot.lessons.tables import Lesson, LessonItem
from bot.lessons.words.author import STATES
from bot.lessons.words.shelf import Shelved, Wanted
from bot.lessons.words.view import counted, told_of
from bot.people.desk import Person
from bot.store.session import Work

READ_FOR_TOPICS = 500
"""The latest lessons whose topics are offered."""


async def browse(
    work: Work, person: Person, wanted: Wanted, *, start: int, most: int
) -> list[Shelved]:
    """Lessons that somebody may read, the best or the latest first."""
    asked = rules.search_words(wanted.words)
    if wanted.words and not asked:
        return []
    found = select(Lesson).where(
        Lesson.workspace_id.in_(await search.near_workspaces(work, person)),
        await search.readable(work, person),
        *_filters(work, person, wanted),
    )
    if asked:
        match = search.best(work, asked, most=search.LOOKED_AT)
        found = found.join(match, match.c.lesson_id == Lesson.id)
        found = found.order_by(match.c.fit.desc(), Lesson.id.desc())
    else:
        found = found.order_by(Lesson.id.desc())
    lessons = await work.session.scalars(found.offset(start).limit(most))
    mine = frozenset(one.id for one in await channels.of_person(work, person))
    return [await _shelved(work, person, one, mine) for one in list(lessons)]


def _filters(work: Work, person: Person, wanted: Wanted) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if wanted.state == "mine":
        filters += [Lesson.workspace_id == person.workspace_id, Lesson.person_id == person.id]
    else:
        filters.append(Lesson.state.in_([wanted.state] if wanted.state else LIVE))
    if wanted.channel:
        there = exists().where(
            LessonItem.workspace_id == Lesson.workspace_id,
            LessonItem.lesson_id == Lesson.id,
            LessonItem.to_workspace == person.workspace_id,
            LessonItem.to_channel == wanted.channel,
            LessonItem.state.in_(("relayed", "joined")),
        )
        here = and_(
            Lesson.workspace_id == person.workspace_id,
            Lesson.channel_id == wanted.channel,
            Lesson.attribution != "unnamed",
        )
        filters.append(here | there)
    if wanted.topic:
        filters.append(_has_topic(work, wanted.topic))
    return filters


def _has_topic(work: Work, topic: str) -> ColumnElement[bool]:
    is_postgres = work.session.get_bind().dialect.name == "postgresql"
    each = func.jsonb_array_elements_text if is_postgres else func.json_each
    value = each(Lesson.topics).table_valued("value")
    return exists(select(literal_column("1")).select_from(value).where(value.c.value == topic))


async def _shelved(work: Work, person: Person, lesson: Lesson, mine: Collection[str]) -> Shelved:
    wording = await views.wording_for(work, person, lesson, mine)
    if not wording.do:
        wording = Wording(do=Text.parse(lesson.said).plain())
    origin = await views.origin_for(work, lesson, person.workspace_id)
    return Shelved(
        id=lesson.id,
        name=str(lesson.number) if lesson.workspace_id == person.workspace_id else "",
        headline=words.headline(wording),
        origin=told_of(origin),
        state=STATES[lesson.state],
        topics=tuple(lesson.topics),
        used=counted(await whole.uses_of(work, lesson)),
    )


async def topics(work: Work, person: Person) -> Sequence[str]:
    """The topics of the latest lessons that somebody may read, by name."""
    found = await work.session.scalars(
        select(Lesson.topics)
        .where(
            Lesson.workspace_id.in_(await search.near_workspaces(work, person)),
            await search.readable(work, person),
            Lesson.state.in_(LIVE),
        )
        .order_by(Lesson.id.desc())
        .limit(READ_FOR_TOPICS)
    )
    return sorted({topic for some in found for topic in some})


async def one(work: Work, person: Person, lesson_id: int) -> Card | None:
    """A lesson as `/lesson show` gives it, to be read alone; None for one that this person may not read."""
    found = await work.session.scalars(
        select(Lesson).where(
            Lesson.id == lesson_id,
            Lesson.workspace_id.in_(await search.near_workspaces(work, person)),
            await search.readable(work, person),
        )
    )
    lesson = found.first()
    if lesson is None:
        return None
    shown = await commands.show(work, person, lesson)
    assert isinstance(shown, Show)
    used = counted(await whole.uses_of(work, lesson))
    return replace(shown.card, buttons=(), selects=(), footnote=used)
