"""Names and decisions of editions, without a database."""

from __future__ import annotations

from typing import Any

from testamur.formats import blockcerts

ANCHOR_METHOD = "anchor-1"
"""The fragment of the institution's anchor key in its DID document."""

PROFILE_SERVICE = "issuer-profile"
GAS = 30_000
"""More than a transaction to oneself with 32 bytes uses (about 22,300)."""

MAX_EDITIONS = 10_000
MAX_ORDERS = 3


SUBJECT = "edition:"
"""Before an award's public id: what the log's entry of its edition is about."""


def account_name(institution: str) -> str:
    """The name of an institution's account, by its public id."""
    return f"blockcerts:{institution}"


def edition_id(award_url: str) -> str:
    """An edition has an identifier of its own: it is another document, with another status entry."""
    return f"{award_url}/blockcerts"


def usable(chain_id: int, allowed: bool) -> bool:
    """Whether editions may be made in a chain: the file says so, and the proof has a name for it."""
    return allowed and chain_id in blockcerts.CHAINS


def key_problem(algorithm: str) -> str:
    """Why editions cannot be signed with a key of that kind; "" when they can: the published verifier knows no
    other suite."""
    return "" if algorithm == "Ed25519" else "blockcerts.key_algorithm"


def did_of(credential: dict[str, Any]) -> str:
    """The identifier that a credential was issued under."""
    issuer = credential.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else ""
