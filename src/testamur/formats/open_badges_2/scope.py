"""Whose addresses may speak for an issuer: the verification scope of an issuer's profile (OB 2.0, VerificationObject).

A hosted assertion is believed because of where it stands. So the issuer says where its assertions stand: `allowedOrigins` (host names)
and `startsWith` (beginnings of addresses). A profile that says nothing means its own host, and no other.

`startsWith` is compared part by part. As plain text `https://university.example` would also be the beginning of
`https://university.example.attacker.test`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from testamur.formats.open_badges_2.documents import many


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the assertions of one issuer stand: on one of `hosts` and, where `beginnings` are given, below one of them."""

    hosts: tuple[str, ...]
    beginnings: tuple[str, ...] = ()

    def holds(self, address: str) -> bool:
        """Whether an assertion at `address` is one of the issuer's."""
        parts = _split(address)
        if parts is None or (self.hosts and _host(parts) not in self.hosts):
            return False
        return not self.beginnings or any(_begins(parts, beginning) for beginning in self.beginnings)


def scope_of(profile: Mapping[str, Any], address: str) -> Scope:
    """The scope that `profile`, which stands at `address`, gives itself."""
    stated = profile.get("verification")
    policy = next((entry for entry in many(stated) if isinstance(entry, Mapping)), {})
    hosts = tuple(host.lower() for host in many(policy.get("allowedOrigins")) if isinstance(host, str) and host)
    beginnings = tuple(text for text in many(policy.get("startsWith")) if isinstance(text, str) and text)
    if not hosts and not beginnings:
        parts = _split(address)
        hosts = (_host(parts),) if parts is not None else ("",)
    return Scope(tuple(_bare(host) for host in hosts), beginnings)


def _begins(parts: SplitResult, beginning: str) -> bool:
    wanted = _split(beginning)
    if wanted is None or (parts.scheme, parts.netloc.lower()) != (wanted.scheme, wanted.netloc.lower()):
        return False
    if "/../" in parts.path or "/./" in parts.path or "\\" in parts.path:
        return False  # the server would ask for another place than the text shows
    return (parts.path or "/").startswith(wanted.path or "/")


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username is not None
        or parts.password is not None
    ):
        return None
    return parts


def _host(parts: SplitResult) -> str:
    """The host with its port, where that is not the scheme's own: another port is another place."""
    usual = {"http": 80, "https": 443}[parts.scheme]
    name = (parts.hostname or "").rstrip(".")
    return name if parts.port in (None, usual) else f"{name}:{parts.port}"


def _bare(host: str) -> str:
    """An allowed origin as a host name: some issuers write the whole origin."""
    parts = _split(host) if "://" in host else None
    return _host(parts) if parts is not None else host.rstrip("/.")
