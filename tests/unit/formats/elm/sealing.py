"""A small authority and a sealer: what the samples of the Commission cannot show, because their authorities have expired."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def name(organisation: str, identifier: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "IE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, identifier),
            x509.NameAttribute(NameOID.COMMON_NAME, organisation),
        ]
    )


class Authority:
    """An authority with its own key, that makes certificates for seals."""

    def __init__(self, organisation: str = "Trust Service") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = name(organisation, "VATIE-000")
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        self.certificate = (
            self._builder(self.name, self.key.public_key(), NOW - timedelta(days=2000), NOW + timedelta(days=2000))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(identifier, critical=False)
            .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def _builder(self, subject: x509.Name, key: Any, since: datetime, until: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
        )

    def certify(
        self, key: Any, organisation: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> x509.Certificate:
        return (
            self._builder(
                name(organisation, "VATIE-654321"),
                key,
                since or NOW - timedelta(days=100),
                until or NOW + timedelta(days=100),
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )


class Sealer:
    """A university with a seal."""

    def __init__(self, authority: Authority, organisation: str = "University of Zed", **validity: Any) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.certificate = authority.certify(self.key.public_key(), organisation, **validity)

    def seal(self, document: dict[str, Any] | str, **header: Any) -> dict[str, Any]:
        """`document` sealed with `b64: false`; `header` members replace or, where None, take away what usually stands there."""
        payload = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        der = self.certificate.public_bytes(Encoding.DER)
        members = {
            "alg": "RS256",
            "x5c": [base64.b64encode(der).decode()],
            "x5t#S256": encoded(hashlib.sha256(der).digest()),
            "b64": False,
            "sigT": "2026-11-01T10:00:00Z",
            "crit": ["b64", "sigT"],
            **header,
        }
        protected = encoded(json.dumps({key: value for key, value in members.items() if value is not None}).encode())
        body = payload if members["b64"] is False else encoded(payload.encode())
        signature = self.key.sign(f"{protected}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
        return {"payload": body, "signatures": [{"protected": protected, "signature": encoded(signature)}]}


CREDENTIAL: dict[str, Any] = {
    "@context": ["https://www.w3.org/2018/credentials/v1", "http://data.europa.eu/snb/model/context/edc-ap"],
    "id": "urn:credential:1",
    "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
    "issuer": {
        "id": "urn:epass:org:1",
        "type": "Organisation",
        "legalName": {"en": "University of Zed"},
        "registration": {"type": "LegalIdentifier", "notation": "654321"},
    },
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {
        "id": "urn:epass:person:1",
        "type": "Person",
        "fullName": {"en": "Ana Andromeda"},
        "contactPoint": {"emailAddress": {"id": "mailto:ana@example.org"}},
        "hasClaim": {
            "id": "urn:epass:achievement:1",
            "type": "LearningAchievement",
            "title": {"el": "Μάθημα", "en": "A course"},
            "specifiedBy": {
                "id": "urn:epass:spec:1",
                "creditPoint": {"point": "2"},
                "learningOutcome": [
                    {
                        "title": {"en": "Knows it"},
                        "relatedESCOSkill": {"id": "https://esco.example/1", "prefLabel": {"en": "S"}},
                    }
                ],
            },
            "provenBy": {"title": {"en": "Test"}, "grade": {"noteLiteral": {"en": "Pass"}}},
        },
    },
}
