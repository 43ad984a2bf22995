"""Sound documents of every format, the one world in which all of them are verified, and beside each a twin that must never be valid.

They are made by our own simulators; a Blockcerts certificate, which only a block chain can make, comes from the shared vectors where these
are present.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pypdf

from testamur import strict_json
from testamur.fetch import FixedResolver
from testamur.formats.baked import png, svg
from testamur.formats.elm import SealAuthorities
from testamur.ports import Resolver
from testamur.proofs.sd_jwt import parse_path
from testamur.proofs.vc_jose_cose import enveloped, secure
from testamur.verification import Institution as Listed
from testamur.verification import Register, TrustRegistry, Verifier
from testamur.verification.accreditation.entries import EVERYTHING
from tests.shared import SHARED
from tests.simulator import FixedClock, Institution
from tests.unit.formats.archive.test_entries import packed
from tests.unit.formats.elm.sealing import CREDENTIAL, NOW, Authority, Sealer
from tests.unit.formats.images import PNG, SVG
from tests.unit.proofs.did.webvh_log import FIRST, ISSUER_KEY, SECOND, Log
from tests.unit.verification.checks.test_endorsements import endorsement
from tests.unit.verification.checks.test_token import claims_of, token_of
from tests.unit.verification.standards import test_blockcerts
from tests.unit.verification.standards.badges import BadgeIssuer
from tests.unit.verification.standards.test_enveloped import WalletIssuer
from tests.unit.verification.standards.test_parts import presentation, transcript
from tests.unit.verification.transparency import log_world

AGENCY, SCHEMA = "agency.example", "https://university.example/schemas/award.json"
HIDDEN = [parse_path("credentialSubject.identifier"), parse_path("evidence")]


@dataclass(frozen=True, slots=True)
class Seed:
    """`data` is a document of `family`. `valid` is what its verdict is; a twin that is not must not become valid by any change.

    `by_register` says that only a register of accrediting bodies can tell: who names none (the command line here) is told nothing about it.
    """

    family: str
    name: str
    data: bytes
    valid: bool = True
    by_register: bool = False


@dataclass(frozen=True, slots=True)
class Seeds:
    """All seeds, what stands at every address they name, and the verifier for both."""

    seeds: tuple[Seed, ...]
    pages: Mapping[str, bytes]
    trust: TrustRegistry

    @property
    def resolver(self) -> Resolver:
        return FixedResolver(dict(self.pages), fetched_at=NOW)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.resolver, self.trust, FixedClock(NOW))

    @property
    def families(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(seed.family for seed in self.seeds))

    def of(self, family: str) -> tuple[Seed, ...]:
        return tuple(seed for seed in self.seeds if seed.family == family)


@cache
def everything() -> Seeds:
    """Built once in a process: signing and key generation are slow."""
    university = Institution(now=NOW)
    seeds = [*_data_integrity(university), *_baked(university), *_tokens(university), *_collections(university)]
    pages: dict[str, bytes] = {}
    for add in (lambda: _accredited(university), _open_badges_2, _sd_jwt_vc, _blockcerts):
        found, theirs = add()
        seeds += found
        pages |= theirs
    authority = Authority()
    sealer = Sealer(authority)
    expired = {**CREDENTIAL, "validUntil": "2026-02-01T00:00:00Z"}
    seeds += [
        Seed("european", "sealed", _json(sealer.seal(CREDENTIAL))),
        Seed("european", "sealed and expired", _json(sealer.seal(expired)), valid=False),
    ]
    log, at_webvh = _webvh(university)
    seeds += at_webvh
    pages |= {log.did and "https://university.example/credentials/did.jsonl": log.content, **university.published()}
    accrediting = Listed("Quality Agency", domains=frozenset({AGENCY}), accredits=EVERYTHING)
    register = Register("Accrediting bodies", (accrediting,), relied_on=True)
    trust = TrustRegistry([register], seal_authorities=SealAuthorities([authority.certificate]))
    return Seeds(tuple(seeds), pages, trust)


def _json(value: Any) -> bytes:
    return strict_json.dumps(value)


def _revoked(university: Institution) -> dict[str, Any]:
    badge = university.unsigned()
    university.revoke(badge)
    return badge


def _data_integrity(university: Institution) -> list[Seed]:
    """Both canonical forms, a proof set, the older data model; revoked, suspended, expired and not yet valid twins."""
    seeds = []

    def sign(badge: dict[str, Any], suite: str) -> bytes:
        return _json(university.sign(badge, cryptosuite=suite))

    for suite in ("eddsa-rdfc-2022", "eddsa-jcs-2022"):
        past, future = NOW - timedelta(days=1), NOW + timedelta(days=1)
        suspended = university.unsigned()
        university.suspend(suspended)
        seeds += [
            Seed("open_badges_3", suite, sign(university.unsigned(name="김미나"), suite)),
            Seed("open_badges_3", f"{suite} revoked", sign(_revoked(university), suite), valid=False),
            Seed("open_badges_3", f"{suite} suspended", sign(suspended, suite), valid=False),
            Seed("open_badges_3", f"{suite} expired", sign(university.unsigned(valid_until=past), suite), valid=False),
            Seed("open_badges_3", f"{suite} early", sign(university.unsigned(valid_from=future), suite), valid=False),
        ]
    plain = _plain(university)
    revoked = {**plain, "credentialStatus": _revoked(university)["credentialStatus"]}
    seeds += [
        Seed("vc_2", "plain", sign({**plain, "validUntil": "2036-01-01T00:00:00Z"}, "eddsa-rdfc-2022")),
        Seed("vc_2", "plain and revoked", sign(revoked, "eddsa-rdfc-2022"), valid=False),
        Seed(
            "vc_2",
            "plain and expired",
            sign({**plain, "validUntil": "2026-02-01T00:00:00Z"}, "eddsa-rdfc-2022"),
            valid=False,
        ),
    ]
    both = university.sign(university.issue(), cryptosuite="eddsa-jcs-2022")
    return [*seeds, Seed("open_badges_3", "two proofs", _json(both))]


def _plain(university: Institution) -> dict[str, Any]:
    """A credential that is no badge: no schema of ours says what may stand in it."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "id": "https://university.example/c/plain",
        "issuer": university.did,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:mina", "name": "Mina"},
    }


def log_proof(credential: bytes) -> bytes:
    return log_world.Log().record_and_prove(credential)


def _baked(university: Institution) -> list[Seed]:
    good, bad = _json(university.issue()), _json(university.sign(_revoked(university)))
    return [
        Seed("png", "baked", png.bake(PNG, good)),
        Seed("png", "baked and revoked", png.bake(PNG, bad), valid=False),
        Seed("png", "baked with a log's proof", png.add_log_proof(png.bake(PNG, good), log_proof(good))),
        Seed("svg", "baked", svg.bake(SVG, good)),
        Seed("svg", "baked and revoked", svg.bake(SVG, bad), valid=False),
        Seed("pdf", "attached", _pdf(good)),
        Seed("pdf", "attached and revoked", _pdf(bad), valid=False),
    ]


def _pdf(credential: bytes) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("credential.json", credential)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _tokens(university: Institution) -> list[Seed]:
    """OB 3.0's own JWT form, and the three forms of VC-JOSE-COSE, alone and in an envelope."""
    seeds = []
    for name, badge in (("good", university.unsigned()), ("revoked", _revoked(university))):
        valid = name == "good"
        token = token_of({**badge, **claims_of(badge)}, university.key, kid=f"{university.method}-jwk")
        seeds.append(Seed("jwt", f"OB 3.0 {name}", token.encode(), valid))
        for media_type in ("vc+jwt", "vc+sd-jwt", "vc+cose"):
            hidden = HIDDEN if "sd-jwt" in media_type else ()
            data = secure(badge, media_type, university.key, kid=university.method, disclosable=hidden)
            family = {"vc+jwt": "jwt", "vc+sd-jwt": "sd_jwt", "vc+cose": "cose"}[media_type]
            seeds.append(Seed(family, f"{media_type} {name}", data, valid))
            inside = {**enveloped(data, media_type), "@context": "https://www.w3.org/ns/credentials/v2"}
            seeds.append(Seed("enveloped", f"{media_type} {name}", _json(inside), valid))
    return seeds


def _collections(university: Institution) -> list[Seed]:
    good, bad = university.issue(), university.sign(_revoked(university))
    return [
        Seed("presentation", "one credential", _json(presentation(good))),
        Seed("presentation", "one revoked credential", _json(presentation(bad)), valid=False),
        Seed("clr_2", "transcript", _json(transcript(university, good, university.issue()))),
        Seed("archive", "two badges", packed([("a.json", _json(good)), ("b/c.json", _json(university.issue()))])),
        Seed("archive", "one revoked", packed([("a.json", _json(good)), ("b.json", _json(bad))]), valid=False),
    ]


def _accredited(university: Institution) -> tuple[list[Seed], dict[str, bytes]]:
    """An award with everything around it that is looked for: an accrediting endorser, a schema of its own, a parent organisation."""
    agency = Institution(AGENCY, "Quality Agency", now=NOW)
    badge = university.unsigned()
    badge["issuer"]["endorsement"] = [endorsement(agency, university.did)]
    badge["issuer"]["parentOrg"] = {"id": agency.did, "type": ["Profile"], "name": "A parent"}
    badge["credentialSchema"] = [{"id": SCHEMA, "type": "JsonSchema"}]
    forged = endorsement(agency, university.did)
    forged["credentialSubject"]["endorsementComment"] = "For everything."
    twin = {**badge, "issuer": {**badge["issuer"], "endorsement": [forged]}}
    schema = {
        "type": "object",
        "required": ["issuer"],
        "properties": {"name": {"type": "string", "pattern": "^[^<]*$"}},
    }
    seeds = [
        Seed("open_badges_3", "accredited", _json(university.sign(badge))),
        Seed(
            "open_badges_3", "with a forged accreditation", _json(university.sign(twin)), valid=False, by_register=True
        ),
    ]
    return seeds, {**agency.published(), SCHEMA: _json(schema)}


def _open_badges_2() -> tuple[list[Seed], dict[str, bytes]]:
    issuer = BadgeIssuer()
    hosted = issuer.host(evidence="https://e.example/")
    expired = issuer.host(id="https://issuer.example/assertions/2", expires="2026-01-02T00:00:00Z")
    signed, late = issuer.sign(), issuer.sign(expires="2026-01-02T00:00:00Z")
    chunk = b"openbadges\0\0\0\0\0"
    from tests.unit.formats.images import chunk as made

    seeds = [
        Seed("open_badges_2", "hosted", _json(hosted)),
        Seed("open_badges_2", "hosted and expired", _json(expired), valid=False),
        Seed("open_badges_2", "signed", signed.encode()),
        Seed("open_badges_2", "signed and expired", late.encode(), valid=False),
        Seed("open_badges_2", "baked", PNG[:-12] + made(b"iTXt", chunk + signed.encode()) + PNG[-12:]),
    ]
    return seeds, {url: _json(page) for url, page in issuer.pages.items()}


def _sd_jwt_vc() -> tuple[list[Seed], dict[str, bytes]]:
    wallet = WalletIssuer()
    revoked = {"status": {"status_list": {"idx": 8, "uri": "https://issuer.example/status/1"}}}
    seeds = [
        Seed("sd_jwt", "sd-jwt vc", wallet.issue().encode()),
        Seed("sd_jwt", "sd-jwt vc revoked", wallet.issue(**revoked).encode(), valid=False),
    ]
    return seeds, wallet.pages


def _blockcerts() -> tuple[list[Seed], dict[str, bytes]]:
    if not (SHARED / test_blockcerts.FOLDER).exists():
        return [], {}
    certificate = test_blockcerts.document(test_blockcerts.MAINNET)
    profile = test_blockcerts.document(test_blockcerts.MAINNET_PROFILE)
    world = test_blockcerts.world(certificate, profile)
    revoked = test_blockcerts.document("v2/mainnet-revoked-2.0.json")
    seeds = [
        Seed("blockcerts", "2.0", json.dumps(certificate).encode()),
        Seed("blockcerts", "2.0 revoked", json.dumps(revoked).encode(), valid=False),
    ]
    return seeds, {url: json.dumps(answer).encode() for url, answer in world.items()}


def _webvh(university: Institution) -> tuple[Log, list[Seed]]:
    """A badge whose issuer keeps its keys in a history."""
    from testamur.proofs.data_integrity import add_proof
    from testamur.proofs.keys import PrivateKey

    log = Log().add(FIRST, updateKeys=[SECOND.public_multikey]).add(SECOND)
    key = PrivateKey("Ed25519", bytes([50]) * 32)
    assert key.public == ISSUER_KEY
    badge = university.unsigned(status=False)
    badge["issuer"] = {**badge["issuer"], "id": log.did}
    signed = add_proof(badge, key, verification_method=f"{log.did}#key-1", created=NOW - timedelta(days=1))
    return log, [Seed("open_badges_3", "did:webvh", _json(signed))]
