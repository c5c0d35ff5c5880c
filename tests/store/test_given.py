"""Rows that a statement is given as one parameter are kept as if each value had been one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import BigInteger, Date, MetaData, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.store.base import Base, Clock, Json, Moment, dialect_of
from bot.store.given import Given, change, insert_new
from bot.store.session import Store

MORNING = datetime(2026, 11, 16, 9, 30, 15, 123456, tzinfo=UTC)


class Fence(DeclarativeBase):
    """Tables of this file alone."""

    metadata = MetaData()
    type_annotation_map = Base.type_annotation_map


class Buoy(Fence):
    __tablename__ = "buoy"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    words: Mapped[str]
    lit: Mapped[bool]
    tags: Mapped[list[Any]] = mapped_column(Json)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    wakes_at: Mapped[time | None] = mapped_column(Clock)
    day: Mapped[date | None] = mapped_column(Date)


KEYS = Given.of(Buoy, "workspace_id", "number")  # type: ignore[arg-type]


def buoy(number: int = 1, **values: Any) -> dict[str, Any]:
    return {
        "workspace_id": "fake:W1",
        "number": number,
        "words": "red",
        "lit": True,
        "tags": [],
        "seen_at": MORNING,
        "wakes_at": None,
        "day": None,
    } | values


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url, now=lambda: MORNING)
    async with store.work() as work:
        await (await work.session.connection()).run_sync(Fence.metadata.create_all)
    yield store
    await store.close()


async def keep(store: Store, *rows: dict[str, Any]) -> list[int]:
    async with store.work() as work:
        kept = await insert_new(work.session, Buoy, rows, Buoy.number)  # type: ignore[arg-type]
        return [number for (number,) in kept]


async def kept(store: Store) -> list[Buoy]:
    async with store.look() as work:
        return list(await work.session.scalars(select(Buoy).order_by(Buoy.number)))


@pytest.mark.parametrize(
    "values",
    [
        {"words": """'; DROP TABLE buoy; -- " \\ \n\t {"a": [1]} $.x :name ? %s"""},
        {"words": "Grüße an die Pier 🌊 \u2028 שלום"},
        {"words": ""},
        {"number": 2**63 - 1},
        {"number": -(2**63)},
        {"lit": False},
        {"tags": [{"key": "plan", "ask": 'What "now"?', "optional": None}, 1.5, []]},
        {"seen_at": None},
        {"seen_at": datetime(2026, 11, 16, 9, tzinfo=timezone(timedelta(hours=5, minutes=30)))},
        {"wakes_at": time(9, 5)},
        {"day": date(2026, 2, 28)},
    ],
    ids=lambda values: next(iter(values)),
)
async def test_every_value_comes_back_as_it_was(store: Store, values: dict[str, Any]) -> None:
    given = buoy() | values
    await keep(store, given)
    (row,) = await kept(store)
    assert {name: getattr(row, name) for name in given} == given


async def test_only_rows_whose_keys_are_new_are_written(store: Store) -> None:
    """Also where two of one group have the same key: the first one counts."""
    assert await keep(store, buoy(1), buoy(2)) == [1, 2]
    assert await keep(store, buoy(2, words="green"), buoy(3), buoy(3, words="green")) == [3]
    assert [(row.number, row.words) for row in await kept(store)] == [
        (1, "red"),
        (2, "red"),
        (3, "red"),
    ]


async def test_no_rows_are_no_question(store: Store) -> None:
    assert await keep(store) == []


async def test_rows_are_found_by_all_of_what_is_given(store: Store) -> None:
    await keep(store, buoy(1), buoy(2), buoy(1, workspace_id="fake:W2"))
    async with store.look() as work:
        found = await work.session.execute(
            select(Buoy.workspace_id, Buoy.number).where(KEYS.match(dialect_of(work.session))),
            KEYS.these(work.session, [("fake:W1", 2), ("fake:W2", 1), ("fake:W2", 2)]),
        )
        assert set(found.all()) == {("fake:W1", 2), ("fake:W2", 1)}


async def test_each_row_is_changed_to_what_is_given_for_it(store: Store) -> None:
    await keep(store, buoy(1), buoy(2), buoy(3))
    given = Given.of(Buoy, "workspace_id", "number", "words", "lit", "seen_at")  # type: ignore[arg-type]
    async with store.work() as work:
        rows = [buoy(1, words="white", lit=False), buoy(3, seen_at=None)]
        await change(work.session, given, rows)
    assert [(row.words, row.lit, row.seen_at) for row in await kept(store)] == [
        ("white", False, MORNING),
        ("red", True, MORNING),
        ("red", True, None),
    ]


async def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    """The database would take it for one of its own zone."""
    with pytest.raises(ValueError, match="has no time zone"):
        await keep(store, buoy(seen_at=datetime(2026, 11, 16, 9)))  # noqa: DTZ001
    assert await kept(store) == []


async def test_ten_thousand_rows_are_one_parameter(store: Store) -> None:
    """Databases take some ten thousand parameters and no more."""
    assert len(await keep(store, *(buoy(number) for number in range(10_000)))) == 10_000
    async with store.look() as work:
        assert await work.session.scalar(text("SELECT count(*) FROM buoy")) == 10_000
