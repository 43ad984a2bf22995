"""The pages of one rubric of a version: the table editor, what it looks like, its file, and its way into the library."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ... import queries, services
from ...description import codec
from ...description.elements import Description, Rubric
from ...errors import Conflict
from ...public.presentation import language_name
from .. import common, history
from . import grid as tables
from .common import Bench, bench, frame, refused, rubric_template
from .grid import Grid
from .plan import say
from .rubric_words import rubric_shown

NEW = "new"


def languages_of(institution: Institution, description: Description) -> list[str]:
    """The languages a rubric is written in: the institution's, and those in which the title is written."""
    return list(dict.fromkeys([*common.languages_of(institution), *description.title]))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Right.DESIGN)
def edit(request: HttpRequest, institution: Institution, public_id: str, key: str) -> HttpResponse:
    """Write a rubric, one language at a time; `new` is one that is not there yet."""
    found = bench(request, public_id)
    if not isinstance(found, Bench):
        return found
    description = found.version.description
    stored = next((rubric for rubric in description.rubrics if rubric.key == key), None)
    if (
        stored is None and key != NEW and request.method != "POST"
    ):  # what was taken out meanwhile is a conflict, not lost
        raise Http404
    if stored is not None and not tables.fits(stored):
        messages.info(
            request,
            _(
                "This rubric is too large for the table: %(rows)d criteria of %(columns)d levels are the most. It can be used as it is."
            )
            % {"rows": tables.MAX_ROWS, "columns": tables.MAX_COLUMNS},
        )
        return HttpResponseRedirect(common.address("rubric_preview", found.micro_credential, key))
    languages = languages_of(institution, description)
    asked = request.GET.get("in", "")
    reader = (get_language() or "en").split("-")[0]
    language = next((tag for tag in (asked, reader) if tag in languages), languages[0])
    if request.method != "POST":
        grid = Grid.of(stored or tables.NEW, language)
        return _page(request, found, grid, stored, languages, services.element_token(stored))
    grid = Grid.read(request.POST, language)
    base = request.POST.get("base", "")[:64]
    if do := request.POST.get("do", ""):
        changed = grid.do(do)
        return _page(request, found, grid, stored, languages, base, moved=changed)
    return _saved(request, found, grid, stored or Rubric("" if key == NEW else key), languages, base)


def _saved(
    request: HttpRequest, found: Bench, grid: Grid, stored: Rubric, languages: list[str], base: str
) -> HttpResponse:
    outcomes = frozenset(outcome.key for outcome in found.version.description.outcomes if outcome.key)
    written = grid.build(stored, outcomes)
    if written is None:
        return _page(request, found, grid, stored, languages, base, status=422)
    try:
        answer = refused(
            request, found, lambda: services.save_rubric(found.version, written, base=base, actor=request.user)
        )
    except Conflict as conflict:
        return _conflict(request, found, grid, conflict, written, languages)
    if isinstance(answer, HttpResponse):
        return answer
    if answer:
        return _page(request, found, grid, stored, languages, base, fault=answer, status=422)
    messages.success(request, _("Saved: %(section)s.") % {"section": say(written.title)})
    following = request.POST.get("then", "")
    if following in languages:  # the same rubric in another language
        found.version.refresh_from_db()
        key = written.key or found.version.description.rubrics[-1].key
        return HttpResponseRedirect(f"{common.address('rubric', found.micro_credential, key)}?in={following}")
    return HttpResponseRedirect(common.address("plan", found.micro_credential))


def _conflict(
    request: HttpRequest, found: Bench, grid: Grid, conflict: Conflict, written: Rubric, languages: list[str]
) -> HttpResponse:
    """What was typed stays in the table; beside it stands what is stored now."""
    theirs = next((r for r in conflict.version.description.rubrics if r.key == written.key), None)
    said = {
        "who": getattr(conflict.version.changed_by, "name", "") or _("A colleague"),
        "when": conflict.version.changed_at,
        "changes": history.changes(codec.to_json(theirs) if theirs else {}, codec.to_json(written)),
    }
    token = services.element_token(theirs)
    return _page(request, found, grid, theirs, languages, token, conflict=said, status=409)


def _page(
    request: HttpRequest,
    found: Bench,
    grid: Grid,
    stored: Rubric | None,
    languages: list[str],
    base: str,
    *,
    status: int = 200,
    **further: Any,
) -> HttpResponse:
    title = say(stored.title) if stored and stored.key else _("New rubric")
    context = {
        **frame(found.micro_credential, found.version, "plan"),
        "grid": grid,
        "table": _drawn(grid, found.version.description),
        "heading": title or _("Untitled"),
        "base": base,
        "written_in": language_name(grid.language),
        "others": [(tag, language_name(tag)) for tag in languages if tag != grid.language],
        "tabs": _tabs(found, stored, languages, grid.language),
        "crumbs": _crumbs(found, title),
        "full": len(grid.rows) >= tables.MAX_ROWS,
        "wide": len(grid.columns) >= tables.MAX_COLUMNS,
        **further,
    }
    return render(request, "catalogue/design/assessed/rubric.html", context, status=status)


def _tabs(found: Bench, stored: Rubric | None, languages: list[str], current: str) -> list[dict[str, Any]]:
    if stored is None or not stored.key or len(languages) < 2:
        return []
    here = common.address("rubric", found.micro_credential, stored.key)
    return [
        {"label": language_name(tag), "url": f"{here}?in={tag}", "current": tag == current, "count": None}
        for tag in languages
    ]


def _crumbs(found: Bench, title: str) -> list[tuple[str, str]]:
    return common.crumbs(
        found.micro_credential.institution,
        (found.version.title or _("Untitled"), common.address("detail", found.micro_credential)),
        (_("Tasks and rubrics"), common.address("plan", found.micro_credential)),
        (title, ""),
    )


def _drawn(grid: Grid, description: Description) -> dict[str, Any]:
    """The grid with the names and errors of its fields, as the template needs them."""
    errors = grid.errors
    columns = [
        {"number": n + 1, "place": n, "column": column, "name": f"column-{n}-name", "points": f"column-{n}-points",
         "name_error": errors.get(f"column-{n}-name", ""), "points_error": errors.get(f"column-{n}-points", "")}
        for n, column in enumerate(grid.columns)
    ]  # fmt: skip
    rows = []
    for r, row in enumerate(grid.rows):
        prefix = f"row-{r}"
        outcomes = [
            {"key": o.key, "number": n, "title": say(o.title), "checked": o.key in row.outcomes}
            for n, o in enumerate(description.outcomes, 1)
            if o.key
        ]
        cells = [
            {
                "prefix": f"cell-{r}-{n}",
                "cell": cell,
                "column": columns[n],
                "own": bool(cell.name or cell.points or cell.off or errors.get(f"cell-{r}-{n}-points")),
                "error": errors.get(f"cell-{r}-{n}-words") or errors.get(f"cell-{r}-{n}-points")
                or errors.get(f"cell-{r}-{n}-name", ""),
            }
            for n, cell in enumerate(row.cells)
        ]  # fmt: skip
        rows.append(
            {
                "number": r + 1,
                "place": r,
                "prefix": prefix,
                "row": row,
                "cells": cells,
                "outcomes": outcomes,
                "must": [{"value": str(n), "label": c.name or str(n + 1)} for n, c in enumerate(grid.columns)],
                "errors": {k: errors.get(f"{prefix}-{k}", "") for k in ("name", "words", "weight", "must", "levels")},
            }
        )
    return {"columns": columns, "rows": rows, "errors": list(errors.items())}


@require_safe
@staff_view(Right.VIEW)
def preview(request: HttpRequest, _institution: Institution, public_id: str, key: str) -> HttpResponse:
    """The rubric as learners and assessors read it."""
    micro_credential = common.found(public_id)
    version = queries.shown_version(micro_credential)
    rubric = next((rubric for rubric in version.description.rubrics if rubric.key == key), None)
    if rubric is None:
        raise Http404
    context = {
        "micro_credential": micro_credential,
        "version": version,
        "rubric": rubric_shown(rubric, version.description),
        "crumbs": _crumbs(Bench(micro_credential, version), say(rubric.title)),
    }
    return render(request, "catalogue/design/assessed/rubric_preview.html", context)


@require_POST
@staff_view(Right.DESIGN)
def keep(request: HttpRequest, institution: Institution, public_id: str, key: str) -> HttpResponse:
    """Put a copy of the rubric into the institution's library."""
    micro_credential = common.found(public_id)
    version = queries.shown_version(micro_credential)
    rubric = next((rubric for rubric in version.description.rubrics if rubric.key == key), None)
    if rubric is None:
        raise Http404
    _template, made = services.keep_rubric(institution, rubric, origin=version.public_id, actor=request.user)
    if made:
        messages.success(request, _("A copy is in the library now."))
    else:
        messages.info(request, _("The library has this rubric already."))
    return HttpResponseRedirect(common.address("plan", micro_credential))


@require_POST
@staff_view(Right.DESIGN)
def take(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """Take a copy of a rubric of the library into this version."""
    found = bench(request, public_id)
    if not isinstance(found, Bench):
        return found
    template = rubric_template(request.POST.get("template", ""))
    if template is None:
        raise Http404
    copied = replace(template.rubric, origin=template.public_id)
    answer = refused(request, found, lambda: services.add_rubrics(found.version, [copied], actor=request.user))
    if isinstance(answer, HttpResponse):
        return answer
    if answer:
        messages.error(request, answer)
        return HttpResponseRedirect(common.address("plan", found.micro_credential))
    found.version.refresh_from_db()
    key = found.version.description.rubrics[-1].key
    messages.success(request, _("Here is the copy. Say which outcomes its criteria show."))
    return HttpResponseRedirect(common.address("rubric", found.micro_credential, key))
