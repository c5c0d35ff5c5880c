"""The inbox keeps events before they are acknowledged, and handles each once, in order."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat import AccountId, Event, Joined, Left, Place, Ref, Said, Text
from bot.engine import inbox, limits, outbox
from bot.engine.inbox import Inbox
from bot.engine.tables import InboxRow
from bot.refusal import Refusal
from bot.store.session import Store, Work
from tests.engine.parts import MORNING, Door, Yard, card, logged

ANA = AccountId("fake", "W1", "ana")


class Hall:
    """An inbox whose handler writes down what it hears, and stumbles over some words."""

    def __init__(self, yard: Yard) -> None:
        self.yard = yard
        self.heard: list[str] = []
        self.stumbles: set[str] = set()
        self.refuses: set[str] = set()
        self.door = Door()
        self.door.opened.set()
        self.done = asyncio.Event()
        self.inbox = self.another(yard.store)

    def another(self, store: Store) -> Inbox:
        return Inbox(store, prepare=self.prepare, handle=self.handle, idle_seconds=60)

    async def prepare(self, event: Event) -> None:
        if isinstance(event, Said) and event.text.plain() == "hang":
            await self.door.wait(event.ref.place)

    async def handle(self, work: Work, event: Event) -> None:
        assert isinstance(event, Said)
        words = event.text.plain()
        # An effect, to see it rolled back.
        await outbox.show(work, event.ref.place, card(words), key=words)
        if words in self.refuses:
            raise Refusal("No.")
        if words in self.stumbles:
            raise RuntimeError(f"Cannot handle {words}")
        self.heard.append(words)
        if words == "last":
            self.done.set()

    async def say(self, words: str, place: Place | None = None, *, key: str = "") -> bool:
        where = place or self.yard.place
        event = Said(Ref(where, words), ANA, Text.of(words), self.yard.now)
        async with self.yard.store.work() as work:
            return await inbox.keep(work, key or f"said {words}", event)

    async def row(self, words: str) -> InboxRow:
        async with self.yard.store.look() as work:
            return await work.session.get_one(InboxRow, ("fake:W1", f"said {words}"))

    async def effects(self) -> set[str]:
        async with self.yard.store.look() as work:
            return set(await work.session.scalars(select(outbox.OutboxRow.key)))


@pytest.fixture
async def hall(yard: Yard) -> Hall:
    return Hall(yard)


async def test_what_was_recorded_is_kept_when_the_process_ends(hall: Hall) -> None:
    """Another process on the same database handles it."""
    assert await hall.say("words")
    await hall.yard.store.close()
    await hall.another(hall.yard.another_store()).step()
    assert hall.heard == ["words"]


async def test_a_second_delivery_is_nothing_new(hall: Hall) -> None:
    """Before and after the first is handled."""
    assert await hall.say("words")
    assert not await hall.say("words")
    await hall.inbox.step()
    assert not await hall.say("words")
    assert await hall.inbox.step() == 0
    assert hall.heard == ["words"]


async def test_of_deliveries_at_the_same_time_one_is_new(hall: Hall) -> None:
    new = await asyncio.gather(*(hall.say("words") for _ in range(8)))
    assert sorted(new) == [False] * 7 + [True]


async def test_one_key_in_two_workspaces_is_two_events(hall: Hall) -> None:
    assert await hall.say("one", key="same")
    assert await hall.say("two", Place("fake", "W2", "harbour"), key="same")


async def test_of_what_was_handled_no_words_are_kept(hall: Hall) -> None:
    await hall.say("words")
    assert "words" in (await hall.row("words")).payload
    await hall.inbox.step()
    row = await hall.row("words")
    assert (row.state, row.payload) == ("done", "")


async def test_events_of_one_conversation_are_handled_in_order(hall: Hall) -> None:
    """A thread is part of its channel's conversation."""
    for number in range(6):
        thread = "" if number % 2 else "thread"
        await hall.say(f"{number}", Place("fake", "W1", "harbour", thread))
    assert await hall.inbox.step() == 1
    while await hall.inbox.step():
        pass
    assert hall.heard == [*"012345"]


async def test_an_event_that_cannot_be_handled_leaves_no_trace_and_is_tried_again(
    hall: Hall,
) -> None:
    """Later and later; what its handler did is rolled back each time, and nobody's words are logged."""
    hall.stumbles = {"secret"}
    await hall.say("secret")
    with logged() as lines:
        await hall.inbox.step()
    line = lines.get_nowait()
    assert (line["event"], line["bug"]) == ("event not handled", "RuntimeError")
    assert "Cannot handle" not in str(line)
    assert await hall.effects() == set()
    row = await hall.row("secret")
    assert (row.state, row.tries, row.error) == ("new", 1, "RuntimeError")
    hall.yard.later(1.9)
    assert await hall.inbox.step() == 0
    hall.yard.later(0.1)
    hall.stumbles = set()
    await hall.inbox.step()
    assert hall.heard == ["secret"]
    assert await hall.effects() == {"secret"}


async def test_an_event_is_set_aside_after_five_tries_and_its_conversation_goes_on(
    hall: Hall,
) -> None:
    """Until then what came after it waits, so that nothing is handled out of order."""
    hall.stumbles = {"bad"}
    await hall.say("bad")
    await hall.say("after")
    for number in range(limits.TRIES):
        assert hall.heard == []
        assert (await hall.row("bad")).state == "new"
        assert await hall.inbox.step() == 1
        assert await hall.inbox.step() == (1 if number == limits.TRIES - 1 else 0)
        hall.yard.later(limits.back_off(number + 1).total_seconds())
    assert (await hall.row("bad")).state == "aside"
    assert hall.heard == ["after"]


async def test_an_event_that_cannot_be_read_is_set_aside_like_any_other(hall: Hall) -> None:
    await hall.say("broken")
    await hall.say("after")
    async with hall.yard.store.work() as work:
        row = await work.session.get_one(InboxRow, ("fake:W1", "said broken"))
        row.payload = '{"ref": 7}'
    for number in range(limits.TRIES):
        await hall.inbox.step()
        hall.yard.later(limits.back_off(number + 1).total_seconds())
    await hall.inbox.step()
    assert (await hall.row("broken")).state == "aside"
    assert hall.heard == ["after"]


async def test_an_event_that_a_feature_refuses_is_over(hall: Hall) -> None:
    """Nobody asked for anything, so nobody is told, nothing is kept, and nobody waits."""
    hall.refuses = {"no"}
    await hall.say("no")
    await hall.say("after")
    await hall.inbox.step()
    row = await hall.row("no")
    assert (row.state, row.payload, row.tries) == ("done", "", 0)
    assert await hall.effects() == set()
    await hall.inbox.step()
    assert hall.heard == ["after"]


async def test_other_conversations_do_not_wait_for_one_that_fails(hall: Hall) -> None:
    hall.stumbles = {"bad"}
    await hall.say("bad")
    await hall.say("fine", hall.yard.chat.channel("orchard"))
    await hall.inbox.step()
    assert hall.heard == ["fine"]


async def test_other_conversations_do_not_wait_behind_thousands_of_one_that_fails(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where its events fill all that is looked through, nor does its order change."""
    monkeypatch.setattr(inbox, "PAGE", 2)
    hall.stumbles = {"bad"}
    for words in ("bad", "after", "and after"):
        await hall.say(words)
    await hall.inbox.step()
    await hall.say("fine", hall.yard.chat.channel("orchard"))
    await hall.inbox.step()
    assert hall.heard == ["fine"]
    hall.stumbles.clear()
    hall.yard.later(3600)
    for _ in range(3):
        await hall.inbox.step()
    assert hall.heard == ["fine", "bad", "after", "and after"]


async def test_other_conversations_do_not_wait_for_one_that_hangs(hall: Hall) -> None:
    """A platform that does not say who somebody is keeps nobody else waiting."""
    hall.door.opened.clear()
    await hall.say("hang")
    running = asyncio.create_task(hall.inbox.run())
    await hall.door.reached.wait()
    for words in ("first", "second", "last"):
        await hall.say(words, hall.yard.chat.channel("orchard"))
    async with asyncio.timeout(60):
        await hall.done.wait()
    assert hall.heard == ["first", "second", "last"]
    hall.door.opened.set()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert hall.heard[-1] == "hang"


async def test_two_processes_handle_each_event_once(hall: Hall) -> None:
    for number in range(5):
        for team in range(4):
            await hall.say(f"{team} {number}", hall.yard.chat.channel(f"team {team}"))
    both = [hall.inbox, hall.another(hall.yard.another_store())]
    while sum(await asyncio.gather(*(one.step() for one in both))):
        pass
    assert sorted(hall.heard) == sorted(
        f"{team} {number}" for team in range(4) for number in range(5)
    )
    for team in range(4):
        mine = [words for words in hall.heard if words.startswith(f"{team}")]
        assert mine == [f"{team} {number}" for number in range(5)]


async def test_keys_of_what_was_handled_long_ago_are_forgotten(hall: Hall) -> None:
    """After thirty days, when no platform delivers anything again; what waits is never forgotten."""
    await hall.say("old")
    await hall.inbox.step()
    hall.stumbles = {"bad"}
    await hall.say("bad")
    hall.yard.now += timedelta(days=29)
    await hall.say("young", hall.yard.chat.channel("orchard"))
    await hall.inbox.step()
    hall.yard.now += timedelta(days=2)
    async with hall.yard.store.work() as work:
        assert await inbox.sweep(work) == 1
        assert await inbox.sweep(work) == 0
    async with hall.yard.store.look() as work:
        assert set(await work.session.scalars(select(InboxRow.key))) == {"said bad", "said young"}


def test_an_event_belongs_to_the_conversation_where_it_happened() -> None:
    """Who enters or leaves a workspace is a conversation of their own."""
    now, place = MORNING, Place("fake", "W1", "harbour")
    assert inbox.place_of(Said(Ref(place, "1"), ANA, Text(), now)) == place
    assert inbox.place_of(Joined(ANA, now, place)) == place
    assert inbox.place_of(Left(ANA, now)) == ANA.direct
