"""How many times as fast as the published stacks: every stack takes its turn in every round, and ratios are taken inside a round.

    python benchmarks/speed/run.py [--rounds N]      (needs Node 20; installs the pinned npm packages beside this file)

Rates are credentials per second of CPU time, of all threads of a process: for Node that counts the garbage collector, for Python there
is only one. The work is the credential of `testamur bench sample`, eddsa-rdfc-2022, contexts in memory. The stacks:

* ours, shape: `CohortIssuer` and `CohortVerifier`;
* ours, proof: `add_proof` on a composed document and `check_proof` on a read one, the nearest to what the others do;
* ours, general: compose, lints, prepare and sign, and the whole report of `testamur verify` with schema, status list and dates;
* npm: `vc.issue` and `vc.verifyCredential` (neither schema nor status list); PyLD: the bare pipeline, expansion, normalisation, hashes,
  OpenSSL.

Prints for each stack the median rate and the median and range, over the rounds, of ours / theirs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
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
from testamur.proofs.data_integrity import ProofOutcome, check_proof
from testamur.proofs.keys import fast_ed25519

HERE = Path(__file__).parent
OURS = ("ours, shape", "ours, proof", "ours, general")
CHUNK = {
    "ours, shape": 1000,
    "ours, proof": 400,
    "ours, general": 100,
    "@digitalbazaar": 12,
    "@digitalcredentials": 12,
    "PyLD": 12,
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

    def __init__(self, sample: Sample) -> None:
        self.sample, self.number = sample, 0

    def __call__(self, what: str, count: int) -> float:
        sample, numbers = self.sample, range(self.number, self.number + count)
        self.number += count
        work = [compose(sample.issuer, sample.achievement, *sample.award(number)) for number in numbers]
        if what == "verify":
            work = [json.loads(json.dumps(sample.secured(document))) for document in work]
        started = time.process_time()
        for document in work:
            if what == "issue":
                sample.secured(document)
            else:
                assert check_proof(document, document["proof"], sample.key.public).outcome is ProofOutcome.PASSED
        return time.process_time() - started


class Node:
    """A published npm stack, in a process of its own."""

    def __init__(self, which: str, unsigned: Path, contexts: Path) -> None:
        self.process = subprocess.Popen(
            ["node", "peer.mjs", which, unsigned, contexts], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip

    def __call__(self, what: str, count: int) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{what} {count}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


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
    yield "ours, shape", Ours(sample, "shape")
    yield "ours, proof", Proof(sample)
    yield "ours, general", Ours(sample, "general")
    for name, which in (("@digitalbazaar", "digitalbazaar"), ("@digitalcredentials", "dcc")):
        yield name, Node(which, folder / "unsigned.jsonl", folder / "contexts.json")
    yield "PyLD", PyLD(documents, contexts)


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
                    rate = CHUNK[stack] / turn(what, CHUNK[stack])
                    if number:
                        rates.setdefault((what, stack), []).append(rate)
    for what in ("issue", "verify"):
        print(f"\n{what:24} {'per CPU second':>15}" + "".join(f"{'× by ' + our:>30}" for our in OURS))
        for stack in turns:
            line = f"{stack:24} {statistics.median(rates[what, stack]):>15,.1f}"
            for our in OURS if stack not in OURS else ():
                ratios = [mine / theirs for mine, theirs in zip(rates[what, our], rates[what, stack], strict=True)]
                line += f"{statistics.median(ratios):>16.1f} [{min(ratios):.1f}–{max(ratios):.1f}]".rjust(30)
            print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
