"""Presentations (VC Data Model 2.0 §4.13): what holds of their form. Their credentials are checked one by one, elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.formats.vc_2.contents import context
from testamur.formats.vc_2.credential import is_version_1_1
from testamur.formats.vc_2.meaning import meaning
from testamur.formats.vc_2.problem import DATA_MODEL, DATA_MODEL_1_1, Problem, Problems
from testamur.formats.vc_2.related import typed_properties
from testamur.formats.vc_2.values import each, identifier, typed
from testamur.linked_data import CREDENTIALS_V1, PINNED, Contexts
from testamur.proofs.urls import is_url

MAX_CREDENTIALS = 100


def check_presentation(document: Mapping[str, Any], *, contexts: Contexts = PINNED) -> list[Problem]:
    """Every demand of the standard on the form of a presentation that `document` does not meet; an empty list where it meets all.

    A presentation of version 1.1 has its own base context and otherwise the same form (VC Data Model 1.1 §4.10).
    """
    older = is_version_1_1(document)
    problems = [
        *(context(document, base=CREDENTIALS_V1, source=DATA_MODEL_1_1) if older else context(document)),
        *typed(document, "", needed="VerifiablePresentation"),
        *identifier(document, ""),
        *holder(document),
        *credentials(document),
        *typed_properties(document),
    ]
    return problems or list(meaning(document, contexts))


def holder(document: Mapping[str, Any]) -> Problems:
    """A URL, or an object with an id that is one."""
    if "holder" not in document:
        return
    found = document["holder"]
    if isinstance(found, Mapping):
        yield from identifier(found, "/holder", required=True)
    elif not is_url(found):
        yield Problem(
            "data_model.holder_invalid",
            "/holder",
            f"{DATA_MODEL} §4.13",
            "The holder is a URL, or an object with an id.",
        )


def credentials(document: Mapping[str, Any]) -> Problems:
    """Objects, whether credentials or envelopes: no texts, numbers or addresses."""
    entries = list(each(document.get("verifiableCredential", []), "/verifiableCredential"))
    if len(entries) > MAX_CREDENTIALS:
        yield Problem(
            "data_model.credentials_too_many",
            "/verifiableCredential",
            DATA_MODEL,
            f"A presentation of more than {MAX_CREDENTIALS} credentials is not read here.",
        )
        return
    for entry, path in entries:
        if not isinstance(entry, Mapping):
            yield Problem(
                "data_model.not_an_object",
                path,
                f"{DATA_MODEL} §4.13",
                "Each entry of verifiableCredential is a credential or an enveloped credential, as an object.",
            )
