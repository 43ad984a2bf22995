"""The pages on which one part of the rule is changed (a requirement, the whole), and the one on which it is tried."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.pathways import NotAProgramme, read_programme
from testamur_site.catalogue.api import achievement_id, public_versions, search_versions
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ..presentation import reader_language
from ..public.naming import component_of, named
from . import presentation, services, trying
from .fields import OWN, fields_of, kind_of, titles_of, write_fields
from .forms import CaseForm, RequirementForm, SettingsForm
from .models import RuleDraft
from .tree import CannotChange, Path, RuleTree, read
from .views import crumbs, draft_at
from .whole import own_body, settings_of, write_settings

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
FOUND = 20
"""Micro-credentials that a search shows."""


def _readable(request: HttpRequest, draft: RuleDraft) -> RuleTree | None:
    try:
        return RuleTree(draft.text)
    except (NotAProgramme, CannotChange):
        messages.error(request, str(presentation.REFUSALS["unreadable"]))
        return None


@get_or_post
@staff_view(Right.DESIGN)
def requirement(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """One requirement. The button “Search” shows what is found, with what was filled in; the others keep it."""
    draft = draft_at(public_id)
    back = reverse("pathways_editor:rule", args=[institution.slug, public_id])
    tree, path = _readable(request, draft), read(request.GET.get("at", ""))
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
        "initial": {**seen, "issuer": seen.get("issuer") == OWN},
    }
    saving = request.method == "POST" and request.POST.get("do") != "search"
    form = RequirementForm(request.POST if request.method == "POST" else None, **options)
    if request.method == "POST" and not saving:
        form = RequirementForm(**{**options, "initial": _filled_in(form, request)})
    if saving and form.is_valid():
        now = form.fields_now(seen)
        write_fields(tree.part(path), now, rest)
        if now.get("issuer") == OWN or now.get("residency"):
            own_body(tree.document, institution.did)
        if _keep(request, draft, tree.text()):
            return redirect(f"{back}#at-{'-'.join(map(str, path))}")
    title = presentation.title_of(value, reader_language()) or str(value.get("name", ""))
    context = {
        "form": form,
        "query": query,
        "draft": draft,
        "revision": request.POST.get("revision", draft.revision),
        "rest": rest,
        "title": title or _("Requirement"),
        "takes": "achievement" in RequirementForm.base_fields
        and seen["kind"] in ("take", "each")
        and "from: achievement" not in rest,
        "back": back,
        "crumbs": crumbs(draft.version, (_("Rule of the microdegree"), back), (title or _("Requirement"), "")),
    }
    status = 422 if saving and form.errors else 200
    return render(request, "pathways_editor/requirement.html", context, status=status)


def _filled_in(form: RequirementForm, request: HttpRequest) -> dict[str, Any]:
    """What was filled in, as it was, to be shown again."""
    return {
        name: request.POST.getlist(name) if name in ("achievement", "after") else request.POST.get(name, "")
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


def _keep(request: HttpRequest, draft: RuleDraft, text: str, awarding: str | None = None) -> bool:
    revision = request.POST.get("revision", "")
    try:
        services.keep(
            draft,
            text,
            revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else 0,
            actor=request.user,
            awarding=awarding,
        )
    except services.ChangedMeanwhile:
        messages.error(
            request,
            _("Somebody else has changed this rule meanwhile. Go back to it and look; nothing of yours was kept."),
        )
        return False
    messages.success(request, _("Kept in the draft."))
    return True


@get_or_post
@staff_view(Right.DESIGN)
def settings(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    draft = draft_at(public_id)
    back = reverse("pathways_editor:rule", args=[institution.slug, public_id])
    tree = _readable(request, draft)
    if tree is None:
        return redirect(back)
    seen, rest = settings_of(tree.values)
    form = SettingsForm(request.POST or None, rest=rest, initial={**seen, "awarding": draft.awarding})
    if request.method == "POST" and form.is_valid():
        now = {key: value for key, value in form.cleaned_data.items() if key != "awarding"}
        write_settings(tree.document, seen, now)
        if _keep(request, draft, tree.text(), form.cleaned_data["awarding"]):
            return redirect(back)
    context = {
        "form": form,
        "draft": draft,
        "revision": request.POST.get("revision", draft.revision),
        "rest": rest,
        "back": back,
        "crumbs": crumbs(draft.version, (_("Rule of the microdegree"), back), (_("The whole"), "")),
    }
    return render(request, "pathways_editor/settings.html", context, status=422 if form.errors else 200)


@get_or_post
@staff_view(Right.DESIGN)
def try_it(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Whom would this award? Nothing is written; the answer is made for this page."""
    draft = draft_at(public_id)
    language = reader_language()
    back = reverse("pathways_editor:rule", args=[institution.slug, public_id])
    try:
        programme = read_programme(draft.text.encode())
    except NotAProgramme:
        messages.error(request, _("The text is no programme yet. Mend it first; what is wrong stands beside it."))
        return redirect(f"{back}#text")
    components = trying.to_choose(draft.text, institution, language)
    form = CaseForm(request.POST or None, choices=[(one.address, one.said) for one in components])
    tried = people = None
    if request.method == "POST" and form.is_valid():
        today = timezone.localdate()
        if request.POST.get("do") == "participants":
            people = trying.with_participants(programme, draft.version.micro_credential, today)
        else:
            tried = _tried(form, programme, language, today)
    context = {
        "form": form,
        "draft": draft,
        "tried": tried,
        "people": people,
        "tests": trying.own_tests(programme, language),
        "back": back,
        "crumbs": crumbs(draft.version, (_("Rule of the microdegree"), back), (_("Whom would this award?"), "")),
    }
    return render(request, "pathways_editor/try.html", context, status=422 if form.errors else 200)


def _tried(form: CaseForm, programme: Any, language: str, today: Any) -> trying.Tried | None:
    if text := form.cleaned_data["case"].strip():
        try:
            return trying.with_case(programme, text, today, language)
        except NotAProgramme as error:
            for mistake in error.mistakes[:20]:
                form.add_error(
                    "case",
                    _("Line %(line)s: %(message)s") % {"line": mistake.line, "message": mistake.fault.said(language)},
                )
            return None
    chosen = form.cleaned_data.get("chosen", [])
    found = public_versions(address.rpartition("/")[2] for address in chosen)
    versions = [found[each] for address in chosen if (each := address.rpartition("/")[2]) in found]
    return trying.with_chosen(programme, versions, today, language)
