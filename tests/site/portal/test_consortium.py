"""Three institutions and their microdegree, as the demonstration tells it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from testamur.fetch import BundleResolver
from testamur.pathways.decisions import take_again
from testamur.verification import Verifier
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.pathways.models import Participant
from testamur_site.recognition.models import Recognition
from testamur_site.verification.api import verify_document
from testamur_site.wallet.offline import bundle_of


@pytest.fixture
def told(demonstrated: None) -> dict[str, Participant]:
    university = Institution.objects.get(slug="university-of-zed")
    with tenant(university):
        found = Participant.objects.select_related("holder", "award__institution").order_by("pk")
        return {one.holder.name: one for one in found}


def test_three_learners_stand_where_they_are_told_to(told: dict[str, Participant]) -> None:
    assert {name: one.state for name, one in told.items()} == {
        "Ana Andromeda": "active",
        "김서연": "awarded",
        "Jürgen Müller": "fallen",
    }
    fallen: Any = told["Jürgen Müller"].award
    assert fallen.state == "revoked"


def test_one_recognition_by_agreement_and_one_refused_with_its_reason(told: dict[str, Participant]) -> None:
    university = told["김서연"].institution
    with tenant(university):
        found = {one.result: one for one in Recognition.objects.order_by("pk")}
    assert set(found) == {"recognised", "refused"}
    assert found["refused"].reason


def test_anybody_takes_the_decision_again(told: dict[str, Participant]) -> None:
    award = told["김서연"].award
    assert award is not None
    content = issuing.credential_bytes(award)
    again = take_again(json.loads(content), verify_document(content), verify_document, on=timezone.localdate())
    assert str(again.again.result) == "passed"
    assert again.record is not None
    assert len({holding.issuer for holding in again.record.case.holdings}) == 3


def test_the_bundle_alone_suffices_to_take_it_again(told: dict[str, Participant]) -> None:
    """The keys and the lists of the partners are in it as well as the university's own."""
    award = told["김서연"].award
    assert award is not None
    verifier = Verifier(BundleResolver(bundle_of(award)))
    content = issuing.credential_bytes(award)
    again = take_again(json.loads(content), verifier.verify(content), verifier.verify, on=timezone.localdate())
    assert str(again.again.result) == "passed"
