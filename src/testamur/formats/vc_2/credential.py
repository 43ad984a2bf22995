"""All rules for one credential, in both versions of the data model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from testamur.formats.vc_2 import contents, related
from testamur.formats.vc_2.meaning import meaning
from testamur.formats.vc_2.problem import DATA_MODEL_1_1, Problem, Problems, pointer
from testamur.formats.vc_2.resources import related_resources
from testamur.formats.vc_2.values import identifier, objects, typed
from testamur.linked_data import CREDENTIALS_V1, PINNED, Contexts

# xsd:dateTime, whose time zone is optional in version 1.1; the calendar itself is left to those who compare the dates.
_DATE_TIME = re.compile(r"-?\d{4,9}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,30})?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


def is_version_1_1(document: Mapping[str, Any]) -> bool:
    """Whether `document` is written by the older data model: its first context says so."""
    found = document.get("@context")
    first = found[0] if isinstance(found, list) and found else found
    return first == CREDENTIALS_V1


def check_data_model(document: Mapping[str, Any], *, contexts: Contexts = PINNED) -> list[Problem]:
    """Every demand of the data model that `document`, a credential with or without its proofs, does not meet.

    1. The form, rule by rule; all problems are named.
    2. Where the form is right, the hashes of related resources and the meaning of every term.

    An empty list says that the document conforms; it says nothing about proofs, dates or status. A credential of version 1.1 is held
    against the rules of that version.
    """
    if is_version_1_1(document):
        problems = list(_form_1_1(document))
    else:
        problems = [
            *contents.context(document),
            *contents.types(document),
            *contents.own_identifier(document),
            *contents.issuer(document),
            *contents.subject(document),
            *contents.validity(document),
            *contents.names(document),
            *related.status(document),
            *related.schema(document),
            *related.typed_properties(document),
            *related_resources(document, contexts),
        ]
    return problems or list(meaning(document, contexts))


def _form_1_1(document: Mapping[str, Any]) -> Problems:
    """VC Data Model 1.1 §4: what it shares with 2.0, and the dates by their older names."""
    yield from contents.context(document, base=CREDENTIALS_V1, source=DATA_MODEL_1_1)
    yield from typed(document, "", needed="VerifiableCredential", source=DATA_MODEL_1_1)
    yield from identifier(document, "", source=DATA_MODEL_1_1)
    yield from contents.issuer(document, source=DATA_MODEL_1_1)
    yield from contents.subject(document, source=DATA_MODEL_1_1)
    for name in ("issuanceDate", "expirationDate"):
        if name not in document:
            if name == "issuanceDate":
                yield Problem(
                    "data_model.issuance_date_missing",
                    "",
                    f"{DATA_MODEL_1_1} §4.6",
                    "A credential of version 1.1 states its issuanceDate.",
                )
        elif not isinstance(document[name], str) or _DATE_TIME.fullmatch(document[name]) is None:
            yield Problem(
                "data_model.date_invalid",
                pointer("", name),
                f"{DATA_MODEL_1_1} §4.6",
                f"{name} is a date and time, such as 2026-02-24T09:30:00Z.",
            )
    for name in ("credentialStatus", "credentialSchema", "termsOfUse", "evidence", "refreshService"):
        found: list[tuple[Mapping[str, Any], str]] = []
        yield from objects(document, name, "§4.9", found)
        for entry, path in found:
            yield from typed(entry, path, source=DATA_MODEL_1_1)
            yield from identifier(
                entry, path, required=name in ("credentialStatus", "credentialSchema"), source=DATA_MODEL_1_1
            )
