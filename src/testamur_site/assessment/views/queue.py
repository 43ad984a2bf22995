"""An assessor's queue: what is mine, what can be taken, what waits, what a moderator decides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, allows, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import sentences
from ..errors import AssessmentError
from ..forms import PhraseForm
from ..reading import worklists
from ..rules import MAX_PHRASES
from ..services import allocation, phrases
from .common import address, attempt, own_mark, queue_crumb

_A_PAGE = 50


@staff_view(Right.ASSESS)
@require_safe
def queue(request: HttpRequest, institution: Institution) -> HttpResponse:
    leads = allows(request.membership.role, Right.LEAD)  # type: ignore[attr-defined]
    chosen = request.GET.get("list", "mine")
    counts = worklists.counts(request.user, moderator=leads)
    names = [
        ("mine", _("Mine")),
        ("take", _("To be taken")),
        ("waiting", _("Waiting for others")),
        *([("moderation", _("Moderation"))] if leads else []),
        ("done", pgettext("marks that are made", "Done")),
    ]
    if chosen not in dict(names):
        chosen = "mine"
    context: dict[str, Any] = {
        "chosen": chosen,
        "counts": counts,
        "tabs": [
            {
                "label": label,
                "url": f"?list={name}",
                "current": name == chosen,
                "count": counts.get(name),
            }
            for name, label in names
        ],
        "crumbs": [(queue_crumb(institution)[0], "")],
        "reasons": sentences.REASONS,
        "waits": sentences.WAITS,
    }
    if chosen == "done":
        page = Paginator(worklists.done(request.user), _A_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "items": worklists.items_of(page.object_list)}
    elif chosen == "moderation":
        context["items"] = _worded(worklists.for_moderation(request.user))
    else:
        lists = {"mine": worklists.mine, "take": worklists.to_take, "waiting": worklists.waiting}
        context["items"] = _worded(lists[chosen](request.user))
    return render(request, "assessment/queue.html", context)


def _worded(items: list[worklists.Item]) -> list[dict[str, Any]]:
    """The lines with their codes in words."""
    return [
        {
            "item": item,
            "reasons": [sentences.REASONS[code] for code in item.reasons if code in sentences.REASONS],
            "waits": [sentences.WAITS[code] for code in item.waits if code in sentences.WAITS],
        }
        for item in items
    ]


@staff_view(Right.ASSESS)
@require_POST
def take_next(request: HttpRequest, institution: Institution) -> HttpResponse:
    """To what is due first: of mine, else of what can be taken."""
    mark = worklists.next_of(request.user)
    if mark is None:
        try:
            mark = allocation.claim_next(institution, request.user)
        except AssessmentError as error:
            messages.info(request, sentences.of_error(error.code, error.facts))
            return redirect(address("queue", institution))
    return redirect(address("mark", institution, public_id=mark.public_id))


@staff_view(Right.ASSESS)
@require_POST
def take(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    mark = own_mark(public_id)
    if attempt(request, "", lambda: allocation.claim(mark, request.user)):
        return redirect(address("mark", institution, public_id=public_id))
    return redirect(address("queue", institution) + "?list=take")


@staff_view(Right.ASSESS)
@require_http_methods(["GET", "HEAD", "POST"])
def my_phrases(request: HttpRequest, institution: Institution) -> HttpResponse:
    """The sentences that this person writes often."""
    form = PhraseForm(request.POST if "keep" in request.POST else None)
    if request.method == "POST" and "forget" in request.POST:
        phrases.forget(request.user, request.POST["forget"][:64])
        return redirect(address("phrases", institution))
    if form.is_valid():
        if phrases.keep(institution, request.user, form.cleaned_data["text"]):
            return redirect(address("phrases", institution))
        form.add_error("text", _("You have %(most)s phrases already. Remove one first.") % {"most": MAX_PHRASES})
    context = {
        "form": form,
        "phrases": phrases.phrases_of(request.user),
        "crumbs": [queue_crumb(institution), (_("My phrases"), "")],
    }
    return render(request, "assessment/phrases.html", context, status=422 if form.errors else 200)
