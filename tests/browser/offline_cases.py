"""The table of good and changed documents on which the page's verifier and the library must agree."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.simulator import NOW, Institution
from tests.simulator.institution import key_from
from tests.simulator.mutations import OPERATORS

from testamur.formats.baked import png, svg
from testamur.linked_data import CLR_2, CREDENTIALS_V2, OPEN_BADGES_3_EXTENSIONS
from testamur.ports import Resource
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.did import did_key_for
from testamur.proofs.jose import sign_as_jwt, sign_compact
from testamur.verification import receipt
from testamur_site.foundation.design_system.api import compose_badge_svg, render_png

from .offline_case import DIGEST, MUTATED, SUITES, Case, changed, of
from .offline_cases_records import record_cases


def cases() -> Iterator[Case]:
    """Every case, always the same ones."""
    for algorithm, suite in SUITES:
        yield from _table(algorithm, suite)
    yield from _tokens()
    yield from _keys()
    yield from _containers()
    yield from _lists()
    yield from _inside()
    yield from _mutated()
    yield from record_cases()


def _table(algorithm: str, suite: str) -> Iterator[Case]:
    place = f"{suite} {algorithm}"
    school = Institution()
    school.use(algorithm, suite)
    good = school.issue(name="김미나", email="mina@example.edu")
    revoked, suspended = school.issue(), school.issue()
    school.revoke(revoked)
    school.suspend(suspended)
    yield of(school, f"{place}: genuine", good)
    nobody = school.unsigned(status=False)
    del nobody["credentialSubject"]["identifier"]
    yield of(school, f"{place}: awarded to nobody", school.sign(nobody))
    yield of(school, f"{place}: revoked", revoked)
    yield of(school, f"{place}: suspended", suspended)
    early, late = NOW + timedelta(days=1), NOW - timedelta(days=1)
    yield of(school, f"{place}: not yet valid", school.issue(valid_from=early))
    yield of(school, f"{place}: expired", school.issue(valid_from=NOW - timedelta(days=9), valid_until=late))

    def member(*way: Any, value: Any) -> Any:
        def change(document: dict[str, Any]) -> None:
            *there, last = way
            for step in there:
                document = document[step]
            document[last] = value

        return change

    changes = {
        "another name": member("credentialSubject", "achievement", "name", value="Data Mastery"),
        "another issuer": member("issuer", "id", value="did:web:other.example"),
        "another date": member("validFrom", value="2020-01-01T00:00:00Z"),
        "undefined term": member("grade", value="A"),
        "undefined type": member("type", value=["VerifiableCredential", "OpenBadgeCredential", "Diploma"]),
        "foreign context": member("@context", 1, value="https://other.example/context.json"),
        "inline context": lambda document: document["@context"].append({"grade": "https://other.example/grade"}),
        "keyword": member("@graph", value=[]),
        "empty identifier": member("evidence", value=""),
        "broken identifier": member("evidence", 0, "id", value="https:/|university.example/1"),
        "nothing for a value": member("credentialSubject", "role", value=None),
        "keyword without effect": member("credentialStatus", "@index", value="x"),
        "no proof": lambda document: document.pop("proof"),
        "another purpose": member("proof", "proofPurpose", value="authentication"),
        "another suite": member("proof", "cryptosuite", value="unheard-of-2030"),
        "another created": member("proof", "created", value="2026-11-25T10:00:01Z"),
        "expired proof": member("proof", "expires", value="2020-01-01T00:00:00Z"),
        "broken created": member("proof", "created", value="yesterday"),
        "broken value": member("proof", "proofValue", value="zzz"),
        "value of another length": member("proof", "proofValue", value="z3FXQ"),
        "missing previous": member("proof", "previousProof", value="urn:uuid:0"),
        "key not listed": member("proof", "verificationMethod", value=school.did + "#key-9"),
        "key elsewhere": member("proof", "verificationMethod", value="did:web:nowhere.example#key-1"),
        "unknown method": member("proof", "verificationMethod", value="did:ion:abc#key-1"),
        "not a url": member("proof", "verificationMethod", value="key-1"),
        "fragment key": member(
            "proof", "verificationMethod", value=f"https://x.example/1#{school.key.public_multikey}"
        ),
        "proof is text": member("proof", value="signed"),
        "nine proofs": lambda document: document.update(proof=[document["proof"]] * 9),
        "twice the same proof": lambda document: document.update(proof=[document["proof"]] * 2),
        "no subject": lambda document: document.pop("credentialSubject"),
        "numeric id": member("id", value=7),
        "number too large": member("credentialSubject", "creditsEarned", value=2**60),
    }
    for what, change in changes.items():
        yield of(school, f"{place}: {what}", changed(good, change))
    unsigned = school.unsigned(name="Mina")
    for what, value in {
        "same": {"id": CREDENTIALS_V2, "digestMultibase": DIGEST},
        "different": {"id": CREDENTIALS_V2, "digestSRI": "sha256-" + "A" * 43 + "="},
        "elsewhere": [{"id": "https://x.example/syllabus", "digestMultibase": DIGEST}],
        "without a hash": {"id": "https://x.example/syllabus"},
        "malformed": {"id": "https://x.example/syllabus", "digestMultibase": "uAA"},
    }.items():
        pinning = changed(unsigned, member("relatedResource", value=value))
        yield of(school, f"{place}: related resource, {what}", school.sign(pinning))
    yield of(
        school,
        f"{place}: status elsewhere",
        school.sign(
            changed(unsigned, member("credentialStatus", "statusListCredential", value="https://gone.example/list"))
        ),
    )
    yield of(
        school,
        f"{place}: index out of range",
        school.sign(changed(unsigned, member("credentialStatus", "statusListIndex", value="99999999"))),
    )
    listed = "https://university.example/revoked"

    def on_a_1edtech_list(document: dict[str, Any]) -> None:
        document["@context"].append(OPEN_BADGES_3_EXTENSIONS)
        document["credentialStatus"] = {"id": listed, "type": "1EdTechRevocationList"}

    old = school.sign(changed(unsigned, on_a_1edtech_list))
    yield of(school, f"{place}: a 1EdTech list that is away", old)
    for what, ids in {"clear": [], "revoked": [old["id"]]}.items():
        school.pages[listed] = json.dumps(
            {"id": listed, "issuer": school.did, "revokedCredential": [{"id": each} for each in ids]}
        ).encode()
        yield of(school, f"{place}: on a 1EdTech list, {what}", old)
    yield of(
        school,
        f"{place}: no status",
        school.sign(changed(unsigned, lambda document: document.pop("credentialStatus"))),
    )
    yield of(
        school,
        f"{place}: language value",
        school.sign(changed(unsigned, member("name", value={"@value": "이름", "@language": "ko"}))),
    )
    yield of(
        school,
        f"{place}: end before begin",
        school.sign(changed(unsigned, member("validUntil", value="2001-01-01T00:00:00Z"))),
    )
    yield of(
        school,
        f"{place}: impossible date",
        school.sign(changed(unsigned, member("validUntil", value="2026-02-30T00:00:00Z"))),
    )
    chain = add_proof(
        good, school.key, verification_method=school.method, created=NOW, cryptosuite=suite, proof_id="urn:uuid:1"
    )
    second = add_proof(
        school.sign(unsigned, proof_id="urn:uuid:first"),
        school.key,
        verification_method=school.method,
        created=NOW,
        cryptosuite=suite,
        previous_proof="urn:uuid:first",
    )
    yield of(school, f"{place}: proof set", chain)
    yield of(school, f"{place}: proof chain", second)
    broken = copy.deepcopy(second)
    broken["proof"][0]["created"] = "2026-11-25T10:00:01Z"
    yield of(school, f"{place}: broken chain", broken)


def _tokens() -> Iterator[Case]:
    for algorithm in ("Ed25519", "P-256", "P-384"):
        school = Institution()
        school.use(algorithm, "eddsa-rdfc-2022" if algorithm == "Ed25519" else "ecdsa-rdfc-2019")
        unsigned = school.unsigned(name="Mina")
        kid = f"{school.did}#{school.fragment}-jwk"
        token = sign_as_jwt(unsigned, school.key, kid)
        yield of(school, f"token {algorithm}: genuine", token)
        header, payload, signature = token.decode().split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        claims["validFrom"] = "2020-01-01T00:00:00Z"
        other = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        yield of(school, f"token {algorithm}: changed", f"{header}.{other}.{signature}".encode())
        none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        yield of(school, f"token {algorithm}: unsigned", f"{none}.{payload}.".encode())
        yield of(
            school, f"token {algorithm}: another kid", sign_as_jwt(unsigned, school.key, "did:web:nowhere.example#1")
        )
        enveloped = {
            "@context": "https://www.w3.org/ns/credentials/v2",
            "id": f"data:application/vc+jwt,{token.decode()}",
            "type": "EnvelopedVerifiableCredential",
        }
        yield of(school, f"token {algorithm}: enveloped", enveloped)
        for claim in ("vc", "vp"):
            beside = json.dumps({**unsigned, claim: {}}).encode()
            yield of(
                school, f"token {algorithm}: {claim} beside it", sign_compact({"kid": kid}, beside, school.key).encode()
            )


def _keys() -> Iterator[Case]:
    for algorithm, suite in SUITES:
        school = Institution()
        key = key_from("somebody", algorithm)
        did, method = did_key_for(key.public)
        unsigned = school.unsigned(name="Mina")
        unsigned.pop("credentialStatus")
        unsigned["issuer"]["id"] = did
        signed = add_proof(unsigned, key, verification_method=method, created=NOW, cryptosuite=suite)
        yield of(school, f"did:key {algorithm} {suite}", signed)
        jwk = base64.urlsafe_b64encode(json.dumps(key.public.jwk).encode()).rstrip(b"=").decode()
        unsigned["issuer"]["id"] = f"did:jwk:{jwk}"
        signed = add_proof(unsigned, key, verification_method=f"did:jwk:{jwk}#0", created=NOW, cryptosuite=suite)
        yield of(school, f"did:jwk {algorithm} {suite}", signed)
    stranger = Institution("other.example", "Other College")
    school = Institution()
    forged = stranger.sign({**school.unsigned(name="Mina")})
    both = {**school.published(), **stranger.published()}
    resources = tuple(Resource(url, data, "application/json", NOW) for url, data in sorted(both.items()))
    yield Case("a stranger's key", json.dumps(forged).encode(), resources)
    school.edit_did_document = lambda document: document.update(assertionMethod=[])
    yield of(school, "a key for other purposes", school.issue())
    school.edit_did_document = lambda document: document.update(id="did:web:other.example")
    yield of(school, "a document of another name", school.issue())


def _containers() -> Iterator[Case]:
    school = Institution()
    credential = json.dumps(school.issue(name="Mina")).encode()
    drawing = compose_badge_svg("Data Literacy", "award", "#123456", "#abcdef", "circle")
    picture = render_png(drawing, 100)
    yield of(school, "baked PNG", png.bake(picture, credential))
    yield of(school, "baked SVG", svg.bake(drawing, credential))
    yield of(school, "baked PNG, changed", png.bake(picture, credential.replace(b"Data Literacy", b"Data Mastery")))
    yield of(school, "PNG without a credential", picture)
    yield of(school, "SVG without a credential", drawing)
    for name, content in {
        "nothing": b"  ",
        "a key that stands twice": b'{"@context":[],"@context":[]}',
        "broken JSON": b'{"a":',
        "an array": b"[]",
        "not UTF-8": b'{"a":"\xff"}',
        "deep": b"[" * 70 + b"]" * 70,
        "half a surrogate": b'{"a":"\\ud800"}',
        "NaN": b'{"a":NaN}',
        "a web page": b"<!doctype html><p>x",
        "a JPEG": b"\xff\xd8\xff\xe0 JFIF",
        "some text": b"hello",
        "an object": b'{"a":1}',
    }.items():
        yield of(school, name, content)
    verifier = {"id": school.did, "type": ["Profile"], "name": "A verifier"}
    from tests.simulator import FixedClock

    from testamur.verification import TrustRegistry, Verifier

    report = Verifier(school, TrustRegistry(), FixedClock(NOW)).verify(credential)
    made = receipt.compose(
        report,
        receipt.digest_of(credential),
        issuer=verifier,
        identifier="urn:uuid:7c1a9d1e-45a5-4d6e-9d0c-6a2b0d9f5e11",
    )
    yield of(school, "a receipt", school.sign(made))


def _lists() -> Iterator[Case]:
    def school_with(**changes: Any) -> Institution:
        school = Institution()
        for name, value in changes.items():
            setattr(school, name, value)
        return school

    for name, school in {
        "a list that is out of date": school_with(list_valid_until=NOW - timedelta(days=1)),
        "a list signed by another key": school_with(list_signer=key_from("a thief")),
        "a list of another purpose": school_with(
            edit_list=lambda document: document["credentialSubject"].update(statusPurpose="other")
        ),
        "a list of another address": school_with(
            edit_list=lambda document: document.update(id="https://other.example/list")
        ),
        "a list that is no list": school_with(
            edit_list=lambda document: document.update(type=["VerifiableCredential"])
        ),
        "a list that is too short": school_with(
            edit_list=lambda document: document["credentialSubject"].update(encodedList="uH4sIAAAAAAAAA2NgAAAAAP__")
        ),
        "a list of another issuer": school_with(
            edit_list=lambda document: document.update(issuer="did:web:other.example")
        ),
    }.items():
        yield of(school, name, school.issue())


def _inside() -> Iterator[Case]:
    """Credentials that gather others, endorsements, and newer copies."""
    school = Institution()
    one, other = school.issue(name="Mina"), school.issue(name="Mina")
    revoked = school.issue()
    school.revoke(revoked)
    forged = {**one, "validFrom": "2001-01-01T00:00:00Z"}
    token = sign_as_jwt(school.unsigned(name="Mina"), school.key, f"{school.did}#{school.fragment}-jwk").decode()
    enveloped = {
        "@context": CREDENTIALS_V2,
        "id": f"data:application/vc+jwt,{token}",
        "type": "EnvelopedVerifiableCredential",
    }
    for what, parts in {
        "two that hold": [one, other],
        "one that is forged": [one, forged],
        "one that is revoked": [one, revoked],
        "one without a proof": [{name: value for name, value in one.items() if name != "proof"}],
        "many": [school.issue() for _ in range(17)],
        "none": [],
    }.items():
        transcript = school.unsigned()
        transcript["@context"] = [transcript["@context"][0], CLR_2, transcript["@context"][1]]
        transcript["type"] = ["VerifiableCredential", "ClrCredential"]
        transcript["credentialSubject"] = {
            "type": ["ClrSubject"],
            "id": "did:example:mina",
            "verifiableCredential": parts,
        }
        yield of(school, f"a transcript of {what}", school.sign(transcript))
        yield of(school, f"an unsigned transcript of {what}", transcript)
    yield of(school, "an envelope alone", enveloped)

    endorser = Institution("agency.example", "Agency")
    for what, about in {"the credential": one["id"], "something else": "https://elsewhere.example/1"}.items():
        endorsement = {
            "@context": one["@context"],
            "id": "urn:uuid:4f1c4b6e-45a5-4d6e-9d0c-6a2b0d9f5e11",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "Endorsement",
            "issuer": {"id": endorser.did, "type": ["Profile"], "name": "Agency"},
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Well run."},
        }
        signed = endorser.sign(endorsement)
        both = {**school.published(), **endorser.published()}
        resources = tuple(Resource(url, data, "application/json", NOW) for url, data in sorted(both.items()))
        for how, inside in {"true": signed, "false": {**signed, "validFrom": "2025-01-01T00:00:00Z"}}.items():
            endorsed = school.sign({**school.unsigned(name="Mina"), "endorsement": [inside]})
            name = f"an endorsement of {what} that is {how}"
            yield Case(name, json.dumps(endorsed).encode(), resources)

    service = {"id": "https://university.example/refresh/1", "type": "1EdTechCredentialRefresh"}

    def copy_of(**change: Any) -> dict[str, Any]:
        document = {**school.unsigned(name="Mina"), "id": "https://university.example/credentials/1", **change}
        document["@context"] = [*document["@context"], OPEN_BADGES_3_EXTENSIONS]
        return school.sign(document)

    first = copy_of(refreshService=service, validUntil="2026-11-24T00:00:00Z")
    yield of(school, "a newer copy that is away", first)
    for what, newer in {
        "that holds": copy_of(),
        "that has expired": copy_of(validUntil="2026-11-24T00:00:00Z"),
        "that is forged": {**copy_of(), "validFrom": "2026-11-20T00:00:00Z"},
        "that is older": copy_of(validFrom="2020-01-01T00:00:00Z"),
        "of something else": copy_of(id="https://university.example/credentials/2"),
        "that was renewed": copy_of(id="https://university.example/credentials/2", refreshService=service),
    }.items():
        school.pages[service["id"]] = json.dumps(newer).encode()
        yield of(school, f"a newer copy {what}", first)


def _mutated() -> Iterator[Case]:
    draw = random.Random(20261125)
    for number in range(MUTATED):
        school = Institution()
        algorithm, suite = SUITES[number % len(SUITES)]
        school.use(algorithm, suite)
        document = school.issue(name="Mina")
        change = draw.choice(OPERATORS)
        try:
            change(document, draw)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            continue
        yield of(school, f"mutation {number}: {change.__name__} ({suite} {algorithm})", document)
