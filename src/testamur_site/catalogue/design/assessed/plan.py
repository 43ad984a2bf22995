"""The plan of the assessment on one page: tasks, rubrics, which outcome is assessed where, and what does not fit together."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ... import queries, services
from ...consistency import coverage
from ...consistency.queries import states
from ...consistency.texts import rules_shown
from ...description.elements import Description, Task
from ...description.tasks import rubric_of_task
from ...description.vocabulary import in_language
from ...models import AchievementVersion, RubricTemplate
from ...public.presentation import duration_words
from .. import common
from .common import Bench, bench, frame, refused
from .task_form import EVIDENCE


@require_safe
@staff_view(Right.VIEW)
def plan(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Everybody of the institution may look; designers change."""
    micro_credential = common.found(public_id)
    version = queries.shown_version(micro_credential)
    d = version.description
    editable = queries.editable_version(micro_credential)
    links = common.section_links(micro_credential)
    context = {
        **frame(micro_credential, version, "plan"),
        "editable": editable is not None and editable.pk == version.pk,
        "assessed": d.assessed_award,
        "tasks": [task_shown(d, task) for task in d.tasks],
        "rubrics": [_rubric_shown(d, rubric) for rubric in d.rubrics],
        "table": _table(d),
        "library": _library(),
        "rules": [r for r in rules_shown(states(version), links) if r.state in {"failed", "weak"}],
        "crumbs": common.crumbs(
            institution,
            (version.title or _("Untitled"), common.address("detail", micro_credential)),
            (_("Tasks and rubrics"), ""),
        ),
    }
    return render(request, "catalogue/design/assessed/plan.html", context)


@require_POST
@staff_view(Right.DESIGN)
def change(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """The small changes that are a button on the plan: how it is awarded, the order of the tasks, taking one out."""
    found = bench(request, public_id)
    if not isinstance(found, Bench):
        return found
    version, key = found.version, request.POST.get("key", "")[:40]
    do = request.POST.get("do", "")
    if do == "assessed":
        assessed = request.POST.get("assessed") == "yes"
        said = (
            _("From now on it is awarded on a decision.")
            if assessed
            else _("From now on it is awarded by form and table.")
        )
        answer = refused(request, found, lambda: services.set_assessed_award(version, assessed, actor=request.user))
    elif do in {"up", "down"}:
        said = _("Moved.")
        by = -1 if do == "up" else 1
        answer = refused(request, found, lambda: services.move_task(version, key, by, actor=request.user))
    elif do == "remove-task":
        said = _("The task was taken out.")
        answer = refused(request, found, lambda: services.remove_task(version, key, actor=request.user))
    elif do == "remove-rubric":
        said = _("The rubric was taken out.")
        answer = refused(request, found, lambda: services.remove_rubric(version, key, actor=request.user))
    else:
        said, answer = "", None
    if isinstance(answer, HttpResponse):
        return answer
    if answer:
        messages.error(request, answer)
    elif said:
        messages.success(request, said)
    return HttpResponseRedirect(common.address("plan", found.micro_credential))


@require_safe
@staff_view(Right.VIEW)
def rules(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Every rule of consistency, also those that found nothing and those that could not be judged."""
    micro_credential = common.found(public_id)
    version = queries.shown_version(micro_credential)
    shown = rules_shown(states(version), common.section_links(micro_credential))
    context = {
        "micro_credential": micro_credential,
        "version": version,
        "rules": shown,
        "passed": sum(rule.state == "passed" for rule in shown),
        "judged": sum(rule.state != "unknown" for rule in shown),
        "crumbs": common.crumbs(
            institution,
            (version.title or _("Untitled"), common.address("detail", micro_credential)),
            (_("Consistency"), ""),
        ),
    }
    return render(request, "catalogue/design/assessed/rules.html", context)


def task_shown(d: Description, task: Task) -> dict[str, Any]:
    """A task in words for lists and the preview."""
    rubric = rubric_of_task(d, task)
    linked = d.assessments[int(task.assessment) - 1] if task.assessment else None
    return {
        "key": task.key,
        "title": say(task.title) or _("Untitled"),
        "instructions": say(task.instructions),
        "template": say(task.template),
        "rubric": say(rubric.title) if rubric else "",
        "rubric_key": task.rubric,
        "item_bank": task.item_bank,
        "weight": task.weight,
        "pass_mark": task.pass_mark,
        "due": duration_words(task.due_after) if task.due_after else "",
        "attempts": int(task.attempts),
        "group": task.group,
        "evidence": [str(dict(EVIDENCE)[kind]) for kind in task.evidence],
        "evidence_minimum": task.evidence_minimum,
        "supervision": say(task.supervision.label) if task.supervision else "",
        "assessment": say(linked.title) if linked else "",
        "marking": _marking(task),
    }


def _marking(task: Task) -> list[str]:
    m = task.marking
    lines = (
        [_("Two assessors, the second blind") if m.blind else _("Two assessors")]
        if m.assessors == "2"
        else [_("One assessor")]
    )
    if int(m.peers):
        lines.append(
            ngettext(
                "each learner reviews %(count)d other (%(share)s %% of the mark)",
                "each learner reviews %(count)d others (%(share)s %% of the mark)",
                int(m.peers),
            )
            % {"count": int(m.peers), "share": m.peer_weight}
        )
    if int(m.industry):
        lines.append(
            ngettext("%(count)d industry validator", "%(count)d industry validators", int(m.industry))
            % {"count": int(m.industry)}
        )
    if m.self_assessment:
        lines.append(_("self-assessment first"))
    if m.anonymous:
        lines.append(_("without names"))
    lines.append(_("a moderator from %(points)s points of difference") % {"points": m.moderate_from})
    return lines


def _rubric_shown(d: Description, rubric: Any) -> dict[str, Any]:
    return {
        "key": rubric.key,
        "title": say(rubric.title) or _("Untitled"),
        "criteria": [say(c.name) for c in rubric.criteria],
        "levels": max((len(c.levels) for c in rubric.criteria), default=0),
        "used_by": [say(task.title) or _("Untitled") for task in d.tasks if task.rubric == rubric.key],
        "origin": rubric.origin,
    }


def _table(d: Description) -> dict[str, Any]:
    found = coverage(d)
    return {
        "tasks": [say(task.title) or _("Untitled") for task in found.tasks],
        "lines": [
            {
                "number": number,
                "outcome": say(line.outcome.title),
                "covered": line.covered,
                "cells": [
                    {"task": say(cell.task.title) or _("Untitled"), "criteria": [say(c.name) for c in cell.criteria]}
                    for cell in line.cells
                ],
            }
            for number, line in enumerate(found.lines, 1)
        ],
        "loose": [{"task": say(task.title), "criterion": say(criterion.name)} for task, criterion in found.loose],
    }


def _library() -> list[tuple[str, str]]:
    templates = RubricTemplate.objects.filter(retired=False).order_by("-created_at")[:100]
    return [(template.public_id, say(template.rubric.title) or _("Untitled")) for template in templates]


def say(text: Any) -> str:
    """The words in the reader's language."""
    return in_language(text, (get_language() or "en").split("-")[0])


def findings_of(version: AchievementVersion, links: dict[str, str]) -> list[Any]:
    """What the rules of consistency found, worst first, for the pages that show it beside the completeness meter."""
    order = {"error": 0, "warning": 1, "hint": 2}
    shown = [rule for rule in rules_shown(states(version), links) if rule.sentences]
    return sorted(shown, key=lambda rule: order[rule.severity])
