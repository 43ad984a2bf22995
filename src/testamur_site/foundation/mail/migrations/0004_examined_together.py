"""A cohort fills this table: what its rows have in common is examined once for each statement."""

from django.db import migrations

from testamur_site.foundation.tenancy.api import examined_together


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_fewer_indexes")]

    operations = [
        examined_together("mail", "message", "institution"),
    ]
