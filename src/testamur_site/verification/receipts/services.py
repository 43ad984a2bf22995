"""From a report to a signed receipt, without keeping anything in between.

1. *Offer.* When a report is shown, the unsigned receipt is composed from it and handed to the page, sealed by a keyed hash (Django's
   signing): the server remembers nothing, and nobody can change a word of it.
2. *Redeem.* Within an hour the page hands the offer back; the deployment signs exactly that. The signature is dated like the verification
   and deterministic, so the same offer gives the same bytes however often it is redeemed.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing

from testamur import strict_json
from testamur.verification import Policy, Report, receipt
from testamur_site.foundation.keys.api import deployment_did, deployment_signer

OFFER_HOLDS = timedelta(hours=1)
SALT = "testamur verification receipt"


class OfferRefused(ValueError):
    """The offer is not ours, was changed, or is older than `OFFER_HOLDS`."""


def offer(report: Report, content: bytes, policy: Policy, language: str) -> str:
    """Step 1: the receipt of `report` about `content`, as a text that only this deployment can have made."""
    unsigned = receipt.compose(
        report,
        receipt.digest_of(content),
        issuer=verifier_profile(),
        identifier=f"urn:uuid:{uuid.UUID(bytes=secrets.token_bytes(16), version=4)}",
        policy=policy,
        language=language,
    )
    return signing.dumps(unsigned, salt=SALT, compress=True)


def redeem(offered: str) -> bytes:
    """Step 2: the signed receipt as JSON. Raises OfferRefused, and what opening the deployment's key raises."""
    try:
        unsigned = signing.loads(offered, salt=SALT, max_age=OFFER_HOLDS)
    except signing.BadSignature as error:
        raise OfferRefused(str(error)) from error
    signer = deployment_signer()
    made = datetime.fromisoformat(unsigned["validFrom"])
    signed = signer.secure(unsigned, kind="receipt", row=unsigned["id"], created=made, offer=offered)
    return strict_json.dumps(signed)


def verifier_profile() -> dict[str, Any]:
    """Who signs: this deployment, by its DID and its address."""
    host = urlsplit(settings.TESTAMUR_BASE_URL).netloc
    return {"id": deployment_did(), "type": ["Profile"], "name": host, "url": f"{settings.TESTAMUR_BASE_URL}/"}
