"""The test as a learner meets it: one address, one page at a time, no script needed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur_site.catalogue.api import in_language
from testamur_site.enrolment import api as enrolment_api
from testamur_site.enrolment.api import Enrolment, EnrolmentError, Learner, TaskStanding, learner_view

from .. import queries, sentences
from ..errors import NoAnswer, NotDeclared, NoTest, OtherItem, SittingEnded
from ..models import Asked, Sitting
from ..rules import ItemKind, shown_order, undecided
from . import services


@learner_view
@require_http_methods(["GET", "HEAD", "POST"])
def test(request: HttpRequest, learner: Learner, public_id: str, key: str) -> HttpResponse:
    """Before the test, an item of it, or its result: whatever comes next."""
    enrolment = enrolment_api.enrolment_by_public_id(public_id)
    if enrolment is None or enrolment.learner_id != learner.pk:
        raise Http404
    standing = next((one for one in enrolment_api.tasks_for(enrolment) if one.task.key == key), None)
    if standing is None or not standing.task.item_bank:
        raise Http404
    found = queries.sittings_of(enrolment, key)
    sitting = next((one for one in found if one.running), None)
    if sitting is not None:
        sitting = services.refresh(sitting)
    if request.method == "POST":
        return _step(request, enrolment, key, sitting)
    if sitting is not None and sitting.running:
        return _item(request, enrolment, standing, sitting)
    last = sitting or (services.refresh(found[0]) if found else None)
    if last is not None and (
        standing.latest is None or last.submission_id == standing.latest.pk or not standing.may_work
    ):
        return _result(request, enrolment, standing, last)
    return _before(request, enrolment, standing)


test.__test__ = False  # type: ignore[attr-defined]  # a view named as its address, not a test of pytest


def _step(request: HttpRequest, enrolment: Enrolment, key: str, sitting: Sitting | None) -> HttpResponse:
    here = redirect("item_bank:test", enrolment.public_id, key)
    if sitting is None:
        language = (get_language() or "en").split("-")[0]
        try:
            services.begin(enrolment, key, declared=request.POST.get("declared") == "yes", language=language)
        except NotDeclared:
            standing = enrolment_api.task_for(enrolment, key)
            return _before(request, enrolment, standing, complain=True)
        except NoTest as error:
            messages.error(request, sentences.of_no_test(error.facts["why"]))
        except EnrolmentError:
            messages.error(request, _("The test cannot be begun now: it is closed, or no attempt is left."))
        return here
    position = request.POST.get("position", "")
    try:
        services.answer(
            sitting,
            int(position) if position.isascii() and position.isdigit() and len(position) < 4 else 0,
            request.POST.get("answer", ""),
            skipped=request.POST.get("step") == "skip",
        )
    except NoAnswer as error:
        standing = enrolment_api.task_for(enrolment, key)
        return _item(
            request, enrolment, standing, sitting, complain=error.facts["kind"], typed=request.POST.get("answer", "")
        )
    except OtherItem:
        messages.info(request, _("That question was answered already. Here is the next one."))
    except SittingEnded:
        messages.info(request, _("The test had ended before this answer came."))
    return here


def _before(
    request: HttpRequest, enrolment: Enrolment, standing: TaskStanding, *, complain: bool = False
) -> HttpResponse:
    try:
        bank = services.bank_of(standing.task)
    except NoTest:
        bank = None
    extra = services.extra_time_of(enrolment)
    context = {
        **_common(enrolment, standing),
        "bank": bank,
        "ready": bank is not None and bank.state == "open" and standing.may_work,
        "may_work": standing.may_work,
        "attempts": standing.attempts,
        "complain": complain,
        "minutes": _longer(bank.minutes, extra) if bank else None,
        "seconds_each": _longer(bank.seconds_each, extra) if bank else None,
        "provisional": bank is not None and bank.items.filter(state="active", source="").exists(),
        "instructions": in_language(standing.task.instructions, get_language() or "en"),
    }
    return render(request, "item_bank/before.html", context, status=422 if complain else 200)


def _item(
    request: HttpRequest,
    enrolment: Enrolment,
    standing: TaskStanding,
    sitting: Sitting,
    *,
    complain: str = "",
    typed: str = "",
) -> HttpResponse:
    asked = services.open_item(sitting)
    if asked is None:
        return redirect("item_bank:test", enrolment.public_id, standing.task.key)
    limits = [moment for moment in (sitting.ends_at, asked.due_at) if moment is not None]
    context = {
        **_common(enrolment, standing),
        "asked": asked,
        "most": sitting.rules["maximum"],
        "until": timezone.localtime(min(limits)) if limits else None,
        "minutes_left": max(0, round((min(limits) - timezone.now()).total_seconds() / 60)) if limits else 0,
        "text": in_language(asked.item.text, _shown_language(asked)),
        "options": _options(sitting, asked) if asked.item.kind == ItemKind.CHOICE else [],
        "complain": complain,
        "typed": typed[:40],
        "text_language": _shown_language(asked),
    }
    return render(request, "item_bank/item.html", context, status=422 if complain else 200)


def _result(request: HttpRequest, enrolment: Enrolment, standing: TaskStanding, sitting: Sitting) -> HttpResponse:
    error = sitting.percent_error or 0
    percent = sitting.percent or 0
    width = round(float(error) * 1.645)
    context = {
        **_common(enrolment, standing),
        "sitting": sitting,
        "count": sitting.asked.count(),
        "low": max(0, round(percent) - width),
        "high": min(100, round(percent) + width),
        "reason": sentences.ENDED.get(sitting.ended_because, ""),
        "provisional": sentences.provisional() if sitting.provisional else "",
        "undecided": undecided(sitting.percent, sitting.percent_error, sitting.pass_mark)
        if sitting.percent is not None and sitting.percent_error is not None and sitting.pass_mark is not None
        else False,
    }
    return render(request, "item_bank/result.html", context)


def _longer(limit: int | None, extra: int) -> int | None:
    """A limit of minutes or seconds with the learner's extra time."""
    return limit * (100 + extra) // 100 if limit else None


def _shown_language(asked: Asked) -> str:
    """The reader's language where the item has it, else one that it has."""
    language = (get_language() or "en").split("-")[0]
    return language if asked.item.text.get(language) else next(iter(asked.item.text), language)


def _options(sitting: Sitting, asked: Asked) -> list[tuple[int, str]]:
    language = _shown_language(asked)
    order = shown_order(len(asked.item.options), sitting.seed, asked.position)
    return [(place, in_language(asked.item.options[place], language)) for place in order]


def _common(enrolment: Enrolment, standing: TaskStanding) -> dict[str, Any]:
    language = get_language() or "en"
    title = in_language(standing.task.title, language) or standing.task.key
    overview = reverse("enrolment:task", args=[enrolment.public_id, standing.task.key])
    return {
        "institution": enrolment.institution,
        "enrolment": enrolment,
        "key": standing.task.key,
        "title": title,
        "programme": enrolment.version.title,
        "task_url": overview,
        "crumbs": [(_("My learning"), "/learn/"), (title, overview), (_("Test"), "")],
    }
