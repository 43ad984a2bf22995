"""A cohort fills these tables: what its rows have in common is examined once for each statement, and two indexes that are hardly asked, and
change with every award, become as small as what they say: in which parts of the table an achievement is. The third leaves out the awards
that take no other's place.
"""

from django.conf import settings
from django.db import migrations

from testamur_site.foundation.tenancy.api import examined_together, on_postgresql

MICRO_CREDENTIAL, VERSION = "issuing_award_micro_credential_id_29154526", "issuing_award_version_id_d49fafc9"
SUPERSEDES = "issuing_award_supersedes_id_key"
PARTS = "WITH (pages_per_range = 32, autosummarize = on)"

SMALL = (
    f"DROP INDEX IF EXISTS {MICRO_CREDENTIAL}",
    f"CREATE INDEX {MICRO_CREDENTIAL} ON issuing_award USING brin (micro_credential_id int8_minmax_multi_ops) {PARTS}",
    f"DROP INDEX IF EXISTS {VERSION}",
    f"CREATE INDEX {VERSION} ON issuing_award USING brin (version_id int8_minmax_multi_ops) {PARTS}",
    f"ALTER TABLE issuing_award DROP CONSTRAINT {SUPERSEDES}",
    f"CREATE UNIQUE INDEX {SUPERSEDES} ON issuing_award (supersedes_id) WHERE supersedes_id IS NOT NULL",
)
LARGE = (
    f"DROP INDEX {MICRO_CREDENTIAL}",
    f"CREATE INDEX {MICRO_CREDENTIAL} ON issuing_award (micro_credential_id)",
    f"DROP INDEX {VERSION}",
    f"CREATE INDEX {VERSION} ON issuing_award (version_id)",
    f"DROP INDEX {SUPERSEDES}",
    f"ALTER TABLE issuing_award ADD CONSTRAINT {SUPERSEDES} UNIQUE (supersedes_id)",
)


class Migration(migrations.Migration):
    dependencies = [
        ("issuing", "0010_heads_and_tails"),
        ("catalogue", "0005_catalogue_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        on_postgresql(SMALL, LARGE),
        examined_together(
            "issuing", "award", "institution", "micro_credential", "version", "batch", "decision", "created_by"
        ),
        examined_together("issuing", "preparedcredential", "institution", "shared"),
    ]
