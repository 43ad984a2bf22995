"""The tag, the comparison, and the query that is compiled once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from testamur_site.foundation.keys.api import active_key, rotate, signing_key
from testamur_site.foundation.keys.models import SigningKey
from testamur_site.foundation.public_bytes.api import NUMBER, TEXT, Compiled, PublicBytes, etag_of, matches, preferred
from testamur_site.foundation.tenancy.api import Institution, tenant


def test_the_tag_is_that_of_the_content() -> None:
    assert PublicBytes(b"x", "text/plain", "no-store").etag == etag_of(b"x") != etag_of(b"y")
    assert etag_of(b"x").startswith('"')
    assert etag_of(b"x").endswith('"')


@pytest.mark.parametrize(
    ("header", "known"),
    [("", False), ('"a"', True), ('W/"a"', True), ('"b", W/"a"', True), ("*", True), ('"b"', False), ("a", False)],
)
def test_who_has_it_already(header: str, known: bool) -> None:
    assert matches('"a"', header) is known


def test_the_preferred_type_is_that_of_django() -> None:
    ours = ("application/vc+ld+json", "application/json")
    assert preferred("*/*", ours) == "application/vc+ld+json"
    assert preferred("application/json", ours) == "application/json"
    assert preferred("text/html", ours) is None
    assert preferred("", ours) is None


def test_a_compiled_query_says_what_the_orm_says(institution: Institution, other_institution: Institution) -> None:
    signing_key(other_institution)
    rotate(other_institution, None)
    names: dict[int, str] = {}
    for one in (institution, other_institution):
        signing_key(one)
        with tenant(one):
            (names[one.pk],) = SigningKey.objects.filter(retired_at=None).values_list("fragment", flat=True)
    assert {one.pk: active_key(one) for one in (institution, other_institution)} == names
    with tenant(institution):
        SigningKey.objects.filter(retired_at=None).update(retired_at=timezone.now())
    assert active_key(institution) is None
    with CaptureQueriesContext(connection) as asked:
        active_key(institution)
    assert len(asked) == 1


def test_two_queries_are_asked_together(institution: Institution, other_institution: Institution) -> None:
    slugs = Compiled(lambda slug: Institution.objects.filter(slug=slug).values_list("pk", "name"), "a test", TEXT)
    keys = Compiled(
        lambda pk: SigningKey.objects.filter(institution=pk, retired_at=None).values_list("pk", "created_at", "sealed")[
            :1
        ],
        "only a test",
        NUMBER,
    )
    for one in (institution, other_institution):
        signing_key(one)
        expected = keys.first(one.pk)
        assert expected is not None
        assert slugs.first_beside((one.slug,), keys, one.pk) == (one.pk, one.name, *expected)
    assert slugs.first_beside((institution.slug,), keys, 0) == (institution.pk, institution.name, None, None, None)
    assert slugs.first_beside(("nobody",), keys, institution.pk) is None
    with CaptureQueriesContext(connection) as asked:
        assert slugs.first_beside((institution.slug,), keys, institution.pk) is not None
    assert len(asked) == 1


def test_a_compiled_query_makes_the_instances_of_the_orm(
    institution: Institution, other_institution: Institution
) -> None:
    compiled = Compiled(
        lambda pk: (
            SigningKey.objects.filter(institution=pk).select_related("institution").defer("sealed").order_by("pk")
        ),
        "only a test",
        NUMBER,
    )
    for one in (institution, other_institution):
        signing_key(one)
        with tenant(one):
            wanted = SigningKey.objects.select_related("institution").order_by("pk").first()
        assert wanted is not None
        found = compiled.object(one.pk)
        assert type(found) is SigningKey
        assert found.get_deferred_fields() == {"sealed"}
        assert {field.attname: getattr(found, field.attname) for field in SigningKey._meta.fields} == {
            field.attname: getattr(wanted, field.attname) for field in SigningKey._meta.fields
        }
        with CaptureQueriesContext(connection) as asked:
            assert found.institution == one
            assert found.institution.translations == one.translations
        assert len(asked) == 0
        assert not found._state.adding
    assert compiled.object(0) is None


def test_a_value_that_the_query_changes_is_refused(institution: Institution) -> None:
    changed = Compiled(
        lambda text: SigningKey.objects.filter(algorithm__contains=text).values_list("pk"),
        "only a test",
        TEXT,
    )
    with pytest.raises(ValueError, match="does not stand in the query"):
        changed.first("x")
