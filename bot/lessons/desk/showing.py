"""Bringing every message about a lesson to what is true of it now: copies, curators' cards, its author's card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import select

from bot.channels import desk as channels
from bot.chat import Card, Place, Text
from bot.engine import outbox
from bot.lessons import words
from bot.lessons.desk import around, choices, guarding, search, steps, views, ways
from bot.lessons.desk.guarding import Draft
from bot.lessons.rules import LIVE, Wording
from bot.lessons.tables import Lesson, LessonItem
from bot.lessons.words import Origin
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.session import Work

FollowCopy = Callable[[Work, str, int], Awaitable[None]]

FOLLOWED_BY: list[FollowCopy] = []
"""Who hears, by workspace and id, of every copy of a lesson that changed; features above this one enter here."""


def copy_key(item: LessonItem) -> str:
    """The subject of a copy."""
    return f"lessons.copy:{item.id}"


def check_key(item: LessonItem, person_id: int) -> str:
    """The subject of the card on which somebody checks a lesson."""
    return f"lessons.check:{item.id}:{person_id}"


CURATORS_KEYS = (
    "lessons.check",
    "lessons.confirmed",
    "lessons.review",
    "lessons.answered",
    "lessons.overtaken",
    "lessons.stuck",
)
"""What begins the keys of all that somebody is told about a lesson as a curator, or as a member who decides."""


def curators_keys(item: LessonItem) -> list[str]:
    """Every message by which somebody was shown a lesson on its way to a channel."""
    return [f"{verb}:{item.id}:{one}" for verb in CURATORS_KEYS for one in item.told]


async def tell_curator(work: Work, item: LessonItem, person: Person, verb: str, card: Card) -> None:
    """Tell somebody about a lesson in a direct message that goes when the lesson does."""
    if person.id not in item.told:
        item.told = [*item.told, person.id]
    place = await people.direct(work, person)
    await outbox.show(work, place, card, key=f"{verb}:{item.id}:{person.id}")


def author_key(lesson: Lesson) -> str:
    """The subject of the one card that a lesson's author has."""
    return f"lessons.author:{lesson.id}:{lesson.turn}"


async def follow(work: Work, lesson: Lesson, *, news: str | None = None) -> None:
    """Bring everything that shows a lesson to what it is now.

    With `news` its author's card comes anew, so that they see it; without, it changes where it stands.
    """
    await work.session.flush()
    items = await steps.items_of(work, lesson)
    await _hold_who_and_where(work, lesson, items)
    await search.keep(work, lesson)
    for item in items:
        await show_copy(work, lesson, item)
        await show_checks(work, lesson, item)
        for follow_copy in FOLLOWED_BY:
            await follow_copy(work, item.to_workspace, item.id)
    await around.show(work, lesson)
    if news is not None:
        await outbox.withdraw(work, lesson.workspace_id, author_key(lesson))
        lesson.turn += 1
        lesson.news = news
    await _show_author(work, lesson, items)


async def _hold_who_and_where(work: Work, lesson: Lesson, items: Sequence[LessonItem]) -> None:
    """Have everybody and every channel at hand that the messages about a lesson name."""
    who = {(lesson.workspace_id, lesson.person_id)}
    who |= {(one.to_workspace, id) for one in items for id in (one.by_id, *one.told)}
    where = {(one.to_workspace, one.to_channel) for one in items}
    where.add((lesson.workspace_id, lesson.channel_id))
    known = [(workspace_id, id) for workspace_id, id in who if id is not None]
    work.held.update((await people.many(work, known)).values())
    work.held.update((await channels.many(work, where)).values())


async def show_copy(work: Work, lesson: Lesson, item: LessonItem) -> None:
    """Let the copy in one channel stand as it should, or go."""
    if item.joined is not None:
        await _show_joined(work, item)
    if item.relayed_at is None:
        return
    if lesson.state in LIVE and item.state == "relayed":
        card = await copy_card(work, lesson, item)
        await outbox.show(work, steps.place_to(item), card, key=copy_key(item))
    else:
        await outbox.withdraw(work, item.to_workspace, copy_key(item))


async def _show_joined(work: Work, item: LessonItem) -> None:
    """The copy that tells this lesson's origin, too."""
    other = await work.session.scalar(
        select(LessonItem).where(
            LessonItem.to_workspace == item.to_workspace, LessonItem.id == item.joined
        )
    )
    if other is not None and other.relayed_at is not None:
        await show_copy(work, await steps.lesson_of(work, other, lock=False), other)


async def copy_card(
    work: Work, lesson: Lesson, item: LessonItem, draft: Draft | None = None
) -> Card:
    """A lesson as it reads in one channel, or as it would with a draft."""
    origins = await origins_of(
        work, lesson, item, item.to_workspace, attribution=draft.attribution if draft else ""
    )
    return words.copy(
        item.id,
        draft.wording if draft else views.wording_of(lesson, item),
        origins,
        state=lesson.state,
        topics=draft.topics if draft else lesson.topics,
        uses=await views.uses_of(work, lesson),
        reason=Text.parse(lesson.reason),
        echoes=await choices.is_heard(work, lesson, item),
    )


async def origins_of(
    work: Work, lesson: Lesson, item: LessonItem, reader: str, *, attribution: str = ""
) -> list[Origin]:
    """Whose a copy is, and whose those are that were joined to it, for readers in a workspace."""
    origins = [await views.origin_for(work, lesson, reader, attribution=attribution)]
    joined = await work.session.execute(
        select(LessonItem, Lesson)
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .where(
            LessonItem.to_workspace == item.to_workspace,
            LessonItem.joined == item.id,
            LessonItem.state == "joined",
            Lesson.state.in_(LIVE),
        )
        .order_by(LessonItem.id)
    )
    return origins + [await views.origin_for(work, other, reader) for _, other in joined]


async def show_checks(work: Work, lesson: Lesson, item: LessonItem) -> None:
    """Let the cards on which curators decide say what was decided; a withdrawn lesson is taken from them."""
    if lesson.state not in LIVE:
        for key in curators_keys(item):
            await outbox.withdraw(work, item.to_workspace, key)
        return
    keys = {
        person_id: key
        for person_id in item.told
        for key in [check_key(item, person_id)]
        if await outbox.is_known(work, item.to_workspace, key)
    }
    if not keys:
        return
    card = await check_card(work, lesson, item)
    for person_id, key in keys.items():
        place = await direct_of(work, item.to_workspace, person_id)
        await outbox.show(work, place, card, key=key)


async def check_card(work: Work, lesson: Lesson, item: LessonItem) -> Card:
    """A lesson as its curators, or the members where there are none, see it."""
    curated = bool(await ways.curators(work, steps.place_to(item)))
    near = await search.near(work, lesson, item) if item.state in ("waiting", "asked") else ()
    view = await views.check_view(work, lesson, item, near=near, curated=curated)
    return words.check(view)


async def direct_of(work: Work, workspace_id: str, person_id: int) -> Place:
    return await people.direct(work, await people.get(work, workspace_id, person_id))


async def author_card(work: Work, lesson: Lesson) -> Card | None:
    """What its author reads of a lesson now; None when nobody has to read anything."""
    return await _author_card(work, lesson, await steps.items_of(work, lesson))


async def _show_author(work: Work, lesson: Lesson, items: Sequence[LessonItem]) -> None:
    author = await views.author_of(work, lesson)
    card = await _author_card(work, lesson, items) if author is not None else None
    if author is None or card is None:
        await outbox.withdraw(work, lesson.workspace_id, author_key(lesson))
        return
    await outbox.show(work, await people.direct(work, author), card, key=author_key(lesson))


async def _author_card(work: Work, lesson: Lesson, items: Sequence[LessonItem]) -> Card | None:
    """The one thing that its author is asked, or else where the lesson stands."""
    view = await views.view(work, lesson, items)
    if lesson.state == "marked" and not lesson.draft:
        if lesson.ask_at is None:
            return words.question(view)
        return words.later(view) if lesson.asked_at is not None else None
    if lesson.state in (*LIVE, "marked") and lesson.draft:
        if "edited" in lesson.draft:
            copies = sum(item.state == "relayed" for item in items)
            there = [await ways.audience(work, one) for one in draft_places(lesson, items)]
            return words.edited(view, views.renewed(lesson), copies, there)
        return await _draft_card(work, lesson, items)
    if lesson.state in LIVE:
        for item, seen in zip(items, view.items, strict=True):
            if item.state == "asked" and not item.answer:
                return words.asked_back(view, seen)
            if item.state in ("proposed", "reworded") or item.proposal:
                return await _proposal_card(work, lesson, item)
    author = await views.author_of(work, lesson)
    if author is None:
        return words.status(view)
    step = await steps.undoable(work, lesson, author)
    who = await views.shareable(work, author, lesson, items)
    return words.status(view, undo=step.id if step else 0, who=who)


async def _draft_card(work: Work, lesson: Lesson, items: Sequence[LessonItem]) -> Card:
    draft = read_draft(lesson)
    view = await views.view(work, lesson, items)
    found = await guarding.findings(work, lesson, draft)
    if found:
        return words.finding(view, found[0], len(found) - 1)
    places = draft_places(lesson, items)
    seen = [await ways.audience(work, place) for place in places]
    there = places[0].workspace_id if places else lesson.workspace_id
    like = LessonItem(id=0, to_workspace=there, to_channel="")
    author = await views.author_of(work, lesson)
    near = await search.near_for(work, author, lesson, draft.wording) if author else []
    return words.preview(view, await copy_card(work, lesson, like, draft), seen, near)


async def _proposal_card(work: Work, lesson: Lesson, item: LessonItem) -> Card:
    view = await views.view(work, lesson, [item])
    found = await guarding.findings(work, lesson, proposal_of(lesson, item))
    if found:
        return words.finding(view, found[0], len(found) - 1, item.id)
    return words.proposed(view, view.items[0], await ways.audience(work, steps.place_to(item)))


def read_draft(lesson: Lesson) -> Draft:
    """The wording that waits for its author's yes."""
    kept = lesson.draft
    return Draft(
        Wording.read(kept.get("wording", {})),
        str(kept.get("attribution", lesson.attribution)),
        tuple(kept.get("topics", ())),
    )


def proposal_of(lesson: Lesson, item: LessonItem) -> Draft:
    """A curator's wording, signed as its author agreed."""
    return Draft(Wording.read(item.proposal), lesson.attribution, tuple(lesson.topics))


def draft_places(lesson: Lesson, items: Sequence[LessonItem]) -> list[Place]:
    """Where the words of a draft would be read: where the author wants it, or where it stands already."""
    if lesson.state == "marked":
        return [Place.parse(one) for one in lesson.draft.get("to", ())]
    return [
        steps.place_to(item)
        for item in items
        if item.state in ("waiting", "asked", "selected", "relayed")
    ]


async def forget_author_card(work: Work, lesson: Lesson, person: Person) -> None:
    """Take every card about a lesson from its author, with the words on it."""
    keys = [f"lessons.author:{lesson.id}:{turn}" for turn in range(lesson.turn + 1)]
    for key in keys:
        await outbox.withdraw(work, person.workspace_id, key)
    await outbox.forget(work, person.workspace_id, keys)
