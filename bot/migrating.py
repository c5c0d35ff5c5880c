"""Bringing a database to the schema of this version."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.session import Store

ROOT = Path(__file__).parents[1]


def configuration(url: str) -> Config:
    """Alembic's configuration for a database."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Run the migrations that a database lacks; waits for another process that is at it."""
    config = configuration(url)
    config.attributes["tables"] = False
    command.upgrade(config, "head")


async def behind(store: Store) -> str:
    """A sentence when the schema is not the one of this version, else nothing."""
    wanted = ScriptDirectory(str(ROOT / "migrations")).get_current_head()

    def current(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with store.look() as work:
        found = await (await work.session.connection()).run_sync(current)
    if found == wanted:
        return ""
    return (
        f"The database is at migration {found or 'none'} and needs {wanted}: run outloud migrate."
    )
