import django.db.models.deletion
from django.db import migrations, models

import testamur_site.foundation.tenancy.models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_approval_rubrics_co_owners"),
        ("tenancy", "0002_new_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Offering",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open for enrolment"),
                            ("closed", "Enrolment closed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("self_paced", models.BooleanField(default=False)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("enrol_until", models.DateField(blank=True, null=True)),
                ("seats", models.PositiveIntegerField(blank=True, null=True)),
                ("seats_taken", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "price_kind",
                    models.CharField(
                        choices=[
                            ("free", "Free of charge"),
                            ("fixed", "One price"),
                            ("sliding", "A range: each pays what they can"),
                            ("on_request", "On request"),
                        ],
                        default="free",
                        max_length=12,
                    ),
                ),
                ("price", models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ("price_to", models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("mode", models.CharField(blank=True, default="", max_length=200)),
                ("language_tags", models.CharField(blank=True, default="", max_length=200)),
                ("place", models.CharField(blank=True, default="", max_length=200)),
                ("note", models.TextField(blank=True, default="", max_length=2000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offerings",
                        to="catalogue.achievementversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "offering",
                "verbose_name_plural": "offerings",
                "ordering": ("starts_on", "pk"),
                "indexes": [models.Index(fields=["institution", "state", "starts_on"], name="offering_by_start")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seats__isnull", True), ("seats_taken__lte", models.F("seats")), _connector="OR"
                        ),
                        name="no_more_learners_than_seats",
                    )
                ],
            },
        ),
    ]
