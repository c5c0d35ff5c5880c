"""``/lesson``, and what completes it."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.channels import desk as channels
from bot.chat import AccountId, Ask, Button, Command, Fact, Place, Press, Reply, Show, Text
from bot.engine import clock
from bot.lessons import rules, words
from bot.lessons.desk import (
    agreeing,
    batches,
    checking,
    marks,
    search,
    showing,
    steps,
    stories,
    switches,
    views,
    ways,
    whole,
)
from bot.lessons.desk.batches import Waiting
from bot.lessons.rules import Wording
from bot.lessons.rules.asked import SUB_WORDS, read_asked
from bot.lessons.tables import Lesson, LessonItem
from bot.lessons.words import Origin
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

LISTED = 10


async def on_command(work: Work, command: Command) -> Reply:
    """Mark one's own lesson, or look at lessons."""
    person = await people.caller(work, command.by)
    asked = read_asked(command.words)
    match asked.verb:
        case "mine":
            return await mine(work, person)
        case "queue":
            return await queue(work, person)
        case "search":
            return await _search(work, person, asked.words)
        case "replies":
            return Show(await switches.card(work, person))
        case "show":
            lesson = await steps.numbered(work, person.workspace_id, asked.number)
            return await show(work, person, lesson)
        case "withdraw":
            return await _withdraw(work, person, asked.number)
        case "mark":
            lesson = await marks.typed(work, person, command.place, asked.words)
            return Ask(await agreeing.word_form(work, lesson, here=True))
        case _:
            return await how(work, person, command.place)


async def how(work: Work, person: Person, place: Place) -> Reply:
    """What `/lesson` alone explains."""
    if await ways.team_at(work, person, place) is None:
        raise Refusal(
            "Lessons go from a team to its communities, and you are in no team channel yet."
        )
    return Show(
        words.sentence(
            "What did you learn? Write it in a sentence: /lesson When the tide turns, check the lines "
            "again, because they go slack.",
            "Or put a 💡 on a message. /lesson mine lists yours, /lesson search finds those of others.",
        )
    )


async def mine(work: Work, person: Person) -> Reply:
    """Somebody's own lessons."""
    own = Lesson.workspace_id == person.workspace_id, Lesson.person_id == person.id
    total = await work.session.scalar(select(func.count()).select_from(Lesson).where(*own))
    found = await work.session.scalars(
        select(Lesson).where(*own).order_by(Lesson.number.desc()).limit(LISTED)
    )
    mine = [await whole.read(work, one) for one in list(found)]
    seen = [await views.view(work, one, one.items) for one in mine]
    return Show(words.mine(seen, total or 0))


async def at_home(work: Work, person: Person) -> tuple[tuple[Fact, ...], tuple[Button, ...]]:
    """Somebody's latest lessons on their home page, and what waits for them."""
    found = await work.session.scalars(
        select(Lesson)
        .where(Lesson.workspace_id == person.workspace_id, Lesson.person_id == person.id)
        .order_by(Lesson.number.desc())
        .limit(3)
    )
    seen = [await views.view(work, await whole.read(work, one), ()) for one in list(found)]
    return words.at_home(seen, len(await for_me(work, person)))


async def for_me(work: Work, person: Person) -> list[Waiting]:
    """What waits for somebody: as a curator, or as a member where there is none."""
    found = []
    curated = set(await channels.curates(work, person))
    member = {one.id for one in await channels.of_person(work, person)}
    for lesson, item in await batches.waiting(work):
        if item.to_workspace != person.workspace_id:
            continue
        if item.to_channel in curated or (
            item.to_channel in member
            and lesson.person_id != person.id
            and not await ways.curators(work, steps.place_to(item))
        ):
            found.append((lesson, item))
    return found


async def queue(work: Work, person: Person) -> Reply:
    """What waits to be checked."""
    found = await for_me(work, person)
    if len(found) == 1:
        lesson, item = found[0]
        return Show(await showing.check_card(work, lesson, item))
    checks = [await views.check_view(work, lesson, item) for lesson, item in found[: 2 * LISTED]]
    return Show(words.queue(checks, len(found)))


async def on_check(work: Work, press: Press) -> Reply:
    """One of the lessons that wait, to decide about."""
    person = await people.caller(work, press.by)
    written = press.choice or press.action.partition(":")[2]
    lesson, item = await checking.item_here(work, person, written)
    await require_reader(work, person, item)
    return Show(await showing.check_card(work, lesson, item))


async def require_reader(work: Work, person: Person, item: LessonItem) -> None:
    """Refuse somebody who neither curates a channel nor is in it."""
    channel = await channels.find(work, steps.place_to(item))
    if await channels.is_curator(work, person, item.to_channel):
        return
    if channel is None or not await channels.can_read(work, person, channel):
        raise Refusal(steps.GONE)


async def _search(work: Work, person: Person, typed: str) -> Reply:
    if not rules.search_words(typed):
        raise Refusal("What are you looking for? /lesson search and a word or two.")
    found: list[tuple[int, str, Wording, Origin, str]] = []
    mine = {one.id for one in await channels.of_person(work, person)}
    for lesson in await search.find(work, person, typed):
        here = lesson.workspace_id == person.workspace_id
        wording = await views.wording_for(work, person, lesson, mine)
        if not wording.do:
            wording = Wording(do=Text.parse(lesson.said).plain())
        origin = await views.origin_for(work, lesson, person.workspace_id)
        name = str(lesson.number) if here else "From elsewhere"
        found.append((lesson.id, name, wording, origin, lesson.state))
    return Show(words.results(typed, found))


async def on_show(work: Work, press: Press) -> Reply:
    """One lesson, with its trail for its author."""
    person = await people.caller(work, press.by)
    written = press.choice or press.action.partition(":")[2]
    found = await work.session.scalars(
        select(Lesson).where(
            Lesson.id == steps.read_id(written), await search.readable(work, person)
        )
    )
    lesson = next(iter(found), None)
    if lesson is None:
        raise Refusal(steps.GONE)
    return await show(work, person, lesson)


async def show(work: Work, person: Person, lesson: Lesson) -> Reply:
    """A lesson as somebody may see it: all of it for its author, and for others what stands where they read."""
    own = (lesson.workspace_id, lesson.person_id) == (person.workspace_id, person.id)
    if not own and not await search.may_read(work, person, lesson):
        raise Refusal(f"Lesson {lesson.number} is not shared with you.")
    now = await whole.read(work, lesson)
    items = now.items
    mine = {one.id for one in await channels.of_person(work, person)}
    if not own:
        items = [
            one
            for one in items
            if one.to_workspace == person.workspace_id
            and one.to_channel in mine
            and one.state in ("relayed", "joined")
        ]
    view = await views.view(work, now, items)
    if not own:
        view = views.worded_as(view, await views.wording_for(work, person, lesson, mine))
    how_signed = "named" if own else ""
    origin = await views.origin_for(work, lesson, person.workspace_id, attribution=how_signed)
    undo = await steps.undoable(work, lesson, person) if own else None
    trail = await _trail(work, person, lesson) if own else []
    return Show(
        words.history(
            view,
            origin,
            trail,
            own=own,
            undo=undo.id if undo else 0,
            who=await views.shareable(work, person, lesson, items),
            told=await stories.told_of(work, lesson),
        )
    )


async def _trail(work: Work, person: Person, lesson: Lesson) -> list[words.Step]:
    found = await steps.trail(work, lesson)
    keys = [(one.by_workspace, one.person_id) for one in found if one.person_id is not None]
    who = await people.many(work, keys)
    names = {key: one.name for key, one in who.items()}
    return [
        words.Step(
            at=clock.local(one.at, person.zone),
            who="You"
            if (one.by_workspace, one.person_id) == (person.workspace_id, person.id)
            else names.get((one.by_workspace, one.person_id or 0), ""),
            deed=one.deed,
            channel=await ways.channel_name(work, Place.parse(one.to)) if one.to else "",
            word=Text.parse(one.word),
        )
        for one in found
    ]


async def _withdraw(work: Work, person: Person, number: int) -> Reply:
    found = await steps.numbered(work, person.workspace_id, number)
    lesson = await steps.own(work, person, str(found.id))
    await agreeing.withdraw(work, person, lesson)
    card = await showing.author_card(work, lesson)
    assert card is not None
    return Show(card)


async def complete(work: Work, words_: str, by: AccountId, place: Place) -> tuple[str, ...]:
    """Sub-words, and the numbers of one's own lessons behind those that take one."""
    person = await people.caller(work, by)
    verb, space, _ = words_.partition(" ")
    if not space or verb not in ("show", "withdraw"):
        return SUB_WORDS
    found = await work.session.scalars(
        select(Lesson.number)
        .where(Lesson.workspace_id == person.workspace_id, Lesson.person_id == person.id)
        .order_by(Lesson.number.desc())
        .limit(25)
    )
    return tuple(f"{verb} {number}" for number in found)
