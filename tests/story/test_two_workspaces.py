"""Two workspaces of one platform share a process and a database, and nothing else."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat import AccountId, Ask, Place, Press, Show
from bot.checkins.rules import DAYS, RhythmPlan
from bot.store.base import load_tables, metadata
from tests.house import House

PLAN = RhythmPlan(days=DAYS)


async def furnish(house: House, workspace: str) -> tuple[AccountId, AccountId, Place]:
    """The same people and the same channel, by the same ids, in a workspace of this name."""
    house.chat.workspace = workspace
    ana, ben = await house.person("ana"), await house.person("ben")
    return ana, ben, await house.channel("harbour", "team", ana, ben, plan=PLAN)


def said(house: House, place: Place) -> str:
    return "\n".join(post.card.plain() for post in house.chat.posts if post.ref.place.open == place)


async def test_what_happens_in_one_workspace_is_nowhere_in_the_other(house: House) -> None:
    ones, twos = await furnish(house, "W1"), await furnish(house, "W2")
    house.at("2026-11-16T09:00:00+00:00")
    await house.tick()
    for (ana, _, _), words in ((ones, "first-words"), (twos, "second-words")):
        await house.chat.say(ana, ana.direct, words)
        await house.settle()
        await house.chat.command(ana, ana.direct, f"/grain {words} in a grain")
        await house.settle()

    assert "first-words" in said(house, ones[2])
    assert "second-words" not in said(house, ones[2])
    assert "second-words" in said(house, twos[2])
    assert "first-words" not in said(house, twos[2])

    listed = await house.chat.command(twos[0], twos[0].direct, "/grain list")
    assert isinstance(listed, Show)
    assert "second-words" in listed.card.plain()
    assert "first-words" not in listed.card.plain()

    load_tables()
    async with house.work() as work:
        for table in metadata.sorted_tables:
            for row in await work.session.execute(select(table)):
                if "first-words" in repr(row):
                    assert row.workspace_id == "fake:W1", table.name
                if "second-words" in repr(row):
                    assert row.workspace_id == "fake:W2", table.name


async def test_a_button_of_one_workspace_does_nothing_in_the_other(house: House) -> None:
    """Ids are nobody's secret, so each is looked for in the workspace of whoever presses."""
    (ana, _, harbour), (other, _, _) = await furnish(house, "W1"), await furnish(house, "W2")
    house.at("2026-11-16T09:00:00+00:00")
    await house.tick()
    await house.chat.say(ana, ana.direct, "Mine alone")
    await house.settle()
    cards = [card for card in house.thread(harbour) if "Mine alone" in card.plain()]
    actions = [button.action for card in cards for button in card.buttons]
    assert actions
    for action in actions:
        reply = await house.desk.answer(Press(action, other, other.direct, house.now, key=action))
        assert not isinstance(reply, Ask), action
        assert isinstance(reply, Show), action
        assert "Mine alone" not in reply.card.plain()
    await house.settle()
    assert [card for card in house.thread(harbour) if "Mine alone" in card.plain()] == cards
