"""Checking: what the curators of a channel decide about a lesson, or its members where it has none."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from bot.channels import desk as channels
from bot.channels.rules import names
from bot.chat import Place, Text
from bot.engine import outbox
from bot.lessons import rules, words
from bot.lessons.desk import agreeing, guarding, relaying, showing, steps, views, ways
from bot.lessons.rules import PARTS, Wording
from bot.lessons.tables import Lesson, LessonItem, LessonVote
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import insert
from bot.store.session import Work


async def item_here(work: Work, person: Person, written: str) -> tuple[Lesson, LessonItem]:
    """A lesson on its way to a channel of somebody's workspace, kept from others until this is done."""
    found = await work.session.scalar(
        select(LessonItem).where(
            LessonItem.to_workspace == person.workspace_id,
            LessonItem.id == steps.read_id(written),
        )
    )
    if found is None:
        raise Refusal(steps.GONE)
    lesson = await steps.lesson_of(work, found)
    await work.session.refresh(found, with_for_update=True)
    return lesson, found


async def require_curator(work: Work, person: Person, item: LessonItem) -> None:
    """Refuse anybody who does not curate the channel of an item now."""
    place = steps.place_to(item)
    curators = await ways.curators(work, place)
    if any(one.id == person.id for one in curators):
        return
    name = await ways.channel_name(work, place)
    if not curators:
        raise Refusal(f"#{name} has no curator: two members who say yes decide together.")
    who = names([one.name for one in curators])
    raise Refusal(f"Only a curator of #{name} can decide that. Ask {who}.")


async def _open(work: Work, curator: Person, lesson: Lesson, item: LessonItem) -> str:
    """The channel's name, if this curator may decide about the lesson there now."""
    await require_curator(work, curator, item)
    if lesson.state not in ("agreed", "confirmed"):
        raise Refusal(f"This lesson {rules.NOW[lesson.state]}, so there is nothing to decide.")
    return await ways.channel_name(work, steps.place_to(item))


async def select_it(work: Work, curator: Person, lesson: Lesson, item: LessonItem) -> None:
    """Let a lesson into the channel."""
    name = await _open(work, curator, lesson, item)
    steps.move_item(work, lesson, item, "select", curator, channel=name)
    item.by_id = curator.id
    if not await relaying.relay(work, lesson, item):
        news = f"{curator.name} selected lesson {lesson.number} for #{name}. It goes with the next few."
        await showing.follow(work, lesson, news=news)


async def ask_back(
    work: Work, curator: Person, lesson: Lesson, item: LessonItem, word: str
) -> None:
    """Ask the author something before deciding."""
    name = await _open(work, curator, lesson, item)
    asked = _read_word(word)
    steps.move_item(work, lesson, item, "ask back", curator, channel=name, word=asked)
    item.word, item.answer, item.by_id = asked, "", curator.id
    answered = f"lessons.answered:{item.id}:{curator.id}"
    await outbox.withdraw(work, item.to_workspace, answered)
    await showing.follow(work, lesson, news="")


def _read_word(written: str) -> str:
    word = Text.parse(written)
    if not rules.letters(word):
        raise Refusal("A word or two, please: somebody reads it.", field="word")
    return word.markdown()


async def answer(work: Work, author: Person, lesson: Lesson, item: LessonItem, word: str) -> None:
    """What the author says to a curator's question."""
    said = _read_word(word)
    steps.move_item(work, lesson, item, "answer", author, word=said)
    item.answer = said
    if item.by_id is not None:
        curator = await people.get(work, item.to_workspace, item.by_id)
        seen = await views.check_view(work, lesson, item)
        await showing.tell_curator(work, item, curator, "lessons.answered", words.answered(seen))
    lesson.news = "Your answer is on its way."
    await showing.follow(work, lesson)


async def decline(work: Work, curator: Person, lesson: Lesson, item: LessonItem, word: str) -> None:
    """Leave a lesson in its team, with a word to its author."""
    name = await _open(work, curator, lesson, item)
    said = _read_word(word)
    steps.move_item(work, lesson, item, "decline", curator, channel=name, word=said)
    item.word, item.by_id = said, curator.id
    news = (
        f"{curator.name} did not take lesson {lesson.number} up for #{name} this time. "
        "It stays in your team, and thank you for offering it."
    )
    await showing.follow(work, lesson, news=news)


async def join(
    work: Work, curator: Person, lesson: Lesson, item: LessonItem, other_id: str
) -> None:
    """Let the copy of a similar lesson stand for both, with both origins."""
    name = await _open(work, curator, lesson, item)
    other_lesson, other = await item_here(work, curator, other_id)
    same_channel = other.to_channel == item.to_channel
    if not same_channel or other.id == item.id or other.state not in ("selected", "relayed"):
        raise Refusal("That lesson does not stand in this channel any more.")
    steps.move_item(work, lesson, item, "join", curator, channel=name)
    item.joined, item.by_id = other.id, curator.id
    news = (
        f"{curator.name} joined lesson {lesson.number} to one in #{name} that says the same. "
        "Its copy names both origins."
    )
    await showing.follow(work, lesson, news=news)
    await showing.follow(work, other_lesson)


async def reopen(work: Work, curator: Person, lesson: Lesson, item: LessonItem) -> None:
    """Take back what a curator decided, while nobody else has acted on the lesson since."""
    step = await steps.undoable(work, lesson, curator)
    if step is None or step.to != str(steps.place_to(item)):
        raise Refusal("Somebody has acted on it since, so this cannot be taken back any more.")
    joined = item.joined
    await steps.take_back(work, lesson, step, curator)
    news = f"{curator.name} took back what was decided about lesson {lesson.number}."
    await showing.follow(work, lesson, news=news)
    if joined is not None:
        other, _ = await item_here(work, curator, str(joined))
        await showing.follow(work, other)


async def vote(work: Work, member: Person, lesson: Lesson, item: LessonItem) -> int:
    """A member's yes where a channel has no curator; returns how many there are now."""
    place = steps.place_to(item)
    name = await ways.channel_name(work, place)
    channel = await channels.find(work, place)
    if channel is None or not await channels.can_read(work, member, channel):
        raise Refusal(f"Only members of #{name} decide what is passed on there.")
    if await ways.curators(work, place):
        raise Refusal(f"#{name} has a curator by now, who decides.")
    if lesson.state not in ("agreed", "confirmed") or item.state not in rules.OPEN:
        state = item.state if lesson.state in rules.LIVE else lesson.state
        raise Refusal(f"This lesson {rules.NOW[state]}, so there is nothing to decide.")
    me = await ways.humans(work, member.workspace_id, member.id)
    if lesson.person_id is not None and (lesson.workspace_id, lesson.person_id) in me:
        raise Refusal("It is your own lesson, so two others decide.")
    votes = await _voters(work, item)
    if any(me & other for other in votes):
        return len(votes)
    await work.session.execute(
        insert(work.session, LessonVote)
        .values(
            workspace_id=item.workspace_id,
            item_id=item.id,
            by_workspace=member.workspace_id,
            person_id=member.id,
            at=work.now,
        )
        .on_conflict_do_nothing()
    )
    steps.note(work, lesson, "vote", member, item=item)
    if len(votes) + 1 < rules.VOTES:
        await showing.follow(work, lesson)
        return len(votes) + 1
    steps.move_item(work, lesson, item, "select", None, channel=name)
    if not await relaying.relay(work, lesson, item):
        await showing.follow(work, lesson)
    return len(votes) + 1


async def _voters(work: Work, item: LessonItem) -> list[frozenset[object]]:
    found = await work.session.execute(
        select(LessonVote.by_workspace, LessonVote.person_id).where(
            LessonVote.workspace_id == item.workspace_id, LessonVote.item_id == item.id
        )
    )
    return [await ways.humans(work, workspace_id, person_id) for workspace_id, person_id in found]


def _read_general(values: Mapping[str, str], before: Wording) -> Wording:
    """A curator's wording: the general form in their words, the origin's words as they are."""
    given: dict[str, str] = {part: values.get(part, "") for part in PARTS}
    return rules.read_wording({**given, "quote": before.quote})


async def reword(
    work: Work, curator: Person, lesson: Lesson, item: LessonItem, values: Mapping[str, str]
) -> None:
    """Propose another wording for the channel; it goes once its author says yes."""
    name = await _open(work, curator, lesson, item)
    wording = _read_general(values, views.wording_of(lesson, item))
    await guarding.check(work, lesson, wording)
    word = Text.parse(values.get("word", "")).markdown()
    steps.move_item(work, lesson, item, "reword", curator, channel=name, word=word)
    item.proposal, item.word, item.answer, item.by_id = wording.kept(), word, "", curator.id
    await showing.follow(work, lesson, news="")


async def offer(
    work: Work,
    curator: Person,
    lesson: Lesson,
    item: LessonItem,
    place: Place,
    values: Mapping[str, str],
) -> None:
    """Offer a confirmed lesson to a network in a wider wording; it goes once its author says yes."""
    await require_curator(work, curator, item)
    if lesson.state != "confirmed":
        raise Refusal(f"This lesson {rules.NOW[lesson.state]}. Confirmed ones may go further.")
    here = steps.place_to(item)
    if place not in {way.end for way in await ways.ways_from(work, here, "network")}:
        raise Refusal("No way leads there any more.")
    name = await ways.channel_name(work, place)
    if any(steps.place_to(one) == place for one in await steps.items_of(work, lesson)):
        raise Refusal(f"It was offered to #{name} already.")
    wording = _read_general(values, Wording())
    await guarding.check(work, lesson, wording)
    new = agreeing.new_item(work, lesson, place, ring="network", via=str(here))
    new.state, new.proposal = "proposed", wording.kept()
    new.word = Text.parse(values.get("word", "")).markdown()
    # Who offers it is of the community's workspace, and so perhaps not of the network's.
    new.by_id = curator.id if curator.workspace_id == new.to_workspace else None
    work.session.add(new)
    await work.session.flush()
    steps.note(work, lesson, "offer", curator, item=new, word=new.word, before={"new": [new.id]})
    await showing.follow(work, lesson, news="")


async def accept(work: Work, author: Person, lesson: Lesson, item: LessonItem) -> None:
    """The author's yes to a curator's wording, read by the guard first."""
    if not item.proposal:
        raise Refusal("This is settled already.")
    if lesson.state not in ("agreed", "confirmed"):
        raise Refusal(f"This lesson {rules.NOW[lesson.state]}, so nothing goes out.")
    if await guarding.findings(work, lesson, showing.proposal_of(lesson, item)):
        await showing.follow(work, lesson)
        return
    name = await ways.channel_name(work, steps.place_to(item))
    steps.move_item(work, lesson, item, "agree", author)
    item.wording, item.proposal = item.proposal, {}
    if item.state == "waiting" and not await ways.curators(work, steps.place_to(item)):
        # The community's curator offered it, and the network has nobody else to look at it.
        steps.move_item(work, lesson, item, "select", None)
    lesson.news = f"Thank you! It goes to #{name} like this."
    if not await relaying.relay(work, lesson, item):
        await showing.follow(work, lesson)


async def turn_down(work: Work, author: Person, lesson: Lesson, item: LessonItem) -> None:
    """The author's no to a curator's wording."""
    steps.move_item(work, lesson, item, "refuse", author)
    item.proposal = {}
    lesson.news = "All right, not like this."
    await showing.follow(work, lesson)


async def take_item_wording(
    work: Work, lesson: Lesson, item: LessonItem, values: Mapping[str, str]
) -> None:
    """The author's own words for one channel."""
    wording = rules.read_wording(values)
    if item.state not in ("proposed", "reworded"):
        raise Refusal("This is settled already.")
    item.proposal = wording.kept()
    await showing.follow(work, lesson)
