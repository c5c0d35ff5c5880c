"""Tips: somebody thinks of one other person who could use a lesson, and that person hears of it once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Ask, Done, Press, Reply, Show, Submit
from bot.checkins import desk as checkins
from bot.engine import clock, outbox, traces
from bot.lessons.desk import around, checking, hours, steps, ways
from bot.lessons.desk.steps import word_of
from bot.lessons.rules import Wording, circle
from bot.lessons.tables import Lesson, LessonChoice, LessonItem, LessonTip, LessonUse
from bot.lessons.words import tips as words
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import insert
from bot.store.session import Work

BATCH = 100
LOOK_BACK = timedelta(days=56)
MOST_ENTRIES = 300
NEAR = 0.1
"""From this nearness on, what somebody wrote is like a lesson."""


async def on_who(work: Work, press: Press) -> Reply:
    """Ask for one name, after *Who could use this?*."""
    person = await people.caller(work, press.by)
    lesson, item = await checking.item_here(work, person, word_of(press))
    channel, others = await _among(work, person, lesson, item)
    if not others:
        raise Refusal(f"You and its author are alone in #{channel.name} so far.")
    near = await _nearest(work, person, lesson, others)
    named = [(str(one.id), one.name) for one in others]
    return Ask(words.who_form(item.id, channel.name, named, near))


async def submit_who(work: Work, submit: Submit) -> Reply:
    """Keep who was thought of; whether they hear of it is for nobody to know."""
    person = await people.caller(work, submit.by)
    lesson, item = await checking.item_here(work, person, word_of(submit))
    if not submit.final:
        return Done()
    channel, others = await _among(work, person, lesson, item)
    written = submit.values.get("who", "").strip()
    found = [
        one for one in others if str(one.id) == written or one.name.casefold() == written.casefold()
    ]
    if len(found) != 1:
        raise Refusal(f"Choose one person in #{channel.name}.", field="who")
    await work.session.execute(
        insert(work.session, LessonTip)
        .values(
            workspace_id=lesson.workspace_id,
            lesson_id=lesson.id,
            to_workspace=person.workspace_id,
            person_id=found[0].id,
            item_id=item.id,
            by_id=person.id,
            at=work.now,
        )
        .on_conflict_do_nothing()
    )
    return Show(words.thought_of(found[0].name))


async def _among(
    work: Work, person: Person, lesson: Lesson, item: LessonItem
) -> tuple[Channel, list[Person]]:
    """The channel of a copy that somebody reads, and the others in it but the author."""
    channel = await channels.find(work, steps.place_to(item))
    if channel is None or not await channels.can_read(work, person, channel):
        raise Refusal(steps.GONE)
    if lesson.state not in ("agreed", "confirmed") or item.state != "relayed":
        raise Refusal("This lesson does not stand here any more.")
    author: frozenset[object] = frozenset()
    if lesson.person_id is not None:
        author = await ways.humans(work, lesson.workspace_id, lesson.person_id)
    return channel, [
        one
        for one in await channels.members(work, channel)
        if one.id != person.id and (one.workspace_id, one.id) not in author
    ]


async def _nearest(work: Work, person: Person, lesson: Lesson, others: Sequence[Person]) -> str:
    """Who of these wrote about something like it, where the one who asks can read; empty for nobody."""
    # Numbers are crunched only once somebody presses this.
    from bot.insight.similar import Similar

    readable = [one.id for one in await channels.of_person(work, person)]
    since = clock.local_day(work.now, person.zone) - LOOK_BACK
    told = await checkins.narrations(
        work, person.workspace_id, since, channel_ids=readable, most=MOST_ENTRIES
    )
    wrote: dict[str, list[str]] = {str(one.id): [] for one in others}
    for entry in told:
        wrote.get(str(entry.person_id), []).append(entry.words)
    similar = Similar()
    similar.add_all([(one, "\n".join(words_)) for one, words_ in wrote.items() if words_])
    found = similar.search(Wording.read(lesson.wording).whole().plain(), 1)
    return found[0].id if found and found[0].nearness >= NEAR else ""


async def tell_due(work: Work) -> int:
    """Show lessons to those who were thought of, when it is a good time for each, two a week at most."""
    waiting = await work.session.scalars(
        select(LessonTip)
        .where(LessonTip.state == "waiting", LessonTip.at <= work.now)
        .order_by(LessonTip.at)
        .limit(BATCH)
    )
    tips = list(waiting)
    for tip in tips:
        # The lesson first, as everybody who acts on one takes it.
        lesson = await work.session.get_one(
            Lesson, (tip.workspace_id, tip.lesson_id), with_for_update=True
        )
        await work.session.refresh(tip, with_for_update=True)
        if tip.state != "waiting":
            continue
        person = await people.get(work, tip.to_workspace, tip.person_id)
        when = await _good_time(work, person)
        if when > work.now + circle.TIP or not await _is_welcome(work, person, lesson, tip):
            tip.state = "over"
        elif when > work.now:
            tip.at = when
        else:
            tip.state, tip.told_at = "told", work.now
            await work.session.flush()
            await around.show_tip(work, lesson, tip)
    await work.session.flush()
    return len(tips)


async def _good_time(work: Work, person: Person) -> datetime:
    """Now, or when it is their day; a day later where they heard of two lessons within a week."""
    when = hours.day_time(work, person)
    if when > work.now:
        return when
    me = await ways.humans(work, person.workspace_id, person.id)
    told = await work.session.scalar(
        select(func.count()).where(
            or_(*(_to(workspace_id, person_id) for workspace_id, person_id in me)),
            LessonTip.told_at > work.now - timedelta(days=7),
        )
    )
    return when if (told or 0) < circle.A_WEEK else when + timedelta(days=1)


def _to(workspace_id: str, person_id: int) -> ColumnElement[bool]:
    return and_(LessonTip.to_workspace == workspace_id, LessonTip.person_id == person_id)


async def _is_welcome(work: Work, person: Person, lesson: Lesson, tip: LessonTip) -> bool:
    """Whether a lesson still stands where somebody reads it, and is new to them."""
    chosen = await work.session.get(LessonChoice, (person.workspace_id, person.id))
    if await hours.wants_none(work, person) or (chosen is not None and not chosen.tips):
        return False
    item = await work.session.get(LessonItem, (tip.workspace_id, tip.item_id))
    if item is None or item.state != "relayed" or lesson.state not in ("agreed", "confirmed"):
        return False
    channel = await channels.find(work, steps.place_to(item))
    if channel is None or not await channels.can_read(work, person, channel):
        return False
    me = await ways.humans(work, person.workspace_id, person.id)
    said = await work.session.execute(
        select(LessonUse.by_workspace, LessonUse.person_id).where(
            LessonUse.workspace_id == lesson.workspace_id, LessonUse.lesson_id == lesson.id
        )
    )
    told = await work.session.execute(
        select(LessonTip.to_workspace, LessonTip.person_id).where(
            LessonTip.workspace_id == lesson.workspace_id,
            LessonTip.lesson_id == lesson.id,
            LessonTip.told_at.is_not(None),
        )
    )
    knows = {tuple(one) for one in (*said, *told)}
    return not me & knows


async def on_pass(work: Work, press: Press) -> Reply:
    """*Not for me*: nobody hears of it."""
    person = await people.caller(work, press.by)
    tip = await work.session.scalar(
        select(LessonTip)
        .where(
            LessonTip.lesson_id == steps.read_id(word_of(press)),
            _to(person.workspace_id, person.id),
        )
        .with_for_update()
    )
    if tip is None:
        raise Refusal(steps.GONE)
    tip.state = "over"
    await outbox.show(
        work, await people.direct(work, person), words.passed(), key=around.tip_key(tip)
    )
    return Done()


async def of(work: Work, person: Person) -> list[LessonTip]:
    """The lessons that somebody heard of because they were thought of."""
    found = await work.session.scalars(
        select(LessonTip).where(_to(person.workspace_id, person.id)).order_by(LessonTip.at)
    )
    return list(found)


async def forget(work: Work, person: Person) -> None:
    """Keep neither whom others thought of, where it was this person, nor whom this person thought of."""
    mine = await of(work, person)
    await traces.erase(work, person.workspace_id, [around.tip_key(one) for one in mine])
    for one in mine:
        await work.session.delete(one)
    theirs = await work.session.scalars(
        select(LessonTip).where(
            LessonTip.to_workspace == person.workspace_id, LessonTip.by_id == person.id
        )
    )
    for tip in list(theirs):
        tip.by_id = None
        lesson = await work.session.get_one(Lesson, (tip.workspace_id, tip.lesson_id))
        await around.show_tip(work, lesson, tip)
    await work.session.flush()
