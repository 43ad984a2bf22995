"""An endorsement is signed for what was proposed, by whom it was proposed to, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from tests.site.quality.conftest import approve, fresh

from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.signing.api import Refused
from testamur_site.foundation.signing.desk import Desk
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.quality import api
from testamur_site.quality.models import Proposal


@pytest.fixture
def item(desk: Desk, at_work: Any, reviewed: Proposal, second_officer: Any) -> dict[str, Any]:
    """What was asked when the proposal was approved, with the document unsigned again."""
    approve(reviewed, second_officer)
    (document,) = api.endorsements(fresh(reviewed.version))
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    row = str(unsigned["id"]).rpartition("/")[2]
    return {"row": row, "document": unsigned, "created": timezone.now().isoformat(), "proposal": reviewed.public_id}


def ask(institution: Institution, item: dict[str, Any]) -> str | None:
    """The refusal; None where it was signed."""
    (outcome,) = signing_key(institution).secure_rows("endorsement", [item])
    return outcome.code if isinstance(outcome, Refused) else None


def test_what_was_proposed_is_endorsed(institution: Institution, item: dict[str, Any]) -> None:
    assert ask(institution, item) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda item: item["document"]["credentialSubject"].update(id="https://elsewhere.example/x"),
            "endorsement.other",
        ),
        (lambda item: item["document"].update(id="https://elsewhere.example/x"), "signing.item"),
        (lambda item: item["document"].update(termsOfUse=[]), "signing.item"),
        (lambda item: item["document"].update(issuer={"id": "did:web:elsewhere.example"}), "signing.issuer"),
        (lambda item: item.update(proposal="nobody"), "endorsement.proposal"),
        (lambda item: item.pop("proposal"), "signing.item"),
    ],
)
def test_anything_else_is_refused(
    institution: Institution, item: dict[str, Any], change: Callable[[dict[str, Any]], Any], code: str
) -> None:
    change(item)
    assert ask(institution, item) == code


def test_a_decided_proposal_or_another_body_is_refused(
    institution: Institution, other_institution: Institution, item: dict[str, Any]
) -> None:
    theirs = {**item, "document": {**item["document"], "issuer": other_institution.did}}
    assert ask(other_institution, theirs) in {"endorsement.body", "schema"}
    Proposal.objects.update(state=Proposal.State.DECLINED)
    assert ask(institution, item) == "endorsement.proposal"
