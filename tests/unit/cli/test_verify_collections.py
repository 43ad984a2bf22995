"""`testamur verify` with an archive of many files, and with the authorities of seals."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.simulator import NOW, FixedClock, Institution
from tests.unit.formats.elm.sealing import CREDENTIAL, Authority, Sealer

from testamur.cli.main import main
from testamur.cli.verifying.many import FEW
from testamur.fetch import RecordingResolver, write_bundle
from testamur.formats.collection import Item
from testamur.ports import Resource
from testamur.verification import Report, Verifier

MANY = 2 * FEW


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(main(["verify", *arguments]))
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    """An offline bundle with nothing in it, so that nobody is asked."""
    file = tmp_path / "bundle.json"
    file.write_text('{"format": "testamur-bundle/1", "resources": []}')
    return str(file)


def test_an_archive(tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    sealer = Sealer(Authority())
    file = tmp_path / "many.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.json", json.dumps(sealer.seal(CREDENTIAL)))
        archive.writestr("folder/b.json", json.dumps(CREDENTIAL))
        archive.writestr("inner.zip", b"PK\x03\x04")
    status, out, err = run(capsys, str(file), "--offline", bundle, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["document"].removeprefix(f"{file}:"), line["verdict"]) for line in lines] == [
        ("1 a.json", "undetermined"),
        ("2 folder/b.json", "invalid"),
        ("3 inner.zip", "undetermined"),
    ]
    assert status == 1
    assert "3 inner.zip" in err


@pytest.fixture
def held() -> list[Resource]:
    """A credential as its holder has it in an offline bundle, with what its verification asked for."""
    university = Institution()
    document = university.issue()
    recorder = RecordingResolver(university)
    Verifier(recorder, clock=FixedClock(NOW)).verify(document)
    content = json.dumps(document).encode()
    return [Resource(document["id"], content, "application/vc", NOW), *recorder.recorded]


@pytest.mark.parametrize("options", [[], ["--as-of", "collected"]])
def test_an_offline_bundle_is_examined_with_what_it_holds(
    tmp_path: Path, held: list[Resource], capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(write_bundle(held))
    status, out, err = run(capsys, str(file), "--json", *options)
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["document"], line["verdict"]) for line in lines] == [(f"{file}: {held[0].url}", "valid")]
    assert (status, err) == (0, "")


def test_a_bundle_for_others_and_a_damaged_one(
    tmp_path: Path, held: list[Resource], capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(write_bundle(held[1:]))
    status, _, err = run(capsys, str(file))
    assert (status, "no credential in this bundle" in err) == (2, True)
    with zipfile.ZipFile(io.BytesIO(write_bundle(held))) as whole, zipfile.ZipFile(file, "w") as changed:
        for name in whole.namelist():
            changed.writestr(name, whole.read(name) + b" " * (name != "manifest.json"))
    status, out, err = run(capsys, str(file))
    assert (status, out, "was changed" in err) == (2, "", True)


def test_what_is_no_archive(tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "no.zip"
    file.write_bytes(b"no archive")
    status, _, err = run(capsys, str(file), "--offline", bundle)
    assert (status, "no.zip" in err) == (2, True)


@pytest.mark.parametrize("name", ["empty.zip", "empty.jsonl"])
def test_nothing_is_not_valid(tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str], name: str) -> None:
    file = tmp_path / name
    with zipfile.ZipFile(file, "w"):
        pass
    if name.endswith(".jsonl"):
        file.write_bytes(b"\n\n")
    status, _, err = run(capsys, str(file), "--offline", bundle)
    assert (status, "no document" in err) == (2, True)


def test_the_authorities_of_seals(tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    authority, now = Authority(), NOW
    sealer = Sealer(authority, since=now - timedelta(days=1), until=now + timedelta(days=1))
    document, authorities = tmp_path / "credential.json", tmp_path / "authorities.pem"
    document.write_text(json.dumps(sealer.seal(CREDENTIAL)))
    authorities.write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    arguments = [str(document), "--offline", bundle]
    assert run(capsys, *arguments)[0] == 3
    authorities_option = ["--seal-authorities", str(authorities)]
    assert run(capsys, *arguments, *authorities_option)[0] == 0
    authorities.write_text("no certificates")
    assert run(capsys, *arguments, *authorities_option)[0] == 2


def test_many_on_several_processes_are_answered_as_by_one(
    tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    university = Institution()
    folder = tmp_path / "class"
    (folder / "second").mkdir(parents=True)
    for number in range(MANY):
        place = folder if number % 2 else folder / "second"
        (place / f"{number:02}.json").write_text(json.dumps(university.issue()))
    (folder / ".hidden").write_text("{}")
    (folder / "12.json").write_text("not JSON")
    arguments = [str(folder), "--offline", bundle, "--json"]
    alone = run(capsys, *arguments, "--jobs", "1")
    together = run(capsys, *arguments, "--jobs", "2")
    timeless = [
        [re.sub(r'"verified_?[aA]t":"[^"]*"', "", line) for line in out.splitlines()] for _, out, _ in (alone, together)
    ]
    assert timeless[0] == timeless[1]
    assert len(timeless[0]) == MANY + 1
    assert alone[::2] == together[::2]

    here, verify_item = os.getpid(), Verifier.verify_item

    def killed(self: Verifier, item: Item, *rest: Any, **others: Any) -> Report:
        if item.name.endswith("07.json") and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return verify_item(self, item, *rest, **others)

    monkeypatch.setattr(Verifier, "verify_item", killed)
    _, out, _ = run(capsys, *arguments, "--jobs", "2")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["document"] for line in lines] == [json.loads(line)["document"] for line in alone[1].splitlines()]
    assert [line["document"] for line in lines if line["checks"][0]["code"] == "structure.not_finished"] == [
        str(folder / "07.json")
    ]
    assert next(line["verdict"] for line in lines if line["document"].endswith("07.json")) == "undetermined"


def test_fewer_than_one_process(tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(capsys, str(empty), "--offline", bundle, "--jobs", "0")[0] == 2
    status, _, err = run(capsys, str(empty), "--offline", bundle)
    assert (status, "no document" in err) == (2, True)
