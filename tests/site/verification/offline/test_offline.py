"""What the server gives the offline page: complete, pinned, versioned; and the bundle that it collects."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.simulator import NOW, FixedClock, Institution

from testamur import linked_data
from testamur.fetch import BundleResolver
from testamur.verification import CODES, Register, TrustRegistry, Verdict, Verifier
from testamur.verification import Institution as Listed
from testamur.verification.accreditation.entries import Accreditation, Scope
from testamur_site.verification import services
from testamur_site.verification.offline import data

VENDOR = data.STATIC / "vendor"


@pytest.fixture(autouse=True)
def _made_anew() -> Iterator[None]:
    for made in (data.encoded, data.version):
        made.cache_clear()
    yield
    for made in (data.encoded, data.version):
        made.cache_clear()


# --- the libraries --------------------------------------------------------------------------------------------------------------


def test_the_vendored_files_are_those_of_the_manifest() -> None:
    manifest = json.loads((VENDOR / "MANIFEST.json").read_text())
    lying = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "MANIFEST.json"
    }
    assert lying == manifest["files"]
    locked = json.loads(Path("tools/offline-verifier/package-lock.json").read_text())["packages"]
    for package, integrity in manifest["packages"].items():
        name, _, version = package.rpartition("@")
        assert (locked[f"node_modules/{name}"]["version"], locked[f"node_modules/{name}"]["integrity"]) == (
            version,
            integrity,
        )


def test_every_package_in_the_bundle_has_its_licence() -> None:
    licences = (VENDOR / "LICENCES.txt").read_text(encoding="utf-8")
    for package in json.loads((VENDOR / "MANIFEST.json").read_text())["packages"]:
        name, _, version = package.rpartition("@")
        assert f"{name} {version}" in licences


def test_nothing_makes_code_out_of_text_or_asks_foreign_addresses() -> None:
    for name in data.modules():
        code = (data.STATIC.parent.parent / name).read_text(encoding="utf-8")
        assert not re.search(r"\beval\s*\(|\bnew\s+Function\b|innerHTML|document\.write", code), name
        if "/vendor/" not in name:
            imported = re.findall(r"from \"([^\"]+)\"", code)
            assert all(path.startswith(("./", "../")) for path in imported), name


def test_each_of_our_modules_finds_what_it_imports() -> None:
    for name in data.modules():
        path = data.STATIC.parent.parent / name
        if "/vendor/" not in name:
            for imported in re.findall(r"from \"([^\"]+)\"", path.read_text(encoding="utf-8")):
                assert (path.parent / imported).resolve().is_file(), f"{name} imports {imported}"


# --- what the browser judges by -------------------------------------------------------------------------------------------------


def test_it_hands_over_everything_the_library_judges_by() -> None:
    document = data.document()
    assert set(document["contexts"]) == set(linked_data.PINNED.urls())
    assert document["contexts"][linked_data.OPEN_BADGES_3] == linked_data.PINNED.get(linked_data.OPEN_BADGES_3)
    assert set(document["codes"]) == set(CODES)
    assert set(document["languages"]) == {"en", "ko"}
    for language in document["languages"].values():
        assert set(language["findings"]) == set(CODES)
        assert set(language["outcomes"]) == {"passed", "failed", "unknown"}


def test_the_schemas_use_no_keyword_that_the_browser_does_not_know() -> None:
    code = (data.STATIC / "checks/schema.js").read_text()
    known = set(re.findall(r"^  (\$?\w+)(?::|\()", code[code.index("const KEYWORDS") :], re.MULTILINE))

    def keywords(schema: Any) -> Iterator[str]:
        if not isinstance(schema, dict):
            return
        for keyword, rule in schema.items():
            yield keyword
            if keyword in ("properties", "$defs"):
                for each in rule.values():
                    yield from keywords(each)
            elif keyword in ("allOf", "anyOf"):
                for each in rule:
                    yield from keywords(each)
            elif keyword in ("if", "then", "else", "items", "contains", "not", "additionalProperties", "propertyNames"):
                yield from keywords(rule)

    used = {keyword for schema in data.document()["schemas"].values() for keyword in keywords(schema)}
    assert "contains" in used
    assert used <= known


def test_the_registers_of_the_deployment_go_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = Listed("Example University", frozenset({"did:web:a.example"}), frozenset({"a.example"}), since=NOW)
    listed = replace(
        listed,
        accredits=Scope(levels=frozenset({"6", "5"})),
        accreditations=(Accreditation("did:web:b.example", until=NOW),),
    )
    registry = TrustRegistry([Register("Known", (listed,), relied_on=True)])
    monkeypatch.setattr(services, "trust_registry", lambda: registry)
    assert data.document()["registers"] == [
        {
            "name": "Known",
            "reliedOn": True,
            "institutions": [
                {
                    "name": "Example University",
                    "ids": ["did:web:a.example"],
                    "domains": ["a.example"],
                    "from": "2026-11-25T10:00:00+00:00",
                    "until": None,
                    "accredits": {"achievementTypes": [], "levels": ["5", "6"]},
                    "accreditations": [
                        {
                            "by": "did:web:b.example",
                            "from": None,
                            "until": "2026-11-25T10:00:00+00:00",
                            "renewed": False,
                            "achievementTypes": [],
                            "levels": [],
                        }
                    ],
                }
            ],
        }
    ]


# --- the addresses --------------------------------------------------------------------------------------------------------------


def test_the_worker_serves_the_page_only_and_keeps_all_modules(client: Client) -> None:
    response = client.get("/verify/offline/worker.js")
    assert response["Service-Worker-Allowed"] == "/verify/offline"
    assert response["Content-Type"].startswith("text/javascript")
    text = response.content.decode()
    kept = json.loads(text[text.index("[") : text.index("]") + 1])
    assert {"/verify/offline", "/verify/offline/data.json"} <= set(kept)
    assert {f"/static/{name}" for name in data.modules()} <= set(kept)
    assert all(client.get(address).status_code == 200 for address in kept if not address.startswith("/static/"))


def test_the_version_follows_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    before = data.version()
    data.encoded.cache_clear()
    data.version.cache_clear()
    monkeypatch.setattr(services, "trust_registry", lambda: TrustRegistry([Register("New", ())]))
    assert data.version() != before


def test_the_data_is_sent_once(client: Client) -> None:
    first = client.get("/verify/offline/data.json")
    assert first.status_code == 200
    assert client.get("/verify/offline/data.json", headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize(("language", "name"), [("en", "Verify credentials"), ("ko", "자격증명 검증")])
def test_the_manifest_is_in_the_visitors_language(client: Client, language: str, name: str) -> None:
    manifest = client.get("/verify/offline/manifest.webmanifest", headers={"accept-language": language}).json()
    assert manifest["name"] == name
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).content.startswith(b"\x89PNG")
    assert client.get("/verify/offline/icon-7.png").status_code == 404


# --- bundles --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Institution:
    simulated = Institution()
    monkeypatch.setattr(services, "Everywhere", lambda: simulated)
    judge = lambda resolver=None: Verifier(resolver or simulated, TrustRegistry([]), FixedClock(NOW))  # noqa: E731
    monkeypatch.setattr(services, "verifier", judge)
    return simulated


@pytest.mark.django_db
def test_a_bundle_is_enough_for_the_library_offline(client: Client, university: Institution) -> None:
    credential = json.dumps(university.issue(name="Mina Kim")).encode()
    response = client.post("/verify/offline/bundle", {"files": [SimpleUploadedFile("a.json", credential)]})
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    bundle = BundleResolver(response.content)
    assert int(response["X-Resources"]) == len(bundle.resources) >= 2
    report = Verifier(bundle, TrustRegistry([]), FixedClock(NOW)).verify(credential)
    assert report.verdict is Verdict.VALID
    nothing = Verifier(
        BundleResolver(client.post("/verify/offline/bundle", {"files": [SimpleUploadedFile("b.json", b"{}")]}).content)
    )
    assert nothing.verify(credential).verdict is Verdict.UNDETERMINED


@pytest.mark.django_db
def test_too_many_files_are_refused_in_words(client: Client, university: Institution) -> None:
    files = [SimpleUploadedFile(f"{n}.json", b"{}") for n in range(21)]
    assert client.post("/verify/offline/bundle", {"files": files[:20]}).status_code == 200
    refused = client.post(
        "/verify/offline/bundle", {"files": [SimpleUploadedFile(f"{n}.json", b"{}") for n in range(21)]}
    )
    assert refused.status_code == 422
    assert "at most 20 files" in refused.content.decode()
