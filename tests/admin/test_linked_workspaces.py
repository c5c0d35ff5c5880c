"""Workspaces are linked by a one-time code that an admin of one passes on to an admin of the other."""

from __future__ import annotations

import pytest

from bot.admin.desk import apply_file, read_setup, state
from bot.channels import desk as channels
from bot.chat import AccountId, Ask, Card, Place, Profile
from bot.people import desk as people
from bot.refusal import Refusal
from tests.admin.codes import card, code_of, direct, link, press, says, somebody
from tests.house import House


@pytest.fixture
async def ana(house: House) -> AccountId:
    return await somebody(house, "W1", "ana")


@pytest.fixture
async def anna(house: House) -> AccountId:
    """A member of the other workspace."""
    return await somebody(house, "W2", "anna")


@pytest.fixture
async def dee(house: House) -> AccountId:
    return await somebody(house, "W1", "dee", admin=True)


@pytest.fixture
async def eve(house: House) -> AccountId:
    """An admin of the other workspace, which has a community."""
    eve = await somebody(house, "W2", "eve", admin=True)
    await house.channel("reliability", "community", eve)
    return eve


async def routes(house: House, dee: AccountId) -> tuple[str, Card]:
    """Let an admin tick every route that is offered for a team, and what they are shown."""
    place = Place("fake", "W1", "harbour")
    asked = await house.chat.command(dee, place, "/outloud setup")
    assert isinstance(asked, Ask)
    fields = {one.key: one for one in asked.form.fields}
    offered = fields["routes.team"].options if "routes.team" in fields else ()
    ticked = {"routes.team": "\n".join(one.value for one in offered)} if offered else {}
    shown = card(await house.chat.submit(dee, asked.form, ticked, place=place))
    return ", ".join(one.label for one in offered), shown


async def test_admins_link_their_workspaces_and_set_up_routes_between_them(
    house: House, dee: AccountId, eve: AccountId
) -> None:
    """Communities of workspaces that are not linked are never offered."""
    assert (await routes(house, dee))[0] == ""
    code = await code_of(house, dee, "workspace")
    asked = await says(house, eve, code)
    assert asked.title == "Link two workspaces?"
    assert "from Dee, an admin of W1 on Fake" in asked.plain()
    assert "Linked with W1 on Fake" in (await press(house, eve, asked, "Yes, link them")).plain()
    assert "An admin of W2 on Fake used your code" in direct(house, dee)
    async with house.store.look() as work:
        assert await people.are_linked(work, "fake:W1", "fake:W2")
        assert await people.are_linked(work, "fake:W2", "fake:W1")
        assert not await people.are_linked(work, "fake:W1", "fake:W3")
    offered, shown = await routes(house, dee)
    assert offered == "#reliability in W2 on Fake"
    assert "is set up" in (await press(house, dee, shown, "Save")).title
    log = card(await house.chat.command(eve, eve.direct, "/outloud log")).plain()
    assert "Eve: + link with W1 on Fake" in log


async def test_unlinking_says_which_routes_stop_and_tells_the_other_side(
    house: House, dee: AccountId, eve: AccountId
) -> None:
    await link(house, dee, eve, "workspace")
    _, shown = await routes(house, dee)
    await press(house, dee, shown, "Save")
    overview = await says(house, eve)
    asked = await press(house, eve, overview, "Unlink W1 on Fake")
    assert "These routes stop:" in asked.plain()
    assert "#harbour → #reliability" in asked.plain()
    assert (await press(house, eve, asked, "Keep the link")).plain() == "The link stays."
    asked = await press(house, eve, overview, "Unlink W1 on Fake")
    assert "has ended" in (await press(house, eve, asked, "Unlink them")).plain()
    assert "The link with W2 on Fake has ended." in direct(house, dee)
    async with house.store.look() as work:
        assert not await people.are_linked(work, "fake:W1", "fake:W2")
        assert (await read_setup(work)).routes == ()
    log = card(await house.chat.command(dee, dee.direct, "/outloud log")).plain()
    assert "an admin of a linked workspace: - route #harbour → #reliability" in log


async def test_the_first_admin_can_undo_the_link_where_they_are_told(
    house: House, dee: AccountId, eve: AccountId
) -> None:
    await link(house, dee, eve, "workspace")
    ref = house.find(dee.direct, "used your code")
    asked = card(await house.chat.press(dee, ref, "Undo"))
    assert "No route uses it." in asked.plain()
    await press(house, dee, asked, "Unlink them")
    async with house.store.look() as work:
        assert not await people.are_linked(work, "fake:W1", "fake:W2")


async def test_only_admins_link_workspaces(
    house: House, ana: AccountId, dee: AccountId, eve: AccountId, anna: AccountId
) -> None:
    """On both sides, also when somebody is no admin any more."""
    refused = card(await house.chat.command(ana, ana.direct, "/outloud link workspace"))
    assert refused.plain().startswith("Only an admin")
    code = await code_of(house, dee, "workspace")
    assert "only an admin of this workspace" in (await says(house, anna, code)).plain()
    ben = await somebody(house, "W1", "ben", admin=True)
    assert "this very workspace" in (await says(house, ben, code)).plain()
    asked = await says(house, eve, code)
    async with house.work() as work:
        (await people.caller(work, dee)).is_admin = False
    assert "no admin there any more" in (await press(house, eve, asked, "Yes, link them")).plain()


async def test_a_preview_from_before_the_end_of_a_link_cannot_be_saved(
    house: House, dee: AccountId, eve: AccountId
) -> None:
    await link(house, dee, eve, "workspace")
    _, shown = await routes(house, dee)
    asked = await press(house, eve, await says(house, eve), "Unlink W1 on Fake")
    await press(house, eve, asked, "Unlink them")
    told = card(await house.chat.press(dee, shown, "Save")).plain()
    assert "needs a link with its workspace" in told


async def test_a_route_in_a_set_up_file_links_its_workspaces(house: House) -> None:
    """The operator speaks for both."""
    text = """
workspaces:
  - {platform: slack, id: T01TEST, channels: [{id: C02COP, ring: community}]}
  - {platform: discord, id: "900", channels: [{id: "901", ring: network}]}
routes:
  - {from: "slack:T01TEST/C02COP", to: "discord:900/901"}
"""
    async with house.work() as work:
        await apply_file(work, text)
    async with house.work() as work:
        assert await people.are_linked(work, "discord:900", "slack:T01TEST")
        assert await apply_file(work, text) == ("Nothing changes.",)
        setup = await read_setup(work)
        route = type(setup.routes[0])(setup.routes[0].end, Place("slack", "T01TEST", "C9"))
        wanted = setup.only(["discord:900"])
        await people.unlink_workspaces(work, "discord:900", "slack:T01TEST")
        admin = await people.learn(
            work, AccountId("discord", "900", "1"), Profile("Dee", is_admin=True)
        )
        with pytest.raises(Refusal, match="needs a link"):
            await state.apply(work, type(wanted)(wanted.workspaces, (route,)), by=admin)


async def test_channels_are_named_only_to_admins_of_linked_workspaces(
    house: House, dee: AccountId, eve: AccountId
) -> None:
    async with house.store.look() as work:
        assert [one.name for one in await channels.every(work, "fake:W2")] == ["reliability"]
    shown = (await says(house, dee)).plain()
    assert "reliability" not in shown
    assert "W2" not in shown
