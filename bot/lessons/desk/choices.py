"""What people chose about what goes back and forth around lessons."""

from __future__ import annotations

from bot.lessons.tables import Lesson, LessonChannel, LessonChoice, LessonItem
from bot.people.desk import Person
from bot.store.base import insert
from bot.store.session import Work


async def choice_of(work: Work, person: Person) -> LessonChoice:
    """What somebody chose, to be changed."""
    key = {"workspace_id": person.workspace_id, "person_id": person.id}
    new = insert(work.session, LessonChoice).values(**key).on_conflict_do_nothing()
    await work.session.execute(new)
    return await work.session.get_one(
        LessonChoice, (person.workspace_id, person.id), with_for_update=True
    )


async def channel_of(work: Work, workspace_id: str, channel_id: str) -> LessonChannel:
    """What the curators of a channel chose, kept from others until this is done."""
    key = workspace_id, channel_id
    row = await work.session.get(LessonChannel, key, with_for_update=True)
    if row is None:
        await _make(work, workspace_id, channel_id)
        row = await work.session.get_one(LessonChannel, key, with_for_update=True)
    work.held.add(row)
    return row


async def take_channel(work: Work, workspace_id: str, channel_id: str) -> bool:
    """Keep a channel from others until this is done; False where somebody else does so just now."""
    await _make(work, workspace_id, channel_id)
    key = workspace_id, channel_id
    row = await work.session.get(LessonChannel, key, with_for_update={"skip_locked": True})
    return row is not None


async def _make(work: Work, workspace_id: str, channel_id: str) -> None:
    key = {"workspace_id": workspace_id, "channel_id": channel_id}
    new = insert(work.session, LessonChannel).values(**key).on_conflict_do_nothing()
    await work.session.execute(new)


async def is_open(work: Work, workspace_id: str, channel_id: str) -> bool:
    """Whether replies in a channel go back to the teams."""
    row = await work.session.get(LessonChannel, (workspace_id, channel_id))
    return row is None or row.echoes


async def is_heard(work: Work, lesson: Lesson, item: LessonItem) -> bool:
    """Whether what is replied under a copy comes back: its author and the channel's curators want it so."""
    if lesson.person_id is None or not lesson.echoes:
        return False
    if not await is_open(work, item.to_workspace, item.to_channel):
        return False
    row = await work.session.get(LessonChoice, (lesson.workspace_id, lesson.person_id))
    return row is None or row.hears
