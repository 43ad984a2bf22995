"""IRIs: RFC 3986's own examples of resolution, and which characters make an IRI unfit to be written."""

from __future__ import annotations

import pytest

from testamur.linked_data import iri

# RFC 3986 §5.4.1 and §5.4.2, against http://a/b/c/d;p?q
RFC_3986 = {
    "g:h": "g:h",
    "g": "http://a/b/c/g",
    "./g": "http://a/b/c/g",
    "g/": "http://a/b/c/g/",
    "/g": "http://a/g",
    "//g": "http://g",
    "?y": "http://a/b/c/d;p?y",
    "g?y": "http://a/b/c/g?y",
    "#s": "http://a/b/c/d;p?q#s",
    "g#s": "http://a/b/c/g#s",
    "g?y#s": "http://a/b/c/g?y#s",
    ";x": "http://a/b/c/;x",
    "g;x": "http://a/b/c/g;x",
    "g;x?y#s": "http://a/b/c/g;x?y#s",
    "": "http://a/b/c/d;p?q",
    ".": "http://a/b/c/",
    "./": "http://a/b/c/",
    "..": "http://a/b/",
    "../": "http://a/b/",
    "../g": "http://a/b/g",
    "../..": "http://a/",
    "../../": "http://a/",
    "../../g": "http://a/g",
    "../../../g": "http://a/g",
    "../../../../g": "http://a/g",
    "/./g": "http://a/g",
    "/../g": "http://a/g",
    "g.": "http://a/b/c/g.",
    ".g": "http://a/b/c/.g",
    "g..": "http://a/b/c/g..",
    "..g": "http://a/b/c/..g",
    "./../g": "http://a/b/g",
    "./g/.": "http://a/b/c/g/",
    "g/./h": "http://a/b/c/g/h",
    "g/../h": "http://a/b/c/h",
    "g;x=1/./y": "http://a/b/c/g;x=1/y",
    "g;x=1/../y": "http://a/b/c/y",
    "g?y/./x": "http://a/b/c/g?y/./x",
    "g?y/../x": "http://a/b/c/g?y/../x",
    "g#s/./x": "http://a/b/c/g#s/./x",
    "g#s/../x": "http://a/b/c/g#s/../x",
    "http:g": "http:g",
}


@pytest.mark.parametrize(("reference", "resolved"), RFC_3986.items())
def test_resolution(reference: str, resolved: str) -> None:
    assert iri.resolve("http://a/b/c/d;p?q", reference) == resolved


def test_without_a_base_nothing_is_resolved() -> None:
    assert iri.resolve(None, "../a") == "../a"


def test_a_base_without_a_path() -> None:
    assert iri.resolve("http://a", "b") == "http://a/b"


@pytest.mark.parametrize(
    "value",
    ["https://example.org/", "urn:a", "did:web:a%3A80", "a+b.c-d:x", "data:,", "x:", "https://예시.한국/é?a=1#b"],
)
def test_absolute(value: str) -> None:
    assert iri.is_absolute(value)


@pytest.mark.parametrize(
    "value",
    ["", "a", "/a", "//a", "#a", "1a:b", ":a", "_:a", "a b:c"]
    + [f"https://example.org/{character}" for character in ' <>"{}|^`\\\n\t\x00\x1f\ud800\udfff\ufffe\uffff']
    + ["https://example.org/#a#b"],
)
def test_not_absolute(value: str) -> None:
    assert not iri.is_absolute(value)


def test_blank_nodes() -> None:
    assert iri.is_well_formed_blank("_:a")
    assert not iri.is_well_formed_blank("_:")
    assert not iri.is_well_formed_blank("_:a b")
    assert iri.is_blank("_:a b")
