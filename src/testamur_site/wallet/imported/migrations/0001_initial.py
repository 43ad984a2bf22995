import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import testamur_site.foundation.tenancy.models
import testamur_site.wallet.imported.rules


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("wallet", "0003_entry_links_moved_down"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportedDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=testamur_site.foundation.tenancy.models.new_public_id,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("media_type", models.CharField(max_length=60)),
                ("source", models.CharField(blank=True, max_length=2048)),
                (
                    "identity",
                    models.CharField(default=testamur_site.wallet.imported.rules.Identity["NOT_SHOWN"], max_length=10),
                ),
                ("verdict", models.CharField(max_length=12)),
                ("finding", models.JSONField(default=dict)),
                ("shown", models.JSONField(default=dict)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("verified_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="imported", to="wallet.holder"
                    ),
                ),
            ],
            options={
                "ordering": ("-added_at", "-pk"),
                "constraints": [models.UniqueConstraint(fields=("holder", "digest"), name="imported_once")],
            },
        ),
    ]
