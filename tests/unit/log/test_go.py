"""Our log before an implementation that is not ours: Go's `x/mod/sumdb/note` and `x/mod/sumdb/tlog`, as Debian
packages them."""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.unit.log.worlds import LOG_KEY, ORIGIN, SIGNERS, Stored, entry

from testamur.log import Sequencer
from testamur.log.merkle import Leaves, consistency_proof, inclusion_proof, leaf_hash, tree_root
from testamur.log.sequencer import reader

PACKAGES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
GO = shutil.which("go")
SIZE = 1_000

pytestmark = pytest.mark.skipif(
    GO is None or not PACKAGES.exists(), reason="needs Go and its module packages: sh tools/ensure-debian-packages go"
)


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    built = folder / "check"
    folders = {"GOPATH": "/usr/share/gocode", "GOCACHE": str(folder / "cache")}
    environment = {**os.environ, "GO111MODULE": "off", "GOFLAGS": "", **folders}
    source = Path(__file__).parent / "go" / "main.go"
    subprocess.run([str(GO), "build", "-o", str(built), str(source)], env=environment, check=True, cwd=folder)
    return built


@pytest.fixture(scope="module")
def made() -> tuple[bytes, dict[str, Any]]:
    """A checkpoint of 1,000 entries with both signatures of the log, and proofs from its tiles."""
    store = Stored()
    sequencer = Sequencer.open(store, ORIGIN, SIGNERS)
    sequencer.append([entry(number) for number in range(SIZE)], 1_764_115_200)
    tiles, memory = reader(store, SIZE), Leaves([leaf_hash(entry(number)) for number in range(SIZE)])
    draw = random.Random(1)
    encode = lambda each: base64.b64encode(each).decode()  # noqa: E731 - Go reads byte slices in base64
    inclusion = [
        {"Index": index, "Size": SIZE, "Leaf": encode(entry(index)), "Root": encode(tree_root(SIZE, tiles)),
         "Path": [encode(each) for each in inclusion_proof(SIZE, index, tiles)]}
        for index in range(0, SIZE, 3)
    ]  # fmt: skip
    consistency = [
        {"Old": old, "New": new, "OldRoot": encode(tree_root(old, memory)), "NewRoot": encode(tree_root(new, memory)),
         "Path": [encode(each) for each in consistency_proof(old, new, memory)]}
        for old, new in ((sorted((draw.randrange(1, SIZE), draw.randrange(1, SIZE)))) for _ in range(400))
    ]  # fmt: skip
    return store.files["checkpoint"], {"Inclusion": inclusion, "Consistency": consistency}


def check(checker: Path, folder: Path, checkpoint: bytes, proofs: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    (folder / "checkpoint").write_bytes(checkpoint)
    (folder / "proofs.json").write_text(json.dumps(proofs))
    command = [str(checker), str(folder / "checkpoint"), LOG_KEY.key.text, str(folder / "proofs.json")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_go_agrees(checker: Path, made: tuple[bytes, dict[str, Any]], tmp_path: Path) -> None:
    said = check(checker, tmp_path, *made)
    assert (said.returncode, said.stdout) == (0, f"ok {SIZE}\n")


@pytest.mark.parametrize("what", ["checkpoint", "Inclusion", "Consistency"])
def test_go_refuses_what_is_changed(
    checker: Path, made: tuple[bytes, dict[str, Any]], tmp_path: Path, what: str
) -> None:
    checkpoint, proofs = made[0], json.loads(json.dumps(made[1]))
    if what == "checkpoint":
        checkpoint = checkpoint.replace(b"\n1000\n", b"\n1001\n", 1)
    else:
        proofs[what][7]["Path"][0] = base64.b64encode(bytes(32)).decode()
    assert check(checker, tmp_path, checkpoint, proofs).returncode == 1
