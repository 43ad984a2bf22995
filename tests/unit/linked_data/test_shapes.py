"""The cache of shapes: what it learns, what it leaves to the complete path, and that it stays bounded."""

from __future__ import annotations

import json
import random
import tracemalloc
from typing import Any

import pytest

from testamur.errors import LinkedDataError, UndefinedTerm
from testamur.linked_data import (
    CREDENTIALS_V2,
    OPEN_BADGES_3,
    PINNED,
    Contexts,
    canonicalize,
    canonicalize_quads,
    complete_quads,
    to_rdf,
)
from testamur.linked_data.shapes import ShapeCache, Unshaped, cache, compile_shape, skeleton
from testamur.linked_data.shapes.plan import Plan


def document(name: str = "Ana", **members: Any) -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3],
        "id": "https://uni.example/c/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name,
        "issuer": {"id": "https://uni.example", "type": ["Profile"], "name": "Uni"},
        **members,
    }


def test_the_second_document_of_a_shape_is_known() -> None:
    shapes = ShapeCache()
    for name in ("Ana", "김서연", 'Ngọc "Ny"'):
        expected = canonicalize_quads(complete_quads(document(name))).nquads
        assert shapes.canonical(document(name), "sha256") == expected
    assert shapes.counts == (2, 1, 0)


@pytest.mark.parametrize(
    "members",
    [
        {"@context": [CREDENTIALS_V2, {"name": "https://schema.org/name"}]},
        {"@context": {"name": "https://schema.org/name"}},
        {"unheardOf": "x"},
        {"name": "\ud800"},
        {"name": "\uffff"},
        {"id": "relative"},
        {"issuer": {"id": "https://uni.example/#a#b"}},
        {"name": ("a", "tuple")},
        {"name": type("Text", (str,), {})("of another class")},
        {"verifiableCredential": [document()]},
    ],
    ids=lambda members: next(iter(members)),
)
def test_what_is_not_covered_is_left_to_the_complete_path(members: dict[str, Any]) -> None:
    shapes = ShapeCache()
    for _ in range(2):
        assert shapes.canonical(document(), "sha256") is not None
        assert shapes.canonical(document(**members), "sha256") is None
    assert shapes.counts == (1, 1, 2)


def test_an_error_is_that_of_the_complete_path_with_its_place() -> None:
    canonicalize(document(description="Reads data"))
    with pytest.raises(UndefinedTerm) as caught:
        canonicalize(document(issuer={"id": "https://uni.example", "type": ["Profile"], "grade": "A"}))
    assert caught.value.facts["path"] == "/issuer/grade"


def test_numbers_and_truth_values_that_python_takes_for_equal_have_different_shapes() -> None:
    keys = {skeleton(document(value=value))[0] for value in (1, 1.0, True, 0, False, -0.0, None, "1")}
    assert len(keys) == 8


def test_nesting_and_order_belong_to_the_shape() -> None:
    values: list[Any] = [
        ["a"],
        [["a"]],
        {"a": "b"},
        {"a": {"b": "c"}},
        {"b": "c", "a": "d"},
        [{"a": "b"}, "c"],
        [{"a": "b", "c": "d"}],
        [],
        {},
    ]
    assert len({skeleton(document(evidence=value))[0] for value in values}) == len(values)


def test_contexts_of_ones_own_are_not_mixed_up_with_the_pinned_ones() -> None:
    """The same document under contexts of the same address that say something else."""
    changed = PINNED.get(OPEN_BADGES_3)
    changed["@context"]["audience"] = "https://elsewhere.example/audience"
    other = Contexts.with_documents({OPEN_BADGES_3: changed}, base=PINNED)
    plain = document(audience="x")
    assert b"elsewhere" in canonicalize(plain, contexts=other)
    with pytest.raises(UndefinedTerm):
        canonicalize(plain)


def test_no_pinned_context_has_a_term_with_a_colon() -> None:
    """What an identifier expands to would then depend on more than its scheme (`tracing`)."""

    def terms(value: Any) -> list[str]:
        if isinstance(value, list):
            return [term for entry in value for term in terms(entry)]
        if not isinstance(value, dict):
            return []
        return list(value) + [
            term for entry in value.values() if isinstance(entry, dict) for term in terms(entry.get("@context"))
        ]

    found = [(url, term) for url in PINNED.urls() for term in terms(PINNED.get(url)["@context"])]
    assert len(found) > 500
    assert [entry for entry in found if ":" in entry[1]] == []


def test_a_shape_keeps_no_text_of_a_person() -> None:
    shape = compile_shape(document("Ana Andromeda"))
    kept = json.dumps([shape.plan.statements, shape.fixed, shape.holes], default=str)
    assert "Ana" not in kept
    assert "uni.example" not in kept


def test_the_cache_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_FAMILIES", 3)
    monkeypatch.setattr(cache, "MAX_VARIANTS", 2)
    shapes = ShapeCache()
    for count in range(1, 9):
        evidence = [{"type": ["Evidence"], "name": str(number)} for number in range(count)]
        assert shapes.canonical(document(evidence=evidence), "sha256") is not None
    assert len(shapes._families) <= 3
    for scheme in ("https://", "http://", "urn:", "did:", "tag:"):
        assert shapes.canonical(document(id=f"{scheme}x:y"), "sha256") is not None
    assert all(len(family) <= 2 for family in shapes._families.values())


def test_what_all_shapes_weigh_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    def heavy(number: int) -> dict[str, Any]:
        named = {f"https://uni.example/{number}/{each}/{'x' * 60}": "a text" for each in range(20)}
        return document(evidence=[{"type": ["Evidence"], **named} for _ in range(5)])

    alone = ShapeCache()
    tracemalloc.start()
    assert alone.canonical(heavy(0), "sha256") is not None
    assert alone.canonical(heavy(1), "sha256") is not None
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    weight = sum(shape.weight for family in alone._families.values() for shape in family)
    assert held / 3 < weight < 3 * held
    monkeypatch.setattr(cache, "MAX_BYTES", 2 * weight)
    shapes = ShapeCache()
    for number in range(12):
        one = heavy(number)
        assert shapes.canonical(one, "sha256") == canonicalize_quads(complete_quads(one)).nquads
        kept = sum(shape.weight for family in shapes._families.values() for shape in family)
        assert 0 < kept == shapes._weight <= 2 * weight
    for scheme in ("https://", "http://", "urn:", "did:", "tag:", "ftp://"):
        shapes.canonical(document(id=f"{scheme}x:y"), "sha256")
    assert shapes._weight == sum(shape.weight for family in shapes._families.values() for shape in family)


def test_what_is_made_for_the_orders_of_strangers_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ORDERS", 400_000)
    draw = random.Random(1)
    shapes = ShapeCache()
    sizes = set()
    for number in range(60):
        named = [{"id": f"https://uni.example/{draw.random()}", "type": ["Evidence"], "genre": "a"} for _ in range(30)]
        blank = [{"type": ["Evidence"], "name": str(draw.random())} for _ in range(10 + number % 2)]
        one = document(evidence=named + blank)
        assert shapes.canonical(one, "sha256") == canonicalize_quads(complete_quads(one)).nquads
        templates = [
            template
            for family in shapes._families.values()
            for shape in family
            for template in (
                *(part for each in shape.plan._layouts.values() for part in (each.head, each.rest)),
                *(template for row in shape.plan._blank for template in row if template is not None),
            )
        ]
        sizes.add(sum(3 * template.size for template in templates))
    assert 200_000 < max(sizes) < 400_000
    assert shapes.counts == (58, 2, 0)


@pytest.mark.parametrize(
    "long",
    [{"id": "_:" + "a" * 60_000}, {"termsOfUse": {"type": "X" * 60_000, "id": "https://uni.example/terms"}}],
    ids=["fixed", "key"],
)
def test_a_shape_that_would_keep_a_long_text_is_not_kept(long: dict[str, Any]) -> None:
    shapes = ShapeCache()
    contexts = [CREDENTIALS_V2, OPEN_BADGES_3, "https://www.w3.org/ns/credentials/undefined-terms/v2"]
    for _ in range(2):
        made = shapes.canonical(document(**{"@context": contexts}, **long), "sha256")
        assert made == canonicalize_quads(complete_quads(document(**{"@context": contexts}, **long))).nquads
    assert shapes.counts == (0, 2, 0)
    assert not shapes._families


def test_a_document_with_very_many_texts_is_not_taken_apart() -> None:
    with pytest.raises(Unshaped):
        skeleton(document(name=["x"] * 2_000))


def test_a_text_with_a_direction_is_refused_where_nothing_is_signed_even_when_its_shape_is_known() -> None:
    directed = document(name={"@value": "عربي", "@language": "ar", "@direction": "rtl"})
    signed = canonicalize(directed)
    assert canonicalize(directed) == signed
    with pytest.raises(LinkedDataError):
        to_rdf(directed)
    assert to_rdf(directed, rdf_direction="i18n-datatype") == complete_quads(directed)


def test_a_thing_that_is_named_twice_is_one_subject_with_one_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the complete algorithm, which would be asked about two equal subjects otherwise."""

    def twice(identifier: str, other: str) -> dict[str, Any]:
        return document(
            evidence=[
                {"id": identifier, "type": ["Evidence"], "name": "Essay"},
                {"id": other, "type": ["Evidence"], "name": "Essay"},
            ]
        )

    pairs = [("https://a.example/1", "https://a.example/1"), ("https://b.example/2", "https://b.example/2")]
    expected = [canonicalize_quads(complete_quads(twice(*pair))).nquads for pair in pairs]
    shapes = ShapeCache()
    with monkeypatch.context() as patch:
        patch.setattr(Plan, "complete", lambda *_: pytest.fail("the complete algorithm was asked"))
        assert [shapes.canonical(twice(*pair), "sha256") for pair in pairs] == expected
    assert shapes.counts == (1, 1, 0)
    apart = twice("https://a.example/1", "https://b.example/2")
    assert shapes.canonical(apart, "sha256") == canonicalize_quads(complete_quads(apart)).nquads
    assert shapes.counts == (1, 2, 0)


def test_nothing_of_a_strangers_document_is_kept() -> None:
    """Of a cohort of one's own the hashes of values that repeat are kept; `canonical` is asked about anybody's document."""
    document = {"@context": CREDENTIALS_V2, "type": "VerifiableCredential", "credentialSubject": {"name": "Ana"}}
    shape = compile_shape(document)
    values = shape.values_of(skeleton(document)[1])
    hashings = [each for each in shape.plan.renderer.hashings if not each.lines]
    for _ in range(3):
        shape.canonical(values)
    assert not any(each.remembered for each in hashings)
    shape.plan.digest(shape.encode(values))
    # Where hashing takes no longer than looking up, nothing is kept of these either.
    assert any(each.remembered for each in hashings) is not shape.plan.renderer.direct
