"""The sentences of refusals: of all files at once, and of single documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from testamur_site.verification import messages as single


def bulk_refusal(code: str, facts: Mapping[str, Any]) -> str:
    """Why nothing of what was handed over is verified, and what to do now."""
    sentences = {
        "nothing": _(
            "There is nothing to verify in this. Choose a ZIP archive, a list of addresses, or the credentials themselves."
        ),
        "too_many": _("These are more than %(limit)s documents. Divide them and send one part after the other."),
        "too_large": _("This is more than %(limit)s MB. Divide it and send one part after the other."),
        "zip_unreadable": _("This ZIP archive is damaged. Make it again and try once more."),
        "zip_encrypted": _("This ZIP archive is protected by a password. Make one without a password."),
        "zip_outside": _(
            "This ZIP archive holds a file whose name leads out of it (%(name)s). Nothing of it was read; do not trust where it came from."
        ),
        "zip_bomb": _(
            "This ZIP archive unfolds to more than %(limit)s MB. Nothing of it was kept. Divide it and send one part after the other."
        ),
        "csv_without_addresses": _(
            "There is no web address in this table. Each row needs one that begins with https://."
        ),
        "text_unreadable": _("This table cannot be read. Save it as CSV in UTF-8 and try again."),
        "too_many_runs": _(
            "Very many lists are being verified at the moment. Please come back in a quarter of an hour."
        ),
    }
    return sentences[code] % facts


def refusal_sentence(code: str, host: str = "") -> str:
    """Why one document has no report."""
    sentences = {
        "document_too_large": _("This file has more than 4 MB; no credential is that large."),
        "document_empty": _("This file is empty."),
        "document_damaged": _("This file cannot be taken out of the archive. Make the archive again."),
        "archive_inside": _("This is an archive inside the archive; those are not opened. Give it to us on its own."),
        "address_too_long": _("This address is too long to be one."),
    }
    if code in sentences:
        return sentences[code]
    return single.refusal_sentence(code, f"https://{host}/" if host else "")
