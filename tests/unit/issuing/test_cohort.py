"""A cohort: what is compiled, what takes the long way, and that no shortcut past the rules exists."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from testamur.errors import IssuingRefused, KeyMaterialError, ProofError, SignerUnavailable
from testamur.fetch import FixedResolver
from testamur.issuing import (
    AwardDetails,
    CohortIssuer,
    CohortVerifier,
    Examined,
    Recipient,
    compose,
    prepare,
    restore,
    sign,
)
from testamur.issuing.cohort import cohort as cohort_module
from testamur.issuing.cohort.signed_text import SignedText, json_text
from testamur.linked_data.shapes import Unshaped
from testamur.log.secured import secured
from testamur.model import Achievement, Evidence, IdentityObject, Profile, Result
from testamur.proofs.did import did_key_for
from testamur.proofs.keys import PrivateKey
from testamur.status.bitstring_status_list import status_entry
from testamur.verification import Verdict, Verifier

CREATED = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
KEY = PrivateKey("Ed25519", b"k" * 32)
DID, METHOD = did_key_for(KEY.public)
ISSUER = Profile.from_json({"id": DID, "type": ["Profile"], "name": "Uni"})
ACHIEVEMENT: dict[str, Any] = {
    "id": "https://uni.example/achievements/1",
    "type": ["Achievement"],
    "name": "Data literacy",
    "description": "Reads data.",
    "criteria": {"narrative": "Pass."},
}
DIGEST = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
ANA = Recipient(name="Ana", email="ana@uni.example")
AWARD = AwardDetails(id="https://uni.example/c/1", valid_from=CREATED)


class Counting:
    """A signer that counts."""

    algorithm = "Ed25519"
    public_multikey = KEY.public_multikey

    def __init__(self) -> None:
        self.signed = 0

    def sign(self, data: bytes) -> bytes:
        self.signed += 1
        return KEY.sign(data)


def cohort(signer: Any = KEY, **options: Any) -> CohortIssuer:
    members = options.pop("achievement", ACHIEVEMENT)
    return CohortIssuer(ISSUER, Achievement.from_json(members), signer, **{"verification_method": METHOD, **options})


def test_what_a_cohort_issues_is_valid() -> None:
    issued = cohort().issue(ANA, AWARD, created=CREATED)
    assert Verifier(FixedResolver({})).verify(issued).verdict is Verdict.VALID


def test_the_key_signs_what_is_awarded_and_nothing_else() -> None:
    signer = Counting()
    each = cohort(signer)
    each.prepare(ANA, AWARD, created=CREATED)
    assert signer.signed == 0
    for number in range(3):
        each.issue(ANA, replace(AWARD, id=f"https://uni.example/c/{number}"), created=CREATED)
    assert signer.signed == 3
    assert each.counts == (4, 0, 1)


def test_the_hour_that_a_clock_has_twice_is_two_moments() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    again = first.replace(fold=1)
    assert first == again
    each = cohort()
    for moment, written in [(first, "2026-10-25T00:30:00Z"), (again, "2026-10-25T01:30:00Z")]:
        award = replace(AWARD, valid_from=moment)
        issued = each.issue(ANA, award, created=moment)
        assert issued == sign(
            prepare(compose(ISSUER, each.achievement, ANA, award), KEY, verification_method=METHOD, created=moment),
            KEY,
        )
        document = json.loads(issued)
        assert document["validFrom"] == document["proof"][0]["created"] == written
    assert each.counts.complete == 0


@pytest.mark.parametrize(
    ("recipient", "award"),
    [
        (replace(ANA, identifiers=(IdentityObject(hashed=False, identity_hash="7", identity_type="identifier"),)), AWARD),
        (ANA, replace(AWARD, evidence=(Evidence(name="Essay", extra={"description": "Long"}),))),
        (ANA, replace(AWARD, evidence=(Evidence(id="ni:///sha-256;47DE", digest_sri=DIGEST),))),
        (ANA, replace(AWARD, id="tag:uni.example,2026:1")),
        (ANA, replace(AWARD, source=Profile.from_json({"id": "https://a.example", "type": ["Profile"], "name": "A"}))),
    ],
    ids=["identifier", "extra", "digest", "address", "source"],
)  # fmt: skip
def test_what_is_not_foreseen_takes_the_long_way(recipient: Recipient, award: AwardDetails) -> None:
    each = cohort()
    each.issue(recipient, award, created=CREATED)
    assert each.counts[:2] == (0, 1)


@pytest.mark.parametrize(
    ("recipient", "award", "rule"),
    [
        (replace(ANA, name="\x07"), AWARD, "text.characters"),
        (replace(ANA, name="sha256$" + "0" * 64), AWARD, "identity.hash"),
        (replace(ANA, salt="short"), AWARD, "identity.salt"),
        (ANA, replace(AWARD, id="https://uni.example/ana@uni.example"), "privacy.email_in_id"),
        (ANA, replace(AWARD, id="mailto:ana"), "id.document"),
        (ANA, replace(AWARD, valid_until=datetime(2025, 1, 1, tzinfo=UTC)), "dates.order"),
        (ANA, replace(AWARD, results=(Result(result_description="urn:x:y", value="1"),)), "result.described"),
    ],
)
def test_the_lints_refuse_after_a_pattern_is_compiled_as_before(
    recipient: Recipient, award: AwardDetails, rule: str
) -> None:
    each = cohort()
    each.issue(ANA, AWARD, created=CREATED)
    for _ in range(2):
        with pytest.raises(IssuingRefused) as caught:
            each.issue(recipient, award, created=CREATED)
        assert rule in caught.value.facts["rules"]


@pytest.mark.parametrize("text", ["data:" + "x" * 66_000, "DATA:," + "한" * 66_000])
def test_a_text_that_is_a_long_data_url_is_refused_as_before(text: str) -> None:
    each = cohort()
    for role in ("short", "data:,short"):
        each.issue(ANA, replace(AWARD, role=role), created=CREATED)
    assert each.counts == (2, 0, 1)
    for known in (each, cohort()):
        with pytest.raises(IssuingRefused) as caught:
            known.issue(ANA, replace(AWARD, role=text), created=CREATED)
        assert "image.data_url" in caught.value.facts["rules"]


def test_an_achievement_that_the_lints_forbid_is_refused_for_everybody() -> None:
    each = cohort(achievement={**ACHIEVEMENT, "description": ""})
    for _ in range(2):
        with pytest.raises(IssuingRefused):
            each.issue(ANA, AWARD, created=CREATED)


def test_a_key_that_is_not_the_issuers_is_refused() -> None:
    with pytest.raises(IssuingRefused):
        cohort(verification_method="did:web:elsewhere.example#key").issue(ANA, AWARD, created=CREATED)
    other = PrivateKey("Ed25519", b"o" * 32)
    with pytest.raises(ProofError):
        cohort(other).issue(ANA, AWARD, created=CREATED)


def test_every_suite_is_issued_compiled_or_not() -> None:
    each = cohort(cryptosuite="eddsa-jcs-2022")
    issued = each.issue(ANA, AWARD, created=CREATED)
    assert Verifier(FixedResolver({})).verify(issued).verdict is Verdict.VALID
    assert each.counts == (1, 0, 1)


def test_patterns_stay_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohort_module, "MAX_PATTERNS", 2)
    each = cohort()
    for count in range(5):
        pieces = tuple(Evidence(name=f"Essay {number}") for number in range(count))
        each.issue(ANA, replace(AWARD, evidence=pieces), created=CREATED)
    assert len(each._patterns) <= 2
    assert each.counts == (5, 0, 5)


def test_two_moments_of_signing_have_two_hashes_of_the_options() -> None:
    each = cohort()
    later = CREATED.replace(second=1)
    texts = [each.issue(ANA, AWARD, created=moment) for moment in (CREATED, later, CREATED)]
    assert texts[0] == texts[2] != texts[1]


# -- looking again


@pytest.fixture
def issued() -> tuple[CohortIssuer, list[tuple[Recipient, AwardDetails]], list[bytes]]:
    each = cohort()
    pairs = [
        (
            replace(ANA, name=name),
            replace(
                AWARD,
                id=f"https://uni.example/c/{number}",
                valid_until=datetime(2027, 1, 1, tzinfo=UTC),
                status_entry=status_entry("https://uni.example/status/1", number),
            ),
        )
        for number, name in enumerate(["Ana", "김서연", "Zoë"])
    ]
    return each, pairs, [each.issue(*pair, created=CREATED) for pair in pairs]


def test_ones_own_credentials_are_examined_from_bytes_and_from_values(issued: Any) -> None:
    each, pairs, texts = issued
    asked = []
    verifier = CohortVerifier(each, KEY.public, lambda url, index: bool(asked.append((url, index))) or index == 1)
    for number, (pair, credential) in enumerate(zip(pairs, texts, strict=True)):
        proof = json.loads(credential)["proof"][0]
        expected = Examined(signed=True, in_force=True, withdrawn=number == 1)
        assert verifier.verify(credential, now=CREATED) == expected
        stored = {"created": proof["created"], "proof_value": proof["proofValue"]}
        assert verifier.verify_values(*pair, **stored, now=CREATED) == expected
        assert expected.valid is (number != 1)
    assert asked[0] == ("https://uni.example/status/1", 0)


def test_every_changed_byte_is_noticed(issued: Any) -> None:
    each, _, texts = issued
    verifier = CohortVerifier(each, KEY.public, lambda _url, _index: False)
    credential = texts[1]
    for at in range(len(credential)):
        changed = credential[:at] + bytes([credential[at] ^ 1]) + credential[at + 1 :]
        found = verifier.verify(changed, now=CREATED)
        assert found is None or not found.signed


def test_dates_count_and_a_false_signature_asks_nobody(issued: Any) -> None:
    each, pairs, texts = issued
    verifier = CohortVerifier(each, KEY.public, lambda _url, _index: pytest.fail("asked"))
    stored = {"created": "2026-05-01T09:30:00Z", "proof_value": "z" + "1" * 64}
    found = verifier.verify_values(*pairs[0], **stored, now=CREATED)
    assert found == Examined(signed=False, in_force=True, withdrawn=None)
    assert verifier.verify_values(*pairs[0], **{**stored, "created": "yesterday"}, now=CREATED) is None
    trusting = CohortVerifier(each, KEY.public, lambda _url, _index: False)
    for moment, in_force in ((CREATED, True), (CREATED.replace(year=2025), False), (CREATED.replace(year=2028), False)):
        examined = trusting.verify(texts[0], now=moment)
        assert examined is not None
        assert examined.in_force is in_force


def test_a_moment_before_the_year_1000_decides_nothing(issued: Any) -> None:
    each, _, texts = issued
    verifier = CohortVerifier(each, KEY.public, lambda _url, _index: False)
    assert verifier.verify(texts[0], now=CREATED.replace(year=900)) is None
    assert list(verifier.verify_many(texts[:2], now=CREATED.replace(year=900))) == [None, None]


def test_what_is_of_another_cohort_is_not_recognised(issued: Any) -> None:
    each, _, texts = issued
    verifier = CohortVerifier(each, KEY.public, lambda _url, _index: False)
    other = cohort(achievement={**ACHIEVEMENT, "name": "Other"})
    assert verifier.verify(other.issue(ANA, AWARD, created=CREATED), now=CREATED) is None
    assert verifier.verify(json.dumps(json.loads(texts[0])).encode(), now=CREATED) is None
    assert verifier.verify(b"", now=CREATED) is None


# -- texts with holes


def text() -> SignedText:
    return SignedText(b'{"a":"ONE","b":["100%","TWO","ONE"]}', ["ONE", "TWO"])


def test_a_text_is_written_and_read_back() -> None:
    written = text().write([b"x", "김".encode()])
    assert written == '{"a":"x","b":["100%","김","x"]}'.encode()
    assert text().read(written) == ["x", "김"]


@pytest.mark.parametrize(
    "changed",
    [
        b'{"a":"x","b":["100%","y","z"]}',
        b'{"a":"x","b":["100%","y","x"]} ',
        b'{"a":"x","b":["100%","y","x"]',
        b'{"a":"x", "b":["100%","y","x"]}',
        b'{"a":"x","b":["100","y","x"]}',
        b'{"a":"\\"x","b":["100%","y","\\"x"]}',
        b'{"a":"\\u0041","b":["100%","y","\\u0041"]}',
        b'{"a":"\n","b":["100%","y","\n"]}',
        b'{"a":"\x1f","b":["100%","y","\x1f"]}',
        b'{"a":"\xff","b":["100%","y","\xff"]}',
        b'{"a":"\xed\xa0\x80","b":["100%","y","\xed\xa0\x80"]}',
        b"",
    ],
)
def test_another_text_is_not_read(changed: bytes) -> None:
    with pytest.raises(Unshaped):
        text().read(changed)


def test_a_text_is_written_as_json_writes_it() -> None:
    assert json_text('a"\\\n\x7f김') == '\\"'.join(["a", "\\\\\\n\x7f김"]).encode()


# -- signing what was prepared


class Several(Counting):
    """A signer that is asked for many signatures at once, as a hardware module is."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def sign_many(self, texts: list[bytes]) -> list[bytes]:
        self.asked.append(len(texts))
        return [KEY.sign(text) for text in texts]


NAMES = ["Ana", "김서연", 'A "quoted" name', "tab\tline\n", "\uff21 \U0001f393"]


@pytest.mark.parametrize("own", [True, False], ids=["prepared here", "restored"])
def test_what_was_prepared_is_signed_as_by_the_long_way(own: bool) -> None:
    each = cohort()
    pairs = [(replace(ANA, name=name), replace(AWARD, id=f"https://uni.example/c/{n}")) for n, name in enumerate(NAMES)]
    prepared = [each.prepare(*pair, created=CREATED) for pair in pairs]
    if not own:
        prepared = [restore(one.content, digest=one.digest) for one in prepared]
    expected = [each.issue(*pair, created=CREATED) for pair in pairs]
    found = each.sign_many(prepared)
    assert [one.credential for one in found] == expected
    assert [one.secured for one in found] == [secured(credential) for credential in expected]
    for one in prepared:
        with pytest.raises(IssuingRefused):
            each.sign(one)


def test_what_was_prepared_is_filled_with_a_signature_that_somebody_else_has_made() -> None:
    each = cohort()
    for number, name in enumerate(NAMES):
        pair = replace(ANA, name=name), replace(AWARD, id=f"https://uni.example/c/{number}")
        prepared = each.prepare(*pair, created=CREATED)
        text = each.text_of(prepared)
        assert text is not None
        assert each.signed_with(prepared, KEY.sign(text)).credential == each.issue(*pair, created=CREATED)
        with pytest.raises(IssuingRefused):
            each.signed_with(prepared, KEY.sign(text))
        assert each.text_of(restore(prepared.content, digest=prepared.digest)) is None


def test_what_was_signed_before_the_signer_failed_is_there() -> None:
    class Failing(Several):
        def sign_many(self, texts: list[bytes]) -> list[bytes]:
            if self.asked:
                raise SignerUnavailable("gone")
            return super().sign_many(texts)

    each = cohort(Failing())
    pairs = [(ANA, replace(AWARD, id=f"https://uni.example/c/{number}")) for number in range(cohort_module.CHUNK + 2)]
    prepared = [each.prepare(*pair, created=CREATED) for pair in pairs]
    found: list[bytes] = []
    with pytest.raises(SignerUnavailable):
        found.extend(one.credential for one in each.signed_in_turn(prepared))
    assert found == [cohort().issue(*pair, created=CREATED) for pair in pairs[: cohort_module.CHUNK]]


def test_a_prepared_credential_of_another_key_is_refused() -> None:
    prepared = cohort().prepare(ANA, AWARD, created=CREATED)
    other = cohort(PrivateKey("Ed25519", b"o" * 32))
    with pytest.raises(KeyMaterialError):
        other.sign(prepared)


def test_a_signer_of_many_is_asked_once_for_many() -> None:
    signer = Several()
    each = cohort(signer)
    pairs = [(ANA, replace(AWARD, id=f"https://uni.example/c/{number}")) for number in range(5)]
    refused = (replace(ANA, salt="short"), AWARD)
    outcomes = list(each.issue_many([*pairs, refused], created=CREATED))
    assert signer.asked == [5]
    assert signer.signed == 0
    assert outcomes[:5] == [cohort().issue(*pair, created=CREATED) for pair in pairs]
    assert isinstance(outcomes[5], IssuingRefused)
    each.sign_many([each.prepare(*pair, created=CREATED) for pair in pairs])
    assert signer.asked == [5, 5]
