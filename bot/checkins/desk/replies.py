"""Replies: what readers say to an entry, and how its writer hears of it."""

from __future__ import annotations

from datetime import date

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Ask, Card, Done, Edited, Press, Removed, Reply, Said, Submit, Text
from bot.checkins import rules, words
from bot.checkins.desk import buttons, deeds, drafts, entries
from bot.checkins.tables import Entry
from bot.engine import outbox, traces
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work

REPLY = "checkins.reply:"


async def on_reply(work: Work, act: Press) -> Reply:
    """*Reply* under an entry opens a form."""
    person = await people.caller(work, act.by)
    entry, channel = await _entry(work, person, buttons.id_of(act.action))
    writer = await people.get(work, entry.workspace_id, entry.person_id)
    blank = words.reply_form(entry.id, writer.name, channel.name)
    typed = await drafts.find(work, person, blank.id)
    return Ask(words.reply_form(entry.id, writer.name, channel.name, typed=typed.get("words", "")))


async def on_reply_form(work: Work, act: Submit) -> Reply:
    """A reply goes in the thread, and to the writer at once."""
    person = await people.caller(work, act.by)
    entry, channel = await _entry(work, person, buttons.id_of(act.form))
    if not act.final:
        await drafts.keep(work, person, act.form, act.values)
        return Done()
    written = rules.seen(act.values.get("words", ""), field="words")
    if not written:
        raise Refusal("Write a word or two, or press Cancel.", field="words")
    await drafts.drop(work, person, act.form)
    writer = await people.get(work, entry.workspace_id, entry.person_id)
    last = await channels.last_voice(work, channel, entry.day, person)
    text = Text.parse(written)
    key = f"{REPLY}{new_id()}:{person.id}"
    card = words.reply(person.name, "" if writer.id == person.id else writer.name, text)
    await channels.speak(work, channel, entry.day, person, card, key=key)
    await deeds.note(work, person, "reply", {"key": key})
    if writer.id != person.id:
        entry.heard_at = work.now
        await _tell(work, writer, words.heard(person.name, channel.name, text), f"{key}:heard")
    elif last is not None and last[1].startswith(REPLY):
        # The writer answers whoever replied last.
        await _tell(work, last[0], words.heard(person.name, channel.name, text), f"{key}:heard")
    return Done()


async def _tell(work: Work, person: Person, card: Card, key: str) -> None:
    if person.present:
        await outbox.show(work, await people.direct(work, person), card, key=key)


async def take_back(work: Work, person: Person, key: str) -> None:
    """Undo a reply that was given by the form."""
    await channels.hush(work, person.workspace_id, key)
    await traces.erase(work, person.workspace_id, [key, f"{key}:heard"])


async def _entry(work: Work, reader: Person, entry_id: int) -> tuple[Entry, Channel]:
    """An entry that this reader may read, and where it is; refuses another."""
    entry = await work.session.get(Entry, (reader.workspace_id, entry_id))
    if entry is None or entry.removed or entry.private:
        raise Refusal("That entry is gone.")
    channel = await entries.find_channel(work, entry)
    if channel is None:
        raise Refusal("That channel is not set up any more, so there is no thread to reply in.")
    if not await channels.can_read(work, reader, channel):
        raise Refusal("Only people in that channel can reply there.")
    return entry, channel


async def reply_to_last(
    work: Work, person: Person, channel: Channel, day: date, event: Said
) -> None:
    """Tell the writer of the last words in a thread that somebody answered."""
    last = await channels.last_voice(work, channel, day, person)
    if last is None:
        return
    writer, key = last
    if key.startswith("checkins.entry:"):
        entry = await work.session.get(
            Entry, (writer.workspace_id, int(key.removeprefix("checkins.entry:")))
        )
        if entry is not None:
            entry.heard_at = work.now
    heard = words.heard(person.name, channel.name, Text.parse(event.text.markdown()))
    await _tell(work, writer, heard, f"{heard_start(event)}{person.id}")


def heard_start(event: Said | Edited | Removed) -> str:
    """What the key begins with of the message that tells somebody of a reply in a thread."""
    return f"checkins.heard:{event.ref.place.channel}:{event.ref.id}:"


async def follow(work: Work, event: Edited | Removed) -> None:
    """Let what a writer heard of a reply in a thread follow the reply."""
    workspace_id = event.ref.place.workspace_id
    if not event.ref.place.thread:
        return
    for told in await traces.about(work, workspace_id, heard_start(event)):
        person = await people.find(work, event.by) if isinstance(event, Edited) else None
        channel = await channels.find(work, event.ref.place)
        if isinstance(event, Removed) or person is None or channel is None:
            await traces.erase(work, workspace_id, [told.key])
            continue
        text = Text.parse(event.text.markdown())
        card = words.heard(person.name, channel.name, text)
        await traces.reword(work, workspace_id, told.key, card)
