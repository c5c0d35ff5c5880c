"""Grains from an entry follow its lines, and what somebody wrote can be taken along and forgotten."""

from __future__ import annotations

import json

from sqlalchemy import func, select

from bot.chat import AccountId, Ask
from bot.engine.tables import OutboxRow
from bot.grains import desk as grains
from bot.grains.desk import Grain
from bot.grains.tables import GrainChange, GrainCount, Remark, Stakeholder, Verdict
from bot.people.desk import Person
from bot.store.session import Work
from tests.house import House

SOURCE = "test:1:plan"


async def sync(
    house: House, account: AccountId, *lines: str, channel: str = "harbour"
) -> list[Grain]:
    async with house.work() as work:
        return await grains.sync_lines(
            work, await house.who(account), channel, lines, source=SOURCE
        )


async def test_a_line_that_stays_keeps_its_grain_and_its_state(house: House) -> None:
    ana = await house.person("ana")
    harbour = await house.channel("harbour", "team", ana)
    one, two, three = await sync(house, ana, "one", "", "two", "three")
    assert [grain.number for grain in (one, two, three)] == [1, 2, 3]
    await house.chat.command(ana, harbour, "/grain 2 done it went well")
    again = await sync(house, ana, "one", "two", "three")
    assert [grain.id for grain in again] == [one.id, two.id, three.id]
    moved = await sync(house, ana, "two", "one, but better")
    assert [grain.id for grain in moved][:1] == [two.id]
    assert (moved[0].state, moved[0].learned) == ("done", "it went well")
    async with house.work() as work:
        person = await house.who(ana)
        assert [g.headline for g in await grains.from_source(work, person, SOURCE)] == [
            "two",
            "one, but better",
        ]
        await grains.remove_source(work, person, SOURCE)
        assert await grains.from_source(work, person, SOURCE) == []
    await house.settle()
    assert house.seen(harbour) == (), "The entry's own card shows these grains."


async def test_a_changed_line_changes_its_grain(house: House) -> None:
    ana, ben, chi = [await house.person(one) for one in ("ana", "ben", "chi")]
    await house.channel("harbour", "team", ana, ben, chi)
    (old,) = await sync(house, ana, "Rig it with @Ben #boats https://a.example")
    (new,) = await sync(house, ana, "Rig it with @Chi #sails")
    assert (new.id, new.headline, new.topics, new.link) == (
        old.id,
        "Rig it with @Chi #sails",
        ["sails"],
        "",
    )
    await house.settle()
    assert not any("names you" in one.title for one in house.seen(ben.direct))
    assert any("names you" in one.title for one in house.seen(chi.direct))


async def test_a_source_that_becomes_private_is_read_by_nobody_else(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    await house.channel("harbour", "team", ana, ben)
    await sync(house, ana, "Rig it with @Ben")
    await house.settle()
    (grain,) = await sync(house, ana, "Rig it with @Ben", channel="")
    await house.settle()
    assert grain.channel_id == ""
    assert not any("names you" in one.title for one in house.seen(ben.direct))


async def test_the_card_of_a_source_is_shown_again_when_its_grains_change(house: House) -> None:
    """A feature that shows grains on cards of its own hears of every change."""
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    heard: list[tuple[str, str]] = []

    async def show(work: Work, person: Person, source: str) -> None:
        heard.append((person.name, source))

    grains.SHOWN_BY["test"] = show
    try:
        await sync(house, ana, "Rig it")
        assert heard == []
        await house.chat.command(ana, harbour, "/grain 1 done")
        assert heard == [("Ana", SOURCE)]
    finally:
        del grains.SHOWN_BY["test"]


async def _said(house: House) -> tuple[AccountId, AccountId]:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    await house.chat.command(ana, harbour, "/grain Rig it with @ben")
    await house.settle()
    posted = house.find(house.parent(harbour).replies, "Rig it")
    for label, words in (("Adjust", "smaller"), ("Reply", "new rope")):
        ask = await house.chat.press(ben, posted, label)
        assert isinstance(ask, Ask)
        await house.chat.submit(ben, ask.form, {"words": words})
    await house.settle()
    return ana, ben


async def test_what_somebody_wrote_can_be_taken_along(house: House) -> None:
    ana, ben = await _said(house)
    async with house.work() as work:
        mine = await grains.export(work, await house.who(ana))
        theirs = await grains.export(work, await house.who(ben))
    (grain,) = json.loads(json.dumps(mine))
    assert (grain["text"], grain["state"], grain["stakeholders"]) == (
        "Rig it with @ben",
        "open",
        ["Ben"],
    )
    assert [one["words"] for one in grain["feedback"]] == ["smaller", "new rope"]
    assert [(one["kind"], one.get("words")) for one in theirs] == [
        ("feedback", "smaller"),
        ("reply", "new rope"),
        ("named in a plan", None),
    ]


async def test_who_is_forgotten_leaves_no_word_behind(house: House) -> None:
    ana, ben = await _said(house)
    harbour = house.chat.channel("harbour")
    async with house.work() as work:
        await grains.forget(work, await house.who(ben))
    await house.settle()
    (card,) = house.thread(harbour)
    assert card.facts == ()
    assert not any("names you" in one.title for one in house.seen(ben.direct))
    async with house.work() as work:
        await grains.forget(work, await house.who(ana))
    await house.settle()
    assert house.thread(harbour) == ()
    async with house.work() as work:
        await grains.forget(work, await house.who(ana))
        for table in (Grain, GrainChange, GrainCount, Remark, Stakeholder, Verdict):
            assert await work.session.scalar(select(func.count()).select_from(table)) == 0
        words = await work.session.scalars(
            select(OutboxRow.card).where(
                OutboxRow.key.like("grains.%"), OutboxRow.state != "posted"
            )
        )
        assert [one for one in words if "smaller" in one] == []


async def test_a_public_grain_does_not_tell_of_a_private_one_before_it(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    harbour = await house.channel("harbour", "team", ana, ben)
    await sync(house, ana, "Secret plan")
    await house.chat.command(ana, harbour, "/grain 1 adjusted Open plan")
    await sync(house, ana, "Secret plan", channel="")
    await house.chat.command(ana, harbour, "/grain 2 kept")
    await house.settle()
    assert house.thread(harbour)[0].plain() == "Ana plans\nOpen plan"
