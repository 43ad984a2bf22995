"""The second lock: the database itself refuses to change what a locked version says.

`services.py` refuses first, with a sentence. This guards against everything else that can write: a shell, a data migration, a bulk
update. The state may still move on (a locked version is superseded), nothing may be unlocked.

For whoever alters this table later: SQLite remakes a table to alter it and loses its triggers. End such a migration with
`migrations.RunPython(guard, unguard)` of this one.
"""

from django.db import migrations

SAID = "a locked achievement version never changes"

SQLITE = f"""
CREATE TRIGGER catalogue_locked_version BEFORE UPDATE ON catalogue_achievementversion
WHEN OLD.locked_at IS NOT NULL AND (
    NEW.content IS NOT OLD.content OR NEW.image_id IS NOT OLD.image_id OR NEW.number IS NOT OLD.number
    OR NEW.public_id IS NOT OLD.public_id OR NEW.micro_credential_id IS NOT OLD.micro_credential_id
    OR NEW.what_changed IS NOT OLD.what_changed OR NEW.locked_at IS NOT OLD.locked_at OR NEW.state = 'draft')
BEGIN
    SELECT RAISE(ABORT, '{SAID}');
END
"""

POSTGRESQL = f"""
CREATE FUNCTION catalogue_locked_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{SAID}' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER catalogue_locked_version BEFORE UPDATE ON catalogue_achievementversion FOR EACH ROW
WHEN (OLD.locked_at IS NOT NULL AND (
    NEW.content IS DISTINCT FROM OLD.content OR NEW.image_id IS DISTINCT FROM OLD.image_id
    OR NEW.number IS DISTINCT FROM OLD.number OR NEW.public_id IS DISTINCT FROM OLD.public_id
    OR NEW.micro_credential_id IS DISTINCT FROM OLD.micro_credential_id
    OR NEW.what_changed IS DISTINCT FROM OLD.what_changed OR NEW.locked_at IS DISTINCT FROM OLD.locked_at
    OR NEW.state = 'draft'))
EXECUTE FUNCTION catalogue_locked_version();
"""


def guard(_apps, schema_editor):
    unguard(_apps, schema_editor)
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE, params=None)


def unguard(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER IF EXISTS catalogue_locked_version ON catalogue_achievementversion")
        schema_editor.execute("DROP FUNCTION IF EXISTS catalogue_locked_version()")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS catalogue_locked_version")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
