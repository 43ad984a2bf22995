"""The contexts of the W3C vectors that Testamur does not ship, because they are for examples only."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from tests.shared import shared

from testamur.linked_data import Contexts

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"
_FILES = {
    "https://www.w3.org/ns/credentials/v2": "w3c/contexts-credentials/contexts/credentials/v2",
    EXAMPLES: "w3c/contexts-credentials/contexts/credentials/examples/v2",
    "https://w3id.org/security/suites/ed25519-2020/v1": "1edtech/validator-contexts/suites-ed25519-2020.jsonld",
}

# The citizenship context is in no published package. These are the terms that the vectors use, as their canonical forms show them.
_SCHEMA, _OWN = "https://schema.org/", "https://w3id.org/citizenship#"
_DATE = {"@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
_CITIZENSHIP: dict[str, Any] = {
    "@context": {
        "id": "@id",
        "type": "@type",
        "image": {"@id": _SCHEMA + "image", "@type": "@id"},
        "Person": _SCHEMA + "Person",
        **{name: _SCHEMA + name for name in ("givenName", "additionalName", "familyName", "gender", "identifier")},
        "birthDate": {"@id": _SCHEMA + "birthDate", **_DATE},
        "residentSince": {"@id": _OWN + "residentSince", **_DATE},
        **{
            name: _OWN + name
            for name in (
                "birthCountry",
                "employmentAuthorizationDocument",
                "lprCategory",
                "lprNumber",
                "EmployablePerson",
                "EmploymentAuthorizationDocument",
                "EmploymentAuthorizationDocumentCredential",
            )
        },
    }
}


@cache
def w3c_contexts() -> Contexts:
    documents = {url: json.loads(shared("vectors/" + path).read_text()) for url, path in _FILES.items()}
    return Contexts.with_documents({**documents, CITIZENSHIP: _CITIZENSHIP})
