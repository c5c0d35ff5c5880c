"""The tables can be spread over many databases by workspace."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import (
    ForeignKeyConstraint,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.asyncio import create_async_engine

from bot.channels import desk as channels
from bot.channels.tables import Channel
from bot.chat import Profile
from bot.engine.tables import OutboxRow
from bot.people import desk as people
from bot.store import base
from bot.store.session import Store
from tests.engine.parts import Yard

base.load_tables()
TABLES = sorted(base.metadata.tables.values(), key=lambda table: table.name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_workspace_comes_first_in_every_key(table: Table) -> None:
    """In primary keys, unique keys and foreign keys, on both ends."""
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            assert next(iter(constraint.columns)).name == "workspace_id", constraint.name
        elif isinstance(constraint, ForeignKeyConstraint):
            first = constraint.elements[0]
            assert first.parent.name == first.column.name == "workspace_id", constraint.name
    for index in table.indexes:
        if index.unique:
            assert next(iter(index.columns)).name == "workspace_id", index.name


async def test_every_table_can_be_partitioned_by_workspace(postgres_url: str) -> None:
    """With all their keys, on PostgreSQL; the bot works on them as on any other."""
    engine = create_async_engine(postgres_url)
    metadata = MetaData()
    for table in base.metadata.sorted_tables:
        copy = table.to_metadata(metadata)
        copy.dialect_options["postgresql"]["partition_by"] = "HASH (workspace_id)"
    async with engine.begin() as connection:
        await connection.run_sync(base.metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        for name in metadata.tables:
            for part in range(4):
                await connection.execute(
                    text(
                        f'CREATE TABLE "{name}_{part}" PARTITION OF "{name}" '
                        f"FOR VALUES WITH (MODULUS 4, REMAINDER {part})"
                    )
                )
        parted = await connection.scalar(text("SELECT count(*) FROM pg_partitioned_table"))
    await engine.dispose()
    assert parted == len(TABLES)

    yard = Yard(postgres_url)
    ana = yard.chat.person("ana", Profile("Ana", zone="Europe/Lisbon"), yard.place)
    await people.meet(yard.store, yard.chat, ana)
    async with yard.store.work() as work:
        work.session.add(Channel(workspace_id="fake:W1", id="harbour", name="harbour", ring="team"))
    await channels.sync_members(yard.store, yard.chat, yard.place)
    async with yard.store.look() as work:
        harbour = await channels.get(work, "fake:W1", "harbour")
        assert [one.name for one in await channels.members(work, harbour)] == ["Ana"]
    await yard.show("words")
    await yard.settle()
    await yard.show("other words")
    await yard.settle()
    assert yard.seen() == ["other words"]
    await yard.store.close()


async def test_workspaces_do_not_meet_in_a_key(database_url: str) -> None:
    """What has one name in two workspaces is two things."""
    store = Store(database_url)
    now = datetime(2026, 11, 16, tzinfo=UTC)
    async with store.work() as work:
        for workspace_id in ("fake:W1", "fake:W2"):
            work.session.add(
                OutboxRow(
                    workspace_id=workspace_id,
                    key="same",
                    destination=f"{workspace_id}/x",
                    card="{}",
                    turn=1,
                    not_before=now,
                    created_at=now,
                )
            )
    await store.close()
