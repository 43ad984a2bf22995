"""What a cohort fills has no index that others make needless, and none of what changes when an award is signed: on PostgreSQL the new
version of its row then stands on the same page, and no index has to know. Those that end in `_like` are for PostgreSQL's LIKE, which nobody
asks here.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NEEDLESS = (
    "issuing_award_created_by_id_75407826",
    "issuing_award_decision_id_c65ff00a",
    "issuing_award_institution_id_63ed9fd9",
    "issuing_award_public_id_b7fdbd3c_like",
    "issuing_award_refresh_token_fce8f6ab",
    "issuing_award_refresh_token_fce8f6ab_like",
    "issuing_batchrow_batch_id_73a8f292",
    "issuing_batchrow_institution_id_c6e845bc",
    "issuing_preparedcredential_institution_id_968a9d2f",
)


def leave_room(_apps, schema_editor):
    """Room on each page for the second version of its rows, which is written a second after the first."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE issuing_award SET (fillfactor = 50)")
        schema_editor.execute("ALTER TABLE issuing_preparedcredential SET (fillfactor = 50)")


def leave_none(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE issuing_award RESET (fillfactor)")
        schema_editor.execute("ALTER TABLE issuing_preparedcredential RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [
        ("issuing", "0006_long_lists"),
        ("tenancy", "0002_new_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Only the indexes go: on SQLite an altered field would remake the whole table.
            database_operations=[
                migrations.RunSQL([f"DROP INDEX IF EXISTS {name}" for name in NEEDLESS], migrations.RunSQL.noop)
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="award",
                    name="created_by",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="award",
                    name="decision",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="decisions.decision",
                    ),
                ),
                migrations.AlterField(
                    model_name="award",
                    name="institution",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.institution",
                    ),
                ),
                migrations.AlterField(
                    model_name="award",
                    name="refresh_token",
                    field=models.CharField(blank=True, default="", max_length=32),
                ),
                migrations.AlterField(
                    model_name="batchrow",
                    name="batch",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="issuing.batch",
                    ),
                ),
                migrations.AlterField(
                    model_name="batchrow",
                    name="institution",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.institution",
                    ),
                ),
                migrations.AlterField(
                    model_name="preparedcredential",
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
        migrations.RemoveIndex(model_name="award", name="awards_of_batch"),
        migrations.AddIndex(
            model_name="award",
            index=models.Index(
                fields=["decision"], condition=models.Q(("decision__isnull", False)), name="awards_of_decision"
            ),
        ),
        migrations.AddIndex(
            model_name="award",
            index=models.Index(
                fields=["refresh_token"],
                condition=models.Q(("refresh_token", ""), _negated=True),
                name="awards_renewable",
            ),
        ),
        migrations.RunPython(leave_room, leave_none),
    ]
