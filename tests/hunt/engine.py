"""Two processes on one database and one platform, and all that can happen to them, for hypothesis to drive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import ExitStack, suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select

from bot.chat import Busy, Card, Edited, Place, Ref, Removed, Said
from bot.engine import dead, outbox
from bot.engine.feature import Feature
from bot.engine.inbox import Inbox
from bot.engine.reception import Reception
from bot.engine.sender import Sender
from bot.engine.tables import OutboxRow
from bot.store.session import Work
from tests.engine.parts import Door, Yard
from tests.hunt.harbour import (
    COPIES,
    HARBOUR,
    ORCHARD,
    PLACES,
    TROUBLES,
    Bug,
    Harbour,
    Watch,
    nobody,
    subject,
)

ROUNDS = 1000
"""The most that may be needed until all is at rest: every message goes by itself, some of them several times."""
MAX_STUMBLES = 4
"""One fewer than it takes to set an event aside."""

KEYS = st.sampled_from(sorted(PLACES))
SENDERS = st.sampled_from([0, 1])
WRONGS = st.sampled_from([*TROUBLES, "answer lost", "answer lost", "bug", "stumble"])


class Engine(RuleBasedStateMachine):
    """Two processes on one database and one platform, and all that can happen to them."""

    fresh: Callable[[], Any]
    """Makes a context of the URL of a fresh database."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        url = self.closing.enter_context(type(self).fresh())
        self.runner = self.closing.enter_context(asyncio.Runner())
        self.yard = Yard(url)
        self.chat = self.yard.chat = Harbour()  # type: ignore[assignment]
        self.chat.in_turn = self.in_turn
        self.ana = self.chat.person("ana")
        self.watch = Watch(self.yard.another_store())
        self.stumbles, self.stumbled = 0, 0
        copier = Feature(
            "copier",
            on_event={Said: self.heard, Edited: self.heard, Removed: self.unheard},
        )
        self.desk = Reception(self.yard.store, (copier,), {"fake": self.chat}, nobody)
        self.inbox = Inbox(self.yard.store, prepare=self.desk.prepare, handle=self.desk.handle)
        self.senders = [self.sender(), self.sender()]
        self.flying: asyncio.Task[int] | None = None
        self.door = Door()
        self.seconds_to_hold = 0.0
        self.jumped = False
        self.events = self.pending = self.given_up = 0
        self.words = 0
        self.wanted: dict[str, str] = {}
        self.removed_by_others: set[str] = set()
        self.withdrawn_since: set[str] = set()
        self.said: dict[Ref, str] = {}
        self.listening = self.chat.listening(self.desk)
        self.do(self.listening.__aenter__())

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def sender(self) -> Sender:
        return Sender(self.yard.another_store(), {"fake": self.chat}, idle_seconds=60)

    # The feature: every message of a person has one copy.

    async def heard(self, work: Work, event: Said | Edited) -> bool:
        await outbox.show(work, COPIES, Card(text=event.text), key=f"copy {event.ref.id}")
        self.maybe_stumble()
        return False

    async def unheard(self, work: Work, event: Removed) -> bool:
        await outbox.withdraw(work, event.ref.place.workspace_id, f"copy {event.ref.id}")
        self.maybe_stumble()
        return False

    def maybe_stumble(self) -> None:
        if self.stumbles:
            self.stumbles -= 1
            raise Bug

    # What the core wants.

    @rule(key=KEYS)
    def show(self, key: str) -> None:
        self.words += 1
        to, under = PLACES[key]
        words = f"words {self.words}"
        self.do(self.yard.show(words, key, at=to, under=under))
        self.wanted[key] = words

    @rule(key=KEYS)
    def withdraw(self, key: str) -> None:
        self.do(self.yard.withdraw(key))
        self.wanted.pop(key, None)
        self.withdrawn_since.add(key)

    # What people do.

    @rule(where=st.sampled_from([HARBOUR, ORCHARD]))
    def say(self, where: Place) -> None:
        self.words += 1
        words = f"said {self.words}"
        self.said[self.do(self.chat.say(self.ana, where, words))] = words

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def edit_said(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(sorted(self.said, key=str)))
        self.words += 1
        self.said[ref] = f"edited {self.words}"
        self.do(self.chat.edit_said(self.ana, ref, self.said[ref]))

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def remove_said(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(sorted(self.said, key=str)))
        self.do(self.chat.remove_said(self.ana, ref))
        del self.said[ref]

    @precondition(lambda self: self.ours())
    @rule(data=st.data())
    def moderate(self, data: st.DataObject) -> None:
        """A moderator takes one of the bot's messages away."""
        post = data.draw(st.sampled_from(self.ours()))
        if self.do(self.watch.is_known(post.ref)):
            # Whose post is not known to have arrived, of that nobody can know that it was taken.
            self.removed_by_others.add(subject(post.key))
            key = subject(post.key)
            if key in self.wanted and self.flying is None and not self.do(self.watch.is_going(key)):
                # Else it was to go anyway, and whoever removes it first is as well.
                self.withdrawn_since.discard(key)
            self.do(self.chat.remove_said(self.ana, post.ref))

    @rule()
    def deliver_again(self) -> None:
        self.do(self.chat.deliver_again())

    # What the machinery does.

    @precondition(lambda self: self.events)
    @rule()
    def handle_events(self) -> None:
        self.do(self.inbox.step())

    @precondition(lambda self: self.pending and self.flying is None)
    @rule(who=SENDERS)
    def send(self, who: int) -> None:
        self.do(self.senders[who].step())

    @precondition(lambda self: self.flying is not None and self.seconds_to_hold == 0)
    @rule()
    def send_beside(self) -> None:
        """The other process sends while one waits for an answer."""
        doors, self.chat.doors = self.chat.doors, {}
        self.do(self.senders[1].step())
        self.chat.doors = doors

    @precondition(lambda self: self.pending and self.flying is None)
    @rule(moment=st.sampled_from(["before", "after"]))
    def begin(self, moment: str) -> None:
        """A process claims, and its requests wait before they arrive, or before their answer does."""
        self.door = Door()
        self.chat.doors = {moment: self.door}
        # Until its request has arrived, a process holds its lease: a send ends before the lease does.
        self.seconds_to_hold = 50.0 if moment == "before" else 0.0
        self.do(self.start())

    async def start(self) -> None:
        self.flying = asyncio.create_task(self.senders[0].step())
        reached = asyncio.create_task(self.door.reached.wait())
        await asyncio.wait({self.flying, reached}, return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()
        if self.flying.done():
            self.flying.result()
            self.landed()

    @precondition(lambda self: self.flying is not None)
    @rule()
    def finish(self) -> None:
        self.chat.in_turn = None
        self.door.opened.set()

        async def land() -> None:
            assert self.flying is not None
            await self.flying

        self.do(land())
        self.landed()

    @precondition(lambda self: self.flying is not None)
    @rule()
    def crash(self) -> None:
        """The process is killed, and another takes its place."""

        async def die() -> None:
            assert self.flying is not None
            self.flying.cancel()
            with suppress(asyncio.CancelledError):
                await self.flying

        self.do(die())
        self.landed()
        self.senders[0] = self.sender()

    @precondition(lambda self: self.pending and self.flying is None)
    @rule(moment=st.sampled_from(["before", "after"]))
    def be_killed(self, moment: str) -> None:
        """A process claims and is killed before its requests arrive, or before it hears how they ended."""
        self.begin(moment)
        if self.flying is not None:
            self.crash()

    @precondition(lambda self: self.pending and self.flying is None)
    @rule(key=KEYS, meanwhile=st.sampled_from(["", "busy", "withdraw", "show", "come back"]))
    def be_overtaken(self, key: str, meanwhile: str) -> None:
        """A process hears so late how its requests ended that another has taken over, and more has happened."""
        self.begin("after")
        if self.flying is None:
            return
        self.later(61)
        if meanwhile == "busy":
            self.chat.trouble_next(Busy(3))
        self.send_beside()
        if meanwhile in ("withdraw", "come back"):
            self.withdraw(key)
            self.send_beside()
        if meanwhile in ("show", "come back"):
            self.show(key)
        self.finish()

    @precondition(lambda self: self.pending and self.flying is None)
    @rule(moment=st.sampled_from(["before", "after"]), change=st.sampled_from(["show", "withdraw"]))
    def change_on_its_way(self, moment: str, change: str) -> None:
        """What is being sent is wanted otherwise by the time it arrives."""
        self.begin(moment)
        if self.flying is not None and self.chat.last in PLACES:
            self.show(self.chat.last) if change == "show" else self.withdraw(self.chat.last)
        if self.flying is not None:
            self.finish()

    @precondition(lambda self: self.flying is None)
    @rule(key=KEYS)
    def come_back_after_a_kill(self, key: str) -> None:
        """What was being removed when its process was killed is wanted again."""
        self.withdraw(key)
        self.be_killed("after")
        self.show(key)

    def landed(self) -> None:
        self.flying, self.seconds_to_hold = None, 0.0
        self.chat.doors, self.chat.in_turn = {}, self.in_turn

    # What goes wrong.

    @precondition(lambda self: self.pending and not self.awaiting_trouble())
    @rule(what=WRONGS)
    def go_wrong(self, what: str) -> None:
        """The next request, or the next handling of an event, does not end well."""
        if what in TROUBLES:
            self.chat.trouble_next(TROUBLES[what]())
        elif what == "answer lost":
            self.chat.lose_answer()
        elif what == "bug":
            self.chat.bugs += 1
        elif self.stumbled < MAX_STUMBLES:
            self.stumbles += 1
            self.stumbled += 1

    def awaiting_trouble(self) -> bool:
        return bool(self.chat._troubles or self.chat._answers_to_lose or self.chat.bugs)

    @rule(seconds=st.sampled_from([5.0, 61.0, 3600.0]))
    def later(self, seconds: float) -> None:
        if self.flying is not None and self.seconds_to_hold:
            seconds = min(seconds, self.seconds_to_hold - 1)
            self.seconds_to_hold -= seconds
        self.yard.later(seconds)

    @precondition(lambda self: self.flying is None and not self.jumped)
    @rule()
    def clock_jumps_back(self) -> None:
        self.jumped = True
        self.yard.later(-3600)

    @precondition(lambda self: self.given_up)
    @rule()
    def try_dead_again(self) -> None:
        self.do(self.retry_all())

    async def retry_all(self) -> int:
        return len(await dead.each(self.yard.store, dead.retry))

    # What is always so.

    @invariant()
    def no_message_is_there_twice(self) -> None:
        keys = [subject(post.key) for post in self.ours()]
        assert len(keys) == len(set(keys)), keys

    @invariant()
    def counters_are_exact_and_at_rest_all_is_as_wanted(self) -> None:
        counter, rows = self.do(self.yard.counted())
        assert counter == rows
        self.pending = sum(rows.values())
        self.events, self.given_up = self.do(self.watch.left())
        # What is to be seen while all is at rest may be gone again at the end.
        if not (self.flying or self.pending or self.events or self.given_up):
            self.everything_is_as_wanted()

    async def in_turn(self, key: str) -> None:
        """What is on its way is the first that waits for its destination."""
        async with self.watch.store.look() as work:
            row = await work.session.get(OutboxRow, ("fake:W1", key))
            if row is None or row.state != "pending":
                return
            first = await work.session.scalar(
                select(func.min(OutboxRow.turn)).where(
                    OutboxRow.destination == row.destination, OutboxRow.state == "pending"
                )
            )
            assert row.turn == first, f"{key} went before its turn"

    def ours(self) -> list[Any]:
        return [post for post in self.chat.posts if post.by == self.chat.bot]

    # And after quiet:

    def teardown(self) -> None:
        try:
            if self.flying is not None:
                self.finish()
            self.chat._troubles.clear()
            self.chat._answers_to_lose = self.chat.bugs = self.stumbles = 0
            self.do(self.quiet())
            self.everything_is_as_wanted()
        finally:
            self.do(self.close())
            self.closing.close()

    async def close(self) -> None:
        await self.listening.__aexit__(None, None, None)
        for store in self.yard.stores:
            await store.close()

    async def quiet(self) -> None:
        """Let time pass until nothing is left to do."""
        for _ in range(ROUNDS):
            if await self.inbox.step() + await self.senders[0].step():
                continue
            events, given_up = await self.watch.left()
            if not events + given_up and not (await self.yard.counted())[1]:
                return
            # What waits for an hour must not wait for an operator who tries again and again.
            await self.retry_all()
            self.yard.later(3600)
        left = await self.watch.left(), await self.yard.counted()
        raise AssertionError(f"After {ROUNDS} rounds there is still something to do: {left}")

    def everything_is_as_wanted(self) -> None:
        wanted = dict(self.wanted) | {f"copy {ref.id}": text for ref, text in self.said.items()}
        taken = self.do(self.watch.taken())
        assert (
            self.removed_by_others - self.withdrawn_since - {"copy"} <= taken | self.gone_copies()
        )
        for key in taken:
            wanted.pop(key, None)
        there = {subject(post.key): post.card.plain() for post in self.ours()}
        assert there == wanted

    def gone_copies(self) -> set[str]:
        """Copies whose original is gone: whether somebody took them as well does not matter."""
        standing = {f"copy {ref.id}" for ref in self.said}
        return {
            key for key in self.removed_by_others if key.startswith("copy ") and key not in standing
        }
