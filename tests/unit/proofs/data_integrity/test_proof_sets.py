"""Proofs beside each other are independent; proofs that build on each other hold only together."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.proofs.data_integrity.signing import (
    FIRST_ID,
    KEY,
    P256,
    SECOND_ID,
    check,
    has_failed,
    sign,
)

from testamur.errors import Malformed
from testamur.proofs.data_integrity import (
    ProofResult,
    matching_previous,
    proofs_of,
)


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_proofs_of_a_set_are_independent(suite: str) -> None:
    both = sign(sign(cryptosuite=suite), P256, cryptosuite=suite.replace("eddsa", "ecdsa").replace("2022", "2019"))
    assert [check(both, KEY.public, 0).code, check(both, P256.public, 1).code] == ["proof.verified"] * 2
    broken = {**both, "proof": [{**both["proof"][0], "created": "2026-02-24T12:00:01Z"}, both["proof"][1]]}
    assert has_failed(check(broken, KEY.public, 0), "proof.signature_false")
    assert check(broken, P256.public, 1).code == "proof.verified"
    alone = {**both, "proof": both["proof"][1]}
    assert check(alone, P256.public).code == "proof.verified"


@pytest.fixture(params=["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def chained(request: pytest.FixtureRequest) -> dict[str, Any]:
    first = sign(cryptosuite=request.param, proof_id=FIRST_ID)
    second = sign(first, cryptosuite=request.param, proof_id=SECOND_ID)
    return sign(second, cryptosuite=request.param, previous_proof=[FIRST_ID, SECOND_ID])


def test_a_chain_covers_the_proofs_that_it_names(chained: dict[str, Any]) -> None:
    assert [check(chained, index=index).code for index in range(3)] == ["proof.verified"] * 3
    assert matching_previous(chained, chained["proof"][2]) == chained["proof"][:2]
    assert matching_previous(chained, chained["proof"][0]) == []


@pytest.mark.parametrize("gone", [0, 1])
def test_a_missing_link_fails_the_chain_and_nothing_else(chained: dict[str, Any], gone: int) -> None:
    kept = {**chained, "proof": [proof for index, proof in enumerate(chained["proof"]) if index != gone]}
    assert check(kept, index=0).code == "proof.verified"
    result = check(kept, index=1)
    assert has_failed(result, "proof.previous_missing")
    assert result.facts["missing"] == [(FIRST_ID, SECOND_ID)[gone]]
    previous = matching_previous(kept, kept["proof"][1])
    assert isinstance(previous, ProofResult)
    assert previous.code == "proof.previous_missing"


def test_a_changed_link_fails_the_chain(chained: dict[str, Any]) -> None:
    first = {**chained["proof"][0], "created": "2026-02-24T12:00:01Z"}
    assert has_failed(check({**chained, "proof": [first, *chained["proof"][1:]]}, index=2), "proof.signature_false")


def test_a_link_taken_out_of_the_proof_fails(chained: dict[str, Any]) -> None:
    last = {**chained["proof"][2], "previousProof": FIRST_ID}
    assert has_failed(check({**chained, "proof": [*chained["proof"][:2], last]}, index=2), "proof.signature_false")
    unlinked = {name: value for name, value in last.items() if name != "previousProof"}
    assert has_failed(check({**chained, "proof": [*chained["proof"][:2], unlinked]}, index=2), "proof.signature_false")


def test_two_proofs_of_one_id_make_a_link_ambiguous(chained: dict[str, Any]) -> None:
    second = {**chained["proof"][1], "id": FIRST_ID}
    changed = {**chained, "proof": [chained["proof"][0], second, {**chained["proof"][2], "previousProof": FIRST_ID}]}
    assert has_failed(check(changed, index=2), "proof.id_duplicate")


@pytest.mark.parametrize("value", ["proof", 5, True, None, [None], [["x"]], [{}, "x"]])
def test_what_is_no_proof_is_refused(value: Any) -> None:
    with pytest.raises(Malformed) as caught:
        proofs_of({"proof": value})
    assert caught.value.code == "proof.not_an_object"


def test_a_document_with_too_many_proofs_is_refused() -> None:
    assert len(proofs_of({"proof": [{}] * 32})) == 32
    with pytest.raises(Malformed) as caught:
        proofs_of({"proof": [{}] * 33})
    assert (caught.value.code, caught.value.facts["count"]) == ("proof.too_many", 33)


def test_no_proof_is_an_empty_list() -> None:
    assert proofs_of({}) == []
    assert proofs_of({"proof": []}) == []
    assert proofs_of({"proof": {"a": 1}}) == [{"a": 1}]
