"""What the signing process examines before the deployment's key signs a receipt: that it was offered here, word for word, in the last
hour."""

from __future__ import annotations

from typing import Any

from django.core import signing

from testamur_site.foundation.signing.api import Item, Pen, Refused, Request, sign_documents

from .services import OFFER_HOLDS, SALT


def sign_receipts(request: Request, pen: Pen) -> list[bytes | Refused]:
    """Items: `row`, the receipt's id; `document`; `created`; `offer`, the text that the page handed back."""

    def examine(item: Item, document: dict[str, Any]) -> None:
        try:
            offered = signing.loads(item["offer"], salt=SALT, max_age=OFFER_HOLDS)
        except (signing.BadSignature, TypeError, AttributeError):
            offered = None
        if offered is None or offered != document or document.get("id") != item["row"]:
            raise Refused("receipt.not_offered", "This receipt was not offered here within the hour.", {})

    return sign_documents(request, pen, examine, members=frozenset({"offer"}), lag=OFFER_HOLDS)
