from importlib import import_module

from django.db import migrations, models

_triggers = import_module("testamur_site.issuing.migrations.0002_what_was_signed_never_changes")


class Migration(migrations.Migration):
    dependencies = [("issuing", "0004_revocations")]

    operations = [
        migrations.AddField(
            model_name="award",
            name="refresh_token",
            field=models.CharField(blank=True, db_index=True, default="", max_length=32),
        ),
        migrations.RunPython(_triggers.guard, _triggers.unguard),
    ]
