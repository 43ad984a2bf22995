"""The second lock: the database itself refuses to rewrite what was decided and signed.

The services only ever move forward, by conditional updates. This guards against everything else that can write: a shell, a data
migration, a bulk update. What the triggers let pass on purpose is forgetting: names, addresses and bytes may be emptied, never replaced.

For whoever alters these tables later: SQLite remakes a table to alter it and loses its triggers. End such a migration with
`migrations.RunPython(guard, unguard)` of this one.
"""

from django.db import migrations

PREPARED, AWARD = "issuing_preparedcredential", "issuing_award"

# Name of the trigger, table, what it says, and when; {differs:column} is written for the database at hand.
RULES = (
    (
        "issuing_prepared_bytes",
        PREPARED,
        "what was prepared and signed never changes",
        """({differs:content} OR {differs:digest} OR {differs:award_id} OR {differs:key_id}
            OR (OLD.signed IS NOT NULL AND {differs:signed}))
            AND NOT (length(NEW.content) = 0 AND length(NEW.signed) = 0 AND NEW.award_id = OLD.award_id)""",
    ),
    (
        "issuing_award_forward",
        AWARD,
        "an issued award only moves forward",
        """OLD.state IN ('issued', 'suspended', 'revoked', 'superseded') AND (
            {differs:public_id} OR {differs:version_id} OR {differs:awarded_date} OR {differs:valid_from} OR {differs:valid_until}
            OR {differs:status_entry_id} OR ({differs:recipient_name} AND NEW.recipient_name <> '')
            OR ({differs:recipient_email} AND NEW.recipient_email <> '')
            OR (NEW.state <> OLD.state AND (NEW.state NOT IN ('suspended', 'revoked', 'superseded')
                OR OLD.state IN ('revoked', 'superseded'))))""",
    ),
)


def _condition(text, differs):
    while "{differs:" in text:
        before, _, rest = text.partition("{differs:")
        column, _, after = rest.partition("}")
        text = f"{before}{differs.format(column=column)}{after}"
    return text


def guard(_apps, schema_editor, rules=RULES):
    unguard(_apps, schema_editor, rules)
    for name, table, said, when in rules:
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


def unguard(_apps, schema_editor, rules=RULES):
    for name, table, *_ in rules:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("issuing", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
