"""One fuzz target per parser: what it is fed with at first, how it is called, and which errors it declares.

Anything else that comes out of a call is a bug. The targets call the public functions directly, so a bug that the verifier's outer layers
would hide is found as well.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import segno

from testamur import formats, linked_data, strict_json
from testamur.errors import InputError as Input
from testamur.errors import KeyMaterialError, LinkedDataError, ProofError, ResolutionError, TestamurError
from testamur.fetch import BundleResolver, write_bundle
from testamur.formats import archive, blockcerts, elm, open_badges_2, pdf
from testamur.formats.baked import png, svg
from testamur.formats.baked.svg_sanitise import sanitise
from testamur.formats.elm import SealAuthorities
from testamur.log import Kind, Proof, entry_for
from testamur.model import Achievement, Credential, Profile
from testamur.pathways import read_programme
from testamur.pathways.reading.cases import read_case
from testamur.ports import Resource
from testamur.proofs.cose import read_cose
from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.did import did_document, resolve_verification_method
from testamur.proofs.did.webvh import check_witnesses, verify_log
from testamur.proofs.jose import check_jws, read_compact
from testamur.proofs.keys import PrivateKey, PublicKey
from testamur.proofs.sd_jwt import check_sd_jwt, disclosable_paths
from testamur.proofs.vc_jose_cose import check_secured, open_envelope, peek
from testamur.status import (
    Bits,
    decode,
    encode,
    read_open_badges_2_revocation_list,
    read_revocation_list,
    read_status,
    read_token_status,
)
from testamur.status.token_status_list import StatusReference
from testamur.verification import obtain, read_register
from testamur.verification.presenters.subject import reading
from testamur.verification.transparency.evidence import Known, judge
from testamur_site.foundation.tables.problems import TableRefused
from testamur_site.foundation.tables.reading import read_table
from testamur_site.verification.pictures import read_qr_codes
from tests.fuzz.seeds import Seed, everything, log_proof
from tests.shared import ROOT
from tests.simulator import NOW, Institution
from tests.unit.formats.archive.test_entries import packed
from tests.unit.formats.images import SVG
from tests.unit.proofs.did.webvh_log import FIRST, SECOND, W1, Log, approvals, witness
from tests.unit.verification import test_registries
from tests.unit.verification.standards.test_enveloped import LIST, WalletIssuer
from tests.unit.verification.transparency import log_world

Errors = tuple[type[Exception], ...]


@dataclass(frozen=True, slots=True)
class Parser:
    """`call` is fed with changed `seeds` and may raise `declared`; an answer of it is fine whatever it is."""

    name: str
    seeds: Callable[[], list[bytes]]
    call: Callable[[bytes], Any]
    declared: Errors = (Input,)

    def __call__(self, data: bytes) -> str:
        try:
            self.call(data)
        except self.declared as error:
            if isinstance(error, TestamurError):
                json.dumps(error.facts)
                return error.code
            return type(error).__name__
        return "read"

    def as_seeds(self) -> list[Seed]:
        return [Seed(self.name, str(number), data) for number, data in enumerate(self.seeds())]


def of(*families: str, start: bytes = b"") -> Callable[[], list[bytes]]:
    """The seeds of these families, of which the bytes begin with `start`."""
    return lambda: [seed.data for family in families for seed in everything().of(family) if seed.data.startswith(start)]


@cache
def key() -> PublicKey:
    return Institution().key.public


def in_json(call: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    """A target that takes a JSON object: what is none is refused before it."""

    def read(data: bytes) -> Any:
        value = strict_json.loads(data)
        return call(value) if isinstance(value, dict) else None

    return read


def _proofs(document: Any) -> None:
    for proof in proofs_of(document):
        check_proof(document, proof, key())


def _log_proof(data: bytes) -> None:
    """Judged against everything that can be known; what cannot be read there is a finding and never raised."""
    log = log_world.Log()
    known = Known(NOW, log.policy(contradicts=log.history.contradicts))
    judge(data, lambda proof: [entry_for(Kind.ISSUE, "urn:example:1", b"x", proof.extra[:32].ljust(32))], known)
    Proof.from_bytes(data)


def _keys() -> list[bytes]:
    made = [PrivateKey.generate(name).public for name in ("Ed25519", "P-256", "P-384")]
    return [json.dumps({"multikey": each.multikey, "jwk": each.jwk}).encode() for each in made]


def _key(value: Any) -> None:
    for read, member, kind in ((PublicKey.from_multikey, "multikey", str), (PublicKey.from_jwk, "jwk", dict)):
        if isinstance(value.get(member), kind):
            found = read(value[member])
            found.verify(b"x" * 64, b"data")
            _ = (found.thumbprint, found.jwk)


def _did_documents() -> list[bytes]:
    university = Institution()
    document = did_document(university.did, [("key-1", key()), ("key-2", PrivateKey.generate("P-256").public)])
    return [json.dumps({"id": f"{university.did}#key-1", "document": document}).encode()]


def _did(value: Any) -> None:
    identifier = value.get("id")
    if isinstance(identifier, str):
        page = json.dumps(value.get("document")).encode()
        resolve_verification_method(identifier, _Everywhere(page))


class _Everywhere:
    """Answers every address with the same page, and nothing at all for the well-known one (its metadata have a target of their own)."""

    def __init__(self, page: bytes, media_type: str = "application/json") -> None:
        self.page, self.media_type = page, media_type

    def fetch(self, url: str, *, accept: Any = ()) -> Resource:
        return Resource(url, self.page, self.media_type, NOW)


@cache
def _log() -> Log:
    return Log(witness=witness(1, W1)).add(FIRST, updateKeys=[SECOND.public_multikey]).add(SECOND)


def _histories() -> list[bytes]:
    return [_log().content, approvals(_log(), (3, W1))]


def _history(data: bytes) -> None:
    if data[:1] == b"[":
        check_witnesses(verify_log(_log().did, _log().content, _AT), data)
    else:
        verify_log(_log().did, data, _AT)


def _lists() -> list[bytes]:
    university = Institution()
    pages = university.published()
    return [
        json.dumps({"entry": university.unsigned()["credentialStatus"], "list": json.loads(pages[url])}).encode()
        for url in (university.revocation_url, university.suspension_url)
    ] + [
        json.dumps({"list": {"revokedAssertions": [{"id": "urn:x:1", "revocationReason": "x"}]}, "entry": {}}).encode()
    ]


def _list(value: Any) -> None:
    read_status(value.get("entry"), value.get("list"), now=NOW)
    read_revocation_list("urn:x:1", value.get("list"))
    read_open_badges_2_revocation_list("urn:x:1", value.get("list"))


def _token_list(data: bytes) -> None:
    header, payload = read_compact(data)
    read_token_status(StatusReference(9, LIST), header, payload, now=NOW)


def _ob2(value: Any) -> None:
    version, kind = open_badges_2.version_of(value), open_badges_2.kind_of(value)
    if version is not None and kind is not None:
        open_badges_2.broken_rules(value, kind, version)
        open_badges_2.verification_kind(value)
        address = open_badges_2.hosted_address(value)
        open_badges_2.scope_of(value, address or "https://issuer.example/")
        open_badges_2.key_addresses(value)
        open_badges_2.first_difference(value, {**value, "x": 1})


def _blockcerts(value: Any) -> None:
    version = blockcerts.version_of(value)
    if version is not None:
        receipt = blockcerts.receipt_of(value, version)
        blockcerts.root_of(receipt)
        for anchor in receipt.anchors:
            blockcerts.transaction_address(anchor)
        blockcerts.local_hash(value, version)
        reading(blockcerts.in_words_of_3(value, version))
        blockcerts.issuer_keys(value)


def _seal(value: Any) -> None:
    reading(elm.in_words_of_3(value))
    elm.issuer_names(value)
    if elm.is_sealed(value):
        seal = elm.read_seal(value)
        elm.check_seal(seal)
        elm.chain_outcome(seal.certificates, SealAuthorities([]), _AT)


def _models(value: Any) -> None:
    for cls in (Credential, Profile, Achievement):
        cls.from_json(value).to_json()


def _bundles() -> list[bytes]:
    resources = [Resource(url, page, "application/json", NOW) for url, page in Institution().published().items()]
    return [write_bundle(resources)]


def _programmes() -> list[bytes]:
    return [path.read_bytes() for path in sorted((ROOT / "examples/programmes").glob("*.yaml"))]


def _registers() -> list[bytes]:
    listed = {"name": "Example University", "ids": ["did:web:university.example"], "domains": ["university.example"]}
    known = {"type": "TrustRegister", "name": "Ministry", "institutions": [listed]}
    dcc = {
        "meta": {"created": "2026"},
        "registry": {"did:web:university.example": {"name": "U", "location": "x", "url": "https://u.example"}},
    }
    statement = test_registries.statement(test_registries.ANCHOR, test_registries.COLLEGE)
    federated = test_registries.federation(statement).encode()
    return [json.dumps(known).encode(), json.dumps(dcc).encode(), federated]


def _pages() -> list[bytes]:
    link = b'<link rel="alternate" type="application/vc" href="/c/1.json">'
    return [
        b"<!doctype html><html><head><title>x</title>"
        + link
        + b"</head><body><!-- x --><p>y</p><![if x]></body></html>"
    ]


def _class_lists() -> list[bytes]:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["Name", "E-mail", "Score"], ["김미나", "mina@example.edu", 87], ["Jun", "jun@example.edu", "=1+1"]):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return [
        "이름;이메일\n김미나;mina@example.edu\n".encode("cp949"),
        b'name,email\r\n"Kim, Mina",m@example.edu\r\n',
        target.getvalue(),
    ]


def _pictures() -> list[bytes]:
    found = []
    for kind in ("png", "jpeg", "gif", "webp"):
        target = io.BytesIO()
        segno.make("https://university.example/c/1").save(target, kind="png", scale=4)
        if kind != "png":
            from PIL import Image

            image = Image.open(io.BytesIO(target.getvalue())).convert("L")
            target = io.BytesIO()
            image.save(target, kind)
        found.append(target.getvalue())
    return found


def _bits() -> list[bytes]:
    return [encode(Bits.from_indexes({1, 99})).encode()]


_AT = NOW
_CASE = b"on: 2026-01-01\nfacts: {credits: 20}\napprovals:\n  - {of: listing, by: NZQA, reason: x, on: 2025-01-10}\n"
_QUADS = (LinkedDataError, Input)

PARSERS: Mapping[str, Parser] = {
    parser.name: parser
    for parser in (
        Parser("strict JSON", of("open_badges_3", "european", "presentation"), strict_json.loads),
        Parser("JSON canonical form", of("open_badges_3"), lambda data: strict_json.jcs(strict_json.loads(data))),
        Parser(
            "N-Quads",
            lambda: [_nquads()],
            lambda data: linked_data.canonicalize_quads(linked_data.parse_nquads(data)),
            _QUADS,
        ),
        Parser("JSON-LD", of("open_badges_3", "clr_2", "presentation"), in_json(linked_data.canonicalize), _QUADS),
        Parser("PNG", of("png"), lambda data: (png.find(data), png.find_log_proofs(data))),
        Parser("SVG", of("svg"), lambda data: (svg.find(data), svg.find_log_proofs(data))),
        Parser("proof from a log", lambda: [log_proof(of("open_badges_3")()[0])], _log_proof),
        Parser("SVG made harmless", lambda: [*of("svg")(), SVG], sanitise),
        Parser("PDF", of("pdf"), pdf.carried),
        Parser(
            "ZIP",
            lambda: [packed([("a.json", b'{"a":1}'), ("b/c.json", b"x" * 999)])],
            lambda data: list(archive.entries(data)),
        ),
        Parser(
            "any document",
            lambda: [seed.data for seed in everything().seeds if seed.family != "archive"],  # read one file at a time
            formats.read,
        ),
        Parser("model", of("open_badges_3", "clr_2"), in_json(_models)),
        Parser("data integrity", of("open_badges_3"), in_json(_proofs), (*_QUADS, ProofError)),
        Parser("JWS", of("jwt"), lambda data: (read_compact(data), check_jws(data, key()))),
        Parser(
            "SD-JWT",
            of("sd_jwt"),
            lambda data: (disclosable_paths(data), check_sd_jwt(data, key())),
            (Input, ProofError),
        ),
        Parser("COSE", of("cose"), lambda data: (read_cose(data), check_secured(data, "vc+cose", key()))),
        Parser("envelope", of("enveloped"), in_json(lambda value: peek(open_envelope(value).content))),
        Parser("keys", _keys, in_json(_key), (Input, KeyMaterialError)),
        Parser("DID document", _did_documents, in_json(_did), (Input, KeyMaterialError, ResolutionError)),
        Parser("did:webvh", _histories, _history, (Input, ResolutionError)),
        Parser("status list", _lists, in_json(_list)),
        Parser("packed bits", _bits, lambda data: decode(data.decode("utf-8", "replace"))),
        Parser("token status list", lambda: [WalletIssuer().pages[LIST]], _token_list),
        Parser("Open Badges 2.0", of("open_badges_2", start=b"{"), in_json(_ob2)),
        Parser("Blockcerts", of("blockcerts"), in_json(_blockcerts), _QUADS),
        Parser("European credential", of("european"), in_json(_seal)),
        Parser("bundle", _bundles, BundleResolver),
        Parser("trust register", _registers, lambda data: read_register(data, name="x")),
        Parser(
            "web page",
            _pages,
            lambda data: obtain("https://u.example/", _Everywhere(data, "text/html")),
            (Input, ResolutionError),
        ),
        Parser("programme", _programmes, read_programme),
        Parser(
            "case",
            lambda: [_CASE],
            lambda data: read_case(data, unit="ECTS", on=NOW.date()),
        ),
        Parser("class list", _class_lists, read_table, (TableRefused,)),
        Parser("picture with a QR code", _pictures, read_qr_codes),
    )
}


def _nquads() -> bytes:
    return linked_data.canonicalize(json.loads(everything().of("open_badges_3")[0].data))
