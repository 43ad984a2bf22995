"""The syntax of identifiers: what is a DID, and at which address a `did:web` document stands."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from testamur.errors import Malformed

MAX_IDENTIFIER_CHARACTERS = 16_384  # a did:jwk carries a whole RSA key
_USUAL_LENGTH = 500  # characters

_DID = re.compile(r"did:[a-z0-9]+:(?:[A-Za-z0-9._:-]|%[0-9A-Fa-f]{2})+", re.ASCII)
_FRAGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+", re.ASCII)
_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*",
    re.ASCII,
)
_PORT = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_NUMBER_LABEL = re.compile(r"\d+|0[xX][0-9A-Fa-f]*", re.ASCII)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def split_identifier(identifier: str) -> tuple[str, str | None]:
    """Split a DID URL or an http(s) address into what can be looked up and the fragment (None when there is none).

    Raises `Malformed` (`did.syntax`) for everything that is neither, and for DID URLs with a path or a query, which name no key.
    """
    if not isinstance(identifier, str) or len(identifier) > MAX_IDENTIFIER_CHARACTERS:
        raise _syntax()
    return _split(identifier)


@lru_cache(maxsize=512)  # an issuer is met again and again
def _split(identifier: str) -> tuple[str, str | None]:
    base, mark, fragment = identifier.partition("#")
    if mark and not _FRAGMENT.fullmatch(fragment):
        raise _syntax()
    if base.startswith("did:"):
        if not _DID.fullmatch(base):
            raise _syntax()
    elif base.startswith(("https://", "http://")):
        _check_address(base)
    else:
        raise Malformed(
            "A verification method is named by a DID or an https address.",
            code="did.scheme_unsupported",
            facts={"scheme": base.partition(":")[0][:20]},
        )
    return base, fragment if mark else None


def is_loopback(host: str) -> bool:
    """Is `host` (with brackets for IPv6, without port) this very machine? Only there is http without TLS thinkable."""
    return host.lower() in _LOOPBACK


def did_web_url(did: str, scheme: str = "https") -> str:
    """The address of the document of a `did:web` (W3C CCG did:web §3.2): `did:web:host%3Aport:a:b` → `https://host:port/a/b/did.json`.

    A loopback host is reached by http; whether anything may be fetched there is the resolver's policy, never the document's. Other
    hosts given as IP addresses, in any spelling, are refused as the method demands.

    Raises `Malformed` (`did.syntax`, `did.web_host`, `did.web_ip_host`, `did.web_port`, `did.web_path`).
    """
    if not isinstance(did, str) or not did.startswith("did:web:"):
        raise _syntax()
    return _usual_web_url(did, scheme) if len(did) <= _USUAL_LENGTH else _web_url(did, scheme)


def _web_url(did: str, scheme: str) -> str:
    if not _DID.fullmatch(did):
        raise _syntax()
    authority, *path = did.removeprefix("did:web:").split(":")
    host, port = _host_and_port(unquote(authority))
    segments = [_segment(segment) for segment in path] or [".well-known"]
    if is_loopback(host):
        scheme = "http"
    return f"{scheme}://{host}{':' + port if port else ''}/{'/'.join(segments)}/did.json"


_usual_web_url = lru_cache(maxsize=512)(_web_url)  # an issuer is met again and again


def _host_and_port(authority: str) -> tuple[str, str]:
    host, mark, port = authority.rpartition(":")
    if not mark or authority.endswith("]"):
        host, port, mark = authority, "", ""
    if mark and (not _PORT.fullmatch(port) or int(port) > 65_535):
        raise Malformed("The port of this did:web is not possible.", code="did.web_port")
    if is_loopback(host):
        return host, port
    if host.startswith("[") or _NUMBER_LABEL.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise Malformed("A did:web names a domain, not an IP address.", code="did.web_ip_host")
    if not _HOST.fullmatch(host):
        raise Malformed("The host of this did:web is not a domain name.", code="did.web_host")
    return host, port


def _segment(segment: str) -> str:
    plain = unquote(segment, errors="replace")
    if plain in ("", ".", "..") or any(sign in plain for sign in "/\\?#%\ufffd") or not plain.isprintable():
        raise Malformed("The path of this did:web is not possible.", code="did.web_path")
    return segment


def _check_address(address: str) -> None:
    """Enough of a check to know the host for sure; what may be fetched is the resolver's decision."""
    if not address.isascii() or not address.isprintable() or any(sign in address for sign in ' <>"\\^`{|}'):
        raise _syntax()
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _syntax() from None
    if not host or "@" in parts.netloc:
        raise _syntax()
    if parts.scheme == "http" and not is_loopback(f"[{host}]" if ":" in host else host):
        raise Malformed(
            "A verification method over http could be anybody's. It must be an https address.", code="did.not_https"
        )


def _syntax() -> Malformed:
    return Malformed("This is neither a DID nor an https address.", code="did.syntax")
