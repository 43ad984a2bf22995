"""Long lists are decided by the workers: how many rows are still to come, and awards found by their line."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

_triggers = import_module("testamur_site.issuing.migrations.0002_what_was_signed_never_changes")


class Migration(migrations.Migration):
    dependencies = [("issuing", "0005_renewals")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="undecided",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="award",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="issuing.batch",
            ),
        ),
        migrations.AddIndex(
            model_name="award",
            index=models.Index(fields=["batch", "line"], name="awards_by_line"),
        ),
        migrations.RunPython(_triggers.guard, _triggers.unguard),
    ]
