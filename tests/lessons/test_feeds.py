"""Feeds: what stands in a network is read outside of chat, too, as far as its author agreed, and goes when it goes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels import desk as channels
from bot.chat.feeds import Feed
from bot.lessons import desk as lessons
from bot.lessons.desk import agreeing, steps
from bot.people import desk as people
from tests.lessons.parts import TIDE, Town, form_of, town_on

WIDE = {"when": "conditions change", "do": "look again at what was fast before", "because": ""}


@pytest.fixture
async def town(sqlite_url: str) -> AsyncIterator[Town]:
    async for town in town_on(sqlite_url):
        yield town


@pytest.fixture
async def anywhere(database_url: str) -> AsyncIterator[Town]:
    """A town on each kind of database, where the questions asked of it matter."""
    async for town in town_on(database_url):
        yield town


async def offered(town: Town, *, do: str = WIDE["do"], **answers: str) -> None:
    """A lesson is confirmed, and on its way to the network, where only its author's yes is missing."""
    await town.selected(**answers)
    await town.press(town.dee, "A lesson", "It worked", place=town.cop)
    await town.press(town.eve, "A lesson", "It changed how we work", place=town.cop)
    card = town.ref(town.chi.direct, "is confirmed")
    form = await town.choose(town.chi, card, "Offer it to a network", "#commons")
    await town.submit(town.chi, form, **WIDE | {"do": do})


async def in_feed(town: Town, **answers: str) -> None:
    await offered(town, **answers)
    await town.press(town.ana, "would offer lesson 1 to #commons", "Yes, like this")


async def feed(town: Town, workspace: str = "W1", channel: str = "commons") -> Feed | None:
    async with town.store.look() as work:
        return await lessons.find_feed(work, ("fake", "far"), workspace, channel)


async def the_feed(town: Town) -> Feed:
    found = await feed(town)
    assert found is not None
    return found


async def test_a_network_has_a_feed_from_its_first_day_on(town: Town) -> None:
    found = await the_feed(town)
    assert found.title == "Lessons in #commons"
    assert found.entries == found.gaps == ()
    assert found.changed_at == town.now


async def test_what_is_no_network_has_no_feed(anywhere: Town) -> None:
    for channel in ("cop", "harbour", "nowhere", "@ana", "a\x00b"):
        assert await feed(anywhere, channel=channel) is None


async def test_a_network_of_another_workspace_is_found_under_its_own_name_alone(town: Town) -> None:
    assert await feed(town, "W2") is None
    assert await feed(town, "fake:W2") is None
    assert await feed(town, "fake:W1") is not None


async def test_before_the_yes_its_author_is_told_that_the_feed_is_open_to_all(town: Town) -> None:
    await offered(town)
    card = town.card(town.ana.direct, "would offer lesson 1 to #commons")
    assert "#commons on fake: 5 members, and feed readers outside of chat." in card.plain()
    assert (
        "Everybody in #commons will see it, and whoever joins later or reads the feed of #commons, "
        "which is open to all." in card.footnote
    )
    assert (await the_feed(town)).entries == ()


async def test_the_curator_who_offers_it_is_told_of_the_feed(town: Town) -> None:
    await town.selected()
    await town.press(town.dee, "A lesson", "It worked", place=town.cop)
    await town.press(town.eve, "A lesson", "It changed how we work", place=town.cop)
    card = town.ref(town.chi.direct, "is confirmed")
    form = form_of(await town.choose(town.chi, card, "Offer it to a network", "#commons"))
    assert "#commons on fake: 5 members, and feed readers outside of chat." in form.text.plain()


async def test_the_feed_has_the_wider_words_and_its_author_as_agreed(town: Town) -> None:
    await in_feed(town)
    (entry,) = (await the_feed(town)).entries
    assert entry.text.plain() == "When conditions change, look again at what was fast before"
    assert entry.authors == ("Ana, #harbour (fake)",)
    assert entry.published_at == entry.changed_at == town.now
    assert TIDE not in str(entry)


@pytest.mark.parametrize(
    ("signed", "name"),
    [("team", "#harbour (fake)"), ("unnamed", "a team that shares it without its name")],
)
async def test_the_feed_names_nobody_who_did_not_agree(town: Town, signed: str, name: str) -> None:
    await in_feed(town, attribution=signed)
    found = await the_feed(town)
    assert found.entries[0].authors == (name,)
    assert "Ana" not in str(found)


async def test_a_community_alone_puts_nothing_into_a_feed(town: Town) -> None:
    await town.selected()
    assert (await the_feed(town)).entries == ()


async def test_another_signature_changes_the_entry_and_keeps_its_id(town: Town) -> None:
    await in_feed(town)
    before = (await the_feed(town)).entries[0]
    town.later(minutes=5)
    form = await town.press(town.ana, "Lesson 1", "Change the wording")
    await town.submit(town.ana, form, attribution="unnamed")
    await town.press(town.ana, "This is what they would read", "Yes, change it everywhere")
    found = await the_feed(town)
    after = found.entries[0]
    assert after.authors == ("a team that shares it without its name",)
    assert (after.id, after.published_at) == (before.id, before.published_at)
    assert after.changed_at == found.changed_at == town.now


async def test_what_others_say_of_a_lesson_is_no_news_to_a_feed(town: Town) -> None:
    await in_feed(town)
    before = await the_feed(town)
    town.later(minutes=5)
    await town.press(town.ben, "A lesson", "Tried it", place=town.cop)
    assert await the_feed(town) == before


async def test_a_withdrawn_lesson_leaves_a_gap_and_comes_back_as_the_same_entry(
    anywhere: Town,
) -> None:
    town = anywhere
    await in_feed(town)
    entry = (await the_feed(town)).entries[0]
    town.later(minutes=5)
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    found = await the_feed(town)
    assert found.entries == ()
    assert [(one.id, one.gone_at) for one in found.gaps] == [(entry.id, town.now)]
    assert found.changed_at == town.now
    town.later(minutes=5)
    await town.press(town.ana, "Lesson 1: withdrawn", "Undo")
    found = await the_feed(town)
    assert [one.id for one in found.entries] == [entry.id]
    assert found.gaps == ()


async def test_a_copy_that_a_moderator_takes_from_the_network_leaves_the_feed(town: Town) -> None:
    await in_feed(town)
    await town.chat.remove_said(town.dee, town.ref(town.commons, "look again"))
    await town.settle()
    found = await the_feed(town)
    assert (found.entries, len(found.gaps)) == ((), 1)
    assert len(town.copies(town.cop)) == 1


async def test_who_is_forgotten_leaves_an_id_and_a_time(town: Town) -> None:
    await in_feed(town)
    entry = (await the_feed(town)).entries[0]
    async with town.work() as work:
        await lessons.FEATURE.forget(work, await people.caller(work, town.ana))  # type: ignore[misc]
    found = await the_feed(town)
    assert found.entries == ()
    assert [one.id for one in found.gaps] == [entry.id]


async def test_who_leaves_their_lessons_without_a_name_is_in_no_feed(town: Town) -> None:
    await in_feed(town)
    async with town.work() as work:
        await lessons.unname(work, await people.caller(work, town.ana))
    (entry,) = (await the_feed(town)).entries
    assert entry.authors == ("a team that shares it without its name",)


async def test_a_retired_lesson_says_so_in_the_feed(town: Town) -> None:
    await in_feed(town)
    form = await town.press(town.chi, "is confirmed", "Retire it")
    await town.submit(town.chi, form, word="We have other lines now")
    (entry,) = (await the_feed(town)).entries
    assert entry.text.plain().startswith("Retired: We have other lines now")


async def test_a_channel_that_is_no_network_any_more_has_no_feed(town: Town) -> None:
    await in_feed(town)
    async with town.work() as work:
        (await channels.get(work, "fake:W1", "commons")).ring = "community"
    assert await feed(town) is None


async def test_an_offer_that_is_taken_back_leaves_the_feed(town: Town) -> None:
    await in_feed(town)
    async with town.work() as work:
        lesson = await steps.numbered(work, "fake:W1", 1)
        author = await people.caller(work, town.ana)
        step = await steps.undoable(work, lesson, author)
        assert step is not None
        await agreeing.undo(work, author, lesson, step.id)
    found = await the_feed(town)
    assert (found.entries, len(found.gaps)) == ((), 1)
