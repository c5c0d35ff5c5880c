"""What was given up is listed with its reason, and an operator tries it again or drops it."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import REGISTRY

from bot.chat import Refused
from bot.engine import dead
from bot.store.session import utc_now
from tests.engine.parts import Yard
from tests.outloud import Outloud


async def give_up(yard: Yard, key: str = "one") -> None:
    yard.chat.trouble_next(Refused("The channel is archived."))
    await yard.show("words", key)
    await yard.settle()
    assert (await yard.row(key)).state == "dead"


async def test_a_given_up_message_is_told_of_with_its_place_and_reason(yard: Yard) -> None:
    await give_up(yard)
    (one,) = await dead.each(yard.store, dead.look)
    assert (one.key, one.to, one.reason) == ("one", yard.place, "The channel is archived.")


async def test_a_message_tried_again_arrives_as_it_is_wanted_by_then(yard: Yard) -> None:
    await give_up(yard)
    await yard.show("newer words")
    assert yard.seen() == []
    assert len(await dead.each(yard.store, dead.retry)) == 1
    await yard.settle()
    assert yard.seen() == ["newer words"]
    assert await yard.counted() == ({}, {})


async def test_a_message_is_tried_again_behind_those_that_wait(yard: Yard) -> None:
    await give_up(yard)
    await yard.show("next", "next")
    await dead.each(yard.store, dead.retry)
    await yard.settle()
    assert yard.seen() == ["next", "words"]


async def test_a_dropped_message_never_comes(yard: Yard) -> None:
    await give_up(yard)
    assert len(await dead.each(yard.store, dead.drop)) == 1
    assert await yard.show("newer words") is False
    await yard.settle()
    assert yard.seen() == []
    assert (await yard.row()).card == "{}"
    assert await yard.counted() == ({}, {})


async def test_dropping_a_change_leaves_what_stands(yard: Yard) -> None:
    await yard.show("words")
    await yard.settle()
    yard.chat.trouble_next(Refused("No."))
    await yard.show("other words")
    await yard.settle()
    await dead.each(yard.store, dead.drop)
    await yard.settle()
    assert yard.seen() == ["words"]


async def test_only_the_messages_named_are_touched(yard: Yard) -> None:
    await give_up(yard, "one")
    await give_up(yard, "two")
    assert [one.key for one in await dead.each(yard.store, dead.retry, ["two"])] == ["two"]
    assert (await yard.row("one")).state == "dead"


async def test_a_message_is_not_tried_again_twice(yard: Yard) -> None:
    """Two operators at once queue it once."""
    await give_up(yard)
    (one,) = await dead.each(yard.store, dead.look)
    async with yard.store.work() as work:
        assert await dead.retry(work, one)
        assert not await dead.retry(work, one)
    assert await yard.counted() == ({"fake:W1/harbour": 1}, {"fake:W1/harbour": 1})


async def test_the_metrics_tell_how_many_were_given_up(yard: Yard) -> None:
    await give_up(yard)
    async with yard.store.work() as work:
        await dead.count(work)
    assert REGISTRY.get_sample_value("outloud_dead_messages") == 1


async def test_the_command_lists_retries_and_drops(yard: Yard, tmp_path: Path) -> None:
    await give_up(yard, "one")
    await give_up(yard, "two")
    outloud = Outloud(tmp_path, {"OUTLOUD_DATABASE_URL": yard.url})
    told = await outloud.command("dead", "list")
    assert (told.status, told.err) == (0, "")
    assert [line.split("  ")[0] for line in told.out.splitlines()] == ["one", "two"]
    assert "fake:W1/harbour" in told.out
    assert "The channel is archived." in told.out
    assert "words" not in told.out
    unknown = await outloud.command("dead", "drop", "three")
    assert (unknown.status, unknown.out) == (1, "")
    assert unknown.err == "No message was given up under three: see outloud dead list.\n"
    assert (await outloud.command("dead", "retry")).status == 2
    assert (await outloud.command("dead", "drop", "one")).out == "Dropped: 1.\n"
    assert (await outloud.command("dead", "retry", "--all")).out == "Queued again: 1.\n"
    yard.now = utc_now()
    await yard.settle()
    assert yard.seen() == ["words"]
