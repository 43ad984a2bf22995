"""The issuer's side (RFC 9901 §6.1)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from testamur import strict_json
from testamur.errors import ProofError
from testamur.ports import Signer
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.jose.make import sign_compact
from testamur.proofs.keys import PublicKey
from testamur.proofs.sd_jwt.disclosure import DEFAULT_HASH, DIGESTS, ELEMENT, HASH_NAME, HASHES, Disclosure, digest
from testamur.proofs.sd_jwt.paths import Path, write_path
from testamur.proofs.sd_jwt.serialisation import MAX_DISCLOSURES, SdJwt

MAX_DECOYS = 100


def new_salt() -> str:
    """128 random bits (§9.3)."""
    return base64url_encode(secrets.token_bytes(16))


def issue_sd_jwt(
    claims: Mapping[str, Any],
    signer: Signer,
    disclosable: Sequence[Path],
    *,
    header: Mapping[str, Any],
    holder_key: PublicKey | None = None,
    decoys: int = 0,
    hash_name: str = DEFAULT_HASH,
    salt: Callable[[], str] = new_salt,
) -> SdJwt:
    """Sign `claims` so that what stands at the paths `disclosable` can be hidden by the holder, each on its own.

    A path inside another one gives a recursive disclosure: the inner one can be shown only with the outer. `holder_key` is written into
    `cnf`. `decoys` adds that many digests of nothing to each object that hides something, so that their number tells less. `salt` gives a
    new salt for each call; it is replaced only by whoever must get the same bytes again.

    Raises `ProofError`: `sd_jwt.path_unknown`, `sd_jwt.path_repeated`, `sd_jwt.name_reserved`, `sd_jwt.hash_unknown`,
    `sd_jwt.decoys_invalid`, `sd_jwt.too_many`, and what `jose.sign_compact` raises.
    """
    if hash_name not in HASHES:
        raise ProofError(
            "This hash is not used for disclosures here.", code="sd_jwt.hash_unknown", facts={"hash": hash_name}
        )
    if not 0 <= decoys <= MAX_DECOYS:
        raise ProofError(f"At most {MAX_DECOYS} decoys are added to an object.", code="sd_jwt.decoys_invalid")
    if len(disclosable) > MAX_DISCLOSURES:
        raise ProofError(f"At most {MAX_DISCLOSURES} parts can be hidden.", code="sd_jwt.too_many")
    if len(set(disclosable)) != len(disclosable):
        raise ProofError("A path is named twice.", code="sd_jwt.path_repeated")
    _refuse_reserved(claims)
    payload: dict[str, Any] = deepcopy(dict(claims))
    if holder_key is not None:
        payload["cnf"] = {"jwk": holder_key.jwk}
    parents = [_parent(payload, path) for path in disclosable]
    made: list[Disclosure] = []
    # The deepest first, so that an outer disclosure already holds the digests of the inner ones.
    for path, parent in sorted(zip(disclosable, parents, strict=True), key=lambda pair: -len(pair[0])):
        made.append(_hide(parent, path[-1], salt, decoys, hash_name))
    payload[HASH_NAME] = hash_name
    token = sign_compact(header, strict_json.dumps(payload), signer)
    return SdJwt((token,), tuple(disclosure.text for disclosure in reversed(made)))


def _hide(parent: Any, step: Any, salt: Callable[[], str], decoys: int, hash_name: str) -> Disclosure:
    """Put a digest in the place of what `parent` (an object or array) has at `step`, and return what the digest stands for."""
    if isinstance(parent, list):
        element = Disclosure.make(salt(), None, parent[step])
        parent[step] = {ELEMENT: digest(element.text, hash_name)}
        return element
    member = Disclosure.make(salt(), step, parent.pop(step))
    if DIGESTS not in parent:
        # The decoys come with the first digest: what an outer disclosure has hashed must not change any more.
        parent[DIGESTS] = [digest(salt() + salt(), hash_name) for _ in range(decoys)]
    parent[DIGESTS].append(digest(member.text, hash_name))
    parent[DIGESTS].sort()  # their order must not tell the order of the members (§4.2.4.1)
    return member


def _parent(document: dict[str, Any], path: Path) -> Any:
    """The object or array that holds what stands at `path`; taken before anything is replaced."""
    parent: Any = None
    value: Any = document
    for step in path:
        parent = value
        try:
            if isinstance(step, int) is not isinstance(parent, list):
                raise KeyError
            value = parent[step]
        except (KeyError, IndexError, TypeError):
            raise _unknown(path) from None
    if parent is None:
        raise _unknown(path)
    return parent


def _refuse_reserved(value: Any) -> None:
    if isinstance(value, Mapping):
        if value.keys() & {DIGESTS, ELEMENT, HASH_NAME}:
            raise ProofError("The claims use a name of the mechanism itself.", code="sd_jwt.name_reserved")
        for item in value.values():
            _refuse_reserved(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_reserved(item)


def _unknown(path: Path) -> ProofError:
    return ProofError(
        "A path leads to nothing in the document.", code="sd_jwt.path_unknown", facts={"path": write_path(path)[:200]}
    )
