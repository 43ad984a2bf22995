"""A shared text has what the credentials of a cohort begin and end with beside it. Rows from before stay as they are; backwards those that
need it are made whole.
"""

from importlib import import_module

from django.db import migrations, models

_triggers = import_module("testamur_site.issuing.migrations.0002_what_was_signed_never_changes")
_pieces = import_module("testamur_site.issuing.migrations.0008_shared_texts")

TABLE, SHARED = "issuing_preparedcredential", "issuing_sharedtext"
RULES = (
    (
        "issuing_shared_text",
        SHARED,
        "a shared text never changes",
        "{differs:digest} OR {differs:text} OR {differs:head} OR {differs:tail}",
    ),
)


def guard(apps, schema_editor):
    _triggers.guard(apps, schema_editor, RULES)
    if schema_editor.connection.vendor == "postgresql":
        # A row is less than a kilobyte now, and half as long again when it is signed: room for that on the same page.
        schema_editor.execute(f"ALTER TABLE {TABLE} SET (fillfactor = 38)")


def unguard(apps, schema_editor):
    """The rules of before hold again. Runs after the columns are gone."""
    _triggers.guard(apps, schema_editor, _pieces.RULES)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} SET (fillfactor = 50)")


def make_whole(apps, schema_editor):
    """Backwards: rows that share a head or a tail hold their whole bytes again. Runs without the triggers, which forbid that."""
    cast = "CAST({} AS BLOB)" if schema_editor.connection.vendor == "sqlite" else "{}"
    joined = cast.format(
        f"(SELECT s.head || substr({TABLE}.content, 1, shared_at) || s.text || substr({TABLE}.content, shared_at + 1) || s.tail "  # noqa: S608
        f"FROM {SHARED} s WHERE s.id = shared_id)"
    )
    content = f"CASE WHEN length(content) = 0 THEN content ELSE {joined} END"
    whole = cast.format(f"substr({content}, 13, signed_after) || signed")
    framed = f"shared_id IN (SELECT id FROM {SHARED} WHERE length(head) + length(tail) > 0)"  # noqa: S608
    for rules in (_triggers.RULES, _pieces.RULES):
        _triggers.unguard(apps, schema_editor, rules)
    schema_editor.execute(
        f"UPDATE {TABLE} SET content = {content}, "  # noqa: S608
        f"signed = CASE WHEN signed_after IS NULL THEN signed ELSE {whole} END, "
        f"shared_id = NULL, shared_at = NULL, signed_after = NULL WHERE {framed}"
    )
    schema_editor.execute(f"DELETE FROM {SHARED} WHERE length(head) + length(tail) > 0")  # noqa: S608
    _triggers.guard(apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be pending where columns go


class Migration(migrations.Migration):
    dependencies = [("issuing", "0009_lists_that_are_being_read")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, unguard),
        migrations.AddField(model_name="sharedtext", name="head", field=models.BinaryField(default=b"")),
        migrations.AddField(model_name="sharedtext", name="tail", field=models.BinaryField(default=b"")),
        migrations.RunPython(guard, make_whole),
    ]
