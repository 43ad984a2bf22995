"""The rows that the public catalogue is searched by, and each database's own index over their tokens.

For whoever alters the table of entries later: SQLite remakes a table to alter it and loses its triggers. End such a migration with
`migrations.RunPython(index, unindex)` of this one. The rows themselves are made by the hourly job (`jobs.refresh_catalogue`).
"""

import django.db.models.deletion
from django.db import migrations, models

from testamur_site.catalogue.finding import full_text


def index(_apps, schema_editor):
    unindex(_apps, schema_editor)
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in full_text.POSTGRESQL if postgresql else full_text.SQLITE:
        schema_editor.execute(statement, params=None)


def unindex(_apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in full_text.POSTGRESQL_UNDO if postgresql else full_text.SQLITE_UNDO:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0004_offerings"),
        ("tenancy", "0002_new_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tokens", models.TextField()),
                ("titles", models.JSONField(default=dict)),
                ("values", models.JSONField(default=dict)),
                ("runs", models.JSONField(default=list)),
                ("hours", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("published_at", models.DateTimeField()),
                ("made_by", models.PositiveSmallIntegerField(default=0)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
                (
                    "micro_credential",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="catalogue_entry",
                        to="catalogue.microcredential",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalogue.achievementversion",
                    ),
                ),
            ],
            options={"ordering": ("-published_at", "-pk")},
        ),
        migrations.CreateModel(
            name="CatalogueStamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=32)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["institution"], name="one_stamp_per_institution")]
            },
        ),
        migrations.RunPython(index, unindex),
    ]
