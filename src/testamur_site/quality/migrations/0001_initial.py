import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import testamur_site.foundation.tenancy.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0003_approval_rubrics_co_owners"),
        ("status", "0001_initial"),
        ("tenancy", "0002_new_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
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
                ("version_number", models.PositiveIntegerField()),
                ("title", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "In review"),
                            ("returned", "Returned for changes"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Taken back"),
                            ("ended", "No longer in force"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("proposers", models.JSONField(default=list)),
                ("note", models.TextField(blank=True, max_length=4000)),
                ("content_hash", models.CharField(max_length=64)),
                ("content", models.JSONField(default=dict)),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("profiles", models.JSONField(default=list)),
                ("review_on", models.DateField(null=True)),
                ("review_reminded", models.SmallIntegerField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("proposed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
                (
                    "micro_credential",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="proposals",
                        to="catalogue.microcredential",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="proposals",
                        to="catalogue.achievementversion",
                    ),
                ),
            ],
            options={
                "ordering": ("-proposed_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="PanelMember",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("peer", "Peer of another institution"),
                            ("industry", "Industry"),
                            ("quality_body", "Quality body"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "Invited"),
                            ("answered", "Answered"),
                            ("conflict", "Conflict of interest declared"),
                            ("withdrawn", "Invitation withdrawn"),
                        ],
                        default="invited",
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("organisation", models.CharField(max_length=200)),
                ("organisation_url", models.URLField(blank=True, max_length=400)),
                ("language", models.CharField(default="en", max_length=8)),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("invited_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                ("recommendation", models.CharField(blank=True, max_length=16)),
                ("reason", models.TextField(blank=True, max_length=4000)),
                ("answers", models.JSONField(default=dict)),
                ("name_public", models.BooleanField(default=False)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="panel", to="quality.proposal"
                    ),
                ),
            ],
            options={
                "ordering": ("invited_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Endorsement",
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
                ("achievement_version", models.CharField(max_length=32)),
                ("content_hash", models.CharField(max_length=64)),
                ("document", models.BinaryField()),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
                (
                    "status_entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="status.statusentry"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="endorsements", to="quality.proposal"
                    ),
                ),
            ],
            options={
                "ordering": ("created_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Decision",
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
                ("step", models.CharField(max_length=20)),
                ("taken_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reason", models.TextField(blank=True, max_length=4000)),
                ("deviation", models.TextField(blank=True, max_length=4000)),
                ("content_hash", models.CharField(max_length=64)),
                ("review_on", models.DateField(null=True)),
                ("facts", models.JSONField(default=dict)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="quality.proposal"
                    ),
                ),
            ],
            options={
                "ordering": ("taken_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Condition",
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
                ("text", models.TextField(max_length=2000)),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("fulfilled", "Waiting to be accepted"), ("accepted", "Fulfilled")],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("evidence", models.TextField(blank=True, max_length=4000)),
                ("evidence_url", models.URLField(blank=True, max_length=2000)),
                ("fulfilled_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True, max_length=4000)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("reminded", models.SmallIntegerField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "fulfilled_by",
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
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conditions", to="quality.proposal"
                    ),
                ),
            ],
            options={
                "ordering": ("due_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Review",
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
                ("reviewer_id_then", models.CharField(max_length=32)),
                ("content_hash", models.CharField(max_length=64)),
                ("recommendation", models.CharField(max_length=16)),
                ("reason", models.TextField(max_length=4000)),
                ("answers", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="quality.proposal"
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("created_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("profiles", models.JSONField(default=list)),
                ("reviews", models.PositiveSmallIntegerField(default=1)),
                ("panel", models.JSONField(default=list)),
                ("review_months", models.PositiveSmallIntegerField(default=24)),
                ("decider_apart", models.BooleanField(default=False)),
                ("endorse", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.institution"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("institution",), name="one_quality_policy_per_institution")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["institution", "state"], name="proposals_by_state"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["open", "returned"])),
                fields=("version",),
                name="one_undecided_proposal_per_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "approved")), fields=("version",), name="one_approval_in_force_per_version"
            ),
        ),
        migrations.AddIndex(
            model_name="panelmember",
            index=models.Index(fields=["institution", "invited_at"], name="panel_invitations"),
        ),
        migrations.AddIndex(
            model_name="endorsement",
            index=models.Index(fields=["achievement_version"], name="endorsements_of_version"),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("proposal", "body"),
                name="one_endorsement_in_force_per_body",
            ),
        ),
    ]
