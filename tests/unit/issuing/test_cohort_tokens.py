"""A cohort as JSON Web Tokens: what is compiled, what is noticed, and that no shortcut past the rules exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.issuing.test_cohort import ACHIEVEMENT, ANA, AWARD, CREATED, ISSUER, KEY, METHOD, Several

from testamur import strict_json
from testamur.errors import IssuingRefused, ProofError
from testamur.issuing import CohortTokenIssuer, CohortTokenVerifier, Examined, compose, issue_token
from testamur.model import Achievement
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.keys import PrivateKey
from testamur.proofs.vc_jose_cose import check_secured
from testamur.status.bitstring_status_list import status_entry


def cohort(signer: Any = KEY, **members: Any) -> CohortTokenIssuer:
    achievement = Achievement.from_json({**ACHIEVEMENT, **members})
    return CohortTokenIssuer(ISSUER, achievement, signer, verification_method=METHOD)


@pytest.fixture(scope="module")
def issued() -> tuple[CohortTokenIssuer, list[bytes]]:
    each = cohort()
    pairs = [
        (
            replace(ANA, name=name),
            replace(
                AWARD,
                id=f"https://uni.example/c/{number}",
                valid_until=CREATED + timedelta(days=365),
                status_entry=status_entry("https://uni.example/status/1", number),
            ),
        )
        for number, name in enumerate(["Ana", "김서연", "👩‍🎓", 'N"y'])
    ]
    return each, [token for token in each.issue_many(pairs) if isinstance(token, bytes)]


def test_signature_dates_and_status_are_looked_at(issued: tuple[CohortTokenIssuer, list[bytes]]) -> None:
    each, tokens = issued
    asked: list[tuple[str, int]] = []
    verifier = CohortTokenVerifier(each, KEY.public, lambda url, index: bool(asked.append((url, index))) or index == 1)
    found = list(verifier.verify_many([*tokens, b"", tokens[0].replace(b".", b"..")], now=CREATED))
    well = Examined(signed=True, in_force=True, withdrawn=False)
    # The last has an escape in its name: it is for the complete verification, as is what is no token.
    assert found == [well, well._replace(withdrawn=True), well, None, None, None]
    assert asked == [("https://uni.example/status/1", number) for number in range(3)]
    for moment in (CREATED - timedelta(seconds=1), CREATED + timedelta(days=366)):
        assert verifier.verify(tokens[0], now=moment) == well._replace(in_force=False)
    other = CohortTokenVerifier(each, PrivateKey.generate().public, lambda _url, _index: pytest.fail("asked"))
    assert other.verify(tokens[0], now=CREATED) == Examined(signed=False, in_force=True, withdrawn=None)


def test_every_changed_character_is_noticed(issued: tuple[CohortTokenIssuer, list[bytes]]) -> None:
    each, tokens = issued
    verifier = CohortTokenVerifier(each, KEY.public, lambda _url, _index: False)
    token = tokens[1]
    changed = [token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :] for at in range(len(token))]
    assert all(found is None or not found.signed for found in verifier.verify_many(changed, now=CREATED))


def test_what_is_of_another_cohort_is_not_recognised(issued: tuple[CohortTokenIssuer, list[bytes]]) -> None:
    each, tokens = issued
    assert CohortTokenVerifier(cohort(), KEY.public, lambda *_: False).verify(tokens[0], now=CREATED) is None
    other = cohort(name="Other").issue(ANA, AWARD)
    assert CohortTokenVerifier(each, KEY.public, lambda *_: False).verify(other, now=CREATED) is None


def test_an_index_that_is_none_decides_nothing(issued: tuple[CohortTokenIssuer, list[bytes]]) -> None:
    """The key itself has signed it: then it is for the complete verification."""
    each, tokens = issued
    header = tokens[0].partition(b".")[0]
    payload = check_secured(tokens[0], "vc+jwt", KEY.public).document
    assert payload is not None
    document = {**payload, "credentialStatus": {**payload["credentialStatus"], "statusListIndex": "007"}}
    token = issue_unchecked(header, document)
    assert CohortTokenVerifier(each, KEY.public, lambda *_: False).verify(token, now=CREATED) is None


def issue_unchecked(header: bytes, document: dict[str, Any]) -> bytes:
    signing_input = header + b"." + base64url_encode(strict_json.dumps(document)).encode()
    return signing_input + b"." + base64url_encode(KEY.sign(signing_input)).encode()


@pytest.mark.parametrize("algorithm", ["P-256", "P-384", "RSA"])
def test_other_keys_sign_the_same_way(algorithm: str) -> None:
    key = PrivateKey.generate(algorithm)
    each = cohort(key)
    document = compose(ISSUER, Achievement.from_json(ACHIEVEMENT), ANA, AWARD)
    token = each.issue(ANA, AWARD)
    assert token == issue_token(document, key, verification_method=METHOD)
    assert each.counts == (1, 0, 1)
    found = CohortTokenVerifier(each, key.public, lambda *_: False).verify(token, now=CREATED)
    assert found == Examined(signed=True, in_force=True, withdrawn=None)


def test_a_signer_of_many_is_asked_once_and_refusals_stand_in_their_place() -> None:
    signer = Several()
    each = cohort(signer)
    pairs = [(ANA, replace(AWARD, id=f"https://uni.example/c/{number}")) for number in range(5)]
    outcomes = list(each.issue_many([*pairs, (replace(ANA, salt="short"), AWARD)]))
    assert signer.asked == [5]
    assert outcomes[:5] == [cohort().issue(*pair) for pair in pairs]
    assert isinstance(outcomes[5], IssuingRefused)


def test_a_key_that_signs_no_tokens_is_refused() -> None:
    signer = Several()
    signer.algorithm = "secp256k1"
    with pytest.raises(ProofError) as refused:
        cohort(signer).issue(ANA, AWARD)
    assert refused.value.code == "jose.key_algorithm_mismatch"
