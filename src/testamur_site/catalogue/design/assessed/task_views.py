"""The pages of one task: the form, and what learners will see of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ... import queries, services
from ...description import codec
from ...description.elements import Task
from ...description.tasks import rubric_of_task
from ...errors import Conflict
from .. import common, history
from ..rows import Context
from .common import Bench, bench, frame, refused
from .plan import say, task_shown
from .rubric_words import rubric_shown
from .task_form import TaskForm

NEW = "new"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Right.DESIGN)
def edit(request: HttpRequest, institution: Institution, public_id: str, key: str) -> HttpResponse:
    """Write a task; `new` is one that is not there yet."""
    found = bench(request, public_id)
    if not isinstance(found, Bench):
        return found
    description = found.version.description
    task = next((task for task in description.tasks if task.key == key), None)
    if task is None and key != NEW and request.method != "POST":  # what was taken out meanwhile is a conflict, not lost
        raise Http404
    languages = tuple(dict.fromkeys([*common.languages_of(institution), *description.title]))
    context = Context.of(description, languages)
    element = task or Task(
        "" if key == NEW else key, rubric=description.rubrics[0].key if len(description.rubrics) == 1 else ""
    )
    data = request.POST if request.method == "POST" else None
    form = TaskForm(data, context=context, element=element, use_required_attribute=False)
    base = request.POST.get("base", "")[:64] if data is not None else services.element_token(task)
    if data is None:
        return _page(request, found, form, key, base)
    if not form.is_valid():
        return _page(request, found, form, key, base, status=422)
    written = form.build({})
    try:
        answer = refused(
            request, found, lambda: services.save_task(found.version, written, base=base, actor=request.user)
        )
    except Conflict as conflict:
        stored = next((t for t in conflict.version.description.tasks if t.key == key), None)
        changes = history.changes(codec.to_json(stored) if stored else {}, codec.to_json(written))
        again = services.element_token(stored)
        return _page(request, found, form, key, again, conflict=_conflict(conflict, changes), status=409)
    if isinstance(answer, HttpResponse):
        return answer
    if answer:
        return _page(request, found, form, key, base, fault=answer, status=422)
    messages.success(request, _("Saved: %(section)s.") % {"section": say(written.title)})
    return HttpResponseRedirect(common.address("plan", found.micro_credential))


def _conflict(conflict: Conflict, changes: list[Any]) -> dict[str, Any]:
    who = getattr(conflict.version.changed_by, "name", "") or _("A colleague")
    return {"who": who, "when": conflict.version.changed_at, "changes": changes}


def _page(
    request: HttpRequest, found: Bench, form: TaskForm, key: str, base: str, *, status: int = 200, **further: Any
) -> HttpResponse:
    title = say(form.element.title) or _("New task")
    groups = (
        (_("What learners do"), ("title", "instructions", "template")),
        (
            _("What they hand in"),
            ("evidence", "evidence_minimum", "due_after", "attempts", "group", "supervision", "assessment"),
        ),
        (_("How it counts"), ("rubric", "weight", "pass_mark", "item_bank")),
        (
            _("Who marks it"),
            (
                "assessors",
                "blind",
                "anonymous",
                "peers",
                "peer_weight",
                "industry",
                "self_assessment",
                "moderate_from",
            ),
        ),
    )
    context = {
        **frame(found.micro_credential, found.version, "plan"),
        "form": form,
        "groups": [(heading, [form[name] for name in names]) for heading, names in groups],
        "heading": title,
        "key": key,
        "base": base,
        "is_new": key == NEW,
        "crumbs": _crumbs(found, title),
        **further,
    }
    return render(request, "catalogue/design/assessed/task.html", context, status=status)


def _crumbs(found: Bench, title: str) -> list[tuple[str, str]]:
    return common.crumbs(
        found.micro_credential.institution,
        (found.version.title or _("Untitled"), common.address("detail", found.micro_credential)),
        (_("Tasks and rubrics"), common.address("plan", found.micro_credential)),
        (title, ""),
    )


@require_safe
@staff_view(Right.VIEW)
def preview(request: HttpRequest, _institution: Institution, public_id: str, key: str) -> HttpResponse:
    """A task as learners see it, with the rubric by which it is judged."""
    micro_credential = common.found(public_id)
    version = queries.shown_version(micro_credential)
    description = version.description
    task = next((task for task in description.tasks if task.key == key), None)
    if task is None:
        raise Http404
    rubric = rubric_of_task(description, task)
    shown = task_shown(description, task)
    context = {
        "micro_credential": micro_credential,
        "version": version,
        "task": shown,
        "rubric": rubric_shown(rubric, description) if rubric else None,
        "crumbs": _crumbs(Bench(micro_credential, version), shown["title"]),
    }
    return render(request, "catalogue/design/assessed/task_preview.html", context)
