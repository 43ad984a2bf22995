from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.standing import standing

from testamur_site.foundation.accounts.api import User, update_institution
from testamur_site.foundation.audit import services
from testamur_site.foundation.audit.api import AppendOnly, AuditEntry, entries, record, record_many, verify_chain
from testamur_site.foundation.audit.rules import GENESIS, Entry, check_chain, entry_hash
from testamur_site.foundation.tenancy.api import Institution, tenant


@pytest.fixture
@standing
def chain(institution: Institution, owner: User) -> Institution:
    """A chain of some entries, made by the fixtures and by us."""
    with transaction.atomic():
        record("award.issued", "award:one", institution=institution, actor=owner, facts={"count": 1, "이유": "정정"})
        record_many("award.revoked", ["award:one", "award:two"], institution=institution, facts={"reason": "error"})
    return institution


def test_entries_say_who_what_and_when(chain: Institution, owner: User) -> None:
    last, before, issued, *_ = entries(chain)
    assert [e.target for e in (issued, before, last)] == ["award:one", "award:one", "award:two"]
    assert issued.actor == owner.public_id
    assert last.actor == ""
    assert last.facts == {"reason": "error"}
    assert last.recorded_at.utcoffset() is not None
    assert last.sequence == before.sequence + 1 == issued.sequence + 2


def test_entries_can_be_filtered(chain: Institution, owner: User) -> None:
    assert {e.action for e in entries(chain, action="award")} == {"award.issued", "award.revoked"}
    assert [e.action for e in entries(chain, target="award:one")] == ["award.revoked", "award.issued"]
    assert {e.action for e in entries(chain, actor=owner.public_id)} == {"award.issued"}


def test_an_untouched_chain_is_intact(chain: Institution) -> None:
    report = verify_chain(chain)
    assert report.intact
    assert report.length == entries(chain).count()
    assert report.head == entries(chain)[0].entry_hash


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_auditentry SET action = 'award.issued' WHERE target = 'award:two'",
        "UPDATE audit_auditentry SET actor = 'somebody-else' WHERE action = 'award.issued'",
        "UPDATE audit_auditentry SET facts = '{}' WHERE action = 'award.issued'",
        "UPDATE audit_auditentry SET recorded_at = '2020-01-01 00:00:00+00' WHERE action = 'award.issued'",
        "DELETE FROM audit_auditentry WHERE action = 'award.issued'",
        "UPDATE audit_auditentry SET entry_hash = previous_hash WHERE action = 'award.issued'",
    ],
    ids=["action", "actor", "facts", "time", "deleted", "hash"],
)
def test_tampering_with_the_table_is_found(chain: Institution, tampering: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(tampering)
        assert cursor.rowcount == 1
    report = verify_chain(chain)
    assert not report.intact
    assert report.broken_at is not None


def test_the_chains_of_two_institutions_are_apart(chain: Institution, other_institution: Institution) -> None:
    with transaction.atomic():
        record("award.issued", "award:three", institution=other_institution)
    assert "award:three" not in {e.target for e in entries(chain)}
    assert verify_chain(chain).intact
    assert verify_chain(other_institution).intact


def test_the_change_and_its_entry_stand_and_fall_together(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(services, "insert_rows", full_disk)
    with pytest.raises(DatabaseError, match="disk full"), transaction.atomic():
        update_institution(institution, {"name": "Renamed"}, actor=None)
    institution.refresh_from_db()
    assert institution.name == "Han River University"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded() -> None:
    institution = Institution.objects.create(slug="alone", name="Alone", country="IE")
    with pytest.raises(ValueError, match="transaction"):
        record("award.issued", "x", institution=institution)
    with transaction.atomic():
        record("award.issued", "x", institution=institution)
    assert entries(institution).count() == 1


@pytest.mark.parametrize(
    ("action", "target", "facts"),
    [
        ("Award.Issued", "x", {}),
        ("issued", "x", {}),
        ("award.issued", "kim@example.com", {}),
        ("award.issued", "x", {"a": [{"b": "to kim@example.com"}]}),
        ("award.issued", "x", {"kim@example.com": 1}),
    ],
    ids=["capitals", "one_word", "address_as_target", "address_deep_inside", "address_as_key"],
)
def test_what_must_not_stand_in_the_trail_is_refused(
    institution: Institution, action: str, target: str, facts: dict
) -> None:
    with pytest.raises(ValueError, match="audit"):
        services.record(action, target, institution=institution, facts=facts)


@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditEntry.objects.update(action="x.y"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditEntry.objects.first().delete(),
        lambda: AuditEntry.objects.bulk_update([AuditEntry.objects.first()], ["action"]),
    ],
    ids=["update", "delete", "delete_one", "bulk_update"],
)
def test_entries_are_never_changed_by_the_program(chain: Institution, change: Any) -> None:
    with tenant(chain), pytest.raises(AppendOnly):
        change()


MOMENT = datetime(2026, 3, 5, 12, tzinfo=UTC)
VARIED = st.builds(
    Entry,
    institution=st.sampled_from(["one", "other"]),
    sequence=st.just(0),
    recorded_at=st.sampled_from(
        [MOMENT, MOMENT.astimezone(timezone(timedelta(hours=9))), MOMENT + timedelta(seconds=1)]
    ),
    actor=st.sampled_from(["", "a"]),
    action=st.sampled_from(["award.issued", "award.revoked"]),
    target=st.one_of(st.sampled_from(["award:x", 'a"\\', "수여"]), st.text(st.characters(codec="utf-8"), max_size=5)),
    facts=st.sampled_from([{}, {"n": 1}, {"n": True}, {"n": "1"}]),
)


@given(st.lists(VARIED, max_size=8), st.integers(0, 7))
def test_a_chain_is_walked_as_each_entry_is_hashed(content: list[Entry], changed: int) -> None:
    chain, head = [], GENESIS
    for sequence, each in enumerate(content, 1):
        one = replace(each, sequence=sequence)
        chain.append((one, head, entry_hash(one, head)))
        head = chain[-1][2]
    report = check_chain(chain)
    assert (report.intact, report.length, report.head) == (True, len(chain), head)
    if changed < len(chain):
        one, previous, digest = chain[changed]
        chain[changed] = replace(one, actor="somebody else"), previous, digest
        assert check_chain(chain).broken_at == changed + 1
