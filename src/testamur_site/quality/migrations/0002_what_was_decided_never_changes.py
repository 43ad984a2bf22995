"""The second lock: the database itself refuses to rewrite what was said and decided.

Services only ever add. This guards against everything else that can write: a shell, a data migration, a bulk update. What the triggers
let pass on purpose is forgetting who it was (a deleted account), never what was said.

For whoever alters these tables later: SQLite remakes a table to alter it and loses its triggers. End such a migration with
`migrations.RunPython(guard, unguard)` of this one.
"""

from django.db import migrations

# Name of the trigger, table, what it says, and when; {differs:column} is written for the database at hand.
RULES = (
    (
        "quality_decision_kept",
        "quality_decision",
        "a decision of quality never changes",
        (
            "{differs:proposal_id} OR {differs:step} OR {differs:taken_at} OR {differs:reason} OR {differs:deviation}"
            " OR {differs:content_hash} OR {differs:review_on} OR {differs:public_id}"
        ),
    ),
    (
        "quality_review_kept",
        "quality_review",
        "a review never changes",
        (
            "{differs:proposal_id} OR {differs:reviewer_id_then} OR {differs:content_hash} OR {differs:recommendation}"
            " OR {differs:reason} OR {differs:public_id}"
        ),
    ),
    (
        "quality_panel_kept",
        "quality_panelmember",
        "an answer of the panel never changes",
        (
            "OLD.state IN ('answered', 'conflict') AND ({differs:proposal_id} OR {differs:state} OR {differs:kind}"
            " OR {differs:content_hash} OR {differs:recommendation} OR {differs:reason} OR {differs:organisation})"
        ),
    ),
    (
        "quality_endorsement_kept",
        "quality_endorsement",
        "a signed endorsement never changes",
        (
            "{differs:document} OR {differs:proposal_id} OR {differs:body_id} OR {differs:content_hash}"
            " OR {differs:status_entry_id} OR {differs:valid_until} OR {differs:public_id}"
            " OR (OLD.revoked_at IS NOT NULL AND {differs:revoked_at})"
        ),
    ),
)


def _condition(text, differs):
    while "{differs:" in text:
        before, _, rest = text.partition("{differs:")
        column, _, after = rest.partition("}")
        text = f"{before}{differs.format(column=column)}{after}"
    return text


def guard(_apps, schema_editor):
    unguard(_apps, schema_editor)
    for name, table, said, when in RULES:
        if schema_editor.connection.vendor == "postgresql":
            condition = _condition(when, "NEW.{column} IS DISTINCT FROM OLD.{column}")
            statement = f"""
                CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION '{said}' USING ERRCODE = 'check_violation';
                END $$;
                CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}();
            """
        else:
            condition = _condition(when, "NEW.{column} IS NOT OLD.{column}")
            statement = f"""
                CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {condition}
                BEGIN
                    SELECT RAISE(ABORT, '{said}');
                END
            """
        schema_editor.execute(statement, params=None)


def unguard(_apps, schema_editor):
    for name, table, *_ in RULES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
