"""The door of the demonstration."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.tenancy.api import institution_by_slug
from testamur_site.wallet import api as wallet

from . import story
from .people import REGISTRAR


def create() -> list[tuple[str, str]]:
    """Tell the story where it was not told yet; the addresses to look at, as (label, path)."""
    story.tell()
    return addresses()


def addresses() -> list[tuple[str, str]]:
    """Where the demonstration can be looked at without signing in, and how to sign in."""
    university = institution_by_slug(story.SLUG)
    if university is None:
        return []
    found = [("institution page", reverse("catalogue:institution", args=[story.SLUG]))]
    # A visitor may have changed anything since: what is no longer to be seen is left out. Nothing is made here, for this is read
    # with every view of the start page.
    award = story.shown_award(university)
    if award is not None:
        programme = catalogue.public_micro_credential(award.micro_credential.public_id)
        if programme is not None:
            found.append(
                ("programme page", reverse("catalogue:public_detail", args=[programme.micro_credential.public_id]))
            )
        deposit = wallet.deposit_of(award.public_id)
        if deposit is not None and deposit.public:
            found.append(("share page", reverse("wallet:share", args=[award.public_id])))
        if deposit is not None and deposit.holder is not None and deposit.holder.portfolio_public:
            found.append(("portfolio page", reverse("wallet:portfolio", args=[deposit.holder.public_id])))
    return [
        *found,
        ("outbox", reverse("mail:outbox")),
        ("staff", reverse("portal:dashboard", args=[story.SLUG])),
        ("staff e-mail", REGISTRAR["email"]),
        ("staff password", REGISTRAR["password"]),
    ]


def signs() -> dict[str, object]:
    """What the start page says while the demonstration runs."""
    words = {
        "institution page": ("landmark", _("The university")),
        "programme page": ("layers", _("A programme")),
        "share page": ("award", _("A credential")),
        "portfolio page": ("user", _("A portfolio")),
    }
    examples = [
        {"icon": words[label][0], "label": words[label][1], "address": address}
        for label, address in addresses()
        if label in words
    ]
    return {"email": REGISTRAR["email"], "password": REGISTRAR["password"], "examples": examples}


__all__ = ["addresses", "create", "signs"]
