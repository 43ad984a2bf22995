# ruff: noqa: S608 - nothing but constants of this module is written into SQL
"""Which rows hold all the tokens: SQLite's FTS5 and PostgreSQL's tsvector, over tokens that neither has to understand."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from .tokens import Wanted

TABLE = "catalogue_entry_tokens"
ENTRIES = "catalogue_catalogueentry"
VECTOR = "array_to_tsvector(string_to_array(tokens, ' '))"

# FTS5 keeps its own index; these keep it in step with the rows, whoever writes them. `detail=none`: neither phrases nor positions.
SQLITE = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(tokens, content='{ENTRIES}', content_rowid='id', detail=none, tokenize='ascii')",
    f"""CREATE TRIGGER {TABLE}_insert AFTER INSERT ON {ENTRIES} BEGIN
        INSERT INTO {TABLE}(rowid, tokens) VALUES (new.id, new.tokens); END""",
    f"""CREATE TRIGGER {TABLE}_delete AFTER DELETE ON {ENTRIES} BEGIN
        INSERT INTO {TABLE}({TABLE}, rowid, tokens) VALUES ('delete', old.id, old.tokens); END""",
    f"""CREATE TRIGGER {TABLE}_update AFTER UPDATE OF id, tokens ON {ENTRIES} BEGIN
        INSERT INTO {TABLE}({TABLE}, rowid, tokens) VALUES ('delete', old.id, old.tokens);
        INSERT INTO {TABLE}(rowid, tokens) VALUES (new.id, new.tokens); END""",
    # A table that was remade by a later migration has lost its triggers, not its rows.
    f"INSERT INTO {TABLE}({TABLE}) VALUES ('rebuild')",
)
SQLITE_UNDO = (
    *(f"DROP TRIGGER IF EXISTS {TABLE}_{name}" for name in ("insert", "delete", "update")),
    f"DROP TABLE IF EXISTS {TABLE}",
)
POSTGRESQL = (f"CREATE INDEX {TABLE} ON {ENTRIES} USING gin ({VECTOR})",)
POSTGRESQL_UNDO = (f"DROP INDEX IF EXISTS {TABLE}",)


def matching(wanted: Sequence[Wanted]) -> list[int]:
    """The primary keys of the rows that hold everything that is wanted, in no order. Of all institutions."""
    if connection.vendor == "postgresql":
        asked = " & ".join(f"'{one.token}'{':*' if one.begins else ''}" for one in wanted)
        sql = f"SELECT id FROM {ENTRIES} WHERE {VECTOR} @@ %s::tsquery"
    else:
        asked = " AND ".join(f'"{one.token}"{" *" if one.begins else ""}' for one in wanted)
        sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked])
        return [row[0] for row in cursor.fetchall()]
