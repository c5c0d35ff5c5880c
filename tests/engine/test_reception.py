"""The reception finds who an act is for, answers it once, and says no in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot.chat import (
    AccountId,
    Busy,
    Chat,
    Command,
    CommandHelp,
    Done,
    Place,
    Press,
    Removed,
    Reply,
    Said,
    Shortcut,
    Show,
    Submit,
    Text,
    Wrong,
)
from bot.engine import outbox
from bot.engine.feature import Feature
from bot.engine.inbox import Inbox
from bot.engine.reception import Reception
from bot.refusal import Refusal
from bot.store.session import Store, Work
from tests.engine.parts import MORNING, Yard, card

ANA = AccountId("fake", "W1", "ana")
HARBOUR = Place("fake", "W1", "harbour")


class Hall:
    """A reception with two small features."""

    def __init__(self, yard: Yard) -> None:
        self.yard = yard
        self.met: list[AccountId] = []
        self.trouble: Exception | None = None
        self.heard: list[str] = []
        first = Feature(
            name="first",
            commands=(CommandHelp("checkin", "Narrate"), CommandHelp("grain", "Drop a grain")),
            shortcuts=(Shortcut("Keep", "first.keep"),),
            on_command={"checkin": self.checkin, "grain": self.refuse},
            on_press={"first.skip": self.press},
            on_submit={"first.entry": self.submit},
            on_event={Said: self.said, Removed: self.removed},
            complete={"checkin": self.complete},
        )
        second = Feature(name="second", on_event={Said: self.said_second})
        self.desk = Reception(yard.store, (first, second), {"fake": yard.chat}, self.meet)

    async def meet(self, _store: Store, _chat: Chat, account: AccountId) -> None:
        self.met.append(account)
        if self.trouble:
            raise self.trouble

    async def checkin(self, work: Work, act: Command) -> Reply:
        await outbox.show(work, act.place, card(act.words), key=f"{act.words} {len(self.heard)}")
        self.heard.append(act.words)
        return Show(card(f"heard {act.words}"))

    async def refuse(self, work: Work, act: Command) -> Reply:
        await outbox.show(work, act.place, card("effect"), key="effect")
        raise Refusal("That is not a grain.")

    async def press(self, _work: Work, act: Press) -> Reply:
        self.heard.append(act.action)
        return Done()

    async def submit(self, _work: Work, act: Submit) -> Reply:
        raise Refusal("That is no time.", field=act.values["field"])

    async def said(self, _work: Work, event: Said) -> bool:
        self.heard.append("first")
        return event.text.plain() == "mine"

    async def said_second(self, _work: Work, _event: Said) -> bool:
        self.heard.append("second")
        return False

    async def removed(self, work: Work, event: Removed) -> bool:
        self.heard.append(f"removed {await outbox.find(work, event.ref)}")
        return False

    async def complete(
        self, _work: Work, _words: str, _by: AccountId, _place: Place
    ) -> tuple[str, ...]:
        return ("skip", "settings", "snooze", *(f"s{number}" for number in range(40)))

    async def command(self, name: str, words: str = "", key: str = "") -> Reply:
        return await self.desk.answer(Command(name, words, ANA, HARBOUR, MORNING, key))

    async def press_on(self, action: str) -> Reply:
        return await self.desk.answer(Press(action, ANA, HARBOUR, MORNING))

    async def effects(self) -> int:
        async with self.yard.store.look() as work:
            return await work.session.scalar(select(func.count(outbox.OutboxRow.key))) or 0


@pytest.fixture
async def hall(yard: Yard) -> AsyncIterator[Hall]:
    hall = Hall(yard)
    async with yard.chat.listening(hall.desk):
        yield hall


def words(reply: Reply) -> str:
    assert isinstance(reply, Show)
    return reply.card.plain()


async def test_an_act_reaches_the_feature_that_offers_it(hall: Hall) -> None:
    """Commands by name, buttons and forms by their verb; who acts is met first."""
    assert words(await hall.command("checkin", "hello")) == "heard hello"
    assert await hall.press_on("first.skip:7") == Done()
    assert hall.heard == ["hello", "first.skip:7"]
    assert hall.met == [ANA, ANA]
    assert [one.name for one in hall.desk.commands] == ["checkin", "grain"]
    assert [one.label for one in hall.desk.shortcuts] == ["Keep"]


async def test_a_second_delivery_of_an_act_does_nothing(hall: Hall) -> None:
    await hall.command("checkin", "hello", key="7")
    assert await hall.command("checkin", "hello", key="7") == Done()
    assert hall.heard == ["hello"]


async def test_of_two_deliveries_of_an_act_at_the_same_time_one_counts(hall: Hall) -> None:
    replies = await asyncio.gather(*(hall.command("checkin", "hello", key="7") for _ in range(4)))
    assert sum(reply == Done() for reply in replies) == 3
    assert await hall.effects() == 1


async def test_acts_without_a_key_all_count(hall: Hall) -> None:
    await hall.command("checkin", "hello")
    await hall.command("checkin", "hello")
    assert hall.heard == ["hello", "hello"]


async def test_an_act_that_was_refused_may_be_tried_again_with_its_key(hall: Hall) -> None:
    """Nothing happened the first time, so nothing is remembered of it."""
    for _ in range(2):
        assert words(await hall.command("grain", key="7")) == "That is not a grain."


async def test_a_refusal_is_shown_to_the_caller_and_leaves_no_trace(hall: Hall) -> None:
    assert words(await hall.command("grain", "x")) == "That is not a grain."
    assert await hall.effects() == 0


async def test_a_refused_command_gives_long_words_back(hall: Hall) -> None:
    """As they were typed: nothing in them counts as formatting."""
    typed = "Move *the* boats <!channel> before noon"
    reply = await hall.command("grain", typed)
    assert isinstance(reply, Show)
    assert reply.card.text == (
        Text.of("That is not a grain.", "You wrote:") + Text.of(typed).quoted()
    )


async def test_of_a_book_that_is_refused_the_first_pages_are_given_back(hall: Hall) -> None:
    reply = await hall.command("grain", "tide " * 200_000)
    assert isinstance(reply, Show)
    shown = reply.card.text.plain()
    assert "You wrote 1,000,000 characters; these are the first 3,000:" in shown
    assert len(shown) < 3200


async def test_a_refused_form_says_so_beside_the_field(hall: Hall) -> None:
    for field in ("at", ""):
        act = Submit("first.entry:7", {"field": field}, ANA, HARBOUR, MORNING)
        assert await hall.desk.answer(act) == Wrong({field: "That is no time."})


@pytest.mark.parametrize(
    ("typed", "near"), [("chekin", "checkin"), ("grains", "grain"), ("zzz", "outloud")]
)
async def test_an_unknown_command_is_answered_with_the_nearest(
    hall: Hall, typed: str, near: str
) -> None:
    assert words(await hall.command(typed)) == f"There is no /{typed}. Did you mean /{near}?"


async def test_an_old_button_and_an_old_form_say_that_they_are_old(hall: Hall) -> None:
    old = "This comes from an older version of me. Type /outloud to see what I can do now."
    assert words(await hall.press_on("gone.verb:7")) == old
    assert await hall.desk.answer(Submit("gone.form", {}, ANA, HARBOUR, MORNING)) == Wrong(
        {"": old}
    )


@pytest.mark.parametrize("trouble", [Busy(5), TimeoutError()])
async def test_when_a_platform_cannot_say_who_somebody_is_they_are_told(
    hall: Hall, trouble: Exception
) -> None:
    hall.trouble = trouble
    told = words(await hall.command("checkin", "hello"))
    assert told == "I could not find out who you are just now. Please try again in a minute."


async def test_features_hear_of_events_in_their_order_until_one_is_done_with_it(
    hall: Hall,
) -> None:
    inbox = Inbox(hall.yard.store, prepare=hall.desk.prepare, handle=hall.desk.handle)
    await hall.yard.chat.say(ANA, HARBOUR, "everybody's")
    await hall.yard.chat.say(ANA, HARBOUR, "mine")
    while await inbox.step():
        pass
    assert hall.heard == ["first", "second", "first"]
    assert ANA in hall.met


async def test_what_a_platform_delivers_again_is_recorded_once(hall: Hall) -> None:
    inbox = Inbox(hall.yard.store, prepare=hall.desk.prepare, handle=hall.desk.handle)
    await hall.yard.chat.say(ANA, HARBOUR, "mine")
    await inbox.step()
    await hall.yard.chat.deliver_again()
    assert await inbox.step() == 0
    assert hall.heard == ["first"]


async def test_features_are_told_which_of_our_messages_was_removed(hall: Hall) -> None:
    """It is noted as gone before they hear of it, and still has its name."""
    inbox = Inbox(hall.yard.store, prepare=hall.desk.prepare, handle=hall.desk.handle)
    await hall.yard.show("words")
    await hall.yard.settle()
    await hall.yard.chat.remove_said(ANA, hall.yard.ref("words"))
    await inbox.step()
    assert hall.heard == ["removed one"]
    assert not await hall.yard.show("words")


async def test_what_may_follow_a_command_begins_with_what_was_typed(hall: Hall) -> None:
    """At most 25, whatever the case; for a command that offers nothing, nothing."""
    place = HARBOUR
    assert await hall.desk.complete("checkin", "SE", ANA, place) == ("settings",)
    assert len(await hall.desk.complete("checkin", "", ANA, place)) == 25
    assert await hall.desk.complete("grain", "", ANA, place) == ()
