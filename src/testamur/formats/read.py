"""Reading whatever somebody hands over: a file or a text of unknown kind becomes a document of known kind.

The content decides, never the name: a file called `badge.json` may well be a PNG. What a container carries is taken out and read in
turn; the bytes of the credential itself are kept exactly, because they are what was signed.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, cast

from testamur import linked_data, strict_json
from testamur.errors import Malformed
from testamur.formats import elm, log_proofs, pdf
from testamur.formats.baked import Baked, png, svg
from testamur.formats.detect import Format, format_of, unreadable_kind
from testamur.proofs import jose, vc_jose_cose
from testamur.proofs.data_integrity import SUITES

Kind = Literal["json", "jwt", "sd_jwt", "cose", "png", "svg", "pdf"]

MAX_DOCUMENT: Final = 4_000_000
"""Bytes of a Blockcerts document, which carries its pictures in itself; of others `strict_json.MAX_BYTES`."""

MAX_GATHERED: Final = 2_000_000
"""Bytes of a Comprehensive Learner Record (CLR 2.0), which carries whole credentials in itself."""

_LEARNED: Final = ("open_badges_3", "vc_2", "vc_1_1")

_MOST_NODES: Final = 2_000  # of a document of that size: the rest must be pictures

_JWS: Final = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_PADDED_JWS: Final = re.compile(
    rb"eyJ[A-Za-z0-9_-]*=*\.[A-Za-z0-9_-]+=*\.[A-Za-z0-9_-]*=*"
)  # RFC 7515 §2: without padding
_SD_JWT: Final = re.compile(rb"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(?:~[A-Za-z0-9_.-]*)+")
_COSE: Final = (b"\xd2", b"\x84")  # CBOR: the tag of COSE_Sign1, or its four members without one
_ENVELOPE: Final = re.compile(
    r"data:application/(?:vc\+jwt|vp\+jwt|jwt|vc-ld\+jwt|vc\+ld\+jwt),([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)"
)
_ENVELOPES: Final = ("EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]{1,2000}")


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document that was read.

    `kind` is the outermost form. `credential` is the credential as JSON (of a token: what it says, unverified). `token` is the
    compact JWS or the SD-JWT where there is one; `url` the address of a hosted Open Badges 2.0 assertion where that is all the image
    carries. `raw` are the exact bytes of the credential or token; `format` is what standard it follows. `log_proofs` are the proofs from a
    transparency log that the container has beside it, unverified and perhaps damaged (`formats.log_proofs`). `recognised` is there where
    the bytes are of a form that was met before.
    """

    kind: Kind
    credential: dict[str, Any] | None
    token: str | None
    raw: bytes = field(repr=False)
    format: Format
    url: str | None = None
    log_proofs: tuple[bytes, ...] = field(default=(), repr=False)
    recognised: linked_data.Recognised | None = field(default=None, repr=False, compare=False)


def read(data: bytes | str, *, filename: str | None = None) -> ReadDocument:
    """Read a credential from JSON, a compact JWS, a baked PNG or SVG, or a PDF to which one of these is attached.

    `filename` only helps the words of a refusal. Raises `InputError`: `Malformed` (`input.empty`, `input.format_unsupported` with the fact
    `format`, `input.not_an_object`, `input.token`, `png.…`, `svg.…`, `pdf.…`, `seal.…`, `input.json_…`) or `TooLarge`.
    """
    content = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if content.startswith(b"{"):  # most of what comes; none of the others begins so
        return _json("json", content)
    if content.startswith(png.SIGNATURE):
        return replace(_carried("png", png.find(content)), log_proofs=png.find_log_proofs(content))
    if content.startswith(pdf.SIGNATURE):
        inside, proofs = pdf.carried_with_proofs(content)
        found = read(inside)
        return replace(found, kind="pdf", log_proofs=log_proofs.bounded((*proofs, *found.log_proofs)))
    text = content.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise Malformed("There is nothing in it", code="input.empty")
    if _is_svg(text):
        image = content.removeprefix(b"\xef\xbb\xbf").lstrip()
        return replace(_carried("svg", svg.find(image)), log_proofs=svg.find_log_proofs(image))
    if _JWS.fullmatch(text):
        return _token("jwt", text)
    if _SD_JWT.fullmatch(text):
        return _secured("sd_jwt", text)
    if content[:1] in _COSE:
        return _secured("cose", content)
    if text[:1] in (b"{", b"["):
        return _json("json", content)
    if _PADDED_JWS.fullmatch(text):
        raise Malformed("The parts of this token are padded, which a token must not be", code="jose.syntax")
    unreadable = unreadable_kind(text, filename)
    raise Malformed(
        f"This is {unreadable.words}, which cannot carry a credential that is read here; {unreadable.advice}",
        code="input.format_unsupported",
        facts={"format": unreadable.name},
    )


def _is_svg(text: bytes) -> bool:
    """XML whose first element is `svg`, whatever declaration, comment or document type comes before."""
    return (
        text[:1] == b"<"
        and re.search(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s>/]", text[:16_384]) is not None
        and (re.match(rb"\s*<(?:!doctype\s+html|html)[\s>]", text[:200], re.IGNORECASE) is None)
    )


def _carried(kind: Kind, found: Baked | None) -> ReadDocument:
    if found is None:
        raise Malformed(
            f"There is no credential in this {kind.upper()} image; ask for the image that was issued, not a copy or screenshot",
            code=f"{kind}.no_credential",
        )
    text = found.credential.strip()
    if found.standard == "open_badges_2" and _ADDRESS.fullmatch(text.decode("utf-8", "replace")):
        return ReadDocument(kind, None, None, found.credential, "open_badges_2", url=text.decode())
    if _JWS.fullmatch(text):
        return _token(kind, text)
    return _json(kind, found.credential)


def learn(found: ReadDocument, known: linked_data.Matched) -> None:
    """Remember the form of a credential that stands in its file as it is and that, without its own proof, is `known`, so that the next one
    is recognised by its bytes (`linked_data.forms`)."""
    if found.kind == "json" and found.token is None and found.format in _LEARNED and found.credential is not None:
        linked_data.FORMS.learn(found.raw, found.credential, known, found.format, SUITES)


def _json(kind: Kind, content: bytes) -> ReadDocument:
    if kind == "json" and (recognised := linked_data.FORMS.recognise(content)) is not None:
        return read_by_form(content, recognised)
    value = strict_json.loads(content, max_bytes=MAX_DOCUMENT)
    if not isinstance(value, dict):
        raise Malformed(
            "A credential is one JSON object", code="input.not_an_object", facts={"found": type(value).__name__}
        )
    found = format_of(value)
    if len(content) > strict_json.MAX_BYTES and not _may_be_large(value, found, content):
        strict_json.loads(content)  # refuses it as too large, in its own words
    enveloped = value.get("id")
    declared = value.get("type")
    is_envelope = any(name in _ENVELOPES for name in (declared if isinstance(declared, list) else [declared]))
    if is_envelope and isinstance(enveloped, str) and (inside := _ENVELOPE.fullmatch(enveloped)):
        return _token(kind, inside[1].encode())
    if is_envelope:
        carried = vc_jose_cose.open_envelope(value).content
        return read(carried)
    if elm.is_sealed(value):
        sealed = strict_json.loads(elm.read_seal(value).content)
        if isinstance(sealed, dict) and elm.is_european(sealed):
            return ReadDocument(kind, sealed, None, content, "european")
    inner = elm.unwrapped(value)
    return ReadDocument(kind, dict(inner), None, content, "european" if inner is not value else found)


def read_by_form(content: bytes, recognised: linked_data.Recognised) -> ReadDocument:
    """What `read` gives for `content`, which was recognised. What format it is, and that it is no envelope of another one, was decided by
    its form."""
    standard = cast(Format, recognised.form.standard)
    return ReadDocument("json", recognised.value, None, content, standard, recognised=recognised)


def _may_be_large(value: dict[str, Any], found: Format, content: bytes) -> bool:
    """Whether it carries its pictures in itself, or other credentials."""
    if found == "blockcerts":
        return content.count(b"{") <= _MOST_NODES
    declared = value.get("type")
    gathers = isinstance(declared, list) and "ClrCredential" in declared
    return gathers and len(content) <= MAX_GATHERED


def _secured(kind: Kind, content: bytes) -> ReadDocument:
    """An SD-JWT with what its holder discloses put in, or a COSE message. Nothing is verified here."""
    if len(content) > 2 * strict_json.MAX_BYTES:
        strict_json.loads(content)  # refuses it as too large, in its own words
    text = content.decode() if kind == "sd_jwt" else None
    claims = vc_jose_cose.peek(text or content).claims
    found = "sd_jwt_vc" if "vct" in claims and "@context" not in claims else format_of(claims)
    return ReadDocument(kind, claims, text, content, found)


def _token(kind: Kind, text: bytes) -> ReadDocument:
    """A compact JWS: the credential is the payload (VC Data Model 2.0) or its claim `vc` or `vp` (1.1). Nothing is verified here.

    A payload that is a credential stays one with such a claim in it: 2.0 forbids the claim, and the check of the proof says so.
    """
    if len(text) > 2 * strict_json.MAX_BYTES:
        strict_json.loads(text)  # refuses it as too large, in its own words
    payload = text.split(b".")[1]
    try:
        decoded = base64.b64decode(
            payload.replace(b"-", b"+").replace(b"_", b"/") + b"=" * (-len(payload) % 4), validate=True
        )
    except (binascii.Error, ValueError):
        raise Malformed("The middle part of this token is not base64url", code="input.token") from None
    claims = strict_json.loads(decoded)
    if not isinstance(claims, dict):
        raise Malformed("This token carries no credential", code="input.token")
    credential, whole = claims, "@context" in claims
    if not whole and isinstance(inner := claims.get("vc"), dict):
        credential = jose.completed(inner, claims)
    elif not whole and "vc" not in claims and isinstance(inner := claims.get("vp"), dict):
        credential = inner
    return ReadDocument(kind, credential, text.decode(), text, format_of(credential))
