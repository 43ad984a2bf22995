"""The documents to which an assertion leads: badge class, issuer, key, revocation list, each at an address of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from testamur import strict_json
from testamur.errors import Malformed, Unreachable
from testamur.ports import Resolver

_ACCEPT: Final = ("application/ld+json", "application/json", "text/json;q=0.9")


@dataclass(frozen=True, slots=True)
class Node:
    """A document and the address that answered with it.

    The address is its identity, not what it says of itself: anybody may write anybody's id. `says_other_id` tells that the two differ.
    """

    address: str
    document: Mapping[str, Any]
    fetched_at: datetime

    @property
    def says_other_id(self) -> bool:
        stated = self.document.get("id", self.document.get("@id"))
        return isinstance(stated, str) and stated != self.address


def fetch_node(address: str, resolver: Resolver) -> Node:
    """The JSON object at `address`. Raises `ResolutionError` as the resolver does, and `InputError` for what is no JSON object.

    Another host's answer is none (`Unreachable`, `resolution.elsewhere`): the address is who somebody is, and an open redirect is not.
    """
    resource = resolver.fetch(address, accept=_ACCEPT)
    if resource.from_elsewhere:
        raise Unreachable("Another host answered for this address", code="resolution.elsewhere")
    value = strict_json.loads(resource.content)
    if not isinstance(value, dict):
        raise Malformed(
            "At this address stands no JSON object", code="input.not_an_object", facts={"found": type(value).__name__}
        )
    return Node(address, value, resource.fetched_at)
