"""Writing a log of did:webvh 1.0: its first line, and the ones that follow (sections "Create", "Update", "Deactivate").

With pre-rotation each version commits to the hash of the key that will write the next one. That key can be made at once, and kept where
no server is: whoever takes the server, and all that it signs with, still cannot write a version. Each key then writes one version:

    begin(place, document, first, next_key_hashes=[key_hash(second)])        first may be forgotten as soon as it has signed
    follow(log, document, second, next_key_hashes=[key_hash(third)])         second is revealed here, third is committed to

All functions are pure: they take the log as it is and give one line to append. Each line is read by our own resolver before it is given
back, so nothing is published here that a verifier would refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from testamur import strict_json
from testamur.errors import KeyMaterialError
from testamur.ports import Signer
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.did.webvh.errors import broken
from testamur.proofs.did.webvh.log import SUITE, History, multihash, verify_log
from testamur.proofs.did.webvh.parameters import METHOD

_PLACEHOLDER = "{SCID}"
_STAND_IN = "Q" + "1" * 45
"""A self-certifying identifier of the right form that no hash has: documents are built with it, as with any other DID."""


@dataclass(frozen=True, slots=True)
class Line:
    """A version that was just written. `content` is the line with its line feed, to be appended to the log of `did`."""

    did: str
    version_id: str
    content: bytes


def key_hash(public_multikey: str) -> str:
    """What stands in `nextKeyHashes` for a key (section "Pre-Rotation Key Hash Generation and Verification")."""
    return multihash(public_multikey.encode("ascii"))


def begin(
    place: str,
    document: Callable[[str], Mapping[str, Any]],
    signer: Signer,
    *,
    at: datetime,
    next_key_hashes: Sequence[str] = (),
    portable: bool = False,
    parameters: Mapping[str, Any] | None = None,
) -> Line:
    """The first version. `place` is what follows the self-certifying identifier in the DID, written as in a did:web:
    `university.example%3A8443:credentials`.

    `document` makes the DID document for the DID that it is given; it is called with a stand-in for the identifier, which only then can be
    worked out. `signer` (Ed25519) becomes the one update key. `at` is aware. `parameters` adds `witness`, `watchers` or
    `ttl` as the standard writes them. Raises `KeyMaterialError`, and what `verify_log` raises.
    """
    stated: dict[str, Any] = {
        "method": METHOD,
        "scid": _PLACEHOLDER,
        "updateKeys": [signer.public_multikey],
        **({"nextKeyHashes": list(next_key_hashes)} if next_key_hashes else {}),
        **({"portable": True} if portable else {}),
        **dict(parameters or {}),
    }
    draft = {
        "versionId": _PLACEHOLDER,
        "versionTime": _stamp(at),
        "parameters": stated,
        "state": _placed(document(f"did:webvh:{_STAND_IN}:{place}"), _STAND_IN, _PLACEHOLDER),
    }
    scid = multihash(strict_json.jcs(draft))
    entry = _placed(draft, _PLACEHOLDER, scid)
    return _written(b"", f"did:webvh:{scid}:{place}", entry, 1, scid, signer, at)


def follow(
    content: bytes,
    did: str,
    document: Mapping[str, Any],
    signer: Signer,
    *,
    at: datetime,
    next_key_hashes: Sequence[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Line:
    """The next version of the log `content` of `did`, with `document` as what holds from now on.

    Where the last version committed to keys, `signer` must be one of those, and becomes the update key; `next_key_hashes` commits to the
    ones after it (none: pre-rotation ends). Where it did not, `signer` is a present update key, and `next_key_hashes` begins pre-rotation.
    `document` may be named otherwise than before where the DID is portable, and then says so in `alsoKnownAs`: the line's DID is that
    name. `parameters` states others, as the standard writes them (`updateKeys` to give a log without pre-rotation another key).

    Raises `ResolutionError` as `verify_log`: also where the log before it does not hold, was ended, or where `signer` may not write it.
    """
    history = verify_log(did, content, at)
    if history.parameters.deactivated:
        raise broken("ended", "This history was ended: nothing can follow.")
    stated: dict[str, Any] = {}
    if history.parameters.next_key_hashes:
        stated["updateKeys"] = [signer.public_multikey]
        stated["nextKeyHashes"] = list(next_key_hashes or ())
    elif next_key_hashes is not None:
        stated["nextKeyHashes"] = list(next_key_hashes)
    stated.update(parameters or {})
    last = history.versions[-1]
    entry = {
        "versionId": last.id,
        "versionTime": _stamp(at),
        "parameters": stated,
        "state": dict(document),
    }
    return _written(content, str(document.get("id")), entry, len(history.versions) + 1, last.id, signer, at)


def deactivate(content: bytes, did: str, signer: Signer, *, at: datetime) -> list[Line]:
    """The lines that end the log: nothing can follow them, and no verifier takes a key from it any more.

    With pre-rotation they are two, since the first has to end the commitment (section "Deactivate"); it is dated a second before `at`.
    """
    history = verify_log(did, content, at)
    document = history.document
    lines: list[Line] = []
    if history.parameters.next_key_hashes:
        lines.append(follow(content, did, document, signer, at=at - timedelta(seconds=1)))
        content += lines[0].content
    lines.append(
        follow(content, did, document, signer, at=at, parameters={"updateKeys": [], "deactivated": True}),
    )
    return lines


def approve(version_id: str, witness: Signer, *, at: datetime) -> dict[str, Any]:
    """A witness's approval of a version and of all before it, as one item of the file `did-witness.json` (section "DID Witnesses")."""
    signed = _signed({"versionId": version_id}, witness, at)
    return {"versionId": version_id, "proof": [signed["proof"]]}


def witness_file(approvals: Iterable[Mapping[str, Any]]) -> bytes:
    """The file `did-witness.json` of these approvals."""
    return strict_json.dumps([dict(approval) for approval in approvals])


def _written(
    before: bytes, did: str, entry: dict[str, Any], number: int, hashed_with: str, signer: Signer, at: datetime
) -> Line:
    """The entry numbered, hashed, signed and read once more."""
    version_id = f"{number}-{multihash(strict_json.jcs({**entry, 'versionId': hashed_with}))}"
    content = strict_json.dumps(_signed({**entry, "versionId": version_id}, signer, at)) + b"\n"
    if before and not before.endswith(b"\n"):
        before += b"\n"
    history: History = verify_log(did, before + content, at)
    return Line(history.document["id"], version_id, content)


def _placed(value: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """The value with one text put for another wherever it stands ("Generate SCID" replaces in the text of the whole entry)."""
    placed: dict[str, Any] = strict_json.loads(strict_json.dumps(dict(value)).decode("utf-8").replace(old, new))
    return placed


def _signed(document: Mapping[str, Any], signer: Signer, at: datetime) -> dict[str, Any]:
    key = signer.public_multikey
    if signer.algorithm != "Ed25519":
        raise KeyMaterialError("did:webvh 1.0 signs with Ed25519 alone.", facts={"algorithm": signer.algorithm})
    return add_proof(
        document,
        signer,
        verification_method=f"did:key:{key}#{key}",
        created=at.replace(microsecond=0),
        cryptosuite=SUITE,
    )


def _stamp(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("A version is dated with its time zone.")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
