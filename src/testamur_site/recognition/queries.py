"""What is read of recognition."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from testamur.pathways import Holding, Use
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing.api import Award, credential_bytes
from testamur_site.wallet.api import DepositState, HeldDocument, Holder, deposits_of, imported_documents

from .models import Agreement, Desk, Equivalence, Recognised, Recognition, Request, SentDocument
from .rules import AgreementState, RequestState, Result

_WITH = ("institution", "holder", "target", "recognition__target", "recognition__award", "recognition__agreement")


def desk_of(institution: Institution) -> Desk | None:
    with tenant(institution):
        return Desk.objects.first()


def open_desks() -> list[Desk]:
    """The institutions that take requests, by name."""
    with unscoped("a learner chooses among all institutions"):
        return list(Desk.objects.filter(open=True).select_related("institution").order_by("institution__name"))


def requests(institution: Institution) -> QuerySet[Request]:
    """What learners sent to an institution, the most urgent first. What was withdrawn is no longer its business."""
    with tenant(institution):
        return Request.objects.exclude(state=RequestState.WITHDRAWN).select_related(*_WITH).order_by("due", "pk")


def own_request(institution: Institution, public_id: str) -> Request | None:
    return requests(institution).filter(public_id=public_id).first() if "\x00" not in public_id else None


def requests_of(holder: Holder) -> list[Request]:
    with unscoped("a holder asks several institutions"):
        return list(Request.objects.filter(holder=holder).select_related(*_WITH).order_by("-sent_at", "-pk"))


def request_by_public_id(public_id: str) -> Request | None:
    with unscoped("a worker, or a holder, is told which request"):
        return (
            Request.objects.filter(public_id=public_id).select_related(*_WITH).first()
            if "\x00" not in public_id
            else None
        )


def recognition_by_public_id(public_id: str) -> Recognition | None:
    with unscoped("a worker is told which decision"):
        return Recognition.objects.filter(public_id=public_id).select_related("institution").first()


def documents_of(request: Request) -> list[SentDocument]:
    with tenant(request.institution):
        return list(SentDocument.objects.filter(request=request).defer("content"))


def past_decisions(institution: Institution, documents: list[SentDocument], but: Request) -> list[Recognised]:
    """What was decided before about the same achievements, newest first."""
    wanted = Q()
    for document in documents:
        sent = document.sent
        if sent.achievement:
            wanted |= Q(achievement=sent.achievement)
        elif sent.issuer and sent.name:
            wanted |= Q(issuer=sent.issuer, name=sent.name)
    if not wanted:
        return []
    with tenant(institution):
        found = Recognised.objects.filter(wanted).exclude(recognition__request=but)
        return list(
            found.select_related("recognition__target", "recognition__request").order_by("-recognition__decided_at")[
                :20
            ]
        )


def agreements(institution: Institution) -> QuerySet[Agreement]:
    with tenant(institution):
        return Agreement.objects.select_related("institution", "target")


def own_agreement(institution: Institution, public_id: str) -> Agreement | None:
    return agreements(institution).filter(public_id=public_id).first() if "\x00" not in public_id else None


def agreements_in_force(institution: Institution) -> list[Agreement]:
    """Those that hold today, the oldest first."""
    today = timezone.localdate()
    with tenant(institution):
        active = agreements(institution).filter(state=AgreementState.ACTIVE, valid_from__lte=today)
        return list(active.filter(Q(valid_until=None) | Q(valid_until__gte=today)).order_by("pk"))


def equivalences(institution: Institution) -> QuerySet[Equivalence]:
    """What is published and holds today."""
    with tenant(institution):
        found = Equivalence.objects.filter(withdrawn_at=None).select_related("institution", "target")
        return found.filter(Q(valid_until=None) | Q(valid_until__gte=timezone.localdate()))


def own_equivalence(institution: Institution, public_id: str) -> Equivalence | None:
    return equivalences(institution).filter(public_id=public_id).first() if "\x00" not in public_id else None


def equivalences_of(institution: Institution, documents: list[SentDocument]) -> list[Equivalence]:
    """What is published about the achievements that were sent."""
    named = {document.sent.achievement for document in documents} - {""}
    return list(equivalences(institution).filter(achievement__in=named)) if named else []


def recognised_for(holder: Holder) -> Iterator[HeldDocument]:
    """The credentials of recognition that a holder has accepted, with what they count as: `transferred` or `recognised_prior_learning`, and
    who approved it. And the credentials that were recognised, with where they count already, so that a programme that does not count
    anything twice sees it."""
    standing = {
        deposit.award_id: deposit.award
        for deposit in deposits_of(holder)
        if deposit.state == DepositState.CLAIMED and deposit.award.published and deposit.award.successor is None
    }
    with unscoped("a holder's recognitions come from several institutions"):
        decided = Recognition.objects.filter(request__holder=holder).exclude(award=None).exclude(result=Result.REFUSED)
        found = list(decided.select_related("award", "institution", "agreement", "request").order_by("pk"))
        sent = {
            recognition.pk: list(SentDocument.objects.filter(request=recognition.request_id, holder=holder))
            for recognition in found
        }
    still = _digests(holder) if found else set()
    for recognition in found:
        award = standing.get(_newest(recognition.award).pk) if recognition.award is not None else None
        if award is None:
            continue
        stated = Holding(id=award.url, source=recognition.source, approver=recognition.approver)
        yield HeldDocument(credential_bytes(award), "application/json", award.url, {award.url: stated})
        if award.state == "issued":
            kept = [document for document in sent[recognition.pk] if document.digest in still]
            yield from _originals(kept, award, recognition)


def _originals(documents: list[SentDocument], award: Award, recognition: Recognition) -> Iterator[HeldDocument]:
    """What was recognised and the holder still has. What they have no longer counts for nothing."""
    use = Use(programme=award.url, kind="recognition", institution=recognition.institution.did)
    for document in documents:
        if document.identity_shown:
            identifier = str(document.subject.get("id", ""))
            stated: Mapping[str, Any] = {identifier: Holding(id=identifier or document.digest, uses=(use,))}
            yield HeldDocument(bytes(document.content), document.media_type, document.url, stated)


def _digests(holder: Holder) -> set[str]:
    own = {
        hashlib.sha256(credential_bytes(deposit.award)).hexdigest()
        for deposit in deposits_of(holder)
        if deposit.state == DepositState.CLAIMED and deposit.award.published and deposit.award.successor is None
    }
    return own | {document.digest for document in imported_documents(holder)}


def _newest(award: Award) -> Award:
    """The award that took this one's place, through all corrections."""
    with unscoped("a chain of corrections of one award"):
        for _ in range(50):
            successor = award.successor
            if successor is None:
                return award
            award = successor
    return award
