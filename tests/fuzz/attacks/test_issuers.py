"""Who signed: documents of keys with two answers, names that look like others, keys that nobody vouches for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from testamur.errors import Malformed
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.did import did_web_url
from testamur.verification import Outcome, Verdict
from tests.fuzz.attacks.world import (
    INVALID,
    THIEF,
    THIEF_DID,
    THIEF_METHOD,
    UNDETERMINED,
    VALID,
    Instead,
    codes,
    from_whom,
    stolen,
    verify,
)  # fmt: skip
from tests.simulator import NOW, Institution

Edit = Callable[[Institution, dict[str, Any]], None]


def method(university: Institution, **more: Any) -> dict[str, Any]:
    """An entry under the university's own id, with the thief's key."""
    return {
        "id": university.method,
        "type": "Multikey",
        "controller": university.did,
        "publicKeyMultibase": THIEF.public.multikey,
        **more,
    }


EDITS: dict[str, Edit] = {
    "a second entry behind": lambda u, d: d["verificationMethod"].append(method(u)),
    "a second entry before": lambda u, d: d["verificationMethod"].insert(0, method(u)),
    "an entry inside assertionMethod": lambda u, d: d["assertionMethod"].append(method(u)),
    "a relative id": lambda u, d: d["verificationMethod"].append(method(u, id="#key-1")),
    "both forms, disagreeing": lambda u, d: d["verificationMethod"][0].update(publicKeyJwk=THIEF.public.jwk),
    "of another controller": lambda u, d: d["verificationMethod"][0].update(controller=THIEF_DID),
    "of another subject": lambda u, d: d.update(id=THIEF_DID),
    "of two subjects": lambda u, d: d.update(id=[u.did]),
    "not for this purpose": lambda u, d: d.update(assertionMethod=[], authentication=[u.method]),
    "withdrawn long ago": lambda u, d: d["verificationMethod"][0].update(revoked="2020-01-01T00:00:00Z"),
    "run out long ago": lambda u, d: d["verificationMethod"][0].update(expires="2020-01-01T00:00:00Z"),
    "withdrawn at no moment": lambda u, d: d["verificationMethod"][0].update(revoked="yesterday"),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_ambiguous_document_confirms_nobody(university: Institution, edit: str) -> None:
    """Neither the thief's badge nor, as long as it cannot be told which key is meant, the university's own."""
    own, thiefs = university.issue(), university.sign(university.unsigned(), signer=THIEF)
    assert verify(own, university).verdict is VALID
    assert verify(thiefs, university).verdict is INVALID
    university.edit_did_document = lambda document: EDITS[edit](university, document)
    assert verify(thiefs, university).verdict is not VALID
    assert verify(own, university).verdict is not VALID


def test_another_host_answers_for_the_issuer(university: Institution) -> None:
    """An open redirect on the institution's host must not make somebody else the institution."""
    report = verify(university.issue(), Instead(university, answered_by="https://thief.example/did.json"))
    assert report.verdict is UNDETERMINED
    assert report.subject == {}


REFUSED = [
    "did:web:u.example%2e%2e", "did:web:u.example:..:x", "did:web:u.example:%2e%2e:x", "did:web:u.example:%252e%252e",
    "did:web:u.example:.",
    "did:web:u.example:a%2Fb", "did:web:u.example%2Fevil", "did:web:user@u.example", "did:web:user%40u.example", "did:web:u.example.",
    "did:web:u.example%3A8443%3A1", "did:web:u.example%3A99999", "did:web:u.example%3A0", "did:web:u.example%3A", "did:web:[::1]",
    "did:web:0x7f.1", "did:web:2130706433", "did:web:169.254.169.254", "did:web:한국.kr", "did:web:%ED%95%9C", "did:web:u.example:a::b",
    "did:web:u.example:", "did:web::a", "did:web:", "did:web:u.example:a?x=1", "did:web:u.example:a#b", "did:web:u.example:a%23b",
    "did:web:u.example:a%3Fb", "did:web:u.example:a%00", "did:web:u.example:a%0d%0aHost", "did:web:u_x.example", "did:web:-u.example",
    "did:web:u.example:a\\b", "did:web:u.example:a%5Cb", "did:web:u.example: ", "did:web:u.example\u200b", "did:web:ｕ.example",
    "did:web:u。example", "did:WEB:u.example", "DID:web:u.example", "did:web:u.example;x", "did:web:u.example%2F", "did:web:u.example:%2F",
]  # fmt: skip


@pytest.mark.parametrize("did", REFUSED)
def test_names_that_two_programs_read_differently(did: str) -> None:
    with pytest.raises(Malformed):
        did_web_url(did)


@pytest.mark.parametrize(
    "issuer",
    [
        "did:web:university.example", "did:web:University.example:institutions:example",
        "did:web:university.example:institutions:example:x",
        "did:web:university.example%3A443:institutions:example", "https://university.example",
        "https://university.example/institutions/example",
        "did:web:university.example:institutions:example?x=1", "did:web:university.example:institutions:example#key-1",
        "did:web:universíty.example:institutions:example", "urn:x:university",
    ],
)  # fmt: skip
def test_an_issuer_that_only_looks_like_the_signer(university: Institution, issuer: str) -> None:
    badge = university.unsigned(status=False)
    badge["issuer"] = {**badge["issuer"], "id": issuer}
    assert verify(university.sign(badge, cryptosuite="eddsa-jcs-2022"), university).verdict is not VALID


def named(issuer: str) -> dict[str, Any]:
    """A badge of `issuer`, which calls itself the university, signed by the thief."""
    badge = Institution().unsigned(status=False)
    return {**badge, "issuer": {**badge["issuer"], "id": issuer}}


def with_fragment(issuer: str) -> dict[str, Any]:
    method = f"{issuer}#{THIEF.public.multikey}"
    return add_proof(named(issuer), THIEF, verification_method=method, created=NOW)


NOBODY_VOUCHES: dict[str, tuple[Callable[[], Any], Verdict]] = {
    "a key that is its own name": (lambda: stolen(named(THIEF_DID)), VALID),
    "a key in the fragment": (lambda: with_fragment("https://university.example"), UNDETERMINED),
    "a key in the fragment of a DID": (lambda: with_fragment("did:web:university.example"), UNDETERMINED),
    "a key in the fragment of a URN": (lambda: with_fragment("urn:x:university"), UNDETERMINED),
}


@pytest.mark.parametrize("how", NOBODY_VOUCHES)
def test_a_key_that_nobody_vouches_for_is_never_from_whom_it_says(university: Institution, how: str) -> None:
    make, verdict = NOBODY_VOUCHES[how]
    report = verify(make(), university)
    assert report.verdict is verdict
    assert from_whom(report) is Outcome.UNKNOWN
    assert "issuer.bound" not in codes(report)


def test_the_thiefs_proof_under_the_universitys_name(university: Institution) -> None:
    report = verify(stolen(university.issue()), university)
    assert report.verdict is INVALID
    assert from_whom(report) is Outcome.FAILED
    assert THIEF_METHOD.startswith(THIEF_DID)
