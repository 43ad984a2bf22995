"""One row of the table in `offline_cases`: a document, and what the bundle holds."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any

from tests.simulator import NOW, Institution

from testamur.linked_data import CREDENTIALS_V2, PINNED
from testamur.ports import Resource
from testamur.verification import receipt

SUITES = [
    ("Ed25519", "eddsa-rdfc-2022"),
    ("Ed25519", "eddsa-jcs-2022"),
    ("P-256", "ecdsa-rdfc-2019"),
    ("P-384", "ecdsa-rdfc-2019"),
    ("P-256", "ecdsa-jcs-2019"),
    ("P-384", "ecdsa-jcs-2019"),
]
DIGEST = receipt._multibase(receipt.digest_of(PINNED.content(CREDENTIALS_V2)))
MUTATED = 240  # random changes, spread over the suites


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    content: bytes
    resources: tuple[Resource, ...]


def of(institution: Institution, name: str, content: Any) -> Case:
    if not isinstance(content, bytes):
        content = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    resources = tuple(
        Resource(url, data, "application/json", NOW) for url, data in sorted(institution.published().items())
    )
    return Case(name, content, resources)


def changed(document: dict[str, Any], change: Any) -> dict[str, Any]:
    document = copy.deepcopy(document)
    change(document)
    return document
