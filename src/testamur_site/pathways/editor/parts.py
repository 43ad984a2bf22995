"""The page on which one requirement is changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from testamur_site.catalogue.api import achievement_id, search_versions
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ..presentation import reader_language
from ..public.naming import component_of, named
from . import presentation
from .common import draft_at, get_or_post, keep, of_rule, readable, rule_address
from .forms import RequirementForm
from .shapes.pools import pools_of
from .shapes.requirement import OWN, fields_of, kind_of, titles_of, write_fields
from .shapes.whole import own_body
from .tree import CannotChange, Path, RuleTree, read

FOUND = 20
"""Micro-credentials that a search shows."""


@get_or_post
@staff_view(Right.DESIGN)
def requirement(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """One requirement. The button “Search” shows what is found, with what was filled in; the others keep it."""
    draft = draft_at(public_id)
    back = rule_address(institution, public_id)
    tree, path = readable(request, draft), read(request.GET.get("at", ""))
    if tree is None:
        return redirect(back)
    try:
        value = tree.requirement(path)
    except CannotChange as refused:
        messages.error(request, str(presentation.REFUSALS[refused.code]))
        return redirect(back)
    seen, rest = fields_of(value)
    query = request.POST.get("query", "").strip()[:200]
    options: dict[str, Any] = {
        "kind": seen["kind"],
        "rest": rest,
        "choices": _choices(seen, request.POST.getlist("achievement"), query),
        "after": _others(tree, path),
        "pools": [row["name"] for row in pools_of(tree.values)[0]],
        "seen": seen,
        "initial": {**seen, "issuer": seen.get("issuer") == OWN},
    }
    saving = request.method == "POST" and request.POST.get("do") != "search"
    form = RequirementForm(request.POST if request.method == "POST" else None, **options)
    if request.method == "POST" and not saving:
        form = RequirementForm(**{**options, "initial": _filled_in(form, request)})
    if saving and form.is_valid():
        now = form.fields_now(seen)
        write_fields(tree.part(path), value, now)
        if now.get("issuer") == OWN or now.get("residency"):
            own_body(tree.document, institution.did)
        if keep(request, draft, tree.text()):
            return redirect(f"{back}#at-{'-'.join(map(str, path))}")
    title = presentation.title_of(value, reader_language()) or str(value.get("name", ""))
    context = {
        **of_rule(request, draft, title or _("Requirement")),
        "form": form,
        "query": query,
        "rest": rest,
        "title": title or _("Requirement"),
        "takes": "achievement" in RequirementForm.base_fields
        and seen["kind"] in ("take", "each")
        and "from: achievement" not in rest,
    }
    status = 422 if saving and form.errors else 200
    return render(request, "pathways_editor/requirement.html", context, status=status)


def _filled_in(form: RequirementForm, request: HttpRequest) -> dict[str, Any]:
    """What was filled in, as it was, to be shown again."""
    return {
        name: request.POST.getlist(name) if name in ("achievement", "after", "same") else request.POST.get(name, "")
        for name in form.fields
    }


def _choices(seen: dict[str, Any], posted: list[str], query: str) -> list[tuple[str, str]]:
    """What is chosen, then what was found: an address and its words."""
    language = reader_language()
    chosen = list(dict.fromkeys([*seen.get("achievement", ()), *posted]))[:300]
    components = named(chosen, language)
    known = {
        address: _words(components[address]) if address in components else address
        for address in chosen
        if address in components or address in seen.get("achievement", ())
    }
    if query:
        for version in search_versions(query, FOUND):
            known.setdefault(achievement_id(version), _words(component_of(version, language)))
    return list(known.items())


def _words(component: Any) -> str:
    if component.current:
        return str(component.said)
    return _("%(name)s, version %(number)s, which was replaced") % {"name": component.said, "number": component.number}


def _others(tree: RuleTree, path: Path) -> list[tuple[str, str]]:
    """Requirements that may come before this one: none of those around it or inside it."""
    language = reader_language()
    return [
        (
            str(value["name"]),
            titles_of(value)[f"title_{language}"] or titles_of(value)["title_en"] or str(value["name"]),
        )
        for other, value in tree.requirements()
        if value.get("name") and other[: len(path)] != path and path[: len(other)] != other
        if kind_of(value) != "condition"
    ]
