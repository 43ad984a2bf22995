"""A key is copied, and cut off: what is in the log before that place holds, and what the thief makes afterwards does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.standing import aside

from testamur import strict_json
from testamur.proofs.data_integrity import add_proof, check_proof
from testamur.proofs.keys import PublicKey
from testamur.verification import Report, Verdict, Verifier
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing import api
from testamur_site.log import api as log
from testamur_site.log.cut_offs import services

from .conftest import ADA, public_site

pytestmark = pytest.mark.usefixtures("active")


@pytest.fixture(autouse=True)
@aside
def key_file(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"


def verify(institution: Institution, content: bytes, *proofs: bytes) -> Report:
    return Verifier(public_site(institution)).verify(content, log_proofs=proofs)


def test_what_was_honest_stays_valid_and_what_is_forged_does_not(
    institution: Institution, owner: User, version: AchievementVersion
) -> None:
    award = api.award_one(version, ADA)
    run_pending()
    honest = api.credential_bytes(api.award_by_public_id(award.public_id) or award)
    proof = log.proof_of(f"award:{award.public_id}")
    assert honest is not None
    assert proof is not None
    stolen = signing_key(institution)

    services.cut_off(institution, "key-1", None, owner)
    run_pending()
    document = {name: value for name, value in strict_json.loads(honest).items() if name != "proof"}
    dated_back = {**document, "validFrom": "2020-01-01T00:00:00Z"}
    made = add_proof(dated_back, stolen, verification_method=stolen.verification_method, created=timezone.now())
    forged = strict_json.dumps({**made, "proof": [made["proof"]]})
    assert check_proof(made, made["proof"], PublicKey.from_multikey(stolen.public_multikey)).outcome == "passed"

    assert verify(institution, honest, proof).verdict is Verdict.VALID
    refused = verify(institution, forged)
    assert refused.verdict is not Verdict.VALID
    assert "log.key_cut_off_open" in {check.code for check in refused.checks}
    assert verify(institution, forged, proof).verdict is not Verdict.VALID, "the proof of another credential"
    assert verify(institution, honest).verdict is not Verdict.VALID, "without its proof nobody can tell"
