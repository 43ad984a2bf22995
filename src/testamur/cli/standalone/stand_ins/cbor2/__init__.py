"""CBOR is left out: messages of COSE are examined by the full program alone."""

from __future__ import annotations

from typing import NoReturn

from testamur.proofs.plain.left_out import left_out


class CBORError(Exception):
    pass


class CBORDecodeError(CBORError):
    pass


class CBORDecodeEOF(CBORDecodeError):
    pass


class CBORTag:
    pass


class CBORDecoder:
    def __init__(self, *_given: object, **_named: object) -> None:
        left_out("messages of COSE")


def dumps(*_given: object, **_named: object) -> NoReturn:
    left_out("messages of COSE")


def loads(*_given: object, **_named: object) -> NoReturn:
    left_out("messages of COSE")
