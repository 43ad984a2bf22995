"""`testamur verify --log-policy …`, `testamur bundle` and `testamur inspect`: the public record on the command line."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.simulator import Institution
from tests.unit.formats import images
from tests.unit.verification.transparency.log_world import Log, serve
from tests.unit.verification.transparency.test_anchors_and_lists import anchored

from testamur.cli.main import main
from testamur.fetch import write_bundle
from testamur.formats.baked import png
from testamur.log import Proof
from testamur.ports import Resource


class Desk:
    """A folder with a credential, its proof, a policy and a bundle of everything else."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.university, self.log = folder, Institution(), Log()
        self.credential = self.university.issue()
        self.proof = self.log.record_and_prove(self.credential)
        self.write("badge.json", json.dumps(self.credential).encode())
        self.write("badge.tlog-proof", self.proof)
        lines = [f"log {self.log.key.key.text}", "group two 2 w0 w1 w2", "quorum two"]
        lines[1:1] = [f"witness w{n} {each.key.text}" for n, each in enumerate(self.log.witnesses)]
        self.write("policy.txt", "\n".join(lines).encode())
        self.bundle()

    def write(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return self.path(name)

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def bundle(self, **more: bytes) -> None:
        pages = self.university.published() | more
        resources = [Resource(url, content, "application/json", self.university.now) for url, content in pages.items()]
        self.write("kit.zip", write_bundle(resources))

    def verify(self, *arguments: str, document: str = "badge.json") -> int:
        return main(["verify", self.path(document), "--offline", self.path("kit.zip"), "--language", "en", *arguments])


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    from tests.simulator import NOW, FixedClock

    from testamur.cli import verify
    from testamur.verification import Verifier

    monkeypatch.setattr(verify, "Verifier", lambda *given: Verifier(*given, clock=FixedClock(NOW)))
    return Desk(tmp_path)


def test_the_levels_are_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--log-policy", desk.path("policy.txt"), "--log-proof", desk.path("badge.tlog-proof"))
    assert desk.verify(*arguments, "--require-level", "witnessed") == 0
    said = capsys.readouterr().out
    assert "Public record: ✓ signed → ✓ logged → ✓ witnessed → – anchored" in said
    assert "says awarded on: 15 November 2026, 10:00 UTC" in said
    assert "first publicly recorded, at the latest: 15 November 2026, 10:00 UTC" in said
    assert desk.verify(*arguments, "--json") == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)["transparency"]
    assert told["level"] == "witnessed"
    assert [each["outcome"] for each in told["levels"]] == ["passed", "passed", "passed", "not_asked"]
    assert told["saysAwarded"] == told["firstRecorded"] == "2026-11-15T10:00:00Z"


def test_without_the_proof_a_required_level_is_not_reached(desk: Desk) -> None:
    assert desk.verify() == 0
    assert desk.verify("--log-policy", desk.path("policy.txt")) == 0
    assert desk.verify("--log-policy", desk.path("policy.txt"), "--require-level", "logged") == 3


def test_a_bundle_has_the_proof_under_its_address(desk: Desk) -> None:
    desk.bundle(**{desk.credential["id"] + ".tlog-proof": desk.proof})
    assert desk.verify("--log-policy", desk.path("policy.txt"), "--require-level", "witnessed") == 0


def test_another_ones_proof_is_refused(desk: Desk) -> None:
    other = desk.write("other.tlog-proof", desk.log.record_and_prove(desk.university.issue()))
    assert desk.verify("--log-policy", desk.path("policy.txt"), "--log-proof", other) == 1
    assert desk.verify("--log-proof", other) == 1


def test_anchors_by_policy_and_receipts(desk: Desk) -> None:
    receipts, believed = anchored(desk.proof)
    ((chain, number), block), contract = next(iter(believed.blocks.items())), next(iter(believed.contracts[11]))
    lines = [f"evm {chain} contract 0x{contract.hex()}", f"evm {chain} block {number} 0x{block.hex()}"]
    anchors = desk.write("anchors.txt", "\n".join(lines).encode())
    arguments = ["--log-policy", desk.path("policy.txt"), "--log-proof", desk.path("badge.tlog-proof")]
    arguments += ["--require-level", "anchored", "--anchor-policy", anchors]
    assert desk.verify(*arguments) == 3
    assert desk.verify(*arguments, "--anchor-receipt", desk.write("receipts.json", receipts)) == 0
    size = Proof.from_bytes(desk.proof).checkpoint.checkpoint.size
    desk.bundle(**{f"https://{desk.log.origin}/anchors/{size}.json": receipts})
    assert desk.verify(*arguments) == 0


def test_a_checkpoint_from_elsewhere_shows_a_fork(desk: Desk) -> None:
    second = Log()
    second.entries[0] = second.entries[1]
    second.record(desk.credential)
    known = desk.write("checkpoint", second.checkpoint().to_bytes())
    arguments = ("--log-policy", desk.path("policy.txt"), "--log-proof", desk.path("badge.tlog-proof"))
    assert desk.verify(*arguments, "--known-checkpoint", known) == 1


def test_an_issuers_demand_holds_offline(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    serve(desk.university, desk.log, requiredFrom="2026-11-20T00:00:00Z")
    desk.bundle()
    assert desk.verify() == 3  # a bundle that lacks the proof says nothing about whether there is one
    assert desk.verify("--log-proof", desk.path("badge.tlog-proof")) == 0
    assert "records everything that it awards in a public log, and this stands there" in capsys.readouterr().out


def test_pictures_and_archives_bring_their_proofs_along(desk: Desk) -> None:
    policy = ("--log-policy", desk.path("policy.txt"), "--require-level", "witnessed")
    badge = (desk.folder / "badge.json").read_bytes()
    desk.write("badge.png", png.add_log_proof(png.bake(images.PNG, badge), desk.proof))
    assert desk.verify(*policy, document="badge.png") == 0
    for name in ("a/badge.tlog-proof", "a/badge.json.tlog-proof"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("a/badge.json", badge)
            archive.writestr(name, desk.proof)
            archive.writestr("badge.tlog-proof", b"of something else")
        desk.write("many.zip", packed.getvalue())
        assert desk.verify(*policy, document="many.zip") == 0


def test_inspect_says_what_a_proof_is(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    badge = (desk.folder / "badge.json").read_bytes()
    baked = png.add_log_proof(png.bake(images.PNG, badge), desk.proof)
    desk.write("badge.png", baked)
    assert main(["inspect", desk.path("badge.png")]) == 0
    said = capsys.readouterr().out
    assert "log proof   entry 5 of 6 in university.example/log/2026, signed by university.example/log/2026" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("--log-policy", "missing.txt"),
        ("--log-policy", "badge.json"),
        ("--require-level", "witnessed"),
        ("--require-level", "anchored"),
        ("--require-level", "logged", "--profile", "proof"),
        ("--anchor-receipt", "badge.json"),
        ("--anchor-policy", "badge.json"),
        ("--known-checkpoint", "badge.json"),
        ("--log-proof", "missing"),
    ],
    ids=" ".join,
)
def test_what_cannot_work_is_refused_with_the_reason(
    desk: Desk, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    named = [desk.path(each) if "." in each or each == "missing" else each for each in arguments]
    assert desk.verify(*named) == 2
    assert capsys.readouterr().err
