"""The buttons and forms of curators, and of those who read a copy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.chat import Ask, Done, Place, Press, Replace, Reply, Show, Submit, read_action
from bot.engine.feature import OnPress
from bot.lessons import words
from bot.lessons.desk import checking, pausing, showing, steps, uses, views, ways
from bot.lessons.desk.steps import word_of
from bot.lessons.tables import Lesson, LessonItem
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work


async def _decided(work: Work, press: Press, lesson: Lesson, item: LessonItem) -> Reply:
    """The card of whoever decided changes where it stands."""
    if press.on is not None:
        return Done()
    return Replace(await showing.check_card(work, lesson, item))


def _decision(
    decide: Callable[[Work, Person, Lesson, LessonItem], Awaitable[object]],
) -> OnPress:
    """A button by which somebody decides about a lesson for a channel."""

    async def on_press(work: Work, press: Press) -> Reply:
        person = await people.caller(work, press.by)
        lesson, item = await checking.item_here(work, person, word_of(press))
        await decide(work, person, lesson, item)
        return await _decided(work, press, lesson, item)

    return on_press


on_reopen = _decision(checking.reopen)
on_select = _decision(checking.select_it)
on_vote = _decision(checking.vote)
on_confirm = _decision(uses.confirm)


async def on_ask(work: Work, press: Press) -> Reply:
    """*Ask back*."""
    person = await people.caller(work, press.by)
    lesson, item = await checking.item_here(work, person, word_of(press))
    await checking.require_curator(work, person, item)
    return Ask(words.ask_form(item.id, (await _who(work, lesson, person))))


async def _who(work: Work, lesson: Lesson, reader: Person) -> str:
    return (await views.origin_for(work, lesson, reader.workspace_id)).author


async def submit_ask(work: Work, submit: Submit) -> Reply:
    person = await people.caller(work, submit.by)
    lesson, item = await checking.item_here(work, person, word_of(submit))
    if submit.final:
        await checking.ask_back(work, person, lesson, item, submit.values.get("word", ""))
    return Done()


async def on_decline(work: Work, press: Press) -> Reply:
    """*Decline*."""
    person = await people.caller(work, press.by)
    lesson, item = await checking.item_here(work, person, word_of(press))
    await checking.require_curator(work, person, item)
    return Ask(words.decline_form(item.id, await _who(work, lesson, person)))


async def submit_decline(work: Work, submit: Submit) -> Reply:
    person = await people.caller(work, submit.by)
    lesson, item = await checking.item_here(work, person, word_of(submit))
    if submit.final:
        await checking.decline(work, person, lesson, item, submit.values.get("word", ""))
    return Done()


async def on_join(work: Work, press: Press) -> Reply:
    """*Join to a similar one*."""
    person = await people.caller(work, press.by)
    lesson, item = await checking.item_here(work, person, word_of(press))
    await checking.join(work, person, lesson, item, press.choice)
    return await _decided(work, press, lesson, item)


async def on_reword(work: Work, press: Press) -> Reply:
    """*Edit wording*."""
    person = await people.caller(work, press.by)
    lesson, item = await checking.item_here(work, person, word_of(press))
    await checking.require_curator(work, person, item)
    audience = await ways.audience(work, steps.place_to(item))
    wording = views.wording_of(lesson, item)
    return Ask(words.offer_form("lessons.reword", item.id, wording, audience))


async def submit_reword(work: Work, submit: Submit) -> Reply:
    person = await people.caller(work, submit.by)
    lesson, item = await checking.item_here(work, person, word_of(submit))
    if submit.final:
        await checking.reword(work, person, lesson, item, submit.values)
    return Done()


async def on_offer(work: Work, press: Press) -> Reply:
    """*Offer it to a network*."""
    person = await people.caller(work, press.by)
    lesson, item = await checking.item_here(work, person, word_of(press))
    await checking.require_curator(work, person, item)
    try:
        place = Place.parse(press.choice)
    except ValueError:
        raise Refusal("No way leads there any more.") from None
    audience = await ways.audience(work, place)
    wording = views.wording_of(lesson, item)
    return Ask(words.offer_form("lessons.offer", item.id, wording, audience, place=str(place)))


async def submit_offer(work: Work, submit: Submit) -> Reply:
    person = await people.caller(work, submit.by)
    lesson, item = await checking.item_here(work, person, word_of(submit))
    if submit.final:
        place = Place.parse(":".join(read_action(submit.form)[1][1:]))
        await checking.offer(work, person, lesson, item, place, submit.values)
    return Done()


async def on_retire(work: Work, press: Press) -> Reply:
    """*Retire it*."""
    person = await people.caller(work, press.by)
    _, item = await checking.item_here(work, person, word_of(press))
    await checking.require_curator(work, person, item)
    return Ask(words.retire_form(item.id))


async def submit_retire(work: Work, submit: Submit) -> Reply:
    person = await people.caller(work, submit.by)
    lesson, item = await checking.item_here(work, person, word_of(submit))
    if not submit.final:
        return Done()
    await uses.retire(work, person, lesson, item, submit.values.get("word", ""))
    return Show(words.sentence("Retired: it says so wherever it stands."))


async def on_true(work: Work, press: Press) -> Reply:
    """*Still true*."""
    person = await people.caller(work, press.by)
    lesson, item = await checking.item_here(work, person, word_of(press))
    await uses.still_true(work, person, lesson, item)
    return Show(words.sentence("Thank you. I ask again in six months."))


async def on_resume(work: Work, press: Press) -> Reply:
    """*Let it go on*, by an admin."""
    person = await people.caller(work, press.by)
    lesson = await work.session.get(Lesson, (person.workspace_id, steps.read_id(word_of(press))))
    if lesson is None:
        raise Refusal(steps.GONE)
    await pausing.resume(work, person, lesson)
    return Show(words.sentence("It goes on."))


# Those who read a copy.


async def on_use(work: Work, press: Press) -> Reply:
    """*Saw it*, *Tried it*, *It worked* and so on, on any copy."""
    person = await people.caller(work, press.by)
    lesson, item = await checking.item_here(work, person, word_of(press))
    said = word_of(press, 1)
    before = await uses.say(work, person, lesson, item, said)
    author = await _who(work, lesson, person)
    return Show(words.thanks(said, item.id, author=author, before=before))


async def on_unuse(work: Work, press: Press) -> Reply:
    """*Take it back*."""
    person = await people.caller(work, press.by)
    lesson, _ = await checking.item_here(work, person, word_of(press))
    await uses.unsay(work, person, lesson)
    return Replace(words.sentence("Taken back."))
