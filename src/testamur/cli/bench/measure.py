"""The measurements: rounds in which rate, floor and raw take turns; of each the median of the rounds. A round before them is not counted: a
cohort that has begun is measured, and not what it needs once.

The ratio is taken inside each round, where whatever slows the machine slows both; `least` and `greatest` are its extremes.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from testamur.cli.bench.sample import CREATED, Sample
from testamur.issuing import CohortIssuer, CohortVerifier, compose, prepare, sign
from testamur.linked_data import canonicalize
from testamur.linked_data.shapes.plan import KERNEL
from testamur.proofs.encodings import base64url_decode
from testamur.proofs.keys import fast_ed25519
from testamur.verification import Verdict, Verifier

PATHS: Final = ("shape", "general")
ROUNDS: Final = 7
_FLOOR_OPERATIONS: Final = 480  # in each round

Figures = dict[str, Any]
Doing = Callable[[Sequence[Any]], None]
"""Does something with all of some work, as quickly as it can be done for many."""


class _Clock:
    """Verifies at the moment of the sample, whenever that runs."""

    def now(self) -> Any:
        return CREATED


class _Floor:
    """What cryptography costs for one credential: two hashes and one operation."""

    def __init__(self, sample: Sample, credential: bytes, *, verifying: bool) -> None:
        document = json.loads(credential)
        (proof,) = document.pop("proof")
        proof.pop("proofValue")
        self.canonical = canonicalize(document)
        self.options = canonicalize({**proof, "@context": document["@context"]})
        message = hashlib.sha256(self.options).digest() + hashlib.sha256(self.canonical).digest()
        signature = sample.key.sign(message)
        self.raw = _verification(sample, signature, message) if verifying else _signature(sample, message)

    def many(self, work: Sequence[Any]) -> None:
        """For as many credentials as there is work."""
        for _ in work:
            hashlib.sha256(self.canonical).digest()
            hashlib.sha256(self.options).digest()
        self.raw(work)


def _signature(sample: Sample, message: bytes) -> Doing:
    """Signatures with nothing around them but the quickest door that is installed."""
    seed, public = base64url_decode(sample.key.secret_jwk["d"]), sample.key.public.raw
    if fast_ed25519.AVAILABLE:
        secret, kernel = seed + public, fast_ed25519.KERNEL
        return lambda work: kernel.sign_many(secret, [message] * len(work))
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return _each(lambda _: key.sign(message))


def _verification(sample: Sample, signature: bytes, message: bytes) -> Doing:
    public = sample.key.public.raw
    if fast_ed25519.AVAILABLE:
        kernel = fast_ed25519.KERNEL
        return lambda work: kernel.certainly_true_many(public, [signature] * len(work), [message] * len(work))
    key = Ed25519PublicKey.from_public_bytes(public)
    return _each(lambda _: key.verify(signature, message))


def measure_issuing(sample: Sample, path: str, count: int) -> Figures:
    """From values to final bytes. Every round issues to other recipients; what a cohort needs once is made before the clock starts, as
    is what Python imports."""
    issue = issuing(sample, path)
    (first,) = issue([sample.award(0)])
    floor = _Floor(sample, first, verifying=False)
    number = itertools.count(1)
    return _alternate(count, lambda size: [sample.award(next(number)) for _ in range(size)], issue, floor)


def measure_verifying(sample: Sample, path: str, count: int, *, stored: bool) -> Figures:
    """From bytes (or stored values) to what is to be said. Raises AssertionError should a credential not verify."""
    cohort = CohortIssuer(sample.issuer, sample.achievement, sample.key, verification_method=sample.method)
    number = itertools.count()

    def issued(size: int) -> list[Any]:
        pairs = [sample.award(next(number)) for _ in range(size)]
        texts = [cohort.issue(*pair, created=CREATED) for pair in pairs]
        if not stored:
            return texts
        proofs = [json.loads(text)["proof"][0] for text in texts]
        return [(*pair, proof["created"], proof["proofValue"]) for pair, proof in zip(pairs, proofs, strict=True)]

    examine = examining(sample, path, cohort, stored=stored)
    first = cohort.issue(*sample.award(next(number)), created=CREATED)
    return _alternate(count, issued, examine, _Floor(sample, first, verifying=True))


def issuing(sample: Sample, path: str) -> Callable[[Sequence[Any]], list[bytes]]:
    """What issues awards of the sample."""
    if path == "shape":
        cohort = CohortIssuer(sample.issuer, sample.achievement, sample.key, verification_method=sample.method)

        def together(pairs: Sequence[Any]) -> list[bytes]:
            issued = [each for each in cohort.issue_many(pairs, created=CREATED) if isinstance(each, bytes)]
            _expect(len(issued) == len(pairs))
            return issued

        return together

    def completely(pair: Any) -> bytes:
        document = compose(sample.issuer, sample.achievement, *pair)
        prepared = prepare(document, sample.key, verification_method=sample.method, created=CREATED)
        return sign(prepared, sample.key)

    return lambda pairs: [completely(pair) for pair in pairs]


def examining(sample: Sample, path: str, cohort: CohortIssuer, *, stored: bool) -> Doing:
    """What verifies credentials that `cohort` issued, or stops everything."""
    if path == "general":
        verifier = Verifier(sample.resolver(), clock=_Clock())

        def report(credentials: Sequence[bytes]) -> None:
            for credential in credentials:
                _expect(verifier.verify(credential).verdict is Verdict.VALID)

        return report
    own = CohortVerifier(cohort, sample.key.public, sample.withdrawn)
    look = own.verify_values_many if stored else own.verify_many

    def examine(items: Sequence[Any]) -> None:
        for found in look(items, now=CREATED):
            _expect(found is not None and found.valid)

    return examine


def _expect(holds: bool) -> None:
    if not holds:
        raise AssertionError("a credential of the measurement is not valid: the figures would mean nothing")


def _alternate(
    count: int, make: Callable[[int], Sequence[Any]], operation: Callable[[Sequence[Any]], Any], floor: _Floor
) -> Figures:
    size = max(1, count // ROUNDS)
    rates: list[float] = []
    floors: list[float] = []
    raws: list[float] = []
    for turn in range(min(ROUNDS, count) + 1):
        work = make(size)
        measured = (
            _rate(operation, work),
            _rate(floor.many, range(_FLOOR_OPERATIONS)),
            _rate(floor.raw, range(_FLOOR_OPERATIONS)),
        )
        if turn:
            for each, rate in zip((rates, floors, raws), measured, strict=True):
                each.append(rate)
    rate, bottom, raw = (statistics.median(each) for each in (rates, floors, raws))
    ratios = [done / least for done, least in zip(rates, floors, strict=True)]
    return {
        "rate": round(rate, 1),
        "floor": round(bottom, 1),
        "raw": round(raw, 1),
        "ratio": round(statistics.median(ratios), 4),
        "least": round(min(ratios), 4),
        "greatest": round(max(ratios), 4),
        "form": "compiled" if KERNEL.COMPILED else "Python",
    }


def _each(operation: Callable[[Any], Any]) -> Doing:
    def do(work: Sequence[Any]) -> None:
        for item in work:
            operation(item)

    return do


def _rate(operation: Callable[[Sequence[Any]], Any], work: Sequence[Any]) -> float:
    """Operations per second of CPU time of this process."""
    started = time.process_time()
    operation(work)
    return len(work) / max(time.process_time() - started, 1e-9)
