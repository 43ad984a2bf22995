"""The issuer looks at its own cohort again: is every stored or returned credential signed, in force, and not withdrawn?

For documents of the patterns that a `CohortIssuer` has compiled; everything else is for `testamur.verification`, which explains. A document
is recognised byte for byte, so that what is constant needs no second look: it passed every rule when the pattern was compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias, TypeVar

from testamur.errors import KeyMaterialError
from testamur.issuing.cohort.cohort import chunks
from testamur.issuing.cohort.compiled import Compiled
from testamur.issuing.cohort.issuer import CohortIssuer
from testamur.issuing.cohort.pattern import stamp
from testamur.issuing.compose import AwardDetails, Recipient
from testamur.linked_data.shapes import Unshaped
from testamur.proofs.keys import PublicKey

_STAMP: Final = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_MAX_INDEX: Final = 16  # digits, without zeros before them
_ZERO: Final = ord("0")

_T = TypeVar("_T")
Stored: TypeAlias = tuple[Recipient, AwardDetails, str, str]
"""Recipient, award, the date of signing and the proof's value."""

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


Read: TypeAlias = tuple[bytes, bytes, str, str | None, tuple[bytes, bytes] | None]
"""What a credential says, as far as it is examined: what the signature has to be over, the signature, from when and until when, list and
index. A bare tuple, because one is made for each credential."""


class Verifying:
    """Examines what was read, many at once. `status_bit` is asked only about what `key` has signed."""

    def __init__(self, key: PublicKey, status_bit: StatusBit) -> None:
        self._key = key
        self._status_bit = status_bit

    def _many(self, items: Iterable[_T], read: Callable[[_T], Read], now: datetime) -> Iterator[Examined | None]:
        for some in chunks(items):
            found: list[Read | None] = []
            for item in some:
                try:
                    found.append(read(item))
                except Unshaped:
                    found.append(None)
            reads = [each for each in found if each is not None]
            verdicts = self._key.verify_many([each[1] for each in reads], [each[0] for each in reads])
            signed = iter(verdicts)
            moment = stamp(now)
            for each in found:
                try:
                    yield None if each is None else self._examine(each, next(signed), moment)
                except Unshaped:
                    yield None

    def _examine(self, read: Read, signed: bool, moment: str) -> Examined:
        _, _, begins, ends, entry = read
        in_force = begins <= moment and (ends is None or moment <= ends)
        withdrawn = None
        if signed and entry is not None:
            address, index = entry
            if not index.isdigit() or len(index) > _MAX_INDEX or (index[0] == _ZERO and len(index) > 1):
                raise Unshaped
            withdrawn = self._status_bit(address.decode(), int(index))
        return Examined(signed, in_force, withdrawn)


class CohortVerifier(Verifying):
    """Examines credentials of `cohort` with the public half of its key. `status_bit` is asked only about what is signed."""

    def __init__(self, cohort: CohortIssuer, key: PublicKey, status_bit: StatusBit) -> None:
        super().__init__(key, status_bit)
        self._cohort = cohort

    def verify(self, credential: bytes, *, now: datetime) -> Examined | None:
        """What is to be said of the bytes of a credential; None when they are of no compiled pattern (or hold escapes)."""
        (examined,) = self._many([credential], self._read, now)
        return examined

    def verify_many(self, credentials: Iterable[bytes], *, now: datetime) -> Iterator[Examined | None]:
        """What `verify` says of each, in their order, more quickly than one by one (see `CohortIssuer.issue_many`)."""
        return self._many(credentials, self._read, now)

    def verify_values(
        self, recipient: Recipient, award: AwardDetails, *, created: str, proof_value: str, now: datetime
    ) -> Examined | None:
        """The same for an award whose values, date of signing and proof value are stored instead of its text."""
        (examined,) = self._many([(recipient, award, created, proof_value)], self._stored, now)
        return examined

    def verify_values_many(self, stored: Iterable[Stored], *, now: datetime) -> Iterator[Examined | None]:
        """The same for many: recipient, award, date of signing and proof value of each."""
        return self._many(stored, self._stored, now)

    def _read(self, credential: bytes) -> Read:
        for compiled in self._cohort.patterns():
            try:
                raw = compiled.signed.text.read(credential)
                *values, created, proof_value = raw
                if compiled.form.plain(values):
                    hashed = self._cohort.hash_of(compiled, values)
                else:
                    texts = compiled.signed.read(credential)[:-2]
                    values = [text.encode() for text in texts]
                    hashed = self._cohort.new_hash(compiled.canonical(compiled.holes(texts))).digest()
                return self._prepared(compiled, values, hashed, created, proof_value)
            except Unshaped:
                continue
        raise Unshaped

    def _stored(self, stored: Stored) -> Read:
        recipient, award, created, proof_value = stored
        compiled, written, values = self._cohort.taken(recipient, award)
        if values is None:
            hashed = self._cohort.hash_of(compiled, written)
        else:
            hashed = self._cohort.new_hash(compiled.canonical(compiled.holes(values))).digest()
            written = [value.encode() for value in values]
        return self._prepared(
            compiled,
            written,
            hashed,
            created.encode("utf-8", "surrogatepass"),
            proof_value.encode("utf-8", "surrogatepass"),
        )

    def _prepared(
        self, compiled: Compiled, values: list[bytes], hashed: bytes, created: bytes, proof_value: bytes
    ) -> Read:
        """What is signed, and what is asked once the signature is right. Raises `Unshaped` for a date in another form."""
        places = compiled.places
        ends = None if places.ends is None else moment_of(values[places.ends])
        options = self._cohort.hash_of_options(compiled, moment_of(created))
        signature = self._signature(proof_value)
        return options + hashed, signature, moment_of(values[places.begins]), ends, places.entry(values)

    def _signature(self, proof_value: bytes) -> bytes:
        """The signature that a proof's value is; one that no key makes for what is none."""
        try:
            return self._cohort.bytes_of(proof_value)
        except (KeyMaterialError, UnicodeDecodeError):
            return b""


@lru_cache(maxsize=4_096)
def moment_of(written: bytes) -> str:
    """A moment as `pattern.stamp` writes it. Raises `Unshaped` for anything else."""
    if _STAMP.fullmatch(written) is None:
        raise Unshaped
    return written.decode()
