"""Enrol, confirm, come in, leave; and what is kept about oneself."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from testamur_site.catalogue.api import Offering, in_language, offering_by_public_id, offering_shown
from testamur_site.foundation.entry_links import api as links
from testamur_site.foundation.tenancy.api import tenant, unscoped

from .. import queries, sentences
from ..errors import EnrolmentError
from ..models import Enrolment, Learner
from ..rules import OPEN, TAKES_PART
from ..services import enrolling, erasure, learners, mails
from . import session
from .forms import AboutMeForm, EnrolForm, EnterForm

HOME = "/learn/"
"""Where a learner begins; the portal, which is above, draws it."""
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _language() -> str:
    return (get_language() or "en")[:2]


@never_cache
@get_or_post
def enrol(request: HttpRequest, offering: str) -> HttpResponse:
    """The page on which somebody asks to take part. The answer is the same whether the address is known or not."""
    found = offering_by_public_id(offering)
    if found is None:
        raise Http404
    refusal = found.refusal(timezone.localdate())
    open_to_all = not refusal or refusal == enrolling.FULL
    needed = in_language(found.version.description.prerequisites, _language())
    form = EnrolForm(request.POST or None, prerequisites=bool(needed), initial=_known_already(request, found))
    if request.method == "POST" and open_to_all and form.is_valid():
        said = form.cleaned_data
        if links.may_ask_for_link(mails.CONFIRMATION, said["email"], request.META.get("REMOTE_ADDR", "")):
            enrolling.apply(found, **{**said, "prerequisites": bool(said.get("prerequisites"))})
        context = {"email": said["email"], "institution": found.institution, "title": found.version.title}
        return render(request, "enrolment/entrance/asked.html", context)
    context = {
        "form": form,
        "offering": found,
        "shown": offering_shown(found),
        "institution": found.institution,
        "title": found.version.title,
        "needed": needed,
        "full": refusal == enrolling.FULL,
        "closed": "" if open_to_all else sentences.NOT_OPEN[str(refusal)],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors and request.method == "POST" else HTTPStatus.OK
    return render(request, "enrolment/entrance/enrol.html", context, status=status)


def _known_already(request: HttpRequest, offering: Offering) -> dict[str, str]:
    """What a learner who is in already need not type again."""
    known = next((one for one in session.learners_of(request) if one.institution_id == offering.institution_id), None)
    if known is None:
        return {"language": _language()}
    return {"name": known.name, "email": known.email, "language": known.language}


@never_cache
@get_or_post
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of the mail. A button, because mail filters open links too and would use it up."""
    subject = links.subject_of_link(mails.CONFIRMATION, secret)
    enrolment = _enrolment(subject) if subject else None
    if enrolment is None:
        return render(request, "enrolment/entrance/link_used.html", status=HTTPStatus.GONE)
    context = {
        "enrolment": enrolment,
        "institution": enrolment.institution,
        "title": enrolment.version.title,
        "shown": offering_shown(enrolment.offering),
    }
    if request.method != "POST":
        return render(request, "enrolment/entrance/confirm.html", context)
    try:
        confirmed = enrolling.confirm_by_link(secret, enrolment)
    except EnrolmentError as error:
        context["refusal"] = sentences.of_error(error)
        return render(request, "enrolment/entrance/confirm.html", context, status=HTTPStatus.CONFLICT)
    if confirmed is None:
        return render(request, "enrolment/entrance/link_used.html", status=HTTPStatus.GONE)
    session.enter(request, confirmed.learner)
    return redirect(f"{HOME}{confirmed.public_id}/")


def _enrolment(public_id: str) -> Enrolment | None:
    with unscoped("a link names its enrolment, not the institution"):
        return queries.enrolment_by_public_id(public_id)


@never_cache
@get_or_post
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whether the address is known or not."""
    if session.learners_of(request):
        return redirect(HOME)
    form = EnterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if links.may_ask_for_link(mails.ENTRY, email, request.META.get("REMOTE_ADDR", "")):
            learners.send_entry_link(email, _language(), then=_own_page(request, request.GET.get("next", "")))
        return render(request, "enrolment/entrance/link_sent.html", {"email": email})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "enrolment/entrance/enter.html", {"form": form}, status=status)


def _own_page(request: HttpRequest, address: str) -> str:
    """`address` where it is a page of a learner here, else ''."""
    sound = len(address) <= 300 and address.startswith(HOME) and "\\" not in address
    return address if sound and url_has_allowed_host_and_scheme(address, {request.get_host()}) else ""


@never_cache
@get_or_post
def enter_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    then = _own_page(request, request.GET.get("next", ""))
    if session.learners_of(request) and links.subject_of_link(mails.ENTRY, secret) is None:
        return redirect(then or HOME)  # the same mail opened a second time
    if request.method != "POST":
        return render(request, "enrolment/entrance/enter_by_link.html")
    learner = learners.use_entry_link(secret)
    if learner is None:
        return render(request, "enrolment/entrance/link_used.html", status=HTTPStatus.GONE)
    session.enter(request, learner)
    return redirect(then or HOME)


@never_cache
@get_or_post
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the learner in this browser. A button, so that no link of another site can do it."""
    if request.method != "POST":
        return render(request, "enrolment/entrance/leave.html")
    session.leave(request)
    return redirect("/")


@session.learner_view
@get_or_post
def about_me(request: HttpRequest, learner: Learner) -> HttpResponse:
    """What is kept about the learner, the name and language to be changed, and the way to have it all deleted."""
    initial = {"name": learner.name, "language": learner.language}
    checked = learner.identity_level != ""
    form = AboutMeForm(request.POST or None, initial=initial, name_fixed=checked)
    if request.method == "POST" and form.is_valid():
        for one in session.learners_of(request):
            with tenant(one.institution):
                name = None if one.identity_level else form.cleaned_data["name"]
                learners.change_learner(one, name=name, language=form.cleaned_data["language"])
        messages.success(request, _("What you changed is saved."))
        return redirect("enrolment:about_me")
    context = {
        "learner": learner,
        "form": form,
        "institutions": [one.institution for one in session.learners_of(request)],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "enrolment/entrance/about_me.html", context, status=status)


@session.learner_view
@get_or_post
def erase_me(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Delete what is known of the learner, at every institution where they learn with this mailbox."""
    everywhere = session.learners_of(request)
    if request.method != "POST":
        context = {"learner": learner, "institutions": [one.institution for one in everywhere]}
        return render(request, "enrolment/entrance/erase_me.html", context)
    for one in everywhere:
        with tenant(one.institution):
            erasure.erase(one)
    session.leave(request)
    return render(request, "enrolment/entrance/erased.html")


@session.learner_view
@get_or_post
def withdraw(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    """The learner leaves a programme."""
    enrolment = own_enrolment(learner, public_id)
    back = f"{HOME}{enrolment.public_id}/"
    if enrolment.state not in OPEN:
        return redirect(back)
    if request.method == "POST":
        try:
            enrolling.withdraw(enrolment, reason="own_wish")
        except EnrolmentError as error:
            messages.error(request, sentences.of_error(error))
        else:
            messages.success(request, _("You have left the programme."))
        return redirect(back)
    context = {
        "enrolment": enrolment,
        "institution": enrolment.institution,
        "title": enrolment.version.title,
        "cancel_url": back,
        "taking_part": enrolment.state in TAKES_PART,
    }
    return render(request, "enrolment/entrance/withdraw.html", context)


def own_enrolment(learner: Learner, public_id: str) -> Enrolment:
    """The learner's own enrolment. Raises Http404 for anybody else's."""
    found = queries.enrolment_by_public_id(public_id)
    if found is None or found.learner_id != learner.pk:
        raise Http404
    return found
