"""Instants, wall-clock times and ids, as they are kept."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column as Col
from sqlalchemy import Integer, MetaData, Table
from sqlalchemy.exc import StatementError

from bot.store.base import Clock, Moment, new_id
from bot.store.session import Store

times = Table(
    "times", MetaData(), Col("id", Integer, primary_key=True), Col("at", Moment), Col("wall", Clock)
)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 16, 9, 30, 15, 123456, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/Lisbon"), fold=1),
        datetime(2026, 11, 16, 9, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        None,
    ],
)
async def test_an_instant_comes_back_as_it_was(database_url: str, moment: datetime | None) -> None:
    """In UTC, from whichever zone it came, to the microsecond."""
    store = Store(database_url)
    async with store.work() as work:
        await (await work.session.connection()).run_sync(times.create)
        await work.session.execute(times.insert().values(at=moment, wall=time(9, 5)))
    async with store.look() as work:
        at, wall = (await work.session.execute(times.select())).one()[1:]
    assert at == (moment and moment.astimezone(UTC))
    assert at is None or at.utcoffset() == timedelta(0)
    assert wall == time(9, 5)
    await store.close()


async def test_a_time_without_a_zone_is_refused(database_url: str) -> None:
    """It says no instant, and a guess would be wrong somewhere."""
    store = Store(database_url)
    with pytest.raises(StatementError, match="has no time zone, and only instants are kept"):
        async with store.work() as work:
            await work.session.execute(
                times.insert().values(at=datetime(2026, 11, 16))  # noqa: DTZ001
            )
    await store.close()


def test_every_id_is_larger_than_those_before() -> None:
    """And fits into the databases' integers."""
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert ids[0] > 0
    assert ids[-1] < 2**63


def test_ids_fit_for_decades(monkeypatch: pytest.MonkeyPatch) -> None:
    """In 2080 an id still fits into 63 bits."""
    then = int(datetime(2080, 1, 1, tzinfo=UTC).timestamp())
    monkeypatch.setattr("bot.store.base._last_id", 0)
    monkeypatch.setattr("bot.store.base.time.time_ns", lambda: then * 10**9)
    assert new_id() < 2**63
