"""The holder's pages of credentials from elsewhere: all, add one, one, delete."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.design_system.api import ask_first
from testamur_site.verification.api import seconds_to_wait

from ..models import Holder
from ..session import holders_view
from . import queries, sentences, services
from .errors import ImportRefused
from .forms import AddForm
from .models import ImportedDocument


def _own(holder: Holder, public_id: str) -> ImportedDocument:
    found = queries.own_document(holder, public_id)
    if found is None:
        raise Http404
    return found


def _crumbs() -> list[tuple[str, str]]:
    return [(_("My credentials"), reverse("wallet:home")), (_("From other platforms"), reverse("wallet_imported:home"))]


@holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest, holder: Holder) -> HttpResponse:
    """What is kept, and the form that adds one more."""
    status, refused = HTTPStatus.OK, ""
    form = AddForm(request.POST, request.FILES) if request.method == "POST" else AddForm()
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if wait := seconds_to_wait(request, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
            status = HTTPStatus.TOO_MANY_REQUESTS
            refused = _("That was too often in a short time. Wait %(seconds)d seconds, then try again.") % {
                "seconds": wait
            }
        elif form.is_valid():
            try:
                made = services.add(holder, form.given())
            except ImportRefused as error:
                refused = sentences.refusal(error)
            else:
                messages.success(request, _("“%(title)s” is in your wallet.") % {"title": made.title})
                return redirect("wallet_imported:document", made.public_id)
    context = {
        "holder": holder,
        "documents": queries.imported(holder),
        "form": form,
        "refused": refused,
        "crumbs": _crumbs()[:1],
    }
    return render(request, "wallet_imported/home.html", context, status=status)


@holders_view
@require_safe
def document(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    found = _own(holder, public_id)
    context = {"holder": holder, "document": found, "why": sentences.why(found.finding), "crumbs": _crumbs()}
    return render(request, "wallet_imported/document.html", context)


@holders_view
@require_POST
def look_again(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    found = _own(holder, public_id)
    if wait := seconds_to_wait(request, "verify", settings.TESTAMUR_VERIFICATIONS_PER_MINUTE):
        messages.error(
            request,
            _("That was too often in a short time. Wait %(seconds)d seconds, then try again.") % {"seconds": wait},
        )
    else:
        services.look_again(found)
        messages.success(request, _("Looked at again."))
    return redirect("wallet_imported:document", public_id)


@holders_view
@require_safe
def download(_request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    """The very bytes that were added. Always as a download: it is somebody else's document and is not shown as a page of ours."""
    found = _own(holder, public_id)
    response = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="credential.{found.file_ending}"'
    return response


@holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    found = _own(holder, public_id)
    return ask_first(
        request,
        lambda: services.delete(found),
        done=_("Deleted from your wallet. The credential itself stays valid with its issuer."),
        then="wallet_imported:home",
        heading=_("Delete “%(title)s” from your wallet?") % {"title": found.title},
        sentence=_(
            "Your file is deleted here, and the credential counts for nothing here any more. You can add it again."
        ),
        confirm_label=_("Delete"),
        cancel_url=reverse("wallet_imported:document", args=[public_id]),
    )
