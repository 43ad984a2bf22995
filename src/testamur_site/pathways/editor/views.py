"""The editor's pages. Everything goes through one form with the text in it: whatever button is pressed, what was typed is kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ..api import Rule, RuleFixed, RuleRefused, rule_of
from ..presentation import reader_language
from ..public.views import shown as rule_shown
from . import presentation, services
from .common import crumbs, draft_at, number_in, version_at
from .models import RuleDraft
from .starting import STARTS, About, starting
from .tree import CHANGES, CannotChange, RuleTree, read


@require_safe
@staff_view(Right.DESIGN)
def rule(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """The draft as panels and as text; where there is none, the rule as it stands, and how to begin."""
    version = version_at(public_id)
    draft = services.draft_of(version)
    if draft is not None and not _fixed(version, rule_of(version)):
        return render(request, "pathways_editor/rule.html", page_of(draft))
    return _begin_page(request, version)


def _fixed(version: AchievementVersion, found: Rule | None) -> bool:
    """A rule is not changed once its version was published with it."""
    return found is not None and version.state != AchievementVersion.State.DRAFT


def _earlier(version: AchievementVersion) -> Rule | None:
    """The rule of the version that this one takes the place of, or None."""
    others = version.micro_credential.versions.exclude(pk=version.pk).select_related("institution").order_by("-number")
    return next((found for other in others if (found := rule_of(other)) is not None), None)


def _begin_page(request: HttpRequest, version: AchievementVersion) -> HttpResponse:
    found = rule_of(version)
    context: dict[str, Any] = {
        "version": version,
        "micro_credential": version.micro_credential,
        "crumbs": crumbs(version, (_("Rule of the microdegree"), "")),
    }
    if found is not None:
        context |= rule_shown(found, version) | {"crumbs": context["crumbs"], "fixed": _fixed(version, found)}
    earlier = None if found is not None else _earlier(version)
    return render(request, "pathways_editor/begin.html", {**context, "earlier": earlier, "has_rule": found is not None})


@require_POST
@staff_view(Right.DESIGN)
def begin(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Begin with the rule that is there, with that of the version before, or with one of three small ones."""
    version = version_at(public_id)
    found, key = rule_of(version), request.POST.get("start", "")
    if not _fixed(version, found):
        source = found or (_earlier(version) if key == "earlier" else None)
        if source is not None:
            services.begin(version, source.text, awarding=source.awarding, actor=request.user)
        elif key in STARTS:
            about = About(version.title_in("en"), version.title_in("ko"), version.number, institution.did)
            services.begin(version, starting(key, about), actor=request.user)
        else:
            messages.error(request, _("Choose what to begin with."))
    return redirect("pathways_editor:rule", institution.slug, public_id)


def page_of(draft: RuleDraft, *, text: str | None = None) -> dict[str, Any]:
    version = draft.version
    found = rule_of(version)
    return {
        "version": version,
        "micro_credential": version.micro_credential,
        "draft": draft,
        "text": draft.text if text is None else text,
        "shown": presentation.shown(draft, reader_language(), text=text),
        "in_use": found is not None and found.text == draft.text and found.awarding == draft.awarding,
        "has_rule": found is not None,
        "automatic": draft.awarding == "automatic",
        "crumbs": crumbs(version, (_("Rule of the microdegree"), "")),
    }


_PAGES = {
    "edit": "requirement",
    "settings": "settings",
    "sharing": "sharing",
    "part": "part",
    "tests": "tests",
    "try": "try",
}
"""The pages to which a button leads, once what was typed is kept. A panel's was drawn for the text as it was before."""


@require_POST
@staff_view(Right.DESIGN)
def change(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Whatever button was pressed: first the text is kept, then the button does what it says.

    1. A text that differs from the draft is kept, also when it is no programme. A panel's button is then not obeyed: it was drawn
       for another text.
    2. Otherwise the button's change is made in the text.
    """
    draft = draft_at(public_id)
    here = [institution.slug, public_id]
    do, _colon, place = request.POST.get("do", "check").partition(":")
    text, revision = services.lines(request.POST.get("text", draft.text)), number_in(request.POST.get("revision"))
    typed = text.rstrip("\n") != draft.text.rstrip("\n")
    try:
        if typed:
            draft = services.keep(draft, text, revision=revision, actor=request.user)
        elif revision != draft.revision and do != "check" and do not in _PAGES:
            raise services.ChangedMeanwhile
        if do in _PAGES and not (typed and do == "edit"):
            query = {"edit": f"?at={place}", "part": f"?key={place}"}.get(do, "")
            return redirect(reverse(f"pathways_editor:{_PAGES[do]}", args=here) + query)
        if do == "use":
            return _use(request, draft, here)
        if do == "undo" and not typed:
            services.undo(draft, revision=draft.revision, actor=request.user)
            messages.success(request, _("The last change is taken back."))
        elif do in CHANGES and not typed:
            return _changed(request, draft, do, place, here)
        elif typed:
            messages.success(request, _("The text is kept as a draft."))
    except services.ChangedMeanwhile:
        messages.error(
            request,
            _("Somebody else has changed this rule meanwhile. Below is what you have; compare it before you keep it."),
        )
        return render(request, "pathways_editor/rule.html", page_of(draft_at(public_id), text=text), status=409)
    except RuleRefused as refused:
        messages.error(request, presentation.first_mistake(refused))
        return render(request, "pathways_editor/rule.html", page_of(draft, text=text[:1_000_000]), status=422)
    return redirect("pathways_editor:rule", *here)


def _changed(request: HttpRequest, draft: RuleDraft, do: str, place: str, here: list[str]) -> HttpResponse:
    path = read(place)
    try:
        tree = RuleTree(draft.text)
        made = CHANGES[do](tree, path)
    except (CannotChange, ValueError) as error:
        code = error.code if isinstance(error, CannotChange) else "unreadable"
        messages.error(request, str(presentation.REFUSALS[code]))
        return redirect("pathways_editor:rule", *here)
    services.keep(draft, tree.text(), revision=draft.revision, actor=request.user)
    if do in ("add", "ask"):
        at = made
        address = reverse("pathways_editor:requirement", args=here) + "?at=" + "/".join(map(str, at))
        return redirect(address)
    return redirect(reverse("pathways_editor:rule", args=here) + "#requirements")


def _use(request: HttpRequest, draft: RuleDraft, here: list[str]) -> HttpResponse:
    try:
        services.use(draft, actor=request.user)
    except RuleRefused:
        messages.error(
            request, _("The rule cannot be used yet. What is wrong stands beside the text; it is kept as a draft.")
        )
        return redirect(reverse("pathways_editor:rule", args=here) + "#text")
    except RuleFixed:
        messages.error(request, _("The rule of a published version is not changed. Begin a new version."))
    else:
        messages.success(request, _("This is the rule now. It is public as soon as the version is published."))
    return redirect("pathways_editor:rule", *here)
