"""Migrations make the schema that the code means, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.util import CommandError

from bot import migrating
from tests.databases import Postgres
from tests.outloud import Outloud


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/empty.db"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres._named("empty")
    postgres.run(f'CREATE DATABASE "{name}"')
    yield postgres.server.set(database=name).render_as_string(hide_password=False)
    postgres.drop(name)


def test_the_migrations_and_the_tables_agree(empty_url: str) -> None:
    """`alembic check` finds nothing to add after all migrations have run."""
    migrating.migrate(empty_url)
    command.check(migrating.configuration(empty_url))


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    migrating.migrate(empty_url)
    migrating.migrate(empty_url)
    command.check(migrating.configuration(empty_url))


def test_a_schema_can_be_taken_back(empty_url: str) -> None:
    migrating.migrate(empty_url)
    command.downgrade(migrating.configuration(empty_url), "base")
    with pytest.raises(CommandError):
        command.check(migrating.configuration(empty_url))


async def test_two_processes_that_migrate_at_once_wait_for_each_other(
    empty_url: str, tmp_path: Path
) -> None:
    outloud = Outloud(tmp_path, {"OUTLOUD_DATABASE_URL": empty_url})
    ended = await asyncio.gather(*(outloud.command("migrate") for _ in range(2)))
    assert [(one.status, one.err) for one in ended] == [(0, ""), (0, "")]
