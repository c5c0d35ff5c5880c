"""What became of lessons in a channel over some time, for digests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Place
from bot.lessons import rules, words
from bot.lessons.desk import around, showing, steps, views
from bot.lessons.tables import Lesson, LessonItem, LessonStory, LessonUse
from bot.lessons.words.view import told_of
from bot.people.desk import Person
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class News:
    """One lesson in a channel, as its readers may know it."""

    item_id: int
    number: str
    headline: str
    origin: str
    """Whose it is and from where, as far as its author agreed."""
    key: str
    """The subject of its copy."""
    author: tuple[str, int | None]
    """Workspace and id of who wrote it, to be told to nobody."""
    reused: int = 0
    """How many people tried it with any success."""


@dataclass(frozen=True, slots=True)
class Story:
    """What happened when somebody tried a lesson, as they agreed to tell it."""

    about: str
    """What begins with `lesson:` and the id of the copy."""
    words: str
    """Markdown."""
    by: str
    """Empty where it is told without a name."""
    key: str
    """The subject of the lesson's copy."""


@dataclass(frozen=True, slots=True)
class Passage:
    """How many lessons came from one channel to another."""

    start: Channel | None
    """None for teams whose lessons come without a name."""
    end: Channel
    lessons: int


async def to_check(work: Work, channel: Channel) -> list[News]:
    """The lessons that wait to be checked for a channel, for its curators, the oldest first."""
    found = await work.session.execute(
        _to(channel)
        .where(LessonItem.state.in_(rules.OPEN), Lesson.state.in_(("agreed", "confirmed")))
        .order_by(LessonItem.since, LessonItem.id)
    )
    return [await _news(work, lesson, item) for item, lesson in found.all()]


async def relayed(
    work: Work, channel: Channel, since: datetime, until: datetime, *, most: int
) -> list[News]:
    """The lessons that came into a channel in a time and stand there, the latest first."""
    found = await work.session.execute(
        _to(channel)
        .where(
            LessonItem.state == "relayed",
            Lesson.state.in_(rules.LIVE),
            LessonItem.relayed_at >= since,
            LessonItem.relayed_at < until,
        )
        .order_by(LessonItem.relayed_at.desc(), LessonItem.id.desc())
        .limit(most)
    )
    return [await _news(work, lesson, item) for item, lesson in found.all()]


async def reused(
    work: Work, channel: Channel, since: datetime, until: datetime, *, most: int
) -> list[News]:
    """The lessons in a channel that most people used with success in a time, on whichever copy they said so."""
    uses = func.count()
    found = await work.session.execute(
        select(LessonItem, Lesson, uses)
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .join(
            LessonUse,
            (LessonUse.workspace_id == Lesson.workspace_id) & (LessonUse.lesson_id == Lesson.id),
        )
        .where(
            LessonItem.to_workspace == channel.workspace_id,
            LessonItem.to_channel == channel.id,
            LessonItem.state == "relayed",
            Lesson.state.in_(rules.LIVE),
            LessonUse.said.in_(("tried", *rules.PROOFS)),
            LessonUse.at >= since,
            LessonUse.at < until,
        )
        .group_by(LessonItem.workspace_id, LessonItem.id, Lesson.workspace_id, Lesson.id)
        .order_by(uses.desc(), LessonItem.id)
        .limit(most)
    )
    return [await _news(work, lesson, item, count) for item, lesson, count in found.all()]


async def copies_of(work: Work, person: Person) -> list[tuple[str, int]]:
    """The copies of lessons that somebody wrote or told a story of, by the workspace they stand in and their id."""
    told = exists().where(
        LessonStory.workspace_id == Lesson.workspace_id,
        LessonStory.lesson_id == Lesson.id,
        _told_by(person),
        LessonStory.shared_at.is_not(None),
    )
    own = and_(Lesson.workspace_id == person.workspace_id, Lesson.person_id == person.id)
    found = await work.session.execute(
        select(LessonItem.to_workspace, LessonItem.id)
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .where(or_(own, told))
    )
    return [(workspace_id, item_id) for workspace_id, item_id in found]


async def story(
    work: Work, channel: Channel, since: datetime, until: datetime, *, but: Person | None = None
) -> Story | None:
    """The longest story that was told of a lesson in a channel in a time: one is enough."""
    found = await work.session.execute(
        select(LessonStory, LessonItem)
        .join(
            LessonItem,
            (LessonItem.workspace_id == LessonStory.workspace_id)
            & (LessonItem.lesson_id == LessonStory.lesson_id),
        )
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .where(
            LessonItem.to_workspace == channel.workspace_id,
            LessonItem.to_channel == channel.id,
            LessonItem.state == "relayed",
            Lesson.state.in_(rules.LIVE),
            LessonStory.shared_at >= since,
            LessonStory.shared_at < until,
            ~_told_by(but) if but is not None else true(),
        )
        .order_by(func.length(LessonStory.words).desc(), LessonStory.id)
        .limit(1)
    )
    for one, item in found:
        return Story(
            f"lesson:{item.id}:{one.id}",
            one.words,
            await around.teller(work, one),
            showing.copy_key(item),
        )
    return None


def _told_by(person: Person) -> ColumnElement[bool]:
    return and_(LessonStory.by_workspace == person.workspace_id, LessonStory.person_id == person.id)


async def passages(work: Work, channel: Channel, since: datetime, until: datetime) -> list[Passage]:
    """Which way lessons came into a channel, and from there into wider ones, in a time."""
    into = await work.session.execute(_to(channel).where(*_stands(since, until)))
    onward = await work.session.execute(
        select(LessonItem, Lesson)
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .where(
            LessonItem.via == str(channels.place_of(channel)),
            LessonItem.ring == "network",
            *_stands(since, until),
        )
    )
    counts: Counter[tuple[Place | None, Place]] = Counter()
    for item, lesson in (*into.all(), *onward.all()):
        counts[_start(lesson, item), steps.place_to(item)] += 1
    return await _named(work, counts)


def _start(lesson: Lesson, item: LessonItem) -> Place | None:
    if item.via:
        return Place.parse(item.via)
    return None if lesson.attribution == "unnamed" else steps.team_place(lesson)


async def _named(work: Work, counts: Counter[tuple[Place | None, Place]]) -> list[Passage]:
    places = {one for way in counts for one in way if one is not None}
    known = await channels.many(work, [(one.workspace_id, one.channel) for one in places])
    found = []
    for (start, end), lessons in counts.items():
        begin = known.get((start.workspace_id, start.channel)) if start else None
        goal = known.get((end.workspace_id, end.channel))
        if goal is not None:
            found.append(Passage(begin, goal, lessons))
    return found


def _to(channel: Channel) -> Select[LessonItem, Lesson]:
    return (
        select(LessonItem, Lesson)
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .where(LessonItem.to_workspace == channel.workspace_id, LessonItem.to_channel == channel.id)
    )


def _stands(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        LessonItem.state == "relayed",
        Lesson.state.in_(rules.LIVE),
        LessonItem.relayed_at >= since,
        LessonItem.relayed_at < until,
    )


async def _news(work: Work, lesson: Lesson, item: LessonItem, reused: int = 0) -> News:
    return News(
        item_id=item.id,
        number=f"{lesson.number}",
        headline=words.headline(views.wording_of(lesson, item)),
        origin=told_of(await views.origin_for(work, lesson, item.to_workspace)),
        key=showing.copy_key(item),
        author=(lesson.workspace_id, lesson.person_id),
        reused=reused,
    )
