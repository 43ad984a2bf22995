"""A cohort fills this table: the index that others make needless goes."""

import django.db.models.deletion
from django.db import migrations, models

NEEDLESS = ("audit_auditentry_institution_id_0c95c84f",)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_entries_by_target"),
        ("tenancy", "0002_new_roles"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Only the indexes go: on SQLite an altered field would remake the whole table.
            database_operations=[
                migrations.RunSQL([f"DROP INDEX IF EXISTS {name}" for name in NEEDLESS], migrations.RunSQL.noop)
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="auditentry",
                    name="institution",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.institution",
                    ),
                ),
            ],
        ),
    ]
