"""Another institution's rows cannot be seen or written, by no way that the ORM offers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.tenancy.api import (
    Institution,
    Membership,
    UnscopedQuery,
    WrongTenant,
    current_institution,
    tenant,
    unscoped,
)


@pytest.fixture
def two_memberships(institution: Institution, other_institution: Institution, owner: User, outsider: User) -> None:
    """One member in each institution."""


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Membership.objects.all(),
        lambda: Membership.objects.count(),
        lambda: Membership.objects.filter(role="owner"),
        lambda: Membership.objects.filter(role="owner").delete(),
        lambda: Membership.objects.update(role="viewer"),
        lambda: Membership.objects.create(role="viewer"),
        lambda: Membership.objects.bulk_create([Membership(role="viewer")]),
        lambda: Membership.objects.bulk_update([Membership(pk=1, role="viewer")], ["role"]),
        lambda: Membership.objects.get_or_create(role="viewer"),
        lambda: Membership.objects.raw("SELECT * FROM tenancy_membership"),
    ],
    ids=["all", "count", "filter", "delete", "update", "create", "bulk_create", "bulk_update", "get_or_create", "raw"],
)
def test_without_a_scope_every_query_raises(two_memberships: None, ask: object) -> None:
    with pytest.raises(UnscopedQuery, match="Membership"):
        ask()  # type: ignore[operator]


def test_a_tenant_sees_its_own_rows_only(two_memberships: None, institution: Institution, owner: User) -> None:
    with tenant(institution):
        assert [m.user for m in Membership.objects.all()] == [owner]
    with unscoped("the test counts all rows"):
        assert Membership.objects.count() == 2


def test_update_and_delete_reach_no_other_tenant(two_memberships: None, institution: Institution) -> None:
    with tenant(institution):
        assert Membership.objects.update(role="viewer") == 1
        assert Membership.objects.all().delete()[0] == 1
    with unscoped("the test looks at the other row"):
        assert Membership.objects.get().role == "owner"


def test_a_query_set_keeps_its_filter_outside_the_block(two_memberships: None, institution: Institution) -> None:
    with tenant(institution):
        rows = Membership.objects.all()
    assert {row.institution_id for row in rows} == {institution.pk}


def test_created_rows_belong_to_the_active_tenant(institution: Institution, outsider: User) -> None:
    with tenant(institution):
        assert Membership.objects.create(user=outsider, role="viewer").institution == institution


@pytest.mark.parametrize(
    "write",
    [lambda row: Membership.objects.create(**row), lambda row: Membership.objects.bulk_create([Membership(**row)])],
    ids=["create", "bulk_create"],
)
def test_a_row_for_another_tenant_is_refused(
    institution: Institution, other_institution: Institution, owner: User, write: Callable[[dict], object]
) -> None:
    row = {"user": owner, "role": "viewer"}
    with tenant(institution), pytest.raises(WrongTenant):
        write({**row, "institution": other_institution})


def test_rows_cannot_be_handed_over_or_bulk_updated_across(
    two_memberships: None, institution: Institution, other_institution: Institution
) -> None:
    with unscoped("the test takes a foreign row"):
        foreign = Membership.objects.get(institution=other_institution)
    with tenant(institution):
        with pytest.raises(WrongTenant):
            Membership.objects.update(institution=other_institution)
        with pytest.raises(WrongTenant):
            Membership.objects.bulk_update([foreign], ["role"])


def test_raw_sql_is_for_unscoped_blocks(two_memberships: None, institution: Institution) -> None:
    statement = "SELECT * FROM tenancy_membership"
    with tenant(institution), pytest.raises(WrongTenant):
        Membership.objects.raw(statement)
    with unscoped("the test reads by SQL"):
        assert len(list(Membership.objects.raw(statement))) == 2


def test_the_innermost_block_counts_and_is_left_even_after_an_error(
    institution: Institution, other_institution: Institution
) -> None:
    with tenant(institution):
        with contextlib.suppress(KeyError), tenant(other_institution):
            assert current_institution() == other_institution
            raise KeyError
        assert current_institution() == institution
        with unscoped("the test nests blocks"):
            assert current_institution() is None
    assert current_institution() is None


def test_unscoped_needs_a_reason_in_words() -> None:
    with pytest.raises(ValueError, match="reason"), unscoped("because"):
        pass


def test_an_unsaved_institution_cannot_be_active() -> None:
    with pytest.raises(ValueError, match="saved"), tenant(Institution(slug="x")):
        pass


def test_did_and_addresses(institution: Institution, settings: object) -> None:
    assert institution.did == "did:web:localhost%3A8000:institutions:han-river"
    assert institution.profile_url == "http://localhost:8000/institutions/han-river/profile.json"
    settings.TESTAMUR_BASE_URL = "https://credentials.example.edu"  # type: ignore[attr-defined]
    assert institution.did == "did:web:credentials.example.edu:institutions:han-river"


def test_the_name_in_the_readers_language(institution: Institution) -> None:
    assert institution.in_language("name", "ko") == "한강대학교"
    assert institution.in_language("name", "en") == "Han River University"
    assert institution.in_language("name", "de") == "Han River University"
