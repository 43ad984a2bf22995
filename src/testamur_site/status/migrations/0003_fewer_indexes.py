"""A cohort fills this table: indexes that others make needless go."""

import django.db.models.deletion
from django.db import migrations, models

NEEDLESS = (
    "status_statusentry_institution_id_f05e5e05",
    "status_statusentry_pair_id_14ecf27d",
)


class Migration(migrations.Migration):
    dependencies = [
        ("status", "0002_issuer_and_published_versions"),
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
                    model_name="statusentry",
                    name="institution",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.institution",
                    ),
                ),
                migrations.AlterField(
                    model_name="statusentry",
                    name="pair",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="status.statuslistpair",
                    ),
                ),
            ],
        ),
    ]
