"""RDFC-1.0 against the W3C suite, case by case, and against graphs that are made to be slow."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from tests.shared import shared

from testamur.errors import LinkedDataError, TooComplex
from testamur.linked_data import Quad, canonicalize_quads, parse_nquads, rdfc10

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


def clique(size: int) -> list[Quad]:
    return [Quad(f"_:n{a}", "<https://example.org/p>", f"_:n{b}") for a, b in permutations(range(size), 2)]


@pytest.mark.parametrize("size", range(6, 13))
def test_a_clique_is_refused_by_the_amount_of_work(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused because the units are used up, not because somebody waited: the hashes made are counted, not the seconds."""
    hashed = 0
    original = rdfc10._Canonicaliser._digest

    def counting(self: rdfc10._Canonicaliser, text: str) -> str:
        nonlocal hashed
        hashed += 1
        return original(self, text)

    monkeypatch.setattr(rdfc10._Canonicaliser, "_digest", counting)
    with pytest.raises(TooComplex) as refusal:
        canonicalize_quads(clique(size))
    assert refusal.value.facts["blank_nodes"] == size
    assert hashed <= rdfc10.DEFAULT_WORK_LIMIT + size


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_a_small_clique_is_canonicalised_whatever_its_labels(size: int) -> None:
    quads = clique(size)
    renamed = [Quad(quad.subject + "x", quad.predicate, quad.object + "x") for quad in reversed(quads)]
    assert canonicalize_quads(quads).nquads == canonicalize_quads(renamed).nquads


def test_a_long_chain_of_equal_nodes_is_refused_and_does_not_exhaust_the_stack() -> None:
    ring = [Quad(f"_:n{i}", "<https://example.org/next>", f"_:n{(i + 1) % 2000}") for i in range(2000)]
    with pytest.raises(TooComplex):
        canonicalize_quads(ring, work_limit=10**9)


def test_the_work_limit_is_the_callers_to_choose() -> None:
    assert canonicalize_quads(clique(4)).nquads
    with pytest.raises(TooComplex):
        canonicalize_quads(clique(4), work_limit=10)


def test_a_statement_given_twice_counts_once() -> None:
    quad = Quad("_:a", "<https://example.org/p>", '"x"')
    assert canonicalize_quads([quad, quad]).nquads == b'_:c14n0 <https://example.org/p> "x" .\n'


def test_lines_are_in_code_point_order_not_in_utf_16_order() -> None:
    """U+FFFD sorts before U+1F600 by code point, after it by UTF-16 unit (as JavaScript would)."""
    quads = [
        Quad("<https://example.org/s>", "<https://example.org/p>", f'"{text}"') for text in ("\U0001f600", "\ufffd")
    ]
    lines = canonicalize_quads(quads).nquads.decode().split("\n")
    assert ["\ufffd" in lines[0], "\U0001f600" in lines[1]] == [True, True]


def test_an_unknown_hash_is_refused() -> None:
    with pytest.raises(LinkedDataError, match="SHA-256 or SHA-384"):
        canonicalize_quads([], hash_name="md5")  # type: ignore[arg-type]


def test_the_empty_dataset_has_an_empty_form() -> None:
    assert canonicalize_quads(parse_nquads(b"")).nquads == b""
