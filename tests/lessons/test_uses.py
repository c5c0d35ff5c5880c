"""What people made of a lesson: one word each on any copy, and what it comes to."""

from __future__ import annotations

from datetime import timedelta

from bot.people import desk as people
from tests.lessons.parts import Town, card_of, words_of


async def test_a_word_on_any_copy_counts_for_the_lesson_once_a_person(town: Town) -> None:
    await town.selected()
    for label in ("Saw it", "Tried it", "Tried it"):
        await town.press(town.dee, "A lesson", label, place=town.cop)
    assert town.copies(town.cop)[0].footnote.startswith("1 tried it.")
    reply = await town.press(town.dee, "A lesson", "Saw it", place=town.cop)
    assert "Changed to “Saw it”. Ana hears how many say so, and not who." in words_of(reply)
    await town.chat.press(town.dee, card_of(reply), "Take it back")
    await town.settle()
    assert "saw it" not in town.copies(town.cop)[0].footnote


async def test_the_author_cannot_confirm_their_own_lesson(town: Town) -> None:
    await town.selected()
    reply = await town.press(town.ana, "A lesson", "It worked", place=town.cop)
    assert "It is your own lesson" in words_of(reply)


async def test_two_others_for_whom_it_worked_confirm_it(town: Town) -> None:
    await town.selected()
    await town.press(town.dee, "A lesson", "It worked", place=town.cop)
    assert town.copies(town.cop)[0].title == "A lesson"
    await town.press(town.eve, "A lesson", "It changed how we work", place=town.cop)
    copy = town.copies(town.cop)[0]
    assert copy.title == "A lesson that worked for others, too"
    assert copy.footnote.startswith("It worked for 1 and it changed how 1 work.")
    assert "Lesson 1 is confirmed" in town.direct(town.ana)[-1].plain()
    assert "Lesson 1 in #cop is confirmed" in town.direct(town.chi)[-1].title


async def test_two_accounts_of_one_human_do_not_confirm_it(town: Town) -> None:
    await town.open_far()
    await town.route((town.harbour, town.cop), (town.harbour, town.reef))
    await town.agreed()
    await town.tick()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    await town.press(town.fay, "A lesson for #reef?", "Select")
    async with town.work() as work:
        await people.link(
            work, await people.caller(work, town.dee), await people.caller(work, town.gus)
        )
    await town.press(town.dee, "A lesson", "It worked", place=town.cop)
    await town.press(town.gus, "A lesson", "It worked", place=town.reef)
    assert [one.state for one in await town.lessons()] == ["agreed"]
    await town.press(town.eve, "A lesson", "It worked", place=town.cop)
    assert [one.state for one in await town.lessons()] == ["confirmed"]


async def test_two_of_the_authors_own_team_do_not_confirm_it(village: Town) -> None:
    town = village
    await town.channel_joined(town.harbour, town.eve)
    await town.selected()
    for who in (town.ben, town.eve):
        await town.press(who, "A lesson", "It worked", place=town.cop)
    assert [one.state for one in await town.lessons()] == ["agreed"]
    await town.press(town.dee, "A lesson", "It worked", place=town.cop)
    assert [one.state for one in await town.lessons()] == ["confirmed"]


async def test_a_curator_may_confirm_it_offer_it_wider_and_retire_it(town: Town) -> None:
    await town.selected()
    await town.press(town.chi, "#cop: selected by Chi", "Confirm it")
    offer = town.ref(town.chi.direct, "Lesson 1 in #cop is confirmed")
    form = await town.choose(town.chi, offer, "Offer it to a network", "#commons")
    await town.submit(town.chi, form, when="things shift", do="look again", because="")
    await town.press(town.ana, "Chi would offer lesson 1 to #commons", "Yes, like this")
    (wide,) = town.copies(town.commons)
    assert "When things shift, look again" in wide.plain()
    assert "tide" not in wide.plain()
    form = await town.press(town.chi, "is confirmed", "Retire it")
    await town.submit(town.chi, form, word="New winches do not need it")
    for place in (town.cop, town.commons):
        (copy,) = town.copies(place)
        assert copy.title == "A lesson that had its time"
        assert "New winches do not need it" in copy.plain()
        assert copy.buttons == ()
    old = words_of(await town.command(town.dee, town.cop, "/lesson search tide"))
    assert "retired" in old


async def test_who_reads_it_in_the_network_alone_reads_the_wider_words(village: Town) -> None:
    town = village
    fay = await town.person("fay")
    await town.channel_joined(town.commons, fay)
    await town.selected()
    await town.press(town.chi, "#cop: selected by Chi", "Confirm it")
    offer = town.ref(town.chi.direct, "Lesson 1 in #cop is confirmed")
    form = await town.choose(town.chi, offer, "Offer it to a network", "#commons")
    await town.submit(town.chi, form, when="things shift", do="look again", because="")
    await town.press(town.ana, "Chi would offer lesson 1 to #commons", "Yes, like this")
    for typed in ("/lesson show 1", "/lesson search look"):
        near = words_of(await town.command(town.eve, town.cop, typed))
        assert ("tide turns" in near, "things shift" in near) == (True, False)
        far = words_of(await town.command(fay, town.commons, typed))
        assert ("tide turns" in far, "things shift" in far) == (False, True)


async def test_nothing_goes_to_a_network_without_the_authors_second_yes(town: Town) -> None:
    await town.selected()
    await town.press(town.chi, "#cop: selected by Chi", "Confirm it")
    offer = town.ref(town.chi.direct, "is confirmed")
    form = await town.choose(town.chi, offer, "Offer it to a network", "#commons")
    await town.submit(town.chi, form, do="look again")
    assert town.copies(town.commons) == []
    await town.press(town.ana, "Chi would offer", "Rather not")
    assert town.copies(town.commons) == []
    again = await town.chat.choose(town.chi, offer, "Offer it to a network", "#commons")
    wrong = await town.submit(town.chi, again, do="look again")
    assert "was offered to #commons already" in words_of(wrong)


async def test_half_a_year_later_its_curators_are_asked_whether_it_is_still_true(
    town: Town,
) -> None:
    await town.selected()
    await town.press(town.chi, "#cop: selected by Chi", "Confirm it")
    town.at(town.now + timedelta(days=183))
    await town.tick()
    await town.tick()
    asked = [one for one in town.direct(town.chi) if "still true?" in one.title]
    assert [one.title for one in asked] == ["Is Lesson 1 in #cop still true?"]
    await town.press(town.chi, "still true?", "Still true")
    assert all("still true?" not in one.title for one in town.direct(town.chi))
    trail = words_of(await town.command(town.ana, town.harbour, "/lesson show 1"))
    assert "Chi said that it is still true" in trail
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    assert all("tide" not in one.plain() for one in town.direct(town.chi))
