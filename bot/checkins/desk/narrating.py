"""Narrating: the form of a check-in, words that answer it, taking an entry back and bringing it back."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels import desk as channels
from bot.chat import (
    Ask,
    Card,
    Command,
    Done,
    Place,
    Press,
    Reply,
    Show,
    Submit,
    Text,
    Wrong,
    action,
)
from bot.checkins import rules, words
from bot.checkins.desk import buttons, deeds, drafts, entries, schedule, today
from bot.checkins.rules import Question
from bot.checkins.tables import Checkin, Entry, Rhythm
from bot.engine import outbox
from bot.grains import desk as grains
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work

REMARK = "more."
"""What the key of an answer to no question begins with."""


async def open_form(work: Work, person: Person, place: Place, channel_id: str = "") -> Reply:
    """Today's form of the team that is meant; asks which when that is not clear."""
    rows = await today.teams_of(work, person)
    if channel_id:
        rows = [row for row in rows if row.channel_id == channel_id]
        if not rows:
            raise Refusal("You are not in that team, or it is not asked any more.")
    rows = [row for row in rows if row.channel_id == place.channel] or rows
    if len(rows) > 1:
        return Show(await which_team(work, rows, "checkins.open"))
    if not rows:
        return Show(words.no_team())
    return await form(work, person, await today.today(work, person, rows[0]))


async def which_team(work: Work, rows: list[Rhythm], verb: str, *more: object) -> Card:
    """The question which team is meant, with a button for each."""
    named = await channels.many(work, [(one.workspace_id, one.channel_id) for one in rows])
    names = [(named[one.workspace_id, one.channel_id].name, one.channel_id) for one in rows]
    return words.which_team([(name, action(verb, id, *more)) for name, id in names])


async def form(work: Work, person: Person, checkin: Checkin) -> Reply:
    """The form of a check-in, with what was said, or typed and not sent."""
    name, private, asked = await entries.audience(work, checkin)
    entry = await entries.live_entry(work, checkin)
    if entry is None:
        await entries.check_may_write(work, person, checkin)
    await entries.heard_from(work, person)
    values = await _values(work, entry)
    values |= await drafts.find(work, person, entries.form_id(checkin))
    return Ask(
        words.entry_form(
            checkin.id,
            await entries.asked_and_added(work, checkin, entry),
            values,
            channel=name,
            private=private,
            grain_fields=await grains.form_fields(work, person),
            written=entry is not None,
            over=not asked,
        )
    )


async def _values(work: Work, entry: Entry | None) -> dict[str, str]:
    """What an entry says, by field."""
    if entry is None:
        return {}
    return {f"answer.{one.key}": one.words for one in await entries.answers_of(work, entry)}


async def on_open(work: Work, act: Press) -> Reply:
    """*Check in now*, *Narrate* under a team's day, or the choice of a team."""
    person = await people.caller(work, act.by)
    return await open_form(work, person, act.place, buttons.words_of(act.action)[0])


async def on_form(work: Work, act: Press) -> Reply:
    """*Narrate* or *Edit* on one check-in."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, buttons.id_of(act.action))
    return await form(work, person, checkin)


async def on_entry_form(work: Work, act: Submit) -> Reply:
    """The form was sent: keep every answer, or show what is wrong and keep what was typed."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, buttons.id_of(act.form))
    entry = await entries.live_entry(work, checkin)
    there = await _values(work, entry)
    typed = {key: value for key, value in act.values.items() if there.get(key, "") != tidy(value)}
    if not act.final:
        if entry is None or act.at >= (entry.edited_at or entry.created_at):
            await drafts.keep(work, person, act.form, typed)
        return Done()
    questions = await entries.asked_and_added(work, checkin, entry)
    said, wrong = rules.check_answers(questions, act.values)
    if not wrong:
        wrong = await _unsent(work, person, checkin, entry, said, act.values)
    if not wrong:
        wrong = await grains.take_form(work, person, act.values)
    if wrong:
        await drafts.keep(work, person, act.form, typed)
        return Wrong(wrong)
    await drafts.drop(work, person, act.form)
    emptied = {
        one.key for one in questions if f"answer.{one.key}" in act.values and one.key not in said
    }
    return await _take(work, person, checkin, entry, said, emptied, act)


def tidy(value: str) -> str:
    """What a field holds, however the platform ends lines."""
    return value.replace("\r\n", "\n").strip()


async def _unsent(
    work: Work,
    person: Person,
    checkin: Checkin,
    entry: Entry | None,
    said: Mapping[str, str],
    values: Mapping[str, str],
) -> dict[str, str]:
    """Why a form without a wrong field cannot be sent all the same, a sentence by field."""
    if entry is None and said:
        try:
            await entries.check_may_write(work, person, checkin)
        except Refusal as no:
            return {"": no.sentence}
    touched = any(value for key, value in values.items() if not key.startswith("answer."))
    if entry is None and not said and not touched:
        first = schedule.read_questions(checkin.questions)[0]
        sentence = "Write a line here, or press Cancel and choose Nothing today."
        return {f"answer.{first.key}": sentence}
    return {}


async def _take(
    work: Work,
    person: Person,
    checkin: Checkin,
    entry: Entry | None,
    said: Mapping[str, str],
    emptied: set[str],
    act: Submit,
) -> Reply:
    """Do what a form says that was sent and has nothing wrong in it."""
    if entry is None and not said:
        await entries.heard_from(work, person)
        return Show(words.grains_only())
    if (
        entry is not None
        and not said
        and emptied >= {one.key for one in await entries.answers_of(work, entry)}
    ):
        await deeds.note(work, person, "delete", {"entry": entry.id})
        await entries.take_back(work, person, entry)
    else:
        entry = await entries.write(work, person, checkin, said, emptied=emptied)
    if checkin.said and act.place.is_direct:
        return Done()
    return Show(await entries.outcome(work, checkin, entry))


async def answer(
    work: Work, person: Person, checkin: Checkin, text: Text, *, source: str = "", remark: str = ""
) -> Card:
    """Keep words as the answer to the first open question, and return what its author is told.

    Words that do not fit the question are kept as a further remark, whose key ends in `remark`.
    """
    questions = schedule.read_questions(checkin.questions)
    entry = await entries.live_entry(work, checkin)
    done = {one.key for one in await entries.answers_of(work, entry)} if entry else set()
    open_ones = [one for one in questions if one.key not in done]
    first = open_ones[0] if open_ones else None
    key, said = as_answer(first, text, f"{REMARK}{remark or new_id()}")
    entry = await entries.write(work, person, checkin, {key: said}, source=source)
    left = [one for one in open_ones if one.key != key]
    channel = await entries.find_channel(work, checkin)
    return words.kept(
        checkin.id,
        channel.name if channel else "your team",
        left[0] if left else None,
        private=entry.private,
        remark=first if first is not None and key != first.key else None,
    )


def as_answer(question: Question | None, text: Text, remark: str) -> tuple[str, str]:
    """The key and the words to keep: an answer, or a further remark when it does not fit the question."""
    written = rules.seen(text.markdown())
    if question is None:
        return remark, written
    if question.kind == "text":
        return question.key, written
    try:
        return question.key, rules.check_answer(question, text.plain())
    except Refusal:
        return remark, written


async def said_in_command(work: Work, person: Person, act: Command) -> Reply:
    """Words behind `/checkin` are the answer to the first open question."""
    typed = rules.seen(act.words)
    if not typed:
        raise Refusal("There is nothing to see in that. Type /checkin and a few words.")
    rows = await today.meant(work, person, act.place)
    if not rows:
        raise Refusal("You are in no team channel that is set up, so there is no check-in today.")
    if len(rows) > 1:
        return Show(await hold(work, person, rows, typed, str(new_id())))
    checkin = await today.today(work, person, rows[0])
    return Show(await answer(work, person, checkin, Text.parse(typed)))


async def hold(work: Work, person: Person, rows: list[Rhythm], typed: str, message: str) -> Card:
    """Keep words until their author has said for which team they are, and ask that."""
    await drafts.keep(work, person, told_form(message), {"words": typed})
    return await which_team(work, rows, "checkins.tell", message)


def told_form(message: str) -> str:
    """Under which name words are kept that wait for their team."""
    return action("checkins.told", message)


async def on_tell(work: Work, act: Press) -> Reply:
    """The choice of a team, for words that were written before."""
    person = await people.caller(work, act.by)
    channel_id, message = buttons.words_of(act.action, 2)
    typed = (await drafts.find(work, person, told_form(message))).get("words", "")
    if not typed:
        raise Refusal("I do not have those words any more. Please write them again.")
    rows = [one for one in await today.teams_of(work, person) if one.channel_id == channel_id]
    if not rows:
        raise Refusal("You are not in that team, or it is not asked any more.")
    checkin = await today.today(work, person, rows[0])
    # The question which team stands where the words stand.
    source = f"{act.on.place}#{message}" if act.on is not None else ""
    card = await answer(work, person, checkin, Text.parse(typed), source=source, remark=message)
    await drafts.drop(work, person, told_form(message))
    return await buttons.turn(work, act, card)


async def on_delete(work: Work, act: Press) -> Reply:
    """*Delete*: the entry goes from everywhere it shows."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, buttons.id_of(act.action))
    entry = await entries.live_entry(work, checkin)
    if entry is None:
        raise Refusal("It is deleted already.")
    await deeds.note(work, person, "delete", {"entry": entry.id})
    await entries.take_back(work, person, entry)
    return await buttons.turn(work, act, await entries.outcome(work, checkin, entry))


async def on_restore(work: Work, act: Press) -> Reply:
    """*Undo* after *Delete*."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, buttons.id_of(act.action))
    entry = await entries.entry_of(work, checkin)
    if entry is None:
        raise Refusal("There is nothing left of it to bring back.")
    await entries.bring_back(work, person, entry)
    return await buttons.turn(work, act, await entries.outcome(work, checkin, entry))


async def on_enough(work: Work, act: Press) -> Reply:
    """*That is all*: no further question."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, buttons.id_of(act.action))
    name, private, _ = await entries.audience(work, checkin)
    return await buttons.turn(work, act, words.enough(name, private=private))


async def tell(work: Work, place: Place, message: str, card: Card) -> None:
    """Answer a message to the bot, where it was written."""
    await outbox.show(work, place, card, key=kept_key(place, message))


def kept_key(place: Place, message: str) -> str:
    """The subject of the bot's answer to a message."""
    return f"checkins.kept:{place.channel}:{message}"
