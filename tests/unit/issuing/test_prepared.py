from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest
from tests.shared import shared
from tests.unit.formats.images import PNG, SVG
from tests.unit.issuing.examples import SCHEMAS, document

from testamur.errors import IssuingRefused, KeyMaterialError, Malformed
from testamur.formats import read
from testamur.formats.baked import png, svg
from testamur.issuing import PreparedCredential, prepare, restore, sign
from testamur.proofs.data_integrity import check_proof
from testamur.proofs.keys import PrivateKey

CREATED = datetime(2026, 11, 25, 9, 31, tzinfo=UTC)
METHOD = "did:web:uni.example#key-1"
KEY = PrivateKey.generate()


def prepared(**changes: Any) -> PreparedCredential:
    options: dict[str, Any] = {"verification_method": METHOD, "created": CREATED, **changes}
    return prepare(document(), KEY, **options)


def test_the_signed_credential_verifies_and_is_what_was_composed() -> None:
    signed = json.loads(sign(prepared(), KEY))
    [proof] = signed["proof"]
    assert check_proof(signed, proof, KEY.public).outcome == "passed"
    assert (proof["cryptosuite"], proof["verificationMethod"]) == ("eddsa-rdfc-2022", METHOD)
    assert proof["created"] == "2026-11-25T09:31:00Z"
    del signed["proof"]
    assert signed == document()


@pytest.mark.parametrize(
    "schema", ["ob_v3p0_achievementcredential_schema.json", "ob_v3p0_anyachievementcredential_schema.json"]
)
def test_the_signed_credential_meets_the_schema_of_1edtech(schema: str) -> None:
    validator = jsonschema_rs.validator_for(json.loads(shared(SCHEMAS + schema).read_text()))
    assert [error.message for error in validator.iter_errors(json.loads(sign(prepared(), KEY)))] == []


def test_a_changed_word_breaks_the_proof() -> None:
    signed = json.loads(sign(prepared(), KEY))
    signed["credentialSubject"]["identifier"][0]["identityHash"] = "김민수"
    assert check_proof(signed, signed["proof"][0], KEY.public).outcome == "failed"


def test_it_is_redeemed_once() -> None:
    once = prepared()
    sign(once, KEY)
    with pytest.raises(IssuingRefused) as refused:
        sign(once, KEY)
    assert refused.value.code == "issuing.already_redeemed"


def test_after_a_crash_the_stored_one_gives_the_same_bytes() -> None:
    first = prepared()
    stored, digest = first.content, first.digest
    assert sign(first, KEY) == sign(restore(stored, digest=digest), KEY)


def test_preparing_twice_gives_the_same_bytes() -> None:
    assert prepared().content == prepared().content


def test_stored_bytes_that_changed_are_refused() -> None:
    first = prepared()
    with pytest.raises(Malformed) as refused:
        restore(first.content.replace(b"Final project", b"Other project"), digest=first.digest)
    assert refused.value.code == "issuing.stored_bytes_changed"


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"document":{},"proof":{}}', b'{"document":[],"proof":null}'])
def test_bytes_that_were_never_prepared_are_refused(content: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        restore(content, digest=hashlib.sha256(content).hexdigest())
    assert refused.value.code == "issuing.stored_malformed"


def test_storage_is_no_way_around_the_lints() -> None:
    content = prepared().content.replace(b'"name":"Final project"', b'"workload":"60 hours"')
    with pytest.raises(IssuingRefused):
        restore(content, digest=hashlib.sha256(content).hexdigest())


def test_another_key_is_refused_and_does_not_use_it_up() -> None:
    waiting = prepared()
    with pytest.raises(KeyMaterialError) as refused:
        sign(waiting, PrivateKey.generate())
    assert refused.value.code == "issuing.other_key"
    assert sign(waiting, KEY)


def test_nobody_makes_one_around_the_lints() -> None:
    with pytest.raises(TypeError):
        PreparedCredential(b"{}")


def test_what_has_an_error_is_not_prepared() -> None:
    broken = document()
    broken["workload"] = "60 hours"
    with pytest.raises(IssuingRefused) as refused:
        prepare(broken, KEY, verification_method=METHOD, created=CREATED)
    assert [finding.rule for finding in refused.value.findings] == ["terms.defined"]
    assert refused.value.facts["rules"] == ["terms.defined"]


def test_a_warning_does_not_stop_it() -> None:
    nameless = document()
    del nameless["name"]
    assert prepare(nameless, KEY, verification_method=METHOD, created=CREATED).digest


@pytest.mark.parametrize(
    "method",
    ["did:web:other.example#key-1", "did:web:uni.example", "did:web:uni.example#", "did:web:uni.example.org#k"],
)
def test_a_key_that_is_not_the_issuers_is_refused(method: str) -> None:
    with pytest.raises(IssuingRefused) as refused:
        prepared(verification_method=method)
    assert [finding.rule for finding in refused.value.findings] == ["issuer.key"]


def test_the_moment_of_signing_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        prepared(created=datetime(2026, 11, 25))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("algorithm", "suite"), [("P-256", "ecdsa-rdfc-2019"), ("P-384", "ecdsa-rdfc-2019"), ("Ed25519", "eddsa-jcs-2022")]
)
def test_other_suites(algorithm: str, suite: str) -> None:
    key = PrivateKey.generate(algorithm)
    waiting = prepare(document(), key, verification_method=METHOD, created=CREATED, cryptosuite=suite)
    signed = json.loads(sign(waiting, key))
    assert check_proof(signed, signed["proof"][0], key.public).outcome == "passed"


def test_images_carry_the_signed_bytes() -> None:
    signed = sign(prepared(), KEY)
    assert read(png.bake(PNG, signed)).raw == signed
    assert read(svg.bake(SVG, signed)).raw == signed


def test_the_representation_shows_nothing_personal() -> None:
    assert "김민지" not in repr(prepared())
