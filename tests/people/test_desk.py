"""Meeting people: who somebody is, as the platform says it and as they choose."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from bot.chat import AccountId, Busy, Joined, Left, Profile
from bot.chat.fake import FakeChat
from bot.people import desk as people
from bot.people.desk import meeting
from bot.people.tables import Account, Person
from bot.refusal import Refusal
from bot.store.session import Store
from tests.asked import asked
from tests.engine.plans import scans
from tests.house import House

ANA = AccountId("fake", "W1", "ana")


class Asked(FakeChat):
    """A platform that counts how often it is asked who somebody is, and may not know it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.trouble: Exception | None = None
        self.hangs = False

    async def profile(self, account: AccountId) -> Profile | None:
        self.asked.append(account.id)
        if self.hangs:
            await asyncio.Event().wait()
        if self.trouble:
            raise self.trouble
        return await super().profile(account)


@pytest.fixture
def chat() -> Asked:
    chat = Asked()
    chat.person("ana", Profile("Ana", zone="Europe/Lisbon", is_admin=True))
    return chat


async def test_somebody_is_met_once(house: House, chat: Asked) -> None:
    """Name, zone and what they administer come from the platform, which is then left in peace for six hours."""
    for _ in range(3):
        await people.meet(house.store, chat, ANA)
    house.later(hours=6)
    await people.meet(house.store, chat, ANA)
    person = await house.who(ANA)
    assert (person.name, person.zone, person.is_admin) == ("Ana", "Europe/Lisbon", True)
    assert (person.moved, person.zone_chosen) == (False, False)
    assert chat.asked == ["ana", "ana"]


async def test_of_many_who_meet_a_stranger_at_once_all_meet_the_same_person(
    house: House, chat: Asked
) -> None:
    """Also when they are different processes."""
    async with house.work() as work:
        await people.open_workspace(work, "fake:W1")
    other = Store(house.store.url.render_as_string(hide_password=False), now=lambda: house.now)
    await asyncio.gather(*(people.meet((house.store, other)[n % 2], chat, ANA) for n in range(10)))
    await other.close()
    async with house.store.look() as work:
        assert [one.name for one in await people.everybody(work, "fake:W1")] == ["Ana"]


async def test_a_name_is_kept_up_to_date(house: House, chat: Asked) -> None:
    await people.meet(house.store, chat, ANA)
    chat.person("ana", Profile("Ana Maria"))
    house.later(hours=6)
    await people.refresh(house.store, {"fake": chat})
    person = await house.who(ANA)
    assert (person.name, person.zone, person.is_admin) == ("Ana Maria", "Europe/Lisbon", False)


async def test_a_zone_follows_the_platform_until_its_person_chooses(
    house: House, chat: Asked
) -> None:
    """Each change is passed on once to whoever works out times."""

    async def moved() -> list[str]:
        async with house.work() as work:
            return [one.name for one in await people.moved(work, 10)]

    async def travel(zone: str) -> str:
        house.later(hours=6)
        chat.person("ana", Profile("Ana", zone=zone))
        await people.refresh(house.store, {"fake": chat})
        return (await house.who(ANA)).zone

    await people.meet(house.store, chat, ANA)
    assert await moved() == []
    assert await travel("Asia/Kolkata") == "Asia/Kolkata"
    assert await moved() == ["Ana"]
    assert await moved() == []
    async with house.work() as work:
        await people.choose_zone(work, await people.caller(work, ANA), "America/New_York")
    assert await moved() == ["Ana"]
    assert await travel("Europe/Lisbon") == "America/New_York"
    assert await moved() == []


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus"])
async def test_somebody_whose_zone_nobody_knows_lives_in_utc(
    house: House, chat: Asked, zone: str | None
) -> None:
    chat.person("ana", Profile("Ana", zone=zone))
    await people.meet(house.store, chat, ANA)
    assert (await house.who(ANA)).zone == "UTC"


async def test_strangers_and_bots_are_refused(house: House, chat: Asked) -> None:
    robot = chat.person("robot", Profile("Robot", is_bot=True))
    nobody = AccountId("fake", "W1", "nobody")
    for account in (robot, nobody):
        await people.meet(house.store, chat, account)
        async with house.store.look() as work:
            assert await people.find(work, account) is None
            with pytest.raises(Refusal, match="I do not know you as one"):
                await people.caller(work, account)


async def test_somebody_who_left_is_refused_until_they_return(house: House) -> None:
    """What they were stays; they are not among everybody meanwhile."""
    ana = await house.person("ana")
    before = await house.who(ana)

    async def everybody() -> list[str]:
        async with house.store.look() as work:
            return [one.name for one in await people.everybody(work, "fake:W1")]

    await house.desk.record("left", Left(ana, house.now))
    await house.settle()
    assert await everybody() == []
    async with house.store.look() as work:
        with pytest.raises(Refusal):
            await people.caller(work, ana)
    await house.desk.record("joined", Joined(ana, house.now))
    await house.settle()
    assert await everybody() == ["Ana"]
    assert (await house.who(ana)).id == before.id


async def test_leaving_a_channel_is_not_leaving_the_workspace(house: House) -> None:
    ana = await house.person("ana")
    await house.desk.record("left", Left(ana, house.now, house.chat.channel("harbour")))
    await house.settle()
    assert (await house.who(ana)).present


async def test_somebody_who_returned_while_nobody_listened_is_met_when_they_act(
    house: House,
) -> None:
    ana = await house.person("ana")
    await house.desk.record("left", Left(ana, house.now))
    await house.settle()
    await people.meet(house.store, house.chat, ana)
    assert (await house.who(ana)).present


async def test_somebody_who_left_while_nobody_listened_is_noticed(
    house: House, chat: Asked
) -> None:
    await people.meet(house.store, chat, ANA)
    del chat._profiles[ANA]
    house.later(hours=6)
    await people.refresh(house.store, {"fake": chat})
    async with house.store.look() as work:
        person = await people.find(work, ANA)
    assert person is not None
    assert not person.present


@pytest.mark.parametrize("trouble", [Busy(30), None])
async def test_of_somebody_known_what_is_known_will_do(
    house: House, chat: Asked, trouble: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform that cannot tell, or does not answer, holds nobody up, and is asked again ten minutes later."""
    monkeypatch.setattr(meeting, "PATIENCE", 0.01)
    await people.meet(house.store, chat, ANA)
    house.later(hours=6)
    chat.trouble, chat.hangs = trouble, trouble is None
    for _ in range(2):
        await people.meet(house.store, chat, ANA)
    assert (await house.who(ANA)).name == "Ana"
    assert len(chat.asked) == 2
    house.later(minutes=10)
    await people.meet(house.store, chat, ANA)
    assert len(chat.asked) == 3


async def test_of_a_stranger_the_trouble_is_raised(house: House, chat: Asked) -> None:
    """So that an event is handled later, when it is known who it is from."""
    chat.trouble = Busy(30)
    with pytest.raises(Busy):
        await people.meet(house.store, chat, ANA)


async def test_people_whom_the_platform_cannot_name_do_not_keep_others_from_being_read_again(
    house: House, chat: Asked
) -> None:
    """Nor do people on a platform that is not connected."""
    accounts = [chat.person(f"p{n:02}") for n in range(45)]
    for account in accounts:
        await people.meet(house.store, chat, account)
    async with house.work() as work:
        for n in range(30):
            away = AccountId("other", "W9", f"away{n}")
            await people.learn(work, away, Profile("Away"))
    house.later(hours=7)
    for account in accounts[:30]:
        del chat._profiles[account]
    chat.asked.clear()
    for _ in range(3):
        await people.refresh(house.store, {"fake": chat})
    assert len(set(chat.asked)) == len(chat.asked) == 45


async def test_people_are_found_by_their_keys(house: House) -> None:
    """Many at once, and where the bot reaches each alone."""
    accounts = [await house.person(f"p{n}") for n in range(5)]
    persons = [await house.who(one) for one in accounts]
    keys = [(one.workspace_id, one.id) for one in persons]
    async with house.store.look() as work:
        assert set(await people.many(work, keys)) == set(keys)
        assert await people.direct_places(work, keys) == {
            key: account.direct for key, account in zip(keys, accounts, strict=True)
        }
        assert await people.many(work, []) == {}
        assert await people.direct_places(work, []) == {}
        assert await people.account_of(work, persons[0]) == accounts[0]
        far = [("fake:W1", n) for n in range(40_000)]
        assert await people.many(work, far) == {}


async def test_a_time_away_has_a_last_day_and_can_end_early(house: House) -> None:
    """It is counted on the person's own calendar."""
    ana = await house.person("ana", "Australia/Lord_Howe")
    house.at("2026-11-16T20:00:00+00:00")
    async with house.work() as work:
        person = await people.caller(work, ana)
        assert people.today(work, person) == date(2026, 11, 17)
        with pytest.raises(Refusal):
            await people.go_away(work, person, date(2026, 11, 16))
        await people.go_away(work, person, date(2026, 11, 20))
    assert (await house.who(ana)).away_until == date(2026, 11, 20)
    async with house.work() as work:
        await people.come_back(work, await people.caller(work, ana))
    assert (await house.who(ana)).away_until is None


async def test_a_tick_does_not_read_everybody(house: House) -> None:
    """Who moved and whose profile is old is found by an index."""
    async with house.work() as work:
        await people.open_workspace(work, "fake:W1")
        work.session.add_all(
            Person(workspace_id="fake:W1", id=n, name=f"{n}", met_at=work.now, profile_at=work.now)
            for n in range(1, 3001)
        )
        await work.session.flush()
        work.session.add_all(
            Account(workspace_id="fake:W1", id=f"{n}", person_id=n) for n in range(1, 3001)
        )
        await work.session.flush()
        await (await work.session.connection()).exec_driver_sql("ANALYZE")
    house.later(hours=1)
    with asked(house.store) as statements:
        async with house.work() as work:
            await people.moved(work, 10)
        await people.refresh(house.store, {"fake": house.chat})
    assert len(statements) >= 2
    assert await scans(house.store, statements) == []


def test_a_profile_is_believed_for_six_hours() -> None:
    assert timedelta(hours=6) == people.FRESH
