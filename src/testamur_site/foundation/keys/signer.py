from __future__ import annotations

from testamur.proofs.keys import PrivateKey


class InstitutionSigner:
    """An opened signing key of an institution: a `testamur.ports.Signer` that also knows its place in the DID document."""

    def __init__(self, private: PrivateKey, *, verification_method: str, key_id: str) -> None:
        self._private = private
        self.verification_method = verification_method
        self.key_id = key_id

    def __repr__(self) -> str:
        return f"<InstitutionSigner {self.verification_method}>"

    @property
    def algorithm(self) -> str:
        return self._private.algorithm

    @property
    def public_multikey(self) -> str:
        return self._private.public.multikey

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)
