"""Reading and verifying the log (did:webvh 1.0, "Read (Resolve)")."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from testamur import strict_json
from testamur.errors import InputError, Malformed
from testamur.proofs.data_integrity import check_proof, proofs_of, unsecured
from testamur.proofs.date_time import parse_date_time_stamp
from testamur.proofs.did.identifiers import did_web_url
from testamur.proofs.did.webvh.errors import broken
from testamur.proofs.did.webvh.parameters import NOBODY, Parameters, Witnesses
from testamur.proofs.encodings import base58_encode
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import ProofOutcome

MAX_BYTES = 4_000_000
MAX_ENTRIES = 1_000
MAX_PROOFS = 8  # of one version; each costs a canonicalisation
SUITE = "eddsa-jcs-2022"

_DID = re.compile(r"did:webvh:(?P<scid>[1-9A-HJ-NP-Za-km-z]{46}):(?P<rest>.+)", re.ASCII)
_VERSION = re.compile(r"(?P<number>[1-9]\d{0,5})-(?P<hash>[1-9A-HJ-NP-Za-km-z]{46})", re.ASCII)
_MEMBERS = frozenset({"versionId", "versionTime", "parameters", "state", "proof"})
_PLACEHOLDER = "{SCID}"


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the log, verified. `witnesses` are those who had to approve of it."""

    id: str
    at: datetime
    document: Mapping[str, Any]
    witnesses: Witnesses


@dataclass(frozen=True, slots=True)
class History:
    """A verified log: its versions in their order, and what holds after the last one."""

    scid: str
    versions: tuple[Version, ...]
    parameters: Parameters

    @property
    def document(self) -> Mapping[str, Any]:
        """The document of the last version."""
        return self.versions[-1].document


def split_did(did: str) -> tuple[str, str]:
    """The self-certifying identifier and the rest of a `did:webvh`. Raises `Malformed` (`did.syntax`)."""
    found = _DID.fullmatch(did)
    if found is None:
        raise Malformed("This is no did:webvh.", code="did.syntax")
    return found["scid"], found["rest"]


def did_webvh_url(did: str) -> str:
    """The address of the log: as for `did:web`, but `did.jsonl`. Raises `Malformed` as `did_web_url`."""
    _, rest = split_did(did)
    return did_web_url(f"did:web:{rest}") + "l"


def verify_log(did: str, content: bytes, now: datetime) -> History:
    """Verify a log from its first line, as obtained at `now` (aware). Witnesses are listed, not checked: `check_witnesses`.

    For each version: its form and number, the parameters, its hash together with the version before, the signature by a key that may
    write it, its time, the commitment to the next keys, and the name of its document.

    Raises `ResolutionError`, facts `entry`: `did.webvh_entry`, `.webvh_parameters`, `.webvh_version_unknown`, `.webvh_hash`, `.webvh_scid`,
    `.webvh_proof`, `.webvh_time`, `.webvh_pre_rotation`, `.webvh_name`, `.webvh_ended` (versions after a deactivation), `.webvh_empty`; and
    `Malformed` (`did.syntax`).
    """
    scid, _ = split_did(did)
    versions: list[Version] = []
    parameters = Parameters()
    for number, entry in enumerate(_entries(content), 1):
        before = versions[-1] if versions else None
        if parameters.deactivated:
            raise broken("ended", "This history goes on after its own end.", number)
        after = _next_parameters(parameters, entry, number, scid)
        _check_hash(entry, number, before.id if before else scid)
        if before is None:
            _check_scid(entry, scid)
        rotating = bool(before and parameters.next_key_hashes)
        if rotating:
            _check_commitment(parameters, after, entry, number)
        _check_proofs(entry, number, after.update_keys if before is None or rotating else parameters.update_keys)
        at = _time(entry, number, before.at if before else None, now)
        document = _document(entry, number, scid, before.document if before else None, after.portable)
        # New witnesses approve of later versions, unless there were none before them.
        seen_by = after.witnesses if parameters.witnesses == NOBODY else parameters.witnesses
        versions.append(Version(entry["versionId"], at, document, seen_by))
        parameters = after
    if not versions:
        raise broken("empty", "This history holds no version.")
    return History(scid, tuple(versions), parameters)


def multihash(data: bytes) -> str:
    """SHA-256 as multihash in base-58-btc, the one hash of did:webvh 1.0."""
    return base58_encode(b"\x12\x20" + hashlib.sha256(data).digest())


def _entries(content: bytes) -> Iterator[dict[str, Any]]:
    """The lines of the log as objects with the right members."""
    if len(content) > MAX_BYTES:
        raise broken("entry", "This history is longer than what is read.", size=len(content), limit=MAX_BYTES)
    lines = content.split(b"\n")
    if lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > MAX_ENTRIES:
        raise broken("entry", "This history has more versions than are read.", count=len(lines), limit=MAX_ENTRIES)
    for number, line in enumerate(lines, 1):
        try:
            entry = strict_json.loads(line)
        except InputError as error:
            raise broken("entry", "A line of this history cannot be read.", number, reason=error.code) from None
        if not isinstance(entry, dict) or entry.keys() != _MEMBERS:
            raise broken("entry", "A line of this history has not the form of a version.", number)
        found = _VERSION.fullmatch(entry["versionId"]) if isinstance(entry["versionId"], str) else None
        if found is None or int(found["number"]) != number:
            raise broken("entry", "A version of this history is not numbered as it must be.", number)
        if not isinstance(entry["parameters"], dict) or not isinstance(entry["state"], dict):
            raise broken("entry", "A line of this history has not the form of a version.", number)
        yield entry


def _next_parameters(before: Parameters, entry: Mapping[str, Any], number: int, scid: str) -> Parameters:
    given = entry["parameters"]
    first = number == 1
    if first and not ({"method", "scid", "updateKeys"} <= given.keys() and given["updateKeys"]):
        raise broken("parameters", "The first version does not say who may write the next.", number)
    if ("scid" in given) != first or (first and given["scid"] != scid):
        raise broken("scid", "This history belongs to another identifier.", number)
    return before.followed_by(given, number)


def _check_hash(entry: Mapping[str, Any], number: int, before: str) -> None:
    hashed = _hash_of({**unsecured(entry), "versionId": before}, number)
    if entry["versionId"] != f"{number}-{hashed}":
        raise broken("hash", "A version of this history was changed, or another one taken out.", number)


def _check_scid(entry: Mapping[str, Any], scid: str) -> None:
    """The identifier is the hash of the first version with the identifier itself replaced in it ("Verify SCID")."""
    text = strict_json.dumps({**unsecured(entry), "versionId": _PLACEHOLDER}).decode("utf-8")
    try:
        first = strict_json.loads(text.replace(scid, _PLACEHOLDER))
    except InputError as error:  # two names that became the same
        raise broken("entry", "The first version of this history cannot be read.", 1, reason=error.code) from None
    if _hash_of(first, 1) != scid:
        raise broken("scid", "This history does not begin with what the identifier stands for.", 1)


def _hash_of(entry: Mapping[str, Any], number: int) -> str:
    try:
        return multihash(strict_json.jcs(entry))
    except InputError as error:
        raise broken("entry", "A version of this history has no canonical form.", number, reason=error.code) from None


def _check_commitment(before: Parameters, after: Parameters, entry: Mapping[str, Any], number: int) -> None:
    stated = entry["parameters"]
    if not {"updateKeys", "nextKeyHashes"} <= stated.keys():
        raise broken("pre_rotation", "A version does not renew the keys that were committed to.", number)
    if any(multihash(key.encode("ascii")) not in before.next_key_hashes for key in after.update_keys):
        raise broken("pre_rotation", "A version is written by a key that the version before did not commit to.", number)


def _check_proofs(entry: Mapping[str, Any], number: int, allowed: tuple[str, ...]) -> None:
    """Every proof of a version is true and by a key that may write it, and there is one."""
    try:
        proofs = proofs_of(entry)
    except Malformed as error:
        raise broken("proof", "The proof of a version cannot be read.", number, reason=error.code) from None
    if not 0 < len(proofs) <= MAX_PROOFS:
        raise broken("proof", "A version of this history bears no signature, or too many.", number, count=len(proofs))
    for proof in proofs:
        key = signer_of(proof)
        if key not in allowed:
            raise broken("proof", "A version of this history is signed by a key that may not write it.", number)
        result = check_proof(entry, proof, PublicKey.from_multikey(key))
        if proof.get("cryptosuite") != SUITE or result.outcome is not ProofOutcome.PASSED:
            raise broken("proof", "The signature of a version of this history is not true.", number, reason=result.code)


def signer_of(proof: Mapping[str, Any]) -> str | None:
    """The Multikey of a `did:key` method that names it twice, as it must."""
    name = proof.get("verificationMethod")
    did, _, fragment = name.partition("#") if isinstance(name, str) else ("", "", "")
    multikey = did.removeprefix("did:key:")
    return multikey if did.startswith("did:key:") and multikey == fragment else None


def _time(entry: Mapping[str, Any], number: int, before: datetime | None, now: datetime) -> datetime:
    try:
        at = parse_date_time_stamp(entry["versionTime"])
    except Malformed:
        raise broken("time", "A version of this history has no readable time.", number) from None
    if at.utcoffset() != timedelta() or (before is not None and at <= before) or at > now:
        raise broken("time", "The times of this history do not follow each other up to now.", number)
    return at


def _document(
    entry: Mapping[str, Any], number: int, scid: str, before: Mapping[str, Any] | None, portable: bool
) -> Mapping[str, Any]:
    document: Mapping[str, Any] = entry["state"]
    name = document.get("id")
    found = _DID.fullmatch(name) if isinstance(name, str) else None
    if found is None or found["scid"] != scid:
        raise broken("name", "A version of this history is about another identifier.", number)
    if before is not None and before["id"] != name:
        also = document.get("alsoKnownAs")
        if not portable or not isinstance(also, list) or before["id"] not in also:
            raise broken("name", "A version of this history changes its address without being allowed to.", number)
    return document
