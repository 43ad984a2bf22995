"""What the prepared credentials of many awards have in common is stored once, and signed bytes only from where they differ from the
prepared ones. Rows from before stay as they are; backwards all are made whole again.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

_triggers = import_module("testamur_site.issuing.migrations.0002_what_was_signed_never_changes")
TABLE = "issuing_preparedcredential"
RULES = (
    (
        "issuing_prepared_pieces",
        TABLE,
        "what was prepared and signed never changes",
        "{differs:shared_id} OR {differs:shared_at} OR (OLD.signed IS NOT NULL AND {differs:signed_after})",
    ),
    ("issuing_shared_text", "issuing_sharedtext", "a shared text never changes", "{differs:digest} OR {differs:text}"),
)


def guard(apps, schema_editor):
    _triggers.guard(apps, schema_editor, RULES)
    if schema_editor.connection.vendor == "postgresql":
        # What is left of a credential stands in its row: a table of its own for long values would be slower.
        schema_editor.execute(f"ALTER TABLE {TABLE} SET (toast_tuple_target = 4080)")


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} RESET (toast_tuple_target)")
    _triggers.unguard(apps, schema_editor, RULES)


def make_whole(apps, schema_editor):
    """Backwards: every row holds its whole bytes again. Runs without the triggers, which forbid that."""
    cast = "CAST({} AS BLOB)" if schema_editor.connection.vendor == "sqlite" else "{}"
    shared = "(SELECT s.text FROM issuing_sharedtext s WHERE s.id = shared_id)"
    joined = cast.format(f"substr(content, 1, shared_at) || {shared} || substr(content, shared_at + 1)")
    content = f"CASE WHEN shared_id IS NULL OR length(content) = 0 THEN content ELSE {joined} END"
    whole = cast.format(f"substr({content}, 13, signed_after) || signed")
    signed = f"CASE WHEN signed_after IS NULL THEN signed ELSE {whole} END"
    _triggers.unguard(apps, schema_editor)
    schema_editor.execute(
        f"UPDATE {TABLE} SET content = {content}, signed = {signed}, shared_id = NULL, shared_at = NULL, signed_after = NULL "  # noqa: S608
        "WHERE shared_id IS NOT NULL OR signed_after IS NOT NULL"
    )
    _triggers.guard(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("issuing", "0007_fewer_indexes"), ("tenancy", "0002_new_roles")]

    operations = [
        migrations.CreateModel(
            name="SharedText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("text", models.BinaryField()),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.institution",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("institution", "digest"), name="shared_once")],
            },
        ),
        migrations.AddField(
            model_name="preparedcredential",
            name="shared",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="issuing.sharedtext",
            ),
        ),
        migrations.AddField(
            model_name="preparedcredential", name="shared_at", field=models.PositiveIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="preparedcredential", name="signed_after", field=models.PositiveIntegerField(null=True)
        ),
        migrations.RunPython(migrations.RunPython.noop, make_whole),
        migrations.RunPython(guard, unguard),
    ]
