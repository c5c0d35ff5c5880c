"""Telling curators what waits, a few cards once a day and never in quiet hours; and what ends in silence."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from sqlalchemy import select

from bot.channels import desk as channels
from bot.chat import Place
from bot.engine import clock, outbox
from bot.lessons import rules, words
from bot.lessons.desk import hours, joining, marks, pausing, showing, steps, ways
from bot.lessons.rules import UNSETTLED
from bot.lessons.tables import Lesson, LessonItem, LessonRound
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.base import insert
from bot.store.session import Work

BATCH = 200
MOST = 1_000
"""Items that wait and are looked at in one go."""
ASKED = 4
"""Members who are asked where a community has no curator."""

Waiting = tuple[Lesson, LessonItem]


async def ask_due(work: Work) -> int:
    """Ask authors whose quiet hours are over, who are back, or who said later."""
    due = await work.session.scalars(
        select(Lesson)
        .where(Lesson.state == "marked", Lesson.ask_at <= work.now)
        .order_by(Lesson.ask_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    lessons = list(due)
    for lesson in lessons:
        await marks.ask(work, lesson)
    return len(lessons)


async def expire_due(work: Work) -> int:
    """End what nobody answered for seven days: it stays in its team, and the author is told once."""
    before = work.now - rules.SILENT
    silent = await work.session.scalars(
        select(Lesson)
        .where(
            Lesson.state == "marked",
            Lesson.ask_at.is_(None),
            Lesson.asked_at <= before,
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    lessons = list(silent)
    for lesson in lessons:
        steps.move(work, lesson, "expire", None)
        news = "It stays in your team. Whenever you like, you can share it after all."
        await showing.follow(work, lesson, news=news)
    waiting = await work.session.scalars(
        select(LessonItem)
        .where(LessonItem.state.in_(UNSETTLED), LessonItem.since <= before)
        .limit(BATCH)
    )
    items = list(waiting)
    for item in items:
        # The lesson first, as everybody who acts on one takes it.
        lesson = await steps.lesson_of(work, item)
        await work.session.refresh(item, with_for_update=True)
        if item.state not in UNSETTLED or item.since > before:
            continue
        mine = item.state in ("asked", "proposed", "reworded")
        name = await ways.channel_name(work, steps.place_to(item))
        if item.state == "joining":
            await joining.stay_apart(work, lesson, item, None, "expire")
            continue
        steps.move_item(work, lesson, item, "expire", None)
        item.proposal = {}
        news = (
            f"Lesson {lesson.number} does not go to #{name}: the question stayed open for seven days."
            if mine
            else f"Nobody in #{name} came to look at lesson {lesson.number} within seven days, "
            "so it stays in your team. That says nothing about the lesson."
        )
        await showing.follow(work, lesson, news=news)
    return len(lessons) + len(items)


async def waiting(work: Work) -> list[Waiting]:
    """Everything that waits to be checked, oldest first."""
    found = await work.session.execute(
        select(Lesson, LessonItem)
        .join(
            LessonItem,
            (LessonItem.workspace_id == Lesson.workspace_id) & (LessonItem.lesson_id == Lesson.id),
        )
        .where(LessonItem.state == "waiting", Lesson.state.in_(("agreed", "confirmed")))
        .order_by(LessonItem.since, LessonItem.id)
        .limit(MOST)
    )
    return [(lesson, item) for lesson, item in found]


async def tell(work: Work) -> int:
    """Show curators what waits for them: at most five lessons once a day, and how many more there are."""
    told = 0
    mine: dict[tuple[str, int], tuple[Person, list[Waiting]]] = {}
    who: dict[Place, list[Person]] = {}
    for lesson, item in await waiting(work):
        end = steps.place_to(item)
        if await pausing.is_paused(work, pausing.start_of(lesson, item), end):
            continue
        if end not in who:
            who[end] = await ways.curators(work, end)
        for person in who[end] or await _members_to_ask(work, lesson, item):
            key = (person.workspace_id, person.id)
            mine.setdefault(key, (person, []))[1].append((lesson, item))
    for _, (person, found) in sorted(mine.items()):
        told += await _tell(work, person, found)
    return told


async def _members_to_ask(work: Work, lesson: Lesson, item: LessonItem) -> list[Person]:
    """A few members of a channel without a curator, others for every lesson."""
    channel = await channels.find(work, steps.place_to(item))
    if channel is None:
        return []
    if item.told:
        keys = [(item.to_workspace, one) for one in item.told]
        return list((await people.many(work, keys)).values())
    author: frozenset[object] = frozenset()
    if lesson.person_id is not None:
        author = await ways.humans(work, lesson.workspace_id, lesson.person_id)
    members = [
        one
        for one in await channels.members(work, channel)
        if (one.workspace_id, one.id) not in author
    ]
    return sorted(members, key=lambda one: zlib.crc32(f"{item.id} {one.id}".encode()))[:ASKED]


async def _tell(work: Work, person: Person, found: Sequence[Waiting]) -> int:
    if not person.present or hours.good_time(work, person) > work.now:
        return 0
    row = await _round(work, person)
    untold = [(lesson, item) for lesson, item in found if person.id not in item.told]
    today = people.today(work, person)
    fresh = row.told_at is None or clock.local_day(row.told_at, person.zone) < today
    if not untold or not fresh:
        return await _remind(work, person, row, found)
    row.told_at = work.now
    place = await people.direct(work, person)
    for lesson, item in untold[: rules.IN_A_BATCH]:
        item.told = [*item.told, person.id]
        item.told_at = item.told_at or work.now
        card = await showing.check_card(work, lesson, item)
        await outbox.show(work, place, card, key=showing.check_key(item, person.id))
    left = len(untold) - rules.IN_A_BATCH
    if left > 0:
        key = f"lessons.more:{person.id}:{today.isoformat()}"
        await outbox.show(work, place, words.more(left), key=key)
    await work.session.flush()
    return 1


async def _round(work: Work, person: Person) -> LessonRound:
    await work.session.execute(
        insert(work.session, LessonRound)
        .values(workspace_id=person.workspace_id, person_id=person.id)
        .on_conflict_do_nothing()
    )
    return await work.session.get_one(
        LessonRound, (person.workspace_id, person.id), with_for_update=True
    )


async def _remind(work: Work, person: Person, row: LessonRound, found: Sequence[Waiting]) -> int:
    """Once a week a word about what was shown days ago and still waits."""
    if row.reminded_at is not None and row.reminded_at > work.now - rules.SILENT:
        return 0
    late = [
        item
        for _, item in found
        if person.id in item.told and item.since <= work.now - rules.REMIND
    ]
    if not late:
        return 0
    row.reminded_at = work.now
    names = {await ways.channel_name(work, steps.place_to(item)) for item in late}
    key = f"lessons.remind:{person.id}:{people.today(work, person).isoformat()}"
    card = words.reminder(len(late), sorted(names))
    await outbox.show(work, await people.direct(work, person), card, key=key)
    return 1
