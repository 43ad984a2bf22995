"""The issuer looks at its own cohort again: is every stored or returned credential signed, in force, and not withdrawn?

For documents of the patterns that a `CohortIssuer` has compiled; everything else is for `testamur.verification`, which explains. A document
is recognised byte for byte, so that what is constant needs no second look: it passed every rule when the pattern was compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from testamur.errors import KeyMaterialError
from testamur.issuing.cohort.compiled import Compiled
from testamur.issuing.cohort.issuer import CohortIssuer
from testamur.issuing.cohort.pattern import stamp
from testamur.issuing.compose import AwardDetails, Recipient
from testamur.linked_data.shapes import Unshaped
from testamur.proofs.encodings import multibase_decode
from testamur.proofs.keys import PublicKey

_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)

StatusBit = Callable[[str, int], bool]
"""Whether the bit of an index is set in the list at an address, as the caller knows the list."""


class Examined(NamedTuple):
    """`withdrawn` is None where the credential has no status entry."""

    signed: bool
    in_force: bool
    withdrawn: bool | None

    @property
    def valid(self) -> bool:
        return self.signed and self.in_force and not self.withdrawn


class CohortVerifier:
    """Examines credentials of `cohort` with the public half of its key. `status_bit` is asked only about what is signed."""

    def __init__(self, cohort: CohortIssuer, key: PublicKey, status_bit: StatusBit) -> None:
        self._cohort = cohort
        self._key = key
        self._status_bit = status_bit

    def verify(self, credential: bytes, *, now: datetime) -> Examined | None:
        """What is to be said of the bytes of a credential; None when they are of no compiled pattern (or hold escapes)."""
        for compiled in self._cohort.patterns():
            try:
                *values, created, proof_value = compiled.signed.read(credential)
                canonical = compiled.shape.canonical(compiled.holes(values))
                return self._examine(compiled, values, canonical, created, proof_value, now)
            except Unshaped:
                continue
        return None

    def verify_values(
        self, recipient: Recipient, award: AwardDetails, *, created: str, proof_value: str, now: datetime
    ) -> Examined | None:
        """The same for an award whose values, date of signing and proof value are stored instead of its text."""
        try:
            compiled, values, plain = self._cohort.pattern_of(recipient, award)
            chosen = compiled.holes(values)
            canonical = (
                compiled.shape.render(list(compiled.holes(plain)), chosen)
                if plain
                else compiled.shape.canonical(chosen)
            )
            return self._examine(compiled, values, canonical, created, proof_value, now)
        except Unshaped:
            return None

    def _examine(
        self, compiled: Compiled, values: list[str], canonical: bytes, created: str, proof_value: str, now: datetime
    ) -> Examined:
        begins = values[compiled.begins]
        ends = values[compiled.ends] if compiled.ends is not None else None
        if not all(map(_STAMP.fullmatch, (created, begins, ends or begins))):
            raise Unshaped
        hashed = self._cohort.hash_of_options(compiled, created) + self._cohort.new_hash(canonical).digest()
        try:
            signed = self._key.verify(multibase_decode(proof_value), hashed)
        except KeyMaterialError:
            signed = False
        moment = stamp(now)
        in_force = begins <= moment and (ends is None or moment <= ends)
        withdrawn = None
        if signed and compiled.status_index is not None and compiled.status_list is not None:
            index = values[compiled.status_index]
            if _INDEX.fullmatch(index) is None:
                raise Unshaped
            withdrawn = self._status_bit(values[compiled.status_list], int(index))
        return Examined(signed, in_force, withdrawn)
