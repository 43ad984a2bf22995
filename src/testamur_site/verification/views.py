"""The verify page and the address that programs ask."""

from __future__ import annotations

import json
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from testamur import strict_json
from testamur.errors import InputError
from testamur.verification import presenters

from . import presentation, rules, services
from .forms import VerifyForm
from .limits import seconds_to_wait
from .messages import refusal_sentence
from .schema import OPEN_API

_PROFILES = ("badge", "proof")
_FRAMES_PER_MINUTE = 180  # the camera sends a frame every 700 ms at most


def _language() -> str:
    return "ko" if (get_language() or "").startswith("ko") else "en"


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and the report below it. An address of our own is verified as soon as the link is followed; a foreign one waits for
    the button, so that nobody can make us fetch an address by placing a link."""
    status = HTTPStatus.OK
    context: dict[str, object] = {}
    if request.method == "POST":
        form = VerifyForm(request.POST, request.FILES)
        if wait := seconds_to_wait(request, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
            context["refusal"] = _too_often(wait)
            status = HTTPStatus.TOO_MANY_REQUESTS
        elif form.is_valid():
            answer = services.verify_input(form.given(), recipient=form.cleaned_data["recipient"].strip() or None)
            status = _answer(context, answer)
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
        context["questions"] = presentation.questions(_language())
    response = render(request, "verification/verify.html", {"form": form, **context}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _too_often(seconds: int) -> str:
    return _("You asked very often. Please wait %(seconds)d seconds and try again.") % {"seconds": seconds}


def _answer(context: dict[str, object], answer: services.Answer) -> HTTPStatus:
    if answer.report is None:
        context["refusal"] = refusal_sentence(answer.refusal, answer.source)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    context["report"] = presentation.page(answer.report, _language())
    as_json = presenters.to_json(answer.report, _language())
    context["report_json"] = json.dumps(as_json, ensure_ascii=False, indent=2)
    context["source"] = answer.source
    return HTTPStatus.OK


@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def api_verify(request: HttpRequest) -> HttpResponse:
    """The report as JSON. The body is a credential itself (JSON, compact JWT, PNG, SVG), or a JSON object with `document` or `address`
    and, optionally, `recipient`, `profile` and `language`. See `/api/verify.schema.json`."""
    if request.method == "OPTIONS":
        return _shared(HttpResponse(status=HTTPStatus.NO_CONTENT))
    if wait := seconds_to_wait(request, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
        response = _problem(
            HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests", "Too many verifications from this address."
        )
        response["Retry-After"] = str(wait)
        return response
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > rules.MAXIMUM_BYTES:
        return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "A credential has at most 4 MB.")
    body = request.body
    if not body:
        return _problem(
            HTTPStatus.BAD_REQUEST, "empty", "The request has no body. Send a credential, or an object that names one."
        )
    given, options = rules.read_file(body), {}
    if body.lstrip()[:1] == b"{":
        try:
            envelope = strict_json.loads(body, max_bytes=rules.MAXIMUM_BYTES)
        except InputError:
            envelope = None  # broken JSON is the report's to explain, like any other unreadable document
        if (
            isinstance(envelope, dict)
            and "@context" not in envelope
            and ("document" in envelope or "address" in envelope)
        ):
            read = _read_envelope(envelope)
            if isinstance(read, HttpResponse):
                return read
            given, options = read
    language = options.pop("language", None) or _language()
    answer = services.verify_input(given, **options)
    if answer.report is None:
        return _problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            answer.refusal.replace("_", "-"),
            refusal_sentence(answer.refusal, answer.source),
        )
    return _shared(JsonResponse(presenters.to_json(answer.report, language), json_dumps_params={"ensure_ascii": False}))


def _read_envelope(envelope: dict[str, object]) -> tuple[rules.Input, dict[str, str]] | HttpResponse:
    """The input and options that the request's object names, or the answer that refuses it."""
    unknown = sorted(set(envelope) - {"document", "address", "recipient", "profile", "language"})
    if unknown:
        return _problem(
            HTTPStatus.BAD_REQUEST, "unknown-member", f"Unknown members: {', '.join(map(repr, unknown[:5]))}."
        )
    if "document" in envelope and "address" in envelope:
        return _problem(HTTPStatus.BAD_REQUEST, "two-inputs", "Give `document` or `address`, not both.")
    options: dict[str, str] = {}
    for name, allowed in (("profile", _PROFILES), ("language", ("en", "ko")), ("recipient", None)):
        value = envelope.get(name)
        if value is None:
            continue
        if not isinstance(value, str) or (allowed and value not in allowed):
            return _problem(
                HTTPStatus.BAD_REQUEST, "bad-member", f"`{name}` must be {' or '.join(allowed or ('a text',))}."
            )
        options[name] = value
    if "address" in envelope:
        given = rules.read_text(str(envelope["address"]))
        if given.given is not rules.Given.ADDRESS or len(given.address) > rules.MAXIMUM_ADDRESS:
            return _problem(HTTPStatus.BAD_REQUEST, "bad-member", "`address` must be a web address (https://…).")
        return given, options
    document = envelope["document"]
    content = document.encode("utf-8", "surrogatepass") if isinstance(document, str) else strict_json.dumps(document)
    return rules.Input(rules.Given.DOCUMENT, content=content), options


@require_GET
def api_schema(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 description of `/api/verify`."""
    return _shared(JsonResponse(OPEN_API))


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


def _shared(response: HttpResponse) -> HttpResponse:
    """Any page may ask: there is no session here to be misused."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Content-Type, Accept-Language"
    response["Cache-Control"] = "no-store"
    return response


def _problem(status: HTTPStatus, kind: str, detail: str) -> HttpResponse:
    """A problem document (RFC 9457)."""
    body = {
        "type": f"{settings.TESTAMUR_BASE_URL}/problems/{kind}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    return _shared(JsonResponse(body, status=status, content_type="application/problem+json"))
