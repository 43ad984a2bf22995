"""What next? The way from what a learner holds to their microdegree, over the offerings that are open now."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur import strict_json
from testamur.errors import TestamurError
from testamur.pathways import Case, Objective, ProgrammeGoal, Question, plan
from testamur.pathways.words import PlanWords
from testamur_site.catalogue.api import all_open, offering_shown
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.wallet.api import Holder, holders_view

from ..api import Participant, held_by
from ..presentation import reader_language
from ..queries import participant_by_public_id
from ..services.cases import case_of
from .forms import PlanForm
from .offerings import MOST, Offered, offered

KEPT = 600
"""Seconds that an answer is kept: the same question has the same answer as long as nothing changed that it was made of."""


def _own(holder: Holder, public_id: str) -> Participant:
    found = participant_by_public_id(public_id)
    if found is None or found.holder_id != holder.pk or found.left_at is not None:
        raise Http404
    return found


@holders_view
@require_safe
def what_next(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    """The question stands in the address, so that it can be asked again. Nothing is written."""
    participant, today = _own(holder, public_id), timezone.localdate()
    form = PlanForm(request.GET if "objective" in request.GET else None, today=today)
    found, answer = offered(all_open(MOST), today), None
    if form.is_bound and form.is_valid():
        answer = _answer(participant, holder, form, found)
    context = {
        "participant": participant,
        "form": form,
        "answer": answer,
        "offered": found,
        "currency": found.catalogue.currency,
        "crumbs": [
            (_("My credentials"), reverse("wallet:home")),
            (_("My microdegrees"), reverse("pathways:home")),
            (participant.rule.version.title, reverse("pathways:way", args=[public_id])),
            (_("What next?"), ""),
        ],
    }
    return render(request, "pathways_planning/plan.html", context, status=422 if form.errors else 200)


def _answer(participant: Participant, holder: Holder, form: PlanForm, found: Offered) -> dict[str, Any]:
    """The plan, its alternatives, or what to loosen; from memory where the same was asked a moment ago."""
    today, language = timezone.localdate(), reader_language()
    held = held_by(holder)
    with tenant(participant.institution):
        case = case_of(participant, held, today)
    key = _key(participant, form, found, case, [one.digest for one in held], language)
    values: dict[str, Any] | None = cache.get(key)
    if values is None:
        question = Question(
            ProgrammeGoal(participant.rule.programme()),
            found.catalogue,
            case,
            form.constraints(today),
            Objective(form.cleaned_data["objective"]),
        )
        try:
            values = PlanWords(question, language).values(plan(question, alternatives=1))
        except TestamurError:
            values = {"refused": True}
        cache.set(key, values, KEPT)
    plans = [values["plan"], *values["alternatives"]] if values.get("plan") else []
    for one in plans:
        for step in one["steps"]:
            step["first"], step["last"] = date.fromisoformat(step["begins"]), date.fromisoformat(step["ends"])
            step["shown"] = offering_shown(found.runs[step["offering"]], today)
            step["institution"] = found.runs[step["offering"]].institution
    return {
        "plans": plans,
        "none": values.get("none"),
        "sentences": values.get("sentences", []),
        "refused": "refused" in values,
    }


def _key(
    participant: Participant, form: PlanForm, found: Offered, case: Case, digests: list[str], language: str
) -> str:
    """Another one whenever the answer could be another."""
    asked = {name: str(value) for name, value in form.cleaned_data.items()}
    runs = [
        [run.public_id, run.changed_at.isoformat(), run.version.changed_at.isoformat()] for run in found.runs.values()
    ]
    stated = [participant.rule.digest, repr(case), *sorted(digests)]
    parts = [participant.public_id, asked, runs, stated, language, timezone.localdate().isoformat()]
    return f"plan:{hashlib.sha256(strict_json.dumps(parts)).hexdigest()}"
