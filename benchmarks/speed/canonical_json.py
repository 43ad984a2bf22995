"""A cohort with canonical JSON (`eddsa-jcs-2022`) beside the published npm packages for it, in turns.

    python benchmarks/speed/canonical_json.py [--rounds N]      (needs Node 20 and the packages of benchmarks/tokens)

Issuing goes from values to signed bytes, as a cohort does it, beside the npm packages from a document to its bytes; verifying from bytes,
ours with dates and the status bit. Ratios are taken inside a round: median [least–greatest]; CPU time of the process with all its threads.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.tokens.run import CHUNK, PEERS, Node

from testamur.cli.bench.sample import CREATED, Sample
from testamur.issuing import CohortIssuer, CohortVerifier, compose
from testamur.linked_data.shapes.plan import KERNEL

OURS = 8 * CHUNK  # in each turn: ours takes less time for one


class Cohort:
    """Our cohort, in this process."""

    def __init__(self, sample: Sample) -> None:
        self.sample, self.number = sample, 0
        method = sample.method
        self.cohort = CohortIssuer(
            sample.issuer, sample.achievement, sample.key, verification_method=method, cryptosuite="eddsa-jcs-2022"
        )
        self.verifier = CohortVerifier(self.cohort, sample.key.public, sample.withdrawn)

    def __call__(self, what: str, count: int) -> float:
        work: list[Any] = [self.sample.award(self.number + each) for each in range(count)]
        self.number += count
        if what == "verify":
            work = list(self.cohort.issue_many(work, created=CREATED))
        started = time.process_time()
        if what == "issue":
            assert all(type(each) is bytes for each in self.cohort.issue_many(work, created=CREATED))
        else:
            assert all(each and each.valid for each in self.verifier.verify_many(work, now=CREATED))
        return time.process_time() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    print(f"kernels: {'compiled' if KERNEL.COMPILED else 'Python'}; {options.rounds} rounds")
    sample = Sample.make()
    documents = [compose(sample.issuer, sample.achievement, *sample.award(number)) for number in range(200)]
    with tempfile.TemporaryDirectory() as name:
        unsigned = Path(name) / "unsigned.jsonl"
        unsigned.write_text("".join(json.dumps(document) + "\n" for document in documents))
        turns: dict[str, Callable[[str, int], float]] = {"ours": Cohort(sample)}
        turns |= {way: Node(way, unsigned) for way in ("suite", "jcs")}
        rates: dict[tuple[str, str], list[float]] = {}
        for number in range(options.rounds + 1):  # the first round only warms up
            for what in ("issue", "verify"):
                for stack, turn in turns.items():
                    count = OURS if stack == "ours" else CHUNK
                    rate = count / turn(what, count)
                    if number:
                        rates.setdefault((stack, what), []).append(rate)
    for what in ("issue", "verify"):
        mine = rates["ours", what]
        for theirs in ("suite", "jcs"):
            ratios = [ours / other for ours, other in zip(mine, rates[theirs, what], strict=True)]
            print(
                f"{what:8}{PEERS[theirs]:48}{statistics.median(mine):>10,.0f}{statistics.median(rates[theirs, what]):>10,.0f}"
                f"   {statistics.median(ratios):.1f} [{min(ratios):.1f}–{max(ratios):.1f}]"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
