"""A panel member may speak for a quality body that works on this platform too."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

# SQLite remakes a table to alter it and loses its triggers: they are made again.
kept = import_module("testamur_site.quality.migrations.0002_what_was_decided_never_changes")


class Migration(migrations.Migration):
    dependencies = [("quality", "0002_what_was_decided_never_changes"), ("tenancy", "0002_new_roles")]

    operations = [
        migrations.AddField(
            model_name="panelmember",
            name="body",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
            ),
        ),
        migrations.AddField(
            model_name="panelmember",
            name="endorses",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(kept.guard, kept.unguard),
    ]
