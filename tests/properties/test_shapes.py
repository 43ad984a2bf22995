"""A compiled shape gives exactly the bytes of the complete path, whatever stands in its holes, or says that it does not cover them.

The complete path is `complete_quads` and `canonicalize_quads`, which know nothing of shapes. TESTAMUR_EXAMPLES runs more examples by hand.
"""

from __future__ import annotations

import copy
import hashlib
import os
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.kernel_forms import FORMS, running

from testamur.errors import LinkedDataError
from testamur.linked_data import CREDENTIALS_V2, OPEN_BADGES_3, canonicalize_quads, complete_quads
from testamur.linked_data.shapes import ShapeCache, Unshaped, compile_shape, skeleton, with_texts

EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "300"))

HOSTILE = [
    "", " ", '"', "\\", '\\"', "a\\", "\n", "\r\n", "\t", "\x00", "\x08", "\x0c", "\x1f", "\x7f", "\x85", "\x9f", "\u2028", "\u2029",
    "\ufeff", "%", "%b", "%%", "%(a)s", "{0}", "_:c14n0", "_:a", "<a>", '"@en', '"^^<http://www.w3.org/2001/XMLSchema#date>', " .\n",
    "é", "e\u0301", "김서연", "العربية", "👩‍🎓", "\U0010fffd", "\ufdd0", "\ufffd", "0", "true", "null", "A", "B", "a", "@id", "@type",
    "id", "Achievement",
]  # fmt: skip
REFUSED = ["\ud800", "\udfff", "x\ufffe", "\uffff"]
IDENTIFIERS = [
    "https://a.example/", "https://a.example/1", "https://a.example/10", "https://a.example/2", "https://a.example/!", "https://a.example/é",
    "https://а.example/1", "https://A.example/1", "https://a.example/1#", "https://a.example/1#x", "https://z.example/", "https://",
    "https:a", "https:/a", "https://a\x7f", "https://\x9f", "https:///", "https://uni.example/achievements/1", "https://uni.example",
    "https://\U0010fffd",
]  # fmt: skip
ODD_IDENTIFIERS = [
    "HTTPS://a.example/1", "http://a.example/1", "urn:uuid:1", "did:web:a", "a", "", "_:b0", "@id", "id", "https", "https:// a", "https://a#b#c",
    "https://a\n", "https://a\x1fb", "https://a>", 'https://a"', "https://a\\b", "schema:name", "ext:x", "https://a\ufffe", "xsd:date",
    "type", "../a",
]  # fmt: skip

texts = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
any_text = st.one_of(texts, texts, texts, st.sampled_from(REFUSED))
identifiers = st.sampled_from(IDENTIFIERS)
any_identifier = st.one_of(identifiers, identifiers, identifiers, st.sampled_from(ODD_IDENTIFIERS))


def complete(document: Any) -> bytes:
    return canonicalize_quads(complete_quads(document)).nquads


def alignment(name: Any, target: Any) -> dict[str, Any]:
    return {"type": ["Alignment"], "targetName": name, "targetUrl": target, "targetType": "ext:skill"}


def credential(text: Any, identifier: Any) -> dict[str, Any]:
    """A credential in which every kind of hole and of group occurs, with texts and identifiers as the functions give them."""
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3],
        "id": identifier(),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": text(),
        "issuer": {"id": "https://uni.example", "type": ["Profile"], "name": text()},
        "validFrom": text(),
        "validUntil": text(),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "creditsEarned": 2.5,
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": text(), "identityType": "name"},
                {"type": "IdentityObject", "hashed": True, "identityHash": text(), "identityType": "name", "salt": text()},
            ],
            "result": [{"type": ["Result"], "value": text(), "resultDescription": identifier()}],
            "achievement": {
                "id": "https://uni.example/achievements/1",
                "type": ["Achievement"],
                "name": "Statistics 100%",
                "tag": [text(), "data", text()],
                "criteria": {"narrative": text()},
                "alignment": [alignment(text(), "https://a.example/1"), alignment("B", identifier())],
            },
        },
        "evidence": [
            {"id": identifier(), "type": ["Evidence"], "name": text()},
            {"id": identifier(), "type": ["Evidence"], "name": text()},
            {"type": ["Evidence"], "narrative": text()},
        ],
        "credentialStatus": {"id": identifier(), "type": "BitstringStatusListEntry", "statusListIndex": text()},
    }  # fmt: skip


def numbered(prefix: str) -> Any:
    count = iter(range(1000))
    return lambda: f"{prefix}{next(count)}"


PROBE = credential(numbered("text "), numbered("https://probe.example/"))
SHAPES = []
for form in FORMS.values():
    with running(form):
        SHAPES.append(compile_shape(PROBE))
SHAPE = SHAPES[0]


def canonical_by_shape(values: list[str]) -> bytes:
    """By every form of the kernels, which agree; and their hash, made without the whole text, is its hash."""
    found = set()
    for shape in SHAPES:
        canonical = shape.canonical(values)
        found.add(canonical)
        with suppress(Unshaped):  # an ambiguity: the complete algorithm has decided above
            assert shape.plan.digest(shape.encode(values)) == hashlib.sha256(canonical).digest()
    (canonical,) = found
    return canonical


def outcome(function: Any, document: Any) -> Any:
    try:
        return function(document)
    except LinkedDataError as error:
        return error.code


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_shape_gives_the_bytes_of_the_complete_path(data: st.DataObject) -> None:
    document = credential(lambda: data.draw(any_text), lambda: data.draw(any_identifier))
    expected = outcome(complete, document)
    key, found = skeleton(document)
    assert key == skeleton(PROBE)[0]
    try:
        canonical = canonical_by_shape(SHAPE.values_of(found))
    except Unshaped:
        return
    assert canonical == expected


def endorsed(text: Any, identifier: Any) -> dict[str, Any]:
    """A credential with signed ones in it: each proof is a graph of its own, whose name is a blank node."""

    def proof() -> dict[str, Any]:
        return {
            "type": "DataIntegrityProof",
            "cryptosuite": text(),
            "created": text(),
            "verificationMethod": identifier(),
            "proofPurpose": "assertionMethod",
            "proofValue": text(),
        }

    def endorsement(proofs: Any) -> dict[str, Any]:
        return {
            "@context": [CREDENTIALS_V2, OPEN_BADGES_3],
            "id": identifier(),
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "issuer": {"id": identifier(), "type": ["Profile"], "name": text()},
            "credentialSubject": {"id": identifier(), "type": ["EndorsementSubject"], "endorsementComment": text()},
            "proof": proofs,
        }

    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3],
        "id": identifier(),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": text(),
        "issuer": {"id": "https://uni.example", "type": ["Profile"], "name": text()},
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {"id": identifier(), "type": ["Achievement"]},
        },
        "endorsement": [endorsement(proof()), endorsement([proof(), {"id": identifier(), **proof()}])],
    }


ENDORSED = []
for form in FORMS.values():
    with running(form):
        ENDORSED.append(compile_shape(endorsed(numbered("text "), numbered("https://probe.example/")), graphs=True))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_named_graphs_too_where_they_are_asked_for(data: st.DataObject) -> None:
    few = st.sampled_from(["a", "b", '"', "김", "_:c14n0"])
    document = endorsed(
        lambda: data.draw(st.one_of(few, few, any_text)), lambda: data.draw(st.one_of(identifiers, any_identifier))
    )
    expected = outcome(complete, document)
    values = ENDORSED[0].values_of(skeleton(document)[1])
    for shape in ENDORSED:
        try:
            canonical = shape.canonical(values)
        except Unshaped:
            continue
        assert canonical == expected
        assert canonicalize_quads(shape.quads(values)).nquads == expected
        with suppress(Unshaped):
            assert shape.plan.digest(shape.encode(values)) == hashlib.sha256(canonical).digest()
    with pytest.raises(Unshaped):
        compile_shape(document)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_values_that_are_fit_are_covered(data: st.DataObject) -> None:
    """Equal values, equal identifiers and an identifier that another subject has are ambiguous, and yet the shape gives the answer."""
    fit = ["https://" + rest for rest in ("a", "b", "a/", "uni.example", "uni.example/achievements/1", "é")]
    document = credential(
        lambda: data.draw(st.sampled_from(["a", "b", '"', "김"])), lambda: data.draw(st.sampled_from(fit))
    )
    assert canonical_by_shape(SHAPE.values_of(skeleton(document)[1])) == complete(document)


@settings(max_examples=EXAMPLES // 3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_specialised_shape_too(data: st.DataObject) -> None:
    known = {number: PROBE_VALUES[number] for number in range(len(PROBE_VALUES)) if number % 3}
    document = credential(lambda: data.draw(texts), lambda: data.draw(identifiers))
    merged = [known.get(number, value) for number, value in enumerate(SHAPE.values_of(skeleton(document)[1]))]
    following = iter(merged)
    holes = set(SHAPE.numbers)
    position = iter(range(1000))
    document = with_texts(document, lambda text: next(following) if next(position) in holes else text)
    special = SPECIAL
    try:
        canonical = special.canonical(special.values_of(skeleton(document)[1]))
    except Unshaped:
        return
    assert canonical == outcome(complete, document)


PROBE_VALUES = SHAPE.values_of(skeleton(PROBE)[1])
SPECIAL = SHAPE.specialised({number: PROBE_VALUES[number] for number in range(len(PROBE_VALUES)) if number % 3})

json_values = st.recursive(
    st.one_of(texts, st.booleans(), st.none(), st.integers(-3, 3), st.sampled_from([1.0, 0.5, -0.0, 1e21, 1e300])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "id", "tag", "type", "a", "@value", "@language", "@direction"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)


def places(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [(value, key) for key in value] + [place for member in value.values() for place in places(member)]
    if isinstance(value, list):
        return [(value, key) for key in range(len(value))] + [place for member in value for place in places(member)]
    return []


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_cache_agrees_on_documents_that_are_changed_anywhere(data: st.DataObject) -> None:
    """One cache sees all documents, so that what it learned from one is tried on the next."""
    document = copy.deepcopy(PROBE)
    for _ in range(data.draw(st.integers(0, 2))):
        container, key = data.draw(st.sampled_from(places(document)))
        container[key] = data.draw(st.one_of(any_text, any_identifier, json_values))
    expected = outcome(complete, document)
    found = CACHE.canonical(document, "sha256")
    assert found is None or found == expected
    if isinstance(expected, str):
        assert found is None
    plain = data.draw(st.booleans())
    quads = outcome(lambda each: complete_quads(each, rdf_direction=None if plain else "i18n-datatype"), document)
    found_quads = CACHE.quads(document, directed=not plain)
    assert found_quads is None or found_quads == quads


CACHE = ShapeCache()


@pytest.mark.parametrize("hash_name", ["sha256", "sha384"])
def test_the_hash_inside_counts(hash_name: Any) -> None:
    expected = canonicalize_quads(complete_quads(PROBE), hash_name=hash_name).nquads
    cache = ShapeCache()
    assert cache.canonical(PROBE, hash_name) == cache.canonical(PROBE, hash_name) == expected
