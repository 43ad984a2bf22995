"""The measurements: rounds in which rate, floor and raw take turns; of each the median of the rounds."""

from __future__ import annotations

import hashlib
import json
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from testamur.cli.bench.sample import CREATED, Sample
from testamur.issuing import CohortIssuer, CohortVerifier, compose, prepare, sign
from testamur.linked_data import canonicalize
from testamur.proofs.encodings import base64url_decode
from testamur.proofs.keys import fast_ed25519
from testamur.verification import Verdict, Verifier

PATHS: Final = ("shape", "general")
ROUNDS: Final = 7
_FLOOR_OPERATIONS: Final = 300  # in each round

Figures = dict[str, Any]


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

    def once(self, _: Any = None) -> None:
        hashlib.sha256(self.canonical).digest()
        hashlib.sha256(self.options).digest()
        self.raw(None)


def _signature(sample: Sample, message: bytes) -> Callable[[Any], Any]:
    """One signature with nothing around it but the library's own door."""
    seed, public = base64url_decode(sample.key.secret_jwk["d"]), sample.key.public.raw
    if fast_ed25519.AVAILABLE:
        from nacl import bindings

        return lambda _: bindings.crypto_sign(message, seed + public)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return lambda _: key.sign(message)


def _verification(sample: Sample, signature: bytes, message: bytes) -> Callable[[Any], Any]:
    public = sample.key.public.raw
    if fast_ed25519.AVAILABLE:
        from nacl import bindings

        return lambda _: bindings.crypto_sign_open(signature + message, public)
    key = Ed25519PublicKey.from_public_bytes(public)
    return lambda _: key.verify(signature, message)


def measure_issuing(sample: Sample, path: str, count: int) -> Figures:
    """From values to final bytes. Every round issues to other recipients; what a cohort needs once is made before the clock starts, as
    is what Python imports."""
    issue = issuing(sample, path)
    first = issue(sample.award(0))
    floor = _Floor(sample, first, verifying=False)
    number = iter(range(1, count + ROUNDS + 1))
    return _alternate(count, lambda size: [sample.award(next(number)) for _ in range(size)], issue, floor)


def measure_verifying(sample: Sample, path: str, count: int, *, stored: bool) -> Figures:
    """From bytes (or stored values) to what is to be said. Raises AssertionError should a credential not verify."""
    cohort = CohortIssuer(sample.issuer, sample.achievement, sample.key, verification_method=sample.method)
    number = iter(range(count + ROUNDS + 1))

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


def issuing(sample: Sample, path: str) -> Callable[[Any], bytes]:
    """What issues one award of the sample."""
    if path == "shape":
        cohort = CohortIssuer(sample.issuer, sample.achievement, sample.key, verification_method=sample.method)
        return lambda pair: cohort.issue(pair[0], pair[1], created=CREATED)

    def completely(pair: Any) -> bytes:
        document = compose(sample.issuer, sample.achievement, *pair)
        prepared = prepare(document, sample.key, verification_method=sample.method, created=CREATED)
        return sign(prepared, sample.key)

    return completely


def examining(sample: Sample, path: str, cohort: CohortIssuer, *, stored: bool) -> Callable[[Any], None]:
    """What verifies one credential that `cohort` issued, or stops everything."""
    if path == "general":
        verifier = Verifier(sample.resolver(), clock=_Clock())

        def report(credential: bytes) -> None:
            _expect(verifier.verify(credential).verdict is Verdict.VALID)

        return report
    own = CohortVerifier(cohort, sample.key.public, sample.withdrawn)
    if stored:

        def examine_values(values: Any) -> None:
            recipient, award, created, proof_value = values
            found = own.verify_values(recipient, award, created=created, proof_value=proof_value, now=CREATED)
            _expect(found is not None and found.valid)

        return examine_values

    def examine(credential: bytes) -> None:
        found = own.verify(credential, now=CREATED)
        _expect(found is not None and found.valid)

    return examine


def _expect(holds: bool) -> None:
    if not holds:
        raise AssertionError("a credential of the measurement is not valid: the figures would mean nothing")


def _alternate(
    count: int, make: Callable[[int], Sequence[Any]], operation: Callable[[Any], Any], floor: _Floor
) -> Figures:
    size = max(1, count // ROUNDS)
    rates, floors, raws = [], [], []
    for _ in range(min(ROUNDS, count)):
        work = make(size)
        rates.append(_rate(operation, work))
        floors.append(_rate(floor.once, range(_FLOOR_OPERATIONS)))
        raws.append(_rate(floor.raw, range(_FLOOR_OPERATIONS)))
    rate, least, raw = (statistics.median(each) for each in (rates, floors, raws))
    return {"rate": round(rate, 1), "floor": round(least, 1), "raw": round(raw, 1), "ratio": round(rate / least, 4)}


def _rate(operation: Callable[[Any], Any], work: Sequence[Any]) -> float:
    """Operations per second of CPU time of this process."""
    started = time.process_time()
    for each in work:
        operation(each)
    return len(work) / max(time.process_time() - started, 1e-9)
