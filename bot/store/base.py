"""What every table shares: the metadata, names of constraints, column types, ids.

``workspace_id`` comes first in every primary key, unique key and foreign key, so that the schema can be spread over
many databases by workspace.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from datetime import time as wall_time
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    MetaData,
    String,
    Table,
    TypeDecorator,
    and_,
    false,
    or_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone, and only instants are kept.")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Clock(TypeDecorator[wall_time]):
    """A time on the wall, such as 09:00, kept as it is written."""

    impl = String(5)
    cache_ok = True

    def process_bind_param(self, value: wall_time | None, dialect: Dialect) -> str | None:
        return None if value is None else value.strftime("%H:%M")

    def process_result_value(self, value: str | None, dialect: Dialect) -> wall_time | None:
        return None if value is None else wall_time.fromisoformat(value)


Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = metadata
    type_annotation_map = {
        int: BigInteger,
        datetime: Moment,
        wall_time: Clock,
        list[str]: Json,
        list[Any]: Json,
        dict[str, str]: Json,
        dict[str, Any]: Json,
    }


_SINCE = 1_577_836_800_000
"""2020-01-01 in milliseconds since 1970: counted from there, ids fit into 63 bits until 2089."""
_last_id = 0
# Seeded by the system once, for asking it for each id takes longer than all else here; ids are no secrets.
_chance = random.Random()


def new_id() -> int:
    """A 63-bit id that is larger than every id this process made before.

    Milliseconds since 2020 stand in the upper bits and chance in the lower 22, so that ids sort by age and two
    processes do not meet.
    """
    global _last_id
    age = time.time_ns() // 1_000_000 - _SINCE
    _last_id = max((age << 22) | _chance.getrandbits(22), _last_id + 1)
    return _last_id


def among(
    workspace: InstrumentedAttribute[str],
    column: InstrumentedAttribute[Any],
    keys: Iterable[tuple[str, Any]],
) -> ColumnElement[bool]:
    """Whether workspace and column are one of these pairs, in words that SQLite finds an index for.

    SQLite reads a whole table for ``(a, b) IN (...)`` with more than one pair.
    """
    by_workspace: dict[str, set[Any]] = {}
    for workspace_id, value in keys:
        by_workspace.setdefault(workspace_id, set()).add(value)
    return or_(
        false(),
        *(
            and_(workspace == one, _is_one_of(column, values))
            for one, values in by_workspace.items()
        ),
    )


def _is_one_of(column: InstrumentedAttribute[Any], values: set[Any]) -> ColumnElement[bool]:
    """A list of one is written out anew for every question, which takes as long again as the rest of it."""
    if len(values) > 1:
        return column.in_(values)
    (value,) = values
    is_it: ColumnElement[bool] = column == value
    return is_it


def insert(session: AsyncSession, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An insert that can say ON CONFLICT in the dialect of this session."""
    return insert_in(dialect_of(session), table)


def dialect_of(session: AsyncSession) -> str:
    """The name of the database's language: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def insert_in(dialect: str, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An insert that can say ON CONFLICT in this dialect."""
    target = table.__table__
    assert isinstance(target, Table)
    return postgresql.insert(target) if dialect == "postgresql" else sqlite.insert(target)


TYPED_BY = {"info": {"typed_by": "account"}}
"""Marks a table of an adapter that keeps what somebody typed; its column `account` has the platform's id."""


async def forget_typed(session: AsyncSession, workspace_id: str, account: str) -> None:
    """Delete what adapters keep of what an account typed: forms that it has open."""
    for table in metadata.sorted_tables:
        if column := table.info.get("typed_by"):
            mine = (table.c.workspace_id == workspace_id) & (table.c[column] == account)
            await session.execute(table.delete().where(mine))


def load_tables() -> None:
    """Import every module that declares tables, so that the metadata is whole."""
    for package in ("bot", "adapters"):
        root = importlib.import_module(package)
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            if found.name.endswith(".tables"):
                importlib.import_module(found.name)
