"""A set-up is applied all or nothing, and a second time changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.admin.desk import Room, apply_file, read_setup, ready_made, show_setup
from bot.admin.desk.state import latest
from bot.admin.rules import reading
from bot.admin.rules.setup import PersonSetup
from bot.channels import desk as channels
from bot.chat import AccountId, Place
from bot.checkins import desk as checkins
from bot.people import desk as people
from bot.refusal import Refusal
from tests.house import House

EXAMPLE = (Path(__file__).parents[2] / "examples/setup.yaml").read_text()
LOCAL = "local:local"


class Town:
    """An outfitter that remembers what it was asked to make."""

    def __init__(self) -> None:
        self.people: list[str] = []
        self.rooms: list[Room] = []

    async def provide(
        self, session: AsyncSession, people: Sequence[PersonSetup], channels: Sequence[Room]
    ) -> None:
        self.people += [person.id for person in people]
        self.rooms += channels


async def apply(house: House, text: str, *, town: Town | None = None) -> tuple[str, ...]:
    async with house.work() as work:
        return await apply_file(work, text, outfitter=town)


async def test_the_example_works_and_a_second_time_changes_nothing(house: House) -> None:
    town = Town()
    lines = await apply(house, EXAMPLE, town=town)
    assert lines[0] == "+ workspace local:local"
    assert town.people == ["ana", "ben", "chi", "dee"]
    assert Room("team-harbour", ("ana", "ben")) in town.rooms
    assert Room("commons") in town.rooms
    assert await apply(house, EXAMPLE, town=town) == ("Nothing changes.",)
    assert len(town.people) == 4


async def test_what_is_shown_is_what_was_applied(house: House) -> None:
    await apply(house, EXAMPLE)
    async with house.work() as work:
        shown = await show_setup(work)
        current = await read_setup(work)
    assert reading.read(shown).setup == current
    assert await apply(house, shown) == ("Nothing changes.",)


async def test_a_file_gives_everybody_their_place(house: House) -> None:
    await apply(house, ready_made())
    async with house.work() as work:
        chi = await people.caller(work, AccountId("local", "local", "chi"))
        dee = await people.caller(work, AccountId("local", "local", "dee"))
        harbour = await channels.get(work, LOCAL, "team-harbour")
        assert (chi.zone, dee.zone) == ("Asia/Kolkata", "Australia/Lord_Howe")
        assert await channels.is_admin(work, dee)
        assert not await channels.is_admin(work, chi)
        assert await channels.is_curator(work, chi, "cop-reliability")
        assert [one.name for one in await channels.members(work, harbour)] == ["Ana", "Ben"]
        assert set(await checkins.rhythms(work, LOCAL)) == {"team-harbour", "team-orchard"}


async def test_a_dry_run_shows_the_plan_and_changes_nothing(house: House) -> None:
    async with house.work() as work:
        dry = await apply_file(work, EXAMPLE, dry_run=True)
    async with house.work() as work:
        assert (await read_setup(work)).workspaces == ()
    assert await apply(house, EXAMPLE) == dry


async def test_the_file_is_the_whole_truth_about_a_workspace_it_names(house: House) -> None:
    await apply(house, EXAMPLE)
    lines = await apply(
        house,
        "workspaces:\n- platform: local\n  id: local\n  admins: [ben]\n"
        "  channels: [{id: commons, ring: network}]\n",
    )
    assert "~ admins: Dee → Ben" in lines
    assert "~ #commons: curators: Chi → nobody" in lines
    assert "- #team-harbour is no longer set up; what was written in it stays" in lines
    assert "- route #cop-reliability → #commons" in lines
    async with house.work() as work:
        setup = await read_setup(work)
        assert await channels.find(work, Place("local", "local", "team-harbour")) is None
    assert [one.id for one in setup.workspaces[0].channels] == ["commons"]
    assert (setup.routes, setup.feeds) == ((), ())


async def test_a_workspace_that_a_file_does_not_name_stays(house: House) -> None:
    await apply(house, EXAMPLE)
    async with house.work() as work:
        before = (await read_setup(work)).only([LOCAL])
    await apply(house, "workspaces: [{platform: slack, id: T1, admins: [U1]}]\n")
    async with house.work() as work:
        assert (await read_setup(work)).only([LOCAL]) == before


async def test_a_taken_off_channel_comes_back_as_the_file_has_it(house: House) -> None:
    await apply(house, EXAMPLE)
    await apply(house, "workspaces: [{platform: local, id: local}]\n")
    await apply(house, EXAMPLE)
    assert await apply(house, EXAMPLE) == ("Nothing changes.",)


async def test_nothing_of_a_file_is_kept_when_a_part_of_it_is_refused(house: House) -> None:
    """A circle can close over a workspace that another file set up."""
    await apply(
        house,
        "workspaces: [{platform: slack, id: T1, channels: [{id: COP, ring: community}]}]\n"
        'routes: [{from: "slack:T1/COP", to: "discord:9/A"}]\n',
    )
    text = (
        "workspaces: [{platform: discord, id: 9, admins: [ana], channels: [{id: A, ring: team}]}]\n"
        'routes:\n- {from: "discord:9/A", to: "slack:T1/COP"}\n'
    )
    with pytest.raises(Refusal, match=r"setup.yaml, line 3: .* circle: #A → #COP → #A"):
        await apply(house, text)
    async with house.work() as work:
        assert (await read_setup(work)).workspace("discord:9") is None


async def test_people_whom_the_platform_has_not_named_yet_are_asked_for_first(
    house: House,
) -> None:
    await apply(house, "workspaces: [{platform: slack, id: T1, admins: [U01ALICE]}]\n")
    async with house.work() as work:
        alice = await people.caller(work, AccountId("slack", "T1", "U01ALICE"))
    assert alice.name == "U01ALICE"
    assert alice.profile_at.year == 1970


async def test_every_change_is_kept_with_who_did_it(house: House) -> None:
    lines = await apply(house, EXAMPLE)
    async with house.work() as work:
        changes = await latest(work, LOCAL, most=100)
    assert [one.line for one in reversed(changes)] == list(lines)
    assert {one.person_id for one in changes} == {0}
    assert {one.at for one in changes} == {house.now}


async def test_somebody_who_left_stays_listed_without_being_a_change(house: House) -> None:
    await apply(house, EXAMPLE)
    async with house.work() as work:
        ana = await people.caller(work, AccountId("local", "local", "ana"))
        ana.present = False
    assert not [line for line in await apply(house, EXAMPLE) if "members" in line]
