"""The service `TransparencyLog` in an institution's DID document, and what it says.

A cut-off says: what this key signed counts only where it stands in the log before this place. The place is a number and not a date, because
a thief writes any date; nobody can put an entry into an earlier place.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from testamur import strict_json
from testamur.log import Kind
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.keys import api as keys
from testamur_site.foundation.tenancy.api import Institution, tenant

from .. import keys as log_keys
from ..kept.api import service_of as kept_service
from ..models import Shard
from ..services import Record, record, shard_of
from . import queries, rules
from .models import KeyCutOff, LogRequirement
from .rules import SERVICE, Place

AHEAD = timedelta(days=31)
"""So long before a new year its log gets its keys, so that every DID document names them before they sign."""


HANDED_AT_ONCE = 50
"""So many awards one job takes at most."""


class NeedsTwo(Exception):
    """One person alone may not change the requirement so: it is proposed, and somebody else carries it out."""


class NoSuchPlace(Exception):
    """The key or the place is none of this institution's log."""


@transaction.atomic
def announce(institution: Institution, now: datetime | None = None) -> bool:
    """Bring the service in the institution's DID document up to date; whether it changed."""
    moment = now or timezone.now()
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    for year in {moment.year, (moment + AHEAD).year}:
        if not Shard.objects.filter(year=year).exists():  # else no lock: the sequencer may hold it
            shard_of(year)
    shards = Shard.objects.filter(year__gte=institution.created_at.year).order_by("year")
    origins = {shard.year: shard.origin for shard in Shard.objects.all()}
    content = rules.service_content(
        [(shard.origin, [key.text for key in log_keys.verifier_keys(shard)]) for shard in shards],
        queries.required_from(institution),
        {
            fragment: (origins[year], index, reason)
            for fragment, ((year, index), reason) in queries.places(institution).items()
        },
        kept_service(institution),
    )
    return keys.set_service(institution, SERVICE, content)


@transaction.atomic
def require(institution: Institution, required_from: datetime, actor: Any) -> None:
    """Require that every credential from a moment on is in the log, by one person alone. Raises NeedsTwo (`rules.one_may_require`)."""
    if not rules.one_may_require(queries.required_from(institution), required_from, timezone.now()):
        raise NeedsTwo
    change_requirement(institution, required_from, actor)


@transaction.atomic
def change_requirement(institution: Institution, required_from: datetime | None, actor: Any) -> None:
    """Require it from a moment on, or no more. Who may, the caller has decided."""
    with tenant(institution):
        before = queries.required_from(institution)
        if before == required_from:
            return
        if required_from is None:
            LogRequirement.objects.all().delete()
        else:
            LogRequirement.objects.update_or_create(
                institution=institution, defaults={"required_from": required_from, "changed_at": timezone.now()}
            )
    audit.record(
        "log_requirement.changed",
        institution.public_id,
        institution=institution,
        actor=actor,
        facts={
            "from": before.isoformat() if before else None,
            "to": required_from.isoformat() if required_from else None,
        },
    )
    announce(institution)


@transaction.atomic
def cut_off(institution: Institution, fragment: str, place: Place | None, actor: Any) -> KeyCutOff:
    """Let what a key signed count only before `place` in the log (None: the next place). Raises NoSuchPlace.

    1. Where the key still signs, a new one takes over. 2. The cut-off is kept; an earlier one of the same key stays. 3. It is recorded in
    the log, in the words in which the DID document says it. 4. The service says it, which is recorded too. All in one transaction.
    """
    key = next((one for one in keys.keys_of(institution) if one.fragment == fragment and not one.withdrawn_at), None)
    if key is None:
        raise NoSuchPlace
    if place is not None and not queries.is_place(place):
        raise NoSuchPlace  # beyond the end it would leave the thief the places up to there
    year, index = place or queries.next_place(timezone.now().year)
    shard = shard_of(year) if place is None else Shard.objects.filter(year=year).first()
    if shard is None:
        raise NoSuchPlace
    if key.retired_at is None:
        keys.rotate(institution, actor)
    with tenant(institution):
        made, new = KeyCutOff.objects.get_or_create(fragment=fragment, shard=shard, index=index)
    if not new:
        return made
    name = f"{institution.did}#{fragment}"
    told = strict_json.jcs(rules.notice(name, shard.origin, index, made.reason))
    subject = f"cut-off:{made.public_id}"
    record([Record(Kind.KEY_CUT_OFF, name, told, subject, subject)], institution)
    facts = {"key": fragment, "origin": shard.origin, "index": index}
    audit.record("key.cut_off", made.public_id, institution=institution, actor=actor, facts=facts)
    announce(institution)
    return made


@transaction.atomic
def reissue(institution: Institution, made: KeyCutOff, key: keys.SigningKey, actor: Any) -> int:
    """Have the awards after a cut-off issued again under the present key: queues the job of TESTAMUR_REISSUE, which passes over what was
    issued again, revoked or replaced already. How many awards were handed to it."""
    entries = queries.awards_after(institution, key, (made.shard.year, made.index))
    awards = [queries.award_of(entry) for entry in entries.iterator(2000)]
    for start in range(0, len(awards), HANDED_AT_ONCE):
        some = awards[start : start + HANDED_AT_ONCE]
        arguments = {"awards": some, "actor": getattr(actor, "public_id", "")}
        enqueue(settings.TESTAMUR_REISSUE, arguments, institution=institution)
    if awards:
        facts = {"awards": len(awards)}
        audit.record("key.reissue_asked", made.public_id, institution=institution, actor=actor, facts=facts)
    return len(awards)
