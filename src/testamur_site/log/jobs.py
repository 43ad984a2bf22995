"""Work of the log."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from testamur import strict_json
from testamur.errors import SignerRefused
from testamur.log import Kind
from testamur_site.catalogue.api import achievement_id, achievement_model, published_version
from testamur_site.foundation.jobs.api import JobHandle
from testamur_site.foundation.keys.api import did_document, did_lines
from testamur_site.foundation.tenancy.api import Institution, tenant

from . import services, witnesses
from .cut_offs.services import announce
from .models import Entry, Shard
from .services import Record, record


def sequence(_job: JobHandle) -> int:
    """Append what waits. Several of these in a row find nothing to do and end. Raises LogDamaged: then nothing is appended.

    Whoever died after the signing process had signed and before the log knew it leaves a size that only that process knows: it
    signs nothing smaller, and of that size nothing else. Then what was signed is appended first."""
    now = timezone.now()
    try:
        witnesses.look_before_writing(now.year)
    except SignerRefused as refused:
        if refused.code != witnesses.ROLLED_BACK:
            raise
        return services.sequence(now, up_to=refused.facts["known"])
    return services.sequence()


def ask_witnesses(_job: JobHandle, year: int) -> int:
    """Ask every witness of the policy for its cosignature on the newest checkpoint; how many gave one."""
    return witnesses.ask(year)


def record_keys(job: JobHandle) -> None:
    """An institution's DID document as it is now: which keys speak for it, and which no longer do. Of its did:webvh every version, by the
    line that was signed: who is shown another history can prove it."""
    institution = job.institution
    if institution is None:
        return
    announce(institution)
    document = strict_json.jcs(did_document(institution))
    subject = f"keys:{institution.public_id}"
    records = [Record(Kind.ISSUER_KEYS, institution.did, document, _key_of("keys", institution, document), subject)]
    for did, line in did_lines(institution):
        records.append(Record(Kind.ISSUER_KEYS, did, line, _key_of("did", institution, line), subject))
    with transaction.atomic():
        record(records, institution)


def record_trust(_job: JobHandle) -> int:
    """Whom this deployment believes, as it is now: the policy of its witnesses, and the registers that it relies on. Both are files that an
    operator changes; here it shows that they did. How many were new."""
    base = settings.TESTAMUR_BASE_URL
    files = (
        [(Kind.POLICY, f"{base}/log/policy.txt", settings.TESTAMUR_LOG_POLICY)] if settings.TESTAMUR_LOG_POLICY else []
    )
    files += [
        (Kind.TRUST_REGISTRY, f"{base}/verify/registers#{number}", Path(name))
        for number, name in enumerate(settings.TESTAMUR_TRUST_FILES, 1)
    ]
    records = []
    for kind, identifier, path in files:
        content = path.read_bytes()
        key = f"trust:{int(kind)}:{hashlib.sha256(identifier.encode() + content).hexdigest()[:32]}"
        records.append(Record(kind, identifier, content, key, f"trust:{int(kind)}"))
    known = set(Entry.objects.filter(key__in=[one.key for one in records]).values_list("key", flat=True))
    new = [one for one in records if one.key not in known]
    with transaction.atomic():
        record(new, None)
    return len(new)


def _key_of(word: str, institution: Institution, content: bytes) -> str:
    return f"{word}:{institution.public_id}:{hashlib.sha256(content).hexdigest()[:32]}"


def record_version(job: JobHandle, version: str) -> None:
    """A version of a micro-credential as it was published: what it asks for cannot be changed in silence afterwards."""
    institution = job.institution
    if institution is None:
        return
    with tenant(institution):
        found = published_version(version)
        if found is None:
            return
        content = strict_json.jcs(achievement_model(found).to_json())
        key = f"version:{version}:{hashlib.sha256(content).hexdigest()[:32]}"
        with transaction.atomic():
            record([Record(Kind.ACHIEVEMENT, achievement_id(found), content, key, f"version:{version}")], institution)


def ask_again(_job: JobHandle) -> int:
    """Once a minute: witnesses that were down when the newest checkpoint was made."""
    return witnesses.ask_again()


def heartbeat(_job: JobHandle) -> int:
    """Once a day the newest checkpoint is signed and cosigned anew, also when nothing was recorded: that nothing happened
    is shown, too."""
    shard = Shard.objects.filter(frozen_at=None, year__lte=timezone.now().year).order_by("-year").first()
    return witnesses.ask(shard.year, heartbeat=True) if shard is not None else 0
