"""A pretended web, and the keys and names of the tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from testamur.errors import NotFound, TestamurError
from testamur.ports import Resource
from testamur.proofs.did import (
    resolve_verification_method,
)
from testamur.proofs.keys import PrivateKey

KEY = PrivateKey("Ed25519", bytes(range(32))).public
OTHER = PrivateKey("P-256", bytes(range(1, 33))).public
DID, ADDRESS = "did:web:example.edu:issuers:1", "https://example.edu/issuers/1/did.json"
METHOD = DID + "#key-1"
PROFILE = "https://example.edu/issuers/1"
SIGNING = frozenset({"authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"})


class Site:
    """Answers from a dictionary: a JSON value, bytes, or an error to raise. Remembers what was asked."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        self.asked.append(url)
        page = self.pages.get(url, NotFound("nothing there"))
        if isinstance(page, Exception):
            raise page
        content = page if isinstance(page, bytes) else json.dumps(page).encode()
        return Resource(url, content, accept[0], datetime(2026, 1, 1, tzinfo=UTC))


NOWHERE = Site({})


def refusal(identifier: str, pages: dict[str, Any] | None = None) -> TestamurError:
    with pytest.raises(TestamurError) as caught:
        resolve_verification_method(identifier, Site(pages or {}))
    return caught.value
