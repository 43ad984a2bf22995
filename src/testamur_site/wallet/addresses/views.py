"""The page on which a holder adds a further mailbox to their wallet, or takes one out."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from testamur_site.foundation.entry_links import api as links

from .. import session
from ..forms import AddressForm
from ..models import Holder
from . import services

_ASKED = "wallet_addresses_asked"
_AT_ONCE = 5  # so many that are not confirmed yet


@session.holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest, holder: Holder) -> HttpResponse:
    """The addresses, and the form. Its answer is the same whoever has the address."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if links.may_ask_for_link(services.ADDING, email, request.META.get("REMOTE_ADDR", "")):
            secret = services.ask(holder, email, (get_language() or "en")[:2])
            asked = dict(list(request.session.get(_ASKED, {}).items())[-(_AT_ONCE - 1) :])
            request.session[_ASKED] = {**asked, _digest(secret): email}
        return render(request, "wallet/address_asked.html", {"email": email})
    own = services.addresses_of(holder)
    context = {
        "form": form,
        "addresses": own,
        "removable": len(own) > 1,
        "full": len(own) >= services.MOST,
        "crumbs": [(_("My credentials"), reverse("wallet:home")), (_("My e-mail addresses"), "")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "wallet/addresses.html", context, status=status)


@session.holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, holder: Holder, secret: str) -> HttpResponse:
    """A button, because mail filters open links too; and only in the browser in which the link was asked for."""
    asked = request.session.get(_ASKED, {})
    email = asked.get(_digest(secret))
    if email is None:
        return render(request, "wallet/address_elsewhere.html", status=HTTPStatus.GONE)
    if request.method != "POST":
        return render(request, "wallet/address_confirm.html", {"email": email})
    request.session[_ASKED] = {digest: each for digest, each in asked.items() if digest != _digest(secret)}
    match services.add(holder, email, secret):
        case None:
            return render(request, "wallet/address_elsewhere.html", status=HTTPStatus.GONE)
        case services.Added.OTHERS:
            return render(request, "wallet/address_taken.html", {"email": email}, status=HTTPStatus.CONFLICT)
        case services.Added.TOO_MANY:
            messages.error(request, _("A wallet has at most %(most)d addresses.") % {"most": services.MOST})
        case services.Added.OWN:
            messages.info(request, _("%(email)s opens your wallet already.") % {"email": email})
        case _:
            messages.success(
                request, _("%(email)s opens your wallet now. What is awarded to it comes in here.") % {"email": email}
            )
    return redirect("wallet:addresses")


@session.holders_view
@require_POST
def remove(request: HttpRequest, holder: Holder) -> HttpResponse:
    email = request.POST.get("email", "")[:254]
    if services.remove(holder, email):
        messages.success(request, _("%(email)s no longer opens your wallet.") % {"email": email})
    else:
        messages.error(request, _("The last address stays: without one nobody could open this wallet again."))
    return redirect("wallet:addresses")


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
