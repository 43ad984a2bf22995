"""Institutions take turns: what is due of each, and when it was served last (`turns.py`)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="job", name="jobs_next"),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                fields=["status", "institution", "-priority", "run_after"], name="jobs_next_of_institution"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["institution", "-started_at"], name="jobs_served_last"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["status", "run_after"], name="jobs_due"),
        ),
    ]
