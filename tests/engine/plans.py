"""How a database means to do what it was asked: which statements read a whole table; rows they are given are none."""

from __future__ import annotations

import re
from typing import Any

from bot.store.session import Store

WHOLE = re.compile(
    r"Seq Scan on"
    r"|SCAN (?!CONSTANT ROW|each VIRTUAL TABLE|\(subquery|firsts|.* USING (COVERING )?INDEX ix_)"
)


async def scans(store: Store, statements: list[tuple[str, Any]]) -> list[str]:
    """The lines of the plans that walk through a whole table."""
    kind = "QUERY PLAN " if store.is_sqlite else ""
    found: list[str] = []
    async with store.work() as work:
        connection = await work.session.connection()
        for statement, parameters in statements:
            if not statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
                continue
            plan = await connection.exec_driver_sql(f"EXPLAIN {kind}{statement}", parameters)
            for row in plan.all():
                line = str(row[-1])
                if WHOLE.search(line):
                    found.append(f"{line.strip()} in {statement}")
    return found


async def fill(store: Store, table: str, rows: int, **columns: str) -> None:
    """Many rows of one table; each column is an expression of the row's number `i`."""
    async with store.work() as work:
        connection = await work.session.connection()
        await connection.exec_driver_sql(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
            f"SELECT {', '.join(columns.values())} FROM n"
        )
        await connection.exec_driver_sql("ANALYZE")
