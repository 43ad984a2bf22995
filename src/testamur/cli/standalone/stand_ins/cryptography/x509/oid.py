from __future__ import annotations

from cryptography.x509 import ObjectIdentifier


class NameOID:
    ORGANIZATION_NAME = ObjectIdentifier("2.5.4.10")
    ORGANIZATION_IDENTIFIER = ObjectIdentifier("2.5.4.97")
    COMMON_NAME = ObjectIdentifier("2.5.4.3")
