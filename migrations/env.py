"""Migrations: on a connection or URL that the caller hands over, else on the database of the settings.

The caller puts `connection` or `url` into the attributes of its Alembic configuration, and `tables` as False when it
only upgrades, which needs no module that declares a table and so no platform's SDK.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, TypeDecorator, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.settings import Settings
from bot.store import base, fulltext

if context.config.attributes.get("tables", True):
    base.load_tables()


def database_url() -> str:
    """Tell which database to migrate."""
    return context.config.attributes.get("url") or Settings.read().database_url


def plain_type(kind: str, item: object, context_: AutogenContext) -> str | Literal[False]:
    """Write our column types as what the database keeps, so that a migration outlives their code."""
    if kind == "type" and item is base.Json:
        context_.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction and one process at a time: all of them happen, or none."""
    on_sqlite = connection.dialect.name == "sqlite"
    if not on_sqlite:
        # On SQLite the transaction itself is the lock. The number is any that nobody else uses.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(804080408040)")
    elif connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
        # SQLite alters a table by making it anew; dropping the old one would delete what refers to it.
        raise RuntimeError(
            "The connection handed to the migrations has foreign_keys switched on, with which SQLite "
            "would delete rows while it rebuilds a table: hand over one with PRAGMA foreign_keys=OFF, "
            "or the database's URL."
        )
    context.configure(
        connection=connection,
        target_metadata=base.metadata,
        compare_type=True,
        render_item=plain_type,
        render_as_batch=on_sqlite,
        transactional_ddl=True,
        include_name=lambda name, _kind, _parents: not fulltext.is_ours(name),
    )
    with context.begin_transaction():
        context.run_migrations()
        # Indexes of words are of another kind in each database, and made of what the tables hold.
        fulltext.prepare(connection)


async def connect_and_migrate(url: str) -> None:
    """Run the migrations on a connection of their own."""
    engine = create_async_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        # The driver's own BEGIN comes late and not before DDL, so that a failure would leave half behind.
        @event.listens_for(engine.sync_engine, "connect")
        def no_begin_of_the_driver(connection: Any, _record: object) -> None:
            connection.isolation_level = None

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
            await connection.commit()
    finally:
        await engine.dispose()


def write_sql(url: str) -> None:
    """Print the statements instead of running them, as `alembic upgrade head --sql` asks."""
    context.configure(
        url=url,
        target_metadata=base.metadata,
        literal_binds=True,
        render_as_batch=url.startswith("sqlite"),
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    write_sql(database_url())
elif (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    asyncio.run(connect_and_migrate(database_url()))
