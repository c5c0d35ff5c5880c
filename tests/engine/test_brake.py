"""A place that is sent too much within a minute pauses, the operator hears of it, and nothing is lost."""

from __future__ import annotations

from bot.engine import limits
from bot.engine.outbox import Post
from tests.engine.parts import Yard, card, logged


async def test_a_runaway_pauses_its_place_and_no_other(yard: Yard) -> None:
    many = limits.BRAKE_AT + 1
    await yard.show_new(*(Post(yard.place, card(f"{n}"), f"key {n}") for n in range(many)))
    other = yard.chat.channel("orchard")
    await yard.show("calm", "calm", at=other)
    with logged() as lines:
        await yard.settle()
    assert yard.seen() == []
    assert yard.seen(other) == ["calm"]
    line = lines.get_nowait()
    assert (line["event"], line["place"]) == (
        "too many messages for one place within a minute, so it pauses",
        str(yard.place),
    )
    yard.later(limits.BRAKE_FOR.total_seconds())
    await yard.settle()
    assert yard.seen() == [str(number) for number in range(many)]


async def test_as_many_over_a_longer_time_are_no_runaway(yard: Yard) -> None:
    for half in range(2):
        posts = [
            Post(yard.place, card(f"{half}.{n}"), f"key {half}.{n}")
            for n in range(limits.BRAKE_AT // 2 + 1)
        ]
        await yard.show_new(*posts)
        yard.later(61)
    await yard.sender.step()
    assert yard.seen() == ["0.0"]
