"""Signing by the signing process: what this side asks, and what the process examines before it signs an award.

The process is given no document, only which award and the digest of its prepared bytes. It reads the award's row, and composes the
credential from it anew: version, results, evidence, status entry. Only if exactly the stored bytes come out is anything signed. What
cannot be derived from the row is taken from the stored bytes and bound otherwise: the salt (random), the issuer's profile (its identifier
must be the key's) and the endorsements (their fingerprint stands in the row).
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from testamur import strict_json
from testamur.errors import SignerError, SignerRefused, SignerUnavailable, TestamurError
from testamur.issuing import CohortIssuer, sign
from testamur.issuing import PreparedCredential as Prepared
from testamur.model import Achievement, Profile
from testamur_site.catalogue.api import AchievementVersion, achievement_model, content_hash
from testamur_site.foundation.keys.api import InstitutionSigner
from testamur_site.foundation.signing.api import FRESH, MAX_ITEMS, Item, Pen, Refused, Request, cryptosuite_of
from testamur_site.status import api as status

from ..documents import award_parts, endorsed_hash
from ..models import Award, PreparedCredential
from ..rules import AwardState

MAX_COHORTS = 64
MAX_CONTENT = 2 * strict_json.MAX_BYTES
FEW = 16
"""So many awards are examined while a key in a device signs as many others."""

OF_DEVICE = "signer."
"""So the codes begin of what a key in a device says (`testamur.signers`)."""

_thread = threading.local()


def signed_by_process(ready: Sequence[PreparedCredential], signer: InstitutionSigner) -> Iterator[tuple[int, bytes]]:
    """The primary key and signed bytes of what the process did not refuse, as they come. Raises SignerRefused when it refused all of them,
    SignerUnavailable when it does not answer, or the key's device does not: after what was signed before was given."""
    signed = 0
    refused: list[Refused] = []
    for start in range(0, len(ready), MAX_ITEMS):
        by_did: dict[str, list[PreparedCredential]] = defaultdict(list)
        for one in ready[start : start + MAX_ITEMS]:
            by_did[_method(bytes(one.content)).partition("#")[0]].append(one)
        for did, some in by_did.items():
            items = [{"row": one.award.public_id, "digest": one.digest} for one in some]
            failed: Refused | None = None
            for one, outcome in zip(some, signer.under(did).secure_rows("award", items), strict=True):
                if not isinstance(outcome, Refused):
                    signed += 1
                    yield one.pk, outcome
                elif outcome.code.startswith(OF_DEVICE):
                    failed = outcome
                else:
                    refused.append(outcome)
            if failed is not None:
                raise SignerUnavailable(str(failed), code=failed.code, facts=failed.facts)
    if refused and not signed:
        raise SignerRefused(str(refused[0]), code=refused[0].code, facts={"refused": len(refused)})


def _method(content: bytes) -> str:
    method: str = strict_json.loads(content, max_bytes=MAX_CONTENT, max_depth=strict_json.MAX_DEPTH + 1)["proof"][
        "verificationMethod"
    ]
    return method


def sign_awards(request: Request, pen: Pen) -> list[bytes | Refused]:
    """What the process does. Items: `row`, the award's public id, and `digest` of its prepared bytes."""
    rows = PreparedCredential.objects.filter(award__public_id__in=[item["row"] for item in request.items])
    found = {one.award.public_id: one for one in rows.select_related("award__status_entry")}
    # Once each, not with every award: a version carries a picture.
    described = AchievementVersion.objects.select_related("institution", "micro_credential", "image").in_bulk(
        {one.award.version_id for one in found.values()}
    )
    for one in found.values():
        one.award.version = described[one.award.version_id]
    entries = [one.award.status_entry for one in found.values() if one.award.status_entry is not None]
    statuses = status.credential_status(entries)
    versions = _Versions(pen)
    outcomes: dict[str, bytes | Refused] = {}
    waiting: deque[list[_Examined]] = deque()

    def batches() -> Iterator[list[tuple[str, bytes]]]:
        for start in range(0, len(request.items), FEW):
            examined = []
            for item in request.items[start : start + FEW]:
                row = item["row"]
                try:
                    one = _examined(item, found.get(row), request, pen, statuses, versions)
                    if one.text is None:
                        pen.row = row
                        outcomes[row] = sign(one.prepared, one.cohort.signer)
                    else:
                        examined.append(one)
                except TestamurError as error:
                    outcomes[row] = _refused(error)
            waiting.append(examined)
            yield [(one.row, one.text) for one in examined if one.text is not None]

    failed = Refused("signing.none", "Nothing was signed.")
    try:
        with closing(pen.sign_in_turn(batches())) as given:
            for signatures in given:
                for one, signature in zip(waiting.popleft(), signatures, strict=True):
                    outcomes[one.row] = one.cohort.signed_with(one.prepared, signature).credential
    except TestamurError as error:
        # A key in a device may fail at any time. What it signed before is given; the rest it is not asked for in this request.
        if not pen.signed:
            raise
        failed = _refused(error)
    return [outcomes.get(item["row"], failed) for item in request.items]


def _refused(error: TestamurError) -> Refused:
    """As it is told to who has asked. Of a key that does not sign they are told why; of a credential, that it cannot be signed."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, SignerError):
        return Refused(error.code, str(error), error.facts)
    return Refused(error.code, "The prepared credential cannot be signed.", {})


class _Examined(NamedTuple):
    """An award that is in order. `text` is what is signed of it; None where that has to be read."""

    row: str
    cohort: CohortIssuer
    prepared: Prepared
    text: bytes | None


def _examined(
    item: Item,
    one: PreparedCredential | None,
    request: Request,
    pen: Pen,
    statuses: Mapping[int, dict[str, Any]],
    versions: _Versions,
) -> _Examined:
    """1. The row waits for its signature. 2. The stored bytes are those that were asked for, and this key's. 3. The version is still what
    was decided. 4. The row gives exactly these bytes. Raises Refused."""
    if set(item) != {"row", "digest"}:
        raise Refused("signing.item", "This is not what is signed in this kind.", {})
    if one is None:
        raise Refused("award.unknown", "Nothing of that name was prepared by this institution.", {})
    award, content = one.award, bytes(one.content)
    if award.state != AwardState.PREPARED or one.signed is not None or award.status_entry is None:
        raise Refused("award.state", "The award does not wait for its signature.", {"state": award.state})
    if item["digest"] != one.digest or hashlib.sha256(content).hexdigest() != one.digest:
        raise Refused("award.other_bytes", "The prepared bytes are not those that were asked for.", {})
    version = award.version
    if versions.content_hash(version) != award.content_hash:
        raise Refused("award.version_changed", "The version is not what it was when the award was decided.", {})
    entry = statuses[award.status_entry.pk]
    known = versions.latest(version, award, request.did)
    prepared = known and _composed(award, entry, known, one.prepared_at, _SALT.search(content))
    if known is None or prepared is None or prepared.content != content:
        # Not what it most likely is: then the stored bytes are read.
        document, created = _read(content, pen)
        if document["issuer"].get("id") != request.did:
            raise Refused("signing.issuer", "The document names another issuer than the key's.", {})
        endorsements = document["credentialSubject"]["achievement"].get("endorsement", [])
        if endorsed_hash(endorsements) != (award.endorsed_hash or ""):
            raise Refused("award.endorsements", "The endorsements are not those on record.", {})
        known = versions.cohort(version, request.did, document["issuer"], endorsements)
        recipient, details = award_parts(award, known.achievement, entry)
        recipient = replace(recipient, salt=_salt(document) or recipient.salt)
        prepared = known.prepare(recipient, details, created=created)
        if prepared.content != content:
            raise Refused("award.not_the_row", "The prepared credential says something else than the award's row.", {})
    return _Examined(award.public_id, known, prepared, known.text_of(prepared))


_SALT = re.compile(rb'"salt":"([^"\\\\]+)"')


def _composed(
    award: Award, entry: Mapping[str, Any], cohort: CohortIssuer, created: datetime, salt: re.Match[bytes] | None
) -> Prepared | None:
    """The credential of a row as it most likely was prepared: with the issuer and the endorsements of the one before, dated as the row was
    written. Nothing of that is believed; only bytes that are equal to it are signed. None where it cannot be composed so."""
    if created > timezone.now() + FRESH:
        return None
    try:
        recipient, details = award_parts(award, cohort.achievement, entry)
        if salt is not None:
            recipient = replace(recipient, salt=salt[1].decode())
        return cohort.prepare(recipient, details, created=created)
    except (TestamurError, UnicodeDecodeError):
        return None


def _read(content: bytes, pen: Pen) -> tuple[dict[str, Any], datetime]:
    """The document and the date of its proof, of bytes that were prepared for this pen's key."""
    try:
        stored: Any = strict_json.loads(content, max_bytes=MAX_CONTENT, max_depth=strict_json.MAX_DEPTH + 1)
        document, options = stored["document"], stored["proof"]
        created = datetime.strptime(options["created"], "%Y-%m-%dT%H:%M:%S%z")
        right = (
            options["verificationMethod"] == pen.verification_method
            and options["publicKeyMultibase"] == pen.public_multikey
            and options["cryptosuite"] == cryptosuite_of(pen.algorithm)
            and isinstance(document["issuer"], dict)
            and isinstance(document["credentialSubject"]["achievement"], dict)
        )
    except (TestamurError, KeyError, TypeError, ValueError):
        right = False
    if not right:
        raise Refused("award.other_key", "The bytes were not prepared for this key.", {})
    if created > timezone.now() + FRESH:
        raise Refused("signing.date", "The date of the signature lies ahead.", {})
    return document, created


def _salt(document: Mapping[str, Any]) -> str | None:
    """The salt of the hashed identifiers; all of an award have the same."""
    identifiers = document["credentialSubject"].get("identifier")
    for one in identifiers if isinstance(identifiers, list) else ():
        if isinstance(one, dict) and isinstance(salt := one.get("salt"), str):
            return salt
    return None


class _Nib:
    """The signer of a cohort that is kept: it writes with the pen of the request in hand."""

    def __init__(self, pen: Pen) -> None:
        self.algorithm, self.public_multikey = pen.algorithm, pen.public_multikey
        self.pen = pen

    def sign(self, data: bytes) -> bytes:
        return self.pen.sign(data)


class _Versions:
    """What the awards of one request have in common, worked out once: most are of one version."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._hashes: dict[int, str] = {}
        self._achievements: dict[int, Achievement] = {}
        self._cohorts: dict[tuple[int, bytes], CohortIssuer] = {}
        self._latest: dict[int, tuple[str, str, CohortIssuer]] = {}

    def content_hash(self, version: AchievementVersion) -> str:
        if version.pk not in self._hashes:
            self._hashes[version.pk] = content_hash(version)
        return self._hashes[version.pk]

    def latest(self, version: AchievementVersion, award: Award, did: str) -> CohortIssuer | None:
        """What `cohort` gave last for this version, if it is of the same identifier and of the endorsements that are on the award's
        record."""
        known = self._latest.get(version.pk)
        return known[2] if known is not None and known[:2] == (did, award.endorsed_hash or "") else None

    def cohort(
        self, version: AchievementVersion, did: str, issuer: Mapping[str, Any], endorsements: Any
    ) -> CohortIssuer:
        """The cohort of this version, with the issuer and the endorsements of the stored bytes. `did` is the issuer's identifier."""
        key = version.pk, strict_json.dumps([issuer, endorsements])
        if key not in self._cohorts:
            if version.pk not in self._achievements:
                self._achievements[version.pk] = achievement_model(version)
            achievement = replace(self._achievements[version.pk], endorsement=tuple(endorsements))
            self._cohorts[key] = _kept(issuer, achievement, self._pen)
        self._latest[version.pk] = did, endorsed_hash(endorsements), self._cohorts[key]
        return self._cohorts[key]


def _kept(issuer: Mapping[str, Any], achievement: Achievement, pen: Pen) -> CohortIssuer:
    """A cohort with its compiled patterns, kept for the next request; of each thread its own."""
    cohorts: dict[bytes, CohortIssuer] = _thread.__dict__.setdefault("cohorts", {})
    key = strict_json.dumps([issuer, achievement.to_json(), pen.verification_method, pen.public_multikey])
    if key not in cohorts:
        if len(cohorts) >= MAX_COHORTS:
            cohorts.clear()
        cohorts[key] = CohortIssuer(
            Profile.from_json(issuer),
            achievement,
            _Nib(pen),
            verification_method=pen.verification_method,
            cryptosuite=cryptosuite_of(pen.algorithm),
        )
    nib = cohorts[key].signer
    assert isinstance(nib, _Nib)  # noqa: S101 - made above
    nib.pen = pen
    return cohorts[key]
