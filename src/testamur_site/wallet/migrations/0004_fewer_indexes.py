"""A cohort fills this table: indexes that others make needless go. Those that end in `_like` are for PostgreSQL's LIKE, which nobody asks here."""

import django.db.models.deletion
from django.db import migrations, models

NEEDLESS = (
    "wallet_deposit_holder_id_bb4726e5",
    "wallet_deposit_institution_id_8c71f241",
    "wallet_deposit_nonce_cb1ae2b1_like",
)


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0002_new_roles"),
        ("wallet", "0003_entry_links_moved_down"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Only the indexes go: on SQLite an altered field would remake the whole table.
            database_operations=[
                migrations.RunSQL([f"DROP INDEX IF EXISTS {name}" for name in NEEDLESS], migrations.RunSQL.noop)
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="deposit",
                    name="holder",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deposits",
                        to="wallet.holder",
                    ),
                ),
                migrations.AlterField(
                    model_name="deposit",
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
