"""Safe mode: nothing that stands in the document may be missing from what is signed. One good document, one change at a time."""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from testamur.errors import ContextUnavailable, LinkedDataError, TooComplex, UndefinedTerm
from testamur.linked_data import CREDENTIALS_V2, OPEN_BADGES_3, canonicalize, expand, to_rdf

GOOD: dict[str, Any] = {
    "@context": [CREDENTIALS_V2, OPEN_BADGES_3],
    "id": "urn:uuid:91537dba-56cb-11ec-bf63-0242ac130002",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "https://example.edu/issuer", "type": ["Profile"], "name": "예시대학교"},
    "validFrom": "2026-01-01T00:00:00Z",
    "name": {"@value": "Teamwork", "@language": "en-GB"},
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "achievement": {
            "id": "https://example.edu/achievements/1",
            "type": ["Achievement"],
            "name": "Teamwork",
            "description": "…",
            "criteria": {"narrative": "…"},
        },
    },
}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    change(document)
    return document


def test_the_document_that_the_other_tests_break_is_good() -> None:
    lines = canonicalize(GOOD).decode().split("\n")
    assert '<urn:uuid:91537dba-56cb-11ec-bf63-0242ac130002> <https://schema.org/name> "Teamwork"@en-gb .' in lines
    assert len(lines) == 15 + 1


def test_any_mapping_will_do() -> None:
    assert canonicalize(MappingProxyType(GOOD)) == canonicalize(GOOD)


def test_the_hash_inside_the_algorithm_is_chosen_by_name() -> None:
    """Two blank nodes whose order depends on the hash: SHA-256 and SHA-384 label them differently."""
    document = changed(lambda d: d["credentialSubject"].update(identifier=[identity(str(i)) for i in range(4)]))
    assert canonicalize(document, hash_name="sha384") != canonicalize(document)


def identity(value: str) -> dict[str, Any]:
    return {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": "emailAddress"}


@pytest.mark.parametrize(
    ("change", "term", "path", "kind"),
    [
        (lambda d: d.update(grade="A"), "grade", "/grade", "property"),
        (lambda d: d["issuer"].update(grade=None), "grade", "/issuer/grade", "property"),
        (
            lambda d: d["credentialSubject"]["achievement"].update({"a/b~c": 1}),
            "a/b~c",
            "/credentialSubject/achievement/a~1b~0c",
            "property",
        ),
        (lambda d: d.update(evidence=[{"type": ["Evidence"]}, {"grade": 1}]), "grade", "/evidence/1/grade", "property"),
        # `achievementType` is defined inside an Achievement and nowhere else.
        (
            lambda d: d["issuer"].update(achievementType="Course"),
            "achievementType",
            "/issuer/achievementType",
            "property",
        ),
        (lambda d: d["type"].append("Grade"), "Grade", "/type", "type"),
        (lambda d: d["issuer"].update(type="Grade"), "Grade", "/issuer/type", "type"),
        (lambda d: d.update({"@foo": 1}), "@foo", "/@foo", "property"),
    ],
)
def test_an_undefined_name_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], object], term: str, path: str, kind: str
) -> None:
    with pytest.raises(UndefinedTerm) as refusal:
        canonicalize(changed(change))
    assert refusal.value.code == "linked_data.undefined_term"
    assert refusal.value.facts == {"term": term, "path": path, "kind": kind}
    assert term in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (lambda d: d.update(id="credentials/1"), "relative_iri", "/id"),
        (lambda d: d.update(id=""), "relative_iri", "/id"),
        (lambda d: d["issuer"].update(id="@foo"), "relative_iri", "/issuer/id"),
        (lambda d: d.update(id="https://example.edu/a b"), "invalid_iri", "/id"),
        (lambda d: d.update(id='https://example.edu/"'), "invalid_iri", "/id"),
        (lambda d: d.update(id="https://example.edu/#a#b"), "invalid_iri", "/id"),
        (lambda d: d.update(id="https://example.edu/\ud800"), "invalid_iri", "/id"),
        (lambda d: d.update(evidence="evidence/1"), "relative_iri", "/evidence"),
        (lambda d: d["name"].update({"@language": "en_GB"}), "language", "/name/@language"),
        (lambda d: d["name"].update({"@language": "languagetag"}), "language", "/name/@language"),
        (lambda d: d["name"].update({"@value": None}), "null_value", "/name/@value"),
        (lambda d: d["name"].update({"@value": "a\ufffe"}), "character", "/name/@value"),
        (lambda d: d["issuer"].update(name="a\uffff"), "character", "/issuer/name"),
        (lambda d: d["issuer"].update(name="a\udc00"), "character", "/issuer/name"),
        (lambda d: d.update(description=2**53), "number", "/description"),
        (lambda d: d.update(description=float("inf")), "number", "/description"),
        (lambda d: d.update(description=float("nan")), "number", "/description"),
        (lambda d: d.update(proof="a text where a graph is expected"), "relative_iri", "/proof"),
        (lambda d: d.update(proof="urn:a:reference"), "only_identifier", "/proof"),
        (lambda d: d.update(proof={"@value": "a"}), "value_without_property", "/proof"),
        (lambda d: d.update(proof={}), "empty", "/proof"),
        (lambda d: d.update({"@included": [{"id": "urn:a"}]}), "only_identifier", "/@included/0"),
        (lambda d: d.update({"@graph": ["a"]}), "value_without_property", "/@graph/0"),
        (lambda d: d.update({"@graph": "a"}), "value_without_property", "/@graph"),
        (lambda d: d.update({"@graph": [{"id": "urn:a"}]}), "only_identifier", "/@graph/0"),
        (lambda d: d.update({"@list": ["a"]}), "value_without_property", "/@list"),
        (lambda d: d.update({"@default": "a"}), "keyword_without_effect", "/@default"),
        (lambda d: d["issuer"].update({"@index": "a"}), "index", "/issuer/@index"),
        (lambda d: d["name"].update({"@index": "a"}), "index", "/name/@index"),
        (lambda d: d["@context"].append({"p": {"@id": "urn:p", "@container": "@index"}}) or d.update(p={"a": 1}), "index", "/p/a"),
        (lambda d: d["issuer"].update(name={"@list": [["a"]]}), "list_in_list", "/issuer/name/@list"),
        (lambda d: d["issuer"].update(name={"@list": [{"@set": ["a"]}]}), "list_in_list", "/issuer/name/@list"),
        (lambda d: d["@context"].append({"p": "_:p"}) or d.update(p="a"), "blank_predicate", "/p"),
        (lambda d: d.update({"https://example.org/a b": "a"}), "invalid_iri", "/https:~1~1example.org~1a b"),
        (lambda d: d["@context"].append({"p": {"@id": "urn:p", "@type": "urn:a b"}}) or d.update(p="a"), "unwritable", None),
        (lambda d: d["@context"].append({"p": {"@id": "urn:p", "@type": "@json"}}) or d.update(p=["\uffff"]), "unwritable", None),
        (lambda d: d.update(proof={"id": "urn:a", "type": []}), "only_identifier", "/proof"),
        (lambda d: d["@context"].append({"p": {"@id": "urn:p", "@type": "@json"}}) or d.update(p=2**53), "json_literal", None),
    ],
)  # fmt: skip
def test_whatever_would_be_left_out_is_refused(
    change: Callable[[dict[str, Any]], object], code: str, path: str | None
) -> None:
    with pytest.raises(LinkedDataError) as refusal:
        canonicalize(changed(change))
    assert (refusal.value.code, refusal.value.facts.get("path")) == (f"linked_data.{code}", path)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"@context": CREDENTIALS_V2},
        {"@context": CREDENTIALS_V2, "id": "urn:a"},
        {"@context": CREDENTIALS_V2, "id": "urn:a", "type": [], "name": []},
        [],
        "text",
        [["a"]],
        {"@context": CREDENTIALS_V2, "@value": "a"},
    ],
)
def test_a_document_that_says_nothing(document: Any) -> None:
    """The signature over it would fit every other document that says nothing."""
    assert to_rdf(document, safe=False) == []
    with pytest.raises(LinkedDataError):
        canonicalize(document)


def test_a_property_set_to_null_is_as_if_it_were_not_there() -> None:
    """JSON-LD says so, jsonld.js signs it so, and no reader can take null for a statement."""
    assert canonicalize(changed(lambda d: d.update(description=None))) == canonicalize(GOOD)


def test_a_direction_is_signed_as_other_implementations_sign_it() -> None:
    document = changed(lambda d: d["name"].update({"@direction": "rtl"}))
    assert b'"Teamwork"^^<https://www.w3.org/ns/i18n#en-gb_rtl>' in canonicalize(document)
    with pytest.raises(LinkedDataError) as refusal:
        to_rdf(document)
    assert (refusal.value.code, refusal.value.facts["path"]) == ("linked_data.direction", "/name/@direction")


def test_a_context_document_in_a_list_of_contexts_is_read_as_other_implementations_read_it() -> None:
    def saying(context: Any) -> dict[str, Any]:
        return {"@context": context, "@id": "urn:a", "p": "b"}

    plain = {"p": "urn:p"}
    assert canonicalize(saying([{"@context": plain}])) == canonicalize(saying([plain]))
    for refused in ({"@context": plain}, [{"@context": plain, "q": "urn:q"}], [{"@context": [plain]}]):
        with pytest.raises(LinkedDataError) as refusal:
            canonicalize(saying(refused))
        assert refusal.value.code == "linked_data.keyword_redefinition"


def test_a_direction_may_stand_where_the_caller_keeps_it() -> None:
    document = changed(lambda d: d["name"].update({"@direction": "rtl"}))
    kept = to_rdf(document, rdf_direction="i18n-datatype")
    assert '"Teamwork"^^<https://www.w3.org/ns/i18n#en-gb_rtl>' in {quad.object for quad in kept}
    assert expand(document)[0]["https://schema.org/name"] == [
        {"@value": "Teamwork", "@language": "en-gb", "@direction": "rtl"}
    ]


def test_a_list_may_hold_lists_where_the_context_or_the_document_says_so() -> None:
    """The two ways on which everybody agrees."""
    for context, value in (
        ({"p": {"@id": "urn:p", "@container": "@list"}}, [["a"], []]),
        ({"p": "urn:p"}, {"@list": [{"@list": ["a"]}, {"@list": []}]}),
    ):
        (node,) = expand({"@context": context, "p": value})
        assert node == {"urn:p": [{"@list": [{"@list": [{"@value": "a"}]}, {"@list": []}]}]}


def test_an_index_that_becomes_a_property_is_signed() -> None:
    context = {"p": {"@id": "urn:p", "@container": "@index", "@index": "urn:key"}}
    assert b'<urn:key> "a"' in canonicalize({"@context": context, "p": {"a": {"urn:q": 1}}})


def test_json_literals_are_written_canonically() -> None:
    document = changed(
        lambda d: d["@context"].append({"p": {"@id": "urn:p", "@type": "@json"}}) or d.update(p={"b": 1.0, "a": None})
    )
    assert r'"{\"a\":null,\"b\":1}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>' in {
        quad.object for quad in to_rdf(document)
    }


# -- attacks through contexts


@pytest.mark.parametrize(
    ("context", "code"),
    [
        ({"name": "https://example.org/otherName"}, "protected_term"),
        ({"id": "https://example.org/id"}, "protected_term"),
        ({"VerifiableCredential": "https://example.org/Other"}, "protected_term"),
        (None, "invalid_context_nullification"),
        ("https://example.org/evil.json", "context_unavailable"),
        ({"@import": "https://example.org/evil.json"}, "context_unavailable"),
        (
            {"extra": {"@id": "https://example.org/extra", "@context": "https://example.org/evil.json"}},
            "context_unavailable",
        ),
        (1, "invalid_local_context"),
        ({"@version": 1}, "invalid_version_value"),
        ({"@propagate": "yes"}, "invalid_propagate_value"),
        ({"a": {"@id": "b:x"}, "b": {"@id": "a:x"}}, "cyclic_iri_mapping"),
        (
            {f"a{i}": {"@id": f"a{i + 1}:x", "@prefix": True} for i in range(500)} | {"a500": "urn:x/"},
            "contexts_too_complex",
        ),
        ([CREDENTIALS_V2] * 65, "contexts_too_complex"),
        ({f"t{i}": f"urn:{i:08}" for i in range(6000)}, "contexts_too_large"),
    ],
)
def test_a_context_cannot_change_what_was_agreed(context: Any, code: str) -> None:
    with pytest.raises(LinkedDataError) as refusal:
        canonicalize(changed(lambda d: d["credentialSubject"].update({"@context": context})))
    assert refusal.value.code == f"linked_data.{code}"


def test_an_unknown_context_is_named() -> None:
    with pytest.raises(ContextUnavailable) as refusal:
        canonicalize(changed(lambda d: d["@context"].append("https://example.org/own-context.json")))
    assert refusal.value.facts["url"] == "https://example.org/own-context.json"


def test_an_own_context_may_add_terms_of_its_own() -> None:
    document = changed(
        lambda d: d["@context"].append({"grade": "https://example.edu/terms#grade"}) or d.update(grade="A")
    )
    assert b'<https://example.edu/terms#grade> "A" .' in canonicalize(document)


def test_a_context_inside_a_document_does_not_leak_into_the_next_document() -> None:
    canonicalize(
        changed(lambda d: d["@context"].append({"grade": "https://example.edu/terms#grade"}) or d.update(grade="A"))
    )
    with pytest.raises(UndefinedTerm):
        canonicalize(changed(lambda d: d.update(grade="A")))


def test_an_address_that_reads_like_a_context_is_not_taken_for_one() -> None:
    written_out = '{"grade": "https://example.edu/terms#grade"}'
    context = {"grade": "https://example.edu/terms#grade"}
    document = changed(
        lambda d: d.update(evidence=[{"@context": context, "grade": "A"}, {"@context": written_out, "grade": "A"}])
    )
    with pytest.raises(ContextUnavailable):
        canonicalize(document)


# -- size


def nested(levels: int) -> dict[str, Any]:
    document: dict[str, Any] = {"urn:end": 1}
    for _ in range(levels):
        document = {"urn:p": document}
    return document


def test_depth_is_bounded() -> None:
    assert canonicalize(nested(63))
    with pytest.raises(TooComplex) as refusal:
        canonicalize(nested(64))
    assert (refusal.value.code, refusal.value.facts) == ("linked_data.too_deep", {"limit": 64})


@pytest.mark.parametrize(
    "deep", [{"@context": "deep"}, {"@context": {"p": {"@id": "urn:p", "@type": "@json"}}, "p": "deep"}]
)
def test_depth_in_contexts_and_json_literals_does_not_exhaust_the_stack(deep: dict[str, Any]) -> None:
    value: Any = {}
    for _ in range(5000):
        value = {"a": value}
    document = {key: value if member == "deep" else member for key, member in deep.items()}
    with pytest.raises(LinkedDataError):
        canonicalize(document)


def test_the_number_of_statements_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("testamur.linked_data.json_ld.to_rdf.MAX_QUADS", len(to_rdf(GOOD)))
    assert canonicalize(GOOD)
    with pytest.raises(TooComplex):
        canonicalize(changed(lambda d: d.update(description="one more")))


def test_the_work_on_contexts_is_bounded() -> None:
    big = {f"t{i}": f"urn:{i}" for i in range(4000)}
    document = {"@context": big, "t0": [{"@context": {"z": f"urn:z{i}"}, "t1": "x"} for i in range(1500)]}
    with pytest.raises(TooComplex) as refusal:
        canonicalize(document)
    assert refusal.value.code == "linked_data.contexts_too_complex"
