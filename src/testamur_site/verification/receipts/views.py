"""The page that makes a receipt: from a report that was just shown, or from a document."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur import strict_json
from testamur.verification import Policy
from testamur.verification import receipt as receipts
from testamur_site.verification import services as verification
from testamur_site.verification.forms import VerifyForm
from testamur_site.verification.http.our_pages import from_our_pages
from testamur_site.verification.limits import seconds_to_wait
from testamur_site.verification.messages import refusal_sentence

from . import presentation, services


@from_our_pages
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """GET: what a receipt is, and the form. POST with `offer`: the receipt of a report; with a document or an address: its verification and
    receipt.
    POST with `offer` and `download`: the signed receipt as a file."""
    if request.method != "POST":
        return _page(request, VerifyForm(initial={}))
    form = VerifyForm(request.POST, request.FILES)
    if wait := seconds_to_wait(request, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
        refusal = _("You asked very often. Please wait %(seconds)d seconds and try again.") % {"seconds": wait}
        return _page(request, form, HTTPStatus.TOO_MANY_REQUESTS, refusal=refusal)
    offered = request.POST.get("offer", "")
    if not offered:
        if not form.is_valid():
            return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        recipient = form.cleaned_data["recipient"].strip() or None
        answer = verification.verify_input(form.given(), recipient=recipient)
        if answer.report is None:
            refusal = refusal_sentence(answer.refusal, answer.source)
            return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY, refusal=refusal)
        offered = services.offer(answer.report, answer.content, Policy(recipient=recipient), get_language() or "en")
    try:
        signed = services.redeem(offered)
    except services.OfferRefused:
        refusal = _("A receipt can be made within an hour of the verification. Verify the document again.")
        return _page(request, VerifyForm(), HTTPStatus.UNPROCESSABLE_ENTITY, refusal=refusal)
    if request.POST.get("download"):
        return _file(signed)
    shown = presentation.page(strict_json.loads(signed), receipts.digest_of(signed))
    return _page(request, None, receipt=shown, offer=offered)


def _page(request: HttpRequest, form: VerifyForm | None, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
    context |= {"form": form, "crumbs": [(_("Verify"), reverse("verification:verify")), (_("Receipt"), "")]}
    response = render(request, "verification/receipts/receipt.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _file(signed: bytes) -> HttpResponse:
    response = HttpResponse(signed, content_type="application/vc")
    response["Content-Disposition"] = 'attachment; filename="verification-receipt.json"'
    response["Cache-Control"] = "no-store"
    return response
