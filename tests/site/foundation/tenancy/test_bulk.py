"""Many rows in one statement: the same rows, constraints and scope as one by one, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from testamur_site.foundation.jobs.models import Job
from testamur_site.foundation.mail.models import Message
from testamur_site.foundation.tenancy import bulk
from testamur_site.foundation.tenancy.api import (
    Institution,
    UnscopedQuery,
    WrongTenant,
    existing,
    insert_rows,
    looked_up,
    new_keys,
    tenant,
    unscoped,
    update_rows,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 5, 12, 30, 15, 123456, tzinfo=UTC)
TEXTS = ("plain", "김민준", "tab\there", 'quote " and \\ backslash', "\\N", "line\nbreak", "😀", "")


def queue(institution: Institution, *keys: str, **values: Any) -> int:
    rows = [({"text": text}, key) for key, text in zip(keys, TEXTS * 500, strict=False)]
    given = {"institution_id": institution.pk, "path": "x", "run_after": NOW, "created_at": NOW, **values}
    return insert_rows(Job, ("args", "key"), rows, **given)


def test_what_is_written_together_is_what_would_be_written_one_by_one(institution: Institution) -> None:
    with tenant(institution):
        assert queue(institution, *(f"k{n}" for n in range(2500))) == 2500
        one = Job.objects.create(path="x", args={"text": TEXTS[3]}, key="alone", run_after=NOW, created_at=NOW)
        other = Job.objects.get(key="k3")
        assert Job.objects.count() == 2501
    for field in Job._meta.concrete_fields:
        if field.attname not in ("id", "key"):
            assert getattr(one, field.attname) == getattr(other, field.attname), field.attname
    assert len(other.pk) == len(one.pk)


def test_every_text_comes_back(institution: Institution) -> None:
    with tenant(institution):
        rows = [(text, f"k{n}") for n, text in enumerate(TEXTS)]
        given = {"template": "x", "language": "en", "to": "a@example.org", "created_at": NOW, "subject": ""}
        insert_rows(Message, ("text", "dedupe_key"), rows, institution_id=institution.pk, **given)
        assert list(Message.objects.order_by("dedupe_key").values_list("text", flat=True)) == list(TEXTS)


def test_a_constraint_stops_all_of_them(institution: Institution) -> None:
    with tenant(institution):
        queue(institution, "once")
        with pytest.raises(IntegrityError), transaction.atomic():
            queue(institution, "new", "once")
        assert list(Job.objects.values_list("key", flat=True)) == ["once"]


def test_keys_are_given_once(institution: Institution) -> None:
    with tenant(institution):
        first = new_keys(Message, 3)
        values = {
            "template": "x",
            "language": "en",
            "to": "a@example.org",
            "text": "",
            "created_at": NOW,
            "subject": "",
        }
        insert_rows(Message, ("id",), [(key,) for key in first], institution_id=institution.pk, **values)
        later = Message.objects.create(**values)
        second = new_keys(Message, 2)
    assert first == sorted(set(first))
    assert not {*first, later.pk} & set(second)
    assert new_keys(Message, 0) == []


def test_only_rows_of_the_active_institution_are_written(
    institution: Institution, other_institution: Institution
) -> None:
    with pytest.raises(UnscopedQuery):
        queue(institution, "k")
    with tenant(institution):
        with pytest.raises(WrongTenant):
            queue(other_institution, "k")
        with pytest.raises(WrongTenant), transaction.atomic():
            insert_rows(Job, ("institution_id", "key"), [(other_institution.pk, "k")], path="x")
        insert_rows(Job, ("key", "args"), [("mine", {})], path="x")
        assert Job.objects.get().institution == institution
    with unscoped("rows of both institutions are prepared"):
        insert_rows(Job, ("key", "institution_id"), [("theirs", other_institution.pk)], path="x")
        theirs = Job.objects.get(key="theirs")
    with tenant(institution):
        assert update_rows(Job, ("total",), [(theirs.pk, 7)]) == []
        assert existing(Job, "key", ["mine", "theirs"]) == {"mine"}
        assert looked_up(Job, ("path", "key"), "key", ["mine", "theirs", "nobody's"]) == [("x", "mine")]
        with pytest.raises(WrongTenant):
            update_rows(Job, ("institution_id",), [(theirs.pk, institution.pk)])
        with pytest.raises(WrongTenant):
            update_rows(Job, (), [(theirs.pk,)], values={"institution_id": institution.pk})


def test_rows_are_changed_under_a_condition(institution: Institution) -> None:
    with tenant(institution):
        queue(institution, "a", "b", "c")
        a, b, c = Job.objects.order_by("key")
        Job.objects.filter(pk=b.pk).update(status="done")
        rows = [(one.pk, number, {"n": number}) for number, one in enumerate((a, b, c), 1)]
        changed = update_rows(
            Job, ("total", "args"), rows, values={"started_at": NOW}, status="queued", finished_at=None
        )
        assert set(changed) == {a.pk, c.pk}
        found = Job.objects.order_by("key").values_list("total", "args", "started_at")
        assert list(found) == [(1, {"n": 1}, NOW), (0, b.args, None), (3, {"n": 3}, NOW)]
        assert update_rows(Job, ("total",), []) == []


def test_what_a_field_must_be_given_is_said(institution: Institution) -> None:
    with tenant(institution), pytest.raises(ValueError, match="no field"):
        insert_rows(Job, ("nothing",), [(1,)])


def test_a_table_that_is_just_being_filled_is_not_compared_row_by_row(institution: Institution) -> None:
    """PostgreSQL knows nothing of such a table and expects a single row to meet the conditions: a nested loop would be its choice."""
    plans: list[str] = []

    with tenant(institution), transaction.atomic():
        queue(institution, *(f"k{n}" for n in range(1500)))
        keys = list(Job.objects.order_by("pk").values_list("pk", flat=True))
        assert sorted(update_rows(Job, ("total",), [(key, 7) for key in keys], finished_at=None)) == keys
        assert sorted(update_rows(Job, (), [(key,) for key in keys], values={"done": 3}, total=7)) == keys
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                with bulk._no_nested_loop(cursor):
                    cursor.execute(
                        "EXPLAIN UPDATE jobs_job AS t SET total = v.n FROM unnest(ARRAY['a', 'b']::varchar[], ARRAY[3, 4]) AS v(k, n) "
                        "WHERE t.id = ANY(ARRAY['a', 'b']::varchar[]) AND t.id = v.k AND t.finished_at IS NULL AND t.total = 7"
                    )
                    plans = [line for (line,) in cursor.fetchall()]
                cursor.execute("SHOW enable_nestloop")
                assert cursor.fetchone() == ("on",)
                # Nor is all of the institution read where the keys are given.
                condition, given = bulk._conditions(Job, {"institution_id": institution.pk}, "t.", by_key=True)
                cursor.execute(
                    f"EXPLAIN SELECT * FROM jobs_job AS t WHERE t.id = ANY(ARRAY['a', 'b']){condition}", given
                )
                plans += [line for (line,) in cursor.fetchall() if "Index Cond" in line and "institution_id" in line]
    assert not any("Nested Loop" in line or "institution_id" in line for line in plans)
