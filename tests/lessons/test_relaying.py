"""Relaying: one copy per channel, a few a day, over ways that are open at that very moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.admin.desk import state
from bot.channels import config
from bot.channels import desk as channels
from bot.chat import Refused
from bot.lessons.desk import checking
from bot.lessons.tables import LessonPause
from bot.people import desk as people
from bot.store.session import Work
from tests.lessons.parts import TIDE, Town, town_on, words_of


async def test_a_copy_carries_the_general_form_the_quote_the_origin_and_its_buttons(
    town: Town,
) -> None:
    await town.selected()
    (copy,) = town.copies(town.cop)
    assert "When the tide turns, check the lines again, because they go slack" in copy.plain()
    assert f"> {TIDE}" in copy.plain()
    assert "From: Ana, #harbour" in copy.plain()
    assert [one.label for one in copy.buttons] == [
        "Saw it",
        "Tried it",
        "It worked",
        "It did not",
        "It changed how we work",
        "Who could use this?",
    ]


async def test_a_lesson_crosses_to_another_platform_only_where_both_are_linked(town: Town) -> None:
    await town.open_far()
    await town.route((town.harbour, town.cop), (town.harbour, town.reef))
    async with town.work() as work:
        await people.unlink_workspaces(work, "fake:W1", "far:F1")
    said = await town.say(town.ana, town.harbour, TIDE)
    await town.mark(town.ben, said)
    form = await town.press(town.ana, "May others learn", "Word it")
    offered = next(one for one in form.form.fields if one.key == "to")  # type: ignore[union-attr]
    assert [one.label for one in offered.options] == ["#cop on fake: 5 members"]


async def test_on_another_platform_a_copy_says_where_its_team_is(town: Town) -> None:
    await town.open_far()
    await town.route((town.harbour, town.reef))
    await town.agreed()
    await town.tick()
    await town.press(town.fay, "A lesson for #reef?", "Select")
    assert "From: Ana, #harbour (fake)" in town.copies(town.reef)[0].plain()


async def test_a_link_that_ends_between_yes_and_relay_stops_it(town: Town) -> None:
    await town.open_far()
    await town.route((town.harbour, town.reef))
    await town.agreed()
    await town.tick()
    async with town.work() as work:
        await people.unlink_workspaces(work, "fake:W1", "far:F1")
    await town.press(town.fay, "A lesson for #reef?", "Select")
    assert town.copies(town.reef) == []
    assert "The way to #reef is gone meanwhile" in town.direct(town.ana)[-1].plain()


async def test_a_route_that_ends_between_yes_and_relay_stops_it(town: Town) -> None:
    await town.agreed()
    await town.tick()
    await town.route()
    await town.press(town.chi, "A lesson for #cop?", "Select")
    assert town.copies(town.cop) == []
    assert "The way to #cop is gone meanwhile" in town.direct(town.ana)[-1].plain()


async def test_a_channel_that_is_taken_off_the_set_up_gets_no_copy_and_keeps_those_it_has(
    town: Town,
) -> None:
    await town.selected()
    await town.agreed("When a winch screams, stop it at once because the brake is gone")
    await town.next_day()
    ref = town.ref(town.chi.direct, "winch screams")
    async with town.work() as work:
        await config.take_off(work, await channels.get(work, "fake:W1", "cop"))
    await town.chat.press(town.chi, ref, "Select")
    await town.settle()
    assert len(town.copies(town.cop)) == 1
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    assert town.copies(town.cop) == []


async def test_five_lessons_a_day_enter_a_channel_and_the_others_follow(town: Town) -> None:
    for n in range(7):
        await town.agreed(f"When number {n} comes, call the yard before anybody else does")
    for _ in range(7):
        reply = await town.command(town.chi, town.cop, "/lesson queue")
        card = reply.card  # type: ignore[union-attr]
        if card.title == "Lessons to check":
            line = card.selects[0].options[0].label
            reply = await town.choose(town.chi, card, "Look at one", line)
        await town.chat.press(town.chi, reply.card, "Select")  # type: ignore[union-attr]
        await town.settle()
    assert len(town.copies(town.cop)) == 5
    assert "It goes with the next few." in town.direct(town.ana)[-1].plain()
    await town.tick()
    assert len(town.copies(town.cop)) == 5
    await town.next_day()
    assert len(town.copies(town.cop)) == 7


async def test_an_admin_sets_how_many_enter_a_channel_a_day(town: Town) -> None:
    async with town.work() as work:
        setup = """
            workspaces:
              - platform: slack
                id: T1
                channels: [{id: C1, ring: community, relays_a_day: 2}]
        """
        lines = await state.apply_file(work, setup)
        assert "at most 2 lessons a day" in " ".join(lines)
        assert "relays_a_day: 2" in await state.show_setup(work)
    async with town.work() as work:
        (await channels.get(work, "fake:W1", "cop")).relays_a_day = 1
    await town.selected()
    await town.agreed("When a winch screams, stop it at once because the brake is gone")
    await town.command(town.chi, town.cop, "/lesson queue")
    card = town.chat.shown[town.chi][-1]
    await town.chat.press(town.chi, card, "Select")
    await town.settle()
    assert len(town.copies(town.cop)) == 1


async def test_a_runaway_route_rests_and_its_admins_are_told(town: Town) -> None:
    for n in range(21):
        await town.agreed(f"When number {n} comes, call the yard before anybody else does")
    told = [one for one in town.direct(town.dee) if one.title == "A route rests for a day"]
    assert len(told) == 1
    assert "21 lessons came from #harbour to #cop" in told[0].plain()
    await town.tick()
    assert town.direct(town.chi) == []
    await town.press(town.dee, "A route rests", "Let it go on")
    await town.tick()
    assert town.direct(town.chi) != []
    async with town.store.look() as work:
        assert (
            await work.session.get(LessonPause, ("fake:W1", str(town.harbour), str(town.cop)))
            is None
        )


async def test_nobody_but_an_admin_lets_a_route_go_on(town: Town) -> None:
    for n in range(21):
        await town.agreed(f"When number {n} comes, call the yard before anybody else does")
    card = town.card(town.dee.direct, "A route rests")
    town.chat.shown.setdefault(town.ben, []).append(card)
    said = words_of(await town.chat.press(town.ben, card, "Let it go on"))
    assert said.startswith("Only an admin of this workspace can do that.")


async def test_a_platform_that_was_away_for_a_day_gets_its_copies_when_it_is_back(
    town: Town,
) -> None:
    await town.open_far()
    await town.route((town.harbour, town.reef))
    await town.agreed()
    await town.tick()
    chats = dict(town.sender._chats)
    ref = town.ref(town.fay.direct, "A lesson for #reef?")
    town.sender._chats = {"fake": town.chat}
    await town.far.press(town.fay, ref, "Select")
    await town.settle()
    await town.next_day()
    assert town.copies(town.reef) == []
    town.sender._chats = chats
    await town.settle()
    assert len(town.copies(town.reef)) == 1


async def test_a_copy_in_a_channel_that_refuses_leaves_the_others_alone(town: Town) -> None:
    await town.open_far()
    await town.route((town.harbour, town.cop), (town.harbour, town.reef))
    await town.agreed()
    await town.tick()
    town.far.refuse(town.reef, "The channel is archived.")
    await town.press(town.fay, "A lesson for #reef?", "Select")
    await town.press(town.chi, "A lesson for #cop?", "Select")
    assert len(town.copies(town.cop)) == 1
    with pytest.raises(Refused):
        await town.far.send(town.reef, town.copies(town.cop)[0], key="x")
    await town.command(town.ana, town.harbour, "/lesson withdraw 1")
    assert town.copies(town.cop) == []


async def test_a_mark_on_a_copy_makes_no_new_lesson(town: Town) -> None:
    """So nothing goes round in circles."""
    await town.selected()
    await town.mark(town.dee, town.ref(town.cop, "When the tide"))
    assert len(await town.lessons()) == 1


@pytest.fixture
async def served(postgres_url: str) -> AsyncIterator[Town]:
    """The town on PostgreSQL, where several processes work at once."""
    async for town in town_on(postgres_url):
        yield town


async def test_two_who_select_at_once_do_not_go_over_the_days_number(served: Town) -> None:
    """The second one waits for the first, and then there is no room."""
    town = served
    async with town.work() as work:
        (await channels.get(work, "fake:W1", "cop")).relays_a_day = 1
    for words in (TIDE, "When a winch screams, stop it at once because the brake is gone"):
        await town.agreed(words)
    one, other = await town.items()

    async def select_it(work: Work, item_id: int) -> None:
        chi = await people.caller(work, town.chi)
        await checking.select_it(work, chi, *await checking.item_here(work, chi, str(item_id)))

    async with town.work() as work:
        await select_it(work, one.id)
        second = asyncio.ensure_future(town.store.do(lambda work: select_it(work, other.id)))
        waiting = 0
        for _ in range(2_000):
            async with town.store.look() as look:
                waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
                waiting = await look.session.scalar(waits) or 0
            if waiting or second.done():
                break
        assert waiting
    await second
    await town.settle()
    assert len(town.copies(town.cop)) == 1
    assert [one.state for one in await town.items()] == ["relayed", "selected"]
    await town.next_day()
    assert len(town.copies(town.cop)) == 2
