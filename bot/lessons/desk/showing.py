"""Bringing every message about a lesson to what is true of it now: copies, curators' cards, its author's card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Card, Place, Text
from bot.engine import outbox
from bot.engine.outbox import Gone, Post
from bot.lessons import words
from bot.lessons.desk import around, choices, guarding, search, steps, views, ways, whole
from bot.lessons.desk.guarding import Draft
from bot.lessons.desk.whole import Whole
from bot.lessons.rules import LIVE, OPEN, Wording
from bot.lessons.tables import Lesson, LessonItem
from bot.lessons.words import ItemView, LessonView, Origin
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a lesson, as others name it."""

    workspace_id: str
    """Where it stands."""
    item_id: int
    ring: str


FollowCopies = Callable[[Work, Sequence[Copy]], Awaitable[None]]

FOLLOWED_BY: list[FollowCopies] = []
"""Who hears of every copy of a lesson that changed; features above this one enter here."""


def copies(items: Sequence[LessonItem]) -> list[Copy]:
    """The copies of a lesson, in whatever state, to be told of even when it is deleted meanwhile."""
    return [Copy(one.to_workspace, one.id, one.ring) for one in items]


async def tell_followers(work: Work, changed: Sequence[Copy]) -> None:
    """Let everybody who follows copies know that these changed."""
    for follow_copies in FOLLOWED_BY if changed else ():
        await follow_copies(work, changed)


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
    before = author_key(lesson)
    if news is not None:
        lesson.turn += 1
        lesson.news = news
    await work.session.flush()
    now = await whole.read(work, lesson)
    await _hold_who_and_where(work, now)
    await search.keep(work, now)
    wishes = [wish for item in now.items for wish in await _copy(work, now, item)]
    wishes += await _checks(work, now)
    if news is not None:
        wishes.append(Gone(lesson.workspace_id, before))
    wishes.append(await _to_author(work, now))
    await outbox.bring(work, wishes)
    await tell_followers(work, copies(now.items))
    await around.show(work, now)


async def _hold_who_and_where(work: Work, now: Whole) -> None:
    """Have everybody and every channel at hand that the messages about a lesson name."""
    lesson, items = now.lesson, now.items
    who = {(lesson.workspace_id, lesson.person_id)}
    who |= {(one.to_workspace, id) for one in items for id in (one.by_id, *one.told)}
    where = {(one.to_workspace, one.to_channel) for one in items}
    where.add((lesson.workspace_id, lesson.channel_id))
    who -= {(one.workspace_id, one.id) for one in work.held if isinstance(one, Person)}
    where -= {(one.workspace_id, one.id) for one in work.held if isinstance(one, Channel)}
    known = [(workspace_id, id) for workspace_id, id in who if id is not None]
    work.held.update((await people.many(work, known)).values())
    if where:
        work.held.update((await channels.many(work, where)).values())


async def show_copy(work: Work, lesson: Lesson, item: LessonItem) -> None:
    """Let the copy in one channel stand as it should, or go."""
    await outbox.bring(work, await _copy(work, await whole.read(work, lesson), item))


async def _copy(work: Work, now: Whole, item: LessonItem) -> list[Post | Gone]:
    """What the copy in one channel should be, after that of another lesson which tells this one's origin, too."""
    wishes = await _joined(work, item) if item.joined is not None else []
    if item.relayed_at is None:
        return wishes
    if now.lesson.state in LIVE and item.state == "relayed":
        card = await copy_card(work, now, item)
        return [*wishes, Post(steps.place_to(item), card, copy_key(item))]
    return [*wishes, Gone(item.to_workspace, copy_key(item))]


async def _joined(work: Work, item: LessonItem) -> list[Post | Gone]:
    """The copy that tells this lesson's origin, too."""
    other = await work.session.scalar(
        select(LessonItem).where(
            LessonItem.to_workspace == item.to_workspace, LessonItem.id == item.joined
        )
    )
    if other is None or other.relayed_at is None:
        return []
    lesson = await steps.lesson_of(work, other, lock=False)
    return await _copy(work, await whole.read(work, lesson), other)


async def copy_card(work: Work, now: Whole, item: LessonItem, draft: Draft | None = None) -> Card:
    """A lesson as it reads in one channel, or as it would with a draft."""
    lesson = now.lesson
    origins = await origins_of(
        work,
        lesson,
        now.joined.get(item.id, ()),
        item.to_workspace,
        attribution=draft.attribution if draft else "",
    )
    return words.copy(
        item.id,
        draft.wording if draft else views.wording_of(lesson, item),
        origins,
        state=lesson.state,
        topics=draft.topics if draft else lesson.topics,
        uses=now.uses,
        reason=Text.parse(lesson.reason),
        echoes=await choices.is_heard(work, lesson, item),
    )


async def origins_of(
    work: Work, lesson: Lesson, joined: Sequence[Lesson], reader: str, *, attribution: str = ""
) -> list[Origin]:
    """Whose a copy is, and whose those are that were joined to it, for readers in a workspace."""
    origins = [await views.origin_for(work, lesson, reader, attribution=attribution)]
    return origins + [await views.origin_for(work, other, reader) for other in joined]


async def _checks(work: Work, now: Whole) -> list[Post | Gone]:
    """What the cards should be on which curators decide; a withdrawn lesson is taken from them."""
    if now.lesson.state not in LIVE:
        return [Gone(one.to_workspace, key) for one in now.items for key in curators_keys(one)]
    asked = {
        (item.to_workspace, check_key(item, one)): (item, one)
        for item in now.items
        for one in item.told
    }
    shown = await outbox.known(work, asked)
    cards = {
        item.id: await check_card(work, now.lesson, item)
        for item in {asked[key][0] for key in shown}
    }
    return [
        Post(await direct_of(work, item.to_workspace, person_id), cards[item.id], key[1])
        for key, (item, person_id) in asked.items()
        if key in shown
    ]


async def check_card(work: Work, lesson: Lesson, item: LessonItem) -> Card:
    """A lesson as its curators, or the members where there are none, see it."""
    is_open = item.state in OPEN
    curated = not is_open or bool(await ways.curators(work, steps.place_to(item)))
    near = await search.near(work, lesson, item) if is_open else ()
    view = await views.check_view(work, lesson, item, near=near, curated=curated)
    return words.check(view)


async def direct_of(work: Work, workspace_id: str, person_id: int) -> Place:
    return await people.direct(work, await people.get(work, workspace_id, person_id))


async def author_card(work: Work, lesson: Lesson) -> Card | None:
    """What its author reads of a lesson now; None when nobody has to read anything."""
    return await _author_card(work, await whole.read(work, lesson))


async def _to_author(work: Work, now: Whole) -> Post | Gone:
    lesson = now.lesson
    author = await views.author_of(work, lesson)
    card = await _author_card(work, now) if author is not None else None
    if author is None or card is None:
        return Gone(lesson.workspace_id, author_key(lesson))
    return Post(await people.direct(work, author), card, author_key(lesson))


async def _author_card(work: Work, now: Whole) -> Card | None:
    """The one thing that its author is asked, or else where the lesson stands."""
    lesson, items = now.lesson, now.items
    view = await views.view(work, now, items)
    if lesson.state == "marked" and not lesson.draft:
        if lesson.ask_at is None:
            return words.question(view)
        return words.later(view) if lesson.asked_at is not None else None
    if lesson.state in (*LIVE, "marked") and lesson.draft:
        if "edited" in lesson.draft:
            copies = sum(item.state == "relayed" for item in items)
            there = [await ways.audience(work, one) for one in draft_places(lesson, items)]
            return words.edited(view, views.renewed(lesson), copies, there)
        return await _draft_card(work, now, view)
    if lesson.state in LIVE:
        for item, seen in zip(items, view.items, strict=True):
            if item.state == "asked" and not item.answer:
                return words.asked_back(view, seen)
            if item.state in ("proposed", "reworded") or item.proposal:
                return await _proposal_card(work, lesson, item, view, seen)
    author = await views.author_of(work, lesson)
    if author is None:
        return words.status(view)
    step = await steps.undoable(work, lesson, author)
    who = await views.shareable(work, author, lesson, items)
    return words.status(view, undo=step.id if step else 0, who=who)


async def _draft_card(work: Work, now: Whole, view: LessonView) -> Card:
    lesson = now.lesson
    draft = read_draft(lesson)
    found = await guarding.findings(work, lesson, draft)
    if found:
        return words.finding(view, found[0], len(found) - 1)
    places = draft_places(lesson, now.items)
    seen = [await ways.audience(work, place) for place in places]
    there = places[0].workspace_id if places else lesson.workspace_id
    like = LessonItem(id=0, to_workspace=there, to_channel="")
    author = await views.author_of(work, lesson)
    near = await search.near_for(work, author, lesson, draft.wording) if author else []
    return words.preview(view, await copy_card(work, now, like, draft), seen, near)


async def _proposal_card(
    work: Work, lesson: Lesson, item: LessonItem, view: LessonView, seen: ItemView
) -> Card:
    found = await guarding.findings(work, lesson, proposal_of(lesson, item))
    if found:
        return words.finding(view, found[0], len(found) - 1, item.id)
    return words.proposed(view, seen, await ways.audience(work, steps.place_to(item)))


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
