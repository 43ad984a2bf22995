"""How everybody stands with a test, for whoever leads the programme; and more time for those who need it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from testamur_site.catalogue.api import NoSuchTask, Offering, in_language, task_of
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, sentences
from ..rules import MOST_EXTRA_TIME
from . import services


class ExtraTimeForm(forms.Form):
    learner = forms.ChoiceField(label=_("Learner"))
    percent = forms.IntegerField(
        label=_("Per cent more time"),
        min_value=0,
        max_value=MOST_EXTRA_TIME,
        initial=25,
        help_text=_("Of the whole test and of every question, also in a test that is running. 0: as everybody."),
    )

    def __init__(self, *arguments: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["learner"].choices = people  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Right.LEAD)
def tests(request: HttpRequest, institution: Institution, offering: str, key: str) -> HttpResponse:
    found = Offering.objects.select_related("institution", "version").filter(public_id=offering).first()
    if found is None:
        raise Http404
    try:
        task = task_of(found.version, key)
    except NoSuchTask as error:
        raise Http404 from error
    if not task.item_bank:
        raise Http404
    rows = queries.standings(found, key)
    by_id = {one.enrolment.public_id: one.enrolment for one in rows}
    people = [(public_id, one.learner.name or "—") for public_id, one in by_id.items()]
    form = ExtraTimeForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        enrolment = by_id[form.cleaned_data["learner"]]
        services.grant_extra_time(enrolment, form.cleaned_data["percent"], actor=request.user)
        messages.success(request, gettext("Saved. It holds at once."))
        return redirect("item_bank:tests", institution.slug, offering, key)
    title = in_language(task.title, get_language() or "en") or key
    cohort = reverse("enrolment:cohort", args=[institution.slug, offering])
    context = {
        "institution": institution,
        "title": title,
        "programme": found.version.title,
        "rows": [
            {"one": one, "reason": sentences.ENDED.get(one.sitting.ended_because, "") if one.sitting else ""}
            for one in rows
        ],
        "form": form,
        "crumbs": [(found.version.title, cohort), (title, "")],
    }
    return render(request, "item_bank/tests.html", context, status=422 if form.errors else 200)


tests.__test__ = False  # type: ignore[attr-defined]  # a view, not a test of pytest
