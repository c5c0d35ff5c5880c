"""What is done costs nothing: claims look at what waits, however much was posted and handled before."""

from __future__ import annotations

from time import process_time

import pytest

from bot.chat import AccountId, Left, Place, Ref
from bot.engine import inbox, limits, outbox
from bot.engine.inbox import Inbox
from bot.engine.outbox import Post
from bot.store.session import Work
from tests.asked import asked
from tests.engine.parts import Yard, card
from tests.engine.plans import fill, scans

MANY = 100_000


@pytest.fixture
async def old_yard(yard: Yard) -> Yard:
    """A yard after 100,000 messages to 20,000 places and as many events."""
    here, when = "'fake:W1'", "CAST('2026-11-01 09:00:00' AS TIMESTAMP)"
    if yard.store.is_sqlite:
        when = "'2026-11-01 09:00:00.000000'"
    await fill(
        yard.store, "outbox", MANY, workspace_id=here, key="'old ' || i",
        destination="'fake:W1/team ' || (i % 20000)", thread="''", under="''", card="'{}'",
        wanted="1 = 1", taken="1 = 0", revision="1", shown="1", lives="1", state="'posted'",
        unsure="1 = 0", turn="i", strikes="0", error="''", not_before=when, created_at=when,
    )  # fmt: skip
    await fill(
        yard.store, "destination", 20_000, workspace_id=here, place="'fake:W1/team ' || i",
        platform="'fake'", pending="0", next_at=when, lease_token="0",
    )  # fmt: skip
    await fill(
        yard.store, "posted", MANY, workspace_id=here, key="'old ' || i", part="0",
        place="'fake:W1/team ' || (i % 20000)", message="CAST(i AS VARCHAR)",
    )  # fmt: skip
    await fill(
        yard.store, "inbox", MANY, workspace_id=here, key="'old ' || i", id="i",
        conversation="'fake:W1/team ' || (i % 20000)", kind="'said'", payload="''",
        state="'done'", tries="0", error="''", not_before=when, received_at=when,
    )  # fmt: skip
    return yard


async def nothing(*_: object) -> None:
    """Nobody to meet, and nothing to do."""


async def test_a_claim_reads_no_table_whole(old_yard: Yard) -> None:
    """Sending, changing and removing messages, handling an event and forgetting old keys go by an index."""
    yard = old_yard
    hall = Inbox(yard.store, prepare=nothing, handle=nothing)
    with asked(yard.store) as statements:
        await yard.show("words")
        await yard.show("reply", "reply", under="one")
        await yard.settle()
        await yard.show("other words")
        await yard.settle()
        await yard.withdraw()
        await yard.settle()
        async with yard.store.work() as work:
            left = Left(AccountId("fake", "W1", "ana"), yard.now)
            assert await inbox.keep(work, "new", left)
        assert await hall.step() == 1
        async with yard.store.work() as work:
            await inbox.sweep(work)
            await outbox.find(work, Ref(yard.place, "7"))
    assert len(statements) > 20
    assert await scans(yard.store, statements) == []


async def test_a_thousand_messages_are_queued_with_seconds_of_work(yard: Yard) -> None:
    """In one transaction, to a thousand people at once, as a morning's prompts are; a busy machine does not count."""
    posts = [
        Post(Place("fake", "W1", f"@person {number}"), card("Good morning"), f"prompt {number}")
        for number in range(1000)
    ]
    start = process_time()
    await yard.show_new(*posts)
    took = process_time() - start
    print(f"1000 posts queued on {yard.store.url.get_backend_name()} in {took:.3f} s")
    assert took < 5
    assert sum((await yard.counted())[0].values()) == 1000


async def test_a_place_is_found_by_its_index_even_when_everything_is_due(yard: Yard) -> None:

    async def queue(work: Work, name: str) -> None:
        await outbox.show_new(
            work,
            [
                Post(Place("fake", "W1", f"{name} {n}"), card("x"), f"{name} {n}")
                for n in range(500)
            ],
        )

    async with yard.store.work() as work:
        await queue(work, "some")
    with asked(yard.store) as statements:
        assert await yard.sender.step() == limits.AT_ONCE
    async with yard.store.work() as work:
        connection = await work.session.connection()
        await connection.exec_driver_sql("ANALYZE")
    claim = [one for one in statements if "destination.next_at" in one[0]]
    assert claim
    assert await scans(yard.store, claim) == []
