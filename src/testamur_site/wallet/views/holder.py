"""The holder's own pages: claim, wallet, portfolio, export, leaving."""

from __future__ import annotations

import io
import zipfile
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.catalogue.api import present
from testamur_site.foundation.entry_links import api as links
from testamur_site.issuing.api import Award, credential_bytes
from testamur_site.log import api as log

from .. import queries, services, session
from ..forms import EnterForm, PortfolioForm
from ..imported.queries import imported
from ..models import Holder
from ..rules import DepositState


def _to_its_page(award: Award) -> HttpResponse:
    """By its path: whoever came by another name of this host keeps their session."""
    return redirect("wallet:share", award.public_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """What was awarded, and two buttons. Opening the link changes nothing, because mail filters open links too."""
    deposit = queries.deposit_by_token(token)
    if deposit is None or not deposit.award.published:
        return render(request, "wallet/claim_unknown.html", status=HTTPStatus.NOT_FOUND)
    award = deposit.award
    if deposit.state == DepositState.CLAIMED:
        # A link in an old mail must not be a key for ever: once claimed, it only leads on.
        return _to_its_page(award) if session.is_holder(request, deposit) else redirect("wallet:enter")
    if request.method == "POST":
        if request.POST.get("answer") == "decline":
            services.decline(deposit)
            return render(request, "wallet/declined.html", {"award": award, "institution": award.institution})
        holder = services.claim(deposit, (get_language() or "en")[:2])
        session.enter(request, holder)
        if request.POST.get("answer") == "publish":
            deposit.refresh_from_db()
            services.set_public(deposit, True)
        return _to_its_page(award)
    shown = present(award.version.description, get_language(), award.institution.localised_name)
    return render(
        request,
        "wallet/claim.html",
        {"award": award, "institution": award.institution, "deposit": deposit, "shown": shown},
    )


@session.holders_view
@require_safe
def home(request: HttpRequest, holder: Holder) -> HttpResponse:
    context = {
        "holder": holder,
        "deposits": queries.deposits_of(holder),
        "elsewhere": settings.TESTAMUR_WALLET_NAVIGATION,
        "imported": imported(holder),
    }
    return render(request, "wallet/home.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whether the address is known or not."""
    if session.holder_of(request) is not None:
        return redirect("wallet:home")
    form = EnterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if links.may_ask_for_link(services.AUDIENCE, form.cleaned_data["email"], request.META.get("REMOTE_ADDR", "")):
            services.send_entry_link(form.cleaned_data["email"], (get_language() or "en")[:2])
        return render(request, "wallet/link_sent.html", {"email": form.cleaned_data["email"]})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "wallet/enter.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """A button, because mail filters open links too and would use it up."""
    if request.method != "POST":
        return render(request, "wallet/enter_by_link.html")
    holder = services.use_entry_link(secret)
    if holder is None:
        return render(request, "wallet/link_used.html", status=HTTPStatus.GONE)
    session.enter(request, holder)
    return redirect("wallet:home")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    session.leave(request)
    return redirect("/")


@session.holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def edit_portfolio(request: HttpRequest, holder: Holder) -> HttpResponse:
    initial = {"name": holder.name, "about": holder.about, "public": holder.portfolio_public}
    form = PortfolioForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_portfolio(holder, **form.cleaned_data)
        messages.success(request, _("Your portfolio was changed."))
        return redirect("wallet:edit_portfolio")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "wallet/edit_portfolio.html", {"holder": holder, "form": form}, status=status)


@session.holders_view
@require_safe
def export(_request: HttpRequest, holder: Holder) -> HttpResponse:
    """Everything of the holder as signed files, each with its proof from the public log, in one ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for deposit in queries.deposits_of(holder):
            if deposit.state == DepositState.CLAIMED:
                name = deposit.award.public_id
                archive.writestr(f"{name}.json", credential_bytes(deposit.award))
                if proof := log.proof_of(f"award:{name}"):
                    archive.writestr(f"{name}.tlog-proof", proof)
        for number, document in enumerate(holder.imported.order_by("pk"), 1):
            archive.writestr(f"from-elsewhere/{number}.{document.file_ending}", bytes(document.content))
    response = HttpResponse(buffer.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="credentials.zip"'
    return response


@session.holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, holder: Holder) -> HttpResponse:
    if request.method != "POST":
        return render(request, "wallet/forget.html", {"holder": holder})
    session.leave(request)
    services.forget(holder)
    return render(request, "wallet/forgotten.html")
