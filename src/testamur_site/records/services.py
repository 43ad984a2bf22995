"""What changes. Each function is one transaction, may be repeated, and writes its audit entry with the change.

A learner's transcripts are theirs and are audited to nobody. What is sent to an institution is: that it came, was opened, and is over,
by the sending's random identifier; never whose it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from testamur import strict_json
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.keys.api import deployment_signer
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.permissions.api import Right, allows
from testamur_site.foundation.tenancy.api import Institution, members, new_public_id, tenant, unscoped
from testamur_site.verification.api import verifier_profile
from testamur_site.wallet.api import Holder

from . import queries
from .errors import NothingChosen, TooMany, TooMuch, WrongState
from .models import OutsideSending, Sending, Transcript
from .rules import (
    MAX_BYTES,
    MAX_CREDENTIALS,
    MAX_OPEN_SENDINGS,
    MAX_TRANSCRIPTS,
    READABLE,
    SendingState,
    compose,
)


def make_transcript(holder: Holder, chosen: Iterable[str], title: str = "") -> Transcript:
    """Put the chosen credentials (digests of their bytes) into a transcript and sign it.

    1. Compose from what the holder has now; what they do not have is not chosen.
    2. Keep the prepared document and queue the job that would sign it if we were killed now. 3. Sign here and now.

    Raises NothingChosen, TooMuch, TooMany, and the errors of signing; after those the job tries again.
    """
    pieces, other = queries.pieces_of(holder)
    wanted = set(chosen)
    taken = [piece for piece in pieces if piece.digest in wanted]
    if not taken:
        raise NothingChosen()
    if len(taken) > MAX_CREDENTIALS:
        raise TooMuch(limit=MAX_CREDENTIALS, unit="credentials")
    address = holder.addresses.order_by("pk").first()
    with translation.override(holder.language):
        title = title.strip()[:120] or _("Transcript of learning")
    made = Transcript(holder=holder, title=title, count=len(taken), public_id=new_public_id())
    document = compose(
        taken,
        id=made.url,
        issuer=verifier_profile(),
        name=title,
        holder=holder.name,
        email=address.email if address else "",
        partial=bool(other) or len(taken) < len(pieces),
        now=made.made_at,
    )
    made.prepared = strict_json.dumps(document)
    if len(made.prepared) > MAX_BYTES:
        raise TooMuch(limit=MAX_BYTES, unit="bytes")
    with transaction.atomic():
        Holder.objects.select_for_update(no_key=True).get(pk=holder.pk)
        if Transcript.objects.filter(holder=holder).count() >= MAX_TRANSCRIPTS:
            raise TooMany(limit=MAX_TRANSCRIPTS)
        made.save(force_insert=True)
        enqueue("testamur_site.records.jobs.sign", {"transcript": made.public_id}, key=f"transcript:{made.public_id}")
    return finish(made)


def finish(transcript: Transcript) -> Transcript:
    """Sign a transcript that is not signed yet. Harmless at any time."""
    if transcript.signed is not None:
        return transcript
    now = timezone.now().replace(microsecond=0)
    signed = deployment_signer().secure(transcript.document(), kind="transcript", row=transcript.public_id, created=now)
    Transcript.objects.filter(pk=transcript.pk, signed=None).update(signed=strict_json.dumps(signed), signed_at=now)
    transcript.refresh_from_db()
    return transcript


def set_shared(transcript: Transcript, shared: bool) -> None:
    """Let anybody read the transcript who has its address, or nobody."""
    Transcript.objects.filter(pk=transcript.pk).update(shared=shared)


def delete_transcript(transcript: Transcript) -> None:
    """Delete it here. What was sent stays sent, until it is withdrawn."""
    Transcript.objects.filter(pk=transcript.pk).delete()


def _refuse_unsent(holder: Holder, transcript: Transcript) -> bytes:
    Holder.objects.select_for_update(no_key=True).get(pk=holder.pk)
    if transcript.holder_id != holder.pk or transcript.signed is None:
        raise WrongState(state="unsigned")
    open_ones = sum(one.state in READABLE for one in queries.sendings(holder))
    if open_ones >= MAX_OPEN_SENDINGS:
        raise TooMany(limit=MAX_OPEN_SENDINGS)
    return bytes(transcript.signed)


def send(transcript: Transcript, institution: Institution, *, purpose: str, until: date) -> Sending:
    """Send a copy to an institution of this deployment: the learner's consent, for a purpose and until a day. Its registrars are told.

    Raises WrongState (not signed yet), TooMany."""
    holder = transcript.holder
    with tenant(institution), transaction.atomic():
        content = _refuse_unsent(holder, transcript)
        sending = Sending.objects.create(
            institution=institution,
            holder=holder,
            title=transcript.title,
            name=holder.name,
            purpose=purpose,
            until=until,
            content=content,
            digest=_digest(content),
        )
        audit.record(
            "record.received",
            f"record:{sending.public_id}",
            institution=institution,
            facts={"until": until.isoformat(), "credentials": transcript.count},
        )
        for person in members(institution):
            if allows(person.role, Right.ISSUE) and person.user.is_active:
                _mail(
                    person.user.email,
                    "received",
                    {"sending": sending},
                    person.user.language,
                    f"record:{sending.public_id}:received:{person.user.pk}",
                    institution,
                )
        return sending


def send_outside(
    transcript: Transcript, *, receiver: str, purpose: str, until: date, email: str = "", language: str = "en"
) -> OutsideSending:
    """Make a link for somebody outside this deployment, and mail it to `email` if given. Raises WrongState, TooMany."""
    holder = transcript.holder
    with transaction.atomic():
        content = _refuse_unsent(holder, transcript)
        sending = OutsideSending.objects.create(
            holder=holder,
            title=transcript.title,
            receiver=receiver,
            purpose=purpose,
            until=until,
            content=content,
            digest=_digest(content),
        )
        if email:
            context = {"sending": sending, "name": holder.name}
            _mail(email, "outside", context, language, f"record:{sending.public_id}:outside", None, secret=True)
        return sending


def open_sending(sending: Sending | OutsideSending, *, actor: Any = None) -> None:
    """The receiver opens the copy. The first time is the receipt, and the learner is told. Raises WrongState where it is over."""
    table = _table(sending)
    with unscoped("the receiver of a record opens it"), transaction.atomic():
        fresh = table.objects.select_for_update(of=("self",)).get(pk=sending.pk)
        if not fresh.readable:
            raise WrongState(state=fresh.state)
        if fresh.opened_at is not None:
            return
        values: dict[str, Any] = {"state": SendingState.OPENED, "opened_at": timezone.now()}
        if isinstance(sending, Sending):
            values["opened_by"] = actor
            _audit(sending, "record.opened", actor=actor)
        table.objects.filter(pk=fresh.pk).update(**values)
        _tell_holder(sending, "opened")


def withdraw(sending: Sending | OutsideSending) -> bool:
    """The learner takes it back: nobody opens it any more, and the copy is deleted. Whether this call did it."""
    return _end(sending, SendingState.WITHDRAWN, "record.withdrawn")


def end(sending: Sending | OutsideSending) -> bool:
    """Its day has passed. Whether this call ended it."""
    return _end(sending, SendingState.ENDED, "record.ended")


def _end(sending: Sending | OutsideSending, state: SendingState, action: str) -> bool:
    table = _table(sending)
    values: dict[str, Any] = {"state": state, "over_at": timezone.now(), "content": None}
    if isinstance(sending, Sending):
        values["name"] = ""
    with unscoped("a learner's copy ends at any institution"), transaction.atomic():
        changed = table.objects.filter(pk=sending.pk, state__in=READABLE).update(**values)
        if changed and isinstance(sending, Sending):
            _audit(sending, action)
    return bool(changed)


def _table(sending: Sending | OutsideSending) -> Any:
    return Sending if isinstance(sending, Sending) else OutsideSending


def _audit(sending: Sending, action: str, *, actor: Any = None) -> None:
    with tenant(sending.institution):
        audit.record(action, f"record:{sending.public_id}", institution=sending.institution, actor=actor, facts={})


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _tell_holder(sending: Sending | OutsideSending, what: str) -> None:
    holder = sending.holder
    address = holder.addresses.order_by("pk").first()
    if address is None:
        return
    institution = sending.institution if isinstance(sending, Sending) else None
    receiver = institution.name if institution is not None else getattr(sending, "receiver", "")
    _mail(
        address.email,
        what,
        {"sending": sending, "receiver": receiver, "opened": timezone.now()},
        holder.language,
        f"record:{sending.public_id}:{what}",
        institution,
    )


def _mail(
    to: str,
    what: str,
    context: dict[str, Any],
    language: str,
    key: str,
    institution: Institution | None,
    *,
    secret: bool = False,
) -> None:
    try:
        mail.send(
            to,
            f"records/mail/{what}",
            context,
            language,
            institution=institution,
            dedupe_key=key,
            secret=secret,
        )
    except ValidationError:
        if institution is not None:
            audit.record("mail.refused", "record", institution=institution, facts={"mail": what})


def due(day: date) -> list[Sending | OutsideSending]:
    """What should have ended by `day` and has not."""
    over = models.Q(until__lt=day, state__in=READABLE)
    with unscoped("the platform ends what is over, at all institutions"):
        inside = list(Sending.objects.filter(over).select_related("institution").defer("content")[:500])
    return [*inside, *OutsideSending.objects.filter(over).defer("content")[:500]]
