"""What an envelope says before anybody has verified it: needed to find the key, and good for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from testamur import strict_json
from testamur.errors import Malformed
from testamur.proofs.cose import read_cose
from testamur.proofs.cose.sign1 import KID, TYP
from testamur.proofs.jose.compact import read_compact
from testamur.proofs.result import Decided
from testamur.proofs.sd_jwt import read_sd_jwt
from testamur.proofs.sd_jwt.unfold import unfold
from testamur.proofs.vc_jose_cose.kinds import Form, bare


@dataclass(frozen=True, slots=True)
class Peeked:
    """Unverified. `media_type` is what the header declares (None: nothing), `key_name` its `kid`, `header` the whole JOSE header (empty for
    COSE), `claims` the payload with what is disclosed put in."""

    form: Form
    media_type: str | None
    key_name: str | None
    header: Mapping[str, Any]
    claims: dict[str, Any]


def form_of(data: str | bytes) -> Form:
    """The form of an envelope by its first characters: COSE begins with the CBOR of a tagged or plain `COSE_Sign1`, an SD-JWT holds a
    tilde."""
    if isinstance(data, bytes):
        if data[:1] in (b"\xd2", b"\x84"):
            return Form.COSE
        return Form.SD_JWT if b"~" in data else Form.JWT
    return Form.SD_JWT if "~" in data else Form.JWT


def peek(data: str | bytes) -> Peeked:
    """Look into an envelope without verifying anything. Decisions are taken from `check_secured` and its likes alone.

    Raises `Malformed` (the codes of `read_compact`, `read_sd_jwt`, `unfold`, `read_cose`, and `cose.payload_invalid`) or `TooLarge`.
    """
    form = form_of(data)
    if form is Form.COSE:
        return _peek_cose(data if isinstance(data, bytes) else b"")
    if form is Form.JWT:
        header, claims = read_compact(data)
    else:
        found = read_sd_jwt(data)
        header, payload = read_compact(found.tokens[0])
        try:
            claims = unfold(payload, found.disclosures).claims
        except Decided as decided:
            raise Malformed(
                "The disclosures of this token do not belong to it.",
                code=decided.result.code,
                facts=decided.result.facts,
            ) from None
    return Peeked(form, bare(header.get("typ")), _name(header.get("kid")), header, claims)


def _peek_cose(data: bytes) -> Peeked:
    message = read_cose(data)
    document = strict_json.loads(message.payload)
    if not isinstance(document, dict):
        raise Malformed("The payload of this message is no JSON object.", code="cose.payload_invalid")
    name = message.protected.get(KID, message.unprotected.get(KID))
    if isinstance(name, bytes):
        name = name.decode("utf-8", "replace")
    return Peeked(Form.COSE, bare(message.protected.get(TYP)), _name(name), {}, document)


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
