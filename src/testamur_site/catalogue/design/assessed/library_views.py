"""The library of rubrics, and rubrics as files: kept, looked at, taken, imported and exported as CASE `CFRubric`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.errors import TestamurError
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ... import queries, services, texts
from ...description.elements import Description, Rubric
from ...exchange import case_rubrics
from ...exchange.achievement import achievement_id
from ...models import RubricTemplate
from ...public.presentation import language_name
from .. import common
from .common import Bench, bench, refused, rubric_template
from .plan import say
from .rubric_words import rubric_shown


class CaseForm(forms.Form):
    """A CASE file, and the language of its texts where it does not say."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("JSON of CASE 1.1: a CFRubric, or a CFPackage with CFRubrics."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of its texts"))

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [(tag, language_name(tag)) for tag in languages]  # type: ignore[attr-defined]


@require_safe
@staff_view(Right.VIEW)
def library(request: HttpRequest, institution: Institution) -> HttpResponse:
    """All rubrics of the library; those that are retired at the end."""
    templates = list(RubricTemplate.objects.select_related("institution").order_by("retired", "-created_at"))
    shown = [
        {
            "template": template,
            "title": say(template.rubric.title) or _("Untitled"),
            "criteria": [say(criterion.name) for criterion in template.rubric.criteria],
        }
        for template in templates
    ]
    context = {"rubrics": shown, "crumbs": common.crumbs(institution, (_("Rubric library"), ""))}
    return render(request, "catalogue/design/assessed/library.html", context)


@require_safe
@staff_view(Right.VIEW)
def one(request: HttpRequest, institution: Institution, template_id: str) -> HttpResponse:
    template = rubric_template(template_id)
    if template is None:
        raise Http404
    rubric = template.rubric
    context = {
        "template": template,
        "rubric": rubric_shown(rubric),
        "crumbs": common.crumbs(
            institution,
            (_("Rubric library"), reverse("catalogue:rubrics", args=[institution.slug])),
            (say(rubric.title) or _("Untitled"), ""),
        ),
    }
    return render(request, "catalogue/design/assessed/library_rubric.html", context)


@require_POST
@staff_view(Right.DESIGN)
def change(request: HttpRequest, institution: Institution, template_id: str) -> HttpResponse:
    """Retire a rubric, or bring it back."""
    template = rubric_template(template_id)
    if template is None:
        raise Http404
    if request.POST.get("do") == "bring-back":
        services.bring_rubric_back(template, actor=request.user)
        messages.success(request, _("It is offered again."))
    else:
        services.retire_rubric(template, actor=request.user)
        messages.success(request, _("It is offered no more. Copies that were taken stay as they are."))
    return HttpResponseRedirect(reverse("catalogue:rubrics", args=[institution.slug]))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Right.DESIGN)
def import_to_library(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Rubrics of a CASE file into the library."""
    languages = common.languages_of(institution)
    back = reverse("catalogue:rubrics", args=[institution.slug])

    def store(found: list[case_rubrics.ReadRubric]) -> str | HttpResponse | None:
        try:
            services.keep_rubrics(institution, [(item.rubric, item.identifier) for item in found], actor=request.user)
        except ValueError as fault:
            return texts.fault(str(fault))
        return None

    crumbs = common.crumbs(institution, (_("Rubric library"), back), (_("Import"), ""))
    return _import(request, languages, crumbs, back, store)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Right.DESIGN)
def import_to_version(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Rubrics of a CASE file into the version that is worked on."""
    bound = bench(request, public_id)
    if not isinstance(bound, Bench):
        return bound
    version, description = bound.version, bound.version.description
    back = common.address("plan", bound.micro_credential)

    def store(found: list[case_rubrics.ReadRubric]) -> str | HttpResponse | None:
        rubrics = [item.rubric for item in found]
        return refused(request, bound, lambda: services.add_rubrics(version, rubrics, actor=request.user))

    crumbs = common.crumbs(
        institution,
        (version.title or _("Untitled"), common.address("detail", bound.micro_credential)),
        (_("Tasks and rubrics"), back),
        (_("Import"), ""),
    )
    languages = list(dict.fromkeys([*common.languages_of(institution), *description.title]))
    return _import(request, languages, crumbs, back, store)


def _import(request: HttpRequest, languages: list[str], crumbs: list[Any], back: str, store: Any) -> HttpResponse:
    form = CaseForm(request.POST or None, request.FILES or None, languages=languages)
    context: dict[str, Any] = {"form": form, "crumbs": crumbs, "back": back}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > case_rubrics.MAX_BYTES:
                raise case_rubrics.RubricNotImportable(_("The file is larger than 1 MB."))
            reader = (get_language() or "en").split("-")[0]
            found = case_rubrics.read(upload.read(), language=form.cleaned_data["language"], notes_in=reader)
        except case_rubrics.RubricNotImportable as refusal:
            form.add_error("file", _("No rubric could be read from this file: %(why)s") % {"why": str(refusal)[:300]})
        else:
            answer = store(found)
            if isinstance(answer, HttpResponse):
                return answer
            if answer is None:
                notes = [note for item in found for note in item.notes]
                for note in notes[:20]:
                    messages.warning(request, note)
                messages.success(request, _("Imported: %(count)d.") % {"count": len(found)})
                return HttpResponseRedirect(back)
            form.add_error("file", answer)
    return render(request, "catalogue/design/assessed/import.html", context, status=422 if form.errors else 200)


@require_safe
@staff_view(Right.VIEW)
def export_one(_request: HttpRequest, _institution: Institution, template_id: str) -> HttpResponse:
    """A rubric of the library as a CASE file."""
    template = rubric_template(template_id)
    if template is None:
        raise Http404
    return _file(template.rubric, f"urn:testamur:rubric:{template.public_id}", template.created_at.isoformat(), None)


@require_safe
@staff_view(Right.VIEW)
def export_from_version(_request: HttpRequest, _institution: Institution, public_id: str, key: str) -> HttpResponse:
    """A rubric of a version as a CASE file."""
    version = queries.shown_version(common.found(public_id))
    rubric = next((rubric for rubric in version.description.rubrics if rubric.key == key), None)
    if rubric is None:
        raise Http404
    address = f"{achievement_id(version)}#rubric-{key}"
    return _file(rubric, address, version.changed_at.isoformat(), version.description)


def _file(rubric: Rubric, address: str, changed: str, description: Description | None) -> HttpResponse:
    language = (get_language() or "en").split("-")[0]
    try:
        data = case_rubrics.write(rubric, address=address, changed=changed, language=language, description=description)
    except TestamurError as error:
        sentence = _("A rubric needs a criterion with levels before it can be a file: %(why)s") % {"why": str(error)}
        return HttpResponse(sentence, status=409, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(data, content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="rubric.case.json"'
    return answer
