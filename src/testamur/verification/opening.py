"""From what somebody hands over to a document, or to the finding why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from testamur import formats, strict_json
from testamur.errors import InputError, TestamurError, TooLarge
from testamur.linked_data import Recognised
from testamur.verification.checks.token import REGISTERED_CLAIMS
from testamur.verification.codes import found
from testamur.verification.report import Check

OBJECT = 60  # bytes: the weight of an object, however little stands in it
_NOTHING_INSIDE = ("input.empty", "collection.empty", "input.format_unsupported")


def read(data: bytes | str | Mapping[str, Any], recognised: Recognised | None = None) -> formats.ReadDocument:
    """The document in `data`, which was `recognised`, perhaps. Raises InputError."""
    if recognised is not None:
        return formats.read_by_form(bytes(data), recognised)  # type: ignore[arg-type]
    if isinstance(data, Mapping):
        try:
            data = strict_json.dumps(data)
        except (TestamurError, TypeError, ValueError, RecursionError):
            raise InputError("The object holds values that JSON does not know.", code="input.not_json") from None
    return formats.read(data if isinstance(data, str) else bytes(data))


def weight(read: formats.ReadDocument) -> int:
    """How much work the document is, in bytes of an ordinary one: many small objects weigh more than their bytes."""
    objects = read.raw.count(b"{") if read.token is None else _objects(read.credential)
    return max(len(read.raw), OBJECT * objects)


def _objects(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_objects, value.values()))
    return sum(map(_objects, value)) if isinstance(value, list) else 0


def credential(read: formats.ReadDocument) -> dict[str, Any] | None:
    """The credential that was read. A token of VC 2.0 *is* the credential, with the registered claims of RFC 7519 around it."""
    if read.credential is None or read.token is None:
        return read.credential
    return {name: value for name, value in read.credential.items() if name not in REGISTERED_CLAIMS}


@lru_cache(maxsize=64)  # so many kinds and formats there are, at most
def was_read(kind: str, standard: str) -> Check:
    """The finding that a document of this kind and format was read."""
    return found("structure.read", kind=kind, format=standard)


def unsupported(read: formats.ReadDocument) -> Check:
    """The finding about a document that was read and is of no kind that is verified here."""
    if read.format == "unknown":
        return found("structure.no_credential", kind=read.kind)
    return found("structure.format_unsupported", format=read.format)


def unreadable(error: InputError) -> Check:
    """The finding about data out of which no document could be read."""
    if isinstance(error, TooLarge):
        return found("structure.too_large", reason=error.code)
    if error.code.startswith(("archive.entry_", "collection.")) and error.code != "collection.empty":
        return found("structure.entry_not_taken_out", reason=error.code)
    if error.code in _NOTHING_INSIDE or error.code.endswith(".no_credential"):
        return found("structure.no_credential", kind=str(error.facts.get("format", error.code.partition(".")[0])))
    return found("structure.unreadable", reason=error.code)
