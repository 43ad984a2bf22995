"""More rows of the table: accreditation, declared schemas and answers of another day, with a register that the deployment relies on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.simulator import NOW, Institution
from tests.simulator.institution import key_from
from tests.unit.verification.checks.test_token import claims_of, token_of

from testamur.ports import Resource
from testamur.verification import TrustRegistry, register_from_json

from .offline_case import Case

TERM = "https://vocabulary.example/terms#"
STATEMENT = "https://agency.example/accreditations/1"
SCHEMA = "https://university.example/schemas/award.json"
PUBLISHED = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"

AGENCY: dict[str, Any] = {"name": "Quality Agency", "domains": ["agency.example"], "accredits": True}
LIMITED = {**AGENCY, "domains": ["limited.example"], "accredits": {"achievementTypes": ["Degree"]}}
BY_REGISTER = {
    "listed.example": [{"by": "did:web:agency.example"}],
    "ended.example": [{"by": "did:web:agency.example", "until": "2020-01-01T00:00:00Z"}],
    "later.example": [{"by": "did:web:agency.example", "from": "2026-11-24T00:00:00Z"}],
    "degrees.example": [{"by": "did:web:unheard-of.example", "achievementTypes": ["Degree"]}],
    "levels.example": [{"by": "did:web:agency.example", "levels": ["5"]}],
    "twice.example": [
        {"by": "did:web:agency.example", "until": "2020-01-01T00:00:00Z"},
        {"by": "did:web:agency.example"},
    ],
}


def registry() -> TrustRegistry:
    schools = [
        {"name": f"School at {host}", "domains": [host], "accreditations": entries}
        for host, entries in BY_REGISTER.items()
    ]
    relied_on = {"type": "TrustRegister", "name": "Relied on", "institutions": [AGENCY, LIMITED, *schools]}
    only_known = {
        "type": "TrustRegister",
        "name": "Only known",
        "institutions": [
            {"name": "K", "domains": ["known.example"], "accreditations": [{"by": "did:web:agency.example"}]}
        ],
    }
    return TrustRegistry(
        [register_from_json(json.dumps(relied_on), relied_on=True), register_from_json(json.dumps(only_known))]
    )


def entitled_cases() -> Iterator[Case]:
    yield from _by_register()
    yield from _endorsed()
    yield from _stated()
    yield from _only_said()
    yield from _declared()
    yield from _of_another_day()
    yield from _leniently()


def case(name: str, document: Any, *institutions: Institution, days: float = 0) -> Case:
    pages = {url: content for institution in institutions for url, content in institution.published().items()}
    moment = NOW - timedelta(days=days)
    resources = tuple(Resource(url, content, "application/json", moment) for url, content in sorted(pages.items()))
    return Case(name, json.dumps(document, ensure_ascii=False).encode(), resources)


def _by_register() -> Iterator[Case]:
    for host in (*BY_REGISTER, "known.example", "unlisted.example"):
        school = Institution(host)
        yield case(f"accredited by the register, {host}", school.issue(), school)
    for level in ("5", "8"):
        school = Institution("levels.example")
        badge = school.unsigned()
        badge["credentialSubject"]["achievement"]["alignment"].append(
            {"type": ["Alignment"], "targetName": "EQF", "targetUrl": f"http://data.europa.eu/snb/eqf/{level}"}
        )
        yield case(f"accredited for levels, level {level}", school.sign(badge), school)


def _endorsement(body: Institution, about: str, **changes: Any) -> dict[str, Any]:
    return body.sign(
        {
            "@context": body.unsigned()["@context"],
            "id": f"https://{body.host}/e/1",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "Accreditation",
            "issuer": {"id": body.did, "type": ["Profile"], "name": body.name},
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Accredited."},
            **changes,
        }
    )


def _endorsed() -> Iterator[Case]:
    school, agency = Institution(), Institution("agency.example", "Quality Agency")
    limited, stranger = Institution("limited.example", "Limited Agency"), Institution("stranger.example", "Stranger")
    forged = _endorsement(agency, school.did)
    forged["credentialSubject"]["endorsementComment"] = "For everything."
    for what, body, inside in (
        ("an accrediting body", agency, _endorsement(agency, school.did)),
        ("a body with another remit", limited, _endorsement(limited, school.did)),
        ("a stranger", stranger, _endorsement(stranger, school.did)),
        ("a body, about somebody else", agency, _endorsement(agency, "did:web:other.example")),
        ("a forger", agency, forged),
        ("a body, until before", agency, _endorsement(agency, school.did, validUntil="2026-11-01T00:00:00Z")),
        ("a body, until after", agency, _endorsement(agency, school.did, validUntil="2026-11-20T00:00:00Z")),
        ("a body, since after", agency, _endorsement(agency, school.did, validFrom="2026-11-20T00:00:00Z")),
    ):
        badge = school.unsigned()
        badge["issuer"]["endorsement"] = [inside]
        yield case(f"endorsed by {what}", school.sign(badge), school, body)
    badge = school.unsigned()
    badge["endorsement"] = [_endorsement(agency, school.did)]
    yield case("endorsed by a body whose key is away", school.sign(badge), school)
    withdrawn = _endorsement(agency, school.did, credentialStatus=agency.unsigned()["credentialStatus"])
    agency.revoke(withdrawn)
    badge["endorsement"] = [withdrawn]
    yield case("endorsed by a body that withdrew", school.sign(badge), school, agency)


def _statement(body: Institution, about: str, address: str = STATEMENT, **changes: Any) -> bytes:
    document = {
        "@context": body.unsigned()["@context"],
        "id": address,
        "type": ["VerifiableCredential", TERM + "VerifiableAccreditationToAttest"],
        "issuer": {"id": body.did, "type": ["Profile"], "name": body.name},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": about},
        **changes,
    }
    return json.dumps(body.sign(document)).encode()


def _stated() -> Iterator[Case]:
    school = Institution()
    badge = school.unsigned()
    badge["termsOfUse"] = [{"id": STATEMENT, "type": TERM + "IssuanceCertificate"}]
    badge = school.sign(badge)
    for what, content in (
        ("that holds", _statement(Institution("agency.example"), school.did)),
        ("as a registry answers", None),
        ("about somebody else", _statement(Institution("agency.example"), "did:web:other.example")),
        ("by a stranger", _statement(Institution("stranger.example"), school.did)),
        ("that cannot be read", b"no JSON"),
    ):
        agency, stranger = Institution("agency.example"), Institution("stranger.example")
        wrapped = json.dumps({"attribute": {"body": _statement(agency, school.did).decode()}}).encode()
        agency.pages[STATEMENT] = wrapped if content is None else content
        yield case(f"a statement {what}", badge, school, agency, stranger)
    yield case("a statement that is away", badge, school)
    middle, agency = Institution("middle.example"), Institution("agency.example")
    root, kind = "https://agency.example/accreditations/root", TERM + "VerifiableAccreditationToAccredit"
    for what, about in {"to a body": middle.did, "to somebody else": "did:web:other.example"}.items():
        agency.pages[root] = _statement(agency, about, root)
        middle.pages[STATEMENT] = _statement(middle, school.did, termsOfUse=[{"id": root, "type": kind}])
        yield case(f"a chain of statements {what}", badge, school, agency, middle)


def _only_said() -> Iterator[Case]:
    school = Institution()
    for what, body in {"known": "did:web:agency.example", "unknown": "did:web:unheard-of.example"}.items():
        badge = school.unsigned()
        badge["issuer"]["parentOrg"] = {"id": body, "type": ["Profile"], "name": "A parent"}
        yield case(f"a parent that is {what}", school.sign(badge), school)
        badge = school.unsigned()
        host = body.removeprefix("did:web:")
        badge["credentialSubject"]["achievement"]["criteria"]["narrative"] = (
            f"## Quality assurance\n\n- Accreditation: Agency (<https://{host}/1>)\n- Internal quality assurance of the provider\n\n"
            "## Level\n\n- Accreditation: none (<https://agency.example/>)\n"
        )
        yield case(f"quality assured by a body that is {what}", school.sign(badge), school)


def _declared() -> Iterator[Case]:
    for what, address, kind in (
        ("published", PUBLISHED, "JsonSchema"),
        ("away", SCHEMA, "JsonSchema"),
        ("of a kind that is not known", SCHEMA, TERM + "ShapeValidator"),
    ):
        school = Institution()
        badge = school.unsigned()
        badge["credentialSchema"] = [{"id": address, "type": kind}]
        signed = school.sign(badge)
        yield case(f"a schema {what}", signed, school)
        yield case(f"a schema {what}, changed", {**signed, "name": "changed"}, school)


def _of_another_day() -> Iterator[Case]:
    for days in (6, 8, 400):
        school = Institution(now=NOW - timedelta(days=days))
        school.list_valid_until = None
        badge, revoked, suspended = (school.issue(valid_until=NOW + timedelta(days=100)) for _ in range(3))
        school.revoke(revoked)
        school.suspend(suspended)
        for what, document in {"clear": badge, "revoked": revoked, "suspended": suspended}.items():
            yield case(f"{what}, {days} days ago", document, school, days=days)
    school = Institution(now=NOW - timedelta(days=30))
    school.list_valid_until = NOW + timedelta(days=1)
    yield case("a list that is good for longer", school.issue(), school, days=30)
    school.list_signer = key_from("somebody else")
    yield case("a list of another key, long ago", school.issue(), school, days=30)


def _leniently() -> Iterator[Case]:
    """Spellings that are met and read: several status entries, tokens of VC 1.1 whose claims stand for members, texts with a direction."""
    school = Institution()
    badge = school.unsigned()
    badge["credentialStatus"] = [badge["credentialStatus"], {**badge["credentialStatus"], "id": "urn:status:2"}]
    yield case("several status entries", school.sign(badge), school)
    badge = school.unsigned()
    badge["name"] = {"@value": "مرحبا", "@language": "ar", "@direction": "rtl"}
    yield case("a text with a direction", school.sign(badge), school)
    for left_out in ((), ("id",), ("issuanceDate",), ("expirationDate",)):
        badge = school.unsigned(status=False)
        claims = claims_of(badge)
        badge["@context"] = ["https://www.w3.org/2018/credentials/v1", *badge["@context"][1:]]
        badge["issuanceDate"], badge["expirationDate"] = badge.pop("validFrom"), badge.pop("validUntil")
        for member in left_out:
            del badge[member]
        for what, change in {"": {}, ", another end": {"exp": 1_770_000_000}}.items():
            token = token_of({**claims, **change, "vc": badge}, school.key, kid=f"{school.method}-jwk")
            made = case("x", {}, school)
            yield Case(f"a token without {left_out}{what}", token.encode(), made.resources)
