"""The second lock: the database itself refuses to rewrite a done mark and an agreed result.

The services only ever move forward, by conditional updates. This guards against everything else that can write: a shell, a data migration, a
bulk update. What the triggers let pass on purpose is forgetting: words may be emptied and persons removed, never replaced. A done mark
may be superseded (it was taken back before its result was agreed); an agreed result never changes, an appeal opens a further round.

For whoever alters these tables later: SQLite remakes a table to alter it and loses its triggers. End such a migration with
`migrations.RunPython(guard, unguard)` of this one.
"""

from django.db import migrations

MARK, RESULT = "assessment_mark", "assessment_taskresult"

# Name of the trigger, table, what it says, and when; {differs:column} is written for the database at hand.
RULES = (
    (
        "assessment_done_mark",
        MARK,
        "a done mark never changes",
        """OLD.state IN ('done', 'superseded') AND (
            {differs:public_id} OR {differs:submission_id} OR {differs:round} OR {differs:role} OR {differs:position}
            OR {differs:levels} OR {differs:done_at} OR {differs:conflict_declared}
            OR ({differs:feedback} AND NEW.feedback <> '{}')
            OR ({differs:user_id} AND NEW.user_id IS NOT NULL)
            OR ({differs:learner_id} AND NEW.learner_id IS NOT NULL)
            OR {differs:validator_id}
            OR (NEW.state <> OLD.state AND (OLD.state = 'superseded' OR NEW.state <> 'superseded')))""",
    ),
    (
        "assessment_agreed_result",
        RESULT,
        "an agreed result never changes",
        """OLD.state = 'agreed' AND (
            {differs:public_id} OR {differs:submission_id} OR {differs:round} OR {differs:state} OR {differs:percent}
            OR {differs:levels} OR {differs:passed} OR {differs:method} OR {differs:agreed_at} OR {differs:reasons}
            OR ({differs:feedback} AND NEW.feedback <> '{}')
            OR ({differs:decided_by_id} AND NEW.decided_by_id IS NOT NULL)
            OR ({differs:decided_reason} AND NEW.decided_reason <> ''))""",
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
    dependencies = [("assessment", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
