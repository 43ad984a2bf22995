"""A document that was taken apart once says the same of itself as the complete path, however it is asked."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.test_shapes import EXAMPLES, SHAPE, any_identifier, any_text, credential

from testamur.linked_data import complete_quads, matched
from testamur.linked_data.matched import Matched, match
from testamur.linked_data.rdfc10 import canonicalize_quads
from testamur.linked_data.shapes import ShapeCache
from testamur.linked_data.shapes.tracing import AddressHoles, beginning_matches, fits, fitting


def documents(data: st.DataObject) -> dict[str, Any]:
    return credential(lambda: data.draw(any_text), lambda: data.draw(any_identifier))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_statements_objects_and_bytes_are_those_of_the_complete_path(data: st.DataObject) -> None:
    document = documents(data)
    known = matched(document)
    if known is None:
        return
    quads = complete_quads(document)
    assert known.quads() == quads
    assert known.canonical() == known.canonical() == canonicalize_quads(quads).nquads
    for quad in quads:
        if not quad.subject.startswith("_:"):
            same = {each.object for each in quads if (each.subject, each.predicate) == (quad.subject, quad.predicate)}
            assert known.objects(quad.subject, quad.predicate) == same
    assert known.objects("<https://nobody.example>", quads[0].predicate) == set()


@settings(max_examples=EXAMPLES, deadline=None)
@given(any_identifier | any_text, st.sampled_from(["https://", "https:", "urn:", "did:", "http://"]))
def test_the_expression_for_a_hole_fits_what_may_stand_in_it(text: str, hole: str) -> None:
    fitted = re.compile(fitting(hole)).fullmatch(text) is not None
    assert fitted == beginning_matches(text, hole) == fits(text, hole)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_identifiers_are_looked_at_together_as_they_would_be_one_by_one(data: st.DataObject) -> None:
    values = [data.draw(any_identifier if hole else any_text) for hole in SHAPE.holes]
    pairs = zip(values, SHAPE.holes, strict=True)
    assert SHAPE.covers(values) == all(beginning_matches(text, hole) for text, hole in pairs if hole)


ALIKE = st.text("htps:/#%<\\ \x7fé\ufffe", max_size=8)
HOLES = st.sampled_from(["https://", "https:", "urn:", "did:", "http://"])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.tuples(st.builds(str.__add__, HOLES, ALIKE) | any_identifier | any_text, HOLES), max_size=4))
def test_written_addresses_are_looked_at_together_as_they_would_be_one_by_one(pairs: list[tuple[str, str]]) -> None:
    pairs = [(text, hole) for text, hole in pairs if not any("\ud800" <= letter <= "\udfff" for letter in text)]
    written = [json.dumps(text, ensure_ascii=False)[1:-1].encode() for text, _ in pairs]
    fit = AddressHoles([hole for _, hole in pairs]).all_fit(written)
    assert fit == all(beginning_matches(text, hole) for text, hole in pairs)


def test_what_the_shape_alone_decides_is_worked_out_once() -> None:
    shapes, worked = ShapeCache(), []

    def names(each: Matched) -> int:
        return each.settled("names", lambda: worked.append(1) or len(worked))

    first = match(shapes, credential(lambda: "a", lambda: "https://a.example/1"), "sha256")
    texts = iter(f"text {number}" for number in range(100))
    addresses = iter(f"https://a.example/{number}" for number in range(2, 100))
    second = match(shapes, credential(lambda: next(texts), lambda: next(addresses)), "sha256")
    third = match(shapes, credential(lambda: next(texts), lambda: next(addresses)), "sha256")
    assert first is not None
    assert second is not None
    assert third is not None
    assert names(second) == names(third)
