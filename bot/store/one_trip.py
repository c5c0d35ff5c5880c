"""SQLite by aiosqlite with one trip to its thread for each statement, where SQLAlchemy's own way takes four.

Each trip (open a cursor, execute, fetch, close) wakes a thread and is woken by it, which costs more than the statement.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Sequence
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)


class _Outcome:
    """What a cursor that did its work and is closed still tells (PEP 249)."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    __slots__ = ()
    _awaitable_cursor_close = False
    _cursor: _Outcome  # type: ignore[assignment]

    def _make_new_cursor(self, connection: Any) -> Any:
        return _Outcome()

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    def close(self) -> None:
        self._rows.clear()

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._travel(sqlite3.Cursor.execute, operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._travel(sqlite3.Cursor.executemany, operation, seq_of_parameters)

    async def _travel(self, deed: Any, operation: str, parameters: Sequence[Any]) -> None:
        connection: Any = self._connection
        async with self._adapt_connection._execute_mutex:
            rows = await connection._execute(
                _all_at_once, connection._conn, self._cursor, deed, operation, parameters
            )
        self._rows = deque(rows)


def _all_at_once(
    connection: sqlite3.Connection,
    outcome: _Outcome,
    deed: Any,
    operation: str,
    parameters: Sequence[Any],
) -> list[Any]:
    """Runs on the connection's thread."""
    cursor = connection.cursor()
    try:
        deed(cursor, operation, parameters)
        outcome.description = cursor.description
        rows = cursor.fetchall() if cursor.description else []
        # With RETURNING the count is known only when all rows were read.
        outcome.rowcount = cursor.rowcount
        outcome.lastrowid = cursor.lastrowid
        return rows
    finally:
        cursor.close()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor


class _Module(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        return _Connection(self, super().connect(*arg, **kw)._connection)


def module() -> AsyncAdapt_aiosqlite_dbapi:
    """What `create_async_engine` takes as its `module`."""
    return _Module(aiosqlite, sqlite3)
