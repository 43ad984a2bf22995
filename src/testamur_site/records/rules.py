"""What a transcript is made of, without a database.

A transcript is a `ClrCredential` (1EdTech Comprehensive Learner Record 2.0): credentials in `credentialSubject.verifiableCredential`, each
value for value as it was signed, and `association`s between their achievements.

A sending
  sent → opened
    └──────┴──→ withdrawn | ended
  1. sent: the receiver was told. 2. opened: somebody opened the copy, and the learner has a receipt. 3. withdrawn by the learner, or
  ended by its day: the copy is deleted, the receipt stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from testamur import strict_json
from testamur.errors import TestamurError
from testamur.linked_data import CLR_2
from testamur.model import hashed_email, new_salt, person_name
from testamur.pathways import read_record

MAX_CREDENTIALS = 250
"""So many credentials inside one document our own verifier follows; a transcript that cannot be verified whole is not made."""

MAX_BYTES = 1_900_000
"""The largest transcript, in bytes: below what our reader takes of a record (`testamur.formats`), with room for the signature. A strict
reader that takes a megabyte of any document takes about half as many credentials."""

MAX_STORED = 2_000_000
"""The bytes that are read of one, as it was prepared or signed."""

MAX_TRANSCRIPTS = 40
MAX_OPEN_SENDINGS = 40
"""What one holder may have at a time."""

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    CLR_2,
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)


class SendingState(StrEnum):
    SENT = "sent"
    OPENED = "opened"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


READABLE = frozenset({SendingState.SENT, SendingState.OPENED})


@dataclass(frozen=True, slots=True)
class Piece:
    """One credential that can go into a transcript. `digest` is the SHA-256 (hexadecimal) of its bytes."""

    digest: str
    document: Mapping[str, Any]
    id: str
    name: str
    issuer: str
    achievement: str
    awarded: str

    @property
    def day(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.awarded)
        except ValueError:
            return None


def piece_of(content: bytes) -> Piece | None:
    """The credential in `content`, or None where it cannot go into a transcript: it is not JSON with a signature inside it."""
    try:
        document = strict_json.loads(content)
    except TestamurError:
        return None
    if not isinstance(document, dict) or "proof" not in document or not isinstance(document.get("@context"), list):
        return None
    if "VerifiableCredential" not in _many(document.get("type")) or not isinstance(document.get("id"), str):
        return None
    subject = next((one for one in _many(document.get("credentialSubject")) if isinstance(one, dict)), {})
    achievement = subject.get("achievement")
    achievement = achievement if isinstance(achievement, dict) else {}
    issuer = document.get("issuer")
    awarded = document.get("awardedDate") or document.get("validFrom") or document.get("issuanceDate")
    return Piece(
        digest=hashlib.sha256(content).hexdigest(),
        document=document,
        id=document["id"],
        name=_text(document.get("name")) or _text(achievement.get("name")) or document["id"],
        issuer=_text(issuer.get("name")) or _text(issuer.get("id")) if isinstance(issuer, dict) else _text(issuer),
        achievement=_text(achievement.get("id")),
        awarded=_text(awarded),
    )


def compose(
    pieces: Sequence[Piece],
    *,
    id: str,  # noqa: A002 - the standard's word
    issuer: Mapping[str, Any],
    name: str,
    holder: str,
    email: str,
    partial: bool,
    now: datetime,
) -> dict[str, Any]:
    """The unsigned transcript. `partial` says that the holder has further credentials here which are not in it; the address is
    hashed with a fresh salt, as in a credential."""
    identifier = [one.to_json() for one in _identities(holder, email)]
    subject: dict[str, Any] = {"type": ["ClrSubject"]}
    if identifier:
        subject["identifier"] = identifier
    subject["verifiableCredential"] = [dict(piece.document) for piece in pieces]
    if found := list(associations(pieces)):
        subject["association"] = found
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "@context": list(CONTEXTS),
        "id": id,
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": name,
        "issuer": dict(issuer),
        "validFrom": moment,
        "awardedDate": moment,
        "partial": partial,
        "credentialSubject": subject,
    }


def _identities(holder: str, email: str) -> Iterator[Any]:
    if holder:
        yield person_name(holder)
    if email:
        yield hashed_email(email, new_salt())


def associations(pieces: Sequence[Piece]) -> Iterator[dict[str, str]]:
    """That a microdegree is the parent of the parts that its decision used, where these are in the transcript too."""
    by_id = {piece.id: piece for piece in pieces}
    by_digest = {piece.digest: piece for piece in pieces}
    for piece in pieces:
        try:
            record = read_record(piece.document)
        except TestamurError:
            continue
        targets = {}
        for part in record.parts:
            for found in (by_digest.get(part.digest), *(by_id.get(each) for each in part.credentials)):
                if found is not None and found is not piece and found.achievement and piece.achievement:
                    targets[found.achievement] = None
        for target in targets:
            yield {
                "type": "Association",
                "associationType": "isParentOf",
                "sourceId": piece.achievement,
                "targetId": target,
            }


def newest_first(pieces: Iterable[Piece]) -> list[Piece]:
    return sorted(pieces, key=lambda piece: (piece.awarded, piece.id), reverse=True)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
