"""Whom would this award? The page on which the draft is tried before a case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from testamur.pathways import NotAProgramme, read_programme
from testamur_site.catalogue.api import public_versions
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ...presentation import reader_language
from ..common import draft_at, get_or_post, keep, of_rule, readable, rule_address
from ..forms import said_mistakes
from ..models import RuleDraft
from ..shapes.trial import add_trial
from . import running
from .forms import CaseForm


@get_or_post
@staff_view(Right.DESIGN)
def try_it(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Whom would this award? Nothing is written; the answer is made for this page."""
    draft = draft_at(public_id)
    language = reader_language()
    back = rule_address(institution, public_id)
    try:
        programme = read_programme(draft.text.encode())
    except NotAProgramme:
        messages.error(request, _("The text is no programme yet. Mend it first; what is wrong stands beside it."))
        return redirect(f"{back}#text")
    components = running.to_choose(draft.text, institution, language)
    form = CaseForm(request.POST or None, choices=[(one.address, one.said) for one in components])
    tried = people = None
    if request.method == "POST" and form.is_valid():
        today = timezone.localdate()
        if request.POST.get("do") == "participants":
            people = running.with_participants(programme, draft.version.micro_credential, today)
        else:
            tried = _tried(form, programme, language, today)
        if tried is not None and request.POST.get("do") == "test":
            number = _keep_as_test(request, draft, tried)
            if number is not None:
                return redirect(reverse("pathways_editor:test", args=[institution.slug, public_id]) + f"?at={number}")
    context = {
        **of_rule(request, draft, _("Whom would this award?")),
        "form": form,
        "tried": tried,
        "people": people,
        "tests": running.own_tests(programme, language),
        "tests_url": reverse("pathways_editor:tests", args=[institution.slug, public_id]),
    }
    return render(request, "pathways_editor/try.html", context, status=422 if form.errors else 200)


def _keep_as_test(request: HttpRequest, draft: RuleDraft, tried: running.Tried) -> int | None:
    """Keep the case with what came out as a further test of the rule; its number, or None where it was not kept."""
    tree = readable(request, draft)
    if tree is None:
        return None
    number = add_trial(tree, tried.as_test(_("A case that was tried on %(day)s") % {"day": tried.case.on.isoformat()}))
    return number if keep(request, draft, tree.text()) else None


def _tried(form: CaseForm, programme: Any, language: str, today: Any) -> running.Tried | None:
    if text := form.cleaned_data["case"].strip():
        try:
            return running.with_case(programme, text, today, language)
        except NotAProgramme as error:
            form.add_error("case", said_mistakes(error))
            return None
    chosen = form.cleaned_data.get("chosen", [])
    found = public_versions(address.rpartition("/")[2] for address in chosen)
    versions = [found[each] for address in chosen if (each := address.rpartition("/")[2]) in found]
    return running.with_chosen(programme, versions, today, language)
