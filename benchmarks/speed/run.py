"""How many times as fast as the published stacks: every stack takes its turn in every round, and ratios are taken inside a round.

    python benchmarks/speed/run.py [--rounds N]      (needs Node 20; installs the pinned packages of npm and PyPI beside this file)

Rates are credentials per second of CPU time, of all threads of a process: for Node that counts the garbage collector, for Python there
is only one. The work is the credential of `testamur bench sample`, contexts in memory, eddsa-rdfc-2022 where nothing else is said. The
stacks:

* ours, shape: `CohortIssuer` and `CohortVerifier`;
* ours, proof: `add_proof` on a composed document and `check_proof` on a read one, the nearest to what the others do;
* ours, general: compose, lints, prepare and sign, and the whole report of `testamur verify` with schema, status list and dates;
* ours, JCS: `add_proof` and `check_proof` with eddsa-jcs-2022, for who does that;
* npm: `vc.issue` and `vc.verifyCredential` (neither schema nor status list); PyLD: the bare pipeline, expansion, normalisation, hashes,
  OpenSSL;
* PyPI (`peer.py`): openvc-core, both cryptosuites; openbadgeslib, its proof alone, and as it is meant to be used.

Prints for each stack the median rate and the median and range, over the rounds, of ours / theirs; or what it cannot do with our document.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyld.jsonld
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from testamur.cli.bench.measure import examining, issuing
from testamur.cli.bench.sample import CREATED, Sample
from testamur.issuing import CohortIssuer, compose
from testamur.linked_data import PINNED
from testamur.linked_data.shapes.plan import KERNEL
from testamur.proofs.data_integrity import ProofOutcome, add_proof, check_proof
from testamur.proofs.keys import fast_ed25519

HERE = Path(__file__).parent
OURS = ("ours, shape", "ours, proof", "ours, general")
OURS_JCS = "ours, JCS"
JCS = "openvc-core, JCS"
PYPI = {
    "openvc-core": "openvc-rdfc",
    "openbadgeslib, proof": "openbadgeslib-proof",
    "openbadgeslib": "openbadgeslib",
    JCS: "openvc-jcs",
}
CHUNK = {
    "ours, shape": 1000,
    "ours, proof": 400,
    "ours, general": 100,
    "@digitalbazaar": 12,
    "@digitalcredentials": 12,
    "PyLD": 12,
    "openvc-core": 12,
    "openbadgeslib, proof": 24,
    "openbadgeslib": 12,
    OURS_JCS: 400,
    JCS: 400,
}
Turn = Callable[[str, int], float]  # what, how many → CPU seconds


class Ours:
    """One of our paths, in this process."""

    def __init__(self, sample: Sample, path: str) -> None:
        self.sample, self.number = sample, 0
        self.cohort = CohortIssuer(sample.issuer, sample.achievement, sample.key, verification_method=sample.method)
        self.doing = {"issue": issuing(sample, path), "verify": examining(sample, path, self.cohort, stored=False)}

    def __call__(self, what: str, count: int) -> float:
        work: list[Any] = [self.sample.award(self.number + each) for each in range(count)]
        self.number += count
        if what == "verify":
            work = [self.cohort.issue(*pair, created=CREATED) for pair in work]
        operation = self.doing[what]
        started = time.process_time()
        operation(work)
        return time.process_time() - started


class Proof:
    """The Data Integrity proof alone, on documents of a cohort that nobody has compiled: shapes are learned as they come."""

    def __init__(self, sample: Sample, cryptosuite: str = "eddsa-rdfc-2022") -> None:
        self.sample, self.cryptosuite, self.number = sample, cryptosuite, 0

    def secured(self, document: dict[str, Any]) -> dict[str, Any]:
        key, method = self.sample.key, self.sample.method
        return add_proof(document, key, verification_method=method, created=CREATED, cryptosuite=self.cryptosuite)

    def __call__(self, what: str, count: int) -> float:
        sample, numbers = self.sample, range(self.number, self.number + count)
        self.number += count
        work = [compose(sample.issuer, sample.achievement, *sample.award(number)) for number in numbers]
        if what == "verify":
            work = [json.loads(json.dumps(self.secured(document))) for document in work]
        started = time.process_time()
        for document in work:
            if what == "issue":
                self.secured(document)
            else:
                assert check_proof(document, document["proof"], sample.key.public).outcome is ProofOutcome.PASSED
        return time.process_time() - started


class Peer:
    """A published stack in a process of its own. `cannot`: what it cannot do with our document, and why."""

    def __init__(self, command: list[str | Path], *, says: bool = False) -> None:
        self.process = subprocess.Popen(
            command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_CLEAN
        )
        self.cannot: dict[str, str] = json.loads(self._answer()) if says else {}

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def __call__(self, what: str, count: int) -> float:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{what} {count}\n")
        self.process.stdin.flush()
        return float(self._answer())


_CLEAN = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def peers_python() -> Path:
    """The Python of a virtual environment with the pinned packages of PyPI, made where it is not there yet or they have changed."""
    folder, wanted = HERE / ".venv", HERE / "requirements-peers.txt"
    python, noted = folder / "bin/python", folder / "installed.txt"
    if not noted.exists() or noted.read_text() != wanted.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", wanted], check=True)
        noted.write_text(wanted.read_text())
    return python


class PyLD:
    """PyLD and OpenSSL, nothing else: neither schema nor status nor the members of the proof."""

    def __init__(self, documents: list[dict[str, Any]], contexts: dict[str, Any]) -> None:
        self.documents = documents
        self.key = Ed25519PrivateKey.generate()
        self.options = {
            "@context": documents[0]["@context"],
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2026-02-24T09:30:00Z",
            "verificationMethod": documents[0]["issuer"]["id"] + "#key",
            "proofPurpose": "assertionMethod",
        }
        answers = {
            url: {"contextUrl": None, "documentUrl": url, "document": document, "contentType": "application/ld+json"}
            for url, document in contexts.items()
        }
        pyld.jsonld.set_document_loader(lambda url, _options: answers[url])
        self.signatures = [self.key.sign(self.hashes(document)) for document in documents[:20]]

    def hashes(self, document: dict[str, Any]) -> bytes:
        how = {"algorithm": "URDNA2015", "format": "application/n-quads"}
        parts = [pyld.jsonld.normalize(each, how) for each in (self.options, document)]
        return b"".join(hashlib.sha256(part.encode()).digest() for part in parts)

    def __call__(self, what: str, count: int) -> float:
        public = self.key.public_key()
        started = time.process_time()
        for number in range(count):
            at = number % len(self.signatures)
            hashed = self.hashes(self.documents[at])
            if what == "issue":
                self.key.sign(hashed)
            else:
                public.verify(self.signatures[at], hashed)
        return time.process_time() - started


def stacks(folder: Path) -> Iterator[tuple[str, Turn]]:
    sample = Sample.make()
    documents = [compose(sample.issuer, sample.achievement, *sample.award(number)) for number in range(200)]
    contexts = {url: PINNED.get(url) for url in sorted(PINNED.urls())}
    (folder / "unsigned.jsonl").write_text("".join(json.dumps(document) + "\n" for document in documents))
    (folder / "contexts.json").write_text(json.dumps(contexts))
    files, python = (folder / "unsigned.jsonl", folder / "contexts.json"), peers_python()
    yield "ours, shape", Ours(sample, "shape")
    yield "ours, proof", Proof(sample)
    yield "ours, general", Ours(sample, "general")
    for name, which in (("@digitalbazaar", "digitalbazaar"), ("@digitalcredentials", "dcc")):
        yield name, Peer(["node", "peer.mjs", which, *files])
    yield "PyLD", PyLD(documents, contexts)
    yield OURS_JCS, Proof(sample, "eddsa-jcs-2022")
    for name, which in PYPI.items():
        yield name, Peer([python, "peer.py", which, *files], says=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)
    form = "compiled" if KERNEL.COMPILED else "Python"
    print(
        f"Python {sys.version.split()[0]}, Ed25519 by {fast_ed25519.BINDING}, kernels: {form}; {options.rounds} rounds"
    )
    with tempfile.TemporaryDirectory() as name:
        turns = dict(stacks(Path(name)))
        rates: dict[tuple[str, str], list[float]] = {}
        for number in range(options.rounds + 1):  # the first round only warms up
            for what in ("issue", "verify"):
                for stack, turn in turns.items():
                    if what in getattr(turn, "cannot", ()):
                        continue
                    rate = CHUNK[stack] / turn(what, CHUNK[stack])
                    if number:
                        rates.setdefault((what, stack), []).append(rate)
    for what in ("issue", "verify"):
        print(f"\n{what:24} {'per CPU second':>15}" + "".join(f"{'× by ' + our:>26}" for our in (*OURS, OURS_JCS)))
        for stack, turn in turns.items():
            if (what, stack) in rates:
                line = f"{stack:24} {statistics.median(rates[what, stack]):>15,.1f}"
                print((line + _ratios(rates, what, stack)).rstrip())
            else:
                print(f"{stack:24} cannot: {turn.cannot[what]}")  # type: ignore[attr-defined]
    return 0


def _ratios(rates: dict[tuple[str, str], list[float]], what: str, stack: str) -> str:
    """How many times as fast each of ours is that does the same."""
    line = ""
    for our in (*OURS, OURS_JCS) if stack not in (*OURS, OURS_JCS) else ():
        ratios = [mine / theirs for mine, theirs in zip(rates[what, our], rates[what, stack], strict=True)]
        same = (our == OURS_JCS) == (stack == JCS)
        line += (f"{statistics.median(ratios):.1f} [{min(ratios):.1f}–{max(ratios):.1f}]" if same else "").rjust(26)
    return line


if __name__ == "__main__":
    raise SystemExit(main())
