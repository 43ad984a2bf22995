"""RDFC-1.0 against graphs that are made to be slow, and in the corners that the W3C suite leaves out."""

from __future__ import annotations

from itertools import permutations

import pytest

from testamur.errors import LinkedDataError, TooComplex
from testamur.linked_data import Quad, canonicalize_quads, parse_nquads, rdfc10


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
