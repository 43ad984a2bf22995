"""Writing an institution's did:webvh: each version in one transaction, with its audit entry.

A version needs two keys that only administrators have:

1. The *next* key is made before (`prepare`), and lies here sealed until an administrator has given it back with its passphrase: so nobody
   commits to a key that nobody has.
2. The *present* key is the one that the last version committed to. It is read, signs once, and is forgotten.
3. The version is written, and read by our own resolver.
4. Row, new commitment and audit entry; the sealed next key is deleted. A conditional UPDATE on the commitment lets one of two writers
   through.

For the first version the present key is made on the spot and forgotten as soon as it has signed: under pre-rotation it could not sign
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur import strict_json
from testamur.errors import ResolutionError
from testamur.proofs.did.webvh import Line, begin, deactivate, follow, key_hash
from testamur.proofs.keys import PrivateKey
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import Institution, tenant

from ..queries import did_document
from ..telling import tell
from . import queries, update_keys
from .models import DidHistory, DidVersion, PreparedUpdateKey


class CeremonyRefused(Exception):
    """A version cannot be written so: `code` is `none`, `exists`, `next_key` (it is not the one that was prepared), `present_key` (it is
    not the one that was committed to), `not_prepared`, `needed` (the history must go along, and no keys were given), `behind` (it does
    not list the present keys), `too_soon` (two versions within a second), `overtaken`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Ceremony:
    """The keys that an administrator brought: `present` writes, and `next_key` is committed to."""

    present: PrivateKey
    next_key: PrivateKey


@transaction.atomic
def prepare(institution: Institution, actor: Any) -> update_keys.NewUpdateKey:
    """Make the update key that the next version will commit to, in place of one that was prepared and not used. Its passphrase is not
    kept."""
    _lock(institution)
    made = update_keys.make()
    with tenant(institution):
        PreparedUpdateKey.objects.all().delete()
        PreparedUpdateKey.objects.create(key_hash=made.key_hash, sealed=made.sealed)
    facts = {"keyHash": made.key_hash}
    audit.record("did_history.key_prepared", institution.public_id, institution=institution, actor=actor, facts=facts)
    return made


@transaction.atomic
def start(
    institution: Institution, next_key: PrivateKey, actor: Any, *, portable: bool = True, now: datetime | None = None
) -> DidHistory:
    """The first version of the institution's did:webvh. `portable`: it may move to another domain later. Raises CeremonyRefused (`exists`,
    `not_prepared`, `next_key`)."""
    _lock(institution)
    if queries.history_of(institution) is not None:
        raise CeremonyRefused("exists")
    committed = _prepared(institution, next_key)
    at = _second(now)
    line = begin(
        institution.did.removeprefix("did:web:"),
        lambda did: did_document(institution, did),
        PrivateKey.generate("Ed25519"),
        at=at,
        next_key_hashes=[committed],
        portable=portable,
    )
    with tenant(institution):
        history = DidHistory.objects.create(did=line.did, portable=portable, next_key_hash=committed, created_at=at)
        _keep(history, [line], at)
    facts = {"did": line.did, "portable": portable}
    audit.record("did_history.started", line.version_id, institution=institution, actor=actor, facts=facts)
    tell(institution)
    return history


@transaction.atomic
def write_version(
    institution: Institution, ceremony: Ceremony, actor: Any, *, now: datetime | None = None
) -> DidVersion:
    """Put the DID document as it is now into the history. Raises CeremonyRefused."""
    history = _open(institution, ceremony.present)
    committed = _prepared(institution, ceremony.next_key)
    at = _second(now)
    document = did_document(institution, history.did)
    line = _made(
        lambda: follow(_log(history), history.did, document, ceremony.present, at=at, next_key_hashes=[committed])
    )
    _advance(history, committed)
    (version,) = _keep(history, [line], at)
    audit.record("did_history.version_written", line.version_id, institution=institution, actor=actor)
    tell(institution)
    return version


@transaction.atomic
def follow_change(institution: Institution, ceremony: Ceremony | None, actor: Any) -> None:
    """After a change of the keys, in its transaction: the history goes along. Where credentials were issued under it, it must: a verifier
    would otherwise take a withdrawn key for a good one, and a new one for a stranger's. Raises CeremonyRefused (`needed`, …)."""
    if ceremony is not None:
        write_version(institution, ceremony, actor)
    elif must_follow(institution):
        raise CeremonyRefused("needed")


@transaction.atomic
def end(institution: Institution, present: PrivateKey, actor: Any, *, now: datetime | None = None) -> None:
    """End the history: nothing follows it, and no verifier takes a key from it any more. Raises CeremonyRefused."""
    history = _open(institution, present)
    at = _second(now)
    lines = _made(lambda: deactivate(_log(history), history.did, present, at=at))
    _advance(history, "")
    _keep(history, lines, at)
    with tenant(institution):
        DidHistory.objects.filter(pk=history.pk).update(ended_at=timezone.now(), chosen=False)
        PreparedUpdateKey.objects.all().delete()
    audit.record("did_history.ended", lines[-1].version_id, institution=institution, actor=actor)
    tell(institution)


@transaction.atomic
def abandon(institution: Institution, actor: Any) -> None:
    """Give the history up without writing its end, because the update key is lost: from here on it stays as it is. Verifiers go on taking
    the keys that its last version lists. Raises CeremonyRefused (`none`)."""
    _lock(institution)
    with tenant(institution):
        mine = DidHistory.objects.filter(ended_at=None)
        given_up = list(mine.values_list("did", flat=True))
        if not mine.update(ended_at=timezone.now(), chosen=False):
            raise CeremonyRefused("none")
        PreparedUpdateKey.objects.all().delete()
    facts = {"did": given_up[0]}
    audit.record("did_history.abandoned", institution.public_id, institution=institution, actor=actor, facts=facts)
    tell(institution)


@transaction.atomic
def choose(institution: Institution, webvh: bool, actor: Any) -> bool:
    """Under which identifier new credentials are issued from now on; whether that changed. What was issued keeps its own. Raises
    CeremonyRefused (`none`, `behind`)."""
    _lock(institution)
    history = queries.history_of(institution)
    if history is None:
        if webvh:
            raise CeremonyRefused("none")
        return False
    if webvh and is_behind(history):
        raise CeremonyRefused("behind")
    if history.chosen == webvh:
        return False
    with tenant(institution):
        DidHistory.objects.filter(pk=history.pk).update(
            chosen=webvh, first_chosen_at=history.first_chosen_at or (timezone.now() if webvh else None)
        )
    facts = {"did": history.did if webvh else institution.did}
    audit.record("did_history.chosen", institution.public_id, institution=institution, actor=actor, facts=facts)
    return True


def must_follow(institution: Institution) -> bool:
    """Whether a change of the keys has to be written into the history at once: credentials were issued under it."""
    history = queries.history_of(institution)
    return history is not None and history.first_chosen_at is not None


def is_behind(history: DidHistory) -> bool:
    """Whether the last version says something else than the DID document does now."""
    with tenant(history.institution):
        last = history.versions.order_by("-number").first()
    return last is None or strict_json.loads(last.line)["state"] != did_document(history.institution, history.did)


def did_log(institution: Institution) -> bytes | None:
    """The file `did.jsonl` of the history that goes on, else of the one that ended last; None where there never was one."""
    found = queries.history_of(institution)
    if found is None:
        ended = queries.ended_histories(institution)
        found = ended[-1] if ended else None
    return None if found is None else _log(found)


def _lock(institution: Institution) -> None:
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)


def _open(institution: Institution, present: PrivateKey) -> DidHistory:
    _lock(institution)
    history = queries.history_of(institution)
    if history is None:
        raise CeremonyRefused("none")
    if key_hash(present.public_multikey) != history.next_key_hash:
        raise CeremonyRefused("present_key")
    return history


def _prepared(institution: Institution, next_key: PrivateKey) -> str:
    """The hash to commit to. Raises CeremonyRefused."""
    prepared = queries.prepared_key(institution)
    if prepared is None:
        raise CeremonyRefused("not_prepared")
    if key_hash(next_key.public_multikey) != prepared.key_hash:
        raise CeremonyRefused("next_key")
    return prepared.key_hash


def _made(make: Any) -> Any:
    try:
        return make()
    except ResolutionError as error:
        if error.code == "did.webvh_time":
            raise CeremonyRefused("too_soon") from error
        raise


def _advance(history: DidHistory, committed: str) -> None:
    with tenant(history.institution):
        mine = DidHistory.objects.filter(pk=history.pk, next_key_hash=history.next_key_hash, ended_at=None)
        if not mine.update(next_key_hash=committed):
            raise CeremonyRefused("overtaken")


def _keep(history: DidHistory, lines: list[Line], at: datetime) -> list[DidVersion]:
    with tenant(history.institution):
        rows = DidVersion.objects.bulk_create(
            [
                DidVersion(
                    institution=history.institution,
                    history=history,
                    number=int(line.version_id.partition("-")[0]),
                    version_id=line.version_id,
                    line=line.content.decode("utf-8"),
                    made_at=at,
                )
                for line in lines
            ]
        )
        PreparedUpdateKey.objects.all().delete()
    return rows


def _log(history: DidHistory) -> bytes:
    return "".join(version.line for version in queries.versions_of(history)).encode("utf-8")


def _second(now: datetime | None) -> datetime:
    return (now or timezone.now()).replace(microsecond=0)
