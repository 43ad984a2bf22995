"""A small issuer of Open Badges 2.0: its pages, and the badges it awards, hosted and signed."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.simulator import FixedClock

from testamur.errors import ResolutionError
from testamur.fetch import FixedResolver
from testamur.verification import Policy, Report, Verifier

NOW = datetime(2026, 11, 25, tzinfo=UTC)
CONTEXT = "https://w3id.org/openbadges/v2"
ORIGIN = "https://issuer.example"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class BadgeIssuer:
    """`pages` are what its addresses answer; a test changes one thing in them, or in an assertion."""

    key = rsa.generate_private_key(65537, 2048)

    def __init__(self) -> None:
        pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        self.pages: dict[str, Any] = {
            f"{ORIGIN}/issuer": {
                "@context": CONTEXT,
                "id": f"{ORIGIN}/issuer",
                "type": "Issuer",
                "name": "University of Example",
                "url": ORIGIN,
                "email": "badges@issuer.example",
                "publicKey": f"{ORIGIN}/key",
            },
            f"{ORIGIN}/key": {
                "@context": CONTEXT,
                "id": f"{ORIGIN}/key",
                "type": "CryptographicKey",
                "owner": f"{ORIGIN}/issuer",
                "publicKeyPem": pem,
            },
            f"{ORIGIN}/badge": {
                "@context": CONTEXT,
                "id": f"{ORIGIN}/badge",
                "type": "BadgeClass",
                "name": "Robotics",
                "description": "For robots",
                "image": f"{ORIGIN}/badge.png",
                "criteria": {"narrative": "Build one"},
                "issuer": f"{ORIGIN}/issuer",
            },
        }

    def assertion(self, **change: Any) -> dict[str, Any]:
        stated = {
            "@context": CONTEXT,
            "id": f"{ORIGIN}/assertions/1",
            "type": "Assertion",
            "recipient": {"type": "email", "hashed": False, "identity": "mina@example.org"},
            "badge": f"{ORIGIN}/badge",
            "issuedOn": "2026-01-01T00:00:00Z",
            "verification": {"type": "hosted"},
            **change,
        }
        return {name: value for name, value in stated.items() if value is not None}

    def host(self, **change: Any) -> dict[str, Any]:
        """An assertion, hosted at its id."""
        assertion = self.assertion(**change)
        self.pages[assertion["id"]] = assertion
        return assertion

    def sign(self, key: rsa.RSAPrivateKey | None = None, header: dict[str, Any] | None = None, **change: Any) -> str:
        """An assertion as a compact JWS."""
        payload = self.assertion(
            **{
                "id": "urn:uuid:7d3d512e-ba58-4d7c-886e-acb5f4ee20d9",
                "verification": {"type": "signed", "creator": f"{ORIGIN}/key"},
                **change,
            }
        )
        parts = [header or {"alg": "RS256"}, payload]
        signing_input = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        signature = (key or self.key).sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signing_input}.{encoded(signature)}"

    def resolver(self) -> FixedResolver:
        return FixedResolver(
            {
                address: page if isinstance(page, (bytes, ResolutionError)) else json.dumps(page).encode()
                for address, page in self.pages.items()
            },
            fetched_at=NOW,
        )

    def verify(self, document: Any, **policy: Any) -> Report:
        return Verifier(self.resolver(), clock=FixedClock(NOW)).verify(document, Policy(**policy))


def codes(report: Report) -> set[str]:
    return {check.code for check in report.checks}
