"""Receipts of the three kinds of anchor, as they travel: one JSON object each, `{"anchor": KIND, …}`, several in a
list.

A receipt holds everything between the digest and what somebody outside believes; it is a stranger's document, read with
limits, and nothing is verified by reading it (`policy.check` does).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from testamur import strict_json
from testamur.errors import Malformed, TooLarge

from . import opentimestamps, time_stamping
from .evm import EvmReceipt

MAX_BYTES = 8_000_000
"""Of a list of receipts. One of a chain's may hold up to a megabyte (`ethereum_encoding.MAX_BYTES`), and is some
kilobytes."""
MAX_RECEIPTS = 64
_MAX_HEADERS = 16
_HEADER_BYTES = 80


@dataclass(frozen=True, slots=True)
class OpenTimestampsReceipt:
    """`proof` is a file as everybody writes it (`.ots`); `headers` the 80 bytes of the blocks that it ends in, by
    height."""

    proof: bytes
    headers: Mapping[int, bytes] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        headers = {str(height): _text(header) for height, header in sorted(self.headers.items())}
        return {"anchor": "opentimestamps", "proof": _text(self.proof), "headers": headers}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> OpenTimestampsReceipt:
        """Raises Malformed."""
        headers = value.get("headers", {})
        if not isinstance(headers, dict) or len(headers) > _MAX_HEADERS:
            raise _malformed()
        read = {_height(height): _bytes(header, _HEADER_BYTES) for height, header in headers.items()}
        if any(len(header) != _HEADER_BYTES for header in read.values()):
            raise _malformed()
        return cls(_bytes(value.get("proof"), opentimestamps.MAX_BYTES), read)


@dataclass(frozen=True, slots=True)
class TimeStampReceipt:
    """`reply` is the authority's answer (DER, RFC 3161 §2.4.2), with its certificate inside."""

    reply: bytes

    def to_json(self) -> dict[str, Any]:
        return {"anchor": "rfc3161", "reply": _text(self.reply)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> TimeStampReceipt:
        """Raises Malformed."""
        return cls(_bytes(value.get("reply"), time_stamping.MAX_BYTES))


Receipt = EvmReceipt | OpenTimestampsReceipt | TimeStampReceipt

_KINDS: Mapping[str, type[EvmReceipt] | type[OpenTimestampsReceipt] | type[TimeStampReceipt]] = {
    "evm": EvmReceipt,
    "opentimestamps": OpenTimestampsReceipt,
    "rfc3161": TimeStampReceipt,
}


def kind_of(receipt: Receipt) -> str:
    """`evm`, `opentimestamps` or `rfc3161`."""
    return next(kind for kind, made in _KINDS.items() if isinstance(receipt, made))


def read_receipts(data: bytes) -> tuple[Receipt, ...]:
    """The receipts of a JSON list, or of one JSON object. Those of a kind that is not known here are left out: another
    kind of anchor proves nothing to us, and does not spoil what the others prove.

    Raises Malformed and TooLarge.
    """
    value = strict_json.loads(data, max_bytes=MAX_BYTES)
    entries = value if isinstance(value, list) else [value]
    if len(entries) > MAX_RECEIPTS:
        raise TooLarge("These are too many receipts.", code="anchor.size", facts={"most": MAX_RECEIPTS})
    found: list[Receipt] = []
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("anchor"), str):
            raise _malformed()
        if (kind := _KINDS.get(entry["anchor"])) is not None:
            found.append(kind.from_json(entry))
    return tuple(found)


def write_receipts(receipts: Iterable[Receipt]) -> bytes:
    """The list that `read_receipts` reads."""
    return json.dumps([receipt.to_json() for receipt in receipts], separators=(",", ":")).encode() + b"\n"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(value: Any, most: int) -> bytes:
    if not isinstance(value, str) or len(value) > (most + 2) // 3 * 4:
        raise _malformed()
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        raise _malformed() from None


def _height(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9) or str(int(text)) != text:
        raise _malformed()
    return int(text)


def _malformed() -> Malformed:
    return Malformed("That is no receipt of an anchor.", code="anchor.receipt")
