"""What it costs to keep a key elsewhere: `python -m benchmarks.signers` from the root of the repository.

Three tables, each measured in one run, so that the ratios hold on any machine:

1. Signatures a second by one key: in memory, in a PKCS #11 token (SoftHSM 2) one by one and in a batch, and with a new session each time.
2. A cohort with its key in that token (values to signed bytes, as linked data and as JSON Web Tokens) beside what the token itself does
   with the same texts in one session, with nothing between two signatures; and the same with half a millisecond of waiting added to each
   signature, as for a device that works elsewhere. By the clock, in turns: a quiet machine with two processors is needed, because the token
   signs on one while the other prepares and looks.
3. Awards signed a second by the platform: in the worker's own process, and by the signing process with 1, 50 and 500 awards a request. The
   signing process composes each award anew from its row before it signs (docs/decisions/0043-who-holds-the-keys.md).
"""

from __future__ import annotations

import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

MESSAGE = b"x" * 64
SECONDS = 2.0
SUITES = {"Ed25519": "eddsa-rdfc-2022", "P-256": "ecdsa-rdfc-2019"}


def rate(action: Callable[[], int]) -> float:
    """How many a second: `action` says how many it did."""
    action()
    begun, done = time.perf_counter(), 0
    while (spent := time.perf_counter() - begun) < SECONDS:
        done += action()
    return done / spent


def table(title: str, rows: list[tuple[str, float]]) -> None:
    print(f"\n{title}")
    first = rows[0][1]
    for name, value in rows:
        print(f"  {name:<58}{value:>10,.0f}/s   {value / first:>6.2f}")


def keys() -> None:
    from tests.softhsm import new_token

    from testamur.proofs.keys import PrivateKey
    from testamur.signers import new_key, pkcs11_token

    token = new_token("Benchmark")
    for algorithm in ("Ed25519", "P-256"):
        memory = PrivateKey.generate(algorithm)
        held: Any = new_key(token.uri(f"key-{algorithm}"), algorithm, environment=token.environment)

        def one(signer: Any = memory) -> int:
            signer.sign(MESSAGE)
            return 1

        def many() -> int:
            held.sign_many([MESSAGE] * 200)  # noqa: B023 - used at once
            return 200

        def anew() -> int:
            held.close()  # noqa: B023
            return one(held)  # noqa: B023

        rows = [
            ("in memory", rate(one)),
            ("in the token, one by one in one session", rate(lambda: one(held))),  # noqa: B023
            ("in the token, 200 at a time", rate(many)),
            ("in the token, a new session for each", rate(anew)),
        ]
        table(f"{algorithm}: signatures", rows)
    for one_token in pkcs11_token._tokens.values():
        one_token.close()


def cohorts(awards: int = 480) -> None:
    from tests.softhsm import new_token

    from testamur.cli.bench.sample import CREATED, Sample
    from testamur.issuing import CohortIssuer, CohortTokenIssuer
    from testamur.proofs.did import did_key_for
    from testamur.signers import new_key, pkcs11_token
    from testamur.signers.extras import wanted

    token = new_token("Cohorts")
    sample = Sample.make()
    work = [sample.award(number) for number in range(awards)]
    for algorithm, mechanism in (("Ed25519", "EDDSA"), ("P-256", "ECDSA")):
        held: Any = new_key(token.uri(f"cohort-{algorithm}"), algorithm, environment=token.environment)
        did, method = did_key_for(held.public)
        how = getattr(wanted("pkcs11").Mechanism, mechanism)
        found = held._token.private_key

        def ways(signer: Any) -> dict[str, Callable[[], Any]]:
            parts = (replace(sample.issuer, id=did), sample.achievement, signer)  # noqa: B023 - used at once
            tokens = CohortTokenIssuer(*parts, verification_method=method)  # noqa: B023
            suite = SUITES[algorithm]  # noqa: B023
            linked = CohortIssuer(*parts, verification_method=method, cryptosuite=suite)  # noqa: B023
            return {
                "JSON Web Tokens": lambda: tokens.issue_many(work),
                suite: lambda: linked.issue_many(work, created=CREATED),
            }

        listening = _Listening(held)
        listened, issued = ways(listening), ways(held)
        for kind, issue in issued.items():
            listening.heard.clear()
            assert all(isinstance(each, bytes) for each in listened[kind]())
            texts = [hashlib.sha256(one).digest() if mechanism == "ECDSA" else one for one in listening.heard]
            assert len(texts) == awards, len(texts)

            def alone(session: Any) -> int:
                private = held._token.private_key(session, held._uri)  # noqa: B023
                for one in texts:  # noqa: B023
                    private.sign(one, mechanism=how)  # noqa: B023
                return len(texts)  # noqa: B023

            for waiting in (0.0, 0.0005):
                held._token.private_key = lambda *which, waiting=waiting, found=found: _Elsewhere(
                    found(*which), waiting
                )
                list(issue())
                rates: dict[str, list[float]] = {"the token alone": [], "a cohort with its key in the token": []}
                for _ in range(7):
                    begun = time.perf_counter()
                    held._token.run(alone)
                    between = time.perf_counter()
                    list(issue())
                    spent = (between - begun, time.perf_counter() - between)
                    for seconds, each in zip(spent, rates.values(), strict=True):
                        each.append(awards / seconds)
                rows = [(name, statistics.median(each)) for name, each in rates.items()]
                ratios = [ours / its for its, ours in zip(*rates.values(), strict=True)]
                added = f", {waiting * 1000} ms added to each signature" if waiting else ""
                table(f"{algorithm}, {kind}{added}: awards a second by the clock", rows)
                print(f"  ratio {statistics.median(ratios):.2f} [{min(ratios):.2f}–{max(ratios):.2f}]")
        del held._token.private_key  # the next key is in the same token, and waits for itself alone
    for one_token in pkcs11_token._tokens.values():
        one_token.close()


class _Elsewhere:
    """A private key in a token that takes longer."""

    def __init__(self, private: Any, waiting: float) -> None:
        self._private, self._waiting = private, waiting

    def sign(self, text: bytes, *, mechanism: Any) -> Any:
        if self._waiting:
            time.sleep(self._waiting)
        return self._private.sign(text, mechanism=mechanism)


class _Listening:
    """Signs with another signer, and keeps what was to be signed."""

    def __init__(self, signer: Any) -> None:
        self.algorithm, self.public_multikey, self._signer = signer.algorithm, signer.public_multikey, signer
        self.heard: list[bytes] = []

    def sign(self, data: bytes) -> bytes:
        return self.sign_many([data])[0]

    def sign_many(self, texts: list[bytes]) -> list[bytes]:
        self.heard += texts
        signatures: list[bytes] = self._signer.sign_many(texts)
        return signatures


def platform(awards: int = 500) -> None:
    folder = Path(tempfile.mkdtemp(prefix="testamur-benchmark-"))
    os.environ |= {"TESTAMUR_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "testamur_site.config.settings"}
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from testamur.issuing import restore, sign
    from testamur_site.foundation.accounts.api import create_institution
    from testamur_site.foundation.keys.api import signing_key
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing import api as issuing
    from testamur_site.issuing.models import PreparedCredential
    from testamur_site.issuing.services import pipeline

    call_command("migrate", verbosity=0)
    settings.TESTAMUR_AFTER_ISSUE = None
    institution = create_institution(slug="bench", name="Benchmark University", country="IE", owner=None)
    pipeline._sign = lambda *_: None  # the awards stay prepared, so that they can be signed as often as we like
    _prepare(institution, awards, issuing)
    with tenant(institution):
        ready = list(PreparedCredential.objects.select_related("award"))
    assert len(ready) == awards, len(ready)
    here = signing_key(institution)

    def in_process() -> int:
        for one in ready[:50]:
            sign(restore(bytes(one.content), digest=one.digest), here)
        return 50

    rows = [("in the worker's own process", rate(in_process))]
    settings.TESTAMUR_SIGNING_SOCKET = folder / "signing.socket"
    environment = os.environ | {
        "TESTAMUR_SIGNING_SOCKET": str(settings.TESTAMUR_SIGNING_SOCKET),
        "TESTAMUR_SIGNATURES_PER_HOUR": "100000000",
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = "from testamur.cli import main; raise SystemExit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", command, "site", "sign"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        by_process = signing_key(institution)
        for size in (1, 50, 500):
            items = [{"row": one.award.public_id, "digest": one.digest} for one in ready[:size]]

            def ask(items: list[dict[str, str]] = items) -> int:
                outcomes = by_process.secure_rows("award", items)
                assert all(isinstance(one, bytes) for one in outcomes), outcomes[0]
                return len(items)

            rows.append((f"by the signing process, {size} in a request", rate(ask)))
    finally:
        process.terminate()
        process.wait(10)
    table("The platform: awards signed (Ed25519, SQLite)", rows)


def _prepare(institution: Any, awards: int, issuing: Any) -> None:
    from datetime import date

    from testamur_site.catalogue import services as catalogue
    from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
    from testamur_site.catalogue.models import AchievementVersion
    from testamur_site.foundation.tenancy.api import tenant

    with tenant(institution):
        made = catalogue.create(institution, DESCRIPTION)
        catalogue.publish(made.versions.get())
        version = AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=made
        )
        for number in range(awards):
            data = issuing.AwardData(
                name=f"Learner {number}", email=f"learner{number}@example.org", awarded_date=date(2026, 3, 5)
            )
            issuing.award_one(version, data)


if __name__ == "__main__":
    keys()
    cohorts()
    platform()
