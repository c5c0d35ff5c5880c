"""Full text search in either database: what it needs beside the tables, and how words are asked for.

SQLite keeps an index of its own beside the table (FTS5, fed by triggers); PostgreSQL keeps the words as it searches
them in a column of its own, for to read them anew from each text that is looked at takes longer than all the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, inspect

PREFIX = "fulltext_"
"""What the names of these tables, columns and indexes begin with; no migration knows them."""
VECTOR = f"{PREFIX}words"
"""The column in which PostgreSQL keeps the words of a row."""
INDEXED = {"lesson_text": ("lesson_id", "words")}
"""Tables with words to search: the column that numbers their rows, and the one with the words."""


def prepare(connection: Connection) -> None:
    """Make what searching needs for the tables that are there, as often as one likes."""
    tables = set(inspect(connection).get_table_names())
    for table, (row, words) in INDEXED.items():
        index = f"{PREFIX}{table}"
        if table not in tables:
            if index in tables:
                # What a migration back left of it; PostgreSQL drops its index with the table.
                connection.exec_driver_sql(f"DROP TABLE {index}")
            continue
        if connection.dialect.name == "postgresql":
            for statement in _postgresql(table, index, words):
                connection.exec_driver_sql(statement)
            continue
        new = index not in tables
        for statement in _sqlite(table, index, row, words):
            connection.exec_driver_sql(statement)
        if new:
            connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES ('rebuild')")


def _postgresql(table: str, index: str, words: str) -> Sequence[str]:
    return (
        (
            f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {VECTOR} tsvector "
            f"GENERATED ALWAYS AS (to_tsvector('simple', {words})) STORED"
        ),
        f"CREATE INDEX IF NOT EXISTS {index} ON {table} USING gin ({VECTOR})",
    )


def _sqlite(table: str, index: str, row: str, words: str) -> Sequence[str]:
    add = f"INSERT INTO {index}(rowid, {words}) VALUES (new.{row}, new.{words});"
    drop = (
        f"INSERT INTO {index}({index}, rowid, {words}) VALUES ('delete', old.{row}, old.{words});"
    )
    return (
        (
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5({words}, content='{table}', "
            f"content_rowid='{row}', tokenize='unicode61 remove_diacritics 2')"
        ),
        f"CREATE TRIGGER IF NOT EXISTS {index}_add AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER IF NOT EXISTS {index}_drop AFTER DELETE ON {table} BEGIN {drop} END",
        (
            f"CREATE TRIGGER IF NOT EXISTS {index}_change AFTER UPDATE ON {table} "
            f"BEGIN {drop} {add} END"
        ),
    )


def is_ours(name: str | None) -> bool:
    """Whether a table, a column or an index belongs to searching, so that migrations leave it alone."""
    return bool(name) and str(name).startswith(PREFIX)


def asked(dialect: str, words: Sequence[str], *, every: bool, whole: bool = False) -> str:
    """Words of letters and digits as the database asks for them: the `whole` ones, or what begins like them.

    Each is quoted, so that none of them is an operator.
    """
    if dialect == "postgresql":
        end = "" if whole else ":*"
        return (" & " if every else " | ").join(f"'{word}'{end}" for word in words)
    end = "" if whole else "*"
    return (" AND " if every else " OR ").join(f'"{word}"{end}' for word in words)
