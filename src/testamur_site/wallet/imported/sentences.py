"""Words for codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur.verification import sentences
from testamur.verification.codes import found
from testamur_site.verification.api import refusal_sentence

from .errors import ImportRefused


def refusal(error: ImportRefused) -> str:
    """Why a document is not kept, and what to do now."""
    facts: Mapping[str, Any] = error.facts
    own = {
        "too_large": _(
            "This file is too large. A credential has at most %(megabytes)s MB: choose the badge image or the JSON file."
        ),
        "too_many": _("You keep %(limit)s credentials of other platforms already. Delete one that you do not need."),
        "too_much": _(
            "Your credentials of other platforms have %(megabytes)s MB together, and there is no more room. Delete one of them."
        ),
        "already": _("“%(title)s” is in your wallet already."),
        "about_another": _(
            "“%(title)s” was awarded to another e-mail address than yours, so it is not kept. If that address is yours too, accept a "
            "credential there first: then we know that you read it."
        ),
    }
    if error.code in own:
        return own[error.code] % facts
    if error.code == "not_genuine":
        words = _(
            "This document was changed, or was not signed by its issuer, so it is not kept. Get the original from the issuer."
        )
        return f"{words} {why(facts.get('finding', {}))}".strip()
    if error.code == "not_readable":
        words = _("Who signed this document could not be confirmed, so we cannot tell what it says. Try again later.")
        return f"{words} {why(facts.get('finding', {}))}".strip()
    return refusal_sentence(error.code, facts.get("source", ""))


def why(finding: Mapping[str, Any]) -> str:
    """The sentence of a kept finding (`rules.finding`); '' for none."""
    if not finding:
        return ""
    try:
        check = found(finding["code"], **finding["facts"])
    except (LookupError, TypeError):
        return ""  # written by another version of the catalogue of checks; the next look replaces it
    return sentences.sentence(check, "ko" if (get_language() or "").startswith("ko") else "en")
