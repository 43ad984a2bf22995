"""Signature wrapping: what is signed is put beside, into or around something that says something else."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from testamur import strict_json
from testamur.formats.baked import png, svg
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.vc_jose_cose import enveloped, secure
from tests.fuzz.attacks.world import INVALID, THIEF_METHOD, VALID, codes, stolen, verify
from tests.simulator import NOW, Institution
from tests.unit.formats.images import PNG, SVG, chunk

UNKNOWN = {
    "type": "DataIntegrityProof",
    "cryptosuite": "unknown-2030",
    "proofPurpose": "assertionMethod",
    "verificationMethod": THIEF_METHOD,
    "proofValue": "z1",
}


def forged(badge: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(badge)
    changed["credentialSubject"]["achievement"]["name"] = "Doctor of Everything"
    return changed


AROUND: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "beside, in a graph": lambda badge: {**forged(badge), "@graph": [badge]},
    "beside, included": lambda badge: {**forged(badge), "@included": [badge]},
    "as evidence": lambda badge: {**forged(badge), "evidence": [badge]},
    "as an endorsement": lambda badge: {**forged(badge), "endorsement": [badge]},
    "under a name of its own": lambda badge: {**forged(badge), "https://thief.example/original": badge},
    "inside the proof": lambda badge: {**forged(badge), "proof": {**badge["proof"], "credential": badge}},
    "the forgery inside": lambda badge: {**badge, "@included": [forged(badge)]},
    "as vc": lambda badge: {"vc": badge, **forged(badge)},
    "as payload": lambda badge: {"payload": strict_json.dumps(badge).decode(), "signatures": [], **forged(badge)},
    "as verifiableCredential": lambda badge: {**forged(badge), "verifiableCredential": [badge]},
    "two subjects": lambda badge: {**badge, "credentialSubject": [forged(badge)["credentialSubject"], badge["credentialSubject"]]},
    "reversed": lambda badge: {**forged(badge), "@reverse": {"https://thief.example/x": badge}},
}  # fmt: skip


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize("how", AROUND)
def test_a_signed_document_in_another_one(university: Institution, how: str, suite: str) -> None:
    university.suite = suite
    badge = university.issue()
    assert verify(badge, university).verdict is VALID
    assert verify(AROUND[how](badge), university).verdict is INVALID


@pytest.mark.parametrize("order", [1, -1])
def test_two_credentials_in_one_image_are_refused(university: Institution, order: int) -> None:
    badge = university.issue()
    contents = [strict_json.dumps(each) for each in (badge, forged(badge))][::order]
    parts = [chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + content) for content in contents]
    image = PNG[:-12] + b"".join(parts) + PNG[-12:]
    assert verify(image, university).verdict is INVALID
    assert verify(png.bake(PNG, strict_json.dumps(badge)), university).verdict is VALID


@pytest.mark.parametrize("order", [1, -1])
def test_two_elements_in_one_drawing_are_refused(university: Institution, order: int) -> None:
    badge = university.issue()
    images = [svg.bake(SVG, strict_json.dumps(each)) for each in (badge, forged(badge))][::order]
    start, end = b"<openbadges:credential", b"</openbadges:credential>"
    second = images[1][images[1].index(start) : images[1].index(end) + len(end)]
    place = images[0].index(start)
    assert verify(images[0][:place] + second + images[0][place:], university).verdict is INVALID


@pytest.mark.parametrize(
    "kind",
    [b"tEXt", b"zTXt", b"iTXt"],
)
def test_an_older_keyword_does_not_stand_in(university: Institution, kind: bytes) -> None:
    """OB 3.0's chunk counts, whatever stands under the keyword of OB 2.0."""
    image = png.bake(PNG, strict_json.dumps(university.issue()))
    other = chunk(kind, b"openbadges\0\0\0\0\0" + strict_json.dumps(forged(university.issue())))
    report = verify(image[:-12] + other + image[-12:], university)
    assert report.verdict is INVALID or report.subject["achievement"]["name"] == "Data Literacy"


@pytest.mark.parametrize("media_type", ["vc+jwt", "vc+sd-jwt", "vc+cose"])
def test_what_stands_beside_an_envelope_counts_for_nothing(university: Institution, media_type: str) -> None:
    data = secure(university.unsigned(), media_type, university.key, kid=university.method)
    around = {"@context": "https://www.w3.org/ns/credentials/v2", **enveloped(data, media_type)}
    report = verify(
        {**around, "name": "Doctor of Everything", "credentialSubject": {"id": "did:example:thief"}}, university
    )
    assert report.verdict is not VALID or report.subject["achievement"]["name"] == "Data Literacy"
    assert "Doctor" not in str(report.subject)
    assert verify(around, university).verdict is VALID


def test_an_envelope_of_somebody_else_around_an_envelope(university: Institution) -> None:
    data = secure(university.unsigned(), "vc+jwt", university.key, kid=university.method)
    around = {"@context": "https://www.w3.org/ns/credentials/v2", **enveloped(data, "vc+jwt")}
    assert verify(around, university).verdict is VALID
    assert verify(stolen_envelope(around), university).verdict is not VALID


def stolen_envelope(around: dict[str, Any]) -> bytes:
    """An envelope of the thief around an envelope: he signs that he has seen it, no more."""
    from tests.fuzz.attacks.world import THIEF
    from tests.unit.verification.checks.test_token import token_of

    return token_of(around, THIEF, kid=THIEF_METHOD, typ="vc+jwt").encode()


PROOFS: dict[str, tuple[Callable[[dict[str, Any], dict[str, Any]], Any], bool]] = {
    # the proofs of the true badge and of the thief's → a proof value; whether the forgery may stand on it
    "the copied one": (lambda true, thief: true, False),
    "the copied one, then the thief's": (lambda true, thief: [true, thief], False),
    "the thief's, then the copied one": (lambda true, thief: [thief, true], False),
    "the copied one and an unknown suite": (lambda true, thief: [true, UNKNOWN], False),
    "an unknown suite alone": (lambda true, thief: UNKNOWN, False),
    "an unknown suite and the thief's": (lambda true, thief: [UNKNOWN, thief], False),
    "none": (lambda true, thief: [], False),
    "a chain from the copied one": (lambda true, thief: [{**true, "id": "urn:x:1"}, {**thief, "previousProof": "urn:x:1"}], False),
    "the thief's": (lambda true, thief: thief, False),
}  # fmt: skip


@pytest.mark.parametrize("how", PROOFS)
def test_no_mixture_of_proofs_carries_a_forgery(university: Institution, how: str) -> None:
    badge = university.issue()
    forgery = forged(badge)
    proof = PROOFS[how][0](badge["proof"], stolen(forgery)["proof"])
    assert verify({**forgery, "proof": proof}, university).verdict is not VALID


def test_further_proofs_of_others_do_not_take_a_badge_away(university: Institution) -> None:
    badge = university.issue()
    assert verify({**badge, "proof": [UNKNOWN, badge["proof"]]}, university).verdict is VALID
    from tests.fuzz.attacks.world import THIEF

    more = add_proof(badge, THIEF, verification_method=THIEF_METHOD, created=NOW - timedelta(days=1))
    for proofs in (more["proof"], more["proof"][::-1]):
        report = verify({**more, "proof": proofs}, university)
        assert report.verdict is VALID
        assert "issuer.bound" in codes(report)


def test_a_list_of_badges_is_no_badge(university: Institution) -> None:
    badge = university.issue()
    with pytest.raises(TypeError):
        verify([badge], university)
    assert verify(strict_json.dumps([badge]), university).verdict is not VALID
