"""The members that every credential has: contexts, types, issuer, subject, dates, names. One function per rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from testamur.errors import Malformed
from testamur.formats.vc_2.problem import DATA_MODEL, RANGE_ERROR, Problem, Problems, pointer
from testamur.formats.vc_2.values import each, identifier, typed
from testamur.linked_data import CREDENTIALS_V2
from testamur.proofs.date_time import parse_date_time_stamp
from testamur.proofs.urls import is_url

Document = Mapping[str, Any]

_LANGUAGE_VALUE: Final = frozenset({"@value", "@language", "@direction"})


def context(document: Document, *, base: str = CREDENTIALS_V2, source: str = DATA_MODEL) -> Problems:
    """§4.3: an ordered set, the base context first, then URLs and objects in any combination."""
    section = f"{source} §4.3"
    if "@context" not in document:
        yield Problem("data_model.context_missing", "", section, f"State “@context”, beginning with {base}.")
        return
    found = document["@context"]
    if not isinstance(found, list) or not found or found[0] != base:
        yield Problem(
            "data_model.context_order",
            "/@context",
            section,
            f"“@context” is a list whose first entry is {base}.",
            facts={"required": base},
        )
        return
    for index, entry in enumerate(found):
        if not isinstance(entry, dict) and not is_url(entry):
            yield Problem(
                "data_model.context_entry",
                f"/@context/{index}",
                section,
                "Each entry of “@context” is a URL or an object.",
            )


def types(document: Document) -> Problems:
    """§4.5: the credential says that it is one."""
    yield from typed(document, "", needed="VerifiableCredential")


def own_identifier(document: Document) -> Problems:
    """§4.4: the credential's id, where it has one."""
    yield from identifier(document, "")


def issuer(document: Document, *, source: str = DATA_MODEL) -> Problems:
    """§4.7: a URL, or an object with an id that is one."""
    if "issuer" not in document:
        yield Problem(
            "data_model.issuer_missing", "", f"{source} §4.7", "Name the issuer: a URL, or an object with an id."
        )
        return
    found = document["issuer"]
    if isinstance(found, Mapping):
        yield from identifier(found, "/issuer", required=True, source=source)
    elif not is_url(found):
        yield Problem(
            "data_model.issuer_invalid", "/issuer", f"{source} §4.7", "The issuer is a URL, or an object with an id."
        )


def subject(document: Document, *, source: str = DATA_MODEL) -> Problems:
    """§4.8: one or several objects, and each says something."""
    section = f"{source} §4.8"
    if "credentialSubject" not in document:
        yield Problem("data_model.subject_missing", "", section, "Say about whom the credential is: credentialSubject.")
        return
    found = document["credentialSubject"]
    if found == []:
        yield Problem("data_model.subject_empty", "/credentialSubject", section, "State at least one subject.")
        return
    for member, path in each(found, "/credentialSubject"):
        if not isinstance(member, Mapping) or not member:
            yield Problem(
                "data_model.subject_empty", path, section, "Each subject is an object that makes at least one claim."
            )
        else:
            yield from identifier(member, path, source=source)


def validity(document: Document) -> Problems:
    """§4.9: moments with a time zone, in their order."""
    moments: dict[str, datetime] = {}
    for name in ("validFrom", "validUntil"):
        if name not in document:
            continue
        try:
            moments[name] = parse_date_time_stamp(document[name])
        except Malformed:
            yield Problem(
                "data_model.date_invalid",
                pointer("", name),
                f"{DATA_MODEL} §4.9",
                f"{name} is a date and time with a time zone, such as 2026-02-24T09:30:00Z.",
            )
    if len(moments) == 2 and moments["validFrom"] > moments["validUntil"]:
        yield Problem(
            "data_model.dates_reversed",
            "/validUntil",
            f"{DATA_MODEL} §4.9",
            "validUntil must not lie before validFrom.",
            RANGE_ERROR,
        )


def names(document: Document) -> Problems:
    """§4.6 and §11.1: `name` and `description` of credential and issuer are texts, or language value objects."""
    holders: list[tuple[Document, str]] = [(document, "")]
    if isinstance(document.get("issuer"), Mapping):
        holders.append((document["issuer"], "/issuer"))
    for holder, path in holders:
        for name in ("name", "description"):
            if name not in holder:
                continue
            for value, place in each(holder[name], pointer(path, name)):
                if not isinstance(value, str) and not _is_language_value(value):
                    yield Problem(
                        "data_model.text_invalid",
                        place,
                        f"{DATA_MODEL} §11.1",
                        f"{name} is a text, or an object of @value, @language and @direction and nothing else.",
                    )


def _is_language_value(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and value.keys() <= _LANGUAGE_VALUE
        and isinstance(value.get("@value"), str)
        and isinstance(value.get("@language", ""), str)
        and value.get("@direction", "ltr") in ("ltr", "rtl")
    )
