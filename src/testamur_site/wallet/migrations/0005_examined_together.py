"""A cohort fills this table: what its rows have in common is examined once for each statement, and those that nobody has claimed yet are in
no holder's index."""

from django.db import migrations, models

from testamur_site.foundation.tenancy.api import examined_together


class Migration(migrations.Migration):
    dependencies = [("wallet", "0004_fewer_indexes")]

    operations = [
        migrations.RemoveIndex(model_name="deposit", name="deposits_of_holder"),
        migrations.AddIndex(
            model_name="deposit",
            index=models.Index(
                fields=["holder", "-created_at"],
                condition=models.Q(("holder__isnull", False)),
                name="deposits_of_holder",
            ),
        ),
        examined_together("wallet", "deposit", "institution", "holder"),
    ]
