"""Credentials without linked data, beside the published npm packages: canonical JSON (`eddsa-jcs-2022`) and JSON Web Tokens (`vc+jwt`).

    python benchmarks/tokens/run.py [--rounds N]      (needs Node 20; installs the pinned npm packages beside this file)

The credential is that of `testamur bench sample`, both sign with Ed25519. Issuing goes from a document to its bytes, verifying from
bytes to "true". Ours does more: it reads strictly, looks at every member of proof and header, and refuses what no verifier should take.
Beside canonical JSON stand both the published suite (`@digitalbazaar/eddsa-jcs-2022-cryptosuite`, through `@digitalbazaar/vc`) and the bare
package for it with node:crypto, which is less than anybody can publish. Every stack has its turn in every round, ratios are taken inside
a round: median [least–greatest]. CPU time of the process with all its threads.
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
from testamur.issuing import compose
from testamur.proofs.data_integrity import ProofOutcome, add_proof, check_proof
from testamur.proofs.keys import fast_ed25519
from testamur.proofs.vc_jose_cose import check_secured, secure
from testamur.strict_json import quick

HERE = Path(__file__).parent
CHUNK = 600
MEDIA_TYPE = "vc+jwt"
PEERS = {
    "suite": "eddsa-jcs-2022: @digitalbazaar/vc and suite",
    "jcs": "eddsa-jcs-2022: canonicalize and node:crypto",
    "jwt": "vc+jwt, EdDSA: jose",
}


class Ours:
    """One of our two ways, in this process."""

    def __init__(self, sample: Sample, documents: list[dict[str, Any]], way: str) -> None:
        self.sample, self.documents = sample, documents
        self.does: dict[str, Callable[[Any], Any]] = {
            "issue": self.canonical if way == "jcs" else self.token,
            "verify": self.canonical_holds if way == "jcs" else self.token_holds,
        }
        self.signed = [self.does["issue"](document) for document in documents]

    def canonical(self, document: dict[str, Any]) -> bytes:
        key, method = self.sample.key, self.sample.method
        signed = add_proof(document, key, verification_method=method, created=CREATED, cryptosuite="eddsa-jcs-2022")
        return strict_json.dumps(signed)

    def canonical_holds(self, text: bytes) -> bool:
        document = strict_json.loads(text)
        return check_proof(document, document["proof"], self.sample.key.public).outcome is ProofOutcome.PASSED

    def token(self, document: dict[str, Any]) -> bytes:
        return secure(document, MEDIA_TYPE, self.sample.key, kid=self.sample.method)

    def token_holds(self, token: bytes) -> bool:
        return check_secured(token, MEDIA_TYPE, self.sample.key.public).result.outcome is ProofOutcome.PASSED

    def __call__(self, what: str, count: int) -> float:
        work = self.documents if what == "issue" else self.signed
        does = self.does[what]
        started = time.process_time()
        for number in range(count):
            assert does(work[number % len(work)])
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
    options = parser.parse_args()
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)
    print(f"Python {sys.version.split()[0]}, Ed25519 by {fast_ed25519.BINDING}, JSON by ", end="")
    print("orjson" if quick.AVAILABLE else "the standard library", f"; {options.rounds} rounds", sep="")
    sample = Sample.make()
    documents = [compose(sample.issuer, sample.achievement, *sample.award(number)) for number in range(200)]
    with tempfile.TemporaryDirectory() as name:
        unsigned = Path(name) / "unsigned.jsonl"
        unsigned.write_text("".join(json.dumps(document) + "\n" for document in documents))
        turns = {
            "ours, jcs": Ours(sample, documents, "jcs"),
            "suite": Node("suite", unsigned),
            "jcs": Node("jcs", unsigned),
            "ours, jwt": Ours(sample, documents, "jwt"),
            "jwt": Node("jwt", unsigned),
        }
        rates: dict[tuple[str, str], list[float]] = {}
        for number in range(options.rounds + 1):  # the first round only warms up
            for what in ("issue", "verify"):
                for stack, turn in turns.items():
                    rate = CHUNK / turn(what, CHUNK)
                    if number:
                        rates.setdefault((stack, what), []).append(rate)
    for what in ("issue", "verify"):
        print(f"\n{what:48}{'ours':>10}{'theirs':>10}   ours / theirs")
        for theirs, name in PEERS.items():
            mine = rates["ours, jwt" if theirs == "jwt" else "ours, jcs", what]
            ratios = [ours / other for ours, other in zip(mine, rates[theirs, what], strict=True)]
            print(
                f"{name:48}{statistics.median(mine):>10,.0f}{statistics.median(rates[theirs, what]):>10,.0f}", end="   "
            )
            print(f"{statistics.median(ratios):.1f} [{min(ratios):.1f}–{max(ratios):.1f}]")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
