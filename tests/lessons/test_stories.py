"""Stories: whoever tried a lesson is asked once what happened, and others read it after their yes."""

from __future__ import annotations

from bot.chat import AccountId, Card
from tests.lessons.parts import Town, card_of, words_of

HELD = "We checked at four in the morning, and nothing went slack"
ASK = "What happened when you tried it?"


async def tried(town: Town, label: str = "Tried it") -> None:
    """Dee tries the lesson, and two weeks pass."""
    await town.stands()
    await town.press(town.dee, "A lesson", label, place=town.cop)
    await town.next_day(14)


def asked(town: Town, who: AccountId) -> list[Card]:
    return [one for one in town.direct(who) if one.title == ASK]


async def told(town: Town, words: str = HELD, named: str = "yes") -> None:
    """And tells what happened."""
    await tried(town)
    form = await town.press(town.dee, ASK, "Tell it")
    await town.submit(town.dee, form, words=words, named=named)


async def shown(town: Town, who: AccountId) -> str:
    return words_of(await town.command(who, town.cop, "/lesson show 1"))


async def test_whoever_tried_it_is_asked_two_weeks_later_and_once(village: Town) -> None:
    town = village
    await town.stands()
    labels = {town.dee: "Tried it", town.eve: "It worked", town.ben: "It changed how we work"}
    for who, label in labels.items():
        await town.press(who, "A lesson", label, place=town.cop)
    await town.next_day(13)
    assert [len(asked(town, who)) for who in labels] == [0, 0, 0]
    await town.next_day()
    assert [len(asked(town, who)) for who in labels] == [1, 1, 1]
    await town.press(town.dee, ASK, "Not this time")
    await town.press(town.dee, "A lesson", "Saw it", place=town.cop)
    await town.press(town.dee, "A lesson", "Tried it", place=town.cop)
    await town.next_day(15)
    assert asked(town, town.dee) == []


async def test_whoever_took_that_back_or_is_away_or_stopped_is_not_asked(village: Town) -> None:
    town = village
    await town.stands()
    for who in (town.ben, town.dee, town.eve, town.chi):
        reply = await town.press(who, "A lesson", "Tried it", place=town.cop)
        if who == town.ben:
            await town.chat.press(who, card_of(reply), "Take it back")
    await town.press(town.dee, "A lesson", "It did not", place=town.cop)
    await town.command(town.eve, town.cop, "/checkin away until 2026-12-24")
    form = await town.command(town.chi, town.cop, "/checkin settings")
    await town.submit(town.chi, form, prompts="stop")
    await town.next_day(14)
    await town.next_day(15)
    assert [asked(town, who) for who in (town.ben, town.dee, town.eve, town.chi)] == [[]] * 4


async def test_nobody_is_asked_at_night(village: Town) -> None:
    town = village
    await town.stands()
    await town.press(town.dee, "A lesson", "Tried it", place=town.cop)
    town.at("2026-11-30T23:30:00+00:00")
    await town.tick()
    assert asked(town, town.dee) == []
    town.at("2026-12-01T09:00:00+00:00")
    await town.tick()
    assert len(asked(town, town.dee)) == 1


async def test_with_a_yes_the_story_stands_with_the_lesson(town: Town) -> None:
    await told(town)
    preview = town.direct(town.dee)[-1].plain()
    assert "Everybody in #cop and in the team it came from" in preview
    assert HELD not in await shown(town, town.eve)
    await town.press(town.dee, "Your story, as it would", "Yes, add it")
    for reader in (town.eve, town.ana):
        assert f"Dee:\n> {HELD}" in await shown(town, reader)
    await town.press(town.dee, "Your story stands", "Take it back")
    assert HELD not in await shown(town, town.eve)


async def test_a_changed_story_needs_another_yes(village: Town) -> None:
    town = village
    await told(town)
    await town.press(town.dee, "Your story, as it would", "Yes, add it")
    form = await town.press(town.dee, "Your story stands", "Change it")
    await town.submit(town.dee, form, words="It was a calm night", named="no")
    seen = await shown(town, town.eve)
    assert HELD not in seen
    assert "calm" not in seen
    await town.press(town.dee, "Your story, as it would", "Yes, add it")
    assert "Somebody:\n> It was a calm night" in await shown(town, town.eve)


async def test_without_a_yes_nobody_reads_it(village: Town) -> None:
    town = village
    await told(town)
    await town.press(town.dee, "Your story, as it would", "Rather not")
    assert "it stays with you" in town.direct(town.dee)[-1].plain()
    assert HELD not in await shown(town, town.eve)
    await town.next_day()
    assert HELD not in str(town.chat.visible(town.cop))


async def test_the_guard_reads_a_story_like_every_wording(village: Town) -> None:
    town = village
    await tried(town)
    form = await town.press(town.dee, ASK, "Tell it")
    key = "AKIA" + "IOSFODNN7QRSTUVW"
    wrong = await town.submit(town.dee, form, words=f"We used {key} for it", named="yes")
    assert "cannot be shared" in words_of(wrong)
    await town.submit(town.dee, form, words="Ben called ben@harbour.example about it", named="yes")
    await town.press(town.dee, "the name of a member", "Write a colleague instead")
    await town.press(town.dee, "an e-mail address", "It may stay")
    await town.press(town.dee, "Your story, as it would", "Yes, add it")
    seen = await shown(town, town.eve)
    assert "a colleague called ben@harbour.example about it" in seen


async def test_a_story_without_a_name_that_names_its_teller_is_found(village: Town) -> None:
    town = village
    await told(town, words="It was Dee who saw it", named="no")
    assert "the name of a member" in town.direct(town.dee)[-1].plain()


async def test_the_digest_of_the_channel_tells_one_story(village: Town) -> None:
    town = village
    await told(town)
    await town.press(town.dee, "Your story, as it would", "Yes, add it")
    digest = words_of(await town.command(town.chi, town.cop, "/digest month"))
    assert "One story" in digest
    assert HELD in digest


async def test_a_withdrawn_lesson_takes_the_question_and_the_story_along(village: Town) -> None:
    town = village
    await told(town)
    await town.press(town.dee, "Your story, as it would", "Yes, add it")
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    assert "tide" not in str(town.direct(town.dee))
    assert "not shared with you" in await shown(town, town.eve)


async def test_nobody_else_tells_somebodys_story(village: Town) -> None:
    town = village
    await tried(town)
    said = await town.chat.press(town.eve, town.ref(town.dee.direct, ASK), "Tell it")
    assert "you cannot read it" in words_of(said)


async def test_the_story_of_whoever_was_forgotten_is_gone(town: Town) -> None:
    await told(town)
    await town.press(town.dee, "Your story, as it would", "Yes, add it")
    ask = card_of(await town.command(town.dee, town.cop, "/outloud mydata forget"))
    await town.chat.press(town.dee, ask, "Forget me")
    await town.settle()
    assert HELD not in await shown(town, town.eve)
