"""What the library asks of the outside. A port exists only where two real implementations do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Resource:
    """What an address answered: the bytes, their media type and when they were obtained (an aware datetime).

    `url` is the address that was asked; `answered_by` the one that answered after redirects, where that is another one.
    """

    url: str
    content: bytes
    media_type: str
    fetched_at: datetime
    answered_by: str | None = None

    @property
    def from_elsewhere(self) -> bool:
        """Whether another host answered than the one that was asked.

        Many sites redirect to whatever an address names (`/login?next=…`). Who an address belongs to is shown only by an answer of
        its own host; with or without `www.` is the same host, and so is https instead of http.
        """
        return self.answered_by is not None and _place(self.answered_by) != _place(self.url)


def _place(url: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", None
    return (parts.hostname or "").rstrip(".").removeprefix("www."), None if port in (80, 443) else port


@runtime_checkable
class Resolver(Protocol):
    """Obtains what stands at an address. Implementations: `fetch.http` (hardened), `fetch.bundle` (offline), `fetch.fixed` (tests),
    and the site's, which answers its own public addresses without a network."""

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        """Return the resource at `url` (absolute, https unless policy allows otherwise).

        Raises `errors.NotAllowed`, `errors.NotFound` or `errors.Unreachable`; never anything else for a bad address or answer.
        """
        ...


@runtime_checkable
class Holding(Protocol):
    """A resolver that has some answers at hand and asks nobody for them. Implementations: `fetch.bundle`, and what passes on to it for the
    length of one report."""

    def holds(self, url: str) -> bool:
        """Whether what stands at `url` is at hand."""
        ...


@runtime_checkable
class Signer(Protocol):
    """Holds a private key and signs with it. Implementations: `proofs.keys.PrivateKey` (memory, file) and the site's sealed keys."""

    @property
    def algorithm(self) -> str:
        """`Ed25519`, `P-256` or `P-384`."""
        ...

    @property
    def public_multikey(self) -> str:
        """The public key as Multikey (`z…`), W3C Controlled Identifiers 1.0 §2.2.2."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The raw signature over `data`: 64 bytes for Ed25519 and P-256 (r‖s, hashed with SHA-256), 96 for P-384 (SHA-384)."""
        ...


@runtime_checkable
class Clock(Protocol):
    """Tells the time. Implementations: `SystemClock` and fixed clocks in tests and in re-runs of an old decision."""

    def now(self) -> datetime:
        """An aware datetime in UTC."""
        ...
