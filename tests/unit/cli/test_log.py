"""`testamur log audit` and `testamur witness`, as somebody at a terminal runs them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.unit.log.worlds import LOG_KEY, ORIGIN, SIGNERS

from testamur.cli import main
from testamur.cli.log import keys
from testamur.cli.log.server import WitnessServer
from testamur.fetch.log_folder import FolderStore, WitnessFile
from testamur.fetch.post import HttpPoster
from testamur.log import Policy, SecretKey, Sequencer, SignedCheckpoint, Witness
from testamur.log.merkle import consistency_proof
from testamur.log.notes import KeyType, signature_lines
from testamur.log.sequencer import reader
from testamur.log.witnesses import Request

TIME = 1_764_115_200


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    from testamur.log import Kind, entry_for

    entries = [entry_for(Kind.ISSUE, f"urn:uuid:{n}", b"{}", bytes([n]) * 32).to_bytes() for n in range(9)]
    Sequencer.open(FolderStore(tmp_path / "log"), ORIGIN, SIGNERS).append(entries, TIME)
    (tmp_path / "policy").write_text(f"log {LOG_KEY.key.text}\nquorum none\n")
    return tmp_path


def test_a_sound_log(mirror: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "audit", str(mirror / "log"), "--policy", str(mirror / "policy")]) == 0
    assert "The log is sound." in capsys.readouterr().out


def test_a_log_on_this_machine_is_asked_because_its_address_was_typed(
    mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(mirror))) as served:
        threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{served.server_port}/log"
        assert main(["log", "audit", address, "--policy", str(mirror / "policy")]) == 0
        served.shutdown()
    assert "The log is sound." in capsys.readouterr().out


def test_a_changed_log(mirror: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = mirror / "log/tile/entries/000.p/9"
    content = bytearray(bundle.read_bytes())
    content[40] ^= 1
    bundle.write_bytes(content)
    assert main(["log", "audit", str(mirror / "log"), "--policy", str(mirror / "policy")]) == 1
    said = capsys.readouterr().out
    assert "tile/0/000.p/9: This tile is not what" in said
    assert "NOT sound" in said


@pytest.mark.parametrize(
    ("place", "policy", "status"), [("nowhere", "policy", 2), ("log", "missing", 2), ("log", "log/checkpoint", 1)]
)
def test_what_cannot_be_audited(
    mirror: Path, capsys: pytest.CaptureFixture[str], place: str, policy: str, status: int
) -> None:
    assert main(["log", "audit", str(mirror / place), "--policy", str(mirror / policy)]) == status
    assert capsys.readouterr().err


def test_keys_are_made_once_and_read_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "key.json"
    command = ["witness", "key", "--name", "witness.example/w1", "--out", str(path)]
    assert main(command) == 0
    said = capsys.readouterr().out
    read = keys.read(str(path))
    assert [key.type for key in read] == [KeyType.ED25519_COSIGNATURE, KeyType.ML_DSA_44]
    assert all(key.key.text in said for key in read)
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert main(command) == 2
    assert main(["witness", "key", "--name", "a witness", "--out", str(tmp_path / "other")]) == 2
    content = json.loads(path.read_text())
    content["keys"][0]["vkey"] = content["keys"][1]["vkey"]
    path.write_text(json.dumps(content))
    assert main(["witness", "run", "--key", str(path), "--log", LOG_KEY.key.text, "--state", str(tmp_path / "s")]) == 2


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WitnessServer]:
    secret = SecretKey("witness.example/w1", KeyType.ED25519_COSIGNATURE, b"w" * 32)
    witness = Witness([secret], {ORIGIN: [LOG_KEY.key]}, WitnessFile(tmp_path / "witness.db"))
    server = WitnessServer("127.0.0.1", 0, witness, [secret.key.text])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _asked(mirror: Path) -> Request:
    store = FolderStore(mirror / "log")
    signed = SignedCheckpoint.from_bytes(store.read("checkpoint") or b"")
    return Request(0, tuple(consistency_proof(0, 9, reader(store, 9))), signed)


def test_a_witness_answers_over_http(server: WitnessServer, mirror: Path) -> None:
    origin = f"http://127.0.0.1:{server.server_port}"
    poster = HttpPoster([origin])
    asked = _asked(mirror)
    answer = poster.post(f"{origin}/add-checkpoint", asked.to_bytes())
    assert answer.status == 200
    believed = Policy.from_text(f"log {LOG_KEY.key.text}\nwitness W {server.vkeys[0]}\nquorum W\n")
    signed = SignedCheckpoint(
        asked.checkpoint.checkpoint, asked.checkpoint.note.with_signatures(signature_lines(answer.content.decode()))
    )
    assert believed.judge(signed).quorum
    again = poster.post(f"{origin}/add-checkpoint", asked.to_bytes())
    assert (again.status, again.content, again.media_type) == (409, b"9\n", "text/x.tlog.size")
    assert poster.post(f"{origin}/other", b"").status == 404
    assert poster.post(f"{origin}/add-checkpoint", b"x" * 300_000).status == 413


def test_the_command_runs_until_it_is_told_to_stop(mirror: Path) -> None:
    path = mirror / "key.json"
    (made, _second) = keys.write_new(path, "witness.example/w1", ["ed25519", "ml-dsa-44"])
    program = [sys.executable, "-c", "import sys; from testamur.cli import main; sys.exit(main())"]
    named = ["--key", str(path), "--log", LOG_KEY.key.text, "--state", str(mirror / "state.db")]
    command = [*program, "witness", "run", *named, "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        origin = running.stdout.readline().strip().removeprefix("witness: ")
        answer = HttpPoster([origin], timeout=20).post(f"{origin}/add-checkpoint", _asked(mirror).to_bytes())
        running.terminate()
        assert running.wait(20) == 0
    assert answer.status == 200
    assert made.name in answer.content.decode()
