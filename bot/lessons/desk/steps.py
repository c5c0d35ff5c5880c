"""The steps of a lesson's life: each is allowed or refused, kept in the trail, and taken back while it still can be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bot.chat import Place, Press, Submit, read_action
from bot.lessons import rules
from bot.lessons.tables import Lesson, LessonCount, LessonItem, LessonStep
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import insert, new_id
from bot.store.session import Work

GONE = "This lesson is gone, or you cannot read it."


def place_of(workspace_id: str, channel_id: str) -> Place:
    platform, _, workspace = workspace_id.partition(":")
    return Place(platform, workspace, channel_id)


def team_place(lesson: Lesson) -> Place:
    """The team channel that a lesson comes from."""
    return place_of(lesson.workspace_id, lesson.channel_id)


def place_to(item: LessonItem) -> Place:
    """The channel that an item is about."""
    return place_of(item.to_workspace, item.to_channel)


async def next_number(work: Work, workspace_id: str) -> int:
    """A number that no lesson of this workspace had before."""
    statement = insert(work.session, LessonCount).values(workspace_id=workspace_id, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=[LessonCount.workspace_id], set_={"last": LessonCount.last + 1}
    )
    return int(await work.session.scalar(statement.returning(LessonCount.last)) or 0)


async def items_of(work: Work, lesson: Lesson) -> list[LessonItem]:
    """The channels that a lesson may go to, in the order they were named."""
    found = await work.session.scalars(
        select(LessonItem)
        .where(LessonItem.workspace_id == lesson.workspace_id, LessonItem.lesson_id == lesson.id)
        .order_by(LessonItem.id)
    )
    return list(found)


async def lesson_of(work: Work, item: LessonItem, *, lock: bool = True) -> Lesson:
    """The lesson of an item, kept from others until this is done."""
    return await work.session.get_one(
        Lesson, (item.workspace_id, item.lesson_id), with_for_update=lock
    )


async def own(work: Work, person: Person, written: str) -> Lesson:
    """Somebody's own lesson by its id; refuses any other."""
    lesson = await work.session.get(
        Lesson, (person.workspace_id, read_id(written)), with_for_update=True
    )
    if lesson is None:
        raise Refusal("This lesson is gone.")
    if lesson.person_id != person.id:
        raise Refusal("Only who wrote it can decide about it.")
    return lesson


async def numbered(work: Work, workspace_id: str, number: int) -> Lesson:
    """The lesson of a workspace with this number."""
    lesson = await work.session.scalar(
        select(Lesson)
        .where(Lesson.workspace_id == workspace_id, Lesson.number == number)
        .with_for_update()
    )
    if lesson is None:
        raise Refusal(f"There is no lesson {number} here. /lesson mine lists yours.")
    return lesson


def read_id(written: str) -> int:
    """The id in an action; 0, which nothing has, when it is none."""
    found = int(written) if written.isascii() and written.isdigit() and len(written) < 20 else 0
    return found if found < 2**63 else 0


def word_of(act: Press | Submit, place: int = 0) -> str:
    """A word behind the verb of a button or form; empty when it has none there."""
    said = read_action(act.action if isinstance(act, Press) else act.form)[1]
    return said[place] if len(said) > place else ""


def note(
    work: Work,
    lesson: Lesson,
    deed: str,
    by: Person | None,
    *,
    item: LessonItem | None = None,
    word: str = "",
    before: dict[str, Any] | None = None,
) -> int:
    """Write a step into the trail along with what it changes, and return its id."""
    step = LessonStep(
        workspace_id=lesson.workspace_id,
        lesson_id=lesson.id,
        id=new_id(),
        at=work.now,
        by_workspace=by.workspace_id if by else "",
        person_id=by.id if by else None,
        deed=deed,
        to=str(place_to(item)) if item else "",
        word=word,
        before=before or {},
        undone=False,
    )
    work.session.add(step)
    return step.id


def _kept(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def snapshot(row: Lesson | LessonItem, *columns: str) -> dict[str, Any]:
    """How some columns are now, as JSON."""
    return {column: _kept(getattr(row, column)) for column in columns}


LESSON = (
    "state",
    "draft",
    "wording",
    "attribution",
    "topics",
    "agreed_at",
    "review_at",
    "reason",
    "ask_at",
)
ITEM = ("state", "since", "wording", "proposal", "word", "answer", "joined", "by_id")
MOMENTS = ("since", "agreed_at", "review_at", "ask_at")


def move(
    work: Work,
    lesson: Lesson,
    deed: str,
    by: Person | None,
    *,
    word: str = "",
    new: Sequence[LessonItem] = (),
    items: Sequence[LessonItem] = (),
) -> int:
    """Take a step with a lesson; refuses what its state does not allow.

    `new` are the items that it makes, and `items` those that it changes.
    """
    after = rules.next_state(lesson.state, deed)
    before: dict[str, Any] = {"lesson": snapshot(lesson, *LESSON)}
    if items:
        before["items"] = [[one.id, snapshot(one, *ITEM)] for one in items]
    if new:
        before["new"] = [one.id for one in new]
    lesson.state = after
    return note(work, lesson, deed, by, word=word, before=before)


def move_item(
    work: Work,
    lesson: Lesson,
    item: LessonItem,
    deed: str,
    by: Person | None,
    *,
    channel: str = "",
    word: str = "",
) -> int:
    """Take a step with a lesson in one of its channels; refuses what its state there does not allow."""
    after = rules.next_item(item.state, deed, channel)
    before = {"items": [[item.id, snapshot(item, *ITEM)]]}
    item.state, item.since = after, work.now
    return note(work, lesson, deed, by, item=item, word=word, before=before)


async def trail(work: Work, lesson: Lesson) -> list[LessonStep]:
    """Every step of a lesson, oldest first."""
    found = await work.session.scalars(
        select(LessonStep)
        .where(LessonStep.workspace_id == lesson.workspace_id, LessonStep.lesson_id == lesson.id)
        .order_by(LessonStep.id)
    )
    return list(found)


async def undoable(work: Work, lesson: Lesson, person: Person) -> LessonStep | None:
    """The last step that somebody took and can take back: nobody else has acted on the lesson since."""
    step = await work.session.scalar(
        select(LessonStep)
        .where(
            LessonStep.workspace_id == lesson.workspace_id,
            LessonStep.lesson_id == lesson.id,
            LessonStep.person_id.is_not(None),
            ~LessonStep.undone,
        )
        .order_by(LessonStep.id.desc())
        .limit(1)
    )
    if step is None or not step.before:
        return None
    mine = (step.by_workspace, step.person_id) == (person.workspace_id, person.id)
    return step if mine else None


async def take_back(work: Work, lesson: Lesson, step: LessonStep, person: Person) -> None:
    """Make what a step changed what it was before."""
    last = await undoable(work, lesson, person)
    if last is None or last.id != step.id:
        raise Refusal("Somebody has acted on it since, so this cannot be taken back any more.")
    for item_id in step.before.get("new", ()):
        await work.session.execute(
            delete(LessonItem).where(
                LessonItem.workspace_id == lesson.workspace_id, LessonItem.id == item_id
            )
        )
    for item_id, kept in step.before.get("items", ()):
        item = await work.session.get(LessonItem, (lesson.workspace_id, item_id))
        if item is not None:
            _restore(item, kept)
    _restore(lesson, step.before.get("lesson", {}))
    step.undone = True
    note(work, lesson, f"undo {step.deed}", person)


def _restore(row: Lesson | LessonItem, kept: dict[str, Any]) -> None:
    for column, value in kept.items():
        is_moment = column in MOMENTS and value is not None
        setattr(row, column, datetime.fromisoformat(value) if is_moment else value)
