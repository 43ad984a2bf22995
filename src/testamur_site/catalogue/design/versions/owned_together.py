"""What other institutions asked this one to agree to, because both own it together."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ... import services
from ...errors import ConsentOutdated
from ...exchange.achievement import content_hash
from ...models import CoOwnerConsent
from ...public.presentation import present
from .. import common
from ..assessed.plan import say, task_shown
from ..assessed.rubric_words import rubric_shown
from .forms import ReasonForm


@require_safe
@staff_view(Right.VIEW)
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Everything that was asked, newest first."""
    rows = [{"consent": row, "title": row.version.title, "state": _state(row)} for row in services.own_consents()]
    context = {"rows": rows, "crumbs": common.crumbs(institution, (_("Owned together"), ""))}
    return render(request, "catalogue/design/versions/owned_together.html", context)


@require_safe
@staff_view(Right.VIEW)
def one(request: HttpRequest, institution: Institution, version_id: str) -> HttpResponse:
    """What the version says, and (for designers) the two answers."""
    consent = services.own_consent(version_id)
    if consent is None:
        raise Http404
    return render(request, "catalogue/design/versions/consent.html", _context(institution, consent, ReasonForm()))


@require_POST
@staff_view(Right.DESIGN)
def answer(request: HttpRequest, institution: Institution, version_id: str) -> HttpResponse:
    """Agree, or decline with a reason."""
    consent = services.own_consent(version_id)
    if consent is None:
        raise Http404
    seen = request.POST.get("content", "")[:64]
    form = ReasonForm(request.POST)
    back = reverse("catalogue:owned_together", args=[institution.slug])
    try:
        if "agree" in request.POST:
            services.agree(consent, seen, actor=request.user)
            messages.success(request, _("Agreed. It can be published as it stands."))
        elif form.is_valid():
            services.decline(consent, seen, form.cleaned_data["reason"], actor=request.user)
            messages.success(request, _("Declined. The other institution reads your reason."))
        else:
            context = _context(institution, consent, form)
            return render(request, "catalogue/design/versions/consent.html", context, status=422)
    except ConsentOutdated:
        messages.warning(request, _("It was changed while you were reading. Please look again."))
        back = reverse("catalogue:consent", args=[institution.slug, version_id])
    return HttpResponseRedirect(back)


def _context(institution: Institution, consent: CoOwnerConsent, form: ReasonForm) -> dict[str, Any]:
    version = consent.version
    d = version.description
    return {
        "consent": consent,
        "state": _state(consent),
        "version": version,
        "owner": version.institution,
        "shown": present(d),
        "outcomes": [say(outcome.title) for outcome in d.outcomes],
        "tasks": [task_shown(d, task) for task in d.tasks],
        "rubrics": [rubric_shown(rubric, d) for rubric in d.rubrics],
        "content": content_hash(version),
        "form": form,
        "crumbs": common.crumbs(
            institution,
            (_("Owned together"), reverse("catalogue:owned_together", args=[institution.slug])),
            (version.title or _("Untitled"), ""),
        ),
    }


def _state(consent: CoOwnerConsent) -> str:
    """As it concerns this content: an agreement to what it said before is none."""
    if consent.state == CoOwnerConsent.State.AGREED and consent.content_hash != content_hash(consent.version):
        return "changed"
    return str(consent.state)
