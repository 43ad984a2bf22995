"""A cohort fills this table: indexes that others make needless go. Those that end in `_like` are for PostgreSQL's LIKE, which nobody asks here."""

import django.db.models.deletion
from django.db import migrations, models

NEEDLESS = (
    "mail_message_institution_id_e8266b0b",
    "mail_message_dedupe_key_8f8a2124_like",
    "mail_message_public_id_fc003f81_like",
)


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0002_written_later"),
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
                    model_name="message",
                    name="institution",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.institution",
                    ),
                ),
            ],
        ),
    ]
