"""Envelopes inside JSON: a secured credential or presentation as a `data:` address (VC Data Model 2.0 §4.13)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from testamur.errors import Malformed
from testamur.linked_data import CREDENTIALS_V2
from testamur.proofs.vc_jose_cose.kinds import KINDS, Form, Kind, bare

ENVELOPED_CREDENTIAL = "EnvelopedVerifiableCredential"
ENVELOPED_PRESENTATION = "EnvelopedVerifiablePresentation"
MAX_CREDENTIALS = 100

_NOT_PART = str.maketrans("", "", "\t\n\r")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope holds: a compact token (text) or a COSE message (bytes), unread."""

    kind: Kind
    content: str | bytes


def open_envelope(value: object) -> Envelope:
    """Take the secured document out of an `EnvelopedVerifiableCredential` or `…Presentation`. Nothing is verified by this.

    Raises `Malformed`: `envelope.type_invalid` for another object, `envelope.address_invalid` where `id` is no `data:` address
    with content (COSE in base64, padded or not), `envelope.media_type_unknown` (facts: `media_type`),
    `envelope.media_type_invalid` where a presentation stands in the place of a credential or the other way round.
    """
    if not isinstance(value, Mapping):
        raise Malformed("An envelope is an object.", code="envelope.type_invalid")
    types = value.get("type")
    named = {ENVELOPED_CREDENTIAL, ENVELOPED_PRESENTATION} & set(_texts(types))
    if len(named) != 1:
        raise Malformed(f"An envelope has the type {ENVELOPED_CREDENTIAL}.", code="envelope.type_invalid")
    envelope = _open_address(value.get("id"))
    is_presentation = named == {ENVELOPED_PRESENTATION}
    if envelope.kind.presentation not in (None, is_presentation):
        raise Malformed(
            "The envelope says that it holds the other sort of document.",
            code="envelope.media_type_invalid",
            facts={"media_type": envelope.kind.media_type},
        )
    return envelope


def enveloped(content: str | bytes, media_type: str) -> dict[str, Any]:
    """The object that carries a secured document of `media_type` (a name of `KINDS`); COSE as base64 without padding."""
    kind = KINDS[media_type]
    if kind.form is Form.COSE:
        data = content if isinstance(content, bytes) else content.encode("ascii")
        address = f"data:application/{media_type};base64,{base64.b64encode(data).decode('ascii').rstrip('=')}"
    else:
        text = content if isinstance(content, str) else content.decode("ascii")
        address = f"data:application/{media_type},{text}"
    kind_of = ENVELOPED_PRESENTATION if kind.presentation else ENVELOPED_CREDENTIAL
    return {"@context": CREDENTIALS_V2, "id": address, "type": kind_of}


def credentials_in(presentation: Mapping[str, Any]) -> list[Envelope]:
    """The envelopes of the credentials that a presentation holds. Raises as `open_envelope`, and `Malformed`:
    `envelope.credential_unsecured` for a credential that is no envelope (§3.1.2), `envelope.too_many` beyond 100.
    """
    found = presentation.get("verifiableCredential", [])
    entries = found if isinstance(found, list) else [found]
    if len(entries) > MAX_CREDENTIALS:
        raise Malformed(
            f"A presentation holds at most {MAX_CREDENTIALS} credentials here.",
            code="envelope.too_many",
            facts={"count": len(entries), "limit": MAX_CREDENTIALS},
        )
    envelopes = []
    for entry in entries:
        if not isinstance(entry, Mapping) or ENVELOPED_CREDENTIAL not in _texts(entry.get("type")):
            raise Malformed(
                "A presentation of this kind holds its credentials in envelopes, each secured on its own.",
                code="envelope.credential_unsecured",
            )
        envelopes.append(open_envelope(entry))
    return envelopes


def _open_address(address: object) -> Envelope:
    """A `data:` address, RFC 2397. Line breaks and tabs inside are not part of it, as every reader of addresses has it (WHATWG URL
    §4.4)."""
    if not isinstance(address, str) or address[:5].lower() != "data:":
        raise _address_invalid()
    address = address.translate(_NOT_PART)
    described, comma, content = address[5:].partition(",")
    if not comma or not content:
        raise _address_invalid()
    kind = KINDS.get(bare(described) or "")
    if kind is None:
        raise Malformed(
            "An envelope of this media type is not known here.",
            code="envelope.media_type_unknown",
            facts={"media_type": described[:80]},
        )
    in_base64 = described.lower().endswith(";base64")
    if kind.form is Form.COSE:
        if not in_base64:
            raise _address_invalid()
        return Envelope(kind, _from_base64(unquote(content)))
    if not in_base64:
        return Envelope(kind, unquote(content) if "%" in content else content)
    try:
        return Envelope(kind, _from_base64(unquote(content)).decode("ascii"))
    except UnicodeDecodeError:
        raise _address_invalid() from None


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise _address_invalid() from None


def _texts(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _address_invalid() -> Malformed:
    return Malformed(
        "An envelope holds its document as a data: address, such as data:application/vc+jwt,eyJ…",
        code="envelope.address_invalid",
    )
