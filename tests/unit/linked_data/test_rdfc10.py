"""RDFC-1.0 against the W3C suite, case by case."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.shared import shared

from testamur.errors import TooComplex
from testamur.linked_data import canonicalize_quads, rdfc10

SUITE = shared("vectors/w3c/rdf-canon/tests")
CASES: list[dict[str, Any]] = json.loads((SUITE / "manifest.jsonld").read_bytes())["entries"]


def by_kind(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["id"][1:]) for case in CASES if case["type"] == f"rdfc:RDFC10{kind}Test"]


def hash_of(case: dict[str, Any]) -> rdfc10.HashName:
    return "sha384" if case.get("hashAlgorithm") == "SHA384" else "sha256"


def test_the_suite_is_whole() -> None:
    assert (len(by_kind("Eval")), len(by_kind("Map")), len(by_kind("NegativeEval"))) == (64, 21, 1)
    assert sum(hash_of(case) == "sha384" for case in CASES) == 2


@pytest.mark.parametrize("case", by_kind("Eval"))
def test_canonical_form(case: dict[str, Any]) -> None:
    result = canonicalize_quads((SUITE / case["action"]).read_bytes(), hash_name=hash_of(case))
    assert result.nquads == (SUITE / case["result"]).read_bytes()


@pytest.mark.parametrize("case", by_kind("Map"))
def test_issued_identifiers(case: dict[str, Any]) -> None:
    result = canonicalize_quads((SUITE / case["action"]).read_bytes(), hash_name=hash_of(case))
    assert result.issued_identifiers == json.loads((SUITE / case["result"]).read_bytes())


@pytest.mark.parametrize("case", by_kind("NegativeEval"))
def test_poison_graph_of_the_suite(case: dict[str, Any]) -> None:
    with pytest.raises(TooComplex) as refusal:
        canonicalize_quads((SUITE / case["action"]).read_bytes())
    assert refusal.value.code == "linked_data.too_complex"
    assert refusal.value.facts["work_limit"] == rdfc10.DEFAULT_WORK_LIMIT
