"""Echo: what is replied under a copy comes back to where its lesson is from, and to its author."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select

from bot.channels import desk as channels
from bot.chat import Card, Edited, Place, Ref, Removed, Said, Text
from bot.checkins import desk as checkins
from bot.engine import links, outbox, traces
from bot.grains import desk as grains
from bot.grains.desk.cards import card_key
from bot.lessons import words
from bot.lessons.desk import choices, guarding, hours, steps, views, ways
from bot.lessons.rules import LIVE, circle
from bot.lessons.tables import (
    Lesson,
    LessonChoice,
    LessonEcho,
    LessonItem,
    LessonReply,
)
from bot.lessons.words import echoes
from bot.lessons.words.view import PLATFORMS
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.base import new_id
from bot.store.session import Work

BATCH = 200


# What is said under copies.


async def on_said(work: Work, event: Said) -> bool:
    """A reply under a copy goes back to the origin of its lesson, and of those that were joined to it."""
    item = await _copy_at(work, event.ref) if event.ref.place.thread else None
    if item is None or not event.text:
        return False
    person = await people.find(work, event.by)
    if person is None or not person.present:
        return False
    row = await work.session.get(LessonChoice, (person.workspace_id, person.id))
    if row is not None and not row.carried:
        return False
    carried = [
        lesson
        for lesson in await _lessons_at(work, item)
        if await _keep(work, person, lesson, item, event)
    ]
    if carried:
        await _tell_once(work, person, carried[0], item)
    return False


async def _copy_at(work: Work, ref: Ref) -> LessonItem | None:
    """The copy in whose thread a message stands."""
    verb, _, rest = (await outbox.find(work, ref.root) or "").partition(":")
    if verb != "lessons.copy":
        return None
    return await work.session.scalar(
        select(LessonItem).where(
            LessonItem.to_workspace == ref.place.workspace_id,
            LessonItem.id == steps.read_id(rest),
            LessonItem.state == "relayed",
        )
    )


async def _lessons_at(work: Work, item: LessonItem) -> list[Lesson]:
    """The lessons that a copy tells: its own, and those joined to it."""
    joined = await work.session.scalars(
        select(LessonItem)
        .where(
            LessonItem.to_workspace == item.to_workspace,
            LessonItem.joined == item.id,
            LessonItem.state == "joined",
        )
        .order_by(LessonItem.id)
    )
    return [await steps.lesson_of(work, one) for one in (item, *joined)]


async def _keep(work: Work, person: Person, lesson: Lesson, item: LessonItem, event: Said) -> bool:
    """Keep a reply for one lesson, if it comes back and is not its author's own."""
    if lesson.state not in LIVE or not await choices.is_heard(work, lesson, item):
        return False
    me = await ways.humans(work, person.workspace_id, person.id)
    if (lesson.workspace_id, lesson.person_id) in me:
        return False
    echo = await _echo_of_now(work, lesson)
    said = await guarding.carried(work, lesson, person.workspace_id, event.text)
    work.session.add(
        LessonReply(
            workspace_id=lesson.workspace_id,
            id=new_id(),
            echo_id=echo.id,
            by_workspace=person.workspace_id,
            person_id=person.id,
            place=str(event.ref.place.open),
            thread=event.ref.place.thread,
            message=event.ref.id,
            words=said.markdown(),
            at=work.now,
        )
    )
    await show(work, lesson, echo)
    return True


async def _echo_of_now(work: Work, lesson: Lesson) -> LessonEcho:
    """The message that is still being added to, or a new one."""
    echo = await work.session.scalar(
        select(LessonEcho)
        .where(
            LessonEcho.workspace_id == lesson.workspace_id,
            LessonEcho.lesson_id == lesson.id,
            LessonEcho.begun_at > work.now - circle.ECHO,
        )
        .order_by(LessonEcho.id.desc())
        .limit(1)
    )
    if echo is None:
        author = await views.author_of(work, lesson)
        echo = LessonEcho(
            workspace_id=lesson.workspace_id,
            id=new_id(),
            lesson_id=lesson.id,
            begun_at=work.now,
            tell_at=hours.good_time(work, author) if author else None,
        )
        work.session.add(echo)
        await work.session.flush()
    return echo


async def _tell_once(work: Work, person: Person, lesson: Lesson, item: LessonItem) -> None:
    """Tell somebody, the first time, that what they reply here goes further."""
    key = f"lessons.told:{person.id}"
    if await outbox.is_known(work, person.workspace_id, key):
        return
    origin = await views.origin_for(work, lesson, item.to_workspace)
    card = echoes.told(await ways.channel_name(work, steps.place_to(item)), origin.team)
    await outbox.show(work, await people.direct(work, person), card, key=key)


# Where it is told.


def echo_key(echo: LessonEcho) -> str:
    return f"lessons.echo:{echo.lesson_id}:{echo.id}"


def heard_key(echo: LessonEcho) -> str:
    return f"lessons.heard:{echo.lesson_id}:{echo.id}"


async def show(work: Work, lesson: Lesson, echo: LessonEcho) -> None:
    """Bring what is told of replies to what they are now; without any it goes."""
    await work.session.flush()
    found = await work.session.scalars(
        select(LessonReply)
        .where(LessonReply.workspace_id == echo.workspace_id, LessonReply.echo_id == echo.id)
        .order_by(LessonReply.at, LessonReply.id)
    )
    replies = list(found)
    if not replies:
        await _drop(work, echo)
        return
    shown = [await _told(work, lesson, one) for one in replies[: circle.CARRIED]]
    headline = words.headline(views.wording_of(lesson))
    card = echoes.echo(lesson.number, headline, shown, len(replies) - len(shown))
    await _show_at_origin(work, lesson, echo, card)
    author = await views.author_of(work, lesson)
    if author is None or not author.present:
        return
    if echo.tell_at is None or echo.tell_at <= work.now:
        echo.tell_at = None
        place = await people.direct(work, author)
        await outbox.show(work, place, echoes.heard(card, lesson.id), key=heard_key(echo))


async def _told(work: Work, lesson: Lesson, reply: LessonReply) -> echoes.Told:
    place = Place.parse(reply.place)
    there = Ref(Place(place.platform, place.workspace, place.channel, reply.thread), reply.message)
    elsewhere = place.platform != lesson.workspace_id.partition(":")[0]
    return echoes.Told(
        by=(await people.get(work, reply.by_workspace, reply.person_id)).name,
        channel=await ways.channel_name(work, place),
        platform=PLATFORMS.get(place.platform, place.platform) if elsewhere else "",
        href=links.to(there),
        words=circle.told_words(Text.parse(reply.words)),
    )


async def _show_at_origin(work: Work, lesson: Lesson, echo: LessonEcho, card: Card) -> None:
    """In the thread of what the lesson came from; what was typed for me alone has none."""
    if await channels.find(work, steps.team_place(lesson)) is None:
        return
    workspace_id, key = lesson.workspace_id, echo_key(echo)
    if lesson.origin_place in ("entry", "grain"):
        above = await _card_of(work, lesson)
        if above and await outbox.refs(work, workspace_id, above):
            await outbox.show(work, steps.team_place(lesson), card, key=key, under=above)
    elif lesson.origin_thread:
        open_ = Place.parse(lesson.origin_place)
        place = Place(open_.platform, open_.workspace, open_.channel, lesson.origin_thread)
        await outbox.show(work, place, card, key=key)


async def _card_of(work: Work, lesson: Lesson) -> str:
    """The subject of the message that shows the entry or the grain a lesson came from."""
    number = int(lesson.origin_message)
    if lesson.origin_place == "entry":
        return checkins.entry_key(number)
    grain = await grains.by_id(work, lesson.workspace_id, number)
    return card_key(grain) if grain is not None else ""


async def _drop(work: Work, echo: LessonEcho) -> None:
    await traces.erase(work, echo.workspace_id, [echo_key(echo), heard_key(echo)])
    await work.session.delete(echo)
    await work.session.flush()


async def tell_due(work: Work) -> int:
    """Tell authors what was replied while they were away or in their quiet hours."""
    due = await work.session.scalars(
        select(LessonEcho)
        .where(LessonEcho.tell_at <= work.now)
        .order_by(LessonEcho.tell_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = list(due)
    for echo in found:
        lesson = await work.session.get_one(Lesson, (echo.workspace_id, echo.lesson_id))
        author = await views.author_of(work, lesson)
        # They may have gone away since.
        here = author is not None and author.present
        echo.tell_at = hours.good_time(work, author) if author and here else None
        await show(work, lesson, echo)
    return sum(one.tell_at is None for one in found)


# What becomes of it.


async def holds(work: Work, ref: Ref) -> bool:
    """Whether a message is told of at the origin of a lesson."""
    found = await work.session.scalar(select(LessonReply.id).where(*_said_in(ref)).limit(1))
    return found is not None


def _said_in(ref: Ref) -> tuple[ColumnElement[bool], ...]:
    return LessonReply.place == str(ref.place.open), LessonReply.message == ref.id


async def follow_reply(work: Work, event: Edited | Removed) -> None:
    """Let what is told of a reply follow its edit, or go with it."""
    found = await work.session.scalars(select(LessonReply).where(*_said_in(event.ref)))
    for reply in list(found):
        lesson, echo = await _of(work, reply)
        if isinstance(event, Edited) and event.text:
            said = await guarding.carried(work, lesson, reply.by_workspace, event.text)
            reply.words = said.markdown()
        else:
            await work.session.delete(reply)
        await show(work, lesson, echo)


async def _of(work: Work, reply: LessonReply) -> tuple[Lesson, LessonEcho]:
    echo = await work.session.get_one(LessonEcho, (reply.workspace_id, reply.echo_id))
    # The lesson first, as everybody who adds to an echo takes it.
    lesson = await work.session.get_one(
        Lesson, (echo.workspace_id, echo.lesson_id), with_for_update=True
    )
    return lesson, echo


async def said_by(work: Work, person: Person) -> list[LessonReply]:
    """What somebody replied and is told of, oldest first."""
    found = await work.session.scalars(
        select(LessonReply)
        .where(LessonReply.by_workspace == person.workspace_id, LessonReply.person_id == person.id)
        .order_by(LessonReply.at)
    )
    return list(found)


async def take_out(work: Work, person: Person) -> None:
    """Take everything back that somebody replied, wherever it is told."""
    await remove(work, await said_by(work, person))


async def remove(work: Work, replies: list[LessonReply]) -> None:
    """Tell of these replies no more."""
    touched: dict[int, tuple[Lesson, LessonEcho]] = {}
    for reply in replies:
        touched[reply.echo_id] = await _of(work, reply)
        await work.session.delete(reply)
    for lesson, echo in touched.values():
        await show(work, lesson, echo)


async def forget_lesson(work: Work, lesson: Lesson) -> None:
    """Take everything away that was told of replies to a lesson."""
    found = await work.session.scalars(
        select(LessonEcho).where(
            LessonEcho.workspace_id == lesson.workspace_id, LessonEcho.lesson_id == lesson.id
        )
    )
    for echo in list(found):
        await work.session.execute(
            delete(LessonReply).where(
                LessonReply.workspace_id == echo.workspace_id, LessonReply.echo_id == echo.id
            )
        )
        await _drop(work, echo)
