"""Margin notes: what curators add to something in a digest, for everybody who reads it."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.channels.desk import Channel
from bot.chat import Ask, Press, Reply, Show, Submit, Text, read_action
from bot.digests.desk import collecting, finding, posting
from bot.digests.desk.collecting import Reading
from bot.digests.rules import MOST_NOTE, Digest, Item, Period
from bot.digests.tables import DigestNote
from bot.digests.words import cards, forms
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Store, Work

MOST_TO_CHANGE = 3
"""One's own notes that the form shows at a time, the last ones first."""


async def on_notes(store: Store, act: Press) -> Reply:
    """*Add a note*."""
    _, (channel_id, key) = read_action(act.action)
    period = Period.parse(key)
    async with store.look() as work:
        person = await people.caller(work, act.by)
        channel, digest = await _digest(work, person, channel_id, period)
        if not digest.items:
            raise Refusal("There is nothing in this digest any more that could have a note.")
        mine = await _own(work, person, channel, digest)
    return Ask(forms.notes(digest, channel.id, period, mine))


async def _digest(
    work: Work, person: Person, channel_id: str, period: Period
) -> tuple[Channel, Digest]:
    channel = await finding.readable(work, person, channel_id)
    await finding.require_poster(work, person, channel)
    return channel, (await collecting.collect(work, channel, period, Reading(person.zone))).digest


async def _own(
    work: Work, person: Person, channel: Channel, digest: Digest
) -> list[tuple[Item, int, str]]:
    """One's own notes on what stands in a digest, the last ones first."""
    items = {item.about: item for item in digest.items}
    found = await work.session.scalars(
        select(DigestNote)
        .where(
            DigestNote.workspace_id == person.workspace_id,
            DigestNote.channel_id == channel.id,
            DigestNote.person_id == person.id,
        )
        .order_by(DigestNote.id.desc())
    )
    mine = [(items[one.about], one.id, one.words) for one in found if one.about in items]
    return mine[:MOST_TO_CHANGE]


async def submit_notes(store: Store, form: Submit) -> Reply:
    """Keep new and changed notes; emptied ones go."""
    _, (channel_id, key) = read_action(form.form)
    period, values = Period.parse(key), form.values

    async def write(work: Work) -> Reply:
        person = await people.caller(work, form.by)
        channel, digest = await _digest(work, person, channel_id, period)
        shown = list(digest.items)
        before = {
            note_id: (item, words)
            for item, note_id, words in await _own(work, person, channel, digest)
        }
        changed: set[str] = set()
        for note_id, (item, words) in before.items():
            written = _read(values.get(f"note.{note_id}", words), f"note.{note_id}")
            if written != words:
                changed.add(item.about)
                await _change(work, person, note_id, written)
        if new := _read(values.get("words", ""), "words"):
            item = _chosen(shown, values.get("item", ""))
            changed.add(item.about)
            await _add(work, person, channel, item, new)
        elif not before:
            raise Refusal("Write what you would like to add.", field="words")
        await posting.outdate(work, person.workspace_id, {_source(one) for one in changed})
        readers = f"Everybody in #{channel.name} reads it with the digest."
        return Show(cards.said(f"Noted. {readers}" if changed else "Nothing changed."))

    return await store.do(write)


def _source(about: str) -> str:
    return ":".join(about.split(":")[:2])


def _read(written: str, field: str) -> str:
    if len(written) > MOST_NOTE:
        raise Refusal(
            f"That is {len(written):,} characters, and a note has at most {MOST_NOTE:,}.",
            field=field,
        )
    return Text.parse(written).markdown()


def _chosen(shown: list[Item], written: str) -> Item:
    if not written.isdigit() or int(written) >= len(shown):
        raise Refusal("Choose what the note is about.", field="item")
    return shown[int(written)]


async def _add(work: Work, person: Person, channel: Channel, item: Item, words: str) -> None:
    work.session.add(
        DigestNote(
            workspace_id=person.workspace_id,
            id=new_id(),
            channel_id=channel.id,
            about=item.about,
            person_id=person.id,
            words=words,
            at=work.now,
        )
    )
    await work.session.flush()


async def _change(work: Work, person: Person, note_id: int, words: str) -> None:
    if not words:
        await work.session.execute(
            delete(DigestNote).where(
                DigestNote.workspace_id == person.workspace_id, DigestNote.id == note_id
            )
        )
        return
    row = await work.session.get_one(DigestNote, (person.workspace_id, note_id))
    row.words = words
    await work.session.flush()
