"""Key URIs: which key, in which place. They stand in settings and key files, so they hold no secret.

`pkcs11:` follows RFC 7512: attributes separated by `;`, then after `?` the query attributes separated by `&`. What this library
understands of it is listed in `Pkcs11Uri`; an attribute that it does not know is refused rather than overlooked, for it could be the
one that tells two keys apart. `pin-value` is refused: a URI with a PIN in it ends up in logs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, unquote_to_bytes

from testamur.errors import KeyMaterialError

SCHEMES: Final = ("pkcs11", "awskms", "file")
MAX_URI: Final = 1000
_PATH: Final = ("token", "object", "id", "serial", "manufacturer", "model", "slot-id", "type")
_QUERY: Final = ("module-path", "pin-source")
# Alias, key id or ARN, as the service itself restricts them.
_KMS_NAME: Final = re.compile(
    r"alias/[A-Za-z0-9/_-]{1,250}"
    r"|[A-Za-z0-9-]{1,100}"
    r"|arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(?:key|alias)/[A-Za-z0-9/_-]{1,250}"
)
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Pkcs11Uri:
    """`token` and one of `object` and `id` are needed; `serial` tells two tokens of one label apart.

    `module` is the path of the vendor's library, `pin_source` a file or `env:NAME`; each has a default in the environment
    (`TESTAMUR_PKCS11_MODULE`, `TESTAMUR_PKCS11_PIN_SOURCE`).
    """

    token: str
    object: str | None = None
    id: bytes | None = None
    serial: str | None = None
    slot: int | None = None
    module: str | None = None
    pin_source: str | None = None

    @property
    def text(self) -> str:
        """The URI again, in one spelling and without what differs between machines (module, source of the PIN)."""
        parts = [f"token={quote(self.token, safe='')}"]
        if self.serial is not None:
            parts.append(f"serial={quote(self.serial, safe='')}")
        if self.slot is not None:
            parts.append(f"slot-id={self.slot}")
        if self.object is not None:
            parts.append(f"object={quote(self.object, safe='')}")
        if self.id is not None:
            parts.append("id=" + "".join(f"%{byte:02X}" for byte in self.id))
        return "pkcs11:" + ";".join(parts)


@dataclass(frozen=True, slots=True)
class KmsUri:
    """`name` is an alias (`alias/…`), a key id or an ARN. Without `region` the environment's is taken (`AWS_REGION`)."""

    name: str
    region: str | None = None

    @property
    def text(self) -> str:
        return f"awskms:{self.name}" + (f"?region={self.region}" if self.region else "")


@dataclass(frozen=True, slots=True)
class FileUri:
    path: Path

    @property
    def text(self) -> str:
        return f"file:{quote(str(self.path))}"


KeyUri = Pkcs11Uri | KmsUri | FileUri


def is_key_uri(text: str) -> bool:
    """Whether `text` begins like a key URI (and not like a path)."""
    return text.partition(":")[0] in SCHEMES and ":" in text


def parse(text: str) -> KeyUri:
    """Read a key URI. Raises `KeyMaterialError` (`key_material.uri`), which names the attribute and repeats no value."""
    if len(text) > MAX_URI or any(ord(character) < 33 or ord(character) > 126 for character in text):
        raise _wrong("it is longer than 1,000 characters or holds blanks; write special characters as %20 and the like")
    scheme, colon, rest = text.partition(":")
    if not colon or scheme not in SCHEMES:
        raise _wrong("it begins with pkcs11:, awskms: or file:")
    if scheme == "pkcs11":
        return _pkcs11(rest)
    if scheme == "awskms":
        return _kms(rest)
    path = unquote(rest.removeprefix("//"))
    if not path or "\0" in path:
        raise _wrong("after file: comes the path of a key file")
    return FileUri(Path(path))


def _pkcs11(rest: str) -> Pkcs11Uri:
    path, _, query = rest.partition("?")
    named = {**_attributes(path, ";", _PATH), **_attributes(query, "&", _QUERY)}
    if "token" not in named:
        raise _wrong("token=… names the token")
    if not {"object", "id"} & named.keys():
        raise _wrong("object=… or id=… names the key in the token")
    if named.get("type", "private") not in {"private", "public"}:
        raise _wrong("type=… must be private")
    slot = named.get("slot-id")
    if slot is not None and not (slot.isascii() and slot.isdecimal() and len(slot) <= 10):
        raise _wrong("slot-id=… is a number")
    source = named.get("pin-source")
    if source is not None and source.startswith("|"):
        raise _wrong("pin-source=… names a file or env:NAME; commands are not run")
    identifier = _raw(path, "id")
    return Pkcs11Uri(
        token=named["token"],
        object=named.get("object"),
        id=identifier,
        serial=named.get("serial"),
        slot=int(slot) if slot is not None else None,
        module=named.get("module-path"),
        pin_source=source,
    )


def _attributes(text: str, separator: str, known: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(separator) if text else ():
        name, equals, value = part.partition("=")
        if name == "pin-value":
            raise _wrong("it must not hold a PIN; use pin-source=file:/… or pin-source=env:NAME")
        if name not in known:
            raise _wrong(f"an attribute is not known here; there are {', '.join(known)}")
        if name in found or not equals or not value:
            raise _wrong(f"{name}=… stands once, with a value")
        # The bytes of an identifier are no text (`_raw`).
        found[name] = (
            value if name == "id" else unquote(value, errors="strict") if _is_utf_8(value) else _not_text(name)
        )
    return found


def _is_utf_8(value: str) -> bool:
    try:
        unquote_to_bytes(value).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _not_text(name: str) -> str:
    raise _wrong(f"{name}=… is not UTF-8")


def _raw(path: str, wanted: str) -> bytes | None:
    for part in path.split(";"):
        name, _, value = part.partition("=")
        if name == wanted:
            return unquote_to_bytes(value)
    return None


def _kms(rest: str) -> KmsUri:
    name, _, query = rest.partition("?")
    named = _attributes(query, "&", ("region",))
    if _KMS_NAME.fullmatch(name) is None:
        raise _wrong("after awskms: comes alias/NAME, a key id or an ARN")
    region = named.get("region")
    if region is not None and _REGION.fullmatch(region) is None:
        raise _wrong("region=… is a region such as eu-west-1")
    return KmsUri(name, region)


def _wrong(what: str) -> KeyMaterialError:
    return KeyMaterialError(f"This is not the URI of a key: {what}.", code="key_material.uri")
