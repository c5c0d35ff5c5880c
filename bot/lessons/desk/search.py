"""Searching lessons by their words: for somebody who asks, and for what is much like another one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    bindparam,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
)

from bot.channels import desk as channels
from bot.lessons import rules, words
from bot.lessons.desk import views
from bot.lessons.desk.whole import Whole
from bot.lessons.rules import LIVE
from bot.lessons.tables import Lesson, LessonItem, LessonText
from bot.lessons.words import Near
from bot.people import desk as people
from bot.people.desk import Person
from bot.store import fulltext
from bot.store.base import among, insert
from bot.store.session import Work

MOST = 10
"""Lessons shown to somebody who searches."""
ALIKE = 3
"""Lessons shown beside another one."""
TELLING = 6
"""The longest words of a lesson, by which others like it are found."""
LOOKED_AT = 5_000
"""The most lessons with the words somebody searches for of which the readable ones are shown."""
COMPARED = 500
"""The most lessons that are compared."""
SHARED = 0.5
"""How much of these words another lesson has to share."""
NEW_WORDS: ColumnElement[str] = literal_column("excluded.words")
"""The words that are written in the place of others."""
VECTOR: ColumnElement[str] = literal_column(f"{LessonText.__tablename__}.{fulltext.VECTOR}")
"""A lesson's words as PostgreSQL searches them."""


async def keep(work: Work, now: Whole) -> None:
    """Let a lesson be found by the words it has now, its own and the wider ones of its copies."""
    lesson = now.lesson
    wording = rules.Wording.read(lesson.wording)
    wider = [
        rules.Wording.read(one.wording).whole().plain()
        for one in now.items
        if one.wording and one.state == "relayed"
    ]
    said = wording.whole().plain() or lesson.said
    values = {
        "workspace_id": lesson.workspace_id,
        "lesson_id": lesson.id,
        "words": "\n".join([said, *wider, " ".join(lesson.topics)]),
    }
    statement = insert(work.session, LessonText).values(**values)
    await work.session.execute(
        statement.on_conflict_do_update(
            index_elements=[LessonText.workspace_id, LessonText.lesson_id],
            set_={"words": NEW_WORDS},
            where=LessonText.words != NEW_WORDS,
        )
    )


def best(work: Work, asked: Sequence[str], *, most: int) -> Subquery:
    """The lessons with all of these words, as `lesson_id` and how well they `fit`, the best of them.

    A question of its own with a limit: else SQLite asks its index once for every lesson there is.
    """
    dialect = work.session.get_bind().dialect.name
    query = fulltext.asked(dialect, asked, every=True)
    if dialect == "postgresql":
        wanted = func.to_tsquery(text("'simple'"), query)
        # Those that came last, for a word that most lessons have leads to most lessons.
        latest = (
            select(LessonText.lesson_id, VECTOR.label(fulltext.VECTOR))
            .where(VECTOR.bool_op("@@")(wanted))
            .order_by(LessonText.lesson_id.desc())
            .limit(most)
            .subquery()
        )
        fit = func.ts_rank(latest.c[fulltext.VECTOR], wanted).label("fit")
        return select(latest.c.lesson_id, fit).subquery()
    index = table(f"{fulltext.PREFIX}lesson_text", column("rowid"), column("rank"))
    has = text(f"{index.name} MATCH :query").bindparams(query=query)
    # The smaller its rank, the better a row fits.
    fit = (-index.c.rank).label("fit")
    rows = select(index.c.rowid.label("lesson_id"), fit).where(has)
    return rows.order_by(index.c.rank).limit(most).subquery()


async def near_workspaces(work: Work, person: Person) -> list[str]:
    """Where lessons that somebody may read come from: their workspace, and those it is linked with."""
    linked = await people.linked_workspaces(work, person.workspace_id)
    return [person.workspace_id, *(one.workspace_id for one in linked)]


async def find(work: Work, person: Person, typed: str) -> list[Lesson]:
    """What somebody may read and that has all the words they typed, best first."""
    asked = rules.search_words(typed)
    if not asked:
        return []
    match = best(work, asked, most=LOOKED_AT)
    found = await work.session.scalars(
        select(Lesson)
        .join(match, match.c.lesson_id == Lesson.id)
        .where(
            Lesson.workspace_id.in_(await near_workspaces(work, person)),
            await readable(work, person),
        )
        .order_by(match.c.fit.desc(), Lesson.id.desc())
        .limit(MOST)
    )
    return list(found)


async def readable(work: Work, person: Person) -> ColumnElement[bool]:
    """What somebody may read: their own lessons, their team's, and those in channels they are in."""
    mine = await channels.of_person(work, person)
    teams = [one.id for one in mine if one.ring == "team"]
    others = [one.id for one in mine if one.ring != "team"]
    there = exists().where(
        LessonItem.workspace_id == Lesson.workspace_id,
        LessonItem.lesson_id == Lesson.id,
        LessonItem.to_workspace == person.workspace_id,
        LessonItem.to_channel.in_(others),
        LessonItem.state.in_(("relayed", "joined")),
    )
    here = Lesson.workspace_id == person.workspace_id
    return or_(
        and_(here, Lesson.person_id == person.id),
        and_(here, Lesson.channel_id.in_(teams), Lesson.state.in_(LIVE)),
        and_(Lesson.state.in_(LIVE), there),
    )


async def may_read(work: Work, person: Person, lesson: Lesson) -> bool:
    """Whether somebody may read a lesson."""
    found = await work.session.scalar(
        select(Lesson.id).where(
            Lesson.workspace_id == lesson.workspace_id,
            Lesson.id == lesson.id,
            await readable(work, person),
        )
    )
    return found is not None


async def alike(
    work: Work,
    wording: rules.Wording,
    where: ColumnElement[bool],
    workspaces: Sequence[str],
    *,
    but: int,
) -> list[Lesson]:
    """Lessons that share half or more of the telling words of a wording, the nearest first."""
    telling = _telling(wording)
    if len(telling) < 2:
        return []
    words_of = await _some(work, await _rarest(work, telling), workspaces)
    shared = {
        key: len(rules.all_words(said).keys() & set(telling)) for key, said in words_of.items()
    }
    enough = max(2, SHARED * len(telling))
    # Only what says much the same is looked up: to ask of each lesson who may read it takes longer.
    keys = [key for key in shared if shared[key] >= enough and key[1] != but]
    found = await work.session.scalars(
        select(Lesson).where(among(Lesson.workspace_id, Lesson.id, keys), where)
    )
    near = sorted(found, key=lambda one: (-shared[one.workspace_id, one.id], -one.id))
    return near[:ALIKE]


async def _rarest(work: Work, telling: Sequence[str]) -> list[str]:
    """The words that few lessons have: what many have would lead to all of them."""
    counts = await _counts(work, telling)
    rare: list[str] = []
    total = 0
    for word in sorted(telling, key=lambda word: counts[word]):
        total += counts[word]
        if rare and total > COMPARED:
            break
        rare.append(word)
    return rare


async def _some(
    work: Work, rare: Sequence[str], workspaces: Sequence[str]
) -> dict[tuple[str, int], str]:
    """Lessons of these workspaces with one of these whole words, and all their words: not more than are compared."""
    found = await work.session.execute(
        select(LessonText.workspace_id, LessonText.lesson_id, LessonText.words)
        .where(
            LessonText.workspace_id.in_(workspaces),
            VECTOR.bool_op("@@")(_whole(rare))
            if _is_postgresql(work)
            else LessonText.lesson_id.in_(select(_named(rare).c.lesson_id)),
        )
        .limit(COMPARED)
    )
    return {(workspace_id, lesson_id): said for workspace_id, lesson_id, said in found}


async def _counts(work: Work, telling: Sequence[str]) -> dict[str, int]:
    """How many lessons have each word, as far as that matters; all are asked for in one question."""
    found = await work.session.execute(
        select(
            *(
                select(func.count()).select_from(_with(work, word)).scalar_subquery()
                for word in telling
            )
        )
    )
    return dict(zip(telling, found.one(), strict=True))


def _with(work: Work, word: str) -> Subquery:
    if not _is_postgresql(work):
        return _named([word])
    has = VECTOR.bool_op("@@")(_whole([word]))
    return select(LessonText.lesson_id).where(has).limit(COMPARED).subquery()


def _is_postgresql(work: Work) -> bool:
    return work.session.get_bind().dialect.name == "postgresql"


def _whole(words_: Sequence[str]) -> ColumnElement[str]:
    """One of these whole words, as PostgreSQL asks for them."""
    return func.to_tsquery(
        text("'simple'"), fulltext.asked("postgresql", words_, every=False, whole=True)
    )


def _named(words_: Sequence[str]) -> Subquery:
    """What SQLite's index has with one of these whole words, in no order: not more than are compared."""
    query = fulltext.asked("sqlite", words_, every=False, whole=True)
    index = table(f"{fulltext.PREFIX}lesson_text", column("rowid"))
    named = text(f"{index.name} MATCH :query").bindparams(bindparam("query", query, unique=True))
    return select(index.c.rowid.label("lesson_id")).where(named).limit(COMPARED).subquery()


def _telling(wording: rules.Wording) -> list[str]:
    long = [word for word in rules.all_words(wording.general().plain()) if len(word) > 3]
    return sorted(long, key=lambda word: (-len(word), word))[:TELLING]


async def near_for(
    work: Work, author: Person, lesson: Lesson, wording: rules.Wording
) -> list[Near]:
    """What the author of a lesson can read and says much the same already."""
    where = and_(Lesson.state.in_(("agreed", "confirmed")), await readable(work, author))
    workspaces = await near_workspaces(work, author)
    mine = {one.id for one in await channels.of_person(work, author)}
    near = []
    for one in await alike(work, wording, where, workspaces, but=lesson.id):
        said = await views.wording_for(work, author, one, mine)
        near.append(Near(0, one.number, words.headline(said), one.id))
    return near


async def near(work: Work, lesson: Lesson, item: LessonItem) -> list[Near]:
    """What is much like a lesson and stands, or waits, in the channel it may go to."""
    there = exists().where(
        LessonItem.workspace_id == Lesson.workspace_id,
        LessonItem.lesson_id == Lesson.id,
        LessonItem.to_workspace == item.to_workspace,
        LessonItem.to_channel == item.to_channel,
        LessonItem.state.in_(("relayed", "selected", "waiting")),
    )
    where = and_(Lesson.state.in_(("agreed", "confirmed")), there)
    wording = views.wording_of(lesson, item)
    found = []
    linked = await people.linked_workspaces(work, item.to_workspace)
    workspaces = [item.to_workspace, *(one.workspace_id for one in linked)]
    for other in await alike(work, wording, where, workspaces, but=lesson.id):
        copy = await work.session.scalar(
            select(LessonItem).where(
                LessonItem.workspace_id == other.workspace_id,
                LessonItem.lesson_id == other.id,
                LessonItem.to_workspace == item.to_workspace,
                LessonItem.to_channel == item.to_channel,
            )
        )
        headline = words.headline(views.wording_of(other, copy))
        joinable = copy.id if copy is not None and copy.state in ("relayed", "selected") else 0
        found.append(Near(joinable, other.number, headline))
    return found
