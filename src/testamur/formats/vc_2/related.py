"""The objects that a credential refers to or carries for its readers. One function per rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from testamur.formats.vc_2.problem import Problem, Problems, pointer
from testamur.formats.vc_2.values import each, identifier, objects, typed
from testamur.proofs.urls import is_url

Document = Mapping[str, Any]

_BITSTRING: Final = "Bitstring Status List 1.0 §2.1"
_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")
_STATUS_VALUE = re.compile(r"0x[0-9A-Fa-f]{1,16}")
_MAX_STATUS_SIZE = 16

# §4.10 to §4.12 and §5: properties whose values each must say their type; with their sections
_TYPED: Final = {
    "termsOfUse": "§5.5",
    "evidence": "§5.6",
    "refreshService": "§5.4",
    "renderMethod": "§5.10",
    "confidenceMethod": "§5.10",
}


def status(document: Document) -> Problems:
    """§4.10: each status says its type; its id, if any, is a URL. Entries of a bitstring list also obey that standard."""
    found: list[tuple[Document, str]] = []
    yield from objects(document, "credentialStatus", "§4.10", found)
    for entry, path in found:
        yield from typed(entry, path)
        yield from identifier(entry, path)
        if entry.get("type") in ("BitstringStatusListEntry", ["BitstringStatusListEntry"]):
            yield from _bitstring_entry(entry, path)


def schema(document: Document) -> Problems:
    """§4.11: each schema says its type and where it is."""
    found: list[tuple[Document, str]] = []
    yield from objects(document, "credentialSchema", "§4.11", found)
    for entry, path in found:
        yield from typed(entry, path)
        yield from identifier(entry, path, required=True)


def typed_properties(document: Document) -> Problems:
    """§5.4, §5.5, §5.6 and §5.10: terms of use, evidence, refresh services and the reserved properties say their type."""
    for name, section in _TYPED.items():
        found: list[tuple[Document, str]] = []
        yield from objects(document, name, section, found)
        for entry, path in found:
            yield from typed(entry, path)
            yield from identifier(entry, path)


def _bitstring_entry(entry: Document, path: str) -> Problems:
    index, purpose = entry.get("statusListIndex"), entry.get("statusPurpose")
    if not isinstance(purpose, str) or not purpose:
        yield _entry_problem(path, "statusPurpose", "statusPurpose is a text, such as revocation.")
    if not isinstance(index, str) or _INDEX.fullmatch(index) is None:
        yield _entry_problem(
            path, "statusListIndex", "statusListIndex is a whole number in decimal, written as a string."
        )
    if not is_url(entry.get("statusListCredential")):
        yield _entry_problem(path, "statusListCredential", "statusListCredential is the URL of the status list.")
    elif entry.get("id") == entry["statusListCredential"]:
        yield _entry_problem(path, "id", "The id of a status entry must not be the address of the status list.")
    for reference, place in each(entry.get("statusReference", "urn:none"), pointer(path, "statusReference")):
        if not is_url(reference):
            yield _entry_problem(place, None, "statusReference is a URL, or a list of URLs.")
    yield from _messages(entry, path)


def _messages(entry: Document, path: str) -> Problems:
    size = entry.get("statusSize", 1)
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= _MAX_STATUS_SIZE:
        yield _entry_problem(path, "statusSize", f"statusSize is a whole number from 1 to {_MAX_STATUS_SIZE}.")
        return
    if "statusMessage" not in entry:
        if size > 1:
            yield _entry_problem(
                path, None, "With a statusSize above 1 the statusMessage of each value must be stated."
            )
        return
    messages = entry["statusMessage"]
    if not isinstance(messages, list) or len(messages) != 2**size:
        yield _entry_problem(path, "statusMessage", "statusMessage is a list with one message for each possible value.")
        return
    for index, message in enumerate(messages):
        well_formed = (
            isinstance(message, Mapping)
            and isinstance(message.get("status"), str)
            and _STATUS_VALUE.fullmatch(message["status"]) is not None
            and isinstance(message.get("message"), str)
        )
        if not well_formed:
            place = pointer(pointer(path, "statusMessage"), index)
            yield _entry_problem(place, None, "A status message has a status such as 0x1 and a message.")


def _entry_problem(path: str, member: str | None, sentence: str) -> Problem:
    place = path if member is None else pointer(path, member)
    return Problem("data_model.status_entry_invalid", place, _BITSTRING, sentence)
