"""The buttons and forms of whoever marks a lesson, and of its author."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.chat import (
    Ask,
    Card,
    Done,
    Press,
    Replace,
    Reply,
    Show,
    Submit,
    Text,
)
from bot.engine.feature import OnPress
from bot.lessons import words
from bot.lessons.desk import (
    agreeing,
    checking,
    commands,
    marks,
    mydata,
    showing,
    steps,
    views,
    ways,
)
from bot.lessons.desk.steps import word_of
from bot.lessons.tables import Lesson, LessonItem
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

# Marking.


async def on_mark(work: Work, press: Press) -> Reply:
    """*Mark as lesson*, in the menu of a message."""
    person = await people.caller(work, press.by)
    if press.on is None:
        raise Refusal("I cannot read this message any more.")
    said = press.said
    return await _marked(work, person, await marks.origin_of(work, press.on, said))


async def on_grain(work: Work, press: Press) -> Reply:
    """*Mark as a lesson*, under what was learned from a grain."""
    person = await people.caller(work, press.by)
    grain_id = steps.read_id(word_of(press))
    return await _marked(
        work, person, await marks.grain_origin(work, person.workspace_id, grain_id)
    )


async def on_entry(work: Work, press: Press) -> Reply:
    """*Share what I learned*, after a check-in."""
    person = await people.caller(work, press.by)
    entry_id = steps.read_id(word_of(press))
    return await _marked(
        work, person, await marks.entry_origin(work, person.workspace_id, entry_id)
    )


async def _marked(work: Work, person: Person, origin: marks.Origin) -> Reply:
    lesson = await marks.mark(work, person, origin)
    if lesson.person_id != person.id:
        author = origin.author.name
        if lesson.state != "marked":
            return Show(words.sentence(f"Thank you! {author} was asked about it already."))
        return Show(
            words.sentence(f"Thank you! I ask {author}, who decides whether and how it travels.")
        )
    if lesson.state == "marked":
        return Ask(await agreeing.word_form(work, lesson, here=True))
    return await commands.show(work, person, lesson)


async def on_unname(work: Work, press: Press) -> Reply:
    """*Leave my lessons, unnamed*, before somebody is forgotten."""
    person = await people.caller(work, press.by)
    count = await mydata.unname(work, person)
    if not count:
        raise Refusal("None of your lessons is shared, so there is nothing to leave.")
    return Show(words.unnamed(count))


async def on_new(work: Work, press: Press) -> Reply:
    """*Write one*."""
    return await commands.how(work, await people.caller(work, press.by), press.place)


async def on_mine(work: Work, press: Press) -> Reply:
    """*My lessons*."""
    return await commands.mine(work, await people.caller(work, press.by))


async def on_queue(work: Work, press: Press) -> Reply:
    """*Show me* what waits."""
    return await commands.queue(work, await people.caller(work, press.by))


# The author.


async def _own(work: Work, act: Press | Submit) -> tuple[Person, Lesson, LessonItem | None]:
    """The caller, their lesson, and the channel it is about, if one is named."""
    person = await people.caller(work, act.by)
    lesson = await steps.own(work, person, word_of(act))
    item = await work.session.get(
        LessonItem, (person.workspace_id, steps.read_id(word_of(act, 1))), with_for_update=True
    )
    return person, lesson, item if item and item.lesson_id == lesson.id else None


def _their_item(item: LessonItem | None) -> LessonItem:
    if item is None:
        raise Refusal("This is settled already.")
    return item


async def _next(work: Work, act: Press | Submit, lesson: Lesson) -> Reply:
    """What the author sees next: their card changes where it stands, or comes as the answer."""
    in_direct = act.on is not None if isinstance(act, Press) else word_of(act, 1) != "here"
    if in_direct:
        return Done()
    card = await showing.author_card(work, lesson) or Card(text=Text.of("All right."))
    return Replace(card) if isinstance(act, Press) else Show(card)


async def on_word(work: Work, press: Press) -> Reply:
    """*Word it*, *Change the wording*."""
    _, lesson, item = await _own(work, press)
    if item is not None and item.proposal:
        audience = await ways.audience(work, steps.place_to(item))
        proposal = showing.proposal_of(lesson, item).wording
        return Ask(words.item_wording_form(lesson.id, item.id, proposal, audience))
    return Ask(await agreeing.word_form(work, lesson, here=press.on is None))


async def submit_word(work: Work, submit: Submit) -> Reply:
    person = await people.caller(work, submit.by)
    lesson = await steps.own(work, person, word_of(submit))
    if not submit.final:
        return Done()
    await agreeing.take_wording(work, lesson, submit.values)
    return await _next(work, submit, lesson)


async def submit_worded(work: Work, submit: Submit) -> Reply:
    _, lesson, item = await _own(work, submit)
    if submit.final:
        await checking.take_item_wording(work, lesson, _their_item(item), submit.values)
    return Done()


async def on_fine(work: Work, press: Press) -> Reply:
    """*It may stay*."""
    _, lesson, item = await _own(work, press)
    await agreeing.confirm(work, lesson, item, word_of(press, 2))
    return await _next(work, press, lesson)


async def on_mask(work: Work, press: Press) -> Reply:
    """*Write … instead*."""
    _, lesson, item = await _own(work, press)
    await agreeing.take_suggestion(work, lesson, item, word_of(press, 2))
    return await _next(work, press, lesson)


def _deed(deed: Callable[[Work, Person, Lesson], Awaitable[None]]) -> OnPress:
    """A button by which an author decides about their lesson, and what they see next."""

    async def on_press(work: Work, press: Press) -> Reply:
        person, lesson, _ = await _own(work, press)
        await deed(work, person, lesson)
        return await _next(work, press, lesson)

    return on_press


def _deed_there(deed: Callable[[Work, Person, Lesson, LessonItem], Awaitable[None]]) -> OnPress:
    """The same about their lesson in one channel."""

    async def on_press(work: Work, press: Press) -> Reply:
        person, lesson, item = await _own(work, press)
        await deed(work, person, lesson, _their_item(item))
        return await _next(work, press, lesson)

    return on_press


on_agree = _deed(agreeing.agree)
on_refuse = _deed(agreeing.refuse)
on_later = _deed(agreeing.put_off)
on_leave = _deed(agreeing.leave)
on_follow = _deed(agreeing.take_new_words)
on_withdraw = _deed(agreeing.withdraw)
on_again = _deed(agreeing.ask_again)
on_yes = _deed_there(checking.accept)
on_keep = _deed_there(checking.turn_down)


async def on_undo(work: Work, press: Press) -> Reply:
    """*Undo*, of an author or of a curator."""
    person = await people.caller(work, press.by)
    lesson = await steps.own(work, person, word_of(press))
    await agreeing.undo(work, person, lesson, steps.read_id(word_of(press, 1)))
    return await _next(work, press, lesson)


async def on_answer(work: Work, press: Press) -> Reply:
    """*Answer* what a curator asked."""
    _, lesson, item = await _own(work, press)
    view = await views.item_view(work, lesson, _their_item(item))
    return Ask(words.answer_form(lesson.id, view.id, view.by or "Somebody", view.word))


async def submit_answer(work: Work, submit: Submit) -> Reply:
    person, lesson, item = await _own(work, submit)
    if submit.final:
        word = submit.values.get("word", "")
        await checking.answer(work, person, lesson, _their_item(item), word)
    return Done()
