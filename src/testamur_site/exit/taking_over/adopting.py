"""Taking an institution over.

`plan` reads everything and writes nothing; `carry_out` does what was planned, first as a rehearsal in a transaction that is taken back, so
that an archive that cannot be taken over whole leaves nothing behind, then some hundreds of rows in one transaction:

1. The institution, under its public identifier and its short name. 2. Its audit trail, which goes on here. 3. Its public keys, all retired,
and what it says of the old log, if it keeps its address; a new key is made here. 4. Pictures, micro-credentials, versions. 5. The status
lists, if it keeps its address. 6. The awards with their bytes, deposits and log proofs. 7. Everything else, table by table, each row with
its file where the exit has it.

Every step finds what an earlier run left, so that whoever is killed runs the same command again. An institution that keeps its address (the
same TESTAMUR_BASE_URL, moved by its name in the DNS) goes on as if nothing had happened. At another address the old credentials stay what
they are, statements made at the old one: their keys and lists go on being served there, by the public part, and are not answered for here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from testamur_site.catalogue.api import adopt_image, adopt_micro_credential, foreign_versions
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.keys.api import adopt_keys, signing_key
from testamur_site.foundation.tenancy.api import Institution, Logo, from_json, logo, slug_problem, tenant
from testamur_site.issuing.api import adopt_award, conflicting_award
from testamur_site.log.api import keep_proof, keep_service, logs, origin_of
from testamur_site.status.api import adopt_pair
from testamur_site.wallet.api import adopt_deposit

from ..writing.bags import Progress, Tree
from ..writing.private import INSTITUTION
from . import reading, tables
from .conflicts import Refused
from .reading import Source

LOG_SERVICE = "transparency-log"
"""The fragment of the service that says where an institution is recorded."""
_AT_ONCE = 200
_TOLD = 20


@dataclass(slots=True)
class Plan:
    """What an import would do. `same_address`: the institution goes on at the address at which it issued."""

    source: Source
    existing: Institution | None
    same_address: bool
    micro_credentials: int = 0
    awards: int = 0
    known: int = 0
    rows: int = 0
    audited: int = 0

    def lines(self) -> list[str]:
        """The plan in words."""
        stated = self.source.institution
        said = [
            f"{stated['name']} ({stated['slug']}), which issued at {stated['deployment']}",
            f"micro-credentials {self.micro_credentials}, awards {self.awards}, of which here already {self.known}",
            f"other rows {self.rows}, entries of the audit trail {self.audited}",
        ]
        if self.existing is not None:
            said += [
                "The institution is here already: what is missing is added, and nothing is changed,",
                "but that awards which were revoked, suspended or replaced since are so here too.",
            ]
        if self.same_address:
            said.append("It keeps its address: its keys stay listed, its status lists are published here from now on.")
        else:
            said += [
                f"Here the address is {settings.TESTAMUR_BASE_URL}. What was issued before names the old address and is verified there:",
                "go on serving the public part at the old address. An old award cannot be revoked from here; it can be awarded anew.",
            ]
        return said


@dataclass(slots=True)
class Done:
    """What an import did."""

    institution: Institution
    keys: int = 0
    versions: int = 0
    awards: int = 0
    new_key: str = ""
    audited: int = 0
    audit_apart: bool = False
    old_log: bool = False
    tables: tables.Adopted = field(default_factory=tables.Adopted)

    def lines(self) -> list[str]:
        others = sum(self.tables.new.values())
        said = [
            f"{self.institution.name}, added: public keys {self.keys}, versions {self.versions}, awards {self.awards}",
            f"added besides: other rows {others}, files {self.tables.files}, entries of the audit trail {self.audited}",
        ]
        for label, count in sorted(self.tables.left_out.items()):
            said.append(
                f"Left out {count} of {label}: what they refer to is not here (another log, another body's list)."
            )
        if self.old_log:
            said.append("Its DID document goes on naming the old log, and the keys that were cut off in it.")
        if self.audit_apart:
            said.append(
                "The audit trail here has gone its own way; the one of the exit is not mixed into it. Keep the exit."
            )
        return [
            *said,
            f"New awards are signed with {self.new_key}. Nobody can sign with the old keys here.",
            "People and their roles do not travel. The first owner is invited with --owner ADDRESS, who then invites the others.",
        ]


def plan(parts: Mapping[str, Tree], *, progress: Progress) -> Plan:
    """Read an exit and say what importing it would do. Raises NotABag and Refused; nothing is written."""
    source = reading.read(parts, progress)
    stated = source.institution
    fields = stated.get("fields")
    if not isinstance(fields, dict):
        raise Refused(["This exit cannot be read: it does not say whose it is."])
    existing = Institution.objects.filter(public_id=str(fields.get("public_id"))).first()
    found = Plan(source, existing, stated.get("deployment") == settings.TESTAMUR_BASE_URL)
    against: list[str] = []
    try:
        _against_institution(source, existing, against)
        if found.same_address:
            _against_log(source, against)
        for micro_credential in source.lines("micro-credentials.jsonl"):
            found.micro_credentials += 1
            _against_versions(existing, [version["public_id"] for version in micro_credential["versions"]], against)
        for number, award in enumerate(source.awards(), 1):
            found.awards = number
            found.known += _against_award(existing, award, against)
            progress("checking", number)
            if len(against) > _TOLD:
                break
        found.rows = tables.check(source, existing, against, progress)
        found.audited = _against_audit(source, str(fields["public_id"]), against)
        against.extend(f"The file {name} holds other bytes than its name says." for name in source.misnamed(progress))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Refused(
            [f"This exit cannot be read: {error}. It was written by another version, or by something else."]
        ) from None
    if against:
        raise Refused(against)
    return found


def carry_out(
    found: Plan, parts: Mapping[str, Tree], *, progress: Progress, done: Callable[[], None] = lambda: None
) -> Done:
    """Do what was planned; `done` is told after each transaction. What an earlier run that was killed has written is found.
    Raises Refused where something speaks against it."""
    del parts  # the plan reads from them
    try:
        with transaction.atomic():
            _everything(found, progress, lambda: None, rehearsal=True)
            transaction.set_rollback(True)
    except _UNFIT as error:
        raise Refused([f"A part of this exit cannot be taken over ({error}). Nothing of it was."]) from None
    try:
        found.existing = Institution.objects.filter(
            public_id=str(found.source.institution["fields"]["public_id"])
        ).first()
        result = _everything(found, progress, done)
    except _UNFIT as error:  # only where somebody else wrote in between
        raise Refused(
            [
                f"A part of this exit cannot be taken over ({error}). What came before it is here already; run the command again."
            ]
        ) from None
    result.new_key = signing_key(result.institution).key_id
    added = {"awards": result.awards, "versions": result.versions, "keys": result.keys}
    with transaction.atomic():
        facts = {"fingerprint": found.source.fingerprint, **added, "rows": sum(result.tables.new.values())}
        subject = f"institution:{result.institution.public_id}"
        audit.record("exit.imported", subject, institution=result.institution, facts=facts)
    return result


_UNFIT = (KeyError, TypeError, AttributeError, ValueError, ValidationError, ObjectDoesNotExist, DatabaseError)


def _everything(found: Plan, progress: Progress, told: Callable[[], None], *, rehearsal: bool = False) -> Done:
    source = found.source
    institution = _institution(source, found.existing)
    told()
    done = Done(institution)
    _audit(source, done, told)
    keys = source.document("keys.json")
    with transaction.atomic():
        done.keys = adopt_keys(institution, keys, histories=found.same_address)
        spoken = [one["content"] for one in keys["services"] if one["fragment"] == LOG_SERVICE and found.same_address]
        done.old_log = any(keep_service(institution, content, logs()) for content in spoken)
    told()
    for image in source.lines("images.jsonl"):
        with transaction.atomic():
            adopt_image(institution, image)
        told()
    for micro_credential in source.lines("micro-credentials.jsonl"):
        with transaction.atomic():
            done.versions += adopt_micro_credential(institution, micro_credential)
        told()
    if found.same_address:
        for pair in source.lines("status-lists.jsonl"):
            with transaction.atomic():
                adopt_pair(institution, pair)
            told()
    _awards(source, found, done, progress, told)
    # A store knows no rehearsal: what it keeps cannot be taken back.
    keep = (lambda _table, _values: "") if rehearsal else partial(tables.kept_file, source)
    done.tables = tables.adopt(
        institution, source, same_address=found.same_address, progress=progress, done=told, keep=keep
    )
    return done


def _against_institution(source: Source, existing: Institution | None, against: list[str]) -> None:
    slug = str(from_json(Institution, source.institution["fields"], INSTITUTION)["slug"])
    if existing is None and slug_problem(slug) is not None:
        against.append(f"The short name {slug} cannot be an institution's here.")
    taken = Institution.objects.filter(slug=slug).first()
    if taken is not None and (existing is None or taken.pk != existing.pk):
        against.append(
            f"The short name {slug} belongs to another institution here ({taken.name}). Rename that one first, in its settings."
        )


def _against_log(source: Source, against: list[str]) -> None:
    """A name belongs to one log for ever: two under one name are what a log is there to rule out."""
    here, this_year = logs(), origin_of(timezone.now().year)
    for origin, keys in source.institution["logs"].items():
        if origin in here and here[origin] == sorted(keys):
            continue  # the same deployment, or one that was put back together with its log
        if origin in here or origin == this_year:
            against.append(
                f"The log {origin} ended with the old deployment: its keys do not travel, and nothing else may be written under its name. "
                f"Give the log of this deployment another name before it records anything: TESTAMUR_LOG_NAME={origin.rpartition('/')[0]}-2"
            )


def _against_versions(existing: Institution | None, public_ids: list[str], against: list[str]) -> None:
    taken = foreign_versions(existing, public_ids)
    against.extend(f"The version {public_id} belongs to another institution here." for public_id in taken)


def _against_award(existing: Institution | None, award: Mapping[str, Any], against: list[str]) -> int:
    """Adds what speaks against the award; 1 where it is here already."""
    prepared = award["prepared"]
    signed = base64.b64decode(prepared["signed"] or "") if prepared is not None else b""
    match conflicting_award(existing, str(award["public_id"]), signed):
        case True:
            against.append(
                f"The award {award['public_id']} is here already with another credential, or at another institution."
            )
            return 0
        case False:
            return 1
        case None:
            return 0


def _institution(source: Source, existing: Institution | None) -> Institution:
    if existing is not None:
        return existing
    with transaction.atomic():
        values = from_json(Institution, source.institution["fields"], INSTITUTION)
        institution = Institution.objects.create(**values)
        shown = source.institution.get("logo")
        if shown is not None and logo(institution) is None:
            with tenant(institution):
                Logo.objects.create(
                    institution=institution,
                    content=base64.b64decode(shown["content"]),
                    media_type=str(shown["mediaType"])[:40],
                )
    return institution


def _against_audit(source: Source, institution: str, against: list[str]) -> int:
    """How many entries the audit trail has; adds what speaks against it."""
    report = audit.check_entries(institution, source.folder("audit"))
    if not report.intact:
        against.append(
            f"The audit trail of this exit does not hold together at its entry {report.broken_at}. "
            "Take another copy: an exit that was changed is not imported."
        )
    return report.length


def _audit(source: Source, done: Done, told: Callable[[], None]) -> None:
    rows = source.folder("audit")
    while some := list(islice(rows, _AT_ONCE)):
        with transaction.atomic():
            new = audit.adopt_entries(done.institution, some)
        told()
        if new is None:
            done.audit_apart = True
            return
        done.audited += new


def _awards(source: Source, found: Plan, done: Done, progress: Progress, told: Callable[[], None]) -> None:
    rows, seen = source.awards(), 0
    while some := list(islice(rows, _AT_ONCE)):
        with transaction.atomic():
            for values in some:
                done.awards += _award(done.institution, values, same_address=found.same_address)
        seen += len(some)
        progress("importing", seen)
        told()


def _award(institution: Institution, values: Mapping[str, Any], *, same_address: bool) -> int:
    award = adopt_award(institution, values, with_status=same_address)
    if award is None:
        return 0
    if values.get("deposit") is not None:
        adopt_deposit(award, values["deposit"])
    if values.get("logProof"):
        keep_proof(institution, f"award:{award.public_id}", str(values["logProof"]).encode())
    return 1
