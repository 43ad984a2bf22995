"""A receipt is signed word for word as it was offered, within the hour, and nothing else in the deployment's name."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing

from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.keys import PublicKey
from testamur_site.foundation.keys.api import deployment_did, deployment_did_document, deployment_signer
from testamur_site.foundation.signing.api import Refused
from testamur_site.foundation.signing.desk import Desk
from testamur_site.verification.receipts import services


def unsigned(at: datetime, **changed: Any) -> dict[str, Any]:
    """The least that is signed here; what stands in a receipt is tested with the receipts."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:6d2a6a55-8f6f-4c62-9e35-1f2e7c0fd9b1",
        "type": ["VerifiableCredential"],
        "issuer": services.verifier_profile()["id"],
        "validFrom": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": {"id": "urn:example:document"},
        **changed,
    }


def offer(document: dict[str, Any]) -> str:
    return signing.dumps(document, salt=services.SALT, compress=True)


def code(document: dict[str, Any], offered: str, **changed: Any) -> str | None:
    item = {"row": document["id"], "document": document, "created": document["validFrom"], "offer": offered, **changed}
    (outcome,) = deployment_signer().secure_rows("receipt", [item])
    return outcome.code if isinstance(outcome, Refused) else None


def test_what_was_offered_is_signed(desk: Desk) -> None:
    signed = json.loads(services.redeem(offer(unsigned(datetime.now(UTC)))))
    (proof,) = proofs_of(signed)
    methods = {one["id"]: one for one in deployment_did_document()["verificationMethod"]}
    key = PublicKey.from_multikey(methods[proof["verificationMethod"]]["publicKeyMultibase"])
    assert check_proof(signed, proof, key).outcome == "passed"
    assert signed["issuer"] == deployment_did()


def test_anything_else_is_refused(desk: Desk) -> None:
    now = datetime.now(UTC)
    document = unsigned(now)
    offered = offer(document)
    assert code(document, offered) is None
    assert code({**document, "credentialSubject": {"id": "urn:example:other"}}, offered) == "receipt.not_offered"
    assert code(document, "forged") == "receipt.not_offered"
    assert code(document, offered, row="urn:uuid:other") == "receipt.not_offered"
    assert code(document, 7) == "receipt.not_offered"  # type: ignore[arg-type]
    assert code({**document, "issuer": "did:web:elsewhere.example"}, offered) == "signing.issuer"
    early = unsigned(now - timedelta(hours=2))
    assert code(early, offer(early)) == "signing.date"
