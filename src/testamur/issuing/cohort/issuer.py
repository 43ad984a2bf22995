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
from datetime import datetime
from typing import Any, Final, NamedTuple

from testamur.errors import TestamurError
from testamur.issuing.cohort.compiled import Compiled, StandIn, compile_pattern
from testamur.issuing.cohort.fit import require_fit
from testamur.issuing.cohort.pattern import Key, Taken, probe, stamp, take
from testamur.issuing.cohort.signed_text import json_text
from testamur.issuing.compose import AwardDetails, Recipient, compose
from testamur.issuing.prepared import PreparedCredential, prepare, sign
from testamur.linked_data import HashName, canonicalize
from testamur.linked_data.shapes import Unshaped
from testamur.model import Achievement, Profile
from testamur.ports import Signer
from testamur.proofs.data_integrity import SUITES
from testamur.proofs.encodings import multibase_encode

MAX_PATTERNS: Final = 64


class CohortCounts(NamedTuple):
    """How many awards went which way. `patterns`: how often something was compiled."""

    compiled: int
    complete: int
    patterns: int


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
        self.new_hash = getattr(hashlib, self._hash_name or "sha256")
        self._results_vary = not any(described.allowed_value for described in achievement.result_description)
        self._patterns: dict[Key, Compiled | None] = {}
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
        to_sign = self.hash_of_options(compiled, date) + self.new_hash(canonical).digest()
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

    def patterns(self) -> list[Compiled]:
        """What was compiled so far."""
        return [compiled for compiled in self._patterns.values() if compiled is not None]

    def pattern_of(self, recipient: Recipient, award: AwardDetails) -> tuple[Compiled, list[str], list[bytes] | None]:
        """The pattern of an award, its values, and these in UTF-8 where `require_fit` gives them.

        Raises `Unshaped` for an award that is not covered.
        """
        taken = take(recipient, award, results_vary=self._results_vary)
        plain = require_fit(taken)
        return self._pattern(taken, recipient, award), taken.values, plain

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

    def _pattern(self, taken: Taken, recipient: Recipient, award: AwardDetails) -> Compiled:
        """The pattern of this award, compiled when it is first met. Raises `Unshaped` for one that is not covered."""
        if taken.key in self._patterns:
            found = self._patterns[taken.key]
        else:
            if len(self._patterns) >= MAX_PATTERNS:
                self._patterns.clear()
            self._compilations += 1
            try:
                found = self._compile(taken.key, recipient, award)
            except (Unshaped, TestamurError):  # the long way says what is wrong
                found = None
            self._patterns[taken.key] = found
        if found is None:
            raise Unshaped
        return found

    def _compile(self, key: Key, recipient: Recipient, award: AwardDetails) -> Compiled:
        if self._hash_name is None:
            raise Unshaped
        stand_in = StandIn(self.signer)
        return compile_pattern(
            key,
            probe(recipient, award, results_vary=self._results_vary),
            take=lambda *pair: take(*pair, results_vary=self._results_vary),
            compose=lambda *pair: compose(self.issuer, self.achievement, *pair),
            prepare=lambda document, created: self._prepared(document, stand_in, created),
            sign=lambda prepared: sign(prepared, stand_in),
            hash_name=self._hash_name,
        )

    def hash_of_options(self, compiled: Compiled, date: str) -> bytes:
        """The hash of the proof options, which are the same for all that is signed in one second."""
        found = self._hashed_options.get(date)
        if found is None:
            options = {**compiled.options, "created": date}
            canonical = canonicalize(options, hash_name=self._hash_name or "sha256")
            found = self.new_hash(canonical).digest()
            self._hashed_options = {date: found}
        return found
