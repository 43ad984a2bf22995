"""Is it about the person in front of us? The identifier that the reader gives is compared with those that the document names.

1. `credentialSubject.id` is compared as it stands (a DID, an address, `mailto:`).
2. Each identity object (OB 3.0, IdentityObject) is compared in the clear or, where `hashed`, by the hash of value and salt
   (`sha256$hex` and, in old badges, `md5$hex`).
3. Nothing matched: it is somebody else if the document names an identifier of the same kind; otherwise the two cannot be compared. Nor
   can they where one of that kind is hidden by a hash that is not known here: it may well be the same.

The facts name the kind of identifier, never the identifier: a report is passed around, an address of a person is not.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from testamur.verification.case import Case, many
from testamur.verification.codes import found
from testamur.verification.report import Check

_HASHES = {"sha256": hashlib.sha256, "md5": lambda data: hashlib.md5(data, usedforsecurity=False)}


def checks(case: Case) -> Iterator[Check]:
    """The finding about the holder whom the document of `case` names, whose bytes were confirmed."""
    asked = (case.policy.recipient or "").strip()
    if not asked:
        yield found("recipient.not_asked")
        return
    kind = _kind(asked)
    spellings = _spellings(asked, kind)
    comparable = hidden = False
    for subject in many(case.document.get("credentialSubject")):
        if not isinstance(subject, Mapping):
            continue
        identifier = subject.get("id")
        if isinstance(identifier, str):
            if identifier in spellings:
                yield found("recipient.matches", kind="id", hashed=False)
                return
            comparable = comparable or _kind(identifier) == kind
        for entry in many(subject.get("identifier")):
            if not isinstance(entry, Mapping):
                continue
            entry_kind = entry.get("identityType") if isinstance(entry.get("identityType"), str) else "identifier"
            same = _same(entry, spellings, case_matters=entry_kind != "emailAddress")
            if same:
                yield found("recipient.matches", kind=entry_kind, hashed=entry.get("hashed") is True)
                return
            of_that_kind = entry_kind == kind or (kind == "other" and entry_kind != "emailAddress")
            comparable, hidden = comparable or of_that_kind, hidden or (same is None and of_that_kind)
    yield found("recipient.different" if comparable and not hidden else "recipient.not_comparable", kind=kind)


def not_decided(case: Case) -> Check:
    """What is said instead where no signature could be confirmed."""
    return found("recipient.not_decided" if case.policy.recipient else "recipient.not_asked")


def _kind(identifier: str) -> str:
    """The kind of an identifier by its look: "emailAddress", "did", "address" or "other"."""
    if identifier.startswith("did:"):
        return "did"
    if identifier.startswith(("https://", "http://", "urn:")):
        return "address"
    if identifier.startswith("mailto:") or "@" in identifier:
        return "emailAddress"
    return "other"


def _spellings(identifier: str, kind: str) -> frozenset[str]:
    """The ways in which issuers write the same identifier down; hashes were taken of one of them."""
    written = {identifier, unicodedata.normalize("NFC", identifier)}
    if kind == "emailAddress":
        address = identifier.removeprefix("mailto:")
        spelled = {address, address.lower(), address.upper(), address[:1].upper() + address[1:].lower()}
        spelled |= {spelling for each in spelled for spelling in _domain_spellings(each)}
        written |= spelled | {"mailto:" + each for each in spelled}
    return frozenset(written)


def _domain_spellings(address: str) -> Iterator[str]:
    """The address with its domain in the letters of its people and in those of the network (IDNA)."""
    person, _, domain = address.rpartition("@")
    try:
        ascii_form = domain.encode("idna").decode()
        yield f"{person}@{ascii_form}"
        yield f"{person}@{ascii_form.encode().decode('idna')}"
    except UnicodeError:
        return


def _same(entry: Mapping[str, Any], spellings: frozenset[str], *, case_matters: bool) -> bool | None:
    """Whether the identity object names the person; None where it is hidden by a hash that cannot be made here."""
    stated = entry.get("identityHash")
    if not isinstance(stated, str) or not stated:
        return False
    if entry.get("hashed") is not True:
        stated = unicodedata.normalize("NFC", stated.strip())
        return stated in spellings or (not case_matters and stated.lower() in spellings)
    name, separator, digest = stated.partition("$")
    make = _HASHES.get(name.lower())
    if not separator or make is None:
        return None
    salt = entry.get("salt")
    suffix = salt if isinstance(salt, str) else ""
    return any(
        hmac.compare_digest(
            make((spelling + suffix).encode()).hexdigest(), digest.lower().encode("ascii", "replace").decode()
        )
        for spelling in spellings
    )
