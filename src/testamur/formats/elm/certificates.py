"""Certificates of seals: who holds one, and whether an authority that the reader relies on stands behind it.

The authorities come as a file of PEM certificates, for example those that a country's trusted list names for qualified seals (eIDAS). The
chain is built and checked by the cryptography library (RFC 5280). Revocation is not asked: a certificate's list of revocations is at an
address that the certificate names, and only a qualified verification service answers for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from testamur.errors import Malformed

_MAX_AUTHORITIES: Final = 5_000


class ChainOutcome(StrEnum):
    TRUSTED = "trusted"  # an authority of the list stands behind the certificate, at the time that was asked
    OUT_OF_TIME = "out_of_time"  # the certificate itself is not in force at that time
    UNKNOWN = "unknown"  # no authority of the list does


@dataclass(frozen=True, slots=True)
class SealHolder:
    """Whom a certificate names: the organisation and its identifier (X.520 organizationIdentifier, for example `VATES-…`)."""

    organisation: str | None
    identifier: str | None
    authority: str | None
    since: datetime
    until: datetime


class SealAuthorities:
    """The authorities that the reader relies on for seals. Immutable; empty by default, and then nothing is trusted."""

    def __init__(self, certificates: Iterable[x509.Certificate] = ()) -> None:
        self.certificates = tuple(certificates)

    @classmethod
    def from_pem(cls, data: bytes) -> SealAuthorities:
        """The authorities in a file of PEM certificates. Raises `Malformed` (`seal.authorities`)."""
        try:
            certificates = x509.load_pem_x509_certificates(data)
        except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
            raise Malformed("This is no file of PEM certificates.", code="seal.authorities") from None
        if len(certificates) > _MAX_AUTHORITIES:
            raise Malformed("This file has too many certificates.", code="seal.authorities")
        return cls(certificates)


def holder_of(certificate: x509.Certificate) -> SealHolder:
    """Whom `certificate` names."""
    return SealHolder(
        organisation=_name(certificate.subject, NameOID.ORGANIZATION_NAME),
        identifier=_name(certificate.subject, NameOID.ORGANIZATION_IDENTIFIER),
        authority=_name(certificate.issuer, NameOID.COMMON_NAME)
        or _name(certificate.issuer, NameOID.ORGANIZATION_NAME),
        since=certificate.not_valid_before_utc,
        until=certificate.not_valid_after_utc,
    )


def chain_outcome(chain: tuple[x509.Certificate, ...], authorities: SealAuthorities, at: datetime) -> ChainOutcome:
    """Whether one of `authorities` stands behind the first certificate of `chain` at `at` (aware), by way of the others."""
    if not chain[0].not_valid_before_utc <= at <= chain[0].not_valid_after_utc:
        return ChainOutcome.OUT_OF_TIME
    if not authorities.certificates:
        return ChainOutcome.UNKNOWN
    # A seal is not made for web servers: what RFC 5280 asks of authorities holds, and nothing more is asked of the seal's certificate.
    builder = PolicyBuilder().store(Store(list(authorities.certificates))).time(at).max_chain_depth(len(chain))
    builder = builder.extension_policies(
        ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()
    )
    try:
        builder.build_client_verifier().verify(chain[0], list(chain[1:]))
    except (VerificationError, UnsupportedAlgorithm, ValueError):
        return ChainOutcome.UNKNOWN
    return ChainOutcome.TRUSTED


def _name(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    values = name.get_attributes_for_oid(oid)
    value = values[0].value if values else None
    return value if isinstance(value, str) and value else None
