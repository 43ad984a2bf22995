"""Certificates are left out: their chains are examined by the full program alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from testamur.proofs.plain.left_out import left_out


class Certificate:
    pass


class Name:
    pass


@dataclass(frozen=True)
class ObjectIdentifier:
    dotted_string: str


class InvalidVersion(Exception):
    pass


def load_der_x509_certificate(*_given: object, **_named: object) -> NoReturn:
    left_out("certificates")


def load_pem_x509_certificates(*_given: object, **_named: object) -> NoReturn:
    left_out("certificates")


def load_pem_x509_certificate(*_given: object, **_named: object) -> NoReturn:
    left_out("certificates")
