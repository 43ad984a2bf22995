"""What a key is for, and where its private half lies. Values only; no key is opened here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from testamur.proofs.encodings import base64url_decode, base64url_encode


class Scope(StrEnum):
    """Whose key it is: an institution's, the deployment's own, or a shard's of the log."""

    INSTITUTION = "institution"
    DEPLOYMENT = "deployment"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Place:
    """`owner` is the public id of the institution, the origin of the log, or empty. `purpose` is of an institution's key."""

    scope: Scope
    owner: str = ""
    purpose: str = "assertionMethod"

    def bound_to(self, public: str) -> bytes:
        """The additional authenticated data of a seal: a sealed key put elsewhere does not open.

        `public` is the Multikey; of a log's key its vkey text, which holds the origin.
        """
        if self.scope is Scope.LOG:
            return f"testamur log key\n{public}".encode()
        if self.scope is Scope.DEPLOYMENT:
            return f"testamur deployment key\n{self.purpose}\n{public}".encode()
        return f"testamur signing key\n{self.owner}\n{self.purpose}\n{public}".encode()


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as it is kept: its public half, and the private one sealed, or in the device or service that `uri` names."""

    place: Place
    key_id: str
    algorithm: str
    public: str
    sealed: bytes = b""
    sealed_with: str = ""
    uri: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "scope": self.place.scope.value,
            "owner": self.place.owner,
            "purpose": self.place.purpose,
            "id": self.key_id,
            "algorithm": self.algorithm,
            "public": self.public,
            "sealed": base64url_encode(self.sealed),
            "sealedWith": self.sealed_with,
            "uri": self.uri,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError, ValueError and TestamurError for anything that `to_json` did not write."""
        if set(content) != _MEMBERS or not all(isinstance(value, str) for value in content.values()):
            raise ValueError("a stored key has other members")
        return cls(
            Place(Scope(content["scope"]), content["owner"], content["purpose"]),
            content["id"],
            content["algorithm"],
            content["public"],
            base64url_decode(content["sealed"]) if content["sealed"] else b"",
            content["sealedWith"],
            content["uri"],
        )


_MEMBERS = {"scope", "owner", "purpose", "id", "algorithm", "public", "sealed", "sealedWith", "uri"}
