"""The single-file verifier: a plain Python, nothing installed, no network; and it says what the library says."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import random
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest
from tests.alone import SingleFile, single_file
from tests.shared import shared
from tests.simulator import Institution

from testamur.cli.standalone import build, building
from testamur.fetch import BundleResolver, RecordingResolver, write_bundle
from testamur.ports import Resource
from testamur.verification import Verifier
from testamur.verification.presenters import to_json
from testamur.verification.schemas import achievement, credential


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SingleFile]:
    with single_file(tmp_path_factory.mktemp("single")) as ready:
        yield ready


class Held:
    """A credential that somebody holds, with what its verification asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        university = Institution(now=datetime.now(UTC).replace(microsecond=0))
        self.document = university.issue()
        self.content = json.dumps(self.document).encode()
        recorder = RecordingResolver(university)
        Verifier(recorder).verify(self.content)
        own = Resource(self.document["id"], self.content, "application/vc", datetime.now(UTC))
        self.credential, self.bundle, self.whole = (
            folder / "credential.json",
            folder / "bundle.zip",
            folder / "whole.zip",
        )
        self.credential.write_bytes(self.content)
        self.bundle.write_bytes(write_bundle(recorder.recorded))
        self.whole.write_bytes(write_bundle([*recorder.recorded, own]))


@pytest.fixture
def held(tmp_path: Path) -> Held:
    return Held(tmp_path)


def test_a_credential_with_its_bundle_is_valid(alone: SingleFile, held: Held) -> None:
    status, out, err = alone.afresh(held.credential, "--bundle", held.bundle, folder=held.folder)
    assert (status, err) == (0, "")
    assert "valid" in out.lower()


def test_imported_once_it_says_what_it_says_when_it_is_started(alone: SingleFile, held: Held) -> None:
    for arguments in ((held.credential, "--bundle", held.bundle), ("absent.json",)):
        assert alone.run(*arguments, folder=held.folder) == alone.afresh(*arguments, folder=held.folder)


def test_a_bundle_alone_is_enough(alone: SingleFile, held: Held) -> None:
    status, out, _ = alone.run(held.whole, folder=held.folder)
    assert status == 0
    assert held.document["id"] in out


def test_a_changed_credential_is_invalid(alone: SingleFile, held: Held) -> None:
    changed = json.loads(held.content)
    changed["credentialSubject"]["achievement"]["name"] = "Another name"
    held.credential.write_text(json.dumps(changed))
    status, out, _ = alone.run(held.credential, "--bundle", held.bundle, "--json", folder=held.folder)
    report = json.loads(out)
    assert (status, report["verdict"]) == (1, "invalid")


def test_without_a_bundle_nothing_is_decided(alone: SingleFile, held: Held) -> None:
    status, out, _ = alone.run(held.credential, "--json", folder=held.folder)
    assert (status, json.loads(out)["verdict"]) == (3, "undetermined")


def test_it_speaks_korean(alone: SingleFile, held: Held) -> None:
    _, out, _ = alone.run(held.whole, "--language", "ko", folder=held.folder)
    assert "자격증명" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["absent.json"], "cannot be read"),
        (["credential.json", "--bundle", "credential.json"], "is no bundle"),
        (["bundle.zip"], "no credential in"),
        (["credential.json", "--as-of", "yesterday"], "is no date"),
        (["credential.json", "--as-of", "2999-01-01"], "still to come"),
        (["credential.json", "--as-of", "collected"], "about a bundle"),
    ],
)
def test_wrong_usage_is_said_in_words(alone: SingleFile, held: Held, arguments: list[str], words: str) -> None:
    status, out, err = alone.run(*arguments, folder=held.folder)
    assert (status, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_what_is_left_out_is_undecided_and_not_damaged(alone: SingleFile) -> None:
    sealed = sorted(shared("vectors/eu-elm/Credentials").rglob("*.json*"))
    status, out, _ = alone.run(*sealed, "--json", folder=alone.folder)
    reports = [json.loads(line) for line in out.splitlines()]
    left_out = [report for report in reports if report.get("leftOut") == "certificates"]
    assert left_out
    assert {report["verdict"] for report in left_out} == {"undetermined"}
    assert status in (1, 3)


def test_it_says_what_the_library_says(alone: SingleFile) -> None:
    """Every published credential, the same findings; what needs a native library is left undecided."""
    files = [
        path
        for path in sorted(shared("vectors").rglob("*"))
        if path.suffix in (".json", ".jsonld", ".jwt", ".png", ".svg", ".pdf")
        and not {"json-ld-api", "rdf-canon", "contexts"} & set(path.parts)  # parts of credentials
        and 0 < path.stat().st_size < 500_000
    ]
    verifier = Verifier(BundleResolver(write_bundle([])))
    _, out, err = alone.run(*files, "--json", "--language", "en", folder=alone.folder)
    assert err == ""
    reports = {report["document"]: report for report in map(json.loads, out.splitlines())}
    assert len(reports) == len(files) > 300
    for path in files:
        found = reports[str(path)]
        if "leftOut" in found:
            assert found["verdict"] == "undetermined"
            continue
        expected = json.loads(json.dumps(to_json(verifier.verify(path.read_bytes()), "en")))
        assert _findings(found) == _findings(expected), path


def _findings(report: dict[str, Any]) -> list[Any]:
    checks = report.get("checks", [])
    moments = ("dates.expired", "dates.not_yet_valid")  # they say what time it is
    return [
        report["verdict"],
        *((check["code"], check["code"] not in moments and check.get("facts")) for check in checks),
    ]


def stand_in_for_schemas() -> ModuleType:
    path = Path(building.__file__).parent / "stand_ins/jsonschema_rs/__init__.py"
    spec = importlib.util.spec_from_file_location("jsonschema_in_plain_python", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


ODD_VALUES = (
    None,
    1,
    1.0,
    True,
    "x",
    "https://x.example/",
    [],
    {},
    [1],
    {"a": 1},
    {"id": "x"},
    ["x"],
    "2026-01-01T00:00:00Z",
)


def test_schemas_in_plain_python_find_the_same() -> None:
    ours = stand_in_for_schemas()
    schemas = [*achievement.SCHEMAS.values(), credential.SCHEMA]
    pairs = [(jsonschema_rs.Draft202012Validator(schema), ours.Draft202012Validator(schema)) for schema in schemas]
    choice = random.Random(47)
    document = Institution(now=datetime(2026, 11, 1, tzinfo=UTC)).issue()
    broken = 0
    for _ in range(600):
        changed = json.loads(json.dumps(document))
        for _change in range(choice.randint(0, 4)):
            found = [path for path in places(changed) if path]
            if not found:
                break
            *above, last = choice.choice(found)
            inside = changed
            for step in above:
                inside = inside[step]
            if choice.random() < 0.3:
                del inside[last]
            else:
                inside[last] = json.loads(json.dumps(choice.choice(ODD_VALUES)))
        for native, plain in pairs:
            theirs, mine = [
                sorted((list(map(str, e.instance_path)), list(map(str, e.schema_path))) for e in v.iter_errors(changed))
                for v in (native, plain)
            ]
            broken += bool(theirs)
            assert mine == theirs
    assert broken > 500


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": "(a+)+$"},
        {"properties": {"a": {"patternProperties": {}}}},
        {"unevaluatedProperties": False},
        {"type": "text"},
        {"minItems": "1"},
        {"required": "id"},
        {"allOf": {}},
        {"items": [True]},
    ],
)
def test_a_strangers_schema_beyond_these_words_is_refused_and_not_guessed_at(schema: Any) -> None:
    ours = stand_in_for_schemas()
    with pytest.raises(ValueError):
        ours.Draft202012Validator(schema, pattern_options=ours.RegexOptions())


def test_the_same_installation_gives_the_same_bytes() -> None:
    assert building.build.__wrapped__() == building.build.__wrapped__()


def test_what_is_in_it_is_listed_with_its_hashes_and_licences() -> None:
    with zipfile.ZipFile(io.BytesIO(build())) as archive:
        names = set(archive.namelist())
        listed = dict(
            reversed(line.split("  ", 1)) for line in archive.read("CONTENTS.txt").decode().splitlines() if "  " in line
        )
        assert listed.keys() == names - {"CONTENTS.txt"}
        for name, digest in listed.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert {f"licences/{package}.txt" for package in ("defusedxml", "pypdf", "rfc8785")} <= names
    assert not any(name.endswith((".so", ".pyd", ".pyc")) for name in names)
    assert len(build()) < 2_000_000
