"""References of tables that cohorts fill, examined once for each statement instead of once for each row.

A foreign key is a look for the row it points to, whenever a row is written. Of a thousand awards the same institution, version and list are
looked for a thousand times. On PostgreSQL such a reference is examined by triggers instead, which hold what the key held:

* When rows are written, those that they point to are there, and are locked as a key locks them (FOR KEY SHARE) until the transaction ends.
* When a row is changed so that it points elsewhere, likewise.
* When a row is deleted, nothing points to it once the transaction ends.

Different from Django's keys: the first is looked at with the statement and not at the end of the transaction. SQLite keeps its keys.

    operations = [examined_together("issuing", "award", "institution", "version")]
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import migrations

_MISSING = """RAISE EXCEPTION '{table}.{column} points to nothing'
            USING ERRCODE = 'foreign_key_violation', TABLE = '{table}', COLUMN = '{column}';"""

_WRITTEN = """
CREATE FUNCTION {table}_references_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE {variables}
BEGIN
    SELECT {gathered} INTO {names} FROM written;
    {checks}
    RETURN NULL;
END $$;
CREATE TRIGGER references_written AFTER INSERT ON {table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_references_written();
"""
_OF_MANY = """
    IF {wanted} IS NOT NULL AND cardinality({wanted}) >
        (SELECT count(*) FROM (SELECT 1 FROM {parent} WHERE id = ANY({wanted}) FOR KEY SHARE) AS found) THEN
        {missing}
    END IF;"""
_CHANGED = """
CREATE FUNCTION {table}_references_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {checks}
    RETURN NULL;
END $$;
CREATE TRIGGER references_changed AFTER UPDATE ON {table} FOR EACH ROW WHEN ({differs})
    EXECUTE FUNCTION {table}_references_changed();
"""
_OF_ONE = """
    IF NEW.{column} IS DISTINCT FROM OLD.{column} AND NEW.{column} IS NOT NULL THEN
        PERFORM 1 FROM {parent} WHERE id = NEW.{column} FOR KEY SHARE;
        IF NOT FOUND THEN
            {missing}
        END IF;
    END IF;"""
_GONE = """
CREATE FUNCTION {table}_{column}_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM {table} WHERE {column} = OLD.id) AND NOT EXISTS (SELECT FROM {parent} WHERE id = OLD.id) THEN
        RAISE EXCEPTION '{table}.{column} still points to a row of {parent}'
            USING ERRCODE = 'foreign_key_violation', TABLE = '{table}', COLUMN = '{column}';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER {table}_{column}_gone AFTER DELETE OR UPDATE OF id ON {parent}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {table}_{column}_gone();
"""


def examined_together(app: str, model: str, *fields: str) -> migrations.RunPython:
    """An operation that replaces the keys of these fields; backwards they are keys again, which every row is examined for."""
    return migrations.RunPython(partial(_replace, app, model, fields), partial(_restore, app, model, fields))


def on_postgresql(forwards: tuple[str, ...], backwards: tuple[str, ...]) -> migrations.RunPython:
    """An operation of statements that only PostgreSQL is given, as indexes that SQLite does not know."""
    return migrations.RunPython(partial(_run, forwards), partial(_run, backwards))


def _run(statements: tuple[str, ...], _apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        for statement in statements:
            editor.execute(statement)


def _replace(app: str, model: str, names: tuple[str, ...], apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    fields = _fields(app, model, names, apps)
    table = fields[0].model._meta.db_table
    every = [
        {"table": table, "column": one.column, "parent": one.related_model._meta.db_table, "wanted": f"wanted_{place}"}
        for place, one in enumerate(fields)
    ]
    for one in every:
        one["missing"] = _MISSING.format(**one)
        for name in _keys(editor, table, one["column"]):
            editor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    editor.execute(
        _WRITTEN.format(
            table=table,
            variables=" ".join(f"{one['wanted']} bigint[];" for one in every),
            gathered=", ".join(
                "array_agg(DISTINCT {column}) FILTER (WHERE {column} IS NOT NULL)".format(**one) for one in every
            ),
            names=", ".join(one["wanted"] for one in every),
            checks="".join(_OF_MANY.format(**one) for one in every),
        ),
        params=None,
    )
    differs = " OR ".join("NEW.{column} IS DISTINCT FROM OLD.{column}".format(**one) for one in every)
    checks = "".join(_OF_ONE.format(**one) for one in every)
    editor.execute(_CHANGED.format(table=table, differs=differs, checks=checks), params=None)
    for one in every:
        editor.execute(_GONE.format(**one), params=None)


def _restore(app: str, model: str, names: tuple[str, ...], apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    fields = _fields(app, model, names, apps)
    table = fields[0].model._meta.db_table
    for name in ("written", "changed"):
        editor.execute(f"DROP FUNCTION {table}_references_{name}() CASCADE")
    for field in fields:
        editor.execute(f"DROP FUNCTION {table}_{field.column}_gone() CASCADE")
        editor.execute(editor._create_fk_sql(field.model, field, "_fk_%(to_table)s_%(to_column)s"))


def _fields(app: str, model: str, names: tuple[str, ...], apps: Any) -> list[Any]:
    found = apps.get_model(app, model)
    return [found._meta.get_field(name) for name in names]


def _keys(editor: Any, table: str, column: str) -> list[str]:
    """The foreign keys of a column."""
    with editor.connection.cursor() as cursor:
        constraints = editor.connection.introspection.get_constraints(cursor, table)
    return [name for name, one in constraints.items() if one["foreign_key"] and one["columns"] == [column]]
