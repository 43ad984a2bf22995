"""Seals: exactly the signed bytes, and who stands behind the certificate."""

from __future__ import annotations

import base64
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from tests.shared import shared
from tests.unit.formats.elm.sealing import CREDENTIAL, NOW, Authority, Sealer

from testamur.errors import InputError
from testamur.formats import elm
from testamur.formats.elm import ChainOutcome, SealAuthorities
from testamur.formats.elm.certificates import holder_of
from testamur.proofs.result import ProofOutcome

SAMPLES = "vectors/eu-elm/Credentials/JSON-LD Examples (ELM v3)"
SEALED = ("Sample-MC-Annex1-signed.jsonld", "Sample-CertOfPart-signed.jsonld")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def sealer(authority: Authority) -> Sealer:
    return Sealer(authority)


def code(sealed: dict[str, Any]) -> str:
    return elm.check_seal(elm.read_seal(sealed)).code


@pytest.mark.parametrize("name", SEALED)
def test_the_samples_of_the_commission(name: str) -> None:
    sealed = json.loads((shared(SAMPLES) / name).read_bytes())
    assert elm.is_sealed(sealed)
    seal = elm.read_seal(sealed)
    assert elm.check_seal(seal).outcome is ProofOutcome.PASSED
    assert elm.holder_of(seal.certificates[0]).organisation == "ORGANIZACION TEST"
    at = datetime(2023, 10, 1, tzinfo=UTC)
    assert elm.chain_outcome(seal.certificates, SealAuthorities(), at) is ChainOutcome.UNKNOWN
    assert elm.chain_outcome(seal.certificates, SealAuthorities(), NOW) is ChainOutcome.OUT_OF_TIME


@pytest.mark.parametrize("name", SEALED)
def test_one_changed_character_of_a_sample(name: str) -> None:
    sealed = json.loads((shared(SAMPLES) / name).read_bytes())
    for payload in (sealed["payload"].replace("Andromeda", "Andromedo", 1), sealed["payload"] + " "):
        assert payload != sealed["payload"]
        assert code({**sealed, "payload": payload}) == "seal.false"


def test_a_seal_of_our_own(sealer: Sealer) -> None:
    assert code(sealer.seal(CREDENTIAL)) == "seal.true"
    assert code(sealer.seal(CREDENTIAL, b64=None, crit=None)) == "seal.true"
    assert code(sealer.seal("한글 “text”")) == "seal.true"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"crit": ["b64", "exp"]}, "seal.critical"),
        ({"sigD": {"mId": "x"}}, "seal.critical"),
        ({"crit": "b64"}, "seal.b64"),
        ({"crit": None}, "seal.b64"),
        ({"b64": "false", "crit": ["b64"]}, "seal.b64"),
        ({"alg": "none"}, "seal.algorithm"),
        ({"alg": "HS256"}, "seal.algorithm"),
        ({"alg": 5}, "seal.algorithm"),
        ({"alg": "XX512"}, "seal.algorithm_unknown"),
        ({"alg": "ES256"}, "seal.false"),
        ({"x5t#S256": "AAAA"}, "seal.certificate_other"),
        ({"x5t#S256": 5}, "seal.certificate_other"),
        ({"adoTst": {"tstTokens": [{"val": base64.b64encode(b"other").decode()}]}}, "seal.timestamp_other"),
        ({"adoTst": {}}, "seal.timestamp_other"),
    ],
)
def test_one_change_in_the_header(sealer: Sealer, header: dict[str, Any], expected: str) -> None:
    assert code(sealer.seal(CREDENTIAL, **header)) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"signatures": []},
        {"signatures": [3]},
        {"signatures": 3},
        {"payload": 3},
        {"payload": "\ud800"},
    ],
)
def test_no_seal(sealer: Sealer, change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        elm.read_seal({**sealer.seal(CREDENTIAL), **change})


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_whatever_is_damaged_in_a_certificate_is_refused_or_decided(sealer: Sealer) -> None:
    """Found by fuzzing: a version that does not exist, a subject that cannot be read and an unknown kind of key each
    came out as an error of the library's own."""
    sound, draw = sealer.certificate.public_bytes(Encoding.DER), random.Random(1)
    seen = set()
    for _ in range(1_500):
        damaged = bytearray(sound)
        for _ in range(draw.choice((1, 1, 2))):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        sealed = sealer.seal(CREDENTIAL, x5c=[base64.b64encode(damaged).decode()], **{"x5t#S256": None})
        try:
            read = elm.read_seal(sealed)
        except InputError as error:
            seen.add(error.code)
            continue
        seen.add(elm.check_seal(read).code)
        holder_of(read.certificates[0])
    assert {"seal.certificate", "seal.key_unusable", "seal.false", "seal.true"} <= seen


@pytest.mark.parametrize("x5c", [None, [], "x", ["AAAA"], [3], ["!"], ["AAAA"] * 9])
def test_certificates_that_cannot_be_read(sealer: Sealer, x5c: Any) -> None:
    with pytest.raises(InputError) as raised:
        elm.read_seal(sealer.seal(CREDENTIAL, x5c=x5c))
    assert raised.value.code == "seal.certificate"


def test_two_seals_are_not_decided(sealer: Sealer) -> None:
    sealed = sealer.seal(CREDENTIAL)
    with pytest.raises(InputError) as raised:
        elm.read_seal({**sealed, "signatures": sealed["signatures"] * 2})
    assert raised.value.code == "seal.several"


def test_the_certificate_of_somebody_else(authority: Authority, sealer: Sealer) -> None:
    other = Sealer(authority)
    der = base64.b64encode(other.certificate.public_bytes(Encoding.DER)).decode()
    assert code(sealer.seal(CREDENTIAL, x5c=[der])) == "seal.certificate_other"
    assert code(sealer.seal(CREDENTIAL, x5c=[der], **{"x5t#S256": None})) == "seal.false"


def test_who_stands_behind_a_certificate(authority: Authority, sealer: Sealer) -> None:
    chain = (sealer.certificate,)
    authorities = SealAuthorities.from_pem(authority.certificate.public_bytes(Encoding.PEM))
    assert elm.chain_outcome(chain, authorities, NOW) is ChainOutcome.TRUSTED
    assert elm.chain_outcome(chain, SealAuthorities(), NOW) is ChainOutcome.UNKNOWN
    assert elm.chain_outcome(chain, SealAuthorities([Authority().certificate]), NOW) is ChainOutcome.UNKNOWN
    assert elm.chain_outcome(chain, authorities, NOW + timedelta(days=101)) is ChainOutcome.OUT_OF_TIME
    impostor = Sealer(Authority())  # the same names, another key
    assert elm.chain_outcome((impostor.certificate,), authorities, NOW) is ChainOutcome.UNKNOWN
    made_by_a_sealer = elm.chain_outcome((impostor.certificate, sealer.certificate), authorities, NOW)
    assert made_by_a_sealer is ChainOutcome.UNKNOWN
    with pytest.raises(InputError):
        SealAuthorities.from_pem(b"no certificates")


def test_a_european_credential_is_told() -> None:
    told = elm.in_words_of_3(CREDENTIAL)
    assert told["name"] == "A course"
    assert told["issuer"]["name"] == "University of Zed"
    assert told["credentialSubject"]["name"] == "Ana Andromeda"
    assert told["credentialSubject"]["creditsEarned"] == 2
    assert told["credentialSubject"]["result"] == [{"type": ["Result"], "value": "Pass"}]
    assert told["credentialSubject"]["achievement"]["alignment"][0]["targetName"] == "S"
    assert elm.issuer_names(CREDENTIAL) == ({"University of Zed"}, {"654321"})


def test_the_annex_one_sample_is_told() -> None:
    unsigned = json.loads((shared(SAMPLES) / "Sample-MC-Annex1-unsigned-uploadable.json").read_bytes())
    credential = elm.unwrapped(unsigned)
    assert elm.is_european(credential)
    told = elm.in_words_of_3(credential)
    assert told["name"] == "Digital micro-credential creation"
    assert told["credentialSubject"]["name"] == "Ana Andromeda"
    assert len(told["credentialSubject"]["achievement"]["alignment"]) >= 5


MEMBERS = [
    *("issuer", "legalName", "en", "credentialSubject", "hasClaim", "title", "specifiedBy", "creditPoint", "point"),
    *("contactPoint", "emailAddress", "id", "provenBy", "grade", "noteLiteral", "learningOutcome", "relatedSkill"),
]
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["issuer", "credentialSubject", "type", "payload", "signatures"]), values))
def test_any_document_is_told(document: dict[str, Any]) -> None:
    elm.in_words_of_3(document)
    elm.issuer_names(document)
    if elm.is_sealed(document):
        with pytest.raises(InputError):
            elm.read_seal(document)
