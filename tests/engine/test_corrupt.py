"""A row that cannot be read is set aside at once, and keeps nothing behind it or beside it waiting."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.chat import AccountId, Event, Ref, Said, Text
from bot.engine import health, inbox
from bot.engine.inbox import Inbox
from bot.engine.tables import Destination, InboxRow, OutboxRow
from bot.store.session import Work
from tests.engine.parts import Yard

ANA = AccountId("fake", "W1", "ana")


@pytest.mark.parametrize("payload", ["", "{", "{}", "[1, 2]", '{"ref": 7}'])
async def test_an_event_that_cannot_be_read_does_not_hold_up_its_conversation(
    yard: Yard, payload: str
) -> None:
    heard: list[str] = []

    async def handle(_work: Work, event: Event) -> None:
        assert isinstance(event, Said)
        heard.append(event.text.plain())

    async def nobody(_event: Event) -> None:
        """Nobody to meet."""

    async with yard.store.work() as work:
        for words in ("first", "second"):
            event = Said(Ref(yard.place, words), ANA, Text.of(words), yard.now)
            await inbox.keep(work, words, event)
        await work.session.execute(
            update(InboxRow).where(InboxRow.key == "first").values(payload=payload)
        )
    hall = Inbox(yard.store, prepare=nobody, handle=handle)
    assert await hall.step() == 1
    assert await hall.step() == 1
    assert heard == ["second"]
    async with yard.store.look() as work:
        found = await health.look(work)
    assert found.aside == 1


async def test_an_event_of_an_unknown_kind_is_set_aside(yard: Yard) -> None:
    async def nothing(*_: object) -> None:
        raise AssertionError("There is nothing to handle.")

    async with yard.store.work() as work:
        await inbox.keep(work, "one", Said(Ref(yard.place, "1"), ANA, Text.of("x"), yard.now))
        await work.session.execute(update(InboxRow).values(kind="hologram"))
    await Inbox(yard.store, prepare=nothing, handle=nothing).step()
    async with yard.store.look() as work:
        row = await work.session.get_one(InboxRow, ("fake:W1", "one"))
    assert row.state == "aside"


@pytest.mark.parametrize("written", ["", "{", "[]", '{"title": {}}'])
async def test_a_message_that_cannot_be_read_is_given_up_and_the_next_goes(
    yard: Yard, written: str
) -> None:
    await yard.show("words", "bad")
    await yard.show("words", "good")
    async with yard.store.work() as work:
        await work.session.execute(
            update(OutboxRow).where(OutboxRow.key == "bad").values(card=written)
        )
    await yard.settle()
    assert (await yard.row("bad")).state == "dead"
    assert yard.seen() == ["words"]
    assert await yard.counted() == ({}, {})


async def test_a_destination_that_cannot_be_read_keeps_no_other_waiting(yard: Yard) -> None:
    await yard.show("lost", "lost")
    async with yard.store.work() as work:
        await work.session.execute(update(Destination).values(place="nowhere at all"))
        await work.session.execute(update(OutboxRow).values(destination="nowhere at all"))
    await yard.show("words", "good")
    await yard.settle()
    assert yard.seen() == ["words"]
    assert (await yard.row("lost")).state == "dead"
    assert await yard.counted() == ({}, {})
