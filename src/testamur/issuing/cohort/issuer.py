"""The awards of one achievement, each as quick as its signature.

1. `take` finds the values in which this award differs from the others of its pattern; a pattern met for the first time is compiled from a
   probe, which is composed and passes the lints as any credential does.
2. The values are checked one by one for what the lints look at in them (`fit`).
3. Canonical form and JSON text are filled with the values; the hash of the proof options is that of the last award with the same.
4. The key signs.

Whatever is not covered takes the long way, compose → lint → prepare → sign, which also finds the right words for a refusal. Either
way the bytes are those that the long way gives.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

from testamur import strict_json
from testamur.errors import TestamurError
from testamur.issuing.cohort.fit import require_fit
from testamur.issuing.cohort.pattern import Taken, probe, stamp, take
from testamur.issuing.cohort.signed_text import SignedText, json_text
from testamur.issuing.compose import AwardDetails, Recipient, compose
from testamur.issuing.prepared import PreparedCredential, prepare, sign
from testamur.linked_data import HashName, canonicalize
from testamur.linked_data.shapes import Shape, Unshaped, compile_shape, skeleton
from testamur.model import Achievement, Profile
from testamur.ports import Signer
from testamur.proofs.data_integrity import SUITES
from testamur.proofs.encodings import multibase_encode

MAX_PATTERNS: Final = 64
MAX_TEXT: Final = 400_000  # bytes of the probe; with the values it stays below what a strict reader reads
_PROBE_DATE: Final = datetime(1999, 12, 31, 23, 59, 58, tzinfo=UTC)


class CohortCounts(NamedTuple):
    """How many awards went which way. `patterns`: how often something was compiled."""

    compiled: int
    complete: int
    patterns: int


class _Compiled(NamedTuple):
    shape: Shape
    holes: itemgetter[Any]  # from the values of an award to those of the shape's holes, in its order
    prepared: SignedText
    signed: SignedText
    options: Mapping[str, Any]  # of the proof, with its context and without its date


class _StandIn:
    """Signs the probe in the place of the key: with a random text, so that no key ever signs what nobody was awarded."""

    def __init__(self, signer: Signer) -> None:
        self.algorithm = signer.algorithm
        self.public_multikey = signer.public_multikey
        self.signature = secrets.token_bytes(64)

    def sign(self, data: bytes) -> bytes:  # noqa: ARG002 - the port has it
        return self.signature


class CohortIssuer:
    """Issues credentials of one achievement by one issuer with one key. Shared by threads only if the signer may be.

    `verification_method` is the key's identifier, below the issuer's id. The suites of RDFC-1.0 are compiled; with another one every award
    takes the long way.
    """

    def __init__(
        self,
        issuer: Profile,
        achievement: Achievement,
        signer: Signer,
        *,
        verification_method: str,
        cryptosuite: str = "eddsa-rdfc-2022",
    ) -> None:
        self.issuer = issuer
        self.achievement = achievement
        self.signer = signer
        self.verification_method = verification_method
        self.cryptosuite = cryptosuite
        suite = SUITES.get(cryptosuite)
        covered = suite is not None and not (suite.canonical_json or suite.selective or suite.check_only)
        self._hash_name: HashName | None = suite.hashes.get(signer.algorithm) if suite and covered else None
        self._new_hash = getattr(hashlib, self._hash_name or "sha256")
        self._results_vary = not any(described.allowed_value for described in achievement.result_description)
        self._patterns: dict[tuple[Hashable, ...], _Compiled | None] = {}
        self._hashed_options: dict[str, bytes] = {}
        self._compiled = self._complete = self._compilations = 0

    @property
    def counts(self) -> CohortCounts:
        return CohortCounts(self._compiled, self._complete, self._compilations)

    def issue(self, recipient: Recipient, award: AwardDetails, *, created: datetime) -> bytes:
        """The signed credential as compact UTF-8 JSON: exactly the bytes of `sign(prepare(compose(…), …), signer)`.

        Raises as these do. `created` is an aware datetime, written in UTC to the second.
        """
        try:
            taken = take(recipient, award, results_vary=self._results_vary)
            written = require_fit(taken)
            date = stamp(created)
            compiled = self._pattern(taken, recipient, award)
            holes = compiled.holes
            chosen = holes(taken.values)
            if written is not None:
                canonical = compiled.shape.render(list(holes(written)), chosen)
            else:
                canonical = compiled.shape.canonical(chosen)
                written = [json_text(value) for value in taken.values]
        except Unshaped:
            self._complete += 1
            return sign(self._prepare_completely(recipient, award, created), self.signer)
        to_sign = self._hash_of_options(compiled, date) + self._new_hash(canonical).digest()
        signature = multibase_encode(self.signer.sign(to_sign))
        self._compiled += 1
        written += (date.encode(), signature.encode())
        return compiled.signed.write(written)

    def prepare(self, recipient: Recipient, award: AwardDetails, *, created: datetime) -> PreparedCredential:
        """What `prepare(compose(…), …)` gives: the bytes to store before anything is signed. Raises as that does."""
        try:
            taken = take(recipient, award, results_vary=self._results_vary)
            written = require_fit(taken) or [json_text(value) for value in taken.values]
            date = stamp(created)
            compiled = self._pattern(taken, recipient, award)
        except Unshaped:
            self._complete += 1
            return self._prepare_completely(recipient, award, created)
        self._compiled += 1
        return PreparedCredential._of(compiled.prepared.write([*written, date.encode()]))

    def _prepare_completely(self, recipient: Recipient, award: AwardDetails, created: datetime) -> PreparedCredential:
        document = compose(self.issuer, self.achievement, recipient, award)
        return self._prepared(document, self.signer, created)

    def _prepared(self, document: dict[str, Any], signer: Signer, created: datetime) -> PreparedCredential:
        return prepare(
            document,
            signer,
            verification_method=self.verification_method,
            created=created,
            cryptosuite=self.cryptosuite,
        )

    def _pattern(self, taken: Taken, recipient: Recipient, award: AwardDetails) -> _Compiled:
        """The pattern of this award, compiled when it is first met. Raises `Unshaped` for one that is not covered."""
        if taken.key in self._patterns:
            found = self._patterns[taken.key]
        else:
            if len(self._patterns) >= MAX_PATTERNS:
                self._patterns.clear()
            self._compilations += 1
            try:
                found = self._compile(taken, recipient, award)
            except (Unshaped, TestamurError):  # the long way says what is wrong
                found = None
            self._patterns[taken.key] = found
        if found is None:
            raise Unshaped
        return found

    def _compile(self, taken: Taken, recipient: Recipient, award: AwardDetails) -> _Compiled:
        """Steps: compose a probe of the same key; lint, prepare and sign it (with a stand-in); find its values in what came out."""
        if self._hash_name is None:
            raise Unshaped
        imagined = probe(recipient, award, results_vary=self._results_vary)
        values = take(*imagined, results_vary=self._results_vary)
        document = compose(self.issuer, self.achievement, *imagined)
        stand_in = _StandIn(self.signer)
        prepared = self._prepared(document, stand_in, _PROBE_DATE)
        content = prepared.content
        signed = sign(prepared, stand_in)
        if values.key != taken.key or len(set(values.values)) != len(values.values) or len(signed) > MAX_TEXT:
            raise Unshaped
        proof = strict_json.loads(signed)["proof"][0]
        holes = [*values.values, stamp(_PROBE_DATE), proof.pop("proofValue")]
        positions = {value: number for number, value in enumerate(values.values)}
        shape = compile_shape(document, hash_name=self._hash_name)
        texts = shape.values_of(skeleton(document)[1])
        shape = shape.specialised({place: text for place, text in enumerate(texts) if text not in positions})
        numbers = [positions[text] for text in texts if text in positions]
        if set(numbers) != set(positions.values()):  # a value that shaped the outcome
            raise Unshaped
        return _Compiled(
            shape,
            itemgetter(*numbers),
            SignedText(content, holes[:-1]),
            SignedText(signed, holes),
            {**proof, "@context": document["@context"]},
        )

    def _hash_of_options(self, compiled: _Compiled, date: str) -> bytes:
        """Of the proof options, which are the same for all that is signed in one second."""
        if date not in self._hashed_options:
            self._hashed_options.clear()
            options = {**compiled.options, "created": date}
            canonical = canonicalize(options, hash_name=self._hash_name or "sha256")
            self._hashed_options[date] = self._new_hash(canonical).digest()
        return self._hashed_options[date]
