"""The verify page. What programs ask stands in `programs`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.errors import InputError
from testamur.verification import Policy, presenters

from . import presentation, rules, services
from .forms import VerifyForm
from .http.our_pages import from_our_pages
from .limits import seconds_to_wait
from .messages import refusal_sentence
from .presentation import reader_language
from .programs.responses import as_json
from .receipts.services import offer
from .report_html import frame, outline
from .report_html.report import render as report_html

_FRAMES_PER_MINUTE = 180  # the camera sends a frame every 700 ms at most


@from_our_pages
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and the report below it. An address of our own is verified as soon as the link is followed; a foreign one waits for
    the button, so that nobody can make us fetch an address by placing a link."""
    if request.method != "POST":
        address = request.GET.get("address", "")[: rules.MAXIMUM_ADDRESS]
        given = own_address(address)
        if given is None:
            return told(request, address)
        if wait := seconds_to_wait(request, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
            return told(request, address, wait=wait)
        return told(request, address, services.verify_input(given))
    form = VerifyForm(request.POST, request.FILES)
    if wait := seconds_to_wait(request, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
        return _page(request, form, {"refusal": _too_often(wait)}, HTTPStatus.TOO_MANY_REQUESTS)
    if not form.is_valid():
        return _page(request, form, {}, HTTPStatus.UNPROCESSABLE_ENTITY)
    recipient = form.cleaned_data["recipient"].strip() or None
    answer = services.verify_input(form.given(), recipient=recipient)
    if answer.report is None:
        return _page(request, form, _refused(answer), HTTPStatus.UNPROCESSABLE_ENTITY)
    said = presenters.to_json(answer.report, reader_language())
    context = _reported(answer, said) | {
        # The document is gone when the page is shown, so all that may be wanted of its report stands on it.
        "report_json": as_json(_shorter(said), indented=True).decode("utf-8", "replace"),
        "offer": offer(answer.report, answer.content, Policy(recipient=recipient), reader_language()),
    }
    return _page(request, form, context)


def own_address(address: str) -> rules.Input | None:
    return rules.own_address(address, settings.TESTAMUR_BASE_URL)


def told(request: HttpRequest, address: str, answer: services.Answer | None = None, *, wait: int = 0) -> HttpResponse:
    """The page of a link to it: the form with `address`, and below it the `answer`, or that one must `wait` so many seconds."""
    if answer is not None and answer.report is not None:
        if request.method == "GET" and not hasattr(request, "session"):
            return _unkept(HttpResponse(framed(answer, address, request.get_full_path())))
        context = _reported(answer, presenters.to_json(answer.report, reader_language())) | {"address": address}
    elif answer is not None:
        context = _refused(answer)
    else:
        context = {"refusal": _too_often(wait)} if wait else {}
    status = HTTPStatus.TOO_MANY_REQUESTS if wait else HTTPStatus.OK
    return _page(request, VerifyForm(initial={"address": address}), context, status)


def framed(answer: services.Answer, address: str, here: str) -> bytes:
    """The page of a link with its report, for somebody without a session, who is at the address `here`."""
    if answer.report is None:
        raise ValueError("there is no report")
    if (quick := outline.page(answer.report, source=answer.source, address=address, here=here)) is not None:
        return quick
    return part_by_part(answer, address, here)


def part_by_part(answer: services.Answer, address: str, here: str) -> bytes:
    """The same, of a report that has no outline."""
    if answer.report is None:
        raise ValueError("there is no report")
    language = reader_language()
    report = presentation.arranged(presenters.to_json(answer.report, language), language)
    made = report_html(report, source=answer.source, address=address)
    return frame.page(made, verdict=report["verdictWord"], address=address, here=here)


def _page(
    request: HttpRequest, form: VerifyForm, context: dict[str, Any], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """The page around what `context` says."""
    if "report" not in context:
        context["questions"] = presentation.questions(reader_language())
    else:
        beside = {name: context.get(name, "") for name in ("source", "offer", "address")}
        context["report_html"] = report_html(context["report"], as_json=context.get("report_json", ""), **beside)
    return _unkept(render(request, "verification/verify.html", {"form": form, **context}, status=status))


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Cookie"])  # whoever is signed in has another frame around it
    return response


def _too_often(seconds: int) -> str:
    return _("You asked very often. Please wait %(seconds)d seconds and try again.") % {"seconds": seconds}


def _refused(answer: services.Answer) -> dict[str, Any]:
    return {"refusal": refusal_sentence(answer.refusal, answer.source)}


def _reported(answer: services.Answer, said: dict[str, Any]) -> dict[str, Any]:
    return {"report": presentation.arranged(said, reader_language()), "source": answer.source}


def _shorter(said: dict[str, Any]) -> dict[str, Any]:
    """The report's JSON without the canonical form of what was signed, a third of it: programs get that from `/api/verify`."""
    proofs = [
        {name: value for name, value in proof.items() if name != "canonical_document"}
        for proof in said["technical"].get("proofs", ())
    ]
    return {**said, "technical": {**said["technical"], "proofs": proofs}}


@from_our_pages
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
