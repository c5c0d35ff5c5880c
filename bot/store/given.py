"""Rows that a statement is given as one parameter, to be written or looked up in one go, however many they are.

With a parameter for each value a statement is written out anew for each number of rows, and an `executemany` comes back
to Python between two of them; either costs several times what the database does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Dialect,
    Executable,
    FromClause,
    Select,
    Table,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.store.base import Base, dialect_of, insert_in

KEYS = 2
"""Every row that changes is named by its workspace and one more column."""

Row = Mapping[str, Any]
_Writer = Callable[[Any], Any]


@dataclass(frozen=True)
class Given:
    """Rows with these columns, whose types are those of a table."""

    columns: tuple[Column[Any], ...]
    name: str = "given"

    @classmethod
    def of(cls, kind: type[Base], *names: str) -> Given:
        """Rows with these columns of a table, or with all of them."""
        table = kind.__table__
        assert isinstance(table, Table)
        return cls(tuple(table.c[name] for name in names or table.c.keys()))

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.columns]

    def rows(self, dialect: str) -> FromClause:
        """The rows, as something to select from or to join."""
        return _rows(self, dialect)

    def all(self, dialect: str) -> Select[Any]:
        """Everything in the rows, for an insert."""
        rows = self.rows(dialect)
        # SQLite takes ON CONFLICT for a part of a join where nothing stands between them.
        return select(*(rows.c[name] for name in self.names)).where(literal_column("true"))

    def match(self, dialect: str) -> ColumnElement[bool]:
        """Whether a row of the table is one of these, by all of their columns."""
        rows = self.rows(dialect)
        return and_(*(one == rows.c[one.name] for one in self.columns))

    def hold(self, session: AsyncSession, rows: Iterable[Row]) -> dict[str, str]:
        """The parameter of a statement that names these rows; a value of a column that is left out is null."""
        written: Sequence[Row] = list(rows)
        for name, write in _writers(self, session.get_bind().dialect):
            written = _rewritten(written, name, write)
        return {self.name: to_json(written).decode()}

    def these(self, session: AsyncSession, keys: Iterable[tuple[Any, ...]]) -> dict[str, str]:
        """The same, for rows told as tuples."""
        names = self.names
        return self.hold(session, [dict(zip(names, key, strict=True)) for key in keys])


def _rewritten(rows: Sequence[Row], name: str, write: _Writer) -> Sequence[Row]:
    # Most rows of a transaction are of one moment, which need not be written more than once.
    known: dict[int, Any] = {id(None): None}
    rewritten = []
    for row in rows:
        value = row.get(name)
        if id(value) not in known:
            known[id(value)] = write(value)
        rewritten.append({**row, name: known[id(value)]})
    return rewritten


@cache
def _rows(given: Given, dialect: str) -> FromClause:
    held = bindparam(given.name, type_=Text)
    if dialect == "postgresql":
        typed = [column(one.name, one.type) for one in given.columns]
        found = func.json_to_recordset(cast(held, JSON)).table_valued(*typed)
        return found.render_derived(name=given.name, with_types=True)
    each = func.json_each(held).table_valued("value", name="each")
    values = [
        type_coerce(each.c.value.op("->>")(literal_column(f"'{one.name}'")), one.type).label(
            one.name
        )
        for one in given.columns
    ]
    return select(*values).subquery(given.name)


@cache
def _writers(given: Given, dialect: Dialect) -> tuple[tuple[str, _Writer], ...]:
    """How values of these columns are kept, where that is not as JSON has them.

    PostgreSQL reads what JSON has into its own types; SQLite keeps what is written.
    """
    ours = [
        (one.name, one.type.dialect_impl(dialect))
        for one in given.columns
        if dialect.name == "sqlite" or isinstance(one.type, TypeDecorator)
    ]
    found = [(name, kind.bind_processor(dialect)) for name, kind in ours]
    return tuple((name, write) for name, write in found if write is not None)


async def insert_new(
    session: AsyncSession,
    kind: type[Base],
    rows: Sequence[Row],
    *returning: InstrumentedAttribute[Any],
) -> Sequence[Any]:
    """Write the rows whose keys are new, and give these columns of each that was; all rows name the same columns."""
    if not rows:
        return ()
    given = Given.of(kind, *rows[0])
    made = _insert_new(dialect_of(session), kind, given, returning)
    kept = await (await session.connection()).execute(made, given.hold(session, rows))
    return kept.all() if returning else ()


@cache
def _insert_new(
    dialect: str, kind: type[Base], given: Given, returning: tuple[InstrumentedAttribute[Any], ...]
) -> Executable:
    new = insert_in(dialect, kind).from_select(given.names, given.all(dialect))
    new = new.on_conflict_do_nothing()
    return new.returning(*(kind.__table__.c[one.key] for one in returning)) if returning else new


async def change(session: AsyncSession, given: Given, rows: Iterable[Row]) -> None:
    """Change rows of a table: the first two columns that are given say which, the others what they hold then."""
    changed = _change(given, dialect_of(session))
    await (await session.connection()).execute(changed, given.hold(session, rows))


@cache
def _change(given: Given, dialect: str) -> Executable:
    rows = given.rows(dialect)
    table = given.columns[0].table
    assert isinstance(table, Table)
    keys, values = given.columns[:KEYS], given.columns[KEYS:]
    which = and_(*(one == rows.c[one.name] for one in keys))
    return update(table).where(which).values({one.name: rows.c[one.name] for one in values})
