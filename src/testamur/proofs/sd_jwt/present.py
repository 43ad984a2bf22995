"""The holder's side (RFC 9901 §6.2): choose what to show, and show that one holds the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from testamur import strict_json
from testamur.errors import ProofError
from testamur.ports import Signer
from testamur.proofs.jose.compact import read_compact
from testamur.proofs.jose.make import sign_compact
from testamur.proofs.result import Decided
from testamur.proofs.sd_jwt.check import BINDING_TYPE
from testamur.proofs.sd_jwt.disclosure import digest
from testamur.proofs.sd_jwt.paths import Path, write_path
from testamur.proofs.sd_jwt.serialisation import SdJwt, read_sd_jwt
from testamur.proofs.sd_jwt.unfold import Unfolded, unfold


def disclosable_paths(data: str | bytes | Mapping[str, Any] | SdJwt) -> list[Path]:
    """Where the disclosures at hand stand in the whole document, in their order. Raises as `present_sd_jwt`."""
    _, unfolded = _opened(data)
    return [unfolded.places[number] for number in sorted(unfolded.places)]


def present_sd_jwt(
    data: str | bytes | Mapping[str, Any] | SdJwt,
    paths: Sequence[Path],
    *,
    holder: Signer | None = None,
    nonce: str | None = None,
    audience: str | None = None,
    issued_at: datetime | None = None,
) -> SdJwt:
    """The token with the disclosures at `paths` alone, and those around them without which they would not be seen.

    A path inside a disclosed value shows that value; what is hidden inside a chosen value stays hidden unless it is named too. With
    `holder` (whose key the issuer wrote into `cnf`) a key binding JWT for `nonce` and `audience` at `issued_at` (aware) is added.

    Raises `ProofError`: `sd_jwt.path_unknown`, `sd_jwt.key_binding_incomplete`, the codes of `unfold` for a token that nobody
    would accept; and `Malformed`, `TooLarge` for what is no SD-JWT.
    """
    found, unfolded = _opened(data)
    chosen: set[int] = set()
    for path in paths:
        # What must be shown for `path` to be seen: the disclosures at the path and above it.
        needed = {number for number, place in unfolded.places.items() if path[: len(place)] == place}
        if not needed or not _exists(unfolded.claims, path):
            raise ProofError(
                "No part that can be shown stands at this path.",
                code="sd_jwt.path_unknown",
                facts={"path": write_path(path)[:200]},
            )
        chosen |= needed
    shown = found.with_disclosures([found.disclosures[number] for number in sorted(chosen)])
    if holder is None:
        return shown
    if nonce is None or audience is None or issued_at is None:
        raise ProofError("A key binding needs nonce, audience and date.", code="sd_jwt.key_binding_incomplete")
    claims = {
        "iat": int(issued_at.timestamp()),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": digest(shown.covered, unfolded.hash_name),
    }
    return replace(shown, key_binding=sign_compact({"typ": BINDING_TYPE}, strict_json.dumps(claims), holder))


def _opened(data: str | bytes | Mapping[str, Any] | SdJwt) -> tuple[SdJwt, Unfolded]:
    found = data if isinstance(data, SdJwt) else read_sd_jwt(data)
    _, payload = read_compact(found.tokens[0])
    try:
        return found, unfold(payload, found.disclosures)
    except Decided as decided:
        raise ProofError(
            "This token is damaged: no verifier would accept it.", code=decided.result.code, facts=decided.result.facts
        ) from None


def _exists(value: Any, path: Path) -> bool:
    for step in path:
        if isinstance(value, str):  # a text has places too, but no parts that could be shown
            return False
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
