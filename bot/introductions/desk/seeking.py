"""Finding two who could meet: somebody whom nobody answered, and who is nearest to them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import or_, select

from bot.channels import desk as channels
from bot.checkins import desk as checkins
from bot.checkins.bank import BANK
from bot.checkins.desk import Narration
from bot.engine import outbox
from bot.introductions import rules, words
from bot.introductions.desk import pairs
from bot.introductions.rules import Near, Rarity, Said
from bot.introductions.tables import Introduction, IntroductionRound
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.base import insert, new_id
from bot.store.session import Work

EVERY = timedelta(hours=1)
"""How often a workspace is looked through."""
MOST_ENTRIES = 300
"""Of the latest entries around a writer that are compared."""
MOST_OWN = 50
"""Of the writer's own."""
MOST_WRITERS = 20
"""Writers for whom somebody is looked for at a time; the others have their turn in the next hours."""


@cache
def _ours() -> frozenset[str]:
    """Words of our own questions, which come back in everybody's answers and tell nothing."""
    return frozenset(word for one in BANK for word in rules.words_of(one.ask))


async def seek(work: Work) -> int:
    """Look one workspace through for people to introduce; 0 once all were looked through within the hour."""
    known = [one.workspace_id for one in await people.workspaces(work)]
    rows = await work.session.scalars(
        select(IntroductionRound).where(IntroductionRound.looked_at > work.now - EVERY)
    )
    recent = {one.workspace_id for one in rows}
    due = next((one for one in known if one not in recent), None)
    if due is None:
        return 0
    await work.session.execute(
        insert(work.session, IntroductionRound).values(workspace_id=due).on_conflict_do_nothing()
    )
    row = await work.session.get_one(
        IntroductionRound, due, with_for_update=True, populate_existing=True
    )
    if row.looked_at is None or row.looked_at <= work.now - EVERY:
        row.looked_at = work.now
        await _look_through(work, due)
    return 1


async def _look_through(work: Work, workspace_id: str) -> None:
    """Ask writers whom nobody answered whether they would like to meet somebody near."""
    today = work.now.date()
    unheard = await checkins.unheard(
        work,
        workspace_id,
        today - rules.LOOK_BACK,
        first_by=today - rules.PATIENCE,
        at_least=rules.AT_LEAST,
    )
    if not unheard:
        return
    met = _Met(await _of_late(work, workspace_id))
    table = _Table(work, workspace_id)
    who = await people.many(work, [(workspace_id, one) for one in unheard])
    # Another order every hour, so that everybody has their turn.
    writers = sorted(
        who.values(), key=lambda one: zlib.crc32(f"{one.id} {work.now:%Y-%m-%d %H}".encode())
    )
    looked = 0
    for writer in writers:
        if looked == MOST_WRITERS:
            return
        if met.rests(writer.id, work.now) or not await pairs.may_be_asked(work, writer):
            continue
        looked += 1
        found = await _nearest(work, writer, table, met)
        if found is not None and (row := await _offer(work, writer, *found)):
            met.rows.append(row)


async def _of_late(work: Work, workspace_id: str) -> list[Introduction]:
    """The introductions that still keep anybody from being asked."""
    found = await work.session.scalars(
        select(Introduction).where(
            Introduction.workspace_id == workspace_id,
            or_(~Introduction.closed, Introduction.offered_at > work.now - rules.PAIR_REST),
        )
    )
    return list(found)


@dataclass(frozen=True, slots=True)
class _Met:
    """Who was asked about whom of late."""

    rows: list[Introduction]

    def rests(self, person_id: int, now: datetime) -> bool:
        """Whether somebody was asked within two weeks, or is about to be."""
        since = now - rules.REST
        return any(
            (row.writer_id == person_id and row.offered_at > since)
            or (row.reader_id == person_id and (not row.closed or (row.asked_at or since) > since))
            for row in self.rows
        )

    def pair(self, one: int, other: int) -> bool:
        """Whether these two were thought of within ninety days."""
        return any({row.writer_id, row.reader_id} == {one, other} for row in self.rows)


@dataclass(slots=True)
class _Table:
    """What the people of a workspace wrote of late, and who belongs where; read once per look."""

    work: Work
    workspace_id: str
    _channels: dict[int, frozenset[str]] = field(default_factory=dict)
    _heard: dict[int, Said] = field(default_factory=dict)

    async def read_by(self, person: Person) -> frozenset[str]:
        """The channels that somebody belongs to, and so can read."""
        if person.id not in self._channels:
            found = await channels.of_person(self.work, person)
            self._channels[person.id] = frozenset(one.id for one in found)
        return self._channels[person.id]

    async def around(self, writer: Person) -> list[Said]:
        """The latest entries that somebody can read, and their own."""
        where = await self.read_by(writer)
        since = self.work.now.date() - rules.LOOK_BACK
        found: dict[int, Said] = {}
        for by, most in ((writer, MOST_OWN), (None, MOST_ENTRIES)):
            for one in await checkins.narrations(
                self.work, self.workspace_id, since, channel_ids=where, most=most, by=by
            ):
                if one.entry_id not in self._heard:
                    self._heard[one.entry_id] = _heard(one)
                found[one.entry_id] = self._heard[one.entry_id]
        return list(found.values())


def _heard(one: Narration) -> Said:
    """An entry without the words of its questions."""
    echoed = _ours() | rules.words_of(one.asked).keys()
    told = {word: form for word, form in rules.words_of(one.words).items() if word not in echoed}
    return Said(one.entry_id, one.person_id, one.channel_id, told)


async def _nearest(
    work: Work, writer: Person, table: _Table, met: _Met
) -> tuple[Person, Near] | None:
    """Who is nearest to a writer, by what each of them can read of the other."""
    around = await table.around(writer)
    mine = [one for one in around if one.person_id == writer.id]
    keys = [(writer.workspace_id, one.person_id) for one in around if one.person_id != writer.id]
    others: dict[int, tuple[Sequence[Said], Sequence[Said]]] = {}
    who = await people.many(work, list(dict.fromkeys(keys)))
    for other in who.values():
        if met.pair(writer.id, other.id) or met.rests(other.id, work.now):
            continue
        if not await pairs.can_be_met(work, other):
            continue
        theirs = await table.read_by(other)
        others[other.id] = (
            [one for one in mine if one.channel_id in theirs],
            [one for one in around if one.person_id == other.id],
        )
    found = rules.nearest(others, Rarity.among(around))
    return (who[writer.workspace_id, found[0]], found[1]) if found else None


async def _offer(work: Work, writer: Person, reader: Person, close: Near) -> Introduction | None:
    other = await pairs.other_of(work, reader, close.theirs, by=writer)
    if other is None:
        return None
    row = Introduction(
        workspace_id=writer.workspace_id,
        id=new_id(),
        writer_id=writer.id,
        reader_id=reader.id,
        writer_entry=close.mine,
        reader_entry=close.theirs,
        shared=list(close.words),
        offered_at=work.now,
        writer_said="",
        reader_said="",
        closed=False,
    )
    work.session.add(row)
    await work.session.flush()
    card = words.offer(row.id, other, row.shared)
    await outbox.show(work, await people.direct(work, writer), card, key=pairs.offer_key(row))
    return row
