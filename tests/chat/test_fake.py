from __future__ import annotations

import pytest

from bot.chat import (
    Ask,
    Busy,
    Button,
    Card,
    Done,
    Event,
    Field,
    Form,
    Option,
    Press,
    Refused,
    Replace,
    Said,
    Select,
    Show,
    Submit,
    Text,
    Unsure,
    Wrong,
)
from bot.chat.fake import FakeChat
from tests.contract.harness import ListeningDesk

FORM = Form("f1", "Today", (Field("plan", "What is next?", value="Paint"), Field("why", "Why?")))


class ForgetfulDesk(ListeningDesk):
    """It fails to keep the first thing it hears."""

    failures = 1

    async def record(self, key: str, event: Event) -> bool:
        if self.failures:
            self.failures -= 1
            raise OSError("The disk is full.")
        return await super().record(key, event)


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()


@pytest.fixture
def desk() -> ListeningDesk:
    return ListeningDesk()


async def test_what_is_said_while_nobody_listens_waits(chat: FakeChat, desk: ListeningDesk) -> None:
    await chat.say(chat.person("ana"), chat.channel("harbour"), "Hello?")
    async with chat.listening(desk):
        assert [said.text for said in desk.all(Said)] == [Text.of("Hello?")]


async def test_what_the_desk_could_not_keep_comes_again(chat: FakeChat) -> None:
    ana, desk = chat.person("ana"), ForgetfulDesk()
    async with chat.listening(desk):
        with pytest.raises(OSError, match="disk is full"):
            await chat.say(ana, ana.direct, "One")
        await chat.say(ana, ana.direct, "Two")
    assert [said.text.plain() for said in desk.all(Said)] == ["One", "Two"]


async def test_an_act_needs_somebody_who_listens(chat: FakeChat) -> None:
    ana = chat.person("ana")
    with pytest.raises(RuntimeError, match="Nobody listens to the chat 'fake'"):
        await chat.command(ana, ana.direct, "/checkin")


async def test_troubles_come_one_after_the_other_and_then_all_is_well(chat: FakeChat) -> None:
    place = chat.channel("harbour")
    chat.trouble_next(Busy(3))
    chat.trouble_next(Refused("The channel is archived: choose another."))
    with pytest.raises(Busy):
        await chat.send(place, Card("One"), key="k1")
    with pytest.raises(Refused, match="archived"):
        await chat.send(place, Card("One"), key="k1")
    await chat.send(place, Card("One"), key="k1")
    assert chat.visible(place) == (Card("One"),)


async def test_a_lost_answer_leaves_the_message_standing(chat: FakeChat) -> None:
    place = chat.channel("harbour")
    chat.lose_answer()
    with pytest.raises(Unsure):
        await chat.send(place, Card("One"), key="k1")
    assert chat.visible(place) == (Card("One"),)


async def test_a_place_refuses_until_it_is_told_not_to(chat: FakeChat) -> None:
    place = chat.channel("harbour")
    chat.refuse(place, "The bot was removed from harbour: invite it again.")
    with pytest.raises(Refused, match="invite it again"):
        await chat.send(place, Card("One"), key="k1")
    assert await chat.trouble() == ("The bot was removed from harbour: invite it again.",)
    chat.refuse(place, "")
    await chat.send(place, Card("One"), key="k1")
    assert await chat.trouble() == ()


async def test_only_a_button_that_can_be_seen_can_be_pressed(
    chat: FakeChat, desk: ListeningDesk
) -> None:
    ana, place = chat.person("ana"), chat.channel("harbour")
    (ref,) = await chat.send(place, Card(buttons=(Button("Narrate", "open"),)), key="k1")
    async with chat.listening(desk):
        assert await chat.press(ana, ref, "Narrate") == Done()
        with pytest.raises(LookupError, match="no button 'Skip' here, only: Narrate"):
            await chat.press(ana, ref, "Skip")
        await chat.remove((ref,))
        with pytest.raises(LookupError, match="No message"):
            await chat.press(ana, ref, "Narrate")


async def test_a_card_shown_to_one_person_is_pressed_and_replaced_for_them_alone(
    chat: FakeChat, desk: ListeningDesk
) -> None:
    ana, ben, place = chat.person("ana"), chat.person("ben"), chat.channel("harbour")
    settings = Card("Settings", selects=(Select("Nudges", "nudges", (Option("None", "0"),)),))
    async with chat.listening(desk):
        desk.reply = Show(settings)
        await chat.command(ana, place, "/checkin settings")
        desk.reply = Replace(Card("Saved"))
        await chat.choose(ana, settings, "Nudges", "None")
        with pytest.raises(LookupError, match="was not shown"):
            await chat.choose(ben, settings, "Nudges", "None")
    (press,) = desk.all(Press)
    assert (press.action, press.choice, press.on) == ("nudges", "0", None)
    assert chat.shown == {ana: [Card("Saved")]}


async def test_a_shortcut_brings_the_message_it_was_used_on(
    chat: FakeChat, desk: ListeningDesk
) -> None:
    ana, ben, place = chat.person("ana"), chat.person("ben"), chat.channel("harbour")
    async with chat.listening(desk):
        ref = await chat.say(ana, place, "Low walls hold")
        await chat.shortcut(ben, ref, "Mark as lesson")
    (press,) = desk.all(Press)
    assert (press.action, press.by, press.on) == ("lessons.mark", ben, ref)
    assert press.said == Said(ref, ana, Text.of("Low walls hold"), chat.at)


async def test_a_form_is_answered_by_key_or_label_and_closes_when_it_is_right(
    chat: FakeChat, desk: ListeningDesk
) -> None:
    ana = chat.person("ana")
    async with chat.listening(desk):
        desk.reply = Ask(FORM)
        await chat.command(ana, ana.direct, "/checkin")
        desk.reply = Wrong({"why": "Say a little more."})
        await chat.submit(ana, chat.forms[ana], {"Why?": "No"})
        assert chat.wrong[ana] == {"why": "Say a little more."}
        desk.reply = Done()
        await chat.submit(ana, chat.forms[ana], {"why": "It peels"})
        with pytest.raises(LookupError, match="no field 'Who'"):
            await chat.submit(ana, FORM, {"Who": "Ben"})
    assert [act.values for act in desk.all(Submit)] == [
        {"plan": "Paint", "why": "No"},
        {"plan": "Paint", "why": "It peels"},
    ]
    assert chat.forms == {}
    assert chat.wrong == {}


async def test_who_joins_is_a_member_until_they_leave(chat: FakeChat, desk: ListeningDesk) -> None:
    ana, place = chat.person("ana"), chat.channel("harbour")
    async with chat.listening(desk):
        await chat.join(ana, place)
        assert await chat.members(place) == (ana,)
        await chat.leave(ana, place)
    assert await chat.members(place) == ()
    assert len(desk.events) == 2
