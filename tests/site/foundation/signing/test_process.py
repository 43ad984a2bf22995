"""The signing process as a process: its own, alone at its socket, and nothing is lost when it is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from tests.site.foundation.jobs.test_killed_worker import ROOT, database_url
from tests.site.issuing.conftest import publish_one

from testamur import strict_json
from testamur.errors import SignerUnavailable
from testamur.log.checkpoints import SignedCheckpoint, verify_signature
from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.keys import PublicKey
from testamur_site.foundation.accounts.api import create_institution
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import did_document
from testamur_site.foundation.signing import client
from testamur_site.foundation.signing.api import sealing
from testamur_site.foundation.signing.record import examine
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.log import keys as log_keys
from testamur_site.log import services as log_services
from testamur_site.log.models import Checkpoint
from testamur_site.status.api import published_list
from testamur_site.status.models import StatusList

commits = pytest.mark.django_db(transaction=True)  # what is about the socket alone asks no database

Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path, settings: Any) -> Iterator[Start]:
    """Starts the signing process on the test database; the key-encryption key of the tests is its alone afterwards."""
    settings.TESTAMUR_SIGNING_SOCKET = tmp_path / "signing" / "socket"
    settings.TESTAMUR_SIGNING_RECORD = tmp_path / "signatures.jsonl"
    started: list[subprocess.Popen[str]] = []

    def run() -> subprocess.Popen[str]:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.site.settings",
            "TESTAMUR_DATA": str(tmp_path),
            "TESTAMUR_DATABASE_URL": database_url(),
            "TESTAMUR_KEY_ENCRYPTION_KEY": str(django_settings.TESTAMUR_KEY_ENCRYPTION_KEY),
            "TESTAMUR_SIGNING_SOCKET": str(settings.TESTAMUR_SIGNING_SOCKET),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        process = subprocess.Popen(
            [sys.executable, "-c", "from testamur.cli import main; raise SystemExit(main())", "site", "sign"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("signing: ")
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def no_keys_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, which stands for web server and worker, whatever opens or makes a key fails."""
    for name in ("seal", "unseal", "read_keys"):
        monkeypatch.setattr(
            sealing, name, lambda *_, **__: pytest.fail("the key-encryption key was used outside of the process")
        )


def public_key(institution: Institution, method: str) -> PublicKey:
    methods = {one["id"]: one for one in did_document(institution)["verificationMethod"]}
    return PublicKey.from_multikey(methods[method]["publicKeyMultibase"])


@commits
def test_a_cohort_its_list_and_its_log_are_signed_by_the_process(
    start: Start, no_keys_here: None, institution_later: Callable[[], Institution], settings: Any, tmp_path: Path
) -> None:
    settings.TESTAMUR_AFTER_ISSUE = None
    process = start()
    institution = institution_later()
    version = publish_one(institution)
    with tenant(institution):
        awards = [
            issuing.award_one(
                version,
                issuing.AwardData(name=f"학생 {number}", email=f"s{number}@example.org", awarded_date=date(2026, 3, 5)),
            )
            for number in range(3)
        ]
        run_pending()
        for award in awards:
            award.refresh_from_db()
            assert award.state == "issued", award.problem
            signed = strict_json.loads(bytes(award.prepared.signed))
            (proof,) = proofs_of(signed)
            assert check_proof(signed, proof, public_key(institution, proof["verificationMethod"])).outcome == "passed"
        listed = StatusList.objects.first()
    assert listed is not None
    document = strict_json.loads(published_list(listed.public_id) or b"")
    (proof,) = proofs_of(document)
    assert check_proof(document, proof, public_key(institution, proof["verificationMethod"])).outcome == "passed"
    log_services.sequence()
    row = Checkpoint.objects.order_by("-size").first()
    assert row is not None
    checkpoint = SignedCheckpoint.from_bytes(bytes(row.note))
    keys = log_keys.verifier_keys(row.shard)
    for key in keys:
        assert any(verify_signature(checkpoint.checkpoint, line, key) for line in checkpoint.note.signatures)
    process.terminate()
    assert process.wait(10) == 0
    kinds = {json.loads(line)["kind"] for line in (tmp_path / "signatures.jsonl").read_text().splitlines()}
    assert kinds == {"make_key", "award", "status_list", "checkpoint"}
    assert "학생" not in (tmp_path / "signatures.jsonl").read_text()
    assert examine(tmp_path / "signatures.jsonl")[1] >= 6


def test_its_socket_is_its_owners_and_there_is_only_one_process(start: Start, settings: Any, tmp_path: Path) -> None:
    first = start()
    path = settings.TESTAMUR_SIGNING_SOCKET
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with pytest.raises(AssertionError):
        start()  # says that there is one already, and ends
    first.kill()
    first.wait(10)
    assert path.exists()
    start()  # a socket that a killed process left behind is taken over
    assert client.ask({"do": "ping"}) == {"ready": True}


@commits
def test_killed_and_started_again_it_signs_what_waits(
    start: Start, no_keys_here: None, institution_later: Callable[[], Institution], settings: Any
) -> None:
    settings.TESTAMUR_AFTER_ISSUE = None
    process = start()
    institution = institution_later()
    version = publish_one(institution)
    data = issuing.AwardData(name="Ada Lovelace", email="ada@example.org", awarded_date=date(2026, 3, 5))
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    with tenant(institution):
        with pytest.raises(SignerUnavailable) as unavailable:
            issuing.award_one(version, data)
        assert unavailable.value.code == "signing.no_process"
        award = issuing.Award.objects.get()
        assert award.state == "prepared"  # decided and kept, and a job waits to take it on
        start()
        run_pending()
        award.refresh_from_db()
        assert award.state == "issued"


@pytest.fixture
def institution_later() -> Callable[[], Institution]:
    return lambda: create_institution(slug="late", name="Late College", country="IE", owner=None)


def test_the_slow_and_the_rude_do_not_hinder_the_others(start: Start, settings: Any) -> None:
    start()
    path = str(settings.TESTAMUR_SIGNING_SOCKET)
    idle = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(3)]
    try:
        for one in idle:
            one.connect(path)  # and says nothing
        idle[0].sendall(b"\x00\x00")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as rude:
            rude.connect(path)
            rude.sendall(b"\xff\xff\xff\xff")
            rude.settimeout(10)
            assert rude.recv(1) == b""
        begun = time.monotonic()
        assert client.ask({"do": "ping"}) == {"ready": True}
        assert time.monotonic() - begun < 5
    finally:
        for one in idle:
            one.close()
