"""The sentences of refusals that come before any document was read. Each says what was found and what to do now."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.translation import gettext as _


def refusal_sentence(code: str, source: str = "") -> str:
    """The sentence for `code` in the active language; `source` is the address that was asked, if any."""
    host = ""
    if source:
        try:
            host = urlsplit(source).hostname or source[:80]
        except ValueError:
            host = source[:80]
    sentences = {
        "nothing": _("Nothing was given. Paste an address or the text of a credential, or choose a file."),
        "picture_without_code": _(
            "This picture holds neither a credential nor a QR code that can be read. A badge that was photographed, cut or saved anew "
            "has lost its credential: take the code again from nearer by, or ask the holder for the original file."
        ),
        "picture_unreadable": _("This picture cannot be opened. Save it as PNG or JPEG and try again."),
        "picture_too_large": _("This picture has too many pixels. Make it smaller and try again."),
        "address_not_allowed": _(
            "We do not fetch %(host)s, because it is not a public web address (https). "
            "Download the credential there and give us the file."
        ),
        "address_not_found": _(
            "There is nothing public at this address of %(host)s: it may be private, withdrawn or misspelt. "
            "Ask its holder for the file, or to publish it."
        ),
        "address_unreachable": _(
            "%(host)s did not answer. That says nothing about the credential. Try again later, or give us the file."
        ),
        "address_without_credential": _(
            "What %(host)s answered holds no credential. Give us the file or the address of the credential itself."
        ),
    }
    return sentences[code] % {"host": host}
