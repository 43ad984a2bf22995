"""What the signing process does for editions: it makes the document itself, from what the institution has issued, and
signs that.

So nobody can have an edition signed that says something else than the award does, or a list in which a bit is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from testamur import strict_json
from testamur.errors import TestamurError
from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.keys import PublicKey
from testamur_site.foundation.keys.api import did_document
from testamur_site.foundation.signing.api import Item, Pen, Refused, Request, fresh_date
from testamur_site.status import api as status

from ..models import PreparedCredential
from ..rules import PUBLISHED
from . import documents, statuses
from .models import Edition


def sign_editions(request: Request, pen: Pen) -> list[bytes | Refused]:
    """Items: `row`, the award's public id; `document`, the edition as stored; `created`."""
    return [_outcome(request, pen, item, _edition) for item in request.items]


def sign_edition_lists(request: Request, pen: Pen) -> list[bytes | Refused]:
    """Items: `row`, the public id of the published list; `document`; `created`."""
    return [_outcome(request, pen, item, _list) for item in request.items]


def _outcome(
    request: Request, pen: Pen, item: Item, expected: Callable[[Request, Item], dict[str, Any]]
) -> bytes | Refused:
    try:
        if set(item) != {"row", "document", "created"} or not isinstance(item["document"], dict):
            raise Refused("signing.item", "This is not what is signed in this kind.", {})
        created = fresh_date(item["created"])
        pen.row = item["row"]
        document = expected(request, item)
        return strict_json.dumps(documents.signed_with(document, pen, pen.verification_method, created))
    except Refused as refused:
        return refused
    except TestamurError as error:
        return Refused(error.code, "The edition cannot be signed.", {})


def _edition(request: Request, item: Item) -> dict[str, Any]:
    rows = PreparedCredential.objects.select_related("award__institution", "award__status_entry")
    found = rows.filter(award__public_id=item["row"], award__state__in=PUBLISHED).first()
    if found is None or found.signed is None:
        raise Refused("award.not_issued", "There is no such credential.", {})
    if not Edition.objects.filter(award=found.award, signed=None).exists():
        raise Refused("blockcerts.not_requested", "No edition of this award is to be signed.", {})
    _require_own(request, strict_json.loads(bytes(found.signed)))
    made = documents.content_of(found.award, bytes(found.signed))
    if made != item["document"] or made["issuer"].get("id") != request.did:
        raise Refused("blockcerts.other_content", "The edition says something else than the award.", {})
    return made


def _list(request: Request, item: Item) -> dict[str, Any]:
    source = status.published_list(item["row"])
    institution = request.institution
    if source is None or institution is None:
        raise Refused("status.unknown", "The institution has no such list.", {})
    _require_own(request, strict_json.loads(source))
    made = statuses.unsigned(institution, item["row"], source, fresh_date(item["created"]))
    if made != item["document"] or made["issuer"] != request.did:
        raise Refused("blockcerts.other_content", "The list says something else than the published one.", {})
    return made


def _require_own(request: Request, document: Any) -> None:
    """What an edition is made of must have been signed by this institution: whoever can write the database could put
    other bytes there. Raises Refused."""
    institution = request.institution
    listed = did_document(institution, request.did)["verificationMethod"] if institution is not None else []
    keys = {method["id"]: method.get("publicKeyMultibase") for method in listed}
    for proof in proofs_of(document):
        multikey = keys.get(str(proof.get("verificationMethod")))
        if multikey is not None and check_proof(document, proof, PublicKey.from_multikey(multikey)).outcome == "passed":
            return
    raise Refused("blockcerts.not_signed_here", "The institution has not signed what the edition is made of.", {})
