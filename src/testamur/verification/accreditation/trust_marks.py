"""Trust marks of OpenID Federation 1.0 (§7): that an entity was accredited, signed by who may say so in that federation.

1. The trust anchor says which entities may issue marks of a type (`trust_mark_issuers`; an empty list: anybody), and whose a type is
   (`trust_mark_owners`). A type of which the anchor says nothing means nothing in this federation.
2. A mark counts if it is about the entity that shows it, of the type under which it is shown, and signed by a key of such an issuer that
   the federation's own statements list; where the type has an owner, also with the owner's delegation to that issuer.
3. A mark that does not count is passed over: it is what an entity says of itself, and adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from testamur.errors import KeyMaterialError, TestamurError
from testamur.proofs import jose
from testamur.proofs.data_integrity import ProofOutcome
from testamur.proofs.keys import PublicKey
from testamur.verification.accreditation.entries import Accreditation

MAX_MARKS = 32  # of one entity
_LATEST = 253_402_300_799  # the end of the year 9999

Keys = Mapping[str, Iterable[PublicKey]]


def issuers(anchor: Mapping[str, Any]) -> frozenset[str]:
    """The entities that the trust anchor names as issuers of marks: the accrediting bodies of its federation."""
    return frozenset(issuer for named in _types(anchor).values() for issuer in named)


def accreditations(said: Mapping[str, Any], anchor: Mapping[str, Any], keys: Keys) -> Iterator[Accreditation]:
    """The marks in an entity statement that count. `keys` are those of every entity of the federation, as its statements list them."""
    allowed = _types(anchor)
    shown = said.get("trust_marks")
    for entry in shown[:MAX_MARKS] if isinstance(shown, list) else []:
        token = entry.get("trust_mark") if isinstance(entry, dict) else None
        if not isinstance(token, str):
            continue
        try:
            mark = jose.read_compact(token)[1]
        except TestamurError:
            continue
        kind, issuer = _kind(mark), mark.get("iss")
        if kind is None or not isinstance(issuer, str) or kind not in allowed or _kind(entry) not in (None, kind):
            continue
        permitted = not allowed[kind] or issuer in allowed[kind]
        if not permitted or mark.get("sub") != said.get("sub") or not signed_by(token, keys.get(issuer, ())):
            continue
        if _delegated(kind, issuer, mark, anchor):
            yield Accreditation(by=issuer, name=kind, until=_moment(mark.get("exp")), renewed=True)


def signed_by(token: str, keys: Iterable[PublicKey]) -> bool:
    return any(jose.check_jws(token, key).outcome is ProofOutcome.PASSED for key in keys)


def keys_of(said: Mapping[str, Any]) -> Iterator[PublicKey]:
    """The keys in the `jwks` of a statement, those left out that are of a sort not known here: they confirm nothing."""
    listed = said.get("jwks")
    for jwk in listed.get("keys", []) if isinstance(listed, dict) and isinstance(listed.get("keys"), list) else []:
        try:
            yield PublicKey.from_jwk(jwk)
        except KeyMaterialError:
            continue


def _types(anchor: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    named = anchor.get("trust_mark_issuers")
    if not isinstance(named, dict):
        return {}
    return {
        kind: frozenset(issuer for issuer in value if isinstance(issuer, str))
        for kind, value in named.items()
        if isinstance(value, list)
    }


def _kind(node: Mapping[str, Any]) -> str | None:
    """The type of a mark; drafts before the final text called it `id`."""
    value = node.get("trust_mark_type", node.get("id"))
    return value if isinstance(value, str) else None


def _delegated(kind: str, issuer: str, mark: Mapping[str, Any], anchor: Mapping[str, Any]) -> bool:
    owners = anchor.get("trust_mark_owners")
    owner = owners.get(kind) if isinstance(owners, dict) else None
    if owner is None:
        return True
    token = mark.get("delegation")
    if not isinstance(owner, dict) or not isinstance(token, str):
        return False
    try:
        said = jose.read_compact(token)[1]
    except TestamurError:
        return False
    named = said.get("iss") == owner.get("sub") and said.get("sub") == issuer and _kind(said) == kind
    return named and signed_by(token, keys_of(owner))


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LATEST:
        return None
    return datetime.fromtimestamp(value, UTC)
