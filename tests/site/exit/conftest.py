"""An institution with a published micro-credential, two learners, a log and a witness; and a plain Python to verify with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone
from tests.alone import SingleFile, single_file
from tests.emptied import empty
from tests.standing import aside, standing

from testamur.log import KeyType, SecretKey, Witness
from testamur.log.witnesses import RememberedInMemory
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.log import keys, witnesses
from testamur_site.log.models import Shard
from testamur_site.wallet import services as wallet
from testamur_site.wallet.models import Deposit

MINA = issuing.AwardData(name="김미나", email="Mina@Example.org", awarded_date=date(2026, 3, 5))
JUN = issuing.AwardData(name="Jun Park", email="jun@example.org", awarded_date=date(2026, 3, 6))


@pytest.fixture(autouse=True)
@aside
def _folder_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_EXIT_FOLDER = tmp_path / "exits"


@pytest.fixture
@standing
def version(institution: Institution) -> AchievementVersion:
    with tenant(institution):
        micro_credential = catalogue.create(institution, DESCRIPTION)
        catalogue.publish(micro_credential.versions.get())
        return AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=micro_credential
        )


@pytest.fixture
@aside
def award_to(institution: Institution, version: AchievementVersion) -> Callable[[issuing.AwardData], Deposit]:
    """Award to somebody, and do all work that follows (deposit, mail, log)."""

    def award(data: issuing.AwardData) -> Deposit:
        with tenant(institution):
            made = issuing.award_one(version, data, actor=None)
        run_pending()
        with tenant(institution):
            return Deposit.objects.select_related("award__institution").get(award=made)

    return award


@pytest.fixture
@standing
def shown(award_to: Callable[[issuing.AwardData], Deposit]) -> Deposit:
    """Mina's, which she accepted and shows."""
    deposit = award_to(MINA)
    wallet.claim(deposit, "ko")
    wallet.set_public(deposit, True)
    return deposit


@pytest.fixture
@standing
def private(award_to: Callable[[issuing.AwardData], Deposit]) -> Deposit:
    """Jun's, which he accepted and keeps for himself."""
    deposit = award_to(JUN)
    wallet.claim(deposit, "en")
    return deposit


class _Server(HTTPServer):
    witness: Witness


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.witness.add_checkpoint(body, int(timezone.now().timestamp()))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def witnessed(settings: Any, folder: Path) -> Iterator[str]:
    """A witness that cosigns the log as it is now; the policy that believes both, for verifiers."""
    shard = Shard.objects.get()
    key = SecretKey("witness.example/w1", KeyType.ED25519_COSIGNATURE, b"w" * 32)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.witness = Witness([key], {shard.origin: keys.verifier_keys(shard)}, RememberedInMemory())
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        origin = f"http://127.0.0.1:{server.server_port}"
        settings.TESTAMUR_ALLOWED_ORIGINS = [origin]
        settings.TESTAMUR_LOG_POLICY = folder / "witness-policy.txt"
        settings.TESTAMUR_LOG_POLICY.write_text(f"witness W {key.key.text} {origin}\nquorum W\n")
        assert witnesses.ask(timezone.now().year) == 1
        yield witnesses.public_policy()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def _alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SingleFile]:
    with single_file(tmp_path_factory.mktemp("single")) as ready:
        yield ready


@pytest.fixture
def verify_alone(_alone: SingleFile, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """`verify_alone("bundle.zip", "--log-policy", …)`: the report of the single file in an empty folder, run by a bare interpreter."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    def run(*arguments: str | Path) -> dict[str, Any]:
        done = _alone.run("--json", "--language", "en", *arguments, folder=folder)
        assert done.err == ""
        report: dict[str, Any] = json.loads(done.out)
        return {**report, "status": done.status}

    return run


def wipe() -> None:
    """Every row of the deployment is gone, as after the loss of its disk."""
    empty(restart=True)
