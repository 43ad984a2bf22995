"""What the signing process does for a status list: it makes the list itself, from the bits in the database, and signs that.

Nobody can have a list signed in which a bit is missing, or set that the institution did not set.
"""

from __future__ import annotations

from testamur import strict_json
from testamur.errors import TestamurError
from testamur.proofs.data_integrity import add_proof
from testamur_site.foundation.signing.api import Item, Pen, Refused, Request, cryptosuite_of, fresh_date

from .models import StatusList
from .services import unsigned


def sign_lists(request: Request, pen: Pen) -> list[bytes | Refused]:
    """Items: `row`, the list's public id; `version`, which the database must have reached; `created`."""
    outcomes: list[bytes | Refused] = []
    for item in request.items:
        try:
            outcomes.append(_sign_list(request, pen, item))
        except Refused as refused:
            outcomes.append(refused)
        except TestamurError as error:
            outcomes.append(Refused(error.code, "The list cannot be signed.", {}))
    return outcomes


def _sign_list(request: Request, pen: Pen, item: Item) -> bytes:
    if set(item) != {"row", "version", "created"} or type(item["version"]) is not int:
        raise Refused("signing.item", "This is not what is signed in this kind.", {})
    created = fresh_date(item["created"])
    found = StatusList.objects.defer("published").select_related("pair").filter(public_id=item["row"]).first()
    if found is None:
        raise Refused("status.unknown", "The institution has no such list.", {})
    if found.version < item["version"]:
        # The change is not committed yet: signed now, the list would hide it under the new number.
        raise Refused("status.version", "The list is being changed; sign it when that is done.", {})
    if request.institution is None or request.did != (found.pair.issuer or request.institution.did):
        raise Refused("signing.issuer", "The list is of another identifier than the key's.", {})
    document = unsigned(found, request.did, created)
    pen.row = found.public_id
    return strict_json.dumps(
        add_proof(
            document,
            pen,
            verification_method=pen.verification_method,
            created=created,
            cryptosuite=cryptosuite_of(pen.algorithm),
        )
    )
