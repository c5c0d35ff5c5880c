"""The switches for what goes back and forth around lessons: one's own, a lesson's, a channel's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.channels import desk as channels
from bot.chat import Card, Press, Replace, Reply, Show, read_action
from bot.lessons.desk import choices, echoing, showing, steps
from bot.lessons.rules import LIVE, circle
from bot.lessons.tables import Lesson, LessonChoice, LessonItem
from bot.lessons.words import echoes
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

OLD = "This comes from an older version of me."


async def card(work: Work, person: Person) -> Card:
    """`/lesson replies`: what somebody chose, and what the channels chose that they curate."""
    row = await work.session.get(LessonChoice, (person.workspace_id, person.id))
    curated = await channels.many(
        work, [(person.workspace_id, one) for one in await channels.curates(work, person)]
    )
    return echoes.switches(
        echoes.Switches(
            row is None or row.hears,
            row is None or row.carried,
            row is None or row.tips,
            tuple(
                [
                    (one.id, one.name, await choices.is_open(work, one.workspace_id, one.id))
                    for one in sorted(curated.values(), key=lambda one: one.name)
                    if one.ring != "team"
                ]
            ),
        )
    )


def _on(press: Press) -> tuple[str, bool]:
    """What is switched, and whether it is switched on."""
    about = read_action(press.action)[1]
    if len(about) != 2 or about[1] not in ("on", "off"):
        raise Refusal(OLD)
    return about[0], about[1] == "on"


async def _shown(work: Work, press: Press, person: Person) -> Reply:
    """The switches as they are now, in place of those that were pressed, if it was they."""
    now = await card(work, person)
    return Replace(now) if press.on is None else Show(now)


async def on_choose(work: Work, press: Press) -> Reply:
    """A switch of one's own."""
    person = await people.caller(work, press.by)
    what, on = _on(press)
    row = await choices.choice_of(work, person)
    match what:
        case "hears":
            row.hears = on
            await work.session.flush()
            await _refresh(work, await _own_copies(work, person))
        case "carried":
            row.carried = on
            if not on:
                await echoing.take_out(work, person)
        case "tips":
            row.tips = on
        case _:
            raise Refusal(OLD)
    return await _shown(work, press, person)


async def on_here(work: Work, press: Press) -> Reply:
    """A switch of a channel, by one of its curators."""
    person = await people.caller(work, press.by)
    channel_id, on = _on(press)
    if not await channels.is_curator(work, person, channel_id):
        raise Refusal("Only a curator of this channel can decide that.")
    row = await choices.channel_of(work, person.workspace_id, channel_id)
    row.echoes = on
    await work.session.flush()
    found = await work.session.scalars(
        select(LessonItem)
        .where(
            LessonItem.to_workspace == person.workspace_id,
            LessonItem.to_channel == channel_id,
            LessonItem.state == "relayed",
        )
        .order_by(LessonItem.relayed_at.desc())
        .limit(circle.LATEST)
    )
    await _refresh(work, list(found))
    return await _shown(work, press, person)


async def on_echo(work: Work, press: Press) -> Reply:
    """*Not for this lesson*, and back again."""
    person = await people.caller(work, press.by)
    written, on = _on(press)
    lesson = await steps.own(work, person, written)
    lesson.echoes = on
    await showing.follow(work, lesson)
    if on:
        return Show(echoes.started(lesson.number))
    return Show(echoes.stopped(lesson.number, lesson.id))


async def _own_copies(work: Work, person: Person) -> list[LessonItem]:
    found = await work.session.scalars(
        select(LessonItem)
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .where(
            Lesson.workspace_id == person.workspace_id,
            Lesson.person_id == person.id,
            Lesson.state.in_(LIVE),
            LessonItem.state == "relayed",
        )
        .order_by(LessonItem.relayed_at.desc())
        .limit(circle.LATEST)
    )
    return list(found)


async def _refresh(work: Work, items: Sequence[LessonItem]) -> None:
    """Bring the small print of copies to what was decided."""
    for item in items:
        await showing.show_copy(work, await steps.lesson_of(work, item, lock=False), item)
