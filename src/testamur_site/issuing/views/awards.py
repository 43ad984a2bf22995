"""The list of awards, one award, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.issuing import Severity
from testamur_site.catalogue.api import AchievementVersion, needs_decision, published
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.log import api as log

from .. import queries, sentences, services
from ..documents import level_names, scales_of
from ..errors import AlreadyAwarded, IssuingError, NeedsDecision
from ..forms import AwardForm, EvidenceFormSet, ReasonForm, evidence_from
from ..models import Award
from ..revocations import queries as revocations
from ..revocations.presentation import of_award
from ..revocations.rules import Scope
from ..rules import AwardData, AwardState
from .common import (
    SECOND_PERSON,
    address,
    asked,
    attempt,
    award_or_404,
    awards_crumb,
    offered_version,
    propose,
)


@staff_view(Right.VIEW)
@require_safe
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    search = queries.AwardSearch(
        query=asked(request, "q"),
        state=asked(request, "state"),
        micro_credential=asked(request, "m"),
        batch=asked(request, "batch"),
    )
    page = queries.awards(search, request.GET.get("page", "1"))
    context = {
        "page": page,
        "search": search,
        "searching": any((search.query, search.state, search.micro_credential, search.batch)),
        "states": sentences.AWARD_STATES,
        "versions": published(institution),
        "crumbs": [(awards_crumb(institution)[0], "")],
    }
    return render(request, "issuing/awards.html", context)


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Fill in, look at what will be issued, confirm. Nothing is written before the confirmation."""
    version = offered_version(institution, asked(request, "m"))
    crumbs = [awards_crumb(institution), (_("New award"), "")]
    if version is None:
        return render(request, "issuing/choose.html", {"versions": published(institution), "crumbs": crumbs})
    context = {"version": version, "crumbs": crumbs, "cancel_url": address("awards", institution)}
    if needs_decision(version):
        context["why"] = sentences.of_error(NeedsDecision.code, {})
        return render(request, "issuing/needs_decision.html", context, status=409 if request.method == "POST" else 200)

    def decide(form: AwardForm, data: AwardData) -> Award:
        again = form.cleaned_data["again"] if form.cleaned_data["award_again"] else ""
        return services.award_one(version, data, actor=request.user, again=again)

    initial = {"language": "ko" if institution.languages[:1] == ["ko"] else "en"}
    return _fill_in(request, institution, version, scales_of(version, get_language()), initial, decide, context)


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """The same form, filled with what was awarded; the result takes the place of the old credential."""
    award = award_or_404(public_id)
    back = address("award", institution, public_id)
    if award.state != AwardState.ISSUED:
        messages.error(request, sentences.of_error("award.state", {}))
        return redirect(back)
    # What was reached was decided: of such an award only the person and the validity can be corrected.
    scales = () if award.settled else scales_of(award.version, get_language())
    values = {result["description"]: result.get("value", "") for result in award.results}
    initial = {
        "name": award.recipient_name,
        "email": award.recipient_email,
        "language": award.language,
        "awarded_date": award.awarded_date,
        "valid_until": award.valid_until.date() if award.valid_until else None,
        **{f"result_{n}": values.get(scale.id, "") for n, scale in enumerate(scales)},
    }
    crumbs = [awards_crumb(institution), (award.recipient_name, back), (_("Correct"), "")]
    context = {"version": award.version, "award": award, "crumbs": crumbs, "cancel_url": back}

    def decide(_form: AwardForm, data: AwardData) -> Award:
        return services.correct(award, data, actor=request.user)

    evidence = () if award.settled else award.evidence
    return _fill_in(request, institution, award.version, scales, initial, decide, context, evidence)


def _fill_in(
    request: HttpRequest,
    institution: Institution,
    version: AchievementVersion,
    scales: Sequence[Any],
    initial: dict[str, Any],
    decide: Any,
    context: dict[str, Any],
    evidence: Sequence[dict[str, str]] = (),
) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = AwardForm(posted, version=version, scales=scales, initial=initial)
    formset = EvidenceFormSet(posted, prefix="evidence", initial=list(evidence))
    if "award" in context:
        del form.fields["award_again"]
        form.fields["awarded_date"].disabled = context["award"].settled
    context |= {"form": form, "evidence": formset}
    if posted is None or "edit" in posted:
        return render(request, "issuing/award_form.html", context)
    if not (form.is_valid() and formset.is_valid()):
        return render(request, "issuing/award_form.html", context, status=422)
    given = form.data_of(evidence_from(formset))
    kept = _kept(context.get("award"))
    data = replace(given, **kept["data"])
    findings = services.check(version, data, **kept["values"])
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors and "confirm" in posted:
        try:
            award = decide(form, given)
        except AlreadyAwarded as error:
            form.add_error("email", _already(error))
        except IssuingError as error:
            form.add_error(None, sentences.of_error(error.code, error.facts))
        else:
            if award.state == AwardState.ISSUED:
                messages.success(request, _("The credential is issued."))
            return redirect(address("award", institution, award.public_id))
    for finding in errors:
        form.add_error(None, finding.sentence)
    if form.errors:
        return render(request, "issuing/award_form.html", context, status=422)
    names = {scale.id: scale.name for scale in scales_of(version, get_language())}
    context |= {
        "data": data,
        "results": _said(version, data.results, names),
        "warnings": [finding.sentence for finding in findings if finding.severity is not Severity.ERROR],
    }
    return render(request, "issuing/award_preview.html", context)


def _kept(award: Award | None) -> dict[str, dict[str, Any]]:
    """What a correction leaves as it was decided; nothing for awards that nobody and no rule decided."""
    if award is None or not award.settled:
        return {"data": {}, "values": {}}
    return {
        "data": {"results": award.results, "evidence": award.evidence, "awarded_date": award.awarded_date},
        "values": {"decision_id": award.decision_id, "earned": award.earned},
    }


def _already(error: AlreadyAwarded) -> forms.ValidationError:
    sentence = sentences.of_error(error.code, error.facts)
    if error.facts.get("state") == AwardState.REVOKED:
        sentence = _(
            "This person held the micro-credential, and it was revoked. To award it again, choose “Award again”."
        )
    return forms.ValidationError(sentence, code=error.code)


@staff_view(Right.VIEW)
@require_safe
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    award = award_or_404(public_id)
    names = {scale.id: scale.name for scale in scales_of(award.version, get_language())}
    events = [
        {
            "when": entry.recorded_at,
            "title": sentences.HISTORY.get(entry.action, entry.action),
            "text": " · ".join(filter(None, [entry.person, str(sentences.REASONS.get(entry.facts.get("reason"), ""))])),
            "current": position == 0,
        }
        for position, entry in enumerate(queries.history(award))
    ]
    context = {
        "award": award,
        "results": _said(award.version, award.results, names),
        "decided": queries.decision_of(award),
        "recorded": log.state_of(f"award:{award.public_id}"),
        "problem": sentences.of_problem(award.problem) if award.problem else "",
        "reason": sentences.REASONS.get(award.reason_code, "") if award.reason_code else "",
        "changes": of_award(award),
        "proposed": revocations.open_revocation(award),
        "events": events,
        "crumbs": [awards_crumb(institution), (award.recipient_name or _("Forgotten person"), "")],
    }
    return render(request, "issuing/award.html", context)


def _said(
    version: AchievementVersion, results: Sequence[Mapping[str, Any]], names: dict[str, str]
) -> list[tuple[str, str]]:
    """The results of an award, each with its name; of a level its name, where the version has it."""
    levels = level_names(version, get_language()) if any("level" in one for one in results) else {}
    return [
        (names.get(one["description"], one["description"]), one.get("value") or levels.get(one.get("level", ""), ""))
        for one in results
    ]


@staff_view(Right.REVOKE)
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Revoke at once, or propose it where the institution asks for a second person."""
    award = award_or_404(public_id)
    if not revocations.needs_second_person(institution, single=True):
        return _with_reason(
            request,
            institution,
            award,
            services.revoke,
            heading=_("Revoke this credential?"),
            sentence=_(
                "Every verifier will refuse it from now on. This cannot be taken back; the person could only be awarded again."
            ),
            confirm_label=_("Revoke"),
            done=_("The credential is revoked."),
        )
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        return propose(request, institution, Scope(award=award.pk), form.chosen())
    context = {
        "award": award,
        "form": form,
        "heading": _("Propose to revoke this credential?"),
        "sentence": SECOND_PERSON,
        "confirm_label": pgettext("of a proposal to revoke", "Propose"),
        "cancel_url": address("award", institution, public_id),
    }
    return render(request, "issuing/confirm.html", context, status=422 if form.errors else 200)


@staff_view(Right.REVOKE)
@require_http_methods(["GET", "POST"])
def suspend(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    award = award_or_404(public_id)
    return _with_reason(
        request,
        institution,
        award,
        services.suspend,
        heading=_("Suspend this credential?"),
        sentence=_(
            "Every verifier will refuse this file from now on. When you reinstate it, the learner gets a new file that takes its place."
        ),
        confirm_label=_("Suspend"),
        done=_("The credential is suspended."),
    )


def _with_reason(
    request: HttpRequest, institution: Institution, award: Award, step: Any, *, done: str, **words: str
) -> HttpResponse:
    back = address("award", institution, award.public_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        why = form.chosen()
        attempt(
            request,
            done,
            lambda: step(award, why.reason, note=why.note, evidence=why.evidence, actor=request.user),
        )
        return redirect(back)
    context = {"award": award, "form": form, "danger": True, "cancel_url": back, **words}
    return render(request, "issuing/confirm.html", context, status=422 if form.errors else 200)


@staff_view(Right.REVOKE)
@require_http_methods(["GET", "POST"])
def reinstate(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    award = award_or_404(public_id)
    back = address("award", institution, public_id)
    if request.method == "POST":
        made: list[Award] = []
        if attempt(
            request,
            _("The award holds again, in a new credential."),
            lambda: made.append(services.reinstate(award, actor=request.user)),
        ):
            back = address("award", institution, made[0].public_id)
        return redirect(back)
    context = {
        "award": award,
        "heading": _("Reinstate this award?"),
        "sentence": _(
            "A new credential with the same content is issued and takes the place of the suspended one. The old file stays refused; "
            "its page leads to the new one."
        ),
        "confirm_label": _("Reinstate"),
        "cancel_url": back,
    }
    return render(request, "issuing/confirm.html", context)


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "POST"])
def reissue(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """The same credential once more, signed by the present key."""
    award = award_or_404(public_id)
    back = address("award", institution, public_id)
    if request.method == "POST":
        made: list[Award] = []
        done = _("The credential is signed anew.")
        if attempt(request, done, lambda: made.append(services.reissue(award, actor=request.user))):
            back = address("award", institution, made[0].public_id)
        return redirect(back)
    context = {
        "award": award,
        "heading": _("Sign this credential anew?"),
        "sentence": _(
            "A new credential with the same content is signed with the institution's present key and takes the place of this one, for "
            "example because the earlier key was copied. The learner gets a mail; copies of the old file are refused from then on."
        ),
        "confirm_label": _("Sign anew"),
        "cancel_url": back,
    }
    return render(request, "issuing/confirm.html", context)


@staff_view(Right.ISSUE)
@require_POST
def finish(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    award = award_or_404(public_id)
    attempt(request, _("The award was worked on again."), lambda: services.finish(award))
    return redirect(address("award", institution, public_id))


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "POST"])
def resend(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    award = award_or_404(public_id)
    back = address("award", institution, public_id)
    if request.method == "POST":
        attempt(request, _("The mail is on its way again."), lambda: services.resend(award, actor=request.user))
        return redirect(back)
    context = {
        "award": award,
        "heading": _("Send the mail again?"),
        "sentence": _("It goes to %(email)s.") % {"email": award.recipient_email},
        "confirm_label": _("Send again"),
        "cancel_url": back,
    }
    return render(request, "issuing/confirm.html", context)
