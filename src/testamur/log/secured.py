"""The bytes of a credential that are committed to: the same whoever holds the file, and whatever proofs are added to it
later.

* A JSON credential: its JCS form (RFC 8785) with its first proof only. A wallet may write the members in another order,
  and a Blockcerts edition adds a second proof: neither is another credential.
* A compact JWS: itself. An SD-JWT: the issuer's part, without disclosures and key binding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from testamur import strict_json
from testamur.errors import Malformed

_TOKEN = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")


def secured_document(document: Mapping[str, Any]) -> bytes:
    """The secured bytes of a JSON credential. Raises Malformed when it has no proof: then there is nothing that
    could be recorded."""
    proof = document.get("proof")
    first = proof[0] if isinstance(proof, list) and proof else proof
    if not isinstance(first, Mapping):
        raise Malformed("A credential without a proof cannot be recorded.", code="log.unsecured")
    return strict_json.jcs({**document, "proof": first})


def secured_token(token: bytes) -> bytes:
    """The secured bytes of a compact JWS or of an SD-JWT. Raises Malformed."""
    issuers = token.strip().partition(b"~")[0]
    if not _TOKEN.fullmatch(issuers):
        raise Malformed("That is no signed token.", code="log.unsecured")
    return issuers


def secured(content: bytes) -> bytes:
    """The secured bytes of a credential file, JSON or token. Raises Malformed and TooLarge."""
    text = content.strip()
    if text[:1] != b"{":
        return secured_token(text)
    document = strict_json.loads(text)
    if not isinstance(document, dict):
        raise Malformed("A credential is one JSON object.", code="log.unsecured")
    return secured_document(document)
