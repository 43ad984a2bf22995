"""A cohort fills this table. The institution is examined once for each statement; its index, asked for by a few pages, says in which parts of
the table an institution is; the one of numbers leaves out what has none yet.
"""

from django.db import migrations

from testamur_site.foundation.tenancy.api import examined_together, on_postgresql

INSTITUTION, NUMBER = "log_entry_institution_id_2e0e2ef8", "one_entry_per_index"
PARTS = "WITH (pages_per_range = 32, autosummarize = on)"

SMALL = (
    f"DROP INDEX IF EXISTS {INSTITUTION}",
    f"CREATE INDEX {INSTITUTION} ON log_entry USING brin (institution_id int8_minmax_multi_ops) {PARTS}",
    f"ALTER TABLE log_entry DROP CONSTRAINT {NUMBER}",
    f'CREATE UNIQUE INDEX {NUMBER} ON log_entry (shard_id, "index") WHERE shard_id IS NOT NULL',
)
LARGE = (
    f"DROP INDEX {INSTITUTION}",
    f"CREATE INDEX {INSTITUTION} ON log_entry (institution_id)",
    f"DROP INDEX {NUMBER}",
    f'ALTER TABLE log_entry ADD CONSTRAINT {NUMBER} UNIQUE (shard_id, "index")',
)


class Migration(migrations.Migration):
    dependencies = [("log", "0004_fewer_indexes")]

    operations = [
        on_postgresql(SMALL, LARGE),
        examined_together("log", "entry", "institution"),
    ]
