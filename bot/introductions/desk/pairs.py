"""The two of an introduction: who they are, what they may read of each other, and when they may be asked."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from bot.channels import desk as channels
from bot.checkins import desk as checkins
from bot.checkins.desk import Narration
from bot.introductions import rules, words
from bot.introductions.tables import Introduction
from bot.people import desk as people
from bot.people import rules as absence
from bot.people.desk import Person
from bot.store.session import Work


def offer_key(row: Introduction) -> str:
    return f"introductions.offer:{row.id}"


def ask_key(row: Introduction) -> str:
    return f"introductions.ask:{row.id}"


def met_key(row: Introduction, person: Person) -> str:
    return f"introductions.met:{row.id}:{person.id}"


def keys(row: Introduction) -> list[str]:
    """The subjects of all messages about an introduction."""
    both = (row.writer_id, row.reader_id)
    return [offer_key(row), ask_key(row), *(f"introductions.met:{row.id}:{one}" for one in both)]


async def both(work: Work, row: Introduction) -> tuple[Person, Person]:
    writer = await people.get(work, row.workspace_id, row.writer_id)
    return writer, await people.get(work, row.workspace_id, row.reader_id)


async def can_be_met(work: Work, person: Person) -> bool:
    """Whether somebody is here, not away, and wants to be asked things at all."""
    away = absence.is_away(people.today(work, person), person.away_until)
    return person.present and not away and not await checkins.has_stopped(work, person)


async def may_be_asked(work: Work, person: Person) -> bool:
    """Whether now is a time to ask somebody something: an hour of one of their working days."""
    good = rules.is_good_time(work.now, person.zone, person.quiet_from, person.quiet_to)
    return (
        good
        and await can_be_met(work, person)
        and await checkins.has_checkin(work, person, people.today(work, person))
    )


async def other_of(work: Work, whose: Person, entry_id: int, *, by: Person) -> words.Other | None:
    """Where somebody wrote about it; None when that is gone or `by` cannot read it."""
    found = await find_entry(work, whose, entry_id, by=by)
    if found is None:
        return None
    channel = await channels.get(work, whose.workspace_id, found.channel_id)
    return words.Other(whose.name, channel.name, found.day)


async def find_entry(work: Work, whose: Person, entry_id: int, *, by: Person) -> Narration | None:
    found = await checkins.narration(work, whose.workspace_id, entry_id)
    if found is None or not whose.present:
        return None
    here = await channels.many(work, [(whose.workspace_id, found.channel_id)])
    channel = here.get((whose.workspace_id, found.channel_id))
    return found if channel and await channels.can_read(work, by, channel) else None


async def open_among(work: Work, workspace_id: str, person_ids: Collection[int]) -> int:
    """How many introductions are on their way between two of these people."""
    found = await work.session.execute(
        select(Introduction.writer_id, Introduction.reader_id).where(
            Introduction.workspace_id == workspace_id, ~Introduction.closed
        )
    )
    among = frozenset(person_ids)
    return sum(1 for writer, reader in found if {writer, reader} <= among)
