"""Marking: a reaction, a shortcut, a command or a button makes one question to whoever said it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Place, Reacted, Ref, Said, Text
from bot.checkins import desk as checkins
from bot.engine import outbox
from bot.grains import desk as grains
from bot.lessons import rules, words
from bot.lessons.desk import around, echoing, hours, showing, steps, ways
from bot.lessons.tables import Lesson, LessonMark
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import insert, new_id
from bot.store.session import Work

MARK = "bulb"
"""The emoji that marks a lesson."""


class Silence(Refusal):
    """Nothing to say to somebody who only put an emoji on a message."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What was marked: whose words, from which team, and the name by which they are one lesson."""

    place: str
    message: str
    author: Person
    channel: Channel
    text: Text
    thread: str = ""
    """Where a message is answered."""


async def reads(work: Work, event: Reacted) -> bool:
    """Whether the words under a reaction are needed: for a mark on somebody's message in a team channel."""
    if event.emoji != MARK or not event.added:
        return False
    channel = await channels.find(work, event.ref.place)
    if channel is None or channel.ring != "team":
        return False
    return await outbox.find(work, event.ref) is None


async def origin_of(work: Work, ref: Ref, said: Said | None) -> Origin:
    """What a message is as a lesson's origin; refuses what cannot be one."""
    key = await outbox.find(work, ref)
    if key is not None:
        return await _origin_of_card(work, ref.place.workspace_id, key)
    channel = await channels.find(work, ref.place)
    if channel is None:
        raise Silence("I do not work in this channel: an admin can set it up with /outloud setup.")
    if channel.ring != "team":
        raise Silence(
            f"Lessons come from teams, and #{channel.name} is a {channel.ring}. "
            "Write yours down with /lesson and a sentence."
        )
    if said is None:
        raise Silence("This message is gone, or I cannot read it.")
    author = await people.find(work, said.by)
    if author is None:
        raise Silence("I only pass on what people here write, and I do not know who wrote this.")
    return Origin(str(ref.place.open), ref.id, author, channel, said.text, said.ref.replies.thread)


async def _origin_of_card(work: Work, workspace_id: str, key: str) -> Origin:
    if narration := await checkins.narration_of_card(work, workspace_id, key):
        return await entry_origin(work, workspace_id, narration.entry_id)
    if grain := await grains.of_card(work, workspace_id, key):
        return await grain_origin(work, workspace_id, grain.id)
    raise Silence("This is a message of mine. Mark what a person wrote.")


async def entry_origin(work: Work, workspace_id: str, entry_id: int) -> Origin:
    """An entry as a lesson's origin: what was learned in it, else all of it."""
    found = await checkins.narration(work, workspace_id, entry_id)
    if found is None:
        raise Refusal("This entry is gone.")
    author = await people.get(work, workspace_id, found.person_id)
    channel = await channels.find(work, steps.place_of(workspace_id, found.channel_id))
    if channel is None:
        raise Silence("The team of this entry is not set up any more.")
    return Origin("entry", str(entry_id), author, channel, Text.parse(found.learned or found.words))


async def grain_origin(work: Work, workspace_id: str, grain_id: int) -> Origin:
    """A grain as a lesson's origin: what was learned from it, else the plan itself."""
    grain = await grains.by_id(work, workspace_id, grain_id)
    if grain is None:
        raise Refusal("This grain is gone.")
    author = await people.get(work, workspace_id, grain.person_id)
    place = steps.place_of(workspace_id, grain.channel_id or "-")
    channel = await channels.find(work, place) or await ways.team_at(work, author, place)
    if channel is None:
        raise Refusal("You are in no team channel yet, so no way leads to a community.")
    written = grain.learned or grain.detail
    text = Text.parse(written) if written else Text.of(grain.headline)
    return Origin("grain", str(grain_id), author, channel, text)


async def mark(work: Work, marker: Person, origin: Origin) -> Lesson:
    """Make a lesson of what was marked, or add to the marks of the one it is already.

    However many mark something, its author is asked once.
    """
    author, channel = origin.author, origin.channel
    if not await channels.can_read(work, marker, channel):
        raise Silence(f"Only members of #{channel.name} can mark what is said there.")
    if not author.present:
        raise Refusal("Who wrote this has left, and a lesson needs its author’s yes.")
    lesson = await find(work, author.workspace_id, origin.place, origin.message)
    if lesson is None:
        rules.check_worth(origin.text)
        if not await ways.ways_from(work, channels.place_of(channel), "community"):
            raise Refusal(
                f"No way leads from #{channel.name} to a community yet. "
                "An admin can open one with /outloud setup."
            )
        lesson = await _new(work, marker, origin)
    await work.session.execute(
        insert(work.session, LessonMark)
        .values(
            workspace_id=lesson.workspace_id,
            lesson_id=lesson.id,
            person_id=marker.id,
            at=work.now,
        )
        .on_conflict_do_nothing()
    )
    if marker.id == author.id and lesson.state in ("refused", "expired", "withdrawn"):
        steps.move(work, lesson, "ask again", marker)
        lesson.draft, lesson.ask_at = {}, None
    if lesson.ask_at is not None and (marker.id == author.id or lesson.ask_at <= work.now):
        await ask(work, lesson)
    elif lesson.state == "marked":
        await showing.follow(work, lesson)
    return lesson


async def find(work: Work, workspace_id: str, place: str, message: str) -> Lesson | None:
    """The lesson that came from here, kept from others until this is done."""
    return await work.session.scalar(
        select(Lesson)
        .where(
            Lesson.workspace_id == workspace_id,
            Lesson.origin_place == place,
            Lesson.origin_message == message,
        )
        .with_for_update()
    )


async def _new(work: Work, marker: Person, origin: Origin) -> Lesson:
    author = origin.author
    lesson_id = new_id()
    await work.session.execute(
        insert(work.session, Lesson)
        .values(
            workspace_id=author.workspace_id,
            id=lesson_id,
            number=await steps.next_number(work, author.workspace_id),
            person_id=author.id,
            channel_id=origin.channel.id,
            origin_place=origin.place,
            origin_message=origin.message,
            origin_thread=origin.thread,
            said=origin.text.markdown(),
            state="marked",
            wording={},
            attribution="named",
            topics=[],
            news="",
            draft={},
            confirmed=[],
            reason="",
            turn=0,
            marked_at=work.now,
            ask_at=hours.good_time(work, author),
        )
        .on_conflict_do_nothing(
            index_elements=[Lesson.workspace_id, Lesson.origin_place, Lesson.origin_message]
        )
    )
    lesson = await find(work, author.workspace_id, origin.place, origin.message)
    assert lesson is not None
    if lesson.id == lesson_id:
        steps.note(work, lesson, "mark", marker)
    return lesson


async def ask(work: Work, lesson: Lesson) -> None:
    """Ask the author of a lesson, in private."""
    lesson.ask_at, lesson.asked_at = None, work.now
    await showing.follow(work, lesson, news="")


async def typed(work: Work, person: Person, place: Place, written: str) -> Lesson:
    """A lesson that its author writes down themselves."""
    text = Text.parse(written)
    rules.check_worth(text)
    channel = await ways.team_at(work, person, place)
    if channel is None:
        raise Refusal(
            "Lessons go from a team to its communities, and you are in no team channel yet."
        )
    return await mark(work, person, Origin("typed", str(new_id()), person, channel, text))


async def on_reacted(work: Work, event: Reacted) -> bool:
    """A mark, or a mark taken off again."""
    if event.emoji != MARK:
        return False
    marker = await people.find(work, event.by)
    if marker is None or not marker.present:
        return False
    if not event.added:
        await _unmark(work, marker, event.ref)
        return False
    try:
        await mark(work, marker, await origin_of(work, event.ref, event.said))
    except Silence:
        return False
    except Refusal as no:
        place = await people.direct(work, marker)
        key = f"lessons.no:{event.ref.place}#{event.ref.id}:{marker.id}"
        await outbox.show(work, place, words.sentence(no.sentence), key=key)
    return False


async def _unmark(work: Work, marker: Person, ref: Ref) -> None:
    """Take a mark back; the last one takes the question along, unless its author has begun to answer."""
    lesson = await at(work, ref)
    if lesson is None:
        return
    mark = await work.session.get(LessonMark, (lesson.workspace_id, lesson.id, marker.id))
    if mark is None:
        return
    await work.session.delete(mark)
    await work.session.flush()
    left = await work.session.scalar(
        select(func.count()).where(
            LessonMark.workspace_id == lesson.workspace_id, LessonMark.lesson_id == lesson.id
        )
    )
    if lesson.state == "marked" and not lesson.draft:
        if left:
            await showing.follow(work, lesson)
        else:
            await remove(work, lesson)


async def at(work: Work, ref: Ref) -> Lesson | None:
    """The lesson that came from a message, or from what one of our cards shows."""
    workspace_id = ref.place.workspace_id
    key = await outbox.find(work, ref)
    if key is None:
        return await find(work, workspace_id, str(ref.place.open), ref.id)
    if narration := await checkins.narration_of_card(work, workspace_id, key):
        return await find(work, workspace_id, "entry", str(narration.entry_id))
    if grain := await grains.of_card(work, workspace_id, key):
        return await find(work, workspace_id, "grain", str(grain.id))
    return None


async def remove(work: Work, lesson: Lesson) -> None:
    """Delete a lesson, and take away every message that shows it with the words it held."""
    items = await steps.items_of(work, lesson)
    for item in items:
        keys = [showing.copy_key(item), *showing.curators_keys(item)]
        for key in keys:
            await outbox.withdraw(work, item.to_workspace, key)
        await outbox.forget(work, item.to_workspace, keys)
    copies = showing.copies(items)
    await showing.tell_followers(work, copies)
    await echoing.forget_lesson(work, lesson)
    await around.forget(work, lesson)
    if lesson.person_id is not None:
        author = await people.get(work, lesson.workspace_id, lesson.person_id)
        await showing.forget_author_card(work, lesson, author)
    await work.session.delete(lesson)
    await work.session.flush()
    await showing.tell_followers(work, copies)
