from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from testamur_site.catalogue.api import AchievementVersion, published
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, sentences
from ..errors import IssuingError
from ..models import Award, Batch
from ..revocations import queries as revocations
from ..revocations import services as revoking
from ..revocations.rules import RevocationState, Scope
from ..rules import Why


def award_or_404(public_id: str) -> Award:
    found = queries.own_award(sound(public_id))
    if found is None:
        raise Http404
    return found


def batch_or_404(public_id: str) -> Batch:
    found = queries.own_batch(sound(public_id))
    if found is None:
        raise Http404
    return found


def asked(request: HttpRequest, name: str) -> str:
    """A parameter of the address, shortened."""
    return sound(request.GET.get(name, "")[:200])


def sound(text: str) -> str:
    """`text`, or "" where it holds a NUL: PostgreSQL refuses that in any text, and nothing here is named so."""
    return "" if "\x00" in text else text


def offered_version(institution: Institution, micro_credential: str) -> AchievementVersion | None:
    """The published version of one of the institution's micro-credentials, by the latter's public id; None for "" and unknown ones."""
    if not sound(micro_credential):
        return None
    return published(institution).filter(micro_credential__public_id=micro_credential).select_related("image").first()


def address(name: str, institution: Institution, *arguments: str) -> str:
    keys = {"slug": institution.slug}
    if arguments:
        keys["public_id"] = arguments[0]
    return reverse(f"issuing:{name}", kwargs=keys)


def attempt(request: HttpRequest, done: str, step: Callable[[], Any]) -> bool:
    """Do one step and say what came of it on the next page; False when it was refused."""
    try:
        step()
    except IssuingError as error:
        messages.error(request, sentences.of_error(error.code, error.facts))
        return False
    messages.success(request, done)
    return True


SECOND_PERSON = _lazy("Your institution revokes only what a second person has approved. Nothing happens until then.")


def propose(
    request: HttpRequest,
    institution: Institution,
    scope: Scope,
    why: Why,
    *,
    expected: int | None = None,
    **choices: bool,
) -> HttpResponse:
    """Propose a revocation and go to its page; where it is refused, say why and go to the list."""
    number = revocations.concerned(scope) if expected is None else expected
    try:
        made = revoking.propose(institution, scope, why, expected=number, actor=request.user, **choices)
    except IssuingError as error:
        messages.error(request, sentences.of_error(error.code, error.facts))
        return redirect("issuing:revocations", institution.slug)
    if made.state == RevocationState.PROPOSED:
        messages.success(request, _("The revocation is proposed. Somebody else can now approve it."))
    return redirect("issuing:revocation", institution.slug, made.public_id)


def awards_crumb(institution: Institution) -> tuple[str, str]:
    return _("Awards"), address("awards", institution)


def batches_crumb(institution: Institution) -> tuple[str, str]:
    return _("Batches"), address("batches", institution)


def revocations_crumb(institution: Institution) -> tuple[str, str]:
    return _("Revocations"), address("revocations", institution)
