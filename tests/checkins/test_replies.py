"""What readers say reaches the writer, and nobody touches what is somebody else's."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from bot.chat import AccountId, Press, Submit, Wrong
from bot.checkins.tables import Draft
from bot.people.tables import Person
from tests.checkins.parts import (
    card,
    checkins,
    count,
    direct,
    entries,
    form,
    prompted,
    thread,
    values,
)
from tests.house import House


async def test_a_reply_reaches_the_writer_and_never_oneself(house: House) -> None:
    harbour, [ana, ben] = await prompted(house, "ana", "ben")
    entry = house.find(house.parent(harbour).replies, "the mast")
    asked = form(await house.chat.press(ben, entry, "Reply"))
    assert asked.text.plain() == "Everybody in #harbour can read it; Ana is told."
    await house.chat.submit(ben, asked, {"words": "which"}, final=False)
    asked = form(await house.chat.press(ben, entry, "Reply"))
    assert values(asked) == {"words": "which"}
    nothing = await house.chat.submit(ben, asked, {"words": "\u200b"})
    assert nothing == Wrong({"words": "Write a word or two, or press Cancel."})
    await house.chat.submit(ben, asked, {"words": "which mast?"})
    await house.settle()
    assert direct(house, ana)[-1] == "Ben answered you in #harbour:\n> which mast?"
    assert thread(house, harbour)[-1] == "Ben to Ana\nwhich mast?"
    asked = form(await house.chat.press(ana, entry, "Reply"))
    await house.chat.submit(ana, asked, {"words": "the tall one"})
    await house.settle()
    assert "Ana answered you in #harbour:\n> the tall one" in direct(house, ben)[-1]
    assert thread(house, harbour)[-1] == "Ana\nthe tall one"
    assert len([one for one in direct(house, ana) if "answered you" in one]) == 1
    told = card(await house.chat.command(ben, harbour, "/checkin undo")).plain()
    await house.settle()
    assert told == "Undone: your reply is gone."
    assert "which mast?" not in str(thread(house, harbour) + direct(house, ana))
    assert await count(house, Draft) == 0


async def test_words_in_a_flat_thread_reach_who_spoke_last_and_follow_their_message(
    house: House,
) -> None:
    harbour, [ana, ben, chi] = await prompted(house, "ana", "ben", "chi")
    house.later(minutes=1)
    await house.chat.command(ben, harbour, "/checkin the keel")
    await house.settle()
    place = house.parent(harbour).replies
    said = await house.chat.say(chi, place, "need **help**?")
    await house.chat.say(ben, place, "and the rudder")
    await house.settle()
    assert direct(house, ben)[-1] == "Chi answered you in #harbour:\n> need help?"
    assert direct(house, ana)[-1] == "Ben answered you in #harbour:\n> and the rudder"
    await house.chat.edit_said(chi, said, "need a hand?")
    await house.settle()
    assert direct(house, ben)[-1] == "Chi answered you in #harbour:\n> need a hand?"
    await house.chat.remove_said(chi, said)
    await house.settle()
    assert "answered you" not in str(direct(house, ben))


async def test_only_its_author_changes_an_entry_and_only_its_readers_reply(house: House) -> None:
    harbour, [_, ben] = await prompted(house, "ana", "ben")
    dee = await house.person("dee")
    eve = AccountId("fake", house.chat.workspace, "eve")
    elsewhere = AccountId("fake", "W2", "ana")
    entry = house.find(house.parent(harbour).replies, "the mast")
    assert "Only Ana can change this." in card(await house.chat.press(ben, entry, "Edit")).plain()
    assert (
        "Only people in that channel" in card(await house.chat.press(dee, entry, "Reply")).plain()
    )
    checkin = (await checkins(house))[0]
    for by, said in ((ben, "Only Ana can"), (dee, "Only Ana can"), (eve, "I only work for members"),
                     (elsewhere, "I only work for members")):  # fmt: skip
        for verb in ("form", "skip", "unskip", "later", "delete", "restore", "enough"):
            press = Press(f"checkins.{verb}:{checkin.id}", by, harbour, house.now)
            assert card(await house.desk.answer(press)).plain().startswith(said), (by, verb)
        sent = Submit(f"checkins.entry:{checkin.id}", {"answer.plan": "x"}, by, harbour, house.now)
        assert said in str(await house.desk.answer(sent))
    assert await entries(house) == [["the mast"]]


async def test_a_person_who_left_the_workspace_is_refused_and_not_told(house: House) -> None:
    harbour, [ana, ben] = await prompted(house, "ana", "ben")
    async with house.work() as work:
        await work.session.execute(
            update(Person)
            .where(Person.name == "Ana")
            .values(present=False, profile_at=house.now + timedelta(days=1))
        )
    entry = house.find(house.parent(harbour).replies, "the mast")
    asked = form(await house.chat.press(ben, entry, "Reply"))
    await house.chat.submit(ben, asked, {"words": "bye"})
    await house.settle()
    assert "bye" not in str(direct(house, ana))
