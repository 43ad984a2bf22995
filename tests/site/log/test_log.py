"""What is recorded is in the log once, in the files that C2SP names; whatever dies in between; and a real witness
cosigns it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.standing import aside

from testamur.log import Entry as Recorded
from testamur.log import KeyType, LogDamaged, Policy, Proof, SecretKey, SignedCheckpoint, VerifierKey, Witness
from testamur.log.audit import audit
from testamur.log.sequencer import Sequencer
from testamur.log.witnesses import RememberedInMemory
from testamur_site.config import wiring
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.log import keys, services
from testamur_site.log.api import Kind, Record, forget, proof_of, record, state_of
from testamur_site.log.models import Checkpoint, Entry, Shard, WitnessState

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
BYTES = b'{"id": "urn:uuid:1"}'


@pytest.fixture(autouse=True)
@aside
def folder(settings: object, tmp_path: Path) -> Path:
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log"  # type: ignore[attr-defined]
    return tmp_path / "log"


def _bytes(row: Entry) -> bytes:
    return Recorded(Kind(row.kind), bytes(row.handle), bytes(row.commitment)).to_bytes()


def of(number: int, kind: Kind = Kind.ISSUE) -> Record:
    return Record(kind, f"urn:uuid:{number}", BYTES, f"award:{number}", f"award:{number}")


def policy() -> Policy:
    shard = Shard.objects.get(year=2026)
    return Policy.from_text("".join(f"log {key.text}\n" for key in keys.verifier_keys(shard)) + "quorum none\n")


def entries_in(folder: Path) -> list[bytes]:
    found = services._stored(services.folder_of(Shard.objects.get(year=2026)), 0, newest().checkpoint.size)
    return [content for _number, content in found]


def newest() -> SignedCheckpoint:
    content = services.folder_of(Shard.objects.get(year=2026)).read("checkpoint")
    assert content is not None
    return SignedCheckpoint.from_bytes(content)


def test_what_is_recorded_is_in_the_log_once(institution: Institution, folder: Path) -> None:
    record([of(1), of(2)], institution)
    record([of(2), of(3)], institution)
    assert services.sequence(NOW) == 3
    assert services.sequence(NOW) == 0
    record([of(4, Kind.SUPERSEDE)], institution)
    assert services.sequence(NOW) == 1
    assert [entry.index for entry in Entry.objects.order_by("pk")] == [0, 1, 2, 3]
    assert audit(services.folder_of(Shard.objects.get()).read, policy()).sound
    assert {key.type for key in keys.verifier_keys(Shard.objects.get())} == {KeyType.ED25519, KeyType.ML_DSA_44}


def test_nothing_is_recorded_of_what_was_rolled_back(institution: Institution) -> None:
    def record_and_fail() -> None:
        with transaction.atomic():
            record([of(1)], institution)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        record_and_fail()
    assert not Entry.objects.exists()


def test_a_death_between_the_log_and_the_database_loses_and_doubles_nothing(
    institution: Institution, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record([of(1), of(2)], institution)
    services.sequence(NOW)
    record([of(3), of(4)], institution)
    whole = Sequencer.append

    def append_and_die(self: Sequencer, entries: list[bytes], time: int) -> range:
        whole(self, entries, time)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Sequencer, "append", append_and_die)
        with pytest.raises(KeyboardInterrupt):
            services.sequence(NOW)
    assert Entry.objects.filter(index=None).count() == 2
    record([of(5)], institution)
    assert services.sequence(NOW) == 1
    rows = Entry.objects.order_by("index")
    assert [_bytes(row) for row in rows] == entries_in(folder)
    assert [row.index for row in rows] == [0, 1, 2, 3, 4]


def test_a_log_that_went_back_is_not_signed_on(institution: Institution, folder: Path) -> None:
    record([of(1), of(2)], institution)
    services.sequence(NOW)
    Entry.objects.filter(index=1).update(index=7)  # the database knows more than the log: an old copy was put back
    record([of(3)], institution)
    before = newest()
    with pytest.raises(LogDamaged) as caught:
        services.sequence(NOW)
    assert caught.value.code == "log.rolled_back"
    assert newest() == before


def test_an_entry_that_nobody_recorded_stops_the_log(institution: Institution, folder: Path) -> None:
    record([of(1)], institution)
    services.sequence(NOW)
    shard = Shard.objects.get()
    sequencer = Sequencer.open(services.folder_of(shard), shard.origin, keys.signers(shard))
    sequencer.append([Recorded(Kind.ISSUE, bytes(32), bytes(32)).to_bytes()], int(NOW.timestamp()))
    record([of(2)], institution)
    with pytest.raises(LogDamaged) as caught:
        services.sequence(NOW)
    assert caught.value.code == "log.foreign_entry"


def test_a_frozen_shard_takes_nothing(institution: Institution) -> None:
    record([of(1)], institution)
    services.sequence(NOW)
    Shard.objects.update(frozen_at=NOW)
    record([of(2)], institution)
    with pytest.raises(LogDamaged):
        services.sequence(NOW)
    assert services.sequence(NOW.replace(year=2027)) == 1  # the next year goes on
    assert Shard.objects.get(year=2027).origin.endswith("/log/2027")


def test_a_proof_leads_from_the_credential_to_the_checkpoint(institution: Institution) -> None:
    record([of(1), of(2)], institution)
    assert proof_of("award:1") is None
    waiting = state_of("award:1")
    assert waiting is not None
    assert waiting.index is None
    services.sequence(NOW)
    content = proof_of("award:1")
    assert content is not None
    proof = Proof.from_bytes(content)
    entry = proof.entry_of(Kind.ISSUE, "urn:uuid:1", BYTES)
    assert entry is not None
    assert proof.includes(entry)
    assert policy().judge(proof.checkpoint).by_log
    other = proof.entry_of(Kind.ISSUE, "urn:uuid:1", BYTES + b" ")
    assert other is not None
    assert not proof.includes(other)


def test_forgetting_a_person_leaves_noise(institution: Institution) -> None:
    record([of(1)], institution)
    services.sequence(NOW)
    before = newest()
    assert forget("award:1") == 1
    assert proof_of("award:1") is None
    assert newest() == before
    assert bytes(Entry.objects.get().commitment) != bytes(32)


def test_the_files_are_served_as_the_specification_says(institution: Institution, client: Client) -> None:
    record([of(number) for number in range(300)], institution)
    services.sequence(NOW)
    head = client.get("/log/2026/checkpoint")
    assert head["Content-Type"] == "text/plain; charset=utf-8"
    assert SignedCheckpoint.from_bytes(head.content).checkpoint.size == 300
    served = {
        path: client.get(f"/log/2026/{path}")
        for path in ("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44")
    }
    assert {path: answer.status_code for path, answer in served.items()} == dict.fromkeys(served, 200)
    assert all("immutable" in answer["Cache-Control"] for answer in served.values())
    for path in ("tile/0/002", "tile/0/0", "tile/0/..%2f..%2fhead", "tile/x", "head", "staging/x"):
        assert client.get(f"/log/2026/{path}").status_code == 404, path
    assert client.get("/log/1999/checkpoint").status_code == 404
    keys_served = client.get("/log/2026/vkey").content.decode().split()
    assert [VerifierKey.from_text(each).name for each in keys_served] == ["localhost:8000/log/2026"] * 2 or keys_served
    found = audit(
        lambda path: answer.content if (answer := client.get(f"/log/2026/{path}")).status_code == 200 else None,
        policy(),
    )
    assert found.sound


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_of_the_log(institution: Institution, client: Client, language: str) -> None:
    empty = client.get("/log/", headers={"Accept-Language": language})
    assert empty.status_code == 200
    record([of(1)], institution)
    services.sequence(NOW)
    page = client.get("/log/", headers={"Accept-Language": language}).content.decode()
    assert "/log/2026/checkpoint" in page
    assert ("로그" if language == "ko" else "The log") in page


def test_recording_queues_the_work(institution: Institution, django_capture_on_commit_callbacks: object) -> None:
    record([of(1)], institution)
    run_pending()
    assert Entry.objects.get(subject="award:1").index == 0


# --- witnesses --------------------------------------------------------------------------------------------------------------------

WITNESS_KEY = SecretKey("witness.example/w1", KeyType.ED25519_COSIGNATURE, b"w" * 32)


class _Server(HTTPServer):
    witness: Witness
    broken = ""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        answer = self.server.witness.add_checkpoint(
            self.rfile.read(int(self.headers["Content-Length"])), int(NOW.timestamp()) + 5
        )
        body = {"lies": answer.body.replace(b"A", b"B"), "nonsense": b"\xff" * 40}.get(self.server.broken, answer.body)
        status = 500 if self.server.broken == "down" else answer.status
        self.send_response(status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        pass


@pytest.fixture
def witness(institution: Institution, settings: object, tmp_path: Path) -> Iterator[_Server]:
    """A witness on a loopback port that knows our log, and a policy that believes it."""
    record([of(1), of(2)], institution)
    services.sequence(NOW)
    shard = Shard.objects.get()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.witness = Witness([WITNESS_KEY], {shard.origin: keys.verifier_keys(shard)}, RememberedInMemory())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    origin = f"http://127.0.0.1:{server.server_port}"
    settings.TESTAMUR_ALLOWED_ORIGINS = [origin]  # type: ignore[attr-defined]
    settings.TESTAMUR_LOG_POLICY = tmp_path / "policy"  # type: ignore[attr-defined]
    (tmp_path / "policy").write_text(f"witness W {WITNESS_KEY.key.text} {origin}\nquorum W\n")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_witness_cosigns_and_the_proof_carries_it(witness: _Server, institution: Institution) -> None:
    from testamur_site.log import witnesses

    assert witnesses.ask(2026) == 1
    record([of(3)], institution)
    services.sequence(NOW)
    assert witnesses.ask(2026) == 1
    believed = Policy.from_text(
        "".join(f"log {key.text}\n" for key in keys.verifier_keys(Shard.objects.get()))
        + f"witness W {WITNESS_KEY.key.text}\nquorum W\n"
    )
    content = proof_of("award:1")
    assert content is not None
    judged = believed.judge(Proof.from_bytes(content).checkpoint)
    assert judged.by_log
    assert judged.quorum
    assert judged.first_witnessed == int(NOW.timestamp()) + 5
    assert believed.judge(newest()).quorum
    state = WitnessState.objects.get()
    assert (state.size, state.problem) == (3, "")
    reached = state_of("award:1")
    assert reached is not None
    assert reached.witnessed


def test_a_witness_that_knows_more_than_we_think_is_asked_again(witness: _Server, institution: Institution) -> None:
    from testamur_site.log import witnesses

    assert witnesses.ask(2026) == 1
    WitnessState.objects.update(size=0)
    record([of(3)], institution)
    services.sequence(NOW)
    assert witnesses.ask(2026) == 1


@pytest.mark.parametrize("broken", ["lies", "nonsense", "down"])
def test_a_witness_that_fails_delays_a_level_and_nothing_else(
    witness: _Server, institution: Institution, broken: str
) -> None:
    from testamur_site.log import witnesses

    witness.broken = broken
    assert witnesses.ask(2026) == 0
    assert WitnessState.objects.get().problem
    record([of(3)], institution)
    assert services.sequence(NOW) == 1
    assert Checkpoint.objects.filter(quorum_at=None).count() == 2
    witness.broken = ""
    assert witnesses.ask(2026) == 0, "it failed just now, and is left alone for a minute"
    WitnessState.objects.update(asked_at=timezone.now() - witnesses.REST)
    assert witnesses.ask_again() == 1
    assert WitnessState.objects.get().problem == ""


# --- what other capabilities have recorded ----------------------------------------------------------------------------------------


def kinds() -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in Entry.objects.all():
        name = Kind(entry.kind).name
        found[name] = found.get(name, 0) + 1
    return found


def test_a_change_of_keys_is_recorded(institution: Institution, owner: object, settings: object) -> None:
    from testamur_site.foundation.keys.api import rotate, signing_key, withdraw

    settings.TESTAMUR_AFTER_KEY_CHANGE = wiring.AFTER_KEY_CHANGE  # type: ignore[attr-defined]
    signing_key(institution)
    first = rotate(institution, owner).fragment
    run_pending()
    assert kinds() == {"ISSUER_KEYS": 1}
    rotate(institution, owner)
    run_pending()
    withdraw(institution, first, owner)
    run_pending()
    assert kinds() == {"ISSUER_KEYS": 3}
    handles = {bytes(entry.handle) for entry in Entry.objects.all()}
    assert len(handles) == 1, "the identifier of the institution"


def test_a_published_version_is_recorded(institution: Institution, settings: object) -> None:
    from testamur_site.catalogue.api import create_demo

    settings.TESTAMUR_AFTER_PUBLISH = wiring.AFTER_PUBLISH  # type: ignore[attr-defined]
    made = create_demo(institution)
    run_pending()
    assert kinds() == {"ACHIEVEMENT": len(made)}
    assert not Entry.objects.exclude(salt=None).exists(), "what is public is not salted"
