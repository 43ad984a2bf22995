"""`/api/verify` and its description."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from testamur import strict_json
from testamur.errors import InputError
from testamur.formats.log_proofs import MAX_LOG_PROOFS
from testamur.verification import Level, Policy, moments, presenters
from testamur.verification.case import many
from testamur_site.foundation.signing.api import CANNOT_SIGN, reason_of
from testamur_site.verification import rules, services
from testamur_site.verification.limits import seconds_to_wait
from testamur_site.verification.messages import refusal_sentence
from testamur_site.verification.presentation import reader_language
from testamur_site.verification.receipts import services as receipts

from . import problems
from .responses import announced_length, as_json, problem, shared
from .schema import OPEN_API

logger = logging.getLogger(__name__)

_A_CREDENTIAL = re.compile(rb'\s*\{\s*"@context"')
"""A document that begins like this is no object that names one; it need not be read to know that."""
_PROFILES = ("badge", "proof")
_MEMBERS = frozenset(
    ["document", "address", "recipient", "profile", "language", "receipt", "asOf", "logProof", "requireLevel"]
)


@csrf_exempt
@require_http_methods(["GET", "POST", "OPTIONS"])
def api_verify(request: HttpRequest) -> HttpResponse:
    """The report as JSON. The body is a credential itself (JSON, compact JWT, PNG, SVG), or a JSON object with `document` or `address`
    and, optionally, `recipient`, `profile`, `language`, `asOf`, `logProof`, `requireLevel` and `receipt`. See `/api/verify.schema.json`.
    With GET `?address=` names one of ours: a link leads nobody to make us fetch a foreign address."""
    if request.method == "OPTIONS":
        return shared(HttpResponse(status=HTTPStatus.NO_CONTENT))
    if wait := seconds_to_wait(request, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
        return too_often(wait)
    if request.method == "GET":
        made = _of_ours(request.GET.get("address", ""))
    else:
        length = announced_length(request, rules.MAXIMUM_BYTES, "A credential has at most 4 MB.")
        if isinstance(length, HttpResponse):
            return length
        made = answer(request.body)
    return shared(HttpResponse(made, content_type="application/json")) if isinstance(made, bytes) else made


def too_often(wait: int) -> HttpResponse:
    response = problem(HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests", "Too many verifications from this address.")
    response["Retry-After"] = str(wait)
    return response


def _not_signed() -> HttpResponse:
    """Whoever asked for a receipt gets no report without one, which they would have to notice."""
    response = problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "not-signed",
        "Nothing can be signed just now. Try again in a few minutes, or ask without `receipt`.",
    )
    response["Retry-After"] = "120"
    return response


def answer(sent: bytes, language: str = "") -> bytes | HttpResponse:
    """The report about what was `sent`, as JSON in the reader's language; or the answer that refuses it. The reader's is the active
    language, which `language` may name."""
    if not sent:
        return problem(
            HTTPStatus.BAD_REQUEST, "empty", "The request has no body. Send a credential, or an object that names one."
        )
    given = rules.read_file(sent)
    options: dict[str, Any] = {}
    if sent.lstrip()[:1] == b"{" and not _A_CREDENTIAL.match(sent):
        try:
            envelope = strict_json.loads(sent, max_bytes=rules.MAXIMUM_BYTES)
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
    return _verified(given, options, language)


def _of_ours(address: str) -> bytes | HttpResponse:
    """The report about what stands at an address of this deployment."""
    given = rules.own_address(address, settings.TESTAMUR_BASE_URL)
    if given is None:
        message = "With GET `address` must be one of this deployment. Send documents, and other addresses, with POST."
        return problem(HTTPStatus.BAD_REQUEST, "bad-member", message)
    return _verified(given, {})


def _verified(given: rules.Input, options: dict[str, Any], reader: str = "") -> bytes | HttpResponse:
    language = options.pop("language", None) or reader_language(reader)
    with_receipt = options.pop("receipt", "") == "yes"
    answer = services.verify_input(given, **options)
    if answer.report is None:
        with translation.override(reader or get_language()):
            sentence = refusal_sentence(answer.refusal, answer.source)
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, answer.refusal.replace("_", "-"), sentence)
    if with_receipt:
        body = presenters.to_json(answer.report, language)
        policy = Policy(
            profile=options.get("profile", "badge"),
            recipient=options.get("recipient") or None,
            as_of=options.get("as_of"),
            log=services.log_policy(options.get("required", Level.SIGNED)),
        )
        offered = receipts.offer(answer.report, answer.content, policy, language)
        try:
            body["receipt"] = strict_json.loads(receipts.redeem(offered))
        except CANNOT_SIGN as error:
            logger.error("a receipt was not signed: %s", reason_of(error))
            return _not_signed()
        return as_json(body)
    return presenters.json_bytes(answer.report, language)


def _read_envelope(envelope: dict[str, object]) -> tuple[rules.Input, dict[str, Any]] | HttpResponse:
    """The input and options that the request's object names, or the answer that refuses it."""
    unknown = sorted(set(envelope) - _MEMBERS)
    if unknown:
        return problem(
            HTTPStatus.BAD_REQUEST, "unknown-member", f"Unknown members: {', '.join(map(repr, unknown[:5]))}."
        )
    if "document" in envelope and "address" in envelope:
        return problem(HTTPStatus.BAD_REQUEST, "two-inputs", "Give `document` or `address`, not both.")
    options: dict[str, Any] = {}
    for name, allowed in (("profile", _PROFILES), ("language", ("en", "ko")), ("recipient", None)):
        value = envelope.get(name)
        if value is None:
            continue
        if not isinstance(value, str) or (allowed and value not in allowed):
            return problem(
                HTTPStatus.BAD_REQUEST, "bad-member", f"`{name}` must be {' or '.join(allowed or ('a text',))}."
            )
        options[name] = value
    if (stated := envelope.get("asOf")) is not None:
        as_of = moments.moment(f"{stated}T23:59:59Z") or moments.moment(stated)
        if as_of is None or as_of.date() > timezone.now().date():
            message = "`asOf` must be a date or a date and time that is not still to come (2026-03-01T10:00:00Z)."
            return problem(HTTPStatus.BAD_REQUEST, "bad-member", message)
        options["as_of"] = as_of
    if refused := _record(envelope, options):
        return refused
    if not isinstance(envelope.get("receipt", False), bool):
        return problem(HTTPStatus.BAD_REQUEST, "bad-member", "`receipt` must be true or false.")
    if envelope.get("receipt"):
        options["receipt"] = "yes"
    if "address" in envelope:
        given = rules.read_text(str(envelope["address"]))
        if given.given is not rules.Given.ADDRESS or len(given.address) > rules.MAXIMUM_ADDRESS:
            return problem(HTTPStatus.BAD_REQUEST, "bad-member", "`address` must be a web address (https://…).")
        return given, options
    document = envelope["document"]
    content = document.encode("utf-8", "surrogatepass") if isinstance(document, str) else strict_json.dumps(document)
    return rules.Input(rules.Given.DOCUMENT, content=content), options


def _record(envelope: dict[str, object], options: dict[str, Any]) -> HttpResponse | None:
    """What the request says about the public record, put into `options`; or the answer that refuses it."""
    proofs = many(envelope.get("logProof"))
    if len(proofs) > MAX_LOG_PROOFS or not all(isinstance(proof, str) and proof for proof in proofs):
        return problem(
            HTTPStatus.BAD_REQUEST, "bad-member", f"`logProof` must be a text, or at most {MAX_LOG_PROOFS} of them."
        )
    if proofs:
        options["log_proofs"] = tuple(str(proof).encode("utf-8", "surrogatepass") for proof in proofs)
    if (level := envelope.get("requireLevel")) is None:
        return None
    if level not in (Level.LOGGED, Level.WITNESSED, Level.ANCHORED) or options.get("profile") == "proof":
        message = "`requireLevel` must be logged, witnessed or anchored, and the profile badge."
        return problem(HTTPStatus.BAD_REQUEST, "bad-member", message)
    options["required"] = Level(str(level))
    try:
        services.log_policy(options["required"])
    except ValueError as error:
        return problem(HTTPStatus.BAD_REQUEST, "bad-member", f"`requireLevel` cannot be met here: {error}.")
    return None


@require_GET
def api_schema(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 description of `/api/verify`."""
    return shared(JsonResponse(OPEN_API))


@require_safe
def problem_types(request: HttpRequest) -> HttpResponse:
    """Every type of problem, with what it means."""
    context = {
        "kinds": problems.kinds(),
        "crumbs": [(_("Verify"), reverse("verification:verify")), (_("Problems"), "")],
    }
    return render(request, "verification/problems/problems.html", context)


@require_safe
def problem_type(request: HttpRequest, name: str) -> HttpResponse:
    """What one type of problem means: the page at the address that stands in `type`."""
    kind = problems.kind(name)
    if kind is None:
        raise Http404
    crumbs = [
        (_("Verify"), reverse("verification:verify")),
        (_("Problems"), reverse("verification:problems")),
        (kind.name, ""),
    ]
    return render(request, "verification/problems/problem.html", {"kind": kind, "crumbs": crumbs})
