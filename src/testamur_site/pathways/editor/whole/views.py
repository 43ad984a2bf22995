"""The pages of the whole: settings, pools, and one part of the text."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from testamur.pathways import NotAProgramme
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ..common import draft_at, get_or_post, keep, of_rule, readable, rule_address
from ..forms import said_mistakes
from ..shapes.pools import pools_of, write_pools
from ..shapes.whole import settings_of, write_settings
from ..starting import PARTS
from ..tree import CannotChange
from .forms import PartForm, PoolFormSet, SettingsForm
from .presentation import PART_WORDS


@get_or_post
@staff_view(Right.DESIGN)
def settings(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    draft = draft_at(public_id)
    back = rule_address(institution, public_id)
    tree = readable(request, draft)
    if tree is None:
        return redirect(back)
    seen, rest = settings_of(tree.values)
    form = SettingsForm(request.POST or None, rest=rest, initial={**seen, "awarding": draft.awarding})
    if request.method == "POST" and form.is_valid():
        now = {key: value for key, value in form.cleaned_data.items() if key != "awarding"}
        write_settings(tree.document, seen, now)
        if keep(request, draft, tree.text(), form.cleaned_data["awarding"]):
            return redirect(back)
    context = {
        **of_rule(request, draft, _("The whole")),
        "form": form,
        "rest": rest,
    }
    return render(request, "pathways_editor/settings.html", context, status=422 if form.errors else 200)


@get_or_post
@staff_view(Right.DESIGN)
def sharing(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """The pools in which a credential may serve several requirements."""
    draft = draft_at(public_id)
    back = rule_address(institution, public_id)
    tree = readable(request, draft)
    if tree is None:
        return redirect(back)
    rows, rest = pools_of(tree.values)
    formset = PoolFormSet(request.POST if request.method == "POST" else None, initial=rows, prefix="pool")
    if request.method == "POST" and formset.is_valid():
        write_pools(tree, formset.rows())
        if keep(request, draft, tree.text()):
            return redirect(back)
    context = {
        **of_rule(request, draft, _("Pools")),
        "formset": formset,
        "rest": rest,
    }
    wrong = request.method == "POST" and not formset.is_valid()
    return render(request, "pathways_editor/sharing.html", context, status=422 if wrong else 200)


@get_or_post
@staff_view(Right.DESIGN)
def part(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """One part of the text for itself, with its comments; emptied, it goes."""
    draft = draft_at(public_id)
    back = rule_address(institution, public_id)
    key = request.GET.get("key", "")
    if key not in PARTS:
        raise Http404
    tree = readable(request, draft)
    if tree is None:
        return redirect(back)
    is_there = key in tree.values
    form = PartForm(request.POST or None, initial={"part": tree.part_text(key) if is_there else PARTS[key]})
    if request.method == "POST" and form.is_valid():
        try:
            tree.set_part(key, form.cleaned_data["part"].replace("\r\n", "\n"))
        except NotAProgramme as error:
            form.add_error("part", said_mistakes(error))
        except CannotChange:
            form.add_error("part", _("Write “%(key)s:” and what belongs to it, and nothing else.") % {"key": key})
        else:
            if keep(request, draft, tree.text()):
                return redirect(back)
    context = {
        **of_rule(request, draft, PART_WORDS[key]),
        "form": form,
        "key": key,
        "word": PART_WORDS[key],
        "is_there": is_there,
    }
    return render(request, "pathways_editor/part.html", context, status=422 if form.errors else 200)
