"""The second lock: the database itself refuses to rewrite what was decided.

What the trigger lets pass on purpose is forgetting: the words of the reason may be emptied when the learner's data are erased.

For whoever alters this table later: SQLite remakes a table to alter it and loses its triggers. End such a migration with
`migrations.RunPython(guard, unguard)` of this one.
"""

from django.db import migrations

TABLE = "decisions_decision"
SAID = "what was decided never changes"
COLUMNS = (
    "public_id",
    "institution_id",
    "enrolment_id",
    "number",
    "supersedes_id",
    "outcome",
    "percent",
    "standings",
    "findings",
    "digest",
    "resubmit",
    "until",
    "decided_by_id",
    "decided_at",
    "final_at",
    "appeal_until",
    "transcript_number",
)


def guard(_apps, schema_editor):
    unguard(_apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in COLUMNS)
        changed += " OR (NEW.reason IS DISTINCT FROM OLD.reason AND NEW.reason <> '')"
        schema_editor.execute(
            f"""
            CREATE FUNCTION decisions_forward() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '{SAID}' USING ERRCODE = 'check_violation';
            END $$;
            CREATE TRIGGER decisions_forward BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({changed})
                EXECUTE FUNCTION decisions_forward();
            """,
            params=None,
        )
        return
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in COLUMNS)
    changed += " OR (NEW.reason IS NOT OLD.reason AND NEW.reason <> '')"
    schema_editor.execute(
        f"CREATE TRIGGER decisions_forward BEFORE UPDATE ON {TABLE} WHEN {changed} "
        f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END",
        params=None,
    )


def unguard(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS decisions_forward ON {TABLE}")
        schema_editor.execute("DROP FUNCTION IF EXISTS decisions_forward()")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS decisions_forward")


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
