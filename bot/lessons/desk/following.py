"""Following the source: what its author edits or deletes, and copies that a moderator takes away."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat import Edited, Ref, Removed, Text
from bot.checkins import desk as checkins
from bot.engine import outbox
from bot.grains import desk as grains
from bot.lessons import rules
from bot.lessons.desk import echoing, marks, showing, steps, views, ways
from bot.lessons.rules import LIVE
from bot.lessons.tables import Lesson, LessonItem
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.session import Work


async def holds(work: Work, ref: Ref) -> bool:
    """Whether a lesson came from this message, or a reply to one is told of."""
    found = await work.session.scalar(
        select(Lesson.id).where(
            Lesson.workspace_id == ref.place.workspace_id,
            Lesson.origin_place == str(ref.place.open),
            Lesson.origin_message == ref.id,
        )
    )
    return found is not None or await echoing.holds(work, ref)


async def on_edited(work: Work, event: Edited) -> bool:
    """The author of a lesson changed the message behind it."""
    place = event.ref.place
    lesson = await marks.find(work, place.workspace_id, str(place.open), event.ref.id)
    if lesson is not None:
        await said_anew(work, lesson, event.text)
    await echoing.follow_reply(work, event)
    return False


async def on_removed(work: Work, event: Removed) -> bool:
    """A source was deleted, and its copies go; or a moderator took one copy away, and that one stays away."""
    place = event.ref.place
    by = await people.find(work, event.by) if event.by else None
    verb, _, rest = (await outbox.find(work, event.ref) or "").partition(":")
    if verb == "lessons.copy":
        await _copy_removed(work, place.workspace_id, steps.read_id(rest), by)
        return False
    lesson = await marks.find(work, place.workspace_id, str(place.open), event.ref.id)
    if lesson is not None:
        await vanish(work, lesson, by)
    await echoing.follow_reply(work, event)
    return False


async def _copy_removed(work: Work, workspace_id: str, item_id: int, by: Person | None) -> None:
    item = await work.session.scalar(
        select(LessonItem).where(LessonItem.to_workspace == workspace_id, LessonItem.id == item_id)
    )
    if item is None or item.state != "relayed":
        return
    lesson = await steps.lesson_of(work, item)
    name = await ways.channel_name(work, steps.place_to(item))
    steps.move_item(work, lesson, item, "remove", by)
    news = f"A moderator of #{name} took the copy of lesson {lesson.number} away there."
    await showing.follow(work, lesson, news=news)


async def said_anew(work: Work, lesson: Lesson, text: Text) -> None:
    """Keep the words of a source as they are now; where copies stand its author says whether they follow."""
    before, after = lesson.said, text.markdown()
    if before == after:
        return
    lesson.said = after
    author = await views.author_of(work, lesson)
    steps.note(work, lesson, "edit", author)
    if lesson.state in LIVE:
        was = str(lesson.draft.get("was", before))
        if "edited" in lesson.draft and was == after:
            lesson.draft = {}
            await showing.follow(work, lesson)
            return
        lesson.draft = {"edited": True, "was": was}
        await showing.follow(work, lesson, news="")
        return
    if "wording" in lesson.draft:
        wording = dict(lesson.draft["wording"])
        if wording.get("quote") == rules.quoted(Text.parse(before))[0]:
            wording["quote"] = rules.quoted(text)[0]
            lesson.draft = {**lesson.draft, "wording": wording}
    await showing.follow(work, lesson)


async def vanish(work: Work, lesson: Lesson, by: Person | None) -> None:
    """The source is gone: a question goes with it, and every copy of what was agreed."""
    if lesson.state not in LIVE:
        await marks.remove(work, lesson)
        return
    author = await views.author_of(work, lesson)
    own = author is not None and (by is None or by.id == author.id)
    steps.note(work, lesson, "delete", by)
    steps.move(work, lesson, "withdraw", author if own else None)
    lesson.draft = {}
    who = "You deleted the words" if own else "The words were deleted that stood"
    news = f"{who} behind lesson {lesson.number}, so its copies go, too."
    await showing.follow(work, lesson, news=news)


async def on_entry(work: Work, workspace_id: str, entry_id: int) -> None:
    """An entry was changed, or is nobody's to read any more."""
    lesson = await marks.find(work, workspace_id, "entry", str(entry_id))
    if lesson is None:
        return
    found = await checkins.narration(work, workspace_id, entry_id)
    if found is None:
        await vanish(work, lesson, None)
    else:
        await said_anew(work, lesson, Text.parse(found.learned or found.words))


async def on_grain(work: Work, workspace_id: str, grain_id: int) -> None:
    """A grain was changed, or is gone."""
    lesson = await marks.find(work, workspace_id, "grain", str(grain_id))
    if lesson is None:
        return
    grain = await grains.by_id(work, workspace_id, grain_id)
    if grain is None:
        await vanish(work, lesson, None)
        return
    written = grain.learned or grain.detail
    await said_anew(work, lesson, Text.parse(written) if written else Text.of(grain.headline))
