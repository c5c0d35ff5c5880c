"""`/checkin`, and the buttons and forms of check-ins."""

from __future__ import annotations

import difflib
from datetime import timedelta

from bot.channels import desk as channels
from bot.chat import (
    AccountId,
    Ask,
    Card,
    Command,
    Done,
    Place,
    Press,
    Replace,
    Reply,
    Show,
    Submit,
    Text,
    Wrong,
    read_action,
)
from bot.checkins import rules, words
from bot.checkins.desk import asks, deeds, drafts, entries, hearing, schedule, settings, undoing
from bot.checkins.tables import Checkin, Entry, Rhythm
from bot.engine import clock, outbox
from bot.grains import desk as grains
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

SUB_WORDS = ("skip", "snooze", "away until", "back", "settings", "undo", "questions")


async def on_command(work: Work, act: Command) -> Reply:
    """`/checkin` alone opens today's form; a sub-word does what it says; other words are the answer itself."""
    person = await people.caller(work, act.by)
    sub, _, rest = act.words.strip().partition(" ")
    match sub.casefold():
        case "":
            return await open_form(work, person, act.place)
        case "skip":
            return await _skip(work, person, await _todays(work, person, act.place), act.place)
        case "snooze":
            length = rules.read_length(rest) if rest.strip() else rules.SNOOZE
            checkin = await _todays(work, person, act.place)
            return await _snooze(work, person, checkin, length, act.place)
        case "away":
            return await settings.go_away(work, person, rest)
        case "back":
            return await settings.come_back(work, person)
        case "settings":
            return await settings.form(work, person)
        case "undo":
            return await undoing.undo(work, person)
        case "questions":
            return await asks.show(work, person, act.place)
        case other if not rest and (near := difflib.get_close_matches(other, SUB_WORDS, 1, 0.7)):
            raise Refusal(f"I do not know /checkin {other}. Did you mean /checkin {near[0]}?")
    return await _said_in_command(work, person, act)


async def _said_in_command(work: Work, person: Person, act: Command) -> Reply:
    """Words behind `/checkin` are the answer to the first open question."""
    checkin = await _todays(work, person, act.place)
    questions = schedule.read_questions(checkin.questions)
    entry = await entries.entry_of(work, checkin)
    done = (
        {one.key for one in await entries.answers_of(work, entry)}
        if entry and not entry.removed
        else set()
    )
    question = next((one for one in questions if one.key not in done), None)
    text = rules.check_length(act.words.strip())
    if question is not None and question.kind != "text":
        text = rules.check_answer(question, text)
    key = question.key if question else f"more.{act.at.timestamp():.3f}"
    entry = await entries.write(work, person, checkin, {key: text})
    name = await _channel_name(work, checkin)
    upcoming = next((one.ask for one in questions if one.key not in done | {key}), "")
    return Show(words.kept(checkin.id, name, upcoming, private=entry.private))


async def complete(work: Work, typed: str, by: AccountId, place: Place) -> tuple[str, ...]:
    """The sub-words of `/checkin`, with examples of what follows them."""
    return (
        "skip",
        "snooze 30m",
        "snooze 2h",
        f"away until {(work.now + timedelta(days=7)).date().isoformat()}",
        "back",
        "settings",
        "undo",
        "questions",
    )


async def open_form(work: Work, person: Person, place: Place | None, channel_id: str = "") -> Reply:
    """Today's form of the team that is meant; asks which when that is not clear."""
    rows = await hearing.teams_of(work, person)
    row = _pick(rows, channel_id or (place.channel if place else ""))
    if row is None and len(rows) > 1:
        named = await channels.many(work, [(one.workspace_id, one.channel_id) for one in rows])
        return Show(words.which_team([(one.id, one.name) for one in named.values()]))
    if row is None:
        return Show(words.no_team())
    return await form(work, person, await entries.today(work, person, row))


def _pick(rows: list[Rhythm], channel_id: str) -> Rhythm | None:
    """The rhythm of this channel, or the only one there is."""
    here = [row for row in rows if row.channel_id == channel_id]
    return here[0] if here else rows[0] if len(rows) == 1 else None


async def _todays(work: Work, person: Person, place: Place) -> Checkin:
    """The check-in of today that somebody means who names none."""
    rows = await hearing.teams_of(work, person)
    if not rows:
        raise Refusal("You are in no team channel that is set up, so there is no check-in today.")
    row = _pick(rows, place.channel)
    if row is not None:
        return await entries.today(work, person, row)
    todays = [await entries.today(work, person, one) for one in rows]
    return max(todays, key=lambda one: (one.asked_at is not None, one.asked_at or work.now))


async def form(work: Work, person: Person, checkin: Checkin) -> Reply:
    """The form of a check-in, with what was said, or typed and not sent."""
    entry = await entries.entry_of(work, checkin)
    values = {}
    if entry is not None:
        values = {f"answer.{one.key}": one.words for one in await entries.answers_of(work, entry)}
    values |= await drafts.find(work, person, entries.form_id(checkin))
    row = await schedule.find(work, checkin.workspace_id, checkin.channel_id)
    plan = schedule.read_plan(row) if row else None
    return Ask(
        words.entry_form(
            checkin.id,
            schedule.read_questions(checkin.questions),
            values,
            channel=await _channel_name(work, checkin),
            private=plan is None or plan.entries == "private",
            grain_fields=await grains.form_fields(work, person),
        )
    )


async def _channel_name(work: Work, checkin: Checkin | Entry) -> str:
    channel = await entries.find_channel(work, checkin)
    return channel.name if channel else "your team"


async def on_entry_form(work: Work, act: Submit) -> Reply:
    """The form was sent: keep every answer, or show what is wrong and keep what was typed."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, _id(act.form))
    if not act.final:
        await drafts.keep(work, person, act.form, act.values)
        return Done()
    questions = schedule.read_questions(checkin.questions)
    said, wrong = rules.check_answers(questions, act.values)
    touched = any(act.values.get(key) for key in act.values if not key.startswith("answer."))
    if not said and not touched and not wrong:
        field = f"answer.{questions[0].key}"
        wrong[field] = "Write a line here, or press Cancel and choose Nothing today."
    if not wrong:
        wrong = await grains.take_form(work, person, act.values)
    if wrong:
        await drafts.keep(work, person, act.form, act.values)
        return Wrong(wrong)
    if not said and await entries.entry_of(work, checkin) is None:
        await drafts.drop(work, person, act.form)
        await entries.heard_from(work, person)
        return Show(words.sentence("Your grains are up to date."))
    entry = await entries.write(work, person, checkin, said, whole=True)
    if checkin.said and act.place.is_direct:
        return Done()
    return Show(
        words.settled(checkin.id, await _channel_name(work, checkin), private=entry.private)
    )


async def on_open(work: Work, act: Press) -> Reply:
    """*Check in now*, *Narrate* under a team's day, or the choice of a team."""
    person = await people.caller(work, act.by)
    asked = read_action(act.action)[1]
    return await open_form(work, person, act.place, asked[0] if asked else "")


async def on_form(work: Work, act: Press) -> Reply:
    """*Narrate* or *Edit* on one check-in."""
    person = await people.caller(work, act.by)
    return await form(work, person, await entries.checkin_of(work, person, _id(act.action)))


async def on_skip(work: Work, act: Press) -> Reply:
    """*Nothing today*."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, _id(act.action))
    return await _skip(work, person, checkin, act.place)


async def _skip(work: Work, person: Person, checkin: Checkin, place: Place) -> Reply:
    entry = await entries.entry_of(work, checkin)
    if entry is not None and not entry.removed:
        raise Refusal("You narrated today already. Press Delete under your entry to take it back.")
    await deeds.note(work, person, "skip", {"checkin": checkin.id, "state": checkin.state})
    checkin.state, checkin.again_at = "skipped", None
    await entries.heard_from(work, person)
    return await _turned(work, person, checkin, words.skipped(checkin.id), place)


async def on_unskip(work: Work, act: Press) -> Reply:
    """*Undo* after *Nothing today*: the prompt is back."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, _id(act.action))
    return await undoing.unskip(work, person, checkin)


async def on_later(work: Work, act: Press) -> Reply:
    """*Not now*, for an hour or for the minutes on the button."""
    person = await people.caller(work, act.by)
    checkin_id, *minutes = read_action(act.action)[1]
    checkin = await entries.checkin_of(work, person, int(checkin_id))
    length = timedelta(minutes=int(minutes[0])) if minutes else rules.SNOOZE
    return await _snooze(work, person, checkin, length, act.place)


async def _snooze(
    work: Work, person: Person, checkin: Checkin, length: timedelta, place: Place
) -> Reply:
    entry = await entries.entry_of(work, checkin)
    if entry is not None and not entry.removed:
        raise Refusal("You narrated today already, so there is nothing left to ask.")
    until = work.now + length
    here = clock.local(until, person.zone)
    if here.date() != checkin.day:
        raise Refusal(
            f"That would be {here:%H:%M} on another day. Choose Nothing today, and I ask next time."
        )
    await deeds.note(work, person, "snooze", {"checkin": checkin.id, "state": checkin.state})
    checkin.state, checkin.again_at = "snoozed", until
    await entries.heard_from(work, person)
    return await _turned(work, person, checkin, words.snoozed(checkin.id, here), place)


async def _turned(work: Work, person: Person, checkin: Checkin, card: Card, place: Place) -> Reply:
    """Show a card in place of the prompt, and to the caller alone when there is none."""
    if checkin.said == 0 or await _in_the_open(work, checkin):
        return Show(card)
    await entries.replace_prompt(work, person, checkin, card)
    return Done() if place.is_direct else Show(card)


async def _in_the_open(work: Work, checkin: Checkin) -> bool:
    row = await schedule.find(work, checkin.workspace_id, checkin.channel_id)
    return row is None or schedule.read_plan(row).deliver == "channel"


async def on_delete(work: Work, act: Press) -> Reply:
    """*Delete*: the entry goes from everywhere it shows."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, _id(act.action))
    entry = await entries.entry_of(work, checkin)
    if entry is None or entry.removed:
        raise Refusal("It is deleted already.")
    await deeds.note(work, person, "delete", {"entry": entry.id})
    await entries.take_back(work, person, entry)
    return Replace(words.removed(checkin.id)) if act.on is None else Done()


async def on_restore(work: Work, act: Press) -> Reply:
    """*Undo* after *Delete*."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, _id(act.action))
    entry = await entries.entry_of(work, checkin)
    if entry is None:
        raise Refusal("There is nothing left of it to bring back.")
    await entries.bring_back(work, person, entry)
    name = await _channel_name(work, checkin)
    card = words.settled(checkin.id, name, private=entry.private)
    return Replace(card) if act.on is None else Done()


async def on_enough(work: Work, act: Press) -> Reply:
    """*That is all*: no further question."""
    person = await people.caller(work, act.by)
    checkin = await entries.checkin_of(work, person, _id(act.action))
    return Replace(words.enough(await _channel_name(work, checkin)))


async def on_reply(work: Work, act: Press) -> Reply:
    """*Reply* under an entry opens a form."""
    person = await people.caller(work, act.by)
    entry = await _entry(work, person, _id(act.action))
    writer = await people.get(work, entry.workspace_id, entry.person_id)
    return Ask(words.reply_form(entry.id, writer.name, await _channel_name(work, entry)))


async def on_reply_form(work: Work, act: Submit) -> Reply:
    """A reply goes in the thread, and to the writer at once."""
    person = await people.caller(work, act.by)
    if not act.final:
        return Done()
    entry = await _entry(work, person, _id(act.form))
    written = rules.check_length(act.values.get("words", "").strip(), field="words")
    if not written:
        raise Refusal("Write a word or two, or press Cancel.", field="words")
    writer = await people.get(work, entry.workspace_id, entry.person_id)
    channel = await entries.find_channel(work, entry)
    if channel is None:
        raise Refusal("That channel is not set up any more, so there is no thread to reply in.")
    text = Text.parse(written)
    key = f"checkins.reply:{act.key or work.now.timestamp()}:{person.id}"
    await channels.speak(
        work, channel, entry.day, person, words.reply(person.name, writer.name, text), key=key
    )
    if writer.id != person.id:
        entry.heard_at = work.now
        card = words.heard(person.name, channel.name, text)
        await outbox.show(work, await people.direct(work, writer), card, key=f"{key}:heard")
    return Done()


async def _entry(work: Work, reader: Person, entry_id: int) -> Entry:
    """An entry that this reader may read; refuses another."""
    entry = await work.session.get(Entry, (reader.workspace_id, entry_id))
    if entry is None or entry.removed or entry.private:
        raise Refusal("That entry is gone.")
    channel = await entries.find_channel(work, entry)
    if channel is None or not await channels.can_read(work, reader, channel):
        raise Refusal("Only people in that channel can reply there.")
    return entry


def _id(written: str) -> int:
    """The number that an action or a form's id carries; refuses a broken one."""
    arguments = read_action(written)[1]
    if not arguments or not arguments[0].isdigit():
        raise Refusal("I cannot read that button. Type /checkin to start afresh.")
    return int(arguments[0])
