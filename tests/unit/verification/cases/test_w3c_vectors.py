"""The signed vectors of the W3C suites through the whole verifier.

Their issuer is `https://vc.example/issuers/5678` and their key a `did:key`: true proofs by somebody who is not shown to be the
issuer. So the profile "proof" accepts them and the profile "badge" does not.
"""

from __future__ import annotations

import json

import pytest
from tests.shared import shared
from tests.simulator import NOW, FixedClock

from testamur.fetch import FixedResolver
from testamur.verification import Policy, Verdict, Verifier

EDDSA, ECDSA = "vectors/w3c/vc-di-eddsa/TestVectors", "vectors/w3c/vc-di-ecdsa/TestVectors"
VECTORS = (
    f"{EDDSA}/Ed25519Signature2020/signedEdSig.json",
    f"{EDDSA}/eddsa-rdfc-2022/signedDataInt.json",
    f"{EDDSA}/eddsa-rdfc-2022/employ/signedDataInt.json",
    f"{EDDSA}/eddsa-jcs-2022/signedJCS.json",
    f"{EDDSA}/proof-set-chain/signedProofSet1.json",
    f"{EDDSA}/proof-set-chain/signedProofSet2.json",
    f"{EDDSA}/proof-set-chain/signedProofChain1.json",
    f"{EDDSA}/proof-set-chain/signedProofChain2.json",
    f"{ECDSA}/ecdsa-rdfc-2019-p256/signedECDSAP256.json",
    f"{ECDSA}/ecdsa-rdfc-2019-p256/employ/signedECDSAP256.json",
    f"{ECDSA}/ecdsa-rdfc-2019-p384/signedECDSAP384.json",
    f"{ECDSA}/ecdsa-rdfc-2019-p384/employ/signedECDSAP384.json",
    f"{ECDSA}/ecdsa-jcs-2019-p256/signedJCSECDSAP256.json",
    f"{ECDSA}/ecdsa-jcs-2019-p384/signedJCSECDSAP384.json",
)
VERIFIER = Verifier(FixedResolver({}), clock=FixedClock(NOW))


@pytest.mark.parametrize("vector", VECTORS)
def test_the_proof_is_true_and_the_issuer_is_not_shown(vector: str) -> None:
    content = shared(vector).read_bytes()
    assert VERIFIER.verify(content, Policy(profile="proof")).verdict is Verdict.VALID
    report = VERIFIER.verify(content)
    assert report.verdict is not Verdict.VALID
    assert {check.code for check in report.checks if check.name == "issuer.binding"} <= {
        "issuer.other_controller",
        "issuer.bound_to_key",
    }


@pytest.mark.parametrize("vector", VECTORS)
def test_the_same_with_one_value_changed_is_not(vector: str) -> None:
    document = json.loads(shared(vector).read_text())
    document["validFrom" if "validFrom" in document else "issuanceDate"] = "2021-01-01T00:00:00Z"
    assert VERIFIER.verify(document, Policy(profile="proof")).verdict is Verdict.INVALID


@pytest.mark.parametrize("folder", ["prc", "employ"])
def test_selective_disclosure_is_shown_as_a_selection(folder: str) -> None:
    path = f"{ECDSA}/ecdsa-sd-2023/{folder}"
    derived = shared(f"{path}/derivedRevealDocument.json").read_bytes()
    assert VERIFIER.verify(derived, Policy(profile="proof")).verdict is Verdict.VALID
    codes = {check.code for check in VERIFIER.verify(derived).checks}
    assert "status.not_shown" in codes
    assert "status.none_offered" not in codes
    base = VERIFIER.verify(shared(f"{path}/addSignedSDBase.json").read_bytes(), Policy(profile="proof"))
    assert base.verdict is Verdict.UNDETERMINED
    assert "proof.base_only" in {check.code for check in base.checks}
