"""Which addresses may be asked: a document names them, so each is taken for an attempt to reach where it must not.

A server that fetches what strangers name can be turned against its own network (server-side request forgery). Two walls stand before
that: `parse_address` refuses every spelling that two programs could read differently, and `is_public` refuses every network address
that is not plainly on the public internet, whatever name or spelling led to it.
Sources: RFC 3986; WHATWG URL §3.5 (a host that ends in a number); IANA special-purpose address registries; OWASP ASVS 5.0 §1.3.6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from testamur.errors import NotAllowed

MAX_ADDRESS: Final = 2048

_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[^/?#\[\]:@\\]+)(?::(?P<port>[0-9]{1,5}))?(?P<target>[/?][^#]*)?(?:#.*)?",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_INTERNAL: Final = (
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "corp",
    "test",
    "invalid",
    "onion",
)
_WELL_KNOWN_PORTS: Final = frozenset((80, 443))

# What `is_global` lets pass although nothing public answers there, or something translates it into a private address. 168.63.129.16 looks
# public, but inside Azure it is the host of the machine.
_SPECIAL_4: Final = tuple(
    map(
        IPv4Network,
        (
            "192.0.0.0/24",
            "192.88.99.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.175.48.0/24",
            "240.0.0.0/4",
            "168.63.129.16/32",
        ),
    )
)
_SPECIAL_6: Final = tuple(
    map(
        IPv6Network, ("64:ff9b:1::/48", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10", "100::/64")
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = IPv6Network("::/96")


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was read: `host` is lower-case ASCII (IDNA) or an IP address without brackets; `target` path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _default_port(self.scheme) else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        return self.origin + self.target


def parse_address(url: str) -> Address:
    """Read an absolute http(s) address. Raises `NotAllowed` (`resolution.address`) for everything that is not plainly one: other schemes,
    user names, spaces and backslashes, numbers that are no dotted IPv4 address, names that are none."""
    if len(url) > MAX_ADDRESS:
        raise _refuse("it is longer than any address")
    if re.search(r"[\x00-\x20\x7f\\]", url) or any(0x80 <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in url):
        raise _refuse("it holds spaces, control characters or backslashes")
    found = _ADDRESS.fullmatch(url)
    if found is None:
        raise _refuse("only plain addresses that begin with https:// are asked")
    scheme = found["scheme"].lower()
    port = int(found["port"]) if found["port"] else _default_port(scheme)
    if not 0 < port < 65_536:
        raise _refuse("its port does not exist")
    target = found["target"] or "/"
    if not target.startswith("/"):
        target = "/" + target
    return Address(scheme, _host(found["host"]), port, _ascii(target))


def check_allowed(address: Address, allowed_origins: frozenset[str]) -> bool:
    """Whether the origin is one of `allowed_origins`, which may be anywhere. Any other must be https, on a usual port, and its name not one
    of a private network. Raises `NotAllowed` (`resolution.address`, `resolution.not_https`, `resolution.private`)."""
    if address.origin in allowed_origins:
        return True
    if address.scheme != "https":
        raise NotAllowed("Only https addresses are asked", code="resolution.not_https", facts={"host": address.host})
    if address.port < 1024 and address.port not in _WELL_KNOWN_PORTS:
        raise _refuse("its port belongs to another service")
    try:
        literal = ip_address(address.host)
    except ValueError:
        if "." not in address.host or address.host.endswith(tuple(f".{name}" for name in _INTERNAL)):
            raise private(address.host) from None
        return False
    if not is_public(literal):
        raise private(address.host)
    return False


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether `address` is plainly on the public internet. An IPv6 address that carries an IPv4 address (mapped, compatible, 6to4, NAT64)
    is as public as that one; Teredo is not reached."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL_4)
    if address.scope_id is not None:
        return False
    embedded = _embedded(address)
    if embedded is not None:
        return is_public(embedded)
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_site_local
        and not any(address in network for network in _SPECIAL_6)
    )


def private(host: str) -> NotAllowed:
    return NotAllowed("This address is not on the public internet", code="resolution.private", facts={"host": host})


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _host(host: str) -> str:
    if host.startswith("["):
        try:
            return str(IPv6Address(host[1:-1]))
        except ValueError:
            raise _refuse("its host is no IPv6 address") from None
    name = _idna(host).removesuffix(".")
    labels = name.split(".")
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        try:
            return str(IPv4Address(name))
        except ValueError:
            raise _refuse("its host is a number, but no plain IPv4 address") from None
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refuse("its host is no name")
    return name


def _idna(host: str) -> str:
    """The ASCII form of a name. Characters that the two versions of IDNA read differently are refused, not guessed at."""
    if host.isascii():
        return host.lower()
    if re.search("[ßς\u200c\u200d。．｡%]", host) or "%" in host:
        raise _refuse("its host is no name that all programs read alike")
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise _refuse("its host is no name") from None


def _ascii(target: str) -> str:
    """Path and query with what is not ASCII percent-encoded as UTF-8 (RFC 3987 §3.1)."""
    return "".join(c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode()) for c in target)


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _refuse(why: str) -> NotAllowed:
    return NotAllowed(f"This address is not asked: {why}", code="resolution.address", facts={"reason": why})
