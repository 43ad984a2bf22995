"""Badges that others signed: the fixtures of the 1EdTech validator, with the contexts that ship and without a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import pytest
from tests.shared import shared

from testamur import strict_json
from testamur.errors import NotFound, ResolutionError
from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.did import key_in_fragment, resolve_verification_method

CASES = "vectors/1edtech/validator-cases/"


class Empty:
    def fetch(self, url: str, *, accept: Sequence[str] = ()) -> NoReturn:
        raise NotFound("nothing there", facts={"url": url})


def test_a_learner_record_of_2022_signed_by_a_did_key_without_fragment() -> None:
    document = strict_json.loads(shared(CASES + "inspector-clr/clr20/complex.json").read_bytes())
    (proof,) = proofs_of(document)
    method = resolve_verification_method(proof["verificationMethod"], Empty())
    assert proof["type"] == "Ed25519Signature2020"
    assert check_proof(document, proof, method.key).code == "proof.verified"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ob30/endorsement-valid.json", "proof.verified"),
        ("ob30/simple-did-web-method.json", "proof.verified"),
        ("ob30/simple-err-expired.json", "proof.verified"),
        ("ob30/bit-string-list/credential-status-revoked.json", "proof.verified"),
        ("ob30/simple-err-proof-value.json", "proof.signature_false"),
        ("ob30/endorsement-err-schema-status-refresh.json", "proof.signature_false"),
        ("ob30/simple-err-type.json", "linked_data.undefined_term"),
        ("ob30/simple-err-evidence-type.json", "linked_data.undefined_term"),
    ],
)
def test_the_mathematics_holds_or_not_while_the_key_is_unbound(name: str, code: str) -> None:
    document = strict_json.loads(shared(CASES + "inspector-vc/" + name).read_bytes())
    (proof,) = proofs_of(document)
    with pytest.raises(ResolutionError) as caught:
        resolve_verification_method(proof["verificationMethod"], Empty())
    assert caught.value.code == "did.unbound_fragment_key"
    key = key_in_fragment(proof["verificationMethod"])
    assert key is not None
    assert check_proof(document, proof, key).code == code
