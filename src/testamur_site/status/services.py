"""Writes. Each function joins the transaction of its caller, so that an award and its bit change together or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from testamur import strict_json
from testamur.errors import SignerRefused
from testamur.status.bitstring_status_list import MINIMUM_ENTRIES, Bits, list_credential
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.keys.api import InstitutionSigner, active_key, issuing_did, signing_key
from testamur_site.foundation.signing.api import Refused
from testamur_site.foundation.tenancy.api import Institution, existing, insert_rows, new_keys, tenant, unsaved
from testamur_site.log import api as log

from . import rules
from .models import PublishedVersion, Purpose, StatusEntry, StatusList, StatusListPair

QUEUE = "status"
"""Publishing follows a change; whoever waits for other work need not wait for it."""

SIGNED_ANEW_AFTER = timedelta(days=1)
TIME_TO_LIVE = timedelta(minutes=4)
"""How long a verifier may keep a list (the document's `ttl`); with the minute that caches on the way may keep it, five."""

SIGNED_AHEAD = timedelta(hours=2)
"""So long before it would have to be, a list is signed anew by the clock: nobody is shown one that is not in the log yet."""

CLOCK_SKEW = timedelta(minutes=2)
"""A list begins to be valid a little before it was signed: a verifier's clock may be behind ours."""


Versions = dict[tuple[int, str], int]
"""Of each list that a change touched, by pair and purpose, the number of the first version that says so."""


OPEN_AT_ONCE = 8
"""So many pairs with room, at most, are there because several workers draw entries of one institution at the same time."""


@transaction.atomic
def allocate(institution: Institution, count: int, *, many: bool = False) -> list[StatusEntry]:
    """`count` fresh entries with random indexes, in the caller's transaction: if that rolls back, they were never given.

    Entries of one call may come from two pairs, where the first was nearly full. They are of lists of the identifier that the institution
    issues under now (`queries.issuers`): what is issued with them bears that one, whatever is chosen afterwards.

    `many`: of a long list, whose workers shall not wait for each other; each draws from a pair of its own.
    """
    entries: list[StatusEntry] = []
    if count <= 0:
        return entries
    with tenant(institution):
        did = issuing_did(institution)
        issuer = "" if did == institution.did else did
        while len(entries) < count:
            pair = _pair_with_room(issuer, many) or _begin_pair(institution, issuer)
            wanted = min(count - len(entries), rules.room(pair.size, pair.allocated))
            indexes = rules.draw(pair.size, wanted, lambda candidates, pair=pair: _taken(pair, candidates))
            rows = list(zip(new_keys(StatusEntry, wanted), indexes, strict=True))
            insert_rows(StatusEntry, ("id", "index"), rows, institution_id=institution.pk, pair_id=pair.pk)
            common = {"institution_id": institution.pk, "pair_id": pair.pk, "revoked": False, "suspended": False}
            entries += [unsaved(StatusEntry, {"id": key, "index": index, **common}) for key, index in rows]
            StatusListPair.objects.filter(pk=pair.pk).update(allocated=F("allocated") + wanted)
    return entries


def _pair_with_room(issuer: str, many: bool) -> StatusListPair | None:
    """A pair that takes more, locked, the newest that nobody else is drawing from: one drawer of a pair at a time, and whoever writes other
    things of the institution does not wait. Two who find none at the same moment begin one each; all are filled in the end."""
    with_room = StatusListPair.objects.filter(issuer=issuer, allocated__lt=F("size") * rules.FULL_SHARE - 1)
    if connection.features.has_select_for_update_skip_locked:
        locking = with_room.order_by("-pk").select_for_update(of=("self",), no_key=True, skip_locked=True)
        if (free := locking.first()) is not None:
            return free
        if many and with_room.count() < OPEN_AT_ONCE:
            return None
    return with_room.order_by("-pk").select_for_update(of=("self",), no_key=True).first()


@transaction.atomic
def set_revoked(institution: Institution, entries: Iterable[int]) -> Versions:
    """Set the revocation bit of the entries (primary keys). Never cleared again: the purpose "revocation" is not reversible.

    A suspension is over with it, and its bit is cleared: it would go on saying "for the time being" of what is final (decision 0005)."""
    keys = list(entries)
    return _lift_suspension(institution, keys) | _change(institution, keys, {Purpose.REVOCATION}, revoked=True)


def set_suspended(institution: Institution, entries: Iterable[int]) -> Versions:
    """Set both bits, so that a verifier which reads only the entry's own purpose refuses the file too (decision 0005)."""
    return _change(institution, entries, {Purpose.REVOCATION, Purpose.SUSPENSION}, revoked=True, suspended=True)


def _lift_suspension(institution: Institution, entries: Sequence[int]) -> Versions:
    """Clear the suspension bit of those that have it; lists of which none has are not published again."""
    with tenant(institution):
        suspended: list[int] = []
        for start in range(0, len(entries), 400):
            some = StatusEntry.objects.filter(pk__in=entries[start : start + 400], suspended=True)
            suspended += some.values_list("pk", flat=True)
    return _change(institution, suspended, {Purpose.SUSPENSION}, suspended=False) if suspended else {}


@transaction.atomic
def _change(institution: Institution, entries: Iterable[int], purposes: Collection[str], **bits: bool) -> Versions:
    keys = list(entries)
    with tenant(institution):
        pairs: set[int] = set()
        for start in range(0, len(keys), 400):
            some = StatusEntry.objects.filter(pk__in=keys[start : start + 400])
            pairs |= set(some.values_list("pair_id", flat=True))
            some.update(**bits)
        changed = StatusList.objects.filter(pair__in=pairs, purpose__in=purposes)
        changed.update(version=F("version") + 1)
        versions: Versions = {}
        for pair, purpose, public_id, version in changed.values_list("pair", "purpose", "public_id", "version"):
            versions[pair, purpose] = version
            _publish_soon(institution, public_id, version)
    return versions


def _begin_pair(institution: Institution, issuer: str) -> StatusListPair:
    pair = StatusListPair.objects.create(institution=institution, size=MINIMUM_ENTRIES, issuer=issuer)
    for purpose in Purpose.values:
        made = StatusList.objects.create(institution=institution, pair=pair, purpose=purpose)
        _publish_soon(institution, made.public_id, made.version)
    return pair


def _publish_soon(institution: Institution, public_id: str, version: int) -> None:
    """Sign and log the list without waiting for somebody to ask for it: whoever asks next finds it with its proof."""
    path, key = "testamur_site.status.jobs.publish", f"status-list:{public_id}:{version}"
    enqueue(path, {"status_list": public_id}, key=key, queue=QUEUE, institution=institution, priority=5)


def _taken(pair: StatusListPair, candidates: Collection[int]) -> Collection[int]:
    return existing(StatusEntry, "index", list(candidates), pair_id=pair.pk)


def publish(status_list: StatusList, institution: Institution, *, ahead: timedelta = timedelta(0)) -> bytes:
    """The signed list credential of the present version, made now unless it exists, is fresh (for `ahead` longer) and of the present key.

    The version is read before the bits. A change that commits in between leaves us with newer bits under the older number, and
    the next reader finds a newer number and signs again: a list may be signed twice, it is never stale.
    """
    version, begun = status_list.version, timezone.now()
    now = begun.replace(microsecond=0)
    signed_at = status_list.published_at
    # Not one that was signed while the clock was ahead: it would begin to be valid years from now, and stay fresh until then.
    fresh = signed_at is not None and -CLOCK_SKEW <= begun - signed_at < SIGNED_ANEW_AFTER - ahead
    if status_list.published is not None and status_list.published_version == version and fresh:
        content = bytes(status_list.published)
        # Not after a change of key: the old one may have been withdrawn, and a list that it signed would then prove nothing. The list says
        # which key signed it; times would not: each host has its own clock, and a key is made before anybody can see it.
        if active_key(institution) in (None, rules.key_of(content)):
            return content
    with tenant(institution):
        did = status_list.pair.issuer or institution.did
        signer = signing_key(institution, did=did)
        if signer.by_process:
            content = _signed_by_process(status_list, signer, version, now)
        else:
            document = unsigned(status_list, did, now)
            content = strict_json.dumps(
                signer.secure(document, kind="status_list", row=status_list.public_id, created=now)
            )
        with transaction.atomic():
            mine = StatusList.objects.filter(pk=status_list.pk, version__gte=version, published_version__lte=version)
            if mine.update(published=content, published_version=version, published_at=begun):
                # Every version that anybody may have been shown stands in the log: an issuer cannot show two, or flip a bit in silence.
                digest = hashlib.sha256(content).hexdigest()
                kept = PublishedVersion(
                    institution=institution,
                    status_list=status_list,
                    version=version,
                    content=content,
                    digest=digest,
                    published_at=begun,
                )
                PublishedVersion.objects.bulk_create([kept], ignore_conflicts=True)
                key, subject = rules.log_key(status_list.public_id, digest), rules.log_subject(status_list.public_id)
                log.record([log.Record(log.Kind.STATUS_LIST, status_list.url, content, key, subject)], institution)
    return content


def unsigned(status_list: StatusList, issuer: str, now: datetime) -> dict[str, Any]:
    """The list credential with the bits as the database has them."""
    pair = status_list.pair
    column = {Purpose.REVOCATION: "revoked", Purpose.SUSPENSION: "suspended"}[Purpose(status_list.purpose)]
    bits = Bits.from_indexes(
        StatusEntry.objects.filter(pair=pair, **{column: True}).values_list("index", flat=True), pair.size
    )
    return list_credential(
        url=status_list.url,
        issuer=issuer,
        bits=bits,
        purpose=status_list.purpose,
        valid_from=now - CLOCK_SKEW,
        ttl=int(TIME_TO_LIVE.total_seconds() * 1000),
    )


def _signed_by_process(status_list: StatusList, signer: InstitutionSigner, version: int, now: datetime) -> bytes:
    """The list as the signing process makes it of the same bits. Raises SignerRefused and SignerUnavailable."""
    item = {"row": status_list.public_id, "version": version, "created": now.isoformat()}
    (outcome,) = signer.secure_rows("status_list", [item])
    if isinstance(outcome, Refused):
        raise SignerRefused(str(outcome), code=outcome.code, facts=outcome.facts)
    return outcome
