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
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from testamur import strict_json
from testamur.errors import TestamurError
from testamur.issuing.cohort import compiled as patterns
from testamur.issuing.cohort.cohort import MAX_PATTERNS, Award, Cohort, chunks, quickly_read
from testamur.issuing.cohort.compiled import Compiled, StandIn, compile_pattern
from testamur.issuing.cohort.pattern import Key, stamp
from testamur.issuing.compose import AwardDetails, Recipient, compose
from testamur.issuing.prepared import PreparedCredential, prepare, sign
from testamur.linked_data import HashName, canonicalize
from testamur.linked_data.shapes import Unshaped
from testamur.log.secured import secured
from testamur.model import Achievement, Profile
from testamur.ports import Signer
from testamur.proofs.data_integrity import SUITES
from testamur.proofs.encodings import multibase_decode

_MAX_DATES: Final = MAX_PATTERNS

_Hashed: TypeAlias = tuple[Compiled, list[bytes], bytes]


class Signed(NamedTuple):
    """A signed credential, and its bytes to which the log commits (`log.secured`)."""

    credential: bytes
    secured: bytes


class _Prepared(PreparedCredential):
    """Made by a cohort that still knows what it made it of: itself, the pattern, the values as written in JSON, the texts of the shape's
    holes where N-Quads writes them otherwise, the date of signing."""

    __slots__ = ("known",)

    known: tuple[CohortIssuer, Compiled, list[bytes], Sequence[str] | None, str]


class CohortIssuer(Cohort[Compiled]):
    """Issues credentials of one achievement by one issuer with one key. Shared by threads only if the signer may be.

    `verification_method` is the key's identifier, below the issuer's id. The suites of RDFC-1.0 and of JCS are compiled; with another one
    every award takes the long way. With JCS so does an award of which a value has to be escaped.
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
        super().__init__(issuer, achievement, signer, verification_method=verification_method)
        self.cryptosuite = cryptosuite
        suite = SUITES.get(cryptosuite)
        covered = suite is not None and not (suite.selective or suite.check_only)
        self._canonical_json = suite is not None and suite.canonical_json
        self._hash_name: HashName | None = suite.hashes.get(signer.algorithm) if suite and covered else None
        self.new_hash = getattr(hashlib, self._hash_name or "sha256")
        self._digits = patterns.DIGITS

    def issue(self, recipient: Recipient, award: AwardDetails, *, created: datetime) -> bytes:
        """The signed credential as compact UTF-8 JSON: exactly the bytes of `sign(prepare(compose(…), …), signer)`.

        Raises as these do. `created` is an aware datetime, written in UTC to the second.
        """
        try:
            date = stamp(created)
            compiled, written, hashed = self._hashed(recipient, award)
        except Unshaped:
            self._complete += 1
            return sign(self._prepare_completely(recipient, award, created), self.signer)
        signature = self.signer.sign(self.hash_of_options(compiled, date) + hashed)
        self._compiled += 1
        return compiled.signed.write([*written, date.encode(), self.digits(signature)])

    def issue_many(self, awards: Iterable[Award], *, created: datetime) -> Iterator[bytes | TestamurError]:
        """What `issue` gives for each of the awards, in their order; for one that it refuses the refusal stands in its place.

        Quicker than one by one: every step is done for `CHUNK` awards before the next, so that the processor finds its code and data at
        hand, and a signer that takes several texts at once (`sign_many`) is asked once for all of them. One that is elsewhere
        (`sign_batches`, as keys in a hardware module have) signs meanwhile; some awards are then taken before the first is given.
        """
        try:
            date = stamp(created)
        except Unshaped:
            for pair in awards:
                yield self._outcome(partial(self.issue, *pair, created=created))
            return
        begun = (self._begun(some, date) for some in chunks(awards, self._at_once))
        for (some, latest, hashed), signatures in self._signed_in_turn(begun):
            yield from self._finished(some, latest, hashed, signatures, date, created)

    def _begun(
        self, some: list[Award], date: str
    ) -> tuple[tuple[list[Award], Compiled | None, list[Any]], list[bytes]]:
        """The awards, the pattern that all of them have, and what is hashed of each (as `Form.hashed` gives it; where there is no such
        pattern `_Hashed`, or None where `issue` has to decide); and what is to be signed."""
        latest = self.latest
        quickly = quickly_read(latest, some)
        if latest is not None and None not in quickly:
            options = self.hash_of_options(latest, date)
            return (some, latest, quickly), [options + each[1] for each in quickly]
        hashed = self._all_hashed(some, latest, quickly)
        texts = [self.hash_of_options(each[0], date) + each[2] for each in hashed if each is not None]
        return (some, None, hashed), texts

    def _finished(
        self,
        some: list[Award],
        latest: Compiled | None,
        hashed: list[Any],
        signatures: list[bytes],
        date: str,
        created: datetime,
    ) -> list[bytes | TestamurError]:
        written_date = date.encode()
        digits = self._digits.all_digits(signatures)
        self._compiled += len(digits)
        if latest is not None:
            return [*latest.form.finished(latest.signed.text.fill, hashed, written_date, digits)]
        remaining = iter(digits)
        return [
            self._outcome(partial(self.issue, *pair, created=created))
            if each is None
            else each[0].signed.text.fill([*each[1], written_date, next(remaining)])
            for pair, each in zip(some, hashed, strict=True)
        ]

    def _all_hashed(self, some: list[Award], latest: Compiled | None, quickly: list[Any]) -> list[_Hashed | None]:
        """For each award what `_hashed` gives, None where that raises `Unshaped`. `quickly` is what the latest pattern's form gives."""
        hashed: list[_Hashed | None] = []
        for pair, found in zip(some, quickly, strict=True):
            if found is not None and latest is not None:
                hashed.append((latest, *found))
                continue
            try:
                hashed.append(self._hashed(*pair))
            except Unshaped:
                hashed.append(None)
        return hashed

    def _hashed(self, recipient: Recipient, award: AwardDetails) -> _Hashed:
        """The pattern of an award, its values as they are written, and the hash of its canonical form. Raises `Unshaped`."""
        compiled, written, values = self.taken(recipient, award)
        if values is None:
            return compiled, written, self.hash_of(compiled, written)
        canonical = compiled.canonical(compiled.holes(values))
        return compiled, written, self.new_hash(canonical).digest()

    def hash_of(self, compiled: Compiled, written: list[bytes]) -> bytes:
        """The hash of the canonical form with these values, which fit and stand for themselves."""
        try:
            digest: bytes = compiled.digest(list(compiled.holes(written)))
        except Unshaped:
            canonical = compiled.complete([value.decode() for value in compiled.holes(written)])
            digest = self.new_hash(canonical).digest()
        return digest

    def digits(self, signature: bytes) -> bytes:
        digits: bytes = self._digits.digits(signature)
        return digits

    def bytes_of(self, digits: bytes) -> bytes:
        """The signature that `digits` are. Raises `KeyMaterialError` where they are none."""
        found: bytes | None = self._digits.from_base58(digits) if self._digits.COMPILED else None
        return multibase_decode(digits.decode()) if found is None else found

    def prepare(self, recipient: Recipient, award: AwardDetails, *, created: datetime) -> PreparedCredential:
        """What `prepare(compose(…), …)` gives: the bytes to store before anything is signed. Raises as that does."""
        try:
            date = stamp(created)
            compiled, written, values = self.taken(recipient, award)
        except Unshaped:
            self._complete += 1
            return self._prepare_completely(recipient, award, created)
        self._compiled += 1
        prepared = _Prepared._of(compiled.prepared.write([*written, date.encode()]))
        prepared.known = self, compiled, written, None if values is None else compiled.holes(values), date
        return prepared

    def sign(self, prepared: PreparedCredential) -> Signed:
        """What `issuing.sign` gives for a prepared credential, and what the log commits to of it. Raises as that does.

        For one that this cohort's `prepare` gave, nothing is read or canonicalised again.
        """
        return self.sign_many([prepared])[0]

    def sign_many(self, prepared: Sequence[PreparedCredential]) -> list[Signed]:
        """The same for many: a signer that takes several texts at once is asked once for some dozens of them; one that is elsewhere
        (`sign_batches`) signs while the next are begun and those before are finished."""
        return list(self.signed_in_turn(prepared))

    def signed_in_turn(self, prepared: Iterable[PreparedCredential]) -> Generator[Signed, None, None]:
        """What `sign_many` gives, as it comes: where the signer fails, whoever has taken what came before has that. Some of the prepared
        are taken, and cannot be redeemed again, before the first is given."""
        begun = map(self._begun_of, chunks(prepared, self._at_once))
        for (some, outcomes), signatures in self._signed_in_turn(begun):
            yield from self._signed_of(some, outcomes, signatures)

    def _begun_of(
        self, prepared: list[PreparedCredential]
    ) -> tuple[tuple[list[PreparedCredential], list[Signed | None]], list[bytes]]:
        """Those with the outcome of each that this cohort does not know, and what is to be signed of the others."""
        texts = [self.text_of(one) for one in prepared]
        outcomes: list[Signed | None] = [None] * len(prepared)
        for at, one in enumerate(prepared):
            if texts[at] is None:
                credential = sign(one, self.signer)
                outcomes[at] = Signed(credential, secured(credential))
        for at, one in enumerate(prepared):
            if texts[at] is not None:
                one._redeem()
        return (prepared, outcomes), [text for text in texts if text is not None]

    def _signed_of(
        self, prepared: list[PreparedCredential], outcomes: list[Signed | None], signatures: list[bytes]
    ) -> list[Signed]:
        digits = map(self.digits, signatures)
        return [
            self._signed(one, next(digits)) if outcome is None else outcome
            for one, outcome in zip(prepared, outcomes, strict=True)
        ]

    def text_of(self, prepared: PreparedCredential) -> bytes | None:
        """What is to be signed; None for what this cohort did not prepare, or does not know by its pattern: that is `sign`ed."""
        if not isinstance(prepared, _Prepared) or prepared.known[0] is not self:
            return None
        _, compiled, written, values, date = prepared.known
        if values is None:
            hashed = self.hash_of(compiled, written)
        else:
            try:
                hashed = self.new_hash(compiled.canonical(values)).digest()
            except Unshaped:
                return None
        return self.hash_of_options(compiled, date) + hashed

    def signed_with(self, prepared: PreparedCredential, signature: bytes) -> Signed:
        """What `sign` gives, of which somebody else has made the signature over `text_of`. Whose it is, is not looked at here.

        Raises `IssuingRefused` as `issuing.sign`, where it was redeemed already.
        """
        prepared._redeem()
        return self._signed(prepared, self.digits(signature))

    @staticmethod
    def _signed(prepared: PreparedCredential, digits: bytes) -> Signed:
        assert isinstance(prepared, _Prepared)  # noqa: S101 - `text_of` has looked
        _, compiled, written, values, date = prepared.known
        filling = [*written, date.encode(), digits]
        credential = compiled.signed.write(filling)
        # What has to be escaped may be escaped in another way there.
        return Signed(credential, compiled.secured.write(filling) if values is None else secured(credential))

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

    def _compile(self, key: Key, award: Award) -> Compiled:
        if self._hash_name is None:
            raise Unshaped
        stand_in = StandIn(self.signer)
        return compile_pattern(
            key,
            award,
            results_vary=self._results_vary,
            compose=lambda *pair: compose(self.issuer, self.achievement, *pair),
            prepare=lambda document, created: self._prepared(document, stand_in, created),
            sign=lambda prepared: sign(prepared, stand_in),
            hash_name=self._hash_name,
            canonical_json=self._canonical_json,
        )

    def hash_of_options(self, compiled: Compiled, date: str) -> bytes:
        """The hash of the proof options, which are the same for all of a pattern that is signed in one second; of another pattern the
        document may have other contexts."""
        known = compiled.hashed_options
        found = known.get(date)
        if found is None:
            options = {**compiled.options, "created": date}
            canonical = (
                strict_json.jcs(options)
                if self._canonical_json
                else canonicalize(options, hash_name=self._hash_name or "sha256")
            )
            found = self.new_hash(canonical).digest()
            if len(known) >= _MAX_DATES:
                known.clear()
            known[date] = found
        return found
