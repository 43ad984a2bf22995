"""What is asked of the desk, and how it says no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from testamur import strict_json
from testamur.errors import TestamurError
from testamur.proofs.data_integrity import add_proof
from testamur_site.foundation.tenancy.api import Institution

if TYPE_CHECKING:
    from .desk import Pen

MAX_ITEMS = 500
MAX_MESSAGE = 8 * 1024 * 1024

FRESH = timedelta(minutes=10)
"""So old, or so far ahead, may the date of a signature be."""

Item = Mapping[str, Any]


class Refused(TestamurError):
    """The desk does not sign this. `code` is stable, the sentence is for the operator, `facts` hold nothing personal."""

    def __init__(self, code: str, sentence: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence, code=code, facts=facts)

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "sentence": str(self), "facts": self.facts}


@dataclass(frozen=True, slots=True)
class Request:
    """`institution` is None for keys of the deployment and of the log. `did` is the identifier below which the key is named."""

    kind: str
    institution: Institution | None
    did: str
    items: tuple[Item, ...]


def cryptosuite_of(algorithm: str) -> str:
    """The suite that credentials of this deployment are signed with, by the kind of key."""
    return "eddsa-rdfc-2022" if algorithm == "Ed25519" else "ecdsa-rdfc-2019"


def sign_documents(
    request: Request,
    pen: Pen,
    examine: Callable[[Item, dict[str, Any]], None],
    *,
    members: frozenset[str] = frozenset(),
    lag: timedelta = FRESH,
) -> list[bytes | Refused]:
    """The common way of kinds whose items carry their `document`: each is examined, dated and signed by itself.

    An item has exactly `row`, `document`, `created`, and `members`. `examine` raises Refused. The issuer must be `request.did`, the date
    of the last minutes (or `lag`), and no proof may be there yet.
    """
    outcomes: list[bytes | Refused] = []
    for item in request.items:
        pen.row = item["row"]
        try:
            document = item.get("document")
            if (
                set(item) != {"row", "document", "created", *members}
                or not isinstance(document, dict)
                or "proof" in document
            ):
                raise Refused("signing.item", "This is not what is signed in this kind.", {})
            issuer = document.get("issuer")
            if (issuer.get("id") if isinstance(issuer, dict) else issuer) != request.did:
                raise Refused("signing.issuer", "The document names another issuer than the key's.", {})
            created = fresh_date(item["created"], lag)
            examine(item, document)
            signed = add_proof(
                document,
                pen,
                verification_method=pen.verification_method,
                created=created,
                cryptosuite=cryptosuite_of(pen.algorithm),
            )
            outcomes.append(strict_json.dumps(signed))
        except Refused as refused:
            outcomes.append(refused)
        except TestamurError as error:
            outcomes.append(Refused(error.code, str(error), {}))
    return outcomes


def fresh_date(text: Any, lag: timedelta = FRESH) -> datetime:
    """An aware datetime of about now, at most `lag` ago. Raises Refused (`signing.date`)."""
    try:
        found = datetime.fromisoformat(text)
        fresh = found.tzinfo is not None and -FRESH <= timezone.now() - found <= lag
    except (TypeError, ValueError):
        fresh = False
    if not fresh:
        raise Refused("signing.date", "The date of the signature is not today's.", {})
    return found.astimezone(UTC)
