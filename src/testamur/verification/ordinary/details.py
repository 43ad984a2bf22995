"""The technical details of an ordinary document: as a mapping, or as its JSON without making it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from testamur.verification.ordinary.standing import Standing

with suppress(ImportError):  # an extra: without it nothing is recognised
    import orjson

SUITE: Final = "eddsa-rdfc-2022"


class Details:
    """What the true proof of a document came to, and which addresses were `asked`."""

    __slots__ = ("_canonical", "_document_hash", "_options", "_options_hash", "_standing", "asked")

    def __init__(
        self, standing: Standing, canonical: bytes, options: bytes, document_hash: bytes, options_hash: bytes
    ) -> None:
        """`canonical` and `options` are canonical N-Quads."""
        self._standing, self._canonical, self._options = standing, canonical, options
        self._document_hash, self._options_hash = document_hash, options_hash
        self.asked: tuple[str, ...] = ()

    def made(self) -> dict[str, Any]:
        proof = {
            "suite": SUITE,
            "canonical_document": self._canonical.decode(),
            "canonical_proof_options": self._options.decode(),
            "document_hash": self._document_hash.hex(),
            "proof_options_hash": self._options_hash.hex(),
            "hash_name": "sha256",
            "verificationMethod": self._standing.method,
            "publicKey": self._standing.shown_key,
        }
        return {"kind": "json", "proofs": [proof], "asked": [*self.asked]}

    def written(self) -> bytes:
        """What `orjson` writes of `made`. The canonical form, which is longer than all the rest, is not read as text for that."""
        proof: dict[str, str] = {
            "document_hash": self._document_hash.hex(),
            "proof_options_hash": self._options_hash.hex(),
            "hash_name": "sha256",
            "verificationMethod": self._standing.method,
            "publicKey": self._standing.shown_key,
        }
        return b"".join(
            (
                _BEGINNING,
                quoted(self._canonical),
                b'","canonical_proof_options":"',
                quoted(self._options),
                b'",',
                orjson.dumps(proof)[1:],
                b'],"asked":',
                orjson.dumps(self.asked),
                b"}",
            )
        )


def quoted(statements: bytes) -> bytes:
    """How JSON writes canonical N-Quads between quotation marks. Of what JSON escapes they have nothing but these three: every other
    control character is escaped in them."""
    return statements.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")


_BEGINNING: Final = b'{"kind":"json","proofs":[{"suite":"%b","canonical_document":"' % SUITE.encode()
