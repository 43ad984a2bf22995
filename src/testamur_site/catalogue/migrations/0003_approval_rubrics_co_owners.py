"""Approval and the rule for earlier learners on versions; the publishing policy; the rubric library; consents of co-owners."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import testamur_site.foundation.tenancy.models

locked = import_module("testamur_site.catalogue.migrations.0002_locked_versions_never_change")


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_locked_versions_never_change"),
        ("tenancy", "0002_new_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="achievementversion",
            name="approved_hash",
            field=models.CharField(blank=True, default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="achievementversion",
            name="approved_until",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="achievementversion",
            name="earlier_learners",
            field=models.CharField(
                blank=True,
                choices=[
                    ("finish", "They may finish under the version they began with"),
                    ("until", "They may finish under the version they began with until a date"),
                    ("move", "They move to this version"),
                ],
                default="finish",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="achievementversion",
            name="earlier_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="RubricTemplate",
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
                ("content", models.JSONField(default=dict)),
                ("origin", models.CharField(blank=True, default="", max_length=400)),
                ("retired", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
            ],
            options={
                "verbose_name": "rubric of the library",
                "verbose_name_plural": "rubrics of the library",
                "ordering": ("-created_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="CoOwnerConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked for agreement"), ("agreed", "Agreed"), ("declined", "Declined")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("content_hash", models.CharField(blank=True, default="", editable=False, max_length=64)),
                ("reason", models.TextField(blank=True, default="", max_length=2000)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="catalogue.achievementversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "institution"), name="one_consent_per_co_owner")
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishingPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "requires_approval",
                    models.CharField(
                        max_length=8,
                        default="none",
                        choices=[
                            ("none", "No micro-credential needs an approval"),
                            ("assessed", "Those that are awarded on a decision need one"),
                            ("all", "Every micro-credential needs one"),
                        ],
                    ),
                ),
                ("stop_when_overdue", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("institution",), name="one_publishing_policy")],
            },
        ),
        # SQLite may remake the table and lose the trigger; see 0002.
        migrations.RunPython(locked.guard, locked.unguard),
    ]
