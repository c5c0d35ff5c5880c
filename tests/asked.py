"""What is asked of a database, statement by statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from bot.store.session import Store


@contextmanager
def asked(store: Store) -> Iterator[list[str]]:
    """What is asked of the database meanwhile, and changed there."""
    statements: list[str] = []

    def ask(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = store.engine.sync_engine
    event.listen(engine, "before_cursor_execute", ask)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", ask)
