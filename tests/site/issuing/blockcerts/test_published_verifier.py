"""An edition that the platform made, in the published verifier of Blockcerts, as it comes from npm. Only its way out is
replaced: addresses of ours are answered by the site, and the explorer's interface by the node that the edition was anchored
on."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.chains import ROOT
from tests.site.issuing.blockcerts.test_editions import (  # noqa: F401 - the same deployment, with a node of its own
    ask,
    awards,
    finished,
    go_on,
    node,
    on,
)

from testamur.fetch.evm import Node
from testamur.linked_data import PINNED
from testamur_site.foundation.keys.api import did_document
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api

PEER = ROOT / "benchmarks/interoperability/blockcerts.mjs"
HERE = "http://localhost:8000"


def secure(address: str) -> str:
    """The verifier asks by https, whatever the address says."""
    return address.replace("http://", "https://")


class Published:
    def __init__(self, folder: Path, origin: str, institution: Institution, edition: dict[str, Any]) -> None:
        self._folder, self._origin, self._institution = folder, origin, institution
        self._list = edition["credentialStatus"]["statusListCredential"]
        self._contexts = edition["@context"]

    def _documents(self) -> dict[str, Any]:
        with tenant(self._institution):
            did = did_document(self._institution)
        profile = next(each["serviceEndpoint"] for each in did["service"] if each["type"] == "IssuerProfile")
        found = {
            address: json.loads(Client().get(address.removeprefix(HERE)).content) for address in (profile, self._list)
        }
        contexts = {*self._contexts, *found[self._list]["@context"]}
        ours = {secure(address): document for address, document in found.items()}
        return {self._institution.did: did} | ours | {url: PINNED.document(url) for url in contexts}

    def verify(self, edition: dict[str, Any]) -> dict[str, Any]:
        files = (self._folder / "edition.json", self._folder / "documents.json")
        for path, content in zip(files, (edition, self._documents()), strict=True):
            path.write_text(json.dumps(content))
        done = subprocess.run(["node", PEER, *files, self._origin], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_it_accepts_what_the_platform_made_and_refuses_what_was_changed_or_revoked(
    on: Node,  # noqa: F811
    node: tuple[Node, str],  # noqa: F811
    institution: Institution,
    awards: list[api.Award],  # noqa: F811
    tmp_path: Path,
) -> None:
    if shutil.which("node") is None or not (ROOT / "build/tools/blockcerts/dist/verifier-node/index.js").exists():
        pytest.skip("needs Node and the published verifier: sh tools/ensure-blockcerts-verifier")
    ask(institution, awards)
    go_on(on, institution)
    edition = finished(awards[0])
    published = Published(tmp_path, node[1], institution, edition)
    answer = published.verify(edition)
    assert answer["verified"] is True, answer
    assert len(answer["detail"]["steps"]) == 20
    changed = copy.deepcopy(edition)
    changed["credentialSubject"]["achievement"]["name"] += " (advanced)"
    assert published.verify(changed)["verified"] is False
    with tenant(institution):
        api.revoke(awards[0], api.Reason.ISSUED_IN_ERROR)
    revoked = published.verify(edition)
    assert (revoked["verified"], "revoked" in revoked["detail"]["message"]) == (False, True)
    assert published.verify(finished(awards[1]))["verified"] is True
