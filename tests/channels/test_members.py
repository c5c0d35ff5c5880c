"""Who belongs to a channel, and what each may do there."""

from __future__ import annotations

import pytest

from bot.channels import config
from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import AccountId, Busy, Place, Profile, Refused
from bot.people import desk as people
from bot.refusal import Refusal
from bot.store.session import Work
from tests.house import House


async def harbour(work: Work) -> Channel:
    return await channels.get(work, "fake:W1", "harbour")


async def members(house: House) -> list[str]:
    async with house.store.look() as work:
        return [one.name for one in await channels.members(work, await harbour(work))]


async def belongs(house: House, account: AccountId) -> tuple[bool, bool]:
    """Whether somebody is a member, and whether they may read."""
    async with house.store.look() as work:
        person, channel = await people.caller(work, account), await harbour(work)
        return await channels.belongs(work, person, channel), await channels.can_read(
            work, person, channel
        )


async def choose(house: House, *accounts: AccountId, everybody: bool = False) -> None:
    async with house.work() as work:
        chosen = [await people.caller(work, one) for one in accounts]
        await channels.choose_members(work, await harbour(work), None if everybody else chosen)


async def test_all_who_are_in_a_channel_belong_unless_some_were_chosen(house: House) -> None:
    """Chosen ones belong whether they are in it or not, and everybody in it may read."""
    ana, ben, chi = [await house.person(name) for name in ("ana", "ben", "chi")]
    dee = await house.person("dee")
    await house.channel("harbour", "team", ben, ana)
    assert await members(house) == ["Ana", "Ben"]
    await choose(house, ana, chi)
    assert await members(house) == ["Ana", "Chi"]
    assert await belongs(house, ana) == (True, True)
    assert await belongs(house, ben) == (False, True)
    assert await belongs(house, chi) == (True, True)
    assert await belongs(house, dee) == (False, False)
    await choose(house, everybody=True)
    assert await members(house) == ["Ana", "Ben"]


async def test_nobody_can_be_chosen(house: House) -> None:
    ana = await house.person("ana")
    await house.channel("harbour", "team", ana)
    await choose(house)
    assert await members(house) == []


async def test_members_come_and_go(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    place = await house.channel("harbour", "team", ana)
    await house.chat.join(ben, place)
    await house.settle()
    assert await members(house) == ["Ana", "Ben"]
    await house.chat.leave(ana, place)
    await house.settle()
    assert await members(house) == ["Ben"]


async def test_a_stranger_who_joins_is_met(house: House) -> None:
    place = await house.channel("harbour")
    await house.chat.join(house.chat.person("ben"), place)
    await house.settle()
    assert await members(house) == ["Ben"]


async def test_members_are_read_again_every_hour(house: House) -> None:
    """Somebody may have come or gone while nobody listened; those chosen stay chosen."""
    ana, ben = await house.person("ana"), await house.person("ben")
    place = await house.channel("harbour", "team", ana)
    await choose(house, ana)
    house.chat._members[place] = [ben, house.chat.person("bot", Profile("Bot", is_bot=True))]
    await house.ticker.tick()
    assert await belongs(house, ben) == (False, False)
    house.later(hours=1, seconds=1)
    await house.ticker.tick()
    assert await belongs(house, ben) == (False, True)
    assert await members(house) == ["Ana"]
    await choose(house, everybody=True)
    assert await members(house) == ["Ben"]


async def test_a_channel_that_everybody_left_has_no_members(house: House) -> None:
    ana = await house.person("ana")
    place = await house.channel("harbour", "team", ana)
    house.chat._members[place] = []
    await channels.sync_members(house.store, house.chat, place)
    assert await members(house) == []


@pytest.mark.parametrize("trouble", [Refused("I cannot see it."), Busy(5)])
async def test_a_channel_that_the_platform_hides_keeps_its_members(
    house: House, trouble: Refused | Busy
) -> None:
    ana = await house.person("ana")
    place = await house.channel("harbour", "team", ana)
    house.chat._members[place] = []
    house.chat.trouble_next(trouble)
    await channels.sync_members(house.store, house.chat, place)
    assert await members(house) == ["Ana"]


async def test_a_platform_that_is_not_ready_yet_is_asked_again_in_a_moment(house: House) -> None:
    """A start reads members before Discord has told which servers there are."""
    ana = await house.person("ana")
    place = await house.channel("harbour", "team", ana)
    house.later(hours=2)
    house.chat._members[place] = []
    house.chat.trouble_next(Busy(5))
    await channels.refresh(house.store, {"fake": house.chat})
    assert await members(house) == ["Ana"]
    house.later(seconds=6)
    await channels.refresh(house.store, {"fake": house.chat})
    assert await members(house) == []


async def test_channels_that_the_platform_hides_do_not_keep_others_from_being_read(
    house: House,
) -> None:
    ana = await house.person("ana")
    hidden = [await house.channel(f"hidden {n}") for n in range(6)]
    place = await house.channel("harbour", "team", ana)
    house.later(hours=2)
    for one in hidden:
        house.chat.refuse(one, "I cannot see it.")
    house.chat._members[place] = []
    for _ in range(2):
        await channels.refresh(house.store, {"fake": house.chat})
    assert await members(house) == []


async def test_channels_of_a_platform_that_is_not_connected_hold_up_nobody(house: House) -> None:
    ana = await house.person("ana")
    async with house.work() as work:
        await people.open_workspace(work, "other:W9")
        for n in range(6):
            await config.put(work, "other:W9", f"{n}", ring="team")
    place = await house.channel("harbour", "team", ana)
    house.later(hours=2)
    house.chat._members[place] = []
    await channels.refresh(house.store, {"fake": house.chat})
    assert await members(house) == []


async def test_somebody_who_left_the_workspace_is_no_member(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    await house.channel("harbour", "team", ana, ben)
    async with house.work() as work:
        (await people.caller(work, ana)).present = False
    assert await members(house) == ["Ben"]


async def test_a_channel_is_found_from_any_of_its_threads(house: House) -> None:
    await house.channel("harbour")
    async with house.store.look() as work:
        found = await channels.find(work, Place("fake", "W1", "harbour", "77"))
        assert found is not None
        assert channels.place_of(found) == Place("fake", "W1", "harbour")
        assert await channels.find(work, Place("fake", "W1", "garden")) is None
        assert await channels.find(work, Place("fake", "W1", "@ana")) is None
        assert await channels.find(work, Place("fake", "W2", "harbour")) is None


async def test_channels_are_listed_from_the_inside_out(house: House) -> None:
    ana = await house.person("ana")
    for name, ring in (("world", "network"), ("craft", "community"), ("b", "team"), ("a", "team")):
        await house.channel(name, ring, *((ana,) if name in ("b", "craft") else ()))
    async with house.store.look() as work:
        every = await channels.every(work, "fake:W1")
        assert [one.id for one in every] == ["a", "b", "craft", "world"]
        person = await people.caller(work, ana)
        assert [one.id for one in await channels.of_person(work, person)] == ["b", "craft"]
        assert [one.id for one in await channels.of_person(work, person, "team")] == ["b"]
        keys = [("fake:W1", "a"), ("fake:W1", "nowhere")]
        assert list(await channels.many(work, keys)) == keys[:1]
        assert await channels.many(work, []) == {}


async def test_a_role_is_given_to_those_named_and_to_nobody_else(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    await house.channel("harbour")
    a, b = await house.who(ana), await house.who(ben)
    async with house.work() as work:
        await channels.set_roles(work, "fake:W1", "harbour", "curator", [a.id, a.id])
        await channels.set_roles(work, "fake:W1", "", "admin", [b.id])
        await channels.set_roles(work, "fake:W1", "harbour", "curator", [b.id])
    async with house.store.look() as work:
        assert [(c, role, one.name) for c, role, one in await channels.roles(work, "fake:W1")] == [
            ("", "admin", "Ben"),
            ("harbour", "curator", "Ben"),
        ]
        assert not await channels.is_curator(work, a, "harbour")
        assert await channels.is_curator(work, b, "harbour")
        assert not await channels.is_curator(work, b, "orchard")
        assert await channels.curates(work, b) == ["harbour"]
        await channels.require_admin(work, b)
        with pytest.raises(Refusal, match=r"Only an admin of this workspace can do that. Ask Ben."):
            await channels.require_admin(work, a)


async def test_who_administers_the_platform_administers_here(house: House) -> None:
    dee = await house.person("dee", admin=True)
    async with house.store.look() as work:
        await channels.require_admin(work, await people.caller(work, dee))


async def test_a_channel_taken_off_takes_its_roles_and_members_with_it(house: House) -> None:
    ana = await house.person("ana")
    await house.channel("harbour", "team", ana)
    person = await house.who(ana)
    async with house.work() as work:
        await channels.set_roles(work, "fake:W1", "harbour", "curator", [person.id])
        await config.take_off(work, await harbour(work))
    async with house.store.look() as work:
        assert await channels.every(work, "fake:W1") == []
        assert await channels.curates(work, person) == []
        assert await channels.of_person(work, person) == []
