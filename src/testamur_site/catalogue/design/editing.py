"""One section of the form: drawn, changed by rows, saved, or held against what somebody else saved meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, services, texts
from ..description import sections
from ..description.places_and_languages import LANGUAGE_TAGS
from ..errors import Conflict, NotPublishable, Refused, VersionLocked
from ..models import AchievementVersion, MicroCredential
from ..public.presentation import language_name
from . import common, history
from .rows import Context, SectionEditor, with_row_added, with_row_removed
from .section_forms import BY_KEY, SECTIONS, Section
from .wording import add_hints


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Right.DESIGN)
def edit(request: HttpRequest, institution: Institution, public_id: str, section: str) -> HttpResponse:
    """Draw or save one section of the version that may be edited; a locked one leads to beginning the next version."""
    micro_credential = common.found(public_id)
    chosen = BY_KEY.get(section)
    if chosen is None:
        raise Http404
    version = queries.editable_version(micro_credential)
    if version is None:
        messages.info(request, _("This version was awarded and stays as it is. Begin a new version to change it."))
        return HttpResponseRedirect(common.address("new_version", micro_credential))
    context = Context.of(version.description, _languages(request, institution, version))
    if request.method != "POST":
        editor = chosen.editor(context)
        return _page(request, micro_credential, version, chosen, editor, sections.token(version.description, section))
    return _posted(request, micro_credential, version, chosen, context)


def _posted(
    request: HttpRequest,
    micro_credential: MicroCredential,
    version: AchievementVersion,
    section: Section,
    context: Context,
) -> HttpResponse:
    base = request.POST.get("base", "")[:64]
    if "check" in request.POST:  # how the outcomes are worded
        return _page(request, micro_credential, version, section, section.editor(context, request.POST), base)
    if "write" in request.POST:  # in a further language, which `_asked` has read
        return _page(request, micro_credential, version, section, section.editor(context, request.POST), base)
    if "add" in request.POST:
        data, added = with_row_added(request.POST, request.POST["add"])
        return _page(request, micro_credential, version, section, section.editor(context, data, added=added), base)
    if "remove" in request.POST:
        data = with_row_removed(request.POST, request.POST["remove"])
        return _page(request, micro_credential, version, section, section.editor(context, data), base, removed=True)
    editor = section.editor(context, request.POST)
    if not editor.is_valid():
        return _page(request, micro_credential, version, section, editor, base, status=422)
    try:
        services.save_section(version, section.key, editor.members(), base=base, actor=request.user)
    except Conflict as conflict:
        return _conflict(request, micro_credential, conflict, section, editor)
    except NotPublishable as refusal:
        missing = [str(texts.ELEMENTS[element.key][0]) for element in refusal.completeness.missing_mandatory]
        return _page(request, micro_credential, version, section, editor, base, missing=missing, status=409)
    except Refused as refusal:
        said = texts.refusal(refusal)
        return _page(request, micro_credential, version, section, editor, base, fault=said, status=409)
    except ValueError as fault:
        # The fields say what is wrong with them before it comes to this; what only the whole description can tell is said here.
        said = texts.fault(str(fault))
        return _page(request, micro_credential, version, section, editor, base, fault=said, status=422)
    except VersionLocked:
        messages.warning(
            request,
            _("Meanwhile this version was awarded, so it stays as it is. Begin a new version to make your change."),
        )
        return HttpResponseRedirect(common.address("new_version", micro_credential))
    messages.success(request, _("Saved: %(section)s.") % {"section": section.label})
    if "next" in request.POST and (following := _following(section)):
        return HttpResponseRedirect(common.address("edit", micro_credential, following.key) + _kept_query(request))
    return HttpResponseRedirect(common.address("edit", micro_credential, section.key) + _kept_query(request))


def _conflict(
    request: HttpRequest, micro_credential: MicroCredential, conflict: Conflict, section: Section, editor: SectionEditor
) -> HttpResponse:
    """What was typed stays in the form; beside it stands what is stored now, and saving again takes the place of it."""
    stored = conflict.version
    mine = sections.part(replace(stored.description, **editor.members()), section.key)
    theirs = sections.part(stored.description, section.key)
    return _page(
        request,
        micro_credential,
        stored,
        section,
        editor,
        sections.token(stored.description, section.key),
        conflict={
            "who": getattr(stored.changed_by, "name", "") or _("A colleague"),
            "when": stored.changed_at,
            "changes": history.changes(theirs, mine),
        },
        status=409,
    )


def _page(
    request: HttpRequest,
    micro_credential: MicroCredential,
    version: AchievementVersion,
    section: Section,
    editor: SectionEditor,
    base: str,
    *,
    status: int = 200,
    **further: Any,
) -> HttpResponse:
    links = common.section_links(micro_credential)
    meter = queries.completeness(version)
    wording = add_hints(editor, version.description) if section.key == "outcomes" else None
    context = {
        "wording": wording,
        "credit_lines": texts.credit_lines(version.description) if section.key == "workload" else [],
        "micro_credential": micro_credential,
        "version": version,
        "section": section,
        "editor": editor,
        "form": editor.form,
        "invalid_forms": [form for form in editor.forms() if form.is_bound and form.errors] if status == 422 else [],
        "base": base,
        "query": _kept_query(request),
        "following": _following(section),
        "navigation_items": common.navigation(section.key, links, meter),
        "meter": meter,
        "elements": [e for e in texts.elements_shown(meter, {}) if e.presence != "present"],
        "section_elements": [
            shown
            for state, shown in zip(meter.elements, texts.elements_shown(meter, {}), strict=True)
            if state.section == section.key and (shown.presence != "present" or shown.remarks)
        ],
        "languages": [language_name(tag) for tag in editor.context.languages],
        "further_languages": [
            (tag, language_name(tag)) for tag in LANGUAGE_TAGS if tag not in editor.context.languages
        ],
        "is_published": version.state == AchievementVersion.State.PUBLISHED,
        "crumbs": common.crumbs(
            micro_credential.institution,
            (version.title or _("Untitled"), common.address("detail", micro_credential)),
            (str(section.label), ""),
        ),
        **further,
    }
    return render(request, "catalogue/design/edit.html", context, status=status)


def _following(section: Section) -> Section | None:
    position = SECTIONS.index(section) + 1
    return SECTIONS[position] if position < len(SECTIONS) else None


def _languages(request: HttpRequest, institution: Institution, version: AchievementVersion) -> tuple[str, ...]:
    """The institution's languages, those in which the title is written, and those that were just asked for."""
    return tuple(dict.fromkeys([*common.languages_of(institution), *version.description.title, *_asked(request)]))


def _asked(request: HttpRequest) -> list[str]:
    """Languages whose fields were asked for: in the address, and by the button below the form."""
    asked = [*request.GET.getlist("with"), *([request.POST.get("further", "")] if "write" in request.POST else [])]
    return list(dict.fromkeys(tag for tag in asked if tag in LANGUAGE_TAGS))[:10]


def _kept_query(request: HttpRequest) -> str:
    asked = _asked(request)
    return "?" + "&".join(f"with={tag}" for tag in asked) if asked else ""
