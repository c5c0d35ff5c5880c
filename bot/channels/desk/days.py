"""A channel's day: one message in the open, and everybody's words in its thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from bot.channels import rules, words
from bot.channels.desk.places import get, place_of
from bot.channels.tables import Channel, Day, Voice
from bot.chat import Card, Ref, Removed
from bot.engine import outbox
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.base import insert
from bot.store.session import Work


async def open_day(work: Work, channel: Channel, day: date, *, asks: Sequence[str] = ()) -> str:
    """Make sure that a channel's day has its one parent message, and return its key."""
    row = await _day(work, channel, day)
    # Everybody's prompt opens the day: only the first may bring back what a moderator took away.
    anew = not (asks and row.invites)
    if asks and not row.invites:
        row.invites, row.asks = True, list(asks)
    return await _show_parent(work, channel, row, anew=anew)


async def speak(
    work: Work, channel: Channel, day: date, person: Person, card: Card, *, key: str
) -> None:
    """Put a card of somebody's words in the thread of a channel's day, or change the one with this key."""
    place = place_of(channel)
    if await outbox.is_over(work, channel.workspace_id, key):
        # It does not stand in the thread, so it is not counted there and opens no day.
        await outbox.show(work, place, card, key=key)
        return
    row = await _day(work, channel, day)
    heard = await work.session.scalar(
        insert(work.session, Voice)
        .values(
            workspace_id=channel.workspace_id,
            key=key,
            channel_id=channel.id,
            day=day,
            person_id=person.id,
            at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(Voice.key)
    )
    parent = await _show_parent(work, channel, row, anew=heard is not None)
    await outbox.show(work, place, card, key=key, under=parent)


async def hush(work: Work, workspace_id: str, key: str) -> None:
    """Take a card out of the thread of its channel's day."""
    await outbox.withdraw(work, workspace_id, key)
    await _forget_voice(work, workspace_id, key)


async def _forget_voice(work: Work, workspace_id: str, key: str) -> None:
    voice = await work.session.get(Voice, (workspace_id, key))
    if voice is None:
        return
    channel = await get(work, workspace_id, voice.channel_id)
    row = await _day(work, channel, voice.day)
    await work.session.delete(voice)
    await work.session.flush()
    await _show_parent(work, channel, row, anew=False)


async def day_at(work: Work, ref: Ref) -> tuple[Channel, date] | None:
    """Whose day a message opens, when it is a parent of ours."""
    key = await outbox.find(work, ref)
    opened = rules.read_parent_key(key or "")
    if opened is None:
        return None
    channel = await work.session.get(Channel, (ref.place.workspace_id, opened[0]))
    return None if channel is None else (channel, date.fromisoformat(opened[1]))


async def last_voice(
    work: Work, channel: Channel, day: date, but: Person
) -> tuple[Person, str] | None:
    """Whose card, and its key, came last in a day's thread from anybody but this person."""
    voice = await work.session.scalar(
        select(Voice)
        .where(
            Voice.workspace_id == channel.workspace_id,
            Voice.channel_id == channel.id,
            Voice.day == day,
            Voice.person_id != but.id,
        )
        .order_by(Voice.at.desc())
        .limit(1)
    )
    if voice is None:
        return None
    return await people.get(work, voice.workspace_id, voice.person_id), voice.key


async def _day(work: Work, channel: Channel, day: date) -> Day:
    await work.session.execute(
        insert(work.session, Day)
        .values(
            workspace_id=channel.workspace_id,
            channel_id=channel.id,
            day=day,
            parents=1,
            invites=False,
            asks=[],
        )
        .on_conflict_do_nothing()
    )
    return await work.session.get_one(
        Day, (channel.workspace_id, channel.id, day), with_for_update=True
    )


async def _show_parent(work: Work, channel: Channel, row: Day, *, anew: bool = True) -> str:
    """Bring the day's parent up to date, and return its key.

    When a moderator took the parent away, what is said from then on gets a new one, if `anew`.
    """
    spoke = await work.session.scalars(
        select(Voice.person_id)
        .where(
            Voice.workspace_id == row.workspace_id,
            Voice.channel_id == row.channel_id,
            Voice.day == row.day,
        )
        .order_by(Voice.at, Voice.key)
    )
    ids = list(dict.fromkeys(spoke))
    who = await people.many(work, [(row.workspace_id, one) for one in ids])
    card = words.parent(
        channel.id, row.day, [who[row.workspace_id, one].name for one in ids], row.asks
    )
    key = rules.parent_key(channel.id, row.day.isoformat(), row.parents)
    if anew and await outbox.is_over(work, row.workspace_id, key):
        row.parents += 1
        key = rules.parent_key(channel.id, row.day.isoformat(), row.parents)
    await outbox.show(work, place_of(channel), card, key=key)
    return key


async def on_removed(work: Work, event: Removed) -> bool:
    """A card that a moderator took out of a day's thread is no longer counted among its words."""
    if key := await outbox.find(work, event.ref):
        await _forget_voice(work, event.ref.place.workspace_id, key)
    return False
