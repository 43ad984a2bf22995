from __future__ import annotations

from enum import Enum, auto
from typing import NoReturn

from testamur.proofs.plain.left_out import left_out


class Encoding(Enum):
    Raw = auto()
    X962 = auto()
    DER = auto()
    PEM = auto()


class PublicFormat(Enum):
    Raw = auto()
    CompressedPoint = auto()
    UncompressedPoint = auto()
    SubjectPublicKeyInfo = auto()


class PrivateFormat(Enum):
    Raw = auto()
    PKCS8 = auto()


class NoEncryption:
    pass


def load_der_private_key(*_given: object, **_named: object) -> NoReturn:
    left_out("private keys")


def load_pem_private_key(*_given: object, **_named: object) -> NoReturn:
    left_out("private keys")


def load_pem_public_key(*_given: object, **_named: object) -> NoReturn:
    left_out("keys in PEM form")


def load_der_public_key(*_given: object, **_named: object) -> NoReturn:
    left_out("keys in DER form")
