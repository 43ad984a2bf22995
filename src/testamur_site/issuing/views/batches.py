"""Upload a class list, look at the dry run, start it, watch it, undo it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.catalogue.api import published
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tables.api import ENCODINGS, IGNORED, TableRefused, of_file
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, sentences, services
from ..documents import scales_of
from ..errors import IssuingError
from ..forms import ColumnsForm, ReasonForm, UploadForm
from ..models import Batch
from ..revocations.queries import needs_second_person
from ..revocations.rules import Scope
from ..rules import BatchState, Stage, missing_columns
from .common import SECOND_PERSON, address, asked, attempt, batch_or_404, batches_crumb, propose

WAIT_SECONDS = 0.5
"""So long a request waits for a worker to have read a list: then the dry run is there at once, as that of a short one is."""

YOUNG = timedelta(seconds=20)
"""A list that was uploaded so recently is probably read in a moment: its page is looked at more often. What has not begun after this long
waits for other work."""


@staff_view(Right.VIEW)
@require_safe
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    page = queries.batches(request.GET.get("page", "1"))
    for batch in page.object_list:
        batch.state_word = sentences.BATCH_STATES[batch.state]
        batch.awarded = sum(batch.counts.values()) - batch.counts["refused"] - batch.counts["cancelled"]
    context = {"page": page, "crumbs": [(batches_crumb(institution)[0], "")]}
    return render(request, "issuing/batches.html", context)


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, institution: Institution) -> HttpResponse:
    versions = published(institution)
    chosen = versions.filter(micro_credential__public_id=asked(request, "m")).first() or (
        versions.first() if versions.count() == 1 else None
    )
    initial = {
        "version": chosen.public_id if chosen else None,
        "language": "ko" if institution.languages[:1] == ["ko"] else "en",
    }
    form = UploadForm(request.POST or None, request.FILES or None, versions=versions, initial=initial)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            batch = services.receive_list(
                cleaned["version"],
                cleaned["file"].file,
                file_name=cleaned["file"].name,
                encoding=cleaned["encoding"] or None,
                default_date=cleaned["default_date"],
                award_again=cleaned["award_again"],
                language=cleaned["language"],
                actor=request.user,
                wait=WAIT_SECONDS,
            )
        except TableRefused as refusal:
            form.add_error("file", of_file(refusal.code, refusal.facts, _))
            if refusal.code.startswith("encoding."):
                form.fields["encoding"].widget.attrs["autofocus"] = True
        except IssuingError as error:
            form.add_error(None, sentences.of_error(error.code, error.facts))
        else:
            return redirect(address("batch", institution, batch.public_id))
    context = {
        "form": form,
        "versions": versions,
        "chosen": chosen,
        "steps": _steps(),
        "crumbs": [batches_crumb(institution), (_("New batch"), "")],
    }
    return render(request, "issuing/upload.html", context, status=422 if form.errors else 200)


def _steps() -> list[str]:
    return [_("Class list"), _("Dry run"), _("Issue")]


@staff_view(Right.VIEW)
@require_safe
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """The dry run of a draft, or how far its reading is; for what was started, how far it is and what came of it."""
    batch = batch_or_404(public_id)
    if batch.state in (BatchState.READING, BatchState.UNREADABLE):
        return _being_read(request, institution, batch)
    counts = queries.verdict_counts(batch)
    verdict = asked(request, "verdict")
    page = queries.rows(batch, verdict, request.GET.get("page", "1"))
    names = {scale.id: scale.name for scale in scales_of(batch.version, get_language())}
    made = queries.awards_by_line(batch, [row.line for row in page.object_list])
    for row in page.object_list:
        row.sentence, row.award = sentences.of_problems(row.problems), made.get(row.line)
        row.named_results = [(names.get(one["description"], ""), one["value"]) for one in row.results]
        if row.award is not None and row.award.problem:
            row.sentence = sentences.of_problem(row.award.problem)
    here = address("batch", institution, public_id)
    total = sum(counts.values())
    context: dict[str, Any] = {
        "batch": batch,
        "counts": counts,
        "page": page,
        "total": total,
        "state_word": sentences.BATCH_STATES[batch.state],
        "undo_reason": sentences.REASONS.get(batch.undo_reason, ""),
        "tabs": [
            {"label": _("All rows"), "url": here, "current": not verdict, "count": total},
            *(
                {"label": word, "url": f"{here}?verdict={name}", "current": verdict == name, "count": counts[name]}
                for name, word in sentences.VERDICTS.items()
                if counts[name] or verdict == name
            ),
        ],
        "crumbs": [batches_crumb(institution), (batch.version.title, "")],
    }
    if batch.state == BatchState.DRAFT:
        context |= _about_the_draft(batch)
        context |= {"steps": _steps(), "shown": services.as_shown(batch, counts["ready"])}
        return render(request, "issuing/dry_run.html", context)
    context |= _how_far_issued(batch)
    context["printing_url"] = reverse(settings.TESTAMUR_PRINTING_PAGE, args=[institution.slug, batch.public_id])
    return render(request, "issuing/batch.html", context)


def _being_read(request: HttpRequest, institution: Institution, batch: Batch) -> HttpResponse:
    context: dict[str, Any] = {
        "batch": batch,
        "state_word": sentences.BATCH_STATES[batch.state],
        "steps": _steps(),
        "crumbs": [batches_crumb(institution), (batch.version.title, "")],
    }
    if batch.state == BatchState.UNREADABLE:
        problem = batch.problem or {}
        context["refusal"] = of_file(problem.get("code", ""), problem.get("facts", {}), _)
    else:
        context |= _how_far(batch)
        context["missing"] = batch.header and [sentences.FIELDS[field] for field in missing_columns(batch.columns)]
    return render(request, "issuing/reading.html", context)


def _how_far(batch: Batch) -> dict[str, Any]:
    """Of a list that is being read: how far it is, and after how many seconds one looks again, with scripts and without."""
    young = timezone.now() - batch.created_at < YOUNG
    progress = queries.reading_progress(batch)
    queued = not (young or progress.stuck or progress.unattended or progress.done) and progress.stage == Stage.LOOKING
    return {"progress": progress, "queued": queued, "again": 1 if young else 2, "anew": 2 if young else 5}


def _how_far_issued(batch: Batch) -> dict[str, Any]:
    """Of a batch that was started: how far it is, and how much longer that takes where something works on it; or that it waits its turn."""
    progress = queries.progress(batch)
    idle = progress.stuck or progress.unattended or batch.state != BatchState.ISSUING
    left = "" if idle else sentences.time_left(progress.done, progress.left, batch.started_at)
    begun = batch.started_at is not None and timezone.now() - batch.started_at > YOUNG
    return {"progress": progress, "time_left": left, "queued": begun and not idle and not progress.done}


def _encoding(name: str) -> str:
    return _(ENCODINGS[name]) if name in ENCODINGS else ""


def _about_the_draft(batch: Batch) -> dict[str, Any]:
    names = [scale.name for scale in scales_of(batch.version, get_language())]
    used, unused = [], []
    for head, column in zip(batch.header, batch.columns, strict=True):
        if column and column != IGNORED:
            word = names[int(column.partition(":")[2])] if column.startswith("result:") else sentences.FIELDS[column]
            used.append((head, word))
        elif head:
            unused.append(head)
    collisions = batch.reading.get("collisions", {})
    return {
        "used": used,
        "unused": unused,
        "missing": [sentences.FIELDS[field] for field in missing_columns(batch.columns)],
        "collisions": [
            (sentences.FIELDS.get(field, field), ", ".join(batch.header[position] for position in positions))
            for field, positions in collisions.items()
        ],
        "encoding": _encoding(batch.reading.get("encoding", "")),
    }


@staff_view(Right.VIEW)
@require_safe
def progress(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """The part of the batch's page that changes; asked for again and again. At the end the whole page is loaded anew."""
    batch = batch_or_404(public_id)
    if batch.state == BatchState.READING:
        return render(request, "issuing/_reading.html", {"batch": batch, **_how_far(batch)})
    context = {"batch": batch, **_how_far_issued(batch)}
    response = render(request, "issuing/_progress.html", context)
    if batch.state not in (BatchState.ISSUING, BatchState.UNDOING):
        response["HX-Refresh"] = "true"
    return response


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    batch = batch_or_404(public_id)
    back = address("batch", institution, public_id)
    if batch.state != BatchState.DRAFT:
        return redirect(back)
    samples = [row.cells for row in queries.rows(batch, size=3).object_list]
    form = ColumnsForm(
        request.POST or None,
        samples=samples,
        header=batch.header,
        columns=batch.columns,
        results=[scale.name for scale in scales_of(batch.version, get_language())],
        initial={"default_date": batch.default_date, "award_again": batch.award_again},
    )
    if form.is_valid():
        chosen = form.cleaned_data
        attempt(
            request,
            _("The rows are judged as you chose."),
            lambda: services.judge_again(
                batch,
                form.mapping(),
                award_again=chosen["award_again"],
                default_date=chosen["default_date"],
                wait=WAIT_SECONDS,
            ),
        )
        return redirect(back)
    crumbs = [batches_crumb(institution), (batch.version.title, back), (_("Columns"), "")]
    context = {"batch": batch, "form": form, "crumbs": crumbs, "samples": samples, "cancel_url": back}
    return render(request, "issuing/columns.html", context, status=422 if form.errors else 200)


@staff_view(Right.ISSUE)
@require_POST
def start(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    batch = batch_or_404(public_id)
    if batch.state == BatchState.DRAFT:  # a second click on "issue" simply finds the batch under way
        shown = request.POST.get("shown", "")
        attempt(
            request,
            _("The batch is being issued."),
            lambda: services.start_batch(batch, actor=request.user, shown=shown),
        )
    return redirect(address("batch", institution, public_id))


@staff_view(Right.ISSUE)
@require_POST
def discard(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    batch = batch_or_404(public_id)
    attempt(request, _("The dry run and its rows are deleted."), lambda: services.discard(batch, actor=request.user))
    return redirect(address("batches", institution))


@staff_view(Right.ISSUE)
@require_POST
def carry_on(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    batch = batch_or_404(public_id)
    goes_on = _("The reading goes on.") if batch.state == BatchState.READING else _("The batch goes on.")
    attempt(request, goes_on, lambda: services.carry_on(batch, actor=request.user))
    return redirect(address("batch", institution, public_id))


@staff_view(Right.REVOKE)
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    batch = batch_or_404(public_id)
    back = address("batch", institution, public_id)
    if batch.state not in (BatchState.ISSUING, BatchState.FINISHED):
        messages.error(request, sentences.of_error("award.state", {}))
        return redirect(back)
    form = ReasonForm(request.POST or None)
    second = needs_second_person(institution, single=False)
    if form.is_valid():
        why = form.chosen()
        if second:
            return propose(request, institution, Scope(batch=batch.pk), why, release=True)
        attempt(
            request,
            _("The batch is being undone."),
            lambda: services.undo_batch(batch, why.reason, note=why.note, actor=request.user),
        )
        return redirect(back)
    found = queries.would_undo(batch)
    context = {
        "batch": batch,
        "form": form,
        "danger": True,
        "heading": _("Propose to undo the whole batch?") if second else _("Undo the whole batch?"),
        "sentence": SECOND_PERSON if second else "",
        "confirm_label": pgettext("of a proposal to revoke", "Propose") if second else _("Undo the batch"),
        "cancel_url": back,
        "consequences": list(filter(None, [_revoked(found), _cancelled(found), _left_alone(found)])),
    }
    return render(request, "issuing/undo.html", context, status=422 if form.errors else 200)


def _revoked(found: queries.Undoing) -> str:
    return found.revoke and ngettext(
        "%(number)s credential that was issued will be revoked. That cannot be taken back.",
        "%(number)s credentials that were issued will be revoked. That cannot be taken back.",
        found.revoke,
    ) % {"number": f"{found.revoke:,}"}


def _cancelled(found: queries.Undoing) -> str:
    return found.cancel and ngettext(
        "%(number)s award that is not signed yet will be cancelled; no mail will be sent for it.",
        "%(number)s awards that are not signed yet will be cancelled; no mail will be sent for them.",
        found.cancel,
    ) % {"number": f"{found.cancel:,}"}


def _left_alone(found: queries.Undoing) -> str:
    return found.leave and ngettext(
        "%(number)s award was corrected or revoked since and is left as it is.",
        "%(number)s awards were corrected or revoked since and are left as they are.",
        found.leave,
    ) % {"number": f"{found.leave:,}"}
