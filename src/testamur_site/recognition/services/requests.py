"""What learners do: send, answer, withdraw; and the institution's question in between.

Sending: 1. the documents are verified once more, which may fetch and writes nothing. 2. In one transaction the request, the documents and
the messages are written, and whoever decides is told. 3. A job looks whether an agreement decides at once (`deciding.look_at_agreements`);
killed before, the daily round of the jobs does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import MicroCredential
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.verification.api import verify_document
from testamur_site.wallet.api import Holder, storable, verdict_on_document

from .. import queries
from ..errors import AlreadySent, DeskClosed, NothingToSend, WrongState
from ..models import Message, Recognised, Request, SentDocument
from ..rules import MAXIMUM_DOCUMENTS, OPEN, RequestState, Result
from . import telling


@dataclass(frozen=True, slots=True)
class Offered:
    """A credential of the wallet that may be sent."""

    content: bytes
    media_type: str
    url: str
    shown: bool  # to be the holder's


def send(
    holder: Holder,
    institution: Institution,
    offered: Sequence[Offered],
    *,
    target: MicroCredential | None = None,
    message: str = "",
) -> Request:
    """Ask `institution` to recognise credentials, as `target` or as elective credits. Sending is the consent that it sees them.

    Raises DeskClosed, NothingToSend, AlreadySent.
    """
    if not 0 < len(offered) <= MAXIMUM_DOCUMENTS:
        raise NothingToSend(limit=MAXIMUM_DOCUMENTS)
    read = [(one, verify_document(one.content)) for one in offered]
    with tenant(institution), transaction.atomic():
        desk = queries.desk_of(institution)
        if desk is None or not desk.open:
            raise DeskClosed()
        Holder.objects.select_for_update().get(pk=holder.pk)
        digests = [hashlib.sha256(one.content).hexdigest() for one in offered]
        _refuse_known(holder, digests)
        request = Request.objects.create(
            institution=institution,
            holder=holder,
            target=target,
            due=timezone.localdate() + timedelta(days=desk.days),
        )
        for (one, report), digest in dict(zip(digests, zip(read, digests, strict=True), strict=True)).values():
            SentDocument.objects.create(
                institution=institution,
                request=request,
                holder=holder,
                content=one.content,
                digest=digest,
                media_type=one.media_type,
                url=one.url[:2048],
                subject=storable(dict(report.subject)),
                verdict=verdict_on_document(report).value,
                identity_shown=one.shown,
            )
        if message.strip():
            _write(request, holder, message, by_learner=True)
        _record("recognition.requested", request, {"documents": len(set(digests))})
        telling.registrars(request, "waiting", f"recognition:{request.public_id}:sent")
        enqueue(
            "testamur_site.recognition.jobs.look_at_agreements",
            {"request": request.public_id},
            key=f"recognition:{request.public_id}:agreements",
            institution=institution,
        )
        return request


def _refuse_known(holder: Holder, digests: Sequence[str]) -> None:
    """The same credential is not decided twice at one institution, unless it was refused or withdrawn."""
    waiting = SentDocument.objects.filter(holder=holder, digest__in=digests, request__state__in=OPEN)
    if (known := waiting.select_related("request").first()) is not None:
        raise AlreadySent(request=known.request.public_id)
    decided = Recognised.objects.filter(digest__in=digests, recognition__request__holder=holder)
    decided = decided.exclude(recognition__result=Result.REFUSED).exclude(recognition__award__state="revoked")
    if (found := decided.select_related("recognition__request").first()) is not None:
        raise AlreadySent(request=found.recognition.request.public_id)


def ask(request: Request, text: str, *, actor: Any) -> Request:
    """The institution asks for more. The days do not run on while the learner's answer is awaited. Raises WrongState."""
    with tenant(request.institution), transaction.atomic():
        fresh = locked(request, OPEN)
        if fresh.holder is None:
            raise WrongState(state=fresh.state)
        _write(fresh, fresh.holder, text, by_learner=False, by=actor)
        Request.objects.filter(pk=fresh.pk).update(state=RequestState.ASKED)
        _record("recognition.asked", fresh, actor=actor)
        telling.learner(fresh, "asked", f"recognition:{fresh.public_id}:asked:{fresh.messages.count()}")
        return locked(fresh)


def answer(request: Request, text: str) -> Request:
    """The learner writes; after a question the days begin anew. Raises WrongState."""
    with tenant(request.institution), transaction.atomic():
        fresh = locked(request, OPEN)
        if fresh.holder is None:
            raise WrongState(state=fresh.state)
        _write(fresh, fresh.holder, text, by_learner=True)
        if fresh.state == RequestState.ASKED:
            desk = queries.desk_of(fresh.institution)
            due = timezone.localdate() + timedelta(days=desk.days if desk is not None else 0)
            Request.objects.filter(pk=fresh.pk).update(state=RequestState.SENT, due=due, reminded_at=None)
        _record("recognition.answered", fresh)
        telling.registrars(fresh, "answered", f"recognition:{fresh.public_id}:answered:{fresh.messages.count()}")
        return locked(fresh)


def withdraw_request(request: Request) -> None:
    """The learner takes it back: what they sent is deleted at the institution. Raises WrongState for what was decided; twice changes
    nothing."""
    with tenant(request.institution), transaction.atomic():
        fresh = locked(request)
        if fresh.state == RequestState.WITHDRAWN:
            return
        if fresh.state not in OPEN:
            raise WrongState(state=fresh.state)
        SentDocument.objects.filter(request=fresh).delete()
        Message.objects.filter(request=fresh).delete()
        Request.objects.filter(pk=fresh.pk).update(state=RequestState.WITHDRAWN, closed_at=timezone.now())
        _record("recognition.withdrawn", fresh)


def locked(request: Request, states: frozenset[RequestState] | None = None) -> Request:
    """The request as it is now, for a change. Raises WrongState where it is in none of `states`."""
    found = Request.objects.select_for_update(of=("self",)).select_related("institution", "holder", "target")
    fresh = found.get(pk=request.pk)
    if states is not None and fresh.state not in states:
        raise WrongState(state=fresh.state)
    return fresh


def _write(request: Request, holder: Holder, text: str, *, by_learner: bool, by: Any = None) -> None:
    Message.objects.create(
        institution=request.institution,
        request=request,
        holder=holder,
        by_learner=by_learner,
        by=by,
        text=text.strip()[:4000],
    )


def _record(action: str, request: Request, facts: dict[str, Any] | None = None, *, actor: Any = None) -> None:
    audit.record(
        action,
        f"recognition_request:{request.public_id}",
        institution=request.institution,
        actor=actor,
        facts=facts or {},
    )
