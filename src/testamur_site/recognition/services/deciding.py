"""From a request to a decision, and from a decision to the credential that says it.

1. Verify again what was sent: what counts is how it stands on the day of the decision.
2. Refuse what could not be awarded, before anything is decided.
3. In one transaction: the decision, what it is about, the state of the request, the audit entry, and a job that awards.
4. Award, here and now. The key is the decision's, so the job finds it done, and a repetition finds the same award. The credential is put
   into the wallet of the learner, who asked for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from testamur_site.catalogue.api import AchievementVersion, MicroCredential, published
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing.api import Award, AwardData, IssuingError, award_recognition, refuse_recognition
from testamur_site.verification.api import verify_document
from testamur_site.wallet.api import claim, deposit, storable, verdict_on_document

from .. import queries
from ..errors import CannotBeAwarded, CreditsMissing, NotValid, RecognitionError, WrongState
from ..models import Agreement, Recognised, Recognition, Request, SentDocument, plain
from ..rules import OPEN, RequestState, Result, Source, coverage, sri
from . import telling
from .elective import elective_version
from .requests import locked


def verify_again(request: Request) -> list[SentDocument]:
    """Verify what was sent as of now, and keep what came out."""
    with tenant(request.institution):
        documents = list(SentDocument.objects.filter(request=request))
        for document in documents:
            report = verify_document(bytes(document.content))
            document.verdict, document.verified_at = verdict_on_document(report).value, timezone.now()
            if report.subject:
                document.subject = storable(dict(report.subject))
            document.save(update_fields=["verdict", "verified_at", "subject"])
        return documents


def decide(
    request: Request,
    result: Result,
    *,
    reason: str,
    target: MicroCredential | None = None,
    amount: Decimal | None = None,
    source: Source = Source.TRANSFERRED,
    agreement: Agreement | None = None,
    actor: Any = None,
) -> Recognition:
    """Decide a request. `target` is what it is recognised as; None: elective credits, `amount` of them. In part means elective credits,
    for nobody has half a micro-credential.

    Raises WrongState, NotValid (a credential that is invalid now; one that could not be decided is left to the person who decides),
    CreditsMissing, CannotBeAwarded. Then nothing was decided.
    """
    institution = request.institution
    documents = verify_again(request)
    version: AchievementVersion | None = None
    if result is not Result.REFUSED:
        bad = [document.sent.name for document in documents if document.verdict == "invalid"]
        if bad or not documents:
            raise NotValid(titles=bad)
        version = _version(request, result, target, amount, actor)
        try:
            refuse_recognition(
                version, _data(request, documents, reason), amount=_stated(target, amount), reason=reason
            )
        except IssuingError as error:
            raise CannotBeAwarded(code=error.code) from error
    with tenant(institution), transaction.atomic():
        fresh = locked(request, OPEN)
        if agreement is not None and agreement.cap is not None:
            Agreement.objects.select_for_update().get(pk=agreement.pk)
            if used_by(agreement, fresh) + (amount or Decimal(0)) > agreement.cap:
                raise WrongState(state="cap")
        made = Recognition.objects.create(
            institution=institution,
            request=fresh,
            result=result,
            target=version,
            elective=version is not None and target is None,
            credits=amount if version is not None else None,
            source=source,
            reason=reason.strip(),
            agreement=agreement,
            decided_by=actor,
            approver=agreement.title if agreement is not None else institution.name,
        )
        for document in documents:
            sent = document.sent
            Recognised.objects.create(
                institution=institution,
                recognition=made,
                issuer=sent.issuer,
                issuer_name=sent.issuer_name,
                achievement=sent.achievement,
                name=sent.name,
                digest=document.digest,
            )
        Request.objects.filter(pk=fresh.pk).update(state=RequestState.DECIDED, closed_at=timezone.now())
        audit.record(
            "recognition.decided",
            f"recognition_request:{fresh.public_id}",
            institution=institution,
            actor=actor,
            facts={
                "result": result.value,
                "credits": plain(amount),
                "agreement": agreement.public_id if agreement is not None else "",
            },
        )
        telling.learner(fresh, "decided", f"recognition:{fresh.public_id}:decided", recognition=made)
        if version is not None:
            enqueue(
                "testamur_site.recognition.jobs.award",
                {"recognition": made.public_id},
                key=f"recognition:{made.public_id}:award",
                institution=institution,
            )
    if version is not None:
        award(made)
        made.refresh_from_db()
    return made


def award(recognition: Recognition) -> Award | None:
    """The credential that says the decision; the one that was made before where there is one. None where there is none to make: a refusal,
    or a learner who left before it was made. Raises the errors of issuing."""
    institution = recognition.institution
    with tenant(institution):
        fresh = Recognition.objects.select_related(
            "request__holder",
            "target__institution",
            "target__micro_credential",
            "target__image",
            "agreement",
            "institution",
        ).get(pk=recognition.pk)
        version, holder = fresh.target, fresh.request.holder
        if version is None or holder is None:
            return None
        documents = list(SentDocument.objects.filter(request=fresh.request))
        micro_credential = None if fresh.elective else version.micro_credential
        made = award_recognition(
            version,
            _data(fresh.request, documents, fresh.reason),
            key=fresh.public_id,
            amount=_stated(micro_credential, fresh.credits),
            reason=fresh.reason,
            actor=fresh.decided_by,
        )
        with transaction.atomic():
            Recognition.objects.filter(pk=fresh.pk, award=None).update(award=made)
            if made.published:
                claim(deposit(made), holder.language)
        return made


def look_at_agreements(request: Request) -> Recognition | None:
    """Decide by an agreement that covers all that was sent, if there is one. None where a person has to decide."""
    with tenant(request.institution):
        fresh = Request.objects.select_related("institution", "holder", "target").get(pk=request.pk)
        if fresh.state != RequestState.SENT or fresh.holder is None:
            return None
        documents = verify_again(fresh)
        for agreement in queries.agreements_in_force(fresh.institution):
            if not agreement.automatic or agreement.target_id != fresh.target_id:
                continue
            found = coverage(
                agreement.terms,
                [document.sent for document in documents],
                fresh.holder.name,
                used=used_by(agreement, fresh),
                on=timezone.localdate(),
            )
            if not found.covers:
                continue
            try:
                return decide(
                    fresh,
                    Result.RECOGNISED,
                    reason=by_agreement(agreement, fresh.holder.language),
                    target=agreement.target,
                    amount=found.credits,
                    agreement=agreement,
                )
            except RecognitionError:
                return None  # a person sees it at the desk, and what stands in the way
    return None


def by_agreement(agreement: Agreement, language: str) -> str:
    """The reason of a decision that nobody had to make, in the learner's language."""
    with translation.override(language):
        return _("Recognised automatically under the agreement “%(title)s” with %(partner)s.") % {
            "title": agreement.title,
            "partner": agreement.partner_name,
        }


def used_by(agreement: Agreement, request: Request) -> Decimal:
    """The credits that were recognised to the learner by this agreement, and not revoked."""
    earlier = Recognition.objects.filter(agreement=agreement, request__holder=request.holder_id)
    return earlier.exclude(award__state="revoked").aggregate(all=Sum("credits"))["all"] or Decimal(0)


def _version(
    request: Request, result: Result, target: MicroCredential | None, amount: Decimal | None, actor: Any
) -> AchievementVersion:
    if result is Result.PARTLY and target is not None:
        raise WrongState(state=result.value)
    if target is not None:
        version = published(request.institution).filter(micro_credential=target).first()
        if version is None:
            raise CannotBeAwarded(code="recognition.not_published")
        return version
    if not amount or amount <= 0:
        raise CreditsMissing()
    return elective_version(request.institution, actor=actor)


def _stated(target: MicroCredential | None, amount: Decimal | None) -> Decimal | None:
    """The credits that the credential states: those decided for elective credits, the micro-credential's own otherwise."""
    return amount if target is None else None


def _data(request: Request, documents: Sequence[SentDocument], reason: str) -> AwardData:
    holder = request.holder
    if holder is None:
        raise WrongState(state=request.state)
    address = holder.addresses.order_by("pk").first()
    return AwardData(
        name=holder.name or next((document.sent.holder for document in documents if document.sent.holder), ""),
        email=address.email if address else "",
        awarded_date=timezone.localdate(),
        language=holder.language if holder.language in ("en", "ko") else "en",
        evidence=[_evidence(document, reason, holder.language) for document in documents],
    )


def _evidence(document: SentDocument, reason: str, language: str) -> dict[str, str]:
    """The recognised credential as evidence: by its identifier and the digest of its bytes. It is not embedded: it is the learner's to
    show."""
    identifier = str(document.subject.get("id", ""))
    with translation.override(language):
        issued = _("Recognised credential, issued by %(issuer)s.") % {
            "issuer": document.sent.issuer_name or document.sent.issuer
        }
    return {
        "url": identifier if identifier.startswith(("https://", "http://", "urn:", "did:")) else "",
        "name": document.sent.name[:200],
        "description": issued,
        "narrative": reason,
        "genre": "Recognition of prior learning",
        "digest": sri(document.digest),
    }
