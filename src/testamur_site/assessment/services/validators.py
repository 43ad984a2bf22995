"""Industry validators: invited by a link, without an account. The link holds a secret of which only the digest is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from testamur_site.catalogue.api import Offering
from testamur_site.enrolment.api import Submission
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import unscoped

from ..designs import design_of
from ..errors import LinkClosed, NotAllowedNow, TooManyValidators
from ..models import Mark, Validator
from ..rules import TO_DO, VALIDATOR_LINK_VALID, VALIDATORS_A_DAY, MarkState, ResultState, Role, new_token, token_digest
from .allocation import give_to_validators
from .common import current_result, lock, record


@transaction.atomic
def invite(
    offering: Offering,
    task_key: str,
    *,
    organisation_name: str,
    organisation_url: str,
    name: str,
    email: str,
    language: str,
    most: int,
    actor: Any,
) -> tuple[Validator, str]:
    """Invite somebody of an organisation to mark submissions of a task, by mail. The validator, and the link, which is shown once.

    Raises NoSuchTask, NotAllowedNow where the scheme knows no validators, TooManyValidators.
    """
    lock(offering.institution)
    design = design_of(offering.version, task_key)
    if not design.scheme.industry:
        raise NotAllowedNow(state="no_industry")
    if Validator.objects.filter(created_at__gt=timezone.now() - timedelta(days=1)).count() >= VALIDATORS_A_DAY:
        raise TooManyValidators
    token = new_token()
    validator: Validator = Validator.objects.create(
        institution=offering.institution,
        offering=offering,
        task_key=task_key,
        organisation_name=organisation_name,
        organisation_url=organisation_url,
        name=name,
        email=email,
        language=language,
        most=most,
        token_digest=token_digest(token),
        invited_by=actor,
        expires_at=timezone.now() + VALIDATOR_LINK_VALID,
    )
    record("validator.invited", validator, actor=actor, facts={"task": task_key})
    for submission in _waiting(offering, task_key):
        give_to_validators(submission, design.scheme.industry)
    link = _send(validator, token, design.title(language))
    return validator, link


@transaction.atomic
def new_link(validator: Validator, *, actor: Any) -> str:
    """Replace a validator's link by a new one, which is sent and returned; the old one is closed. Raises LinkClosed when revoked."""
    lock(validator.institution)
    validator = Validator.objects.select_related("offering__version", "institution").get(pk=validator.pk)
    if validator.revoked_at is not None:
        raise LinkClosed
    token = new_token()
    Validator.objects.filter(pk=validator.pk).update(
        token_digest=token_digest(token), expires_at=timezone.now() + VALIDATOR_LINK_VALID
    )
    validator.refresh_from_db()
    record("validator.link_renewed", validator, actor=actor)
    return _send(validator, token, design_of(validator.offering.version, validator.task_key).title(validator.language))


@transaction.atomic
def revoke(validator: Validator, *, actor: Any) -> None:
    """Close a validator's link. What they marked stays; what they have in hand goes to others. Doing it twice is doing it once."""
    lock(validator.institution)
    closed = Validator.objects.filter(pk=validator.pk, revoked_at=None).update(revoked_at=timezone.now())
    if not closed:
        return
    record("validator.revoked", validator, actor=actor)
    in_hand = list(
        Mark.objects.filter(validator=validator, state__in=TO_DO).select_related(
            "submission__enrolment__version", "submission__enrolment__learner"
        )
    )
    Mark.objects.filter(pk__in=[mark.pk for mark in in_hand]).update(state=MarkState.RETURNED)
    for mark in in_hand:
        design = design_of(mark.submission.enrolment.version, mark.submission.task_key)
        give_to_validators(mark.submission, design.scheme.industry)


def by_token(token: str) -> Validator:
    """The validator of a link. Raises LinkClosed for one that is unknown, withdrawn or over, without saying which."""
    with unscoped("a link says by itself whose it is"):
        found = (
            Validator.objects.select_related("institution", "offering__version__micro_credential")
            .filter(token_digest=token_digest(token), revoked_at=None, expires_at__gt=timezone.now())
            .first()
        )
        if found is None:
            raise LinkClosed
        if found.opened_at is None:
            Validator.objects.filter(pk=found.pk, opened_at=None).update(opened_at=timezone.now())
        return found


def _waiting(offering: Offering, task_key: str) -> list[Submission]:
    """The submissions of a task whose results are open, the oldest first."""
    rows = Submission.objects.filter(enrolment__offering=offering, task_key=task_key, state="submitted").select_related(
        "enrolment__learner", "enrolment__version", "institution"
    )
    found = []
    for submission in rows.order_by(F("submitted_at").asc(nulls_last=True), "pk"):
        result = current_result(submission)
        if result is not None and result.state == ResultState.PROVISIONAL and result.round == 1:
            found.append(submission)
    return found


def _send(validator: Validator, token: str, task: str) -> str:
    link = f"{settings.TESTAMUR_BASE_URL}/validate/{token}"
    mail.send(
        validator.email,
        "assessment/mail/validator",
        {"validator": validator, "task": task, "link": link},
        validator.language,
        institution=validator.institution,
        dedupe_key=f"validator:{validator.public_id}:{validator.token_digest[:16]}",
        secret=True,
    )
    return link


def marks_in_hand(validator: Validator) -> list[Mark]:
    """What a validator has still to mark, the oldest first."""
    return list(
        Mark.objects.filter(
            validator=validator, role=Role.INDUSTRY, state__in=TO_DO, submission__state="submitted"
        ).order_by("pk")
    )
