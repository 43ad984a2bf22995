"""Finding a key in a DID document or issuer profile: lenient in form, strict in meaning."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from testamur import strict_json
from testamur.errors import InputError, Malformed, NotFound, ResolutionError, Unreachable
from testamur.ports import Resource
from testamur.proofs.date_time import parse_date_time_stamp
from testamur.proofs.did.method import PURPOSES, VerificationMethod
from testamur.proofs.encodings import multibase_decode
from testamur.proofs.keys import PublicKey

MAX_DOCUMENT_BYTES = 1_000_000
MAX_METHODS = 256
_MOST_REMEMBERED: Final = 64_000  # bytes of a document that is remembered; a hundred of them are
_MOST_VALUES: Final = 5_000  # the same of the values in it: the shortest takes thirty times its text
_T = TypeVar("_T")


class Published(dict[str, Any]):
    """A document as it was published, with what was worked out about it. It is shared, and must not be changed.

    Which document stands at an address is asked each time; how these bytes read does not change (decision 0053).
    """

    __slots__ = ("_worked_out",)

    def __init__(self, members: Mapping[str, Any]) -> None:
        super().__init__(members)
        self._worked_out: dict[Hashable, Any] = {}

    def settled(self, key: Hashable, work: Callable[[], _T]) -> _T:
        """What `work` finds, or found before, by looking at nothing but this document and `key`. What it raises is not kept."""
        try:
            known: _T = self._worked_out[key]
        except KeyError:
            known = self._worked_out[key] = work()
        return known


def read_document(resource: Resource) -> Published:
    """The JSON object at an address. Raises `Unreachable` (`did.document_unreadable`): a broken answer is no answer.

    An answer of another host is none either (`resolution.elsewhere`): an open redirect of a university is not the university.
    """
    if resource.from_elsewhere:
        raise Unreachable(
            "Another host answered for this address.", code="resolution.elsewhere", facts={"url": resource.url}
        )
    try:
        content = resource.content
        document = _remembered(bytes(content)) if _is_usual(content) else _read(content)
    except InputError as error:
        raise Unreachable(
            "The document of this issuer cannot be read.",
            code="did.document_unreadable",
            facts={"url": resource.url, "reason": error.code},
        ) from None
    if document is None:
        raise Unreachable(
            "The document of this issuer is not a JSON object.",
            code="did.document_unreadable",
            facts={"url": resource.url, "reason": "input.json_type"},
        )
    return document


def _is_usual(content: bytes) -> bool:
    return len(content) <= _MOST_REMEMBERED and content.count(b",") + content.count(b"{") <= _MOST_VALUES


def _read(content: bytes) -> Published | None:
    """The object in `content`; None for another value. Raises InputError."""
    document = strict_json.loads(content, max_bytes=MAX_DOCUMENT_BYTES)
    return Published(document) if isinstance(document, dict) else None


_remembered = lru_cache(maxsize=128)(_read)


def require_id(document: Mapping[str, Any], expected: str) -> None:
    """Raises `ResolutionError` (`did.document_id_mismatch`) when the document is not the one of `expected`."""
    if document.get("id") != expected:
        raise ResolutionError(
            "The document found there belongs to another identifier.",
            code="did.document_id_mismatch",
            facts={"expected": expected},
        )


def find_method(document: Mapping[str, Any], controller: str, identifier: str, bound_by: str) -> VerificationMethod:
    """The method `identifier` in the document of `controller`, whose `id` was checked.

    Entries are read from `verificationMethod` and embedded in the relationships; ids may be relative to the document. Raises
    `NotFound` (`did.method_not_listed`), `ResolutionError` (`did.method_ambiguous`, `did.controller_mismatch`,
    `did.method_malformed`, `did.too_many_methods`) or `KeyMaterialError`.
    """
    if isinstance(document, Published):
        key = (controller, identifier, bound_by)
        return document.settled(key, lambda: _found_method(document, controller, identifier, bound_by))
    return _found_method(document, controller, identifier, bound_by)


def _found_method(document: Mapping[str, Any], controller: str, identifier: str, bound_by: str) -> VerificationMethod:
    found: list[Mapping[str, Any]] = []
    purposes = set()
    for count, (relationship, entry) in enumerate(_entries(document)):
        if count >= MAX_METHODS:
            raise _error("did.too_many_methods", "This document lists too many keys.", identifier)
        name = entry if isinstance(entry, str) else entry.get("id")
        if not isinstance(name, str) or _absolute(name, controller) != identifier:
            continue
        if relationship in PURPOSES:
            purposes.add(relationship)
        if not isinstance(entry, str):
            found.append(entry)
    if not found:
        raise NotFound(
            "The issuer's document does not list this key.", code="did.method_not_listed", facts={"method": identifier}
        )
    for entry in found:
        # Another controller would be a claim about somebody who did not make it.
        if entry.get("controller", controller) != controller:
            raise _error("did.controller_mismatch", "This key is said to be controlled by somebody else.", identifier)
    keys = {key_of(entry, identifier) for entry in found}
    if len(keys) != 1:
        raise _error("did.method_ambiguous", "Two different keys bear the same name in this document.", identifier)
    return VerificationMethod(
        identifier,
        controller,
        keys.pop(),
        frozenset(purposes),
        bound_by,
        expires=_earliest(found, "expires", identifier),
        revoked=_earliest(found, "revoked", identifier),
    )


def key_of(entry: Mapping[str, Any], identifier: str) -> PublicKey:
    """The key of a method: `publicKeyMultibase`, `publicKeyJwk`, or the `publicKeyBase58` of the 2018 suites.

    Raises `ResolutionError` (`did.method_malformed` where there is none, `did.method_ambiguous` where two forms disagree) or
    `KeyMaterialError`.
    """
    keys = set()
    if "publicKeyMultibase" in entry:
        keys.add(PublicKey.from_multikey(entry["publicKeyMultibase"]))
    if "publicKeyJwk" in entry:
        keys.add(PublicKey.from_jwk(entry["publicKeyJwk"]))
    if "publicKeyBase58" in entry and entry.get("type") == "Ed25519VerificationKey2018":
        text = entry["publicKeyBase58"]
        keys.add(PublicKey.from_raw("Ed25519", multibase_decode("z" + text if isinstance(text, str) else None)))
    if not keys:
        raise _error("did.method_malformed", "This entry holds no key in a form that is known here.", identifier)
    if len(keys) > 1:
        raise _error("did.method_ambiguous", "Two forms of this key disagree.", identifier)
    return keys.pop()


def _entries(document: Mapping[str, Any]) -> Iterator[tuple[str, str | Mapping[str, Any]]]:
    for relationship in ("verificationMethod", *PURPOSES):
        value = document.get(relationship, [])
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, str | dict):
                yield relationship, entry


def _absolute(name: str, base: str) -> str:
    return base + name if name.startswith("#") else name


def _earliest(entries: list[Mapping[str, Any]], member: str, identifier: str) -> datetime | None:
    try:
        return min((parse_date_time_stamp(entry[member]) for entry in entries if member in entry), default=None)
    except Malformed:
        raise _error("did.method_malformed", f"The date {member} of this key cannot be read.", identifier) from None


def _error(code: str, message: str, identifier: str) -> ResolutionError:
    return ResolutionError(message, code=code, facts={"method": identifier})
