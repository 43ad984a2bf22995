"""What the pages of the editor share: which draft, whether its text can be changed by forms, and keeping it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.pathways import NotAProgramme
from testamur_site.catalogue.api import AchievementVersion, own_micro_credential, shown_version
from testamur_site.foundation.tenancy.api import Institution

from ..api import RuleRefused
from . import presentation, services
from .models import RuleDraft
from .tree import CannotChange, RuleTree

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def version_at(public_id: str) -> AchievementVersion:
    """The version of the institution's micro-credential that is worked on. 404 for another institution's."""
    micro_credential = own_micro_credential(public_id)
    if micro_credential is None:
        raise Http404
    return shown_version(micro_credential)


def draft_at(public_id: str) -> RuleDraft:
    draft = services.draft_of(version_at(public_id))
    if draft is None:
        raise Http404
    return draft


def crumbs(version: AchievementVersion, *further: tuple[str, str]) -> list[tuple[str, str]]:
    slug, public_id = version.institution.slug, version.micro_credential.public_id
    return [
        (_("Micro-credentials"), reverse("catalogue:list", args=[slug])),
        (version.title or _("Untitled"), reverse("catalogue:detail", args=[slug, public_id])),
        *further,
    ]


def of_rule(request: HttpRequest, draft: RuleDraft, word: str) -> dict[str, Any]:
    """What every page below the rule shows: the draft, the revision that its form was made of, the way back, and where the page stands."""
    back = rule_address(draft.version.institution, draft.version.micro_credential.public_id)
    return {
        "draft": draft,
        "revision": request.POST.get("revision", draft.revision),
        "back": back,
        "crumbs": crumbs(draft.version, (_("Rule of the microdegree"), back), (word, "")),
    }


def rule_address(institution: Institution, public_id: str) -> str:
    return reverse("pathways_editor:rule", args=[institution.slug, public_id])


def readable(request: HttpRequest, draft: RuleDraft) -> RuleTree | None:
    """The draft's text as a tree; None, and said so, where only the text itself can be edited."""
    try:
        return RuleTree(draft.text)
    except (NotAProgramme, CannotChange):
        messages.error(request, str(presentation.REFUSALS["unreadable"]))
        return None


def number_in(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def keep(request: HttpRequest, draft: RuleDraft, text: str, awarding: str | None = None) -> bool:
    """Keep a text as the draft, by the revision that the form names; whether it was kept is said."""
    try:
        services.keep(
            draft, text, revision=number_in(request.POST.get("revision")), actor=request.user, awarding=awarding
        )
    except services.ChangedMeanwhile:
        messages.error(
            request,
            _("Somebody else has changed this rule meanwhile. Go back to it and look; nothing of yours was kept."),
        )
        return False
    except RuleRefused as refused:
        messages.error(request, presentation.first_mistake(refused))
        return False
    messages.success(request, _("Kept in the draft."))
    return True
