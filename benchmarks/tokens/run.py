"""Credentials without linked data, beside the published npm packages: canonical JSON (`eddsa-jcs-2022`) and JSON Web Tokens (`vc+jwt`).

    python benchmarks/tokens/run.py [--rounds N]      (needs Node 20; installs the pinned npm packages beside this file)

The credential is that of `testamur bench sample`, all sign with Ed25519; tokens also with P-256 (ES256) and RSA (RS256, 3072 bits). Issuing
goes from a document to its bytes, verifying from bytes to "true". Ours does more: it reads strictly, looks at every member of proof and
header, and refuses what no verifier should take. The other stacks read the payload as JSON; ours makes a dictionary of the payload of a
single token of a known form (decision 0081) only when somebody asks, so there is a second row in which somebody asks each time. A cohort's
tokens go from values to their bytes, with the lints, and from bytes to "true" with the dates and the status bit. Bare signatures over texts
of the same length, by the key alone, say how much anybody could gain here. Beside canonical JSON stand both the published suite
(`@digitalbazaar/eddsa-jcs-2022-cryptosuite`, through `@digitalbazaar/vc`) and the bare package for it with node:crypto, which is less than
anybody can publish. Every stack has its turn in every round, ratios are taken inside a round: median [least–greatest]. CPU time of the
process with all its threads.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from testamur import strict_json
from testamur.cli.bench.sample import CREATED, Sample
from testamur.issuing import CohortTokenIssuer, CohortTokenVerifier, compose
from testamur.linked_data.shapes.plan import KERNEL
from testamur.proofs.data_integrity import ProofOutcome, add_proof, check_proof
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.keys import PrivateKey, fast_ed25519
from testamur.proofs.vc_jose_cose import check_secured, secure
from testamur.strict_json import quick

HERE = Path(__file__).parent
CHUNK = 600
MEDIA_TYPE = "vc+jwt"
PEERS = {
    "suite": "eddsa-jcs-2022: @digitalbazaar/vc and suite",
    "jcs": "eddsa-jcs-2022: canonicalize and node:crypto",
    "EdDSA": "vc+jwt, EdDSA: jose",
    "ES256": "vc+jwt, ES256: jose",
    "RS256": "vc+jwt, RS256: jose",
    "bare-EdDSA": "EdDSA alone: node:crypto",
    "bare-ES256": "ES256 alone: node:crypto",
    "bare-RS256": "RS256 alone: node:crypto",
}
TOKENS = {"EdDSA": "Ed25519", "ES256": "P-256", "RS256": "RSA"}


class Ours:
    """One of our ways with single credentials, in this process."""

    def __init__(self, sample: Sample, documents: list[dict[str, Any]], way: str, *, read: bool = False) -> None:
        """With `read` what a token says is looked at when it has been verified."""
        self.sample, self.documents = sample, documents
        self.key = PrivateKey.generate(TOKENS[way]) if way in TOKENS else sample.key
        self.does: dict[str, Callable[[Any], Any]] = {
            "issue": self.token if way in TOKENS else self.canonical,
            "verify": self.token_holds if way in TOKENS else self.canonical_holds,
        }
        if read:
            self.does["verify"] = self.token_is_read
        self.signed = [self.does["issue"](document) for document in documents]

    def canonical(self, document: dict[str, Any]) -> bytes:
        key, method = self.sample.key, self.sample.method
        signed = add_proof(document, key, verification_method=method, created=CREATED, cryptosuite="eddsa-jcs-2022")
        return strict_json.dumps(signed)

    def canonical_holds(self, text: bytes) -> bool:
        document = strict_json.loads(text)
        return check_proof(document, document["proof"], self.sample.key.public).outcome is ProofOutcome.PASSED

    def token(self, document: dict[str, Any]) -> bytes:
        return secure(document, MEDIA_TYPE, self.key, kid=self.sample.method)

    def token_holds(self, token: bytes) -> bool:
        return check_secured(token, MEDIA_TYPE, self.key.public).result.outcome is ProofOutcome.PASSED

    def token_is_read(self, token: bytes) -> bool:
        return check_secured(token, MEDIA_TYPE, self.key.public).document is not None

    def __call__(self, what: str, count: int) -> float:
        work = self.documents if what == "issue" else self.signed
        does = self.does[what]
        started = time.process_time()
        for number in range(count):
            assert does(work[number % len(work)])
        return time.process_time() - started


class Cohort:
    """Our cohort of tokens, in this process."""

    def __init__(self, sample: Sample, way: str) -> None:
        self.sample, self.number = sample, 0
        key = PrivateKey.generate(TOKENS[way])
        self.cohort = CohortTokenIssuer(sample.issuer, sample.achievement, key, verification_method=sample.method)
        self.verifier = CohortTokenVerifier(self.cohort, key.public, sample.withdrawn)

    def __call__(self, what: str, count: int) -> float:
        work: list[Any] = [self.sample.award(self.number + each) for each in range(count)]
        self.number += count
        if what == "verify":
            work = list(self.cohort.issue_many(work))
        started = time.process_time()
        if what == "issue":
            assert all(type(each) is bytes for each in self.cohort.issue_many(work))
        else:
            assert all(each and each.valid for each in self.verifier.verify_many(work, now=CREATED))
        return time.process_time() - started


class Bare:
    """The key alone, in this process."""

    def __init__(self, documents: list[dict[str, Any]], way: str) -> None:
        self.key = PrivateKey.generate(TOKENS[way.removeprefix("bare-")])
        self.texts = [base64url_encode(strict_json.dumps(document)).encode() for document in documents]
        self.signed = [(self.key.sign(text), text) for text in self.texts]

    def __call__(self, what: str, count: int) -> float:
        sign, verify = self.key.sign, self.key.public.verify
        started = time.process_time()
        for number in range(count):
            at = number % len(self.texts)
            assert sign(self.texts[at]) if what == "issue" else verify(*self.signed[at])
        return time.process_time() - started


class Node:
    """The npm packages, in a process of their own."""

    def __init__(self, way: str, unsigned: Path) -> None:
        self.process = subprocess.Popen(
            ["node", "peer.mjs", way, unsigned], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, what: str, count: int) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{what} {count}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", action="append", choices=list(PEERS), help="these alone; may be given several times")
    options = parser.parse_args()
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)
    print(f"Python {sys.version.split()[0]}, Ed25519 by {fast_ed25519.BINDING}, JSON by ", end="")
    print("orjson" if quick.AVAILABLE else "the standard library", end="")
    print(f", kernels {'compiled' if KERNEL.COMPILED else 'in Python'}; {options.rounds} rounds")
    sample = Sample.make()
    documents = [compose(sample.issuer, sample.achievement, *sample.award(number)) for number in range(200)]
    with tempfile.TemporaryDirectory() as name:
        unsigned = Path(name) / "unsigned.jsonl"
        unsigned.write_text("".join(json.dumps(document) + "\n" for document in documents))
        turns: dict[str, Callable[[str, int], float]] = {}
        peers = {way: name for way, name in PEERS.items() if way in (options.only or PEERS)}
        for way in peers:
            if way.startswith("bare-"):
                turns["ours, " + way] = Bare(documents, way)
            elif way != "suite":
                turns["ours, " + way] = Ours(sample, documents, way)
            if way in TOKENS:
                turns["read, " + way] = Ours(sample, documents, way, read=True)
                turns["cohort, " + way] = Cohort(sample, way)
            turns[way] = Node(way, unsigned)
        rates: dict[tuple[str, str], list[float]] = {}
        for number in range(options.rounds + 1):  # the first round only warms up
            for what in ("issue", "verify"):
                for stack, turn in turns.items():
                    if what == "issue" and stack.startswith("read, "):
                        continue
                    count = CHUNK // 6 if stack.endswith("RS256") else CHUNK
                    rate = count / turn(what, count)
                    if number:
                        rates.setdefault((stack, what), []).append(rate)
    for what in ("issue", "verify"):
        print(f"\n{what:54}{'ours':>10}{'theirs':>10}   ours / theirs")
        for theirs, name in peers.items():
            for kind, more in (("ours", ""), ("read", ", and reading it"), ("cohort", ", a cohort")):
                mine = rates.get((f"{kind}, {'jcs' if theirs == 'suite' else theirs}", what))
                if mine is None:
                    continue
                others = rates[theirs, what]
                ratios = [ours / other for ours, other in zip(mine, others, strict=True)]
                print(
                    f"{name + more:54}{statistics.median(mine):>10,.0f}{statistics.median(others):>10,.0f}", end="   "
                )
                print(f"{statistics.median(ratios):.1f} [{min(ratios):.1f}–{max(ratios):.1f}]")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
