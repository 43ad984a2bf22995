"""`relatedResource`: things outside that the credential relies on, pinned by their hash (VC Data Model 2.0 §5.3).

Nothing is fetched to compare a hash. What ships with this program (the JSON-LD contexts) is compared; of everything else it
cannot be said here whether the hash is right, and that is a problem of its own, not a pass.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from testamur.errors import ContextUnavailable, KeyMaterialError
from testamur.formats.vc_2.problem import CRYPTOGRAPHIC_SECURITY_ERROR, DATA_MODEL, Problem, Problems, pointer
from testamur.formats.vc_2.values import identifier, objects
from testamur.linked_data import Contexts
from testamur.proofs.encodings import base64url_decode, multibase_decode
from testamur.proofs.urls import is_url

_SECTION: Final = f"{DATA_MODEL} §5.3"
_STRENGTH: Final = ("sha256", "sha384", "sha512")
_SRI = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/_-]{1,90}={0,2})(?:\?\S*)?")
_MAX_EXPRESSIONS = 16

# Multihash (multiformats table) prefix → hash; a bare digest is told by its length.
_MULTIHASH: Final = {b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"}
_LENGTHS: Final = {32: "sha256", 48: "sha384", 64: "sha512"}


def related_resources(document: Mapping[str, Any], contexts: Contexts) -> Problems:
    """Each resource has an id of its own and at least one hash; every hash that it states is that of the resource."""
    found: list[tuple[Mapping[str, Any], str]] = []
    yield from objects(document, "relatedResource", "§5.3", found)
    seen: set[str] = set()
    for resource, path in found:
        yield from identifier(resource, path, required=True)
        address = resource.get("id")
        if not is_url(address):
            continue
        if address in seen:
            yield Problem(
                "data_model.related_resource_twice",
                pointer(path, "id"),
                _SECTION,
                "Each related resource is named once.",
            )
        seen.add(str(address))
        yield from _hashes(resource, str(address), path, contexts)


def hash_fits(resource: Mapping[str, Any], content: bytes) -> bool | None:
    """Whether `content` has the hashes that `resource` states (`digestSRI`, `digestMultibase`); None where it states none."""
    readers = {"digestSRI": _sri, "digestMultibase": _multibase}
    stated = [readers[name](resource[name]) for name in readers if name in resource]
    if not stated:
        return None
    return all(
        any(hashlib.new(algorithm, content).digest() == digest for algorithm, digest in expected) for expected in stated
    )


def _hashes(resource: Mapping[str, Any], address: str, path: str, contexts: Contexts) -> Problems:
    readers = {"digestSRI": _sri, "digestMultibase": _multibase}
    stated = [name for name in readers if name in resource]
    if not stated:
        yield Problem(
            "data_model.digest_missing", path, _SECTION, "State the hash of the resource: digestSRI or digestMultibase."
        )
    for name in stated:
        expected = readers[name](resource[name])
        place = pointer(path, name)
        if not expected:
            yield Problem("data_model.digest_invalid", place, _SECTION, f"This {name} cannot be read as a hash.")
            continue
        try:
            content = contexts.content(address)
        except ContextUnavailable:
            yield Problem(
                "data_model.related_resource_unavailable",
                pointer(path, "id"),
                _SECTION,
                "This resource is not kept here and nothing is fetched, so its hash cannot be compared.",
                facts={"url": address},
            )
            return
        if not any(hashlib.new(algorithm, content).digest() == digest for algorithm, digest in expected):
            yield Problem(
                "data_model.digest_mismatch",
                place,
                _SECTION,
                "The hash is not that of the resource.",
                CRYPTOGRAPHIC_SECURITY_ERROR,
                facts={"url": address},
            )


def _sri(value: Any) -> list[tuple[str, bytes]]:
    """The digests of the strongest algorithm in an integrity attribute (W3C Subresource Integrity §3.5); none when malformed."""
    expressions = value.split() if isinstance(value, str) else []
    if len(expressions) > _MAX_EXPRESSIONS:
        return []
    read = []
    for expression in expressions:
        match = _SRI.fullmatch(expression)
        if match is None:
            return []
        text = match[2].translate(str.maketrans("-_", "+/")).rstrip("=")
        try:
            digest = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except (binascii.Error, ValueError):
            return []
        if _LENGTHS.get(len(digest)) != match[1]:
            return []
        read.append((match[1], digest))
    strongest = max((_STRENGTH.index(algorithm) for algorithm, _ in read), default=0)
    return [entry for entry in read if entry[0] == _STRENGTH[strongest]]


def _multibase(value: Any) -> list[tuple[str, bytes]]:
    """The digest in a multibase text: a multihash, or the bare digest as the specification's own example has it."""
    try:
        is_base64url = isinstance(value, str) and value.startswith("u")
        data = base64url_decode(value[1:]) if is_base64url else multibase_decode(value)
    except KeyMaterialError:
        return []
    for prefix, algorithm in _MULTIHASH.items():
        if data.startswith(prefix) and _LENGTHS.get(len(data) - 2) == algorithm:
            return [(algorithm, data[2:])]
    return [(_LENGTHS[len(data)], data)] if len(data) in _LENGTHS else []
