"""A cohort fills this table: indexes that others make needless go. Those that end in `_like` are for PostgreSQL's LIKE, which nobody asks here."""

import django.db.models.deletion
from django.db import migrations, models

NEEDLESS = (
    "log_entry_shard_id_6f4b1760",
    "log_entry_key_62278d40_like",
)


class Migration(migrations.Migration):
    dependencies = [
        ("log", "0003_entries_by_handle"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Only the indexes go: on SQLite an altered field would remake the whole table.
            database_operations=[
                migrations.RunSQL([f"DROP INDEX IF EXISTS {name}" for name in NEEDLESS], migrations.RunSQL.noop)
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="entry",
                    name="shard",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="log.shard",
                    ),
                ),
            ],
        ),
    ]
