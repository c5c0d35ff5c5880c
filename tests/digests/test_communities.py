"""The digest of a community: lessons to check, newly relayed and reused, the way they took, and no more of anybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.chat import AccountId, Ask, Card, Place
from bot.introductions.tables import Introduction
from bot.store.base import new_id
from tests.lessons.parts import Town, card_of, town_on

OTHER = "When it freezes, drain the pumps because ice cracks them"


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async for town in town_on(database_url):
        yield town


async def digest(
    town: Town, who: AccountId, typed: str = "/digest", at: Place | None = None
) -> Card:
    return card_of(await town.command(who, at or town.cop, typed))


def posted(town: Town, place: Place) -> list[Card]:
    name = f"#{place.channel}, "
    return [one for one in town.copies(place) if one.title.startswith(name)]


async def test_it_tells_what_was_newly_relayed_with_the_way_it_took(town: Town) -> None:
    await town.selected()
    card = await digest(town, town.eve)
    shown = card.plain()
    assert "Newly relayed lessons" in shown
    assert "Ana, #harbour: When the tide turns, " in shown
    assert "(read (https://fake.test/cop/" in shown
    assert card.picture is not None
    assert card.picture.alt == "How lessons travelled between rings: 1 from #harbour to #cop."


async def test_what_waits_is_shown_to_curators_and_counted_for_the_others(town: Town) -> None:
    await town.agreed()
    await town.tick()
    assert "Lessons to check" in (await digest(town, town.chi)).plain()
    shown = (await digest(town, town.eve)).plain()
    assert "1 lesson waits for a curator to check." in shown
    assert "tide" not in shown
    await town.command(town.chi, town.cop, "/digest post")
    assert "1 lesson waits" in posted(town, town.cop)[0].plain()
    assert "tide" not in posted(town, town.cop)[0].plain()


async def test_it_tells_which_lessons_were_reused_by_how_many_and_not_by_whom(town: Town) -> None:
    await town.selected()
    for who in (town.chi, town.eve):
        await town.press(who, "When the tide turns", "It worked", place=town.cop)
    shown = (await digest(town, town.dee)).plain()
    assert "Lessons that were reused most" in shown
    assert "2 people used it." in shown
    assert "Eve" not in shown


async def test_a_lesson_without_a_name_has_none_in_the_digest_and_in_its_picture(
    town: Town,
) -> None:
    await town.selected(attribution="unnamed")
    card = await digest(town, town.eve)
    assert "a team that shares it without its name: When the tide turns" in card.plain()
    assert "Ana" not in card.plain()
    assert "harbour" not in card.plain()
    assert card.picture is not None
    assert "harbour" not in card.picture.alt


async def test_a_posted_digest_follows_a_lesson_that_is_withdrawn(town: Town) -> None:
    await town.selected()
    await town.next_day()
    await town.selected(OTHER)
    await town.command(town.chi, town.cop, "/digest post")
    assert "tide turns" in posted(town, town.cop)[0].plain()
    await town.command(town.ana, town.ana.direct, "/lesson withdraw 1")
    await town.tick()
    (card,) = posted(town, town.cop)
    assert "tide turns" not in card.plain()
    assert "drain the pumps" in card.plain()


async def test_an_author_who_is_forgotten_is_out_of_the_posted_digest(town: Town) -> None:
    await town.selected()
    await town.command(town.chi, town.cop, "/digest post")
    card = await digest(town, town.ana, "/outloud mydata forget")
    label = next(one.label for one in card.buttons if one.label.startswith("Forget me"))
    await town.chat.press(town.ana, card, label)
    await town.settle()
    assert "Ana" not in str([one.plain() for one in posted(town, town.cop)])


async def test_a_community_on_another_platform_has_its_own_digest_with_links_there(
    town: Town,
) -> None:
    await town.open_far()
    await town.route((town.harbour, town.cop), (town.harbour, town.reef))
    await town.agreed()
    await town.tick()
    await town.press(town.fay, "A lesson for #reef?", "Select")
    shown = (await digest(town, town.gus, at=town.reef)).plain()
    assert "Ana, #harbour" in shown
    assert "(read (https://far.test/reef/" in shown


async def test_a_community_without_news_posts_nothing_on_monday(town: Town) -> None:
    await town.tick()
    for _ in range(14):
        await town.next_day()
    assert posted(town, town.cop) == []


async def test_a_community_gets_its_digest_on_monday_by_itself(town: Town) -> None:
    await town.tick()
    await town.selected()
    town.at("2026-11-23T09:00:00+00:00")
    await town.tick()
    (card,) = posted(town, town.cop)
    assert card.title == "#cop, 16 to 22 November 2026"
    assert "When the tide turns" in card.plain()
    assert card.footnote.startswith("Comes every Monday.")


async def introduce(town: Town, pairs: int) -> None:
    """So many introductions between people of the community are on their way."""
    people = [await town.who(one) for one in (town.ana, town.ben, town.chi, town.dee)]
    async with town.work() as work:
        for number in range(pairs):
            work.session.add(
                Introduction(
                    workspace_id="fake:W1", id=new_id(), writer_id=people[number].id,
                    reader_id=people[(number + 1) % 4].id, writer_entry=1, reader_entry=2,
                    shared=["tide"], offered_at=work.now - timedelta(hours=1), closed=False,
                )
            )  # fmt: skip


@pytest.mark.parametrize(("pairs", "told"), [(2, False), (3, True)])
async def test_introductions_are_counted_where_nobody_can_be_guessed(
    town: Town, pairs: int, told: bool
) -> None:
    await introduce(town, pairs)
    shown = (await digest(town, town.eve)).plain()
    assert ("introductions between people here" in shown) is told
    assert "Ana" not in shown


async def test_a_note_on_a_lesson_returns_with_the_digest(town: Town) -> None:
    await town.selected()
    card = await digest(town, town.chi)
    asked = await town.chat.press(town.chi, card, "Add a note")
    assert isinstance(asked, Ask)
    await town.submit(town.chi, asked, item="0", words="We do this at the quay, too.")
    assert "Chi notes: We do this at the quay, too." in (await digest(town, town.eve)).plain()
