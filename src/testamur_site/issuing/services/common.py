"""What every write of issuing has in common: the lock, the trace in the audit trail, and the hand-over to those above."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from testamur_site.catalogue.api import AchievementVersion, MicroCredential, content_hash, needs_decision
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tables.api import same_person_key
from testamur_site.foundation.tenancy.api import Institution, new_public_id
from testamur_site.quality import api as quality

from ..documents import end_of, endorsed_hash
from ..errors import NeedsDecision, NotOffered, StoppedByQuality
from ..models import Award
from ..rules import AwardData

HANDED_AT_ONCE = 1000
"""So many awards one hand-over job takes at most."""

Writing = Callable[[], AbstractContextManager[Any]]
"""Opens a transaction: `transaction.atomic`, or a job's own, which commits only while its lease holds."""


def lock(institution: Institution) -> None:
    """One writer per institution at a time. Taken first in every transaction here, so that no two can wait for each other."""
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)


def again(email: str, nonce: str) -> str:
    """The idempotency key of a further award to the same person: one for each time that awarding again was chosen."""
    return f"{same_person_key(email)}|again|{nonce}"


def key_for(key: str, email: str) -> str:
    """The idempotency key of the same award for another address; `key` is of an award that was not made of a decision."""
    _, marker, nonce = key.partition("|again|")
    return again(email, nonce) if marker else same_person_key(email)


def offered(version: AchievementVersion) -> None:
    """Raises NotOffered unless new awards are made by this version: published, and its micro-credential too; NeedsDecision where they are
    made of decisions alone; StoppedByQuality."""
    fresh = AchievementVersion.objects.select_related("micro_credential").get(pk=version.pk)
    published = MicroCredential.State.PUBLISHED
    if fresh.state != AchievementVersion.State.PUBLISHED or fresh.micro_credential.state != published:
        raise NotOffered(version=version.public_id)
    if needs_decision(fresh):
        raise NeedsDecision(version=version.public_id)
    refuse_stopped(version)


def refuse_stopped(version: AchievementVersion) -> None:
    """Raises StoppedByQuality while the institution's rules of quality let nothing be awarded by this version."""
    stopped = quality.awarding_refusal(version)
    if stopped is not None:
        raise StoppedByQuality(sentence=stopped.sentence, reason=stopped.code)


def pinned(version: AchievementVersion) -> dict[str, str]:
    """What an award is tied to when it is decided: the content of its version, what is signed about that, and the key that will sign."""
    return {
        "content_hash": content_hash(version),
        "endorsed_hash": endorsed_hash(quality.endorsements(version)),
        "key_id": signing_key(version.institution).key_id,
    }


def decided(version: AchievementVersion) -> dict[str, Any]:
    """What `new_award` is given with every award of a version: what it is pinned to, and whether it can be renewed."""
    return {**pinned(version), "refreshed": can_be_renewed(version)}


def can_be_renewed(version: AchievementVersion) -> bool:
    """Asks the function named in TESTAMUR_CAN_BE_RENEWED. Issuing knows that there may be renewals, not how; without the setting there are
    none."""
    path = getattr(settings, "TESTAMUR_CAN_BE_RENEWED", None)
    return bool(import_string(path)(version)) if path else False


def new_award(
    version: AchievementVersion,
    data: AwardData,
    *,
    award_key: str,
    actor: Any,
    refreshed: bool = False,
    **values: Any,
) -> Award:
    """An award as decided, not saved. Its validity begins now; the day of the award is said by `awarded_date`. `refreshed`: it can be
    renewed, and says where its newest copy is."""
    return Award(
        institution_id=version.institution_id,
        micro_credential_id=version.micro_credential_id,
        version=version,
        award_key=award_key,
        valid_from=timezone.now().replace(microsecond=0),
        created_by=actor,
        **of_person(data, refreshed),
        **values,
    )


def of_person(data: AwardData, refreshed: bool) -> dict[str, Any]:
    """What an award says of one person, by its fields."""
    return {
        "recipient_name": data.name,
        "recipient_email": data.email,
        "language": data.language,
        "awarded_date": data.awarded_date,
        "valid_until": end_of(data.valid_until) if data.valid_until else None,
        "results": [dict(result) for result in data.results],
        "evidence": [dict(evidence) for evidence in data.evidence],
        "refresh_token": new_public_id() if refreshed else "",
    }


def record(
    action: str,
    awards: Iterable[Award],
    *,
    institution: Institution,
    actor: Any = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """One audit entry for each award, in the transaction of the change."""
    targets = [f"award:{award.public_id}" for award in awards]
    if targets:
        audit.record_many(action, targets, institution=institution, actor=actor, facts=facts or {})


def hand_over(institution: Institution, awards: Sequence[Award], event: str, key: str | None = None) -> None:
    """Queue the job named in TESTAMUR_AFTER_ISSUE (deposit, mail), in the transaction of the change. `event`: issued, superseded, resend,
    revoked or suspended. Without that setting nobody is told."""
    path = getattr(settings, "TESTAMUR_AFTER_ISSUE", None)
    for start in range(0, len(awards), HANDED_AT_ONCE) if path else ():
        some = [award.public_id for award in awards[start : start + HANDED_AT_ONCE]]
        enqueue(path, {"award_ids": some, "event": event}, key=key and f"{key}:{start}", institution=institution)
