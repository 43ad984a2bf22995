"""The rules that a document of the older standards must keep, each finding with its place, its rule and what was expected.

A finding never repeats a value of the document, which may be personal. The rules are those of the tables in Open Badges 2.0, "Data
Classes"; for 1.x only what its schemas demand of every document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from testamur.formats.open_badges_2.documents import TYPES, Kind, Version, many, types_of
from testamur.formats.open_badges_2.extensions import broken_extensions

_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+[^\s]*")
_IRI: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*|_):\S+")
_HASH: Final = re.compile(r"(?:sha256\$[0-9a-fA-F]{64}|md5\$[0-9a-fA-F]{32}|sha1\$[0-9a-fA-F]{40})")
_MOST: Final = 20

_KINDS_OF_PROOF: Final = {"hosted": "hosted", "HostedBadge": "hosted", "signed": "signed", "SignedBadge": "signed"}


def broken_rules(document: Mapping[str, Any], kind: Kind, version: Version) -> list[dict[str, str]]:
    """The rules of `kind` in `version` that `document` breaks, at most twenty: each with `path` (JSON Pointer), `rule` (`missing`, `type`,
    `value`, `pattern`) and `expected`."""
    found = []
    for path, rule, expected in _broken(document, kind, version):
        found.append({"path": path, "rule": rule, "expected": expected})
        if len(found) == _MOST:
            break
    return found


def verification_kind(assertion: Mapping[str, Any]) -> str | None:
    """`hosted` or `signed`, as the assertion says that it is to be verified; None where it does not say. Before 1.0: always hosted."""
    stated = assertion.get("verification", assertion.get("verify"))
    if stated is None and isinstance(assertion.get("badge"), Mapping) and "@context" not in assertion:
        return "hosted"
    if not isinstance(stated, Mapping):
        return None
    for entry in types_of(stated):
        if isinstance(entry, str) and entry in _KINDS_OF_PROOF:
            return _KINDS_OF_PROOF[entry]
    return None


def hosted_address(document: Mapping[str, Any]) -> str | None:
    """The address at which a hosted document stands: its id, in 1.0 `verify.url`; None where it names no web address."""
    verify = document.get("verify")
    older = verify.get("url") if isinstance(verify, Mapping) else None
    for candidate in (document.get("id", document.get("@id")), older):
        if isinstance(candidate, str) and _ADDRESS.fullmatch(candidate):
            return candidate
    return None


def is_address(value: Any) -> bool:
    """Whether `value` is an http or https address."""
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


_Broken = Iterator[tuple[str, str, str]]


def _broken(document: Mapping[str, Any], kind: Kind, version: Version) -> _Broken:
    if version in ("2.0", "1.1"):
        yield from _types(document)
        if not isinstance(document.get("id", document.get("@id")), str):
            yield "/id", "missing", "id"
        elif not _IRI.fullmatch(document.get("id", document.get("@id"))):
            yield "/id", "pattern", "https://…"
    match kind:
        case "Assertion":
            yield from _assertion(document, version)
        case "BadgeClass":
            yield from _required(document, "", "name", "description", "criteria", "issuer")
            yield from _criteria(document.get("criteria"))
        case "Profile":
            yield from _required(document, "", "name")
        case "Endorsement":
            yield from _required(document, "", "claim", "issuer", "issuedOn")
            if "claim" in document and not (isinstance(document["claim"], Mapping) and document["claim"].get("id")):
                yield "/claim", "missing", "id"
        case _:
            pass
    yield from broken_extensions(document)


def _assertion(document: Mapping[str, Any], version: Version) -> _Broken:
    if version == "0.5":
        yield from _required(document, "", "recipient", "badge")
        return
    yield from _required(document, "", "recipient", "badge", "issuedOn")
    if version == "1.0" and not isinstance(document.get("uid"), str):
        yield "/uid", "missing", "uid"
    how = document.get("verification", document.get("verify"))
    if how is None:
        yield "/verification", "missing", "verification"
    elif verification_kind(document) is None:
        yield "/verification/type", "value", "hosted, signed"
    recipient = document.get("recipient")
    if recipient is not None:
        yield from _recipient(recipient)
    badge = document.get("badge")
    if badge is not None and not isinstance(badge, Mapping) and not (isinstance(badge, str) and _IRI.fullmatch(badge)):
        yield "/badge", "type", "BadgeClass"
    for name in ("image", "evidence"):
        for index, value in enumerate(many(document.get(name))):
            if not isinstance(value, (str, Mapping)):
                yield f"/{name}/{index}", "type", "string, object"


def _recipient(recipient: Any) -> _Broken:
    if not isinstance(recipient, Mapping):
        yield "/recipient", "type", "IdentityObject"
        return
    yield from _required(recipient, "/recipient", "type", "identity")
    if not isinstance(recipient.get("hashed"), bool):
        yield "/recipient/hashed", "type", "boolean"
    elif recipient["hashed"] and not (
        isinstance(recipient.get("identity"), str) and _HASH.fullmatch(recipient["identity"])
    ):
        yield "/recipient/identity", "pattern", "sha256$…"


def _criteria(criteria: Any) -> _Broken:
    if isinstance(criteria, Mapping):
        if not any(isinstance(criteria.get(name), str) for name in ("id", "@id", "narrative")):
            yield "/criteria", "missing", "narrative"
    elif criteria is not None and not (isinstance(criteria, str) and _IRI.fullmatch(criteria)):
        yield "/criteria", "pattern", "https://…"


def _types(document: Mapping[str, Any]) -> _Broken:
    types = types_of(document)
    if not types:
        yield "/type", "missing", "type"
    for entry in types:
        if not isinstance(entry, str) or (entry not in TYPES and not _IRI.fullmatch(entry)):
            yield "/type", "value", "Assertion, BadgeClass, Issuer, Profile"
            return


def _required(node: Mapping[str, Any], path: str, *names: str) -> _Broken:
    for name in names:
        value = node.get(name)
        if value is None or value == "" or value == []:
            yield f"{path}/{name}", "missing", name
        elif name in ("name", "description") and not isinstance(value, str):
            yield f"{path}/{name}", "type", "string"
