"""The two written forms: compact (RFC 9901 §4) and JSON (§8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from testamur import strict_json
from testamur.errors import Malformed, TooLarge

MAX_CHARACTERS = 1_500_000
MAX_DISCLOSURES = 2_000
MAX_SIGNATURES = 8


@dataclass(frozen=True, slots=True)
class SdJwt:
    """An SD-JWT taken apart, unverified. `tokens` holds the issuer's signed JWT in compact form, once for each signature over the same
    payload (the general JSON form may have several); `key_binding` the holder's JWT, if there is one."""

    tokens: tuple[str, ...]
    disclosures: tuple[str, ...]
    key_binding: str | None = None

    @property
    def covered(self) -> str:
        """What a key binding JWT covers: everything before it, with the last tilde (§4.3.1; of the JSON form its compact equivalent,
        §8.1)."""
        return "~".join([self.tokens[0], *self.disclosures, ""])

    @property
    def compact(self) -> str:
        """The compact form. One with several signatures keeps the first."""
        return self.covered + (self.key_binding or "")

    def with_disclosures(self, disclosures: Sequence[str]) -> SdJwt:
        """The same token with these disclosures and without key binding."""
        return replace(self, disclosures=tuple(disclosures), key_binding=None)

    def to_json(self) -> dict[str, Any]:
        """The flattened JSON form (§8.1), or the general one where there are several signatures."""
        unprotected: dict[str, Any] = {"disclosures": list(self.disclosures)}
        if self.key_binding is not None:
            unprotected["kb_jwt"] = self.key_binding
        parts = [token.split(".") for token in self.tokens]
        signatures: list[dict[str, Any]] = [{"protected": head, "signature": signature} for head, _, signature in parts]
        signatures[0]["header"] = unprotected
        payload = parts[0][1]
        return (
            {"payload": payload, **signatures[0]} if len(parts) == 1 else {"payload": payload, "signatures": signatures}
        )


def read_sd_jwt(data: str | bytes | Mapping[str, Any]) -> SdJwt:
    """Take an SD-JWT apart: compact text, JSON text, or the object of the JSON form. Nothing is decoded or verified by this.

    Raises `TooLarge`, `Malformed` (`sd_jwt.syntax`, and the codes of `strict_json.loads`).
    """
    if isinstance(data, Mapping):
        return _from_json(data)
    if len(data) > MAX_CHARACTERS:
        raise TooLarge(
            f"This token has {len(data)} characters; at most {MAX_CHARACTERS} are read.",
            facts={"size": len(data), "limit": MAX_CHARACTERS},
        )
    try:
        text = data if isinstance(data, str) else bytes(data).decode("ascii")
    except ValueError:
        raise _syntax() from None
    if text.lstrip()[:1] == "{":
        value = strict_json.loads(text, max_bytes=MAX_CHARACTERS, max_depth=8)
        return _from_json(value)
    token, tilde, rest = text.partition("~")
    if not tilde or token.count(".") != 2:
        raise _syntax()
    *disclosures, last = rest.split("~")
    return _bounded(SdJwt((token,), tuple(disclosures), last or None))


def _from_json(value: Any) -> SdJwt:
    if not isinstance(value, Mapping) or not _is_part(value.get("payload")):
        raise _syntax()
    if ("signatures" in value) == (
        "signature" in value
    ):  # the general or the flattened form, never both (RFC 7515 §7.2.2)
        raise _syntax()
    entries = value.get("signatures", [value])
    if not isinstance(entries, list) or not 0 < len(entries) <= MAX_SIGNATURES:
        raise _syntax()
    tokens = []
    for number, entry in enumerate(entries):
        if (
            not isinstance(entry, Mapping)
            or not _is_part(entry.get("protected"))
            or not _is_part(entry.get("signature"))
        ):
            raise _syntax()
        header = entry.get("header", {})
        if not isinstance(header, Mapping) or (number and header.keys() & {"disclosures", "kb_jwt"}):
            raise _syntax()  # only the first signature may carry them (§8.1)
        tokens.append(f"{entry['protected']}.{value['payload']}.{entry['signature']}")
    header = entries[0].get("header", {})
    disclosures, key_binding = header.get("disclosures", []), header.get("kb_jwt")
    if not isinstance(disclosures, list) or not all(isinstance(item, str) for item in disclosures):
        raise _syntax()
    if key_binding is not None and not isinstance(key_binding, str):
        raise _syntax()
    return _bounded(SdJwt(tuple(tokens), tuple(disclosures), key_binding))


def _bounded(found: SdJwt) -> SdJwt:
    if len(found.disclosures) > MAX_DISCLOSURES:
        raise TooLarge(
            f"This token has {len(found.disclosures)} disclosures; at most {MAX_DISCLOSURES} are read.",
            facts={"size": len(found.disclosures), "limit": MAX_DISCLOSURES},
        )
    # An empty disclosure is two tildes in a row; a tilde inside a JSON member would change what the compact form means.
    if any(not item or "~" in item for item in found.disclosures) or "~" in (found.key_binding or ""):
        raise _syntax()
    if found.key_binding is not None and found.key_binding.count(".") != 2:
        raise _syntax()
    return found


def _is_part(value: Any) -> bool:
    return isinstance(value, str) and "." not in value and "~" not in value


def _syntax() -> Malformed:
    return Malformed("This is not a token for selective disclosure.", code="sd_jwt.syntax")
