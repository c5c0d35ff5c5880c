"""What was narrated in a channel over some days, for digests: answer by answer, and counted by day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from bot.channels.desk import Channel
from bot.checkins.bank import BANK
from bot.checkins.desk import questions
from bot.checkins.tables import Answer, Checkin, Entry, TeamPrompt
from bot.people.desk import Person
from bot.store.base import among
from bot.store.session import Work

STORIES = frozenset(f"{questions.BANK_KEY}{one.key}" for one in BANK if one.tag == "story")


@dataclass(frozen=True, slots=True)
class Told:
    """One answer that its channel can read, or its author alone."""

    entry_id: int
    person_id: int
    channel_id: str
    day: date
    key: str
    words: str
    """Markdown."""
    role: str
    """``plan``, ``learned``, ``stuck``, or nothing in particular."""
    story: bool
    """Whether the question asked for a story."""


async def told(
    work: Work, channel: Channel, first: date, last: date, *, most: int
) -> tuple[list[Told], bool]:
    """The answers of a channel's latest entries from one day to another, and whether there were more entries."""
    where = (
        Entry.workspace_id == channel.workspace_id,
        Entry.channel_id == channel.id,
        Entry.day.between(first, last),
        Entry.removed_at.is_(None),
        ~Entry.private,
    )
    ids = list(
        await work.session.scalars(
            select(Entry.id)
            .where(*where)
            .order_by(Entry.day.desc(), Entry.id.desc())
            .limit(most + 1)
        )
    )
    return await _answers(work, channel.workspace_id, ids[:most]), len(ids) > most


async def told_by(work: Work, person: Person, first: date, last: date) -> list[Told]:
    """The answers that somebody gave from one day to another, their private ones too."""
    ids = await work.session.scalars(
        select(Entry.id).where(
            Entry.workspace_id == person.workspace_id,
            Entry.person_id == person.id,
            Entry.day.between(first, last),
            Entry.removed_at.is_(None),
        )
    )
    return await _answers(work, person.workspace_id, list(ids))


async def _answers(work: Work, workspace_id: str, ids: list[int]) -> list[Told]:
    """The answers of these entries, the latest day first."""
    found = await work.session.execute(
        select(
            Answer.entry_id,
            Entry.person_id,
            Entry.channel_id,
            Entry.day,
            Answer.key,
            Answer.words,
            Checkin.questions,
        )
        .join(Entry, (Entry.workspace_id == Answer.workspace_id) & (Entry.id == Answer.entry_id))
        .join(
            Checkin,
            (Checkin.workspace_id == Entry.workspace_id) & (Checkin.id == Entry.checkin_id),
        )
        .where(Answer.workspace_id == workspace_id, Answer.entry_id.in_(ids))
        .order_by(Entry.day.desc(), Entry.id.desc(), Answer.position, Answer.key)
    )
    own = await _own_stories(work, workspace_id)
    return [
        Told(
            entry_id=entry_id,
            person_id=person_id,
            channel_id=channel_id,
            day=day,
            key=key,
            words=words,
            role=next((one.get("role", "") for one in asked if one["key"] == key), ""),
            story=key in STORIES or (channel_id, key) in own,
        )
        for entry_id, person_id, channel_id, day, key, words, asked in found
    ]


async def _own_stories(work: Work, workspace_id: str) -> set[tuple[str, str]]:
    """The teams' own questions that ask for a story."""
    found = await work.session.execute(
        select(TeamPrompt.channel_id, TeamPrompt.key).where(
            TeamPrompt.workspace_id == workspace_id, TeamPrompt.tag == "story"
        )
    )
    return {(channel_id, f"{questions.BANK_KEY}{key}") for channel_id, key in found}


async def told_per_day(
    work: Work, channels: Collection[tuple[str, str]], first: date, last: date
) -> dict[tuple[str, str], dict[date, int]]:
    """How many entries each of these channels got on each day, by nobody in particular.

    Channels are named by their workspace and id; one without an entry has no days.
    """
    found = await work.session.execute(
        select(Entry.workspace_id, Entry.channel_id, Entry.day, func.count())
        .where(
            among(Entry.workspace_id, Entry.channel_id, channels),
            Entry.day.between(first, last),
            Entry.removed_at.is_(None),
            ~Entry.private,
        )
        .group_by(Entry.workspace_id, Entry.channel_id, Entry.day)
    )
    days: dict[tuple[str, str], dict[date, int]] = {one: {} for one in channels}
    for workspace_id, channel_id, day, entries in found:
        days[workspace_id, channel_id][day] = entries
    return days


async def entry_ids(work: Work, workspace_id: str) -> list[int]:
    """Every entry of a workspace that its channel can read, the oldest first."""
    found = await work.session.scalars(
        select(Entry.id)
        .where(Entry.workspace_id == workspace_id, Entry.removed_at.is_(None), ~Entry.private)
        .order_by(Entry.id)
    )
    return list(found)


async def day_of(work: Work, workspace_id: str, entry_id: int) -> tuple[str, date] | None:
    """The channel and the day of an entry, taken back or not; None once it is deleted."""
    entry = await work.session.get(Entry, (workspace_id, entry_id))
    return (entry.channel_id, entry.day) if entry is not None else None
