"""What the signing process examines before an institution's key signs an endorsement.

The decision and its endorsement are written in one transaction, so the process cannot see their rows yet. It sees what was proposed, and
that nothing else was decided: the endorsement must be about the achievement of that version, as it was proposed.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from testamur.errors import TestamurError
from testamur.model import EndorsementCredential
from testamur_site.catalogue.api import achievement_id, content_hash
from testamur_site.foundation.signing.api import Item, Pen, Refused, Request, sign_documents
from testamur_site.foundation.tenancy.api import unscoped

from ..models import Proposal

_MEMBERS = {
    "@context", "id", "type", "name", "issuer", "validFrom", "validUntil", "awardedDate", "credentialSubject", "evidence",
    "credentialStatus",
}  # fmt: skip


_DECIDING = {Proposal.State.OPEN, Proposal.State.APPROVED}


def sign_endorsements(request: Request, pen: Pen) -> list[bytes | Refused]:
    """Items: `row`, the endorsement's public id; `document`; `created`; `proposal`, the public id of what is decided."""

    def examine(item: Item, document: dict[str, Any]) -> None:
        if document.get("id") != f"{settings.TESTAMUR_BASE_URL}/endorsements/{item['row']}" or set(document) - _MEMBERS:
            raise Refused("signing.item", "This is no endorsement as it is made here.", {})
        try:
            endorsement = EndorsementCredential.from_json(document)
        except TestamurError as error:
            raise Refused(error.code, "This is no endorsement.", {}) from None
        with unscoped("a quality body endorses the programme of another institution"):
            proposal = (
                Proposal.objects.select_related("version__micro_credential", "version__institution")
                .filter(public_id=item["proposal"])
                .first()
            )
            if proposal is None or proposal.version is None or proposal.state not in _DECIDING:
                raise Refused("endorsement.proposal", "There is no proposal that this endorsement could be of.", {})
            if content_hash(proposal.version) != proposal.content_hash:
                raise Refused("endorsement.version_changed", "The version is not what was proposed.", {})
            if endorsement.credential_subject.id != achievement_id(proposal.version):
                raise Refused("endorsement.other", "The endorsement is about something else than the proposal.", {})
            body = request.institution
            asked = proposal.panel.filter(body=body).exists() if body is not None else False
            if body is None or (proposal.institution_id != body.pk and not asked):
                raise Refused("endorsement.body", "This institution was not asked about the proposal.", {})

    return sign_documents(request, pen, examine, members=frozenset({"proposal"}))
