"""The verify page. What programs ask stands in `programs`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.errors import InputError
from testamur.verification import Policy, presenters

from . import presentation, rules, services
from .forms import VerifyForm
from .limits import seconds_to_wait
from .messages import refusal_sentence
from .presentation import reader_language
from .programs.responses import as_json
from .receipts.services import offer
from .report_html import frame
from .report_html.report import render as report_html

_FRAMES_PER_MINUTE = 180  # the camera sends a frame every 700 ms at most


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and the report below it. An address of our own is verified as soon as the link is followed; a foreign one waits for
    the button, so that nobody can make us fetch an address by placing a link."""
    status = HTTPStatus.OK
    context: dict[str, Any] = {}
    if request.method == "POST":
        form = VerifyForm(request.POST, request.FILES)
        if wait := seconds_to_wait(request, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
            context["refusal"] = _too_often(wait)
            status = HTTPStatus.TOO_MANY_REQUESTS
        elif form.is_valid():
            recipient = form.cleaned_data["recipient"].strip() or None
            status = _answer(context, services.verify_input(form.given(), recipient=recipient), recipient)
        else:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    else:
        address = request.GET.get("address", "")[: rules.MAXIMUM_ADDRESS]
        form = VerifyForm(initial={"address": address})
        given = rules.read_text(address)
        if given.given is rules.Given.ADDRESS and rules.same_origin(given.address, settings.TESTAMUR_BASE_URL):
            if wait := seconds_to_wait(request, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
                context["refusal"] = _too_often(wait)
                status = HTTPStatus.TOO_MANY_REQUESTS
            else:
                _answer(context, services.verify_input(given))
    if "report" not in context:
        context["questions"] = presentation.questions(reader_language())
    response = _page(request, form, context, status)
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, form: VerifyForm, context: dict[str, Any], status: HTTPStatus) -> HttpResponse:
    """The page around what `context` says; for a report that somebody without a session asked for, the frame that is made already."""
    report = context.get("report")
    if report is not None:
        source, as_json = context["source"], context["report_json"]
        token = get_token(request)
        made = report_html(report, source=source, offer=context["offer"], as_json=as_json, csrf_token=token)
        if request.method == "GET" and not hasattr(request, "session"):
            word, address = report["verdictWord"], form.initial["address"]
            return HttpResponse(frame.page(request, made, verdict=word, address=address, csrf_token=token))
        context = {**context, "report_html": made}
    return render(request, "verification/verify.html", {"form": form, **context}, status=status)


def _too_often(seconds: int) -> str:
    return _("You asked very often. Please wait %(seconds)d seconds and try again.") % {"seconds": seconds}


def _answer(context: dict[str, Any], answer: services.Answer, recipient: str | None = None) -> HTTPStatus:
    if answer.report is None:
        context["refusal"] = refusal_sentence(answer.refusal, answer.source)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    language = reader_language()
    said = presenters.to_json(answer.report, language)
    context["report"] = presentation.arranged(said, language)
    context["report_json"] = as_json(_shorter(said), indented=True).decode("utf-8", "replace")
    context["source"] = answer.source
    context["offer"] = offer(answer.report, answer.content, Policy(recipient=recipient), language)
    return HTTPStatus.OK


def _shorter(said: dict[str, Any]) -> dict[str, Any]:
    """The report's JSON without the canonical form of what was signed, a third of it: programs get that from `/api/verify`."""
    proofs = [
        {name: value for name, value in proof.items() if name != "canonical_document"}
        for proof in said["technical"].get("proofs", ())
    ]
    return {**said, "technical": {**said["technical"], "proofs": proofs}}


@require_http_methods(["POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """Reads one frame of the camera, for browsers that cannot read QR codes themselves: `{"text": …}`, or 204 where there is none."""
    file = request.FILES.get("frame")
    if file is None or file.size > rules.MAXIMUM_BYTES or seconds_to_wait(request, "scan", _FRAMES_PER_MINUTE):
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    try:
        texts = services.read_qr_codes(file.read())
    except InputError:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    return JsonResponse({"text": texts[0]}) if texts else HttpResponse(status=HTTPStatus.NO_CONTENT)
