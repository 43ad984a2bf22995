"""Open Badges with hostile texts and look-alike addresses, against two independent implementations: PyLD for what the JSON means,
pyoxigraph for the canonical form. And: whatever JSON comes in, the answer is a result or one of our errors."""

from __future__ import annotations

import json
import random
from typing import Any

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from testamur.errors import LinkedDataError, TestamurError, UndefinedTerm
from testamur.linked_data import (
    CREDENTIALS_V2,
    OPEN_BADGES_3,
    PINNED,
    Quad,
    canonicalize,
    canonicalize_quads,
    expand,
    parse_nquads,
    serialise,
    to_rdf,
)

FAST = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# -- documents

AWKWARD = [
    "\x00",
    "\b",
    "\t",
    "\n",
    "\x0b",
    "\f",
    "\r",
    "\x1f",
    '"',
    "\\",
    "\x7f",
    "\x85",
    "\u2028",
    "\ufeff",
    "\U0001f600",
    "\U0010ffff",
]
texts = st.lists(
    st.one_of(st.sampled_from(AWKWARD), st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")),
    max_size=8,
).map("".join)
# Pairs that a careless comparison takes for the same: letter case, a port, a percent sign, an accent composed or not, a Cyrillic letter.
addresses = st.sampled_from(
    [
        "https://example.org/a",
        "https://example.org/A",
        "https://EXAMPLE.org/a",
        "https://example.org:443/a",
        "https://example.org/%61",
        "https://example.org/é",
        "https://example.org/e\u0301",
        "https://еxample.org/a",
        "https://example.org/a#",
        "https://example.org/a?",
        "urn:uuid:a7467ef6-56cb-11ec-bf63-0242ac130002",
        "did:web:example.org%3A8080:a",
    ]
)
moments = st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00+09:00", "2026-01-01T00:00:00.000Z"])
languages = st.sampled_from(["ko", "en-GB", "zh-Hant-TW"])


def node(
    type_: str, required: dict[str, Any], optional: dict[str, Any] | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just([type_]), **required}, optional={"id": addresses, **(optional or {})})


identities = st.fixed_dictionaries(
    {
        "type": st.just("IdentityObject"),
        "hashed": st.booleans(),
        "identityHash": texts,
        "identityType": st.just("emailAddress"),
    },
    optional={"salt": texts},
)
alignments = node("Alignment", {"targetName": texts, "targetUrl": addresses}, {"targetCode": texts})
evidence = node("Evidence", {"name": texts}, {"narrative": texts, "genre": texts})
profiles = st.fixed_dictionaries(
    {"id": addresses, "type": st.just(["Profile"]), "name": texts}, optional={"url": addresses}
)
achievements = st.fixed_dictionaries(
    {
        "id": addresses,
        "type": st.just(["Achievement"]),
        "name": texts,
        "description": texts,
        "criteria": st.fixed_dictionaries({"narrative": texts}, optional={"id": addresses}),
    },
    optional={
        "alignment": st.lists(alignments, max_size=3),
        "tag": st.lists(texts, max_size=2),
        "creditsAvailable": st.one_of(
            st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False)
        ),
        "inLanguage": languages,
    },
)
subjects = st.fixed_dictionaries(
    {"type": st.just(["AchievementSubject"]), "achievement": achievements},
    optional={"id": addresses, "identifier": st.lists(identities, max_size=2)},
)
names = st.one_of(texts, st.fixed_dictionaries({"@value": texts, "@language": languages}))
credentials = st.fixed_dictionaries(
    {
        "@context": st.just([CREDENTIALS_V2, OPEN_BADGES_3]),
        "id": addresses,
        "type": st.just(["VerifiableCredential", "OpenBadgeCredential"]),
        "issuer": profiles,
        "validFrom": moments,
        "credentialSubject": subjects,
    },
    optional={"name": names, "evidence": st.lists(evidence, max_size=3), "validUntil": moments},
)


def load(url: str, _options: dict[str, Any]) -> dict[str, Any]:
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": PINNED.get(url)}


def comparable(value: Any) -> Any:
    """Expanded arrays are sets here: no list is among the terms used."""
    if isinstance(value, dict):
        return {key: comparable(member) for key, member in value.items()}
    if isinstance(value, list):
        return sorted((comparable(member) for member in value), key=lambda member: json.dumps(member, sort_keys=True))
    return value


@FAST
@given(credentials)
def test_a_badge_means_what_pyld_says_it_means(document: dict[str, Any]) -> None:
    theirs = jsonld.expand(document, {"documentLoader": load})
    assert json.dumps(comparable(expand(document)), sort_keys=True) == json.dumps(comparable(theirs), sort_keys=True)


def canonical_by_pyoxigraph(quads: list[Quad]) -> bytes:
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(serialise(quads), format=pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    lines = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS)
    assert lines is not None
    return b"".join(sorted(line + b"\n" for line in lines.split(b"\n") if line))


@FAST
@given(credentials)
def test_a_badge_has_the_canonical_form_that_pyoxigraph_gives_it(document: dict[str, Any]) -> None:
    assert canonicalize(document) == canonical_by_pyoxigraph(to_rdf(document))


nodes = st.sampled_from([f"_:n{i}" for i in range(6)])
resources = st.one_of(nodes, st.sampled_from(["<https://example.org/a>", "<https://example.org/b>"]))
graphs = st.lists(
    st.builds(
        Quad,
        resources,
        st.sampled_from(["<https://example.org/p>", "<https://example.org/q>"]),
        st.one_of(resources, st.sampled_from(['"x"', '"y"@en'])),
        st.one_of(st.just(""), resources),
    ),
    max_size=14,
)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(graphs)
def test_a_graph_full_of_blank_nodes_has_the_canonical_form_that_pyoxigraph_gives_it(quads: list[Quad]) -> None:
    assert canonicalize_quads(quads).nquads == canonical_by_pyoxigraph(quads)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(graphs, st.randoms(use_true_random=False))
def test_neither_labels_nor_order_change_the_canonical_form(quads: list[Quad], order: random.Random) -> None:
    labels = [f"_:z{i}" for i in range(6)]
    order.shuffle(labels)
    renamed = [Quad(*(labels[int(term[3:])] if term.startswith("_:n") else term for term in quad)) for quad in quads]
    order.shuffle(renamed)
    assert canonicalize_quads(renamed).nquads == canonicalize_quads(quads).nquads


@FAST
@given(credentials)
def test_what_is_written_is_read_back(document: dict[str, Any]) -> None:
    quads = to_rdf(document)
    assert set(parse_nquads(serialise(quads))) == set(quads)


def shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, dict):
        members = list(value.items())
        order.shuffle(members)
        return {key: member if key == "@context" else shuffled(member, order) for key, member in members}
    return [shuffled(member, order) for member in value] if isinstance(value, list) else value


@FAST
@given(credentials, st.randoms(use_true_random=False))
def test_the_order_of_members_changes_nothing(document: dict[str, Any], order: random.Random) -> None:
    assert canonicalize(shuffled(document, order)) == canonicalize(document)


# -- safe mode


def objects(value: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every object of a document with its JSON Pointer, without contexts and value objects (whose members are fixed)."""
    found = []
    if isinstance(value, dict):
        if "@value" not in value:
            found.append((path, value))
        for key, member in value.items():
            if key != "@context":
                found += objects(member, f"{path}/{key}")
    elif isinstance(value, list):
        for position, member in enumerate(value):
            found += objects(member, f"{path}/{position}")
    return found


@FAST
@given(credentials, st.data())
def test_a_name_that_nothing_defines_is_refused_wherever_it_stands(
    document: dict[str, Any], data: st.DataObject
) -> None:
    canonicalize(document)
    path, place = data.draw(st.sampled_from(objects(document)))
    place["undefinedName"] = data.draw(st.one_of(texts, st.integers(), st.none(), st.lists(texts, max_size=1)))
    with pytest.raises(UndefinedTerm) as refusal:
        canonicalize(document)
    assert refusal.value.facts == {"term": "undefinedName", "path": f"{path}/undefinedName", "kind": "property"}


@FAST
@given(credentials, st.data())
def test_a_type_that_nothing_defines_is_refused_wherever_it_stands(
    document: dict[str, Any], data: st.DataObject
) -> None:
    canonicalize(document)
    path, place = data.draw(
        st.sampled_from([entry for entry in objects(document) if isinstance(entry[1].get("type"), list)])
    )
    place["type"] = [*place["type"], "UndefinedType"]
    with pytest.raises(UndefinedTerm) as refusal:
        canonicalize(document)
    assert refusal.value.facts == {"term": "UndefinedType", "path": f"{path}/type", "kind": "type"}


@FAST
@given(
    credentials,
    st.data(),
    st.sampled_from(["a", "/a", "#a", "", "?a", "//example.org/a", "https://example.org/a b", "a:<b>"]),
)
def test_an_address_that_is_not_absolute_is_refused_wherever_it_stands(
    document: dict[str, Any], data: st.DataObject, address: str
) -> None:
    canonicalize(document)
    path, place = data.draw(st.sampled_from([entry for entry in objects(document) if "id" in entry[1]]))
    place["id"] = address
    with pytest.raises(LinkedDataError) as refusal:
        canonicalize(document)
    assert refusal.value.code in ("linked_data.relative_iri", "linked_data.invalid_iri")
    assert refusal.value.facts["path"] == f"{path}/id"


# -- whatever comes in

KEYS = [
    *(
        "@context",
        "@id",
        "@type",
        "@value",
        "@language",
        "@direction",
        "@list",
        "@set",
        "@graph",
        "@included",
        "@reverse",
        "@nest",
    ),
    *(
        "@index",
        "@vocab",
        "@base",
        "@import",
        "@propagate",
        "@protected",
        "@container",
        "@prefix",
        "@version",
        "@json",
        "@none",
        "@foo",
    ),
    *(
        "id",
        "type",
        "name",
        "achievement",
        "credentialSubject",
        "proof",
        "term",
        "prefix:term",
        "_:b",
        "https://example.org/p",
        "",
    ),
]
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from(KEYS), addresses, st.text(max_size=3),
    st.sampled_from([CREDENTIALS_V2, OPEN_BADGES_3, "Achievement", "@id"]),
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)),
    max_leaves=25,
)


@settings(deadline=None, derandomize=True, max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(anything, st.booleans())
def test_whatever_comes_in_the_answer_is_statements_or_an_error_of_ours(document: Any, safe: bool) -> None:
    try:
        quads = to_rdf(document, safe=safe)
        again = parse_nquads(canonicalize_quads(quads).nquads)
    except TestamurError:
        return
    assert len(again) == len(quads)
