"""The issuer looks at its own cohort again: is every stored or returned credential signed, in force, and not withdrawn?

For documents of the patterns that a `CohortIssuer` has compiled; everything else is for `testamur.verification`, which explains. A document
is recognised byte for byte, so that what is constant needs no second look: it passed every rule when the pattern was compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

from testamur.errors import KeyMaterialError
from testamur.issuing.cohort import compiled as patterns
from testamur.issuing.cohort.cohort import chunks
from testamur.issuing.cohort.compiled import Compiled
from testamur.issuing.cohort.issuer import CohortIssuer
from testamur.issuing.cohort.pattern import stamp
from testamur.issuing.compose import AwardDetails, Recipient
from testamur.linked_data.shapes import Unshaped
from testamur.linked_data.shapes.native import is_stamp
from testamur.proofs.keys import PublicKey

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


Said: TypeAlias = tuple[bytes, bytes | None, bytes | None, bytes | None]
Read: TypeAlias = tuple[bytes, bytes, Said]
"""What a credential says, as far as it is examined: what the signature has to be over, the signature, and `Places.said`. A bare tuple,
because one is made for each credential."""


class Verifying:
    """Examines what was read, many at once. `status_bit` is asked only about what `key` has signed."""

    def __init__(self, key: PublicKey, status_bit: StatusBit) -> None:
        self._key = key
        self._examiner = patterns.VERIFYING.Examiner(status_bit, partial(tuple.__new__, Examined))

    def _many(
        self,
        items: Iterable[_T],
        quickly: Callable[[list[_T]], list[Read | None]],
        read: Callable[[_T], Read],
        now: datetime,
    ) -> Iterator[Examined | None]:
        """What is to be said of each item. `quickly` reads those that look like the last that was met, `read` any other or raises
        `Unshaped`."""
        try:
            moment = stamp(now).encode()
        except Unshaped:
            yield from (None for _ in items)
            return
        for some in chunks(items):
            found = quickly(some)
            if None in found:
                found = [_or_none(read, item) if each is None else each for item, each in zip(some, found, strict=True)]
            reads = [each for each in found if each is not None]
            verdicts = self._key.verify_many([each[1] for each in reads], [each[0] for each in reads])
            signed = iter(verdicts)
            for each in found:
                try:
                    yield None if each is None else self._examiner.examine(each[2], next(signed), moment)
                except Unshaped:
                    yield None


def _or_none(read: Callable[[_T], Read], item: _T) -> Read | None:
    try:
        return read(item)
    except Unshaped:
        return None


class CohortVerifier(Verifying):
    """Examines credentials of `cohort` with the public half of its key. `status_bit` is asked only about what is signed."""

    def __init__(self, cohort: CohortIssuer, key: PublicKey, status_bit: StatusBit) -> None:
        super().__init__(key, status_bit)
        self._cohort = cohort

    def verify(self, credential: bytes, *, now: datetime) -> Examined | None:
        """What is to be said of the bytes of a credential; None when they are of no compiled pattern (or hold escapes)."""
        (examined,) = self._many([credential], self._quickly_read, self._read, now)
        return examined

    def verify_many(self, credentials: Iterable[bytes], *, now: datetime) -> Iterator[Examined | None]:
        """What `verify` says of each, in their order, more quickly than one by one (see `CohortIssuer.issue_many`)."""
        return self._many(credentials, self._quickly_read, self._read, now)

    def verify_values(
        self, recipient: Recipient, award: AwardDetails, *, created: str, proof_value: str, now: datetime
    ) -> Examined | None:
        """The same for an award whose values, date of signing and proof value are stored instead of its text."""
        stored = [(recipient, award, created, proof_value)]
        (examined,) = self._many(stored, self._quickly_stored, self._stored, now)
        return examined

    def verify_values_many(self, stored: Iterable[Stored], *, now: datetime) -> Iterator[Examined | None]:
        """The same for many: recipient, award, date of signing and proof value of each."""
        return self._many(stored, self._quickly_stored, self._stored, now)

    def _quickly_read(self, some: list[bytes]) -> list[Read | None]:
        latest = self._cohort.latest
        if latest is None:
            return [None] * len(some)
        return [
            None if each is None else self._prepared_or_none(latest, *each)
            for each in latest.form.read_back(latest.signed.text.read, some)
        ]

    def _quickly_stored(self, some: list[Stored]) -> list[Read | None]:
        latest = self._cohort.latest
        if latest is None:
            return [None] * len(some)
        hashed = latest.form.hashed([each[:2] for each in some])
        return [
            None if each is None else self._prepared_or_none(latest, *each, _utf_8(created), _utf_8(proof_value))
            for each, (_, _, created, proof_value) in zip(hashed, some, strict=True)
        ]

    def _prepared_or_none(self, *read: Any) -> Read | None:
        try:
            return self._prepared(*read)
        except Unshaped:
            return None

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
        return self._prepared(compiled, written, hashed, _utf_8(created), _utf_8(proof_value))

    def _prepared(
        self, compiled: Compiled, values: list[bytes], hashed: bytes, created: bytes, proof_value: bytes
    ) -> Read:
        """What is signed, and what is asked once the signature is right. Raises `Unshaped` for a date in another form."""
        options = self._cohort.hash_of_options(compiled, _moment(created))
        return options + hashed, self._signature(proof_value), compiled.places.said(values)

    def _signature(self, proof_value: bytes) -> bytes:
        """The signature that a proof's value is; one that no key makes for what is none."""
        try:
            return self._cohort.bytes_of(proof_value)
        except (KeyMaterialError, UnicodeDecodeError):
            return b""


def _utf_8(text: str) -> bytes:
    return text.encode() if text.isascii() else text.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=4_096)
def _moment(written: bytes) -> str:
    """A moment as `pattern.stamp` writes it. Raises `Unshaped` for anything else."""
    if not is_stamp(written):
        raise Unshaped
    return written.decode()
