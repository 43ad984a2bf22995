from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

_triggers = import_module("testamur_site.issuing.migrations.0002_what_was_signed_never_changes")


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0002_what_was_decided_never_changes"),
        ("issuing", "0002_what_was_signed_never_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="award",
            name="decision",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="decisions.decision"
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="earned",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="award",
            name="endorsed_hash",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="endorsed_hash",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.RunPython(_triggers.guard, _triggers.unguard),
    ]
