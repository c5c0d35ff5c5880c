"""What is asked of a database, statement by statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from bot.store.session import Store


@contextmanager
def asked(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is sent to the database meanwhile, with its parameters."""
    statements: list[tuple[str, Any]] = []

    def keep(
        _connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> None:
        # PostgreSQL is told of the beginning in another way.
        if not statement.startswith("BEGIN"):
            statements.append((statement, parameters))

    engines = {store.engine.sync_engine, store._reading.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", keep)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", keep)
