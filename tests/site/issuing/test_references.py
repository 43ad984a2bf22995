"""What a cohort's rows point to is there, whoever writes or deletes: also where PostgreSQL examines it once for each statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.audit.api import AuditEntry
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.mail.api import Message
from testamur_site.foundation.tenancy.api import Institution, insert_rows, unscoped
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, Batch, PreparedCredential, SharedText
from testamur_site.log.models import Entry
from testamur_site.status.models import StatusEntry
from testamur_site.wallet.cohorts import deposit_many
from testamur_site.wallet.models import Deposit, Holder

from .conftest import cohort_list

OF_MANY: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Award, ("institution", "micro_credential", "version", "batch", "decision", "created_by")),
    (PreparedCredential, ("institution", "shared")),
    (StatusEntry, ("institution", "pair")),
    (AuditEntry, ("institution",)),
    (Entry, ("institution",)),
    (Message, ("institution",)),
    (Deposit, ("institution", "holder")),
)
NOWHERE = 10**9


@pytest.fixture
def issued(active: Institution, version: AchievementVersion, draft: Callable[..., Batch]) -> Batch:
    batch = draft(cohort_list(25))
    api.start_batch(batch)
    run_pending()
    assert deposit_many(active, list(Award.objects.all())) == []
    Deposit.objects.update(holder=Holder.objects.create())
    return batch


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def refusal(statement: str, *values: Any) -> str:
    """What the statement, or the end of its transaction, is refused with; "" where it is taken."""
    try:
        with transaction.atomic():
            run(statement, *values)
            connection.check_constraints()
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error)
    return ""


ITS_OWN = {"public_id", "award_key", "nonce", "dedupe_key", "key"}
NUMBERED = {"id", "sequence", "index", "award_id", "status_entry_id"}


def test_what_rows_point_to_is_there(issued: Batch) -> None:
    """Changed and written, for each reference."""
    postgresql = connection.vendor == "postgresql"
    for model, fields in OF_MANY:
        table, quote = model._meta.db_table, connection.ops.quote_name
        columns = [field.column for field in model._meta.concrete_fields]
        with unscoped("the test looks at every row"):
            assert model.objects.count() >= 20, table
            newest = model.objects.order_by("-pk").values_list("pk", flat=True)[0]
        for name in fields:
            column = model._meta.get_field(name).column
            said = f"{table}.{column} points to nothing" if postgresql else f"{table}.{column} contains a value"
            changed = refusal(f"UPDATE {table} SET {column} = {NOWHERE} WHERE id = {newest}")
            assert said in changed or "never changes" in changed or "only moves forward" in changed, (changed, said)
            other = dict.fromkeys(ITS_OWN, "'another'") | dict.fromkeys(NUMBERED, str(NOWHERE))
            if not postgresql:  # which looks at all of a row's references at once, and says one
                other |= {one: f"(SELECT max({one}) + 1 FROM {table})" for one in ("award_id", "status_entry_id")}
            other[column] = str(NOWHERE)
            listed, taken = ", ".join(map(quote, columns)), ", ".join(other.get(one, quote(one)) for one in columns)
            written = refusal(f"INSERT INTO {table} ({listed}) SELECT {taken} FROM {table} WHERE id = {newest}")
            assert said in written or (not postgresql and "contains a value" in written), (written, said)


@pytest.mark.parametrize("many", [False, True])
def test_rows_of_a_statement_are_examined_together(issued: Batch, many: bool) -> None:
    """The one that points nowhere is found among those that do not."""
    pair = StatusEntry.objects.values_list("pair", flat=True)[0]
    own = {"institution_id": issued.institution_id}

    def write(*pairs: int) -> None:
        with transaction.atomic():
            insert_rows(StatusEntry, ("index", "pair_id"), [(NOWHERE + at, one) for at, one in enumerate(pairs)], **own)
            connection.check_constraints()

    write(*([pair] * (20 if many else 1)))
    StatusEntry.objects.filter(index__gte=NOWHERE).delete()
    with pytest.raises(IntegrityError, match=r"points to nothing|contains a value"):
        write(*([pair] * (19 if many else 0)), NOWHERE)


@pytest.mark.parametrize("model", [SharedText, Holder])
def test_nothing_goes_that_is_pointed_to(issued: Batch, model: type[models.Model]) -> None:
    with unscoped("the test looks at every row"):
        used = model.objects.values_list("pk", flat=True)[0]
    table = model._meta.db_table
    assert refusal(f"DELETE FROM {table} WHERE id = {used}")
    if model is Holder:
        Deposit.objects.update(holder=None)
        assert not refusal(f"DELETE FROM {table} WHERE id = {used}")


def test_every_other_side_is_guarded(issued: Batch) -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text, tgdeferrable FROM pg_trigger WHERE tgname LIKE '%%_gone'"
        )
        found = {name: (table, deferred) for name, table, deferred in cursor.fetchall()}
    expected = {
        f"{model._meta.db_table}_{field.column}_gone": (field.related_model._meta.db_table, True)
        for model, fields in OF_MANY
        for field in (model._meta.get_field(name) for name in fields)
    }
    assert found == expected
