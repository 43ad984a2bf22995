"""Staff pages of the catalogue. Each view calls one service or query and renders; the form itself is in `editing.py`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, services, texts
from ..description.elements import Description
from ..errors import NotApproved, NothingToPublish, NotPublishable, Refused
from ..exchange import own_json
from ..exchange.elm import NotImportable
from ..models import AchievementVersion, MicroCredential
from ..public.views import programme_context
from . import history as comparing
from .assessed.plan import findings_of
from .common import address, crumbs, found, own_picture, section_links
from .pictures import with_picture
from .section_forms import SECTIONS, ImportForm, NewForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@staff_view(Right.VIEW)
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    query, state = request.GET.get("q", "").strip()[:200], request.GET.get("state", "")
    page = queries.staff_list(query, state, request.GET.get("page", 1))
    counts = queries.state_counts()
    here = reverse("catalogue:list", args=[institution.slug])
    labels = {"": _("All"), "draft": _("Drafts"), "published": _("Published"), "retired": _("Retired")}
    tabs = [
        {
            "label": label,
            "url": f"{here}?state={key}" if key else here,
            "current": state == key,
            "count": counts.get(key, sum(counts.values())),
        }
        for key, label in labels.items()
    ]
    context = {
        "page": page,
        "tabs": tabs,
        "query": query,
        "state": state,
        "asked": services.consents_waiting(),
        "rows": [
            {"row": row, "image": own_picture(row.shown), "meter": queries.completeness(row.shown)} for row in page
        ],
    }
    return render(request, "catalogue/design/list.html", context)


@get_or_post
@staff_view(Right.DESIGN)
def create(request: HttpRequest, institution: Institution) -> HttpResponse:
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.create(institution, Description(title=form.titles()), actor=request.user)
        return HttpResponseRedirect(address("edit", made, SECTIONS[0].key))
    context = {"form": form, "crumbs": crumbs(institution, (_("New"), ""))}
    return render(request, "catalogue/design/create.html", context, status=422 if form.errors else 200)


@get_or_post
@staff_view(Right.DESIGN)
def import_file(request: HttpRequest, institution: Institution) -> HttpResponse:
    """A draft out of a file; afterwards it is said what of the file did not arrive."""
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "crumbs": crumbs(institution, (_("Import"), ""))}
    if request.method != "POST" or not form.is_valid():
        return render(request, "catalogue/design/import.html", context, status=422 if form.errors else 200)
    upload = form.cleaned_data["file"]
    try:
        if upload.size > own_json.MAX_BYTES:
            raise NotImportable("too_large")
        imported, picture = own_json.read(upload.read())
    except NotImportable as refusal:
        form.add_error("file", texts.import_refusal(refusal.code, refusal.detail))
        return render(request, "catalogue/design/import.html", context, status=422)
    description, png, svg = with_picture(imported.description, picture)
    made = services.create(institution, description, actor=request.user, source="import", png=png, svg=svg)
    if not imported.left_over:
        messages.success(request, _("Imported as a draft. Every element of the file was taken over."))
        return HttpResponseRedirect(address("detail", made))
    left_over = [(path, str(value)[:200]) for path, value in imported.left_over[:200]]
    context |= {"made": made, "version": made.versions.get(), "left_over": left_over, "count": len(imported.left_over)}
    return render(request, "catalogue/design/imported.html", context)


@require_safe
@staff_view(Right.VIEW)
def overview(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """A micro-credential as its designers see it: how complete, in which state, what can be done."""
    return render(request, "catalogue/design/overview.html", overview_context(found(public_id), institution))


def overview_context(micro_credential: MicroCredential, institution: Institution) -> dict[str, Any]:
    version = queries.shown_version(micro_credential)
    editable = queries.editable_version(micro_credential)
    meter = queries.completeness(version)
    links = section_links(micro_credential) if editable is not None and editable.pk == version.pk else {}
    return {
        "micro_credential": micro_credential,
        "version": version,
        "editable": editable,
        "versions": queries.versions(micro_credential),
        "is_draft": version.state == AchievementVersion.State.DRAFT,
        "meter": meter,
        "elements": texts.elements_shown(meter, links),
        "mandatory_present": sum(e.mandatory and e.presence != "missing" for e in meter.elements),
        "mandatory_count": sum(e.mandatory for e in meter.elements),
        "sections": SECTIONS,
        "further_pages": settings.TESTAMUR_MICRO_CREDENTIAL_PAGES,
        "findings": findings_of(version, section_links(micro_credential)),
        "approval": approval_shown(version),
        "co_owners": [
            (owner.localised_name, texts.consent_state(state)) for owner, state in services.consents(version)
        ],
        "earlier": texts.rule_for_earlier(version.earlier_learners, version.earlier_until)
        if version.number > 1
        else "",
        "image": own_picture(version),
        "crumbs": crumbs(institution, (version.title or _("Untitled"), "")),
    }


def approval_shown(version: AchievementVersion) -> dict[str, Any] | None:
    """Whether this version needs an approval and has one; None where it needs none."""
    if not services.approval_required(version):
        return None
    try:
        services.refuse_unapproved(version)
    except NotApproved as refusal:
        return {"sentence": texts.refusal(refusal), "until": None, "holds": False}
    return {"sentence": "", "until": version.approved_until, "holds": True}


@require_safe
@staff_view(Right.VIEW)
def preview(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """The programme page as everybody would see it, before anybody can."""
    version = queries.shown_version(found(public_id))
    context = {**programme_context(version), "preview": True, "image": own_picture(version)}
    return render(request, "catalogue/public/programme.html", context)


@get_or_post
@staff_view(Right.DESIGN)
def publish(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    micro_credential = found(public_id)
    version = queries.shown_version(micro_credential)
    context = overview_context(micro_credential, institution)
    context["crumbs"] = crumbs(
        institution,
        (version.title or _("Untitled"), address("detail", micro_credential)),
        (pgettext("a micro-credential", "Publish"), ""),
    )
    if request.method != "POST":
        return render(request, "catalogue/design/publish.html", context)
    try:
        services.publish(version, actor=request.user)
    except NotPublishable:
        return render(request, "catalogue/design/publish.html", {**context, "refused": True}, status=409)
    except Refused as refusal:
        said = {"refused": True, "refusal": texts.refusal(refusal), "not_approved": isinstance(refusal, NotApproved)}
        return render(request, "catalogue/design/publish.html", {**context, **said}, status=409)
    except NothingToPublish:
        messages.info(request, _("This version is published already."))
    else:
        messages.success(request, _("Published. It can be found in the catalogue and awarded from now on."))
    return HttpResponseRedirect(address("detail", micro_credential))


@get_or_post
@staff_view(Right.DESIGN)
def discard(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    micro_credential = found(public_id)
    version = queries.shown_version(micro_credential)
    if version.state != AchievementVersion.State.DRAFT:
        messages.info(request, _("There is no draft to discard."))
        return HttpResponseRedirect(address("detail", micro_credential))
    only = len(queries.versions(micro_credential)) == 1
    if request.method == "POST":
        services.discard_draft(version, actor=request.user)
        messages.success(request, _("The draft was discarded."))
        target = reverse("catalogue:list", args=[institution.slug]) if only else address("detail", micro_credential)
        return HttpResponseRedirect(target)
    context = {
        "heading": _("Discard this draft?"),
        "sentence": _("The micro-credential “%(title)s” was never published and will be gone for good.")
        % {"title": version.title or _("Untitled")}
        if only
        else _("Your changes will be gone for good. The published version stays as it is."),
        "confirm_label": _("Discard the draft"),
        "danger": True,
        "cancel_url": address("detail", micro_credential),
    }
    return render(request, "design_system/confirm.html", context)


@get_or_post
@staff_view(Right.DESIGN)
def duplicate(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    micro_credential = found(public_id)
    version = queries.shown_version(micro_credential)
    old = version.description.title
    initial = {"title_en": old.get("en", ""), "title_ko": old.get("ko", "")}
    form = NewForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = services.duplicate(version, form.titles(), actor=request.user)
        messages.success(request, _("Here is the copy. Nobody sees it until you publish it."))
        return HttpResponseRedirect(address("detail", made))
    context = {
        "heading": _("Make a copy"),
        "sentence": _("A new draft with all elements and the picture. Give it a title of its own."),
        "confirm_label": _("Make the copy"),
        "cancel_url": address("detail", micro_credential),
        "form": form,
    }
    return render(request, "design_system/confirm.html", context, status=422 if form.errors else 200)


@get_or_post
@staff_view(Right.DESIGN)
def retire(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    micro_credential = found(public_id)
    if request.method == "POST":
        services.retire(micro_credential, actor=request.user)
        messages.success(request, _("Retired. Awards stay valid; no new ones can be made."))
        return HttpResponseRedirect(address("detail", micro_credential))
    context = {
        "heading": _("Retire this micro-credential?"),
        "sentence": _(
            "It leaves the catalogue and can no longer be awarded. Everybody who holds it keeps it, its page stays readable, and "
            "you can bring it back."
        ),
        "confirm_label": _("Retire"),
        "danger": True,
        "cancel_url": address("detail", micro_credential),
    }
    return render(request, "design_system/confirm.html", context)


@require_http_methods(["POST"])
@staff_view(Right.DESIGN)
def bring_back(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    micro_credential = found(public_id)
    try:
        services.bring_back(micro_credential, actor=request.user)
    except NotApproved as refusal:
        messages.error(request, texts.refusal(refusal))
    else:
        messages.success(request, _("It is in the catalogue again."))
    return HttpResponseRedirect(address("detail", micro_credential))


@require_safe
@staff_view(Right.VIEW)
def history(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    micro_credential = found(public_id)
    versions = queries.versions(micro_credential)
    title = queries.shown_version(micro_credential).title
    context = {
        "micro_credential": micro_credential,
        "steps": comparing.steps(versions),
        "crumbs": crumbs(
            institution, (title or _("Untitled"), address("detail", micro_credential)), (_("History"), "")
        ),
    }
    return render(request, "catalogue/design/history.html", context)


@require_safe
@staff_view(Right.VIEW)
def export(_request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """The description as a file that can be imported again, here or in another installation."""
    version = queries.shown_version(found(public_id))
    picture = version.image
    png, svg = (bytes(picture.png), bytes(picture.svg) if picture.svg else None) if picture else (None, None)
    answer = HttpResponse(own_json.write(version.description, png=png, svg=svg), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="micro-credential-{public_id[:8]}-{version.number}.json"'
    return answer
