"""A cohort whose key lies in a device:  python -m benchmarks.platform.device [--count 8000] [--algorithm P-256] [--waiting 0.5]

What the platform signs and stores in a second, beside what the device itself signs in one session with nothing between two signatures.
The device is SoftHSM 2 behind a library (`slow_token.c`, so a C compiler is needed) that adds `--waiting` milliseconds to each
signature, in which the processor is free, and lets one process sign at a time. A PostgreSQL that waits for the disk at every commit, or
the empty database of TESTAMUR_DATABASE_URL.

In turns: the device alone, a cohort with two workers, with five, and with five and the signing process. A cohort counts from its start
until every award is signed and committed; the workers write the log, make deposits and queue mails of what was signed before in the same
time. By the clock: a quiet machine is needed; how much of its processors was in use is told.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import machine
from .cohort import NAMES, QUEUES, finished, idle

HERE = Path(__file__).parent
MANY = 5
"""Workers, most of which wait for the device."""
sys.path[:0] = [str(machine.ROOT / "src"), str(machine.ROOT)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.platform.device", description=__doc__)
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--algorithm", choices=("P-256", "Ed25519"), default="P-256")
    parser.add_argument("--waiting", type=float, default=0.5)
    parser.add_argument("--warm", type=int, default=MANY * 1000, help="awards by which the workers are warmed up")
    options = parser.parse_args()
    machine.again_with_postgresql()
    from tests.softhsm import new_token

    token = new_token("Benchmark")
    with machine.platform(
        **token.environment,
        TESTAMUR_NEW_KEYS=f"pkcs11:token={token.label}",
        TESTAMUR_NEW_KEY_ALGORITHM=options.algorithm,
        TESTAMUR_SIGNATURES_PER_HOUR="100000000",
    ) as folder:
        os.environ |= slow_token(folder, token.module, options.waiting)
        run(options.count, options.rounds, options.algorithm, options.warm, folder)


def slow_token(folder: Path, module: str, waiting: float) -> dict[str, str]:
    """The environment in which keys are asked for through the slow library."""
    library = folder / "slow_token.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, HERE / "slow_token.c", "-ldl"], check=True)
    return {
        "TESTAMUR_PKCS11_MODULE": str(library),
        "TESTAMUR_BENCHMARK_TOKEN": module,
        "TESTAMUR_BENCHMARK_WAITING": str(int(waiting * 1e6)),
        "TESTAMUR_BENCHMARK_LOCK": str(folder / "device.lock"),
    }


def run(count: int, rounds: int, algorithm: str, warm: int, folder: Path) -> None:
    from django.conf import settings

    from testamur_site.catalogue.api import create_demo, published
    from testamur_site.foundation.accounts.api import create_institution
    from testamur_site.foundation.jobs.api import run_pending
    from testamur_site.foundation.keys.api import SigningKey, signing_key
    from testamur_site.foundation.tenancy.api import tenant

    institution = create_institution(slug="device", name="A university with a device", country="IE", owner=None)
    create_demo(institution)
    signing_key(institution)
    run_pending()
    with tenant(institution):
        version = published(institution).first()
        uri = SigningKey.objects.get(retired_at=None).uri
    socket = folder / "signing.socket"
    ways: dict[str, Callable[[], Any]] = {
        "two workers": lambda: machine.workers(2, folder, QUEUES),
        f"{MANY} workers": lambda: machine.workers(MANY, folder, QUEUES),
        f"{MANY} workers and the signing process": lambda: by_process(socket, folder),
    }
    rates: dict[str, list[float]] = {name: [] for name in ("the device alone", *ways)}
    used: dict[str, list[float]] = {name: [] for name in ways}
    number = 0
    for _ in range(rounds):
        for name, working in ways.items():
            before = alone(uri, algorithm, 2000)
            with working():
                number += 1
                # Until each of the workers has loaded what it needs.
                cohort(institution, version, f"warm{number}", warm, folder)
                took, busy = cohort(institution, version, f"round{number}", count, folder)
            after = alone(uri, algorithm, 2000)
            rates["the device alone"].append((before + after) / 2)
            rates[name].append(count / took / rates["the device alone"][-1])
            used[name].append(busy)
            print(f"  {name}: {rates[name][-1]:.2f}, {busy:.0%} of the processors in use", flush=True)
    settings.TESTAMUR_SIGNING_SOCKET = None
    bare = rates.pop("the device alone")
    print(f"{algorithm}, the device alone: {statistics.median(bare):,.0f} signatures a second")
    for name, ratios in rates.items():
        print(
            f"  {name:<40} {statistics.median(ratios):.2f} [{min(ratios):.2f}–{max(ratios):.2f}] of that; "
            f"{statistics.median(used[name]):.0%} of the processors in use"
        )


def alone(uri: str, algorithm: str, count: int) -> float:
    """Signatures a second by the device in one session, of texts as long as those of a credential. In a process of its own, which loads
    the library anew."""
    code = f"from benchmarks.platform.device import bare; print(bare({uri!r}, {algorithm!r}, {count}))"
    environment = {**os.environ, "PYTHONPATH": f"{machine.ROOT / 'src'}{os.pathsep}{machine.ROOT}"}
    return float(subprocess.check_output([sys.executable, "-c", code], env=environment, cwd=machine.ROOT))


def bare(uri: str, algorithm: str, count: int) -> float:
    from testamur.signers import open_signer
    from testamur.signers.extras import wanted

    signer: Any = open_signer(uri)
    ed25519 = algorithm == "Ed25519"
    mechanism = getattr(wanted("pkcs11").Mechanism, "EDDSA" if ed25519 else "ECDSA")
    texts = [b"%064d" % one if ed25519 else hashlib.sha256(b"%d" % one).digest() for one in range(count)]

    def sign(session: Any) -> float:
        private = signer._token.private_key(session, signer._uri)
        private.sign(texts[0], mechanism=mechanism)
        begun = time.perf_counter()
        for one in texts:
            private.sign(one, mechanism=mechanism)
        return count / (time.perf_counter() - begun)

    found: float = signer._token.run(sign)
    return found


@contextmanager
def by_process(socket: Path, folder: Path) -> Iterator[None]:
    """Workers that ask the signing process."""
    from django.conf import settings

    environment = {"TESTAMUR_SIGNING_SOCKET": str(socket)}
    code = "from testamur.cli import main; raise SystemExit(main())"
    path = {"PYTHONPATH": str(machine.ROOT / "src")}
    os.environ |= environment
    settings.TESTAMUR_SIGNING_SOCKET = socket
    process = subprocess.Popen(
        [sys.executable, "-c", code, "site", "sign"], env=os.environ | path, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        with machine.workers(MANY, folder, QUEUES):
            yield
    finally:
        process.terminate()
        process.wait(10)
        del os.environ["TESTAMUR_SIGNING_SOCKET"]
        settings.TESTAMUR_SIGNING_SOCKET = None


def cohort(institution: Any, version: Any, name: str, count: int, folder: Path) -> tuple[float, float]:
    """Seconds until the last of a class list is signed and committed, and how much of the processors was in use."""
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing import api as issuing

    uploaded = folder / "list.csv"
    rows = (f"{NAMES[one % len(NAMES)]} {one},{name}.{one}@example.org,2026-03-05\n" for one in range(count))
    uploaded.write_text("Name,Email,Award date\n" + "".join(rows), encoding="utf-8")
    with tenant(institution):
        with uploaded.open("rb") as file:
            batch = issuing.draft_batch(version, file)
        wait(idle, folder)
        begun, busy = time.perf_counter(), machine.Busy()
        issuing.start_batch(batch)
        wait(lambda: finished(batch), folder)
        took, used = time.perf_counter() - begun, busy.share()
        wait(idle, folder)
    return took, used


def wait(condition: Callable[[], bool], folder: Path) -> None:
    end = time.monotonic() + 120
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"nothing moved for too long: {(folder / 'workers.log').read_text()[-3000:]}")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
