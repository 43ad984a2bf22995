from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count

from testamur.log import commitment_of
from testamur.log.secured import secured
from testamur_site.foundation.chain.api import Account, Chain, Misconfigured, chains
from testamur_site.foundation.keys.api import did_document
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.log.api import Claim, Doubt

from ..models import Award, Batch
from ..rules import AwardState
from . import rules
from .models import Edition, EditionRequest


def chain() -> Chain | None:
    """The chain that editions are made in: the first of the file that is named for it. None where there is none, or
    the file cannot be read."""
    try:
        return next((each for each in chains().values() if rules.usable(each.id, each.blockcerts)), None)
    except Misconfigured:
        return None


def account_of(institution: Institution) -> Account | None:
    return Account.objects.filter(name=rules.account_name(institution.public_id)).first()


def switched_on(institution: Institution) -> bool:
    """Whether the institution's DID document lists its anchor key."""
    account = account_of(institution)
    if account is None:
        return False
    methods = did_document(institution)["verificationMethod"]
    return any(method.get("publicKeyMultibase") == account.public_multikey for method in methods)


def own_request(public_id: str) -> EditionRequest | None:
    """One of the active institution's requests; None for another's or none."""
    if "\x00" in public_id:
        return None
    return EditionRequest.objects.select_related("institution", "transaction").filter(public_id=public_id).first()


def requests() -> list[EditionRequest]:
    """The active institution's newest requests, each with `total`, and `award`, the first one."""
    found = list(
        EditionRequest.objects.select_related("transaction", "batch__version", "created_by").annotate(
            total=Count("editions")
        )[:50]
    )
    first = Edition.objects.filter(request__in=found).order_by("-pk").select_related("award__version")
    awards = {edition.request_id: edition.award for edition in first.filter(request__batch=None)}
    for one in found:
        one.award = awards.get(one.pk)
    return found


def edition_bytes(award: Award) -> bytes | None:
    """The finished edition of an award, byte for byte; None while there is none."""
    with tenant(award.institution):
        found = Edition.objects.filter(award=award).values_list("finished", flat=True).first()
    return bytes(found) if found is not None else None


def has_edition(award: Award) -> bool:
    """Whether the edition of an award is finished."""
    with tenant(award.institution):
        return Edition.objects.filter(award=award, finished__isnull=False).exists()


def offered_for(institution: Institution, *, award: Award | None = None, batch: Batch | None = None) -> dict[str, Any]:
    """What the page of an award or a batch offers: `state` is off (nothing is shown), possible (to be switched on),
    offered, under_way or finished; `number` of awards without an edition."""
    if chain() is None:
        return {"state": "off"}
    if not switched_on(institution):
        return {"state": "possible"}
    awards = Award.objects.filter(pk=award.pk) if award is not None else Award.objects.filter(batch=batch)
    number = awards.filter(state=AwardState.ISSUED, blockcerts_edition__isnull=True).count()
    if number:
        return {"state": "offered", "number": number}
    editions = Edition.objects.filter(award__in=awards)
    if not editions.exists():
        return {"state": "off"}
    return {"state": "under_way" if editions.filter(finished=None).exists() else "finished"}


def doubts(claims: Sequence[Claim]) -> Iterator[Doubt]:
    """What editions say to the monitor of the log (`issuing.reconciliation`): an entry about an edition is ours when we
    have stored just these bytes. Of one institution, which is active."""
    ids = {claim: claim.subject.removeprefix(rules.SUBJECT) for claim in claims}
    rows = Edition.objects.filter(award__public_id__in=set(ids.values())).exclude(signed=None)
    signed = dict(rows.values_list("award__public_id", "signed"))
    for claim, public_id in ids.items():
        found = signed.get(public_id)
        if found is None:
            yield Doubt(claim, "monitor.no_award")
        elif claim.salt is not None and claim.commitment != commitment_of(secured(bytes(found)), claim.salt):
            yield Doubt(claim, "monitor.other_credential")
