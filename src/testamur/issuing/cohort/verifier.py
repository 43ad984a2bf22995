"""The issuer looks at its own cohort again: is every stored or returned credential signed, in force, and not withdrawn?

For documents of the patterns that a `CohortIssuer` has compiled; everything else is for `testamur.verification`, which explains. A document
is recognised byte for byte, so that what is constant needs no second look: it passed every rule when the pattern was compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple, TypeAlias, TypeVar

from testamur.errors import KeyMaterialError
from testamur.issuing.cohort.compiled import Compiled
from testamur.issuing.cohort.issuer import CHUNK, CohortIssuer
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


_Read: TypeAlias = tuple[bytes, bytes, str, str | None, tuple[bytes, bytes] | None]
"""What a credential says, as far as it is examined: what the signature has to be over, the proof's value, from when and until when, list
and index. A bare tuple, because one is made for each credential."""


class CohortVerifier:
    """Examines credentials of `cohort` with the public half of its key. `status_bit` is asked only about what is signed."""

    def __init__(self, cohort: CohortIssuer, key: PublicKey, status_bit: StatusBit) -> None:
        self._cohort = cohort
        self._key = key
        self._status_bit = status_bit

    def verify(self, credential: bytes, *, now: datetime) -> Examined | None:
        """What is to be said of the bytes of a credential; None when they are of no compiled pattern (or hold escapes)."""
        try:
            return self._examine(self._all_signed([self._read(credential)])[0], stamp(now))
        except Unshaped:
            return None

    def verify_many(self, credentials: Iterable[bytes], *, now: datetime) -> Iterator[Examined | None]:
        """What `verify` says of each, in their order, more quickly than one by one (see `CohortIssuer.issue_many`)."""
        return self._many(credentials, self._read, now)

    def verify_values(
        self, recipient: Recipient, award: AwardDetails, *, created: str, proof_value: str, now: datetime
    ) -> Examined | None:
        """The same for an award whose values, date of signing and proof value are stored instead of its text."""
        try:
            read = self._stored((recipient, award, created, proof_value))
            return self._examine(self._all_signed([read])[0], stamp(now))
        except Unshaped:
            return None

    def verify_values_many(self, stored: Iterable[Stored], *, now: datetime) -> Iterator[Examined | None]:
        """The same for many: recipient, award, date of signing and proof value of each."""
        return self._many(stored, self._stored, now)

    def _many(self, items: Iterable[_T], read: Callable[[_T], _Read], now: datetime) -> Iterator[Examined | None]:
        remaining = iter(items)
        while some := list(islice(remaining, CHUNK)):
            found: list[_Read | None] = []
            for item in some:
                try:
                    found.append(read(item))
                except Unshaped:
                    found.append(None)
            signed = iter(self._all_signed([each for each in found if each is not None]))
            moment = stamp(now)
            for each in found:
                try:
                    yield None if each is None else self._examine(next(signed), moment)
                except Unshaped:
                    yield None

    def _read(self, credential: bytes) -> _Read:
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

    def _stored(self, stored: Stored) -> _Read:
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
    ) -> _Read:
        """What is signed, and what is asked once the signature is right. Raises `Unshaped` for a date in another form."""
        begins = _moment(values[compiled.begins])
        ends = _moment(values[compiled.ends]) if compiled.ends is not None else None
        index = None
        if compiled.status_index is not None and compiled.status_list is not None:
            index = values[compiled.status_list], values[compiled.status_index]
        options = self._cohort.hash_of_options(compiled, _moment(created))
        return options + hashed, proof_value, begins, ends, index

    def _all_signed(self, reads: list[_Read]) -> list[tuple[_Read, bool]]:
        """Each with whether its signature is that of the key."""
        signatures = [self._signature(read[1]) for read in reads]
        return list(zip(reads, self._key.verify_many(signatures, [read[0] for read in reads]), strict=True))

    def _signature(self, proof_value: bytes) -> bytes:
        """The signature that a proof's value is; one that no key makes for what is none."""
        try:
            return self._cohort.bytes_of(proof_value)
        except (KeyMaterialError, UnicodeDecodeError):
            return b""

    def _examine(self, examined: tuple[_Read, bool], moment: str) -> Examined:
        (_, _, begins, ends, entry), signed = examined
        in_force = begins <= moment and (ends is None or moment <= ends)
        withdrawn = None
        if signed and entry is not None:
            address, index = entry
            if not index.isdigit() or len(index) > _MAX_INDEX or (index[0] == _ZERO and len(index) > 1):
                raise Unshaped
            withdrawn = self._status_bit(address.decode(), int(index))
        return Examined(signed, in_force, withdrawn)


@lru_cache(maxsize=4_096)
def _moment(written: bytes) -> str:
    """A moment as `pattern.stamp` writes it. Raises `Unshaped` for anything else."""
    if _STAMP.fullmatch(written) is None:
        raise Unshaped
    return written.decode()
