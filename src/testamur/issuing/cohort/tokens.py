"""A cohort as JSON Web Tokens (`vc+jwt`): each as quick as the signature over it, and looked at again as quickly.

The header is the same for all. The payload is a text with holes (`SignedText`), compiled from a probe that went the long way: compose →
lint → `secure`. A value is set into it as JSON writes it, so that what has to be escaped is covered too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from testamur.accelerated import quickest
from testamur.errors import TestamurError
from testamur.issuing.cohort import token_kernel as python_kernel
from testamur.issuing.cohort.cohort import Award, Cohort, chunks, quickly_read
from testamur.issuing.cohort.compiled import MAX_TEXT, StandIn, form_of, places_of
from testamur.issuing.cohort.kernel import Form
from testamur.issuing.cohort.pattern import Key, probe, take
from testamur.issuing.cohort.signed_text import SignedText
from testamur.issuing.cohort.verifier import Examined, Read, StatusBit, Verifying
from testamur.issuing.cohort.verifying_kernel import Places
from testamur.issuing.compose import AwardDetails, Recipient, compose
from testamur.issuing.tokens import issue_token
from testamur.linked_data.shapes import Unshaped
from testamur.ports import Signer
from testamur.proofs.encodings import base64url_decode
from testamur.proofs.keys import PublicKey

KERNEL: Any = quickest(python_kernel)


class TokenPattern(NamedTuple):
    """`text` writes what is signed for the values of an award and reads tokens; `payload` is the template in it, `places` says where in the
    values the dates and the status stand."""

    text: Any
    payload: SignedText
    places: Places
    form: Form


class CohortTokenIssuer(Cohort[TokenPattern]):
    """Issues credentials of one achievement as tokens, by one issuer with one key. Shared by threads only if the signer may be.

    `verification_method` is the key's identifier, below the issuer's id.
    """

    def issue(self, recipient: Recipient, award: AwardDetails) -> bytes:
        """Exactly the bytes of `issue_token(compose(…), signer, …)`, which a signer that is deterministic gives. Raises as these do."""
        try:
            compiled, written, _ = self.taken(recipient, award)
        except Unshaped:
            self._complete += 1
            return self._issue_completely(recipient, award, self.signer)
        text: bytes = compiled.text.signing_input(written)
        self._compiled += 1
        (token,) = KERNEL.tokens([text], [self.signer.sign(text)])
        return bytes(token)

    def issue_many(self, awards: Iterable[Award]) -> Iterator[bytes | TestamurError]:
        """What `issue` gives for each of the awards, in their order; for one that it refuses the refusal stands in its place.

        Quicker than one by one, as `CohortIssuer.issue_many` is.
        """
        for (some, texts), signatures in self._signed_in_turn(map(self._begun, chunks(awards, self._at_once))):
            yield from self._finished(some, texts, signatures)

    def _begun(self, some: list[Award]) -> tuple[tuple[list[Award], list[bytes | None]], list[bytes]]:
        """The awards with what is to be signed of each, None where `issue` has to decide; and those texts that are to be signed."""
        texts = [
            self._text(pair) if found is None else found[1]
            for pair, found in zip(some, quickly_read(self.latest, some), strict=True)
        ]
        return (some, texts), [text for text in texts if text is not None]

    def _finished(
        self, some: list[Award], texts: list[bytes | None], signatures: list[bytes]
    ) -> list[bytes | TestamurError]:
        tokens = KERNEL.tokens([text for text in texts if text is not None], signatures)
        self._compiled += len(tokens)
        if len(tokens) == len(some):
            return [*tokens]
        remaining = iter(tokens)
        return [
            self._outcome(partial(self.issue, *pair)) if text is None else next(remaining)
            for pair, text in zip(some, texts, strict=True)
        ]

    def _text(self, award: Award) -> bytes | None:
        try:
            compiled, written, _ = self.taken(*award)
        except Unshaped:
            return None
        text: bytes = compiled.text.signing_input(written)
        return text

    def _issue_completely(self, recipient: Recipient, award: AwardDetails, signer: Signer) -> bytes:
        document = compose(self.issuer, self.achievement, recipient, award)
        return issue_token(document, signer, verification_method=self.verification_method)

    def _compile(self, key: Key, award: Award) -> TokenPattern:
        imagined = probe(*award, results_vary=self._results_vary)
        taken = take(*imagined, results_vary=self._results_vary)
        token = self._issue_completely(*imagined, StandIn(self.signer))
        if taken.key != key or len(set(taken.values)) != len(taken.values) or len(token) > MAX_TEXT:
            raise Unshaped
        header, payload, _ = token.decode("ascii").split(".")
        written = SignedText(base64url_decode(payload), taken.values)
        text = KERNEL.TokenText(header.encode() + b".", written.text)
        everywhere = list(range(len(taken.values)))
        return TokenPattern(
            text,
            written,
            places_of(imagined[1], taken.values),
            form_of(award, everywhere, text.signing_input, results_vary=self._results_vary),
        )


class CohortTokenVerifier(Verifying):
    """Examines tokens of `cohort` with the public half of its key. `status_bit` is asked only about what is signed."""

    def __init__(self, cohort: CohortTokenIssuer, key: PublicKey, status_bit: StatusBit) -> None:
        super().__init__(key, status_bit)
        self._cohort = cohort

    def verify(self, token: bytes, *, now: datetime) -> Examined | None:
        """What is to be said of a token; None when it is of no compiled pattern (or has escapes in a value)."""
        (examined,) = self._many([token], self._quickly_read, self._read, now)
        return examined

    def verify_many(self, tokens: Iterable[bytes], *, now: datetime) -> Iterator[Examined | None]:
        """What `verify` says of each, in their order, more quickly than one by one (see `CohortIssuer.issue_many`)."""
        return self._many(tokens, self._quickly_read, self._read, now)

    def _quickly_read(self, some: list[bytes]) -> list[Read | None]:
        latest = self._cohort.latest
        if latest is None:
            return [None] * len(some)
        found: list[Read | None] = latest.text.read_back(some, latest.form.plain, latest.places.said)
        return found

    def _read(self, token: bytes) -> Read:
        for compiled in self._cohort.patterns():
            try:
                values, signed, signature = compiled.text.read(token)
                if not compiled.form.plain(values):  # then JSON may read them otherwise, or not at all
                    compiled.payload.require_readable(values)
                return signed, signature, compiled.places.said(values)
            except Unshaped:
                continue
        raise Unshaped
