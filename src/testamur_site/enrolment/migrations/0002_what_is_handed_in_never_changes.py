"""The second lock: the database itself refuses to change what was handed in.

`services/` refuse first, with a sentence. This guards against everything else that can write: a shell, a data migration, a bulk update.

1. A submission that is no draft: its state moves on, it may be returned, and a person who is erased takes their words with them.
2. The pieces of such a submission are neither added nor taken out. (On SQLite nothing stops a DELETE: emptying a whole database deletes row
   by row there. The audit trail has the digests of what was handed in.)
3. A piece of evidence never changes at all, except that erasing empties it.

For whoever alters these tables later: SQLite remakes a table to alter it and loses its triggers. End such a migration with
`migrations.RunPython(guard, unguard)` of this one.
"""

from django.db import migrations

HANDED_IN = "what was handed in never changes"
PIECES = "the evidence of a submission that was handed in never changes"
EVIDENCE = "a piece of evidence never changes"

# "IS DISTINCT FROM" in PostgreSQL's words; SQLite says IS NOT.
_SUBMISSION = [
    "public_id",
    "enrolment_id",
    "task_key",
    "attempt",
    "submitted_at",
    "due_at",
    "late",
    "authorship_declared_at",
    "authorship_version",
]
_WORDS = ["note", "help_used"]
_EVIDENCE = ["public_id", "learner_id", "kind", "media_type", "size", "sha256", "verdict", "created_at"]
_EVIDENCE_WORDS = ["title", "url", "text", "stored_as", "file_name"]


def _changed(columns, unlike):
    return " OR ".join(f"NEW.{column} {unlike} OLD.{column}" for column in columns)


def _submission_refused(unlike):
    return (
        f"OLD.state <> 'draft' AND (NEW.state = 'draft' OR {_changed(_SUBMISSION, unlike)} "
        f"OR (NEW.erased_at IS NULL AND ({_changed(_WORDS, unlike)})))"
    )


def _evidence_refused(unlike):
    return f"{_changed(_EVIDENCE, unlike)} OR (NEW.erased_at IS NULL AND ({_changed(_EVIDENCE_WORDS, unlike)} OR OLD.erased_at IS NOT NULL))"


_OF_PIECE = "EXISTS (SELECT 1 FROM enrolment_submission s WHERE s.id = {row}.submission_id AND s.state <> 'draft')"

SQLITE = [
    f"""CREATE TRIGGER enrolment_handed_in BEFORE UPDATE ON enrolment_submission WHEN {_submission_refused("IS NOT")}
    BEGIN SELECT RAISE(ABORT, '{HANDED_IN}'); END""",
    f"""CREATE TRIGGER enrolment_evidence BEFORE UPDATE ON enrolment_evidenceitem WHEN {_evidence_refused("IS NOT")}
    BEGIN SELECT RAISE(ABORT, '{EVIDENCE}'); END""",
    *(
        f"""CREATE TRIGGER enrolment_pieces_{event.lower()} BEFORE {event} ON enrolment_submissionevidence
        WHEN {_OF_PIECE.format(row=row)} BEGIN SELECT RAISE(ABORT, '{PIECES}'); END"""
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"))
    ),
]

_RAISE = """CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{said}' USING ERRCODE = 'check_violation'; END $$"""

POSTGRESQL = [
    _RAISE.format(name="enrolment_handed_in", said=HANDED_IN),
    f"""CREATE TRIGGER enrolment_handed_in BEFORE UPDATE ON enrolment_submission FOR EACH ROW
    WHEN ({_submission_refused("IS DISTINCT FROM")}) EXECUTE FUNCTION enrolment_handed_in()""",
    _RAISE.format(name="enrolment_evidence", said=EVIDENCE),
    f"""CREATE TRIGGER enrolment_evidence BEFORE UPDATE ON enrolment_evidenceitem FOR EACH ROW
    WHEN ({_evidence_refused("IS DISTINCT FROM")}) EXECUTE FUNCTION enrolment_evidence()""",
    f"""CREATE FUNCTION enrolment_pieces() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' AND {_OF_PIECE.format(row="OLD")} OR TG_OP = 'INSERT' AND {_OF_PIECE.format(row="NEW")} THEN
            RAISE EXCEPTION '{PIECES}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END $$""",
    """CREATE TRIGGER enrolment_pieces BEFORE INSERT OR UPDATE OR DELETE ON enrolment_submissionevidence FOR EACH ROW
    EXECUTE FUNCTION enrolment_pieces()""",
]

_TRIGGERS = {
    "enrolment_handed_in": "enrolment_submission",
    "enrolment_evidence": "enrolment_evidenceitem",
    "enrolment_pieces": "enrolment_submissionevidence",
}


def guard(_apps, schema_editor):
    unguard(_apps, schema_editor)
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def unguard(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, table in _TRIGGERS.items():
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
        return
    for name in ("handed_in", "evidence", "pieces_insert", "pieces_update", "pieces_delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS enrolment_{name}")


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
