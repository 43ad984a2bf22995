"""The pinned contexts: the bytes of the manifest, the meaning of the originals, and no way around either."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from tests.shared import ROOT

from testamur.errors import ContextUnavailable, LinkedDataError
from testamur.linked_data import (
    CREDENTIALS_V2,
    PINNED,
    Contexts,
    canonicalize,
    expand,
    pinned,
)

FOLDER = ROOT / "src/testamur/linked_data/contexts"
MANIFEST: list[dict[str, Any]] = json.loads((FOLDER / "MANIFEST.json").read_bytes())["contexts"]


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_the_files_are_those_of_the_manifest(entry: dict[str, Any]) -> None:
    assert hashlib.sha256((FOLDER / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert entry["addresses"]
    assert entry["licence"]
    assert entry["origin"] == "restated" or entry["origin"].startswith(("npm:", "pypi:"))
    for url in entry["addresses"]:
        assert PINNED.sha256(url) == entry["sha256"]
        assert expand({"@context": url, "@type": "urn:t"}) == [{"@type": ["urn:t"]}]
        if entry["origin"] == "restated":
            with pytest.raises(ContextUnavailable):  # the same meaning, but not the published bytes
                PINNED.content(url)
        else:
            assert hashlib.sha256(PINNED.content(url)).hexdigest() == entry["sha256"]


def test_every_file_is_in_the_manifest_and_every_address_once() -> None:
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.json")} - {"MANIFEST.json"}
    assert files == {entry["file"] for entry in MANIFEST}
    addresses = [url for entry in MANIFEST for url in entry["addresses"]]
    assert len(addresses) == len(set(addresses))
    assert PINNED.urls() == set(addresses)


def test_every_package_has_its_licence() -> None:
    licences = (FOLDER / "LICENCES.txt").read_text()
    packages = {entry["origin"] for entry in MANIFEST} - {"restated"}
    # openvc-core carries the context of the W3C unchanged; nothing of its own is taken.
    assert {package for package in packages if package not in licences} == {"pypi:openvc-core==1.37.0"}


# -- what a document can and cannot do about it


def test_what_is_not_pinned_is_unavailable_and_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("somebody reached for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    for call in (PINNED.get, PINNED.sha256, lambda url: expand({"@context": url})):
        with pytest.raises(ContextUnavailable) as refusal:
            call("https://example.org/context.json")
        assert refusal.value.facts["url"] == "https://example.org/context.json"


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FOLDER, tmp_path / "contexts")
    monkeypatch.setattr(pinned, "_FOLDER", tmp_path / "contexts")
    assert pinned._pinned().get(CREDENTIALS_V2) == PINNED.get(CREDENTIALS_V2)
    file = tmp_path / "contexts/credentials/v2.json"
    file.write_bytes(file.read_bytes().replace(b"schema.org/name", b"schema.org/nome"))
    with pytest.raises(LinkedDataError) as refusal:
        pinned._pinned().get(CREDENTIALS_V2)
    assert (refusal.value.code, refusal.value.facts) == ("linked_data.context_damaged", {"file": "credentials/v2.json"})


def test_a_caller_cannot_change_what_others_see() -> None:
    before = copy.deepcopy(PINNED.get(CREDENTIALS_V2))
    PINNED.get(CREDENTIALS_V2)["@context"]["name"] = "https://example.org/other"
    assert PINNED.get(CREDENTIALS_V2) == before


def test_a_set_of_ones_own() -> None:
    own = {"https://example.org/c": {"@context": {"term": "urn:term"}}}
    alone = Contexts.with_documents(own)
    assert alone.urls() == {"https://example.org/c"}
    assert alone.sha256("https://example.org/c") == hashlib.sha256(b'{"@context":{"term":"urn:term"}}').hexdigest()
    with pytest.raises(ContextUnavailable):
        alone.get(CREDENTIALS_V2)
    added = Contexts.with_documents(own, base=PINNED)
    assert added.urls() == PINNED.urls() | alone.urls()
    document = {"@context": [CREDENTIALS_V2, "https://example.org/c"], "id": "urn:a", "term": "x", "name": "y"}
    assert (
        canonicalize(document, contexts=added) == b'<urn:a> <https://schema.org/name> "y" .\n<urn:a> <urn:term> "x" .\n'
    )
    with pytest.raises(ContextUnavailable):
        canonicalize(document)


def test_a_set_of_ones_own_can_stand_in_for_a_pinned_context() -> None:
    other = Contexts.with_documents({CREDENTIALS_V2: {"@context": {"name": "urn:other"}}}, base=PINNED)
    assert canonicalize({"@context": CREDENTIALS_V2, "name": "x"}, contexts=other) == b'_:c14n0 <urn:other> "x" .\n'
    assert other.sha256(CREDENTIALS_V2) != PINNED.sha256(CREDENTIALS_V2)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinned, "_MAX_REMEMBERED", 5)
    urls = [f"https://example.org/{i}" for i in range(20)]
    contexts = Contexts.with_documents({url: {"@context": {f"t{i}": f"urn:{i}"}} for i, url in enumerate(urls)})
    for i, url in enumerate(urls):
        assert expand({"@context": url, f"t{i}": 1}, contexts=contexts) == [{f"urn:{i}": [{"@value": 1}]}]
        assert len(contexts.memo) <= 5


def test_a_document_with_contexts_of_its_own_leaves_nothing_behind() -> None:
    contexts = Contexts.with_documents({"https://example.org/c": {"@context": {"a": "urn:a"}}})
    for i in range(10):
        expand(
            {
                "@context": ["https://example.org/c", {f"t{i}": "urn:t"}],
                f"t{i}": 1,
                "a": {"@context": {"b": "urn:b"}, "b": 1},
            },
            contexts=contexts,
        )
    assert contexts.memo == {}
