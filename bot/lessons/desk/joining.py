"""Joining by authors: a lesson stands with another one that says the same, when both authors want it."""

from __future__ import annotations

from sqlalchemy import select

from bot.channels.rules import names
from bot.chat import Done, Place, Press, Replace, Reply
from bot.engine import outbox
from bot.lessons.desk import agreeing, around, guarding, search, showing, steps, ways
from bot.lessons.desk.steps import word_of
from bot.lessons.rules import LIVE
from bot.lessons.tables import Lesson, LessonItem
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work


async def on_join(work: Work, press: Press) -> Reply:
    """*Join one of these*, before the yes: it is the yes to standing with the other one."""
    person = await people.caller(work, press.by)
    lesson = await steps.own(work, person, word_of(press))
    other = await _other(work, person, press.choice)
    if lesson.state != "marked" or "wording" not in lesson.draft:
        raise Refusal("This is settled already.")
    draft = showing.read_draft(lesson)
    if await guarding.findings(work, lesson, draft):
        await showing.follow(work, lesson)
        return Done()
    places = {Place.parse(one) for one in lesson.draft.get("to", ())}
    copies = {
        steps.place_to(one): one
        for one in await steps.items_of(work, other)
        if one.state == "relayed" and steps.place_to(one) in places
    }
    if not copies:
        raise Refusal(f"Lesson {other.number} stands in none of the communities you chose.")
    if other.person_id is None:
        raise Refusal("Its author left it, so nobody can agree. A curator may join the two.")
    await agreeing.agree(work, person, lesson)
    for item in await steps.items_of(work, lesson):
        if (copy := copies.get(steps.place_to(item))) is None or item.state != "waiting":
            continue
        item.joined, item.state = copy.id, "joining"
        if (other.workspace_id, other.person_id) == (person.workspace_id, person.id):
            await _join(work, lesson, item, other, person)
    where = names([f"#{await ways.channel_name(work, place)}" for place in copies])
    own = (other.workspace_id, other.person_id) == (person.workspace_id, person.id)
    when = "now" if own else "once its author agrees"
    lesson.news = f"Thank you! In {where} it stands with the other one, {when}."
    await showing.follow(work, lesson)
    card = await showing.author_card(work, lesson)
    return Replace(card) if press.on is None and card is not None else Done()


async def _other(work: Work, person: Person, written: str) -> Lesson:
    found = await work.session.scalar(
        select(Lesson).where(
            Lesson.workspace_id.in_(await _near(work, person)),
            Lesson.id == steps.read_id(written),
            Lesson.state.in_(("agreed", "confirmed")),
            await search.readable(work, person),
        )
    )
    if found is None:
        raise Refusal(steps.GONE)
    return found


async def _near(work: Work, person: Person) -> list[str]:
    """The workspaces between which lessons travel here."""
    linked = await people.linked_workspaces(work, person.workspace_id)
    return [person.workspace_id, *(one.workspace_id for one in linked)]


async def on_merge(work: Work, press: Press) -> Reply:
    """What the author of the other lesson says."""
    author = await people.caller(work, press.by)
    item = await work.session.scalar(
        select(LessonItem).where(
            LessonItem.workspace_id.in_(await _near(work, author)),
            LessonItem.id == steps.read_id(word_of(press)),
        )
    )
    found = await around.other_of(work, item) if item is not None else None
    if item is None or found is None:
        raise Refusal("This is settled already.")
    other, copy = found
    if (other.workspace_id, other.person_id) != (author.workspace_id, author.id):
        raise Refusal("Only who wrote it can decide about it.")
    lesson = await steps.lesson_of(work, item)
    await work.session.refresh(item, with_for_update=True)
    if item.state != "joining":
        raise Refusal("This is settled already.")
    await outbox.withdraw(work, other.workspace_id, around.merge_key(item))
    name = await ways.channel_name(work, steps.place_to(item))
    if word_of(press, 1) != "yes" or copy.state != "relayed" or other.state not in LIVE:
        await stay_apart(work, lesson, item, author, "refuse")
        return Done()
    await _join(work, lesson, item, other, author)
    news = f"Lesson {lesson.number} stands with the other one in #{name} now."
    await showing.follow(work, lesson, news=news)
    return Done()


async def stay_apart(
    work: Work, lesson: Lesson, item: LessonItem, by: Person | None, deed: str
) -> None:
    """The other author would rather not, or did not say: a curator looks at it like at any other."""
    await around.forget_merge(work, item)
    steps.move_item(work, lesson, item, deed, by)
    item.joined, item.told = None, []
    name = await ways.channel_name(work, steps.place_to(item))
    news = f"Lesson {lesson.number} stays one of its own: somebody in #{name} looks at it next."
    await showing.follow(work, lesson, news=news)


async def _join(work: Work, lesson: Lesson, item: LessonItem, other: Lesson, by: Person) -> None:
    steps.move_item(work, lesson, item, "join", by)
    await work.session.flush()
    await showing.follow(work, other)
