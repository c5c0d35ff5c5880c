"""The outbox says what should stand where, and the sender brings the platform to it."""

from __future__ import annotations

import pytest

from bot.chat import Refused
from bot.engine import outbox
from bot.engine.outbox import Gone, Post
from tests.engine.parts import Yard, card


async def test_one_key_is_one_message(yard: Yard) -> None:
    """However often and in whichever way a subject is shown, it stands there once."""
    await yard.show("first")
    await yard.show_new(Post(yard.place, card("second"), "one"))
    await yard.settle()
    await yard.show_new(Post(yard.place, card("third"), "one"))
    await yard.settle()
    assert yard.seen() == ["first"]
    assert yard.chat.calls == ["send one"]


async def test_a_key_twice_in_one_batch_is_one_message(yard: Yard) -> None:
    """Two posts about one subject that are queued together are counted once."""
    await yard.show_new(Post(yard.place, card("a"), "one"), Post(yard.place, card("b"), "one"))
    assert await yard.counted() == ({str(yard.place): 1}, {str(yard.place): 1})
    await yard.settle()
    assert yard.seen() == ["a"]


async def test_ten_changes_before_the_send_cost_one_post(yard: Yard) -> None:
    for number in range(10):
        await yard.show(f"draft {number}")
    await yard.settle()
    assert yard.seen() == ["draft 9"]
    assert yard.chat.calls == ["send one"]


async def test_a_change_after_the_post_is_one_edit(yard: Yard) -> None:
    """The message changes in place, and the same words again cost nothing."""
    await yard.show("draft")
    await yard.settle()
    ref = yard.ref("draft")
    await yard.show("better")
    await yard.show("best")
    await yard.settle()
    await yard.show("best")
    await yard.settle()
    assert yard.seen() == ["best"]
    assert yard.ref("best") == ref
    assert yard.chat.calls == ["send one", "edit"]


async def test_a_change_while_the_post_is_on_its_way_follows_it(yard: Yard) -> None:
    async def change(_to: object) -> None:
        yard.chat.before = None
        await yard.show("second")

    yard.chat.before = change
    await yard.show("first")
    await yard.settle()
    assert yard.seen() == ["second"]
    assert yard.chat.calls == ["send one", "edit"]


async def test_what_is_withdrawn_before_its_post_is_never_posted(yard: Yard) -> None:
    """Nothing of its words is kept either."""
    await yard.show("never mind")
    await yard.withdraw()
    await yard.settle()
    assert yard.chat.calls == []
    row = await yard.row()
    assert (row.state, row.card) == ("gone", outbox.NOTHING)


async def test_what_is_withdrawn_after_its_post_is_removed(yard: Yard) -> None:
    """Nothing of its words is kept once it is gone."""
    await yard.show("never mind")
    await yard.settle()
    await yard.withdraw()
    await yard.settle()
    assert yard.seen() == []
    assert yard.chat.calls == ["send one", "remove"]
    row = await yard.row()
    assert (row.state, row.card) == ("gone", outbox.NOTHING)


@pytest.mark.parametrize("posted", [False, True])
async def test_what_was_withdrawn_comes_back_when_it_is_shown_again(
    yard: Yard, posted: bool
) -> None:
    """Its author undid the removal, so it is posted, under a name that the platform has not seen removed."""
    await yard.show("words")
    if posted:
        await yard.settle()
    await yard.withdraw()
    await yard.settle()
    assert await yard.show("words")
    await yard.settle()
    assert yard.seen() == ["words"]
    assert yard.chat.calls[-1] == ("send one~2" if posted else "send one")


async def test_what_was_withdrawn_and_shown_before_the_next_send_stays(yard: Yard) -> None:
    await yard.show("words")
    await yard.settle()
    await yard.withdraw()
    await yard.show("words")
    await yard.settle()
    assert yard.seen() == ["words"]
    assert "remove" not in yard.chat.calls


async def test_what_a_moderator_took_away_does_not_come_back(yard: Yard) -> None:
    await yard.show("words")
    await yard.settle()
    await yard.lost(yard.ref("words"))
    assert not await yard.show("other words")
    await yard.settle()
    assert yard.seen() == []
    async with yard.store.look() as work:
        assert await outbox.is_over(work, yard.place.workspace_id, "one")


async def test_what_a_moderator_took_away_while_a_change_waited_is_not_counted(yard: Yard) -> None:
    await yard.show("words")
    await yard.settle()
    await yard.show("other words")
    await yard.lost(yard.ref("words"))
    assert await yard.counted() == ({}, {})
    await yard.settle()
    assert yard.chat.calls == ["send one"]


async def test_when_a_moderator_takes_one_part_the_others_go(yard: Yard) -> None:
    """A message that a platform made us split is one message."""
    yard.chat.limit = 10
    await yard.show("some words that are long")
    await yard.settle()
    first, *rest = [post.ref for post in yard.chat.posts]
    assert rest
    await yard.lost(first)
    await yard.settle()
    assert yard.seen() == []
    assert not await yard.show("again")
    await yard.settle()
    assert yard.seen() == []


async def test_a_message_is_found_where_it_stands(yard: Yard) -> None:
    """A ref leads to the key, and the key to the refs, while it stands there."""
    workspace_id = yard.place.workspace_id
    await yard.show("words")
    async with yard.store.look() as work:
        assert await outbox.refs(work, workspace_id, "one") == ()
    await yard.settle()
    ref = yard.ref("words")
    async with yard.store.look() as work:
        assert await outbox.refs(work, workspace_id, "one") == (ref,)
        assert await outbox.find(work, ref) == "one"
    await yard.lost(ref)
    async with yard.store.look() as work:
        assert await outbox.refs(work, workspace_id, "one") == ()
        assert await outbox.find(work, ref) == "one"


async def test_messages_go_in_the_order_in_which_they_were_wanted(yard: Yard) -> None:
    for number in range(8):
        await yard.show(f"{number}", f"key {7 - number}")
    await yard.settle()
    assert yard.seen() == [f"{number}" for number in range(8)]


async def test_a_thread_comes_after_its_parent(yard: Yard) -> None:
    """Both are wanted in one transaction; the reply finds its parent posted."""
    await yard.show_new(
        Post(yard.place, card("day"), "z day"),
        Post(yard.place, card("reply"), "a reply", under="z day"),
    )
    await yard.settle()
    assert yard.seen() == ["day"]
    assert yard.seen(yard.ref("day").replies) == ["reply"]


async def test_a_thread_comes_after_its_parent_whatever_the_clocks_of_two_machines_say(
    yard: Yard,
) -> None:
    """A reply that was queued by a machine whose clock is behind waits for its parent."""
    await yard.show("day", "day")
    for key in ("first", "second"):
        await yard.show(key, key, under="day")
    async with yard.store.work() as work:
        parent = await work.session.get_one(outbox.OutboxRow, (yard.place.workspace_id, "day"))
        parent.turn += 10**9
    await yard.settle()
    assert yard.seen() == ["day"]
    assert yard.seen(yard.ref("day").replies) == ["first", "second"]


@pytest.mark.parametrize("how", ["a moderator", "its author", "a refusal"])
async def test_words_whose_parent_is_gone_stand_in_the_open(yard: Yard, how: str) -> None:
    if how == "a refusal":
        yard.chat.trouble_next(Refused("Not here."))
    await yard.show("day", "day")
    await yard.settle()
    if how == "a moderator":
        await yard.lost(yard.ref("day"))
    elif how == "its author":
        await yard.withdraw("day")
    await yard.show("reply", "reply", under="day")
    await yard.settle()
    assert yard.seen() == ["reply"]


async def test_words_of_what_is_gone_or_given_up_can_be_forgotten(yard: Yard) -> None:
    yard.chat.trouble_next(Refused("Not here."))
    await yard.show("secret")
    await yard.settle()
    async with yard.store.work() as work:
        await outbox.forget(work, yard.place.workspace_id, ["one"])
    assert (await yard.row()).card == outbox.NOTHING


async def test_what_was_given_up_can_be_withdrawn(yard: Yard) -> None:
    """An operator who tries it again later does not post what its author took back."""
    yard.chat.trouble_next(Refused("Not here."))
    await yard.show("secret")
    await yard.settle()
    assert not await yard.show("other secret")
    assert "other" in (await yard.row()).card
    await yard.withdraw()
    row = await yard.row()
    assert (row.state, row.card) == ("gone", outbox.NOTHING)
    assert await yard.counted() == ({}, {})


async def test_many_brought_at_once_are_as_if_each_was_shown_or_withdrawn(yard: Yard) -> None:
    """What is new comes, what changed changes, what should go goes, and the order is the one they were named in."""
    await yard.show("stays", key="stays")
    await yard.show("changes", key="changes")
    await yard.show("goes", key="goes")
    await yard.settle()
    async with yard.store.work() as work:
        await outbox.show(work, yard.place, card("never sent"), key="waits")
    wishes = [
        Gone(yard.place.workspace_id, "goes"),
        Post(yard.place, card("first new"), "a"),
        Post(yard.place, card("stays"), "stays"),
        Gone(yard.place.workspace_id, "waits"),
        Gone(yard.place.workspace_id, "nobody knows it"),
        Post(yard.place, card("changed"), "changes"),
        Post(yard.place, card("second new"), "b"),
    ]
    async with yard.store.work() as work:
        await outbox.bring(work, wishes)
    kept, waiting = await yard.counted()
    assert kept == waiting == {str(yard.place): 4}
    yard.chat.calls.clear()
    await yard.settle()
    assert yard.seen() == ["stays", "changed", "first new", "second new"]
    assert yard.chat.calls == ["remove", "send a", "edit", "send b"]
    assert await yard.counted() == ({}, {})
