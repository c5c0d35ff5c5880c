"""Lessons as cards show them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import func, select

from bot.channels import desk as channels
from bot.chat import Text
from bot.lessons.desk import steps, ways
from bot.lessons.desk.whole import Whole
from bot.lessons.rules import OPEN, PARTS, Wording, proposed
from bot.lessons.tables import Lesson, LessonItem, LessonVote
from bot.lessons.words.curators import Check, Near
from bot.lessons.words.view import PLATFORMS, ItemView, LessonView, Origin
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.session import Work


async def author_of(work: Work, lesson: Lesson) -> Person | None:
    """Who wrote it; None once they were forgotten."""
    if lesson.person_id is None:
        return None
    return await people.get(work, lesson.workspace_id, lesson.person_id)


async def name_of(work: Work, workspace_id: str, person_id: int | None) -> str:
    if person_id is None:
        return ""
    return (await people.get(work, workspace_id, person_id)).name


async def team_name(work: Work, lesson: Lesson) -> str:
    return await ways.channel_name(work, steps.team_place(lesson))


async def origin_for(
    work: Work, lesson: Lesson, workspace_id: str, *, attribution: str = ""
) -> Origin:
    """Whose lesson it is, as its author agreed, for readers in a workspace."""
    how = attribution or lesson.attribution
    author = await author_of(work, lesson)
    if how == "unnamed" or author is None:
        return Origin()
    platform = lesson.workspace_id.partition(":")[0]
    away = lesson.workspace_id != workspace_id
    return Origin(
        author.name if how == "named" else "",
        await team_name(work, lesson),
        PLATFORMS.get(platform, platform) if away else "",
    )


def wording_of(lesson: Lesson, item: LessonItem | None = None) -> Wording:
    """The words of a lesson where an item stands: its own there, else the lesson's."""
    return Wording.read(item.wording if item is not None and item.wording else lesson.wording)


async def wording_for(work: Work, person: Person, lesson: Lesson, mine: Collection[str]) -> Wording:
    """A lesson's words where this person, who is in these channels, reads it.

    Whoever reads it in a network alone reads the words that its author agreed to for there.
    """
    here = lesson.workspace_id == person.workspace_id
    if here and (lesson.person_id == person.id or lesson.channel_id in mine):
        return wording_of(lesson)
    seen = [
        one
        for one in await steps.items_of(work, lesson)
        if one.to_workspace == person.workspace_id
        and one.to_channel in mine
        and one.state in ("relayed", "joined")
    ]
    return wording_of(lesson, min(seen, key=lambda one: bool(one.wording), default=None))


def renewed(lesson: Lesson) -> Wording:
    """The words of a lesson after its source was edited: each part that was taken from it is taken anew."""
    before = Wording.read(lesson.wording)
    was = proposed(Text.parse(str(lesson.draft.get("was", lesson.said))), quote=True)
    now = proposed(Text.parse(lesson.said), quote=True)
    parts: dict[str, str] = {
        part: getattr(now if getattr(before, part) == getattr(was, part) else before, part)
        for part in PARTS
    }
    return Wording.read({**parts, "quote": now.quote if before.quote else ""})


async def item_view(work: Work, lesson: Lesson, item: LessonItem) -> ItemView:
    return ItemView(
        id=item.id,
        channel=await ways.channel_name(work, steps.place_to(item)),
        ring=item.ring,
        state=item.state,
        by=await name_of(work, item.to_workspace, item.by_id),
        word=Text.parse(item.word),
        answer=Text.parse(item.answer),
        wording=wording_of(lesson, item),
        proposal=Wording.read(item.proposal),
    )


async def view(work: Work, now: Whole, items: Sequence[LessonItem]) -> LessonView:
    """A lesson as its author sees it, with these of the channels it may go to."""
    lesson = now.lesson
    keys = [(lesson.workspace_id, one) for one in now.markers]
    who = await people.many(work, keys)
    author = await author_of(work, lesson)
    return LessonView(
        id=lesson.id,
        number=lesson.number,
        state=lesson.state,
        author=author.name if author else "",
        team=await team_name(work, lesson),
        said=Text.parse(lesson.said),
        wording=Wording.read(lesson.wording),
        attribution=lesson.attribution,
        topics=tuple(lesson.topics),
        markers=tuple(who[key].name for key in keys if key in who),
        items=tuple([await item_view(work, lesson, item) for item in items]),
        uses=now.uses,
        reason=Text.parse(lesson.reason),
        news=lesson.news,
    )


async def shareable(work: Work, person: Person, lesson: Lesson, items: Sequence[LessonItem]) -> int:
    """The copy in whose channel somebody may think of another one who could use a lesson; 0 for none."""
    standing = [
        one for one in items if one.state == "relayed" and one.to_workspace == person.workspace_id
    ]
    if lesson.state not in ("agreed", "confirmed") or not standing:
        return 0
    here = {one.id for one in await channels.of_person(work, person)}
    return next((one.id for one in standing if one.to_channel in here), 0)


async def check_view(
    work: Work,
    lesson: Lesson,
    item: LessonItem,
    *,
    near: Sequence[Near] = (),
    curated: bool = True,
) -> Check:
    """A lesson as its curators see it, or the members of a channel without one."""
    votes = None
    if not curated:
        votes = await work.session.scalar(
            select(func.count()).where(
                LessonVote.workspace_id == item.workspace_id, LessonVote.item_id == item.id
            )
        )
    live = lesson.state in ("agreed", "confirmed")
    return Check(
        id=item.id,
        channel=await ways.channel_name(work, steps.place_to(item)),
        ring=item.ring,
        wording=wording_of(lesson, item),
        origin=await origin_for(work, lesson, item.to_workspace),
        topics=tuple(lesson.topics),
        state=item.state if live or item.state not in OPEN else "withdrawn",
        by=await name_of(work, item.to_workspace, item.by_id),
        asked=Text.parse(item.word) if item.state in OPEN else Text(),
        answer=Text.parse(item.answer),
        near=tuple(near),
        votes=votes or 0,
        curated=curated,
        life=lesson.state,
    )


def worded_as(view: LessonView, wording: Wording) -> LessonView:
    """A lesson in the words that stand in one channel."""
    return replace(view, wording=wording)
