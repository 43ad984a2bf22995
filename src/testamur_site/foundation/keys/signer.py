from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from testamur import strict_json
from testamur.errors import SignerRefused
from testamur.proofs.data_integrity import add_proof
from testamur_site.foundation.signing.api import (
    Opened,
    Refused,
    StoredKey,
    batches_of,
    cryptosuite_of,
    open_key,
    refuse_in_production,
    sign_by_process,
    sign_many,
    socket_path,
)


class InstitutionSigner:
    """A signing key of an institution (or the deployment), which also knows its place in the DID document.

    Without a signing process it is a `testamur.ports.Signer`, opened here. With one, nobody here can open it: `secure` hands over what is
    to be signed, with its kind, and the process examines it first.
    """

    def __init__(self, stored: StoredKey, *, did: str) -> None:
        """Opens the key, unless the signing process does. Raises SealBroken, NoKeyEncryptionKey, SignerRefused, SignerUnavailable."""
        self._stored = stored
        self._did = did
        self.by_process = socket_path() is not None
        if not self.by_process:
            refuse_in_production()
            self._opened = open_key(stored)
        self.verification_method = f"{did}#{stored.key_id}"
        self.key_id = stored.key_id

    def under(self, did: str) -> InstitutionSigner:
        """The same key, named below another identifier of its institution."""
        return self if did == self._did else InstitutionSigner(self._stored, did=did)

    def __repr__(self) -> str:
        return f"<InstitutionSigner {self.verification_method}>"

    @property
    def algorithm(self) -> str:
        return self._stored.algorithm

    @property
    def public_multikey(self) -> str:
        return self._stored.public

    @property
    def cryptosuite(self) -> str:
        return cryptosuite_of(self.algorithm)

    def sign(self, data: bytes) -> bytes:
        """The raw signature. Raises SignerRefused (`signing.bytes`) where a signing process holds the key: it signs no bytes."""
        return self._here().sign(data)

    def sign_many(self, texts: Sequence[bytes]) -> list[bytes]:
        """What `sign` gives for each, asked for together. Raises as `sign`."""
        return sign_many(self._here(), texts)

    @property
    def sign_batches(self) -> Callable[[Iterable[Sequence[bytes]]], Generator[list[bytes], None, None]] | None:
        """`KeptElsewhere.sign_batches` of a key in a device or service that is opened here, which signs while the next are prepared; None
        of any other key."""
        return None if self.by_process else batches_of(self._opened)

    def _here(self) -> Opened:
        if self.by_process:
            raise SignerRefused(
                "The signing process signs documents that it can examine, and no bytes.", code="signing.bytes"
            )
        return self._opened

    def secure(
        self, document: Mapping[str, Any], *, kind: str, row: str, created: datetime, **members: Any
    ) -> dict[str, Any]:
        """`document` with its proof. `kind` and `row` (a public id) say what it is and where it is kept; `members` is what the kind asks
        for besides.

        Raises as `add_proof`; with a signing process SignerRefused with its reason, and SignerUnavailable.
        """
        if not self.by_process:
            return add_proof(
                document,
                self,
                verification_method=self.verification_method,
                created=created,
                cryptosuite=self.cryptosuite,
            )
        item = {"row": row, "document": dict(document), "created": created.isoformat(), **members}
        (outcome,) = self.secure_rows(kind, [item])
        if isinstance(outcome, Refused):
            raise SignerRefused(str(outcome), code=outcome.code, facts=outcome.facts)
        signed: dict[str, Any] = strict_json.loads(outcome)
        return signed

    def secure_rows(self, kind: str, items: Sequence[Mapping[str, Any]]) -> list[bytes | Refused]:
        """What the signing process makes of many items of a kind: signed bytes or a refusal for each. Only where `by_process`."""
        return sign_by_process(kind, self._stored, self._did, items)
