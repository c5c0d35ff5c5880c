"""What the two say: first the writer, then the reader, and both hear of a yes of both."""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select

from bot.chat import Done, Press, Reply, Show, read_action
from bot.engine import outbox, traces
from bot.introductions import rules, words
from bot.introductions.desk import pairs
from bot.introductions.tables import Introduction
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

BATCH = 200


async def go_on(work: Work) -> int:
    """Ask readers whose writers said yes, when it is a good time for them; end what was left for two weeks."""
    before = work.now - rules.REST
    rows = await work.session.scalars(
        select(Introduction)
        .where(
            ~Introduction.closed,
            or_(
                and_(Introduction.writer_said == "yes", Introduction.asked_at.is_(None)),
                func.coalesce(Introduction.asked_at, Introduction.offered_at) <= before,
            ),
        )
        .order_by(Introduction.offered_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    done = 0
    for row in list(rows):
        if (row.asked_at or row.offered_at) <= before:
            await _end(work, row)
            done += 1
        else:
            done += await _ask(work, row)
    return done


async def _ask(work: Work, row: Introduction) -> bool:
    """Ask the reader, unless it is no time for that; True when something happened."""
    writer, reader = await pairs.both(work, row)
    hers = await pairs.other_of(work, writer, row.writer_entry, by=reader)
    if hers is None or await pairs.other_of(work, reader, row.reader_entry, by=writer) is None:
        # What they share is gone, so there is nothing to meet about.
        await _end(work, row)
        return True
    if not await pairs.can_be_met(work, writer) or not await pairs.may_be_asked(work, reader):
        return False
    row.asked_at = work.now
    card = words.ask(row.id, hers, row.shared)
    await outbox.show(work, await people.direct(work, reader), card, key=pairs.ask_key(row))
    return True


async def _end(work: Work, row: Introduction) -> None:
    """Let it rest, and take back what was asked and not answered."""
    row.closed = True
    if not row.writer_said:
        await traces.erase(work, row.workspace_id, [pairs.offer_key(row)])
    if row.asked_at and not row.reader_said:
        await traces.erase(work, row.workspace_id, [pairs.ask_key(row)])


async def _asked(work: Work, act: Press, person: Person) -> Introduction:
    """The introduction that a button is about; refuses one in which this person was not asked."""
    number = (read_action(act.action)[1] or ("",))[0]
    row = None
    if number.isdigit() and len(number) < 20:
        key = person.workspace_id, int(number)
        row = await work.session.get(Introduction, key, with_for_update=True)
    if row is None or not (
        row.writer_id == person.id or (row.reader_id == person.id and row.asked_at)
    ):
        raise Refusal("There is nothing left to say to this.")
    return row


async def _answered(work: Work, act: Press, said: str) -> tuple[Introduction, Person]:
    """Keep what somebody says to the question they were asked."""
    person = await people.caller(work, act.by)
    row = await _asked(work, act, person)
    earlier = row.writer_said if person.id == row.writer_id else row.reader_said
    if row.closed or earlier:
        raise Refusal("That was settled before, so there is nothing left to say to it.")
    if person.id == row.writer_id:
        row.writer_said = said
    else:
        row.reader_said = said
    return row, person


async def on_no(work: Work, act: Press) -> Reply:
    """*Not now*: it is over, and the other one hears nothing."""
    row, person = await _answered(work, act, "no")
    row.closed = True
    key = pairs.offer_key(row) if person.id == row.writer_id else pairs.ask_key(row)
    await outbox.show(work, act.by.direct, words.declined(), key=key)
    return Done()


async def on_yes(work: Work, act: Press) -> Reply:
    """*Yes, please*: after the writer's the reader is asked, and after the reader's both are told."""
    row, person = await _answered(work, act, "yes")
    writer, reader = await pairs.both(work, row)
    if person.id == writer.id:
        await outbox.show(work, act.by.direct, words.agreed(reader.name), key=pairs.offer_key(row))
        return Done()
    row.closed = True
    for one, other, entry_id in (
        (writer, reader, row.reader_entry),
        (reader, writer, row.writer_entry),
    ):
        where = await pairs.other_of(work, other, entry_id, by=one)
        card = words.met(row.id, where, other.name, row.shared)
        key = pairs.ask_key(row) if one.id == reader.id else pairs.met_key(row, one)
        await outbox.show(work, await people.direct(work, one), card, key=key)
    return Done()


async def on_read(work: Work, act: Press) -> Reply:
    """*Read it*: what the other one wrote, as it is now."""
    person = await people.caller(work, act.by)
    row = await _asked(work, act, person)
    writer, reader = await pairs.both(work, row)
    other, entry_id = (
        (reader, row.reader_entry) if person.id == writer.id else (writer, row.writer_entry)
    )
    found = await pairs.find_entry(work, other, entry_id, by=person)
    where = await pairs.other_of(work, other, entry_id, by=person)
    if found is None or where is None:
        raise Refusal("What it was about is gone, or you cannot read it any more.")
    return Show(words.entry(where, found.words))
