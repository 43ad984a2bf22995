"""What entries stand on is kept for all of one checkpoint, also over commits that do not concern it; the proof is that of a fresh look."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from tests.site.log.test_log import NOW, of

from testamur_site.foundation.accounts.api import create_institution
from testamur_site.foundation.public_bytes import worked_out
from testamur_site.foundation.public_bytes.api import known
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.log import proofs, services
from testamur_site.log.api import proof_of, record
from testamur_site.log.models import Checkpoint


def _fresh(subject: str) -> bytes | None:
    """As by a process that has never been asked."""
    proofs._begun.clear()
    worked_out._kept_ones().clear()
    known().clear()
    return proof_of(subject)


def _same(numbers: list[int]) -> None:
    subjects = [f"award:{number}" for number in numbers]
    expected = {subject: _fresh(subject) for subject in subjects}
    assert None not in expected.values()
    for order in (subjects, subjects[::-1], subjects[len(subjects) // 2 :] + subjects[: len(subjects) // 2]):
        _fresh(order[0])
        assert {subject: proof_of(subject) for subject in order} == expected


@pytest.mark.django_db(transaction=True)
def test_the_proofs_are_those_of_a_fresh_look(
    settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log"  # type: ignore[attr-defined]
    institution: Institution = create_institution(slug="one", name="One", country="KR", owner=None)
    for first in (1, 4, 7):
        record([of(number) for number in range(first, first + 3)], institution)
        services.sequence(NOW)
        _same([*range(1, first + 3)])
    Checkpoint.objects.filter(pk=Checkpoint.objects.order_by("size").values("pk")[1:2]).update(
        quorum_at=timezone.now(), witnessed_at=timezone.now()
    )
    _same([*range(1, 10)])

    looked: list[int] = []
    standing_on = proofs._standing_on
    monkeypatch.setattr(proofs, "_standing_on", lambda *given: (looked.append(given[1]), standing_on(*given))[1])
    expected = [_fresh("award:2"), proof_of("award:3"), proof_of("award:8")]
    looked.clear()
    for number in range(3):
        create_institution(slug=f"another{number}", name="Another", country="KR", owner=None)
        assert [proof_of("award:2"), proof_of("award:3"), proof_of("award:8")] == expected
    assert looked == [], "no commit concerned what they stand on"
    Checkpoint.objects.update(quorum_at=None)
    changed = [proof_of("award:2"), proof_of("award:3"), proof_of("award:8")]
    assert changed != expected
    assert changed == [_fresh("award:2"), _fresh("award:3"), _fresh("award:8")]
