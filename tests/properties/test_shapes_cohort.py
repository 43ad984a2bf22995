"""A cohort has the bytes, and the refusals, of compose → lint → prepare → sign, for every recipient. TESTAMUR_EXAMPLES runs more."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.kernel_forms import FORMS, running

from testamur.errors import TestamurError
from testamur.issuing import AwardDetails, CohortIssuer, CohortVerifier, Recipient, compose, prepare, sign
from testamur.issuing.compose import CONTEXTS
from testamur.model import Achievement, Evidence, IdentityObject, Image, Profile, Result, ResultStatus
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.encodings import multibase_decode, multibase_encode
from testamur.proofs.keys import PrivateKey
from testamur.status.bitstring_status_list import status_entry

EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "300"))
CREATED = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
METHOD = "did:web:uni.example#key-1"
KEY = PrivateKey("Ed25519", b"k" * 32)
ISSUER = Profile.from_json(
    {"id": "did:web:uni.example", "type": ["Profile"], "name": "Uni 100%", "url": "https://uni.example"}
)
SCORE, GRADE = "urn:uuid:0d0a5c3c-9a0c-4c0e-8a57-0c6ad6c6a4b1", "urn:uuid:0d0a5c3c-9a0c-4c0e-8a57-0c6ad6c6a4b2"


def achievement(**members: Any) -> Achievement:
    return Achievement.from_json(
        {
            "id": "https://uni.example/achievements/m",
            "type": ["Achievement"],
            "name": "Data literacy",
            "description": "Reads data. 데이터",
            "criteria": {"narrative": "Pass 60 %"},
            "alignment": [
                {"type": ["Alignment"], "targetName": name, "targetUrl": f"https://esco.example/{name}"}
                for name in "abc"
            ],
            "resultDescription": [
                {"id": SCORE, "type": ["ResultDescription"], "name": "Score", "resultType": "Percent"},
                {"id": GRADE, "type": ["ResultDescription"], "name": "Grade", "resultType": "LetterGrade", **members},
            ],
        }
    )


PLAIN = achievement()
GRADED = achievement(allowedValue=["A", "B"])


def endorsement(name: str, suite: str, proofs: int = 1, **subject: Any) -> dict[str, Any]:
    """An endorsement as a quality body signs it: a credential inside of the credential, with proofs in graphs of their own."""
    credential = {
        "@context": list(CONTEXTS),
        "id": f"https://{name}.example/endorsements/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": f"did:web:{name}.example", "type": ["Profile"], "name": name},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "https://uni.example/achievements/m", "type": ["EndorsementSubject"], "endorsementComment": "Sound", **subject
        },
    }  # fmt: skip
    method = f"did:web:{name}.example#key-1"
    made = [
        add_proof(credential, KEY, verification_method=method, created=CREATED, cryptosuite=suite)
        for _ in range(proofs)
    ]
    return {**credential, "proof": [each["proof"] for each in made] if proofs > 1 else made[0]["proof"]}


# By two bodies, of which one signs twice, alike: two graphs with the same content, which only the complete algorithm can put in order.
ENDORSED = replace(PLAIN, endorsement=(endorsement("body", "eddsa-rdfc-2022"), endorsement("panel", "eddsa-jcs-2022")))
TWICE = replace(PLAIN, endorsement=(endorsement("body", "eddsa-rdfc-2022", proofs=2),))
COHORTS = [
    (form, CohortIssuer(ISSUER, each, KEY, verification_method=METHOD, cryptosuite=suite))
    for form in FORMS
    for each, suite in (
        (PLAIN, "eddsa-rdfc-2022"),
        (GRADED, "eddsa-rdfc-2022"),
        (PLAIN, "eddsa-jcs-2022"),
        (ENDORSED, "eddsa-rdfc-2022"),
        (TWICE, "eddsa-rdfc-2022"),
    )
]

texts = st.one_of(
    st.sampled_from(
        ["Ana", "김서연", "محمد", 'N"y', "back\\slash", "tab\t", "line\n", "\u2028", "👩‍🎓",
         "e\u0301", " Ana ", "%b", "sha256$x", "md5$", "A", "B",
         "", "\x00", "\x1f", "\x7f", "\ud800", "\ufdd0", "\uffff", "\U0001fffe", "\x85", "_:c14n0", "<a>", "did:web:uni.example"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)  # fmt: skip
addresses = st.sampled_from(
    ["https://uni.example/c/1", "https://uni.example/c/10", "https://uni.example/c/2", "https://a.example", "https://z.example/?q=1#f",
     "http://uni.example/c/1", "urn:uuid:0d0a5c3c-9a0c-4c0e-8a57-0c6ad6c6a4b1", "urn:uuid:no", "did:web:a.example%3A8443:x", "did:key:z6Mk",
     "https://uni.example/achievements/m", "https://uni.example/ana@uni.example", "https://uni.example/ana%40uni.example", "relative", "",
     "https://é.example", "https://a#b#c", "mailto:a@b.example", "data:,x",
     "javascript:x", "https://a b", "https://", "tag:x", "urn:isbn:1"]
)  # fmt: skip
zones = st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(-timedelta(hours=5, minutes=30))])
moments = st.builds(
    lambda day, zone: datetime(2026, 1, 1, 23, tzinfo=zone) + timedelta(days=day), st.integers(0, 3), zones
)
odd_moments = st.one_of(
    moments,
    moments,
    st.just(datetime(900, 1, 1, tzinfo=UTC)),
    st.datetimes(timezones=zones).filter(lambda moment: 1 < moment.year < 9999),
)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


recipients = st.builds(
    Recipient,
    name=texts,
    email=maybe(st.sampled_from(["ana@uni.example", " ANA@uni.example", "e\u0301@x.example", "x"])),
    salt=st.sampled_from(["saltsalt", "s" * 22, "short", '"' * 9]),
    id=maybe(addresses),
    identifiers=st.sampled_from(
        [(), (), (), (IdentityObject(hashed=False, identity_hash="7", identity_type="identifier"),)]
    ),
)
pieces = st.builds(Evidence, id=maybe(addresses), name=maybe(texts), narrative=maybe(texts), genre=maybe(texts))
results = st.builds(
    Result,
    result_description=st.sampled_from([SCORE, GRADE, None, "urn:uuid:0d0a5c3c-9a0c-4c0e-8a57-0c6ad6c6a4b9"]),
    value=maybe(texts),
    status=st.sampled_from([None, ResultStatus.COMPLETED, "Completed", "Sleeping"]),
)
entries = st.builds(
    lambda index, other: {**status_entry("https://uni.example/status/1", 7), "statusListIndex": index, **other},
    st.sampled_from(["0", "7", "131071", "007", "-1", "x", ""]),
    st.sampled_from(
        [{}, {}, {"id": "https://uni.example/status/1"}, {"id": "https://uni.example/status/1#7"}, {"statusSize": 1}]
    ),
)
REFRESHING = "1EdTechCredentialRefresh"
services = st.one_of(
    st.builds(lambda address: {"id": address, "type": REFRESHING}, addresses),
    st.builds(lambda address: {"type": REFRESHING, "id": address}, addresses),
    st.sampled_from(
        [{}, {"id": "https://uni.example/r/1"}, {"id": "https://uni.example/r/1", "type": "Strange"},
         {"id": "https://uni.example/r/1", "type": [REFRESHING]}, {"id": 7, "type": REFRESHING},
         {"id": "https://uni.example/r/1", "type": REFRESHING, "name": "x"}]
    ),
)  # fmt: skip
awards = st.builds(
    AwardDetails,
    id=addresses,
    valid_from=odd_moments,
    valid_until=maybe(moments),
    awarded_date=maybe(moments),
    activity_start_date=maybe(moments),
    activity_end_date=maybe(moments),
    name=maybe(texts),
    narrative=maybe(texts),
    license_number=maybe(texts),
    credits_earned=st.sampled_from([None, 3, 3.0, 2.5, True]),
    image=maybe(st.builds(Image, id=addresses, caption=maybe(texts))),
    evidence=st.lists(pieces, max_size=3).map(tuple),
    results=st.lists(results, max_size=2).map(tuple),
    status_entry=maybe(entries),
    refresh_service=maybe(services),
)
# Mostly sound awards, so that the compiled way is tried at least as often as the other.
sound = st.builds(
    lambda name, salt, address, days, evidence, value, index, service: (
        Recipient(name=name, email="ana@uni.example", salt=salt),
        AwardDetails(
            id=address,
            valid_from=datetime(2026, 1, 1 + days, tzinfo=UTC),
            evidence=tuple(Evidence(id=f"https://e.example/{each}", name=each) for each in evidence),
            results=(Result(result_description=SCORE, value=value),),
            status_entry=status_entry("https://uni.example/status/1", index),
            refresh_service=service and {"id": f"https://uni.example/{service}", "type": REFRESHING},
        ),
    ),
    texts,
    st.sampled_from(["saltsalt", '"' * 9]),
    st.sampled_from(
        [f"https://uni.example/{each}" for each in ("c/1", "c/10", "a", "z", "achievements/m", "achievements/n")]
    ),
    st.integers(0, 20),
    st.lists(st.sampled_from(["1", "10", "2"]), max_size=3),
    texts,
    st.integers(0, 200_000),
    st.sampled_from([None, None, "r/1", "r/10", "a", "c/1", "achievements/m", "status/1"]),
)


def outcome(function: Any) -> Any:
    try:
        return function()
    except (TestamurError, ValueError) as error:
        return type(error), str(error)


def told(result: Any) -> Any:
    return (type(result), str(result)) if isinstance(result, Exception) else result


def agree(form: str, cohort: CohortIssuer, recipient: Recipient, award: AwardDetails) -> Any:
    """The bytes of the long way, twice: as the first of its kind, and recognised by the form of the one before."""

    def prepared() -> Any:
        document = compose(cohort.issuer, cohort.achievement, recipient, award)
        return prepare(document, KEY, verification_method=METHOD, created=CREATED, cryptosuite=cohort.cryptosuite)

    expected = outcome(lambda: sign(prepared(), KEY))
    content = outcome(lambda: prepared().content)
    with running(FORMS[form]):
        assert outcome(lambda: cohort.issue(recipient, award, created=CREATED)) == expected
        assert outcome(lambda: cohort.prepare(recipient, award, created=CREATED).content) == content
        many = outcome(lambda: [told(each) for each in cohort.issue_many([(recipient, award)] * 2, created=CREATED)])
        assert many in ([expected] * 2, expected)  # a moment without a time zone stops all
        looked_at(cohort, recipient, award, expected)
    return expected


def looked_at(cohort: CohortIssuer, recipient: Recipient, award: AwardDetails, issued: Any) -> None:
    """What was issued is recognised from bytes and from values, or left to the complete verification; never called unsigned."""
    if not isinstance(issued, bytes):
        return
    proof = json.loads(issued)["proof"][0]
    verifier = CohortVerifier(cohort, KEY.public, lambda _url, _index: False)
    stored = (recipient, award, proof["created"], proof["proofValue"])
    seen = [
        *verifier.verify_many([issued, issued[:-1]], now=CREATED),
        *verifier.verify_values_many([stored], now=CREATED),
    ]
    assert seen[0] == verifier.verify(issued, now=CREATED)
    assert seen[1] is None
    assert all(each is None or each.signed for each in seen)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(COHORTS), recipients, awards)
def test_anything_comes_out_as_by_the_long_way(
    cohort: tuple[str, CohortIssuer], recipient: Recipient, award: AwardDetails
) -> None:
    agree(*cohort, recipient, award)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(COHORTS), sound)
def test_what_is_sound_too(cohort: tuple[str, CohortIssuer], pair: tuple[Recipient, AwardDetails]) -> None:
    agree(*cohort, *pair)


@settings(max_examples=EXAMPLES // 3 + 1, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(COHORTS), st.lists(st.one_of(sound, st.tuples(recipients, awards)), max_size=6))
def test_many_at_once_are_the_same_one_after_the_other(
    cohort: tuple[str, CohortIssuer], pairs: list[tuple[Recipient, AwardDetails]]
) -> None:
    form, each = cohort
    with running(FORMS[form]):
        one_by_one = [outcome(lambda pair=pair: each.issue(*pair, created=CREATED)) for pair in pairs]
        assert [told(result) for result in each.issue_many(pairs, created=CREATED)] == one_by_one


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(FORMS)), st.binary(min_size=64, max_size=64), st.integers(0, 64), st.binary(max_size=101))
def test_digits_are_those_of_the_encodings(form: str, data: bytes, zeros: int, text: bytes) -> None:
    kernel = FORMS[form].digits
    data = bytes(zeros) + data[zeros:]
    digits = kernel.base58(data)
    assert digits == multibase_encode(data).encode()
    assert kernel.from_base58(digits) == data
    for tried in (text, b"z" + text, digits[:-1] + text[:1]):
        found = outcome(lambda tried=tried: multibase_decode(tried.decode()))
        if isinstance(found, bytes):
            assert kernel.from_base58(tried) in (found, None)
        else:
            assert kernel.from_base58(tried) is None


def test_the_digits_of_anything_else_are_left_to_others() -> None:
    for form in FORMS.values():
        with pytest.raises(ValueError):
            form.digits.base58(b"x" * 63)
        assert form.digits.from_base58(b"z" + b"2" * 101) is None


@pytest.mark.parametrize("form", FORMS)
def test_most_of_these_were_compiled(form: str) -> None:
    """An agreement of the long way with itself would say nothing."""
    cohort = CohortIssuer(ISSUER, PLAIN, KEY, verification_method=METHOD)
    award = AwardDetails(id="https://uni.example/c/0", valid_from=CREATED)
    for number, name in enumerate(["Ana", "김서연", 'N"y', "back\\slash", "tab\t"]):
        agree(
            form,
            cohort,
            Recipient(name=name, email="a@b.example"),
            replace(award, id=f"https://uni.example/c/{number}"),
        )
    assert cohort.counts == (20, 0, 1)


def test_an_endorsed_achievement_takes_the_compiled_way() -> None:
    """Its proofs are graphs of their own. Two that are alike are left to the complete algorithm, each time."""
    award = AwardDetails(id="https://uni.example/c/1", valid_from=CREATED)
    for form in FORMS:
        for each in (ENDORSED, TWICE):
            cohort = CohortIssuer(ISSUER, each, KEY, verification_method=METHOD)
            assert isinstance(agree(form, cohort, Recipient(name="Ana", salt="saltsalt"), award), bytes)
            assert cohort.counts.complete == 0


NO_TEXTS: list[Any] = [b"bytes", b"https://uni.example/x", [], {}, (), 0, 5, False, type("Text", (str,), {})("text")]
AWARD = AwardDetails(
    id="https://uni.example/c/1",
    valid_from=CREATED,
    **dict.fromkeys(("name", "description", "narrative", "role", "term", "license_number"), "A text"),
    image=Image(id="https://uni.example/i.png", caption="A text"),
    evidence=(Evidence(id="https://uni.example/e", **dict.fromkeys(("name", "narrative", "genre", "audience"), "A text")),),
    results=(Result(value="7", result_description=SCORE),),
    status_entry=status_entry("https://uni.example/s", 7),
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_what_is_no_text_where_a_text_belongs_is_left_to_the_long_way(form: str) -> None:
    ana = Recipient(name="Ana", email="ana@uni.example", id="did:web:ana.example", salt="0123456789")
    with running(FORMS[form]):
        one = CohortIssuer(ISSUER, PLAIN, KEY, verification_method=METHOD)
        one.issue(ana, AWARD, created=CREATED)
        (evidence,), (result,), entry = AWARD.evidence, AWARD.results, AWARD.status_entry or {}
        awards = [
            (changed(ana, field, wrong), replace(AWARD, **award))
            for wrong in NO_TEXTS
            for field, award in [
                *((field, {}) for field in ("name", "email", "id", "salt")),
                *(("", {field: wrong}) for field in ("id", "name", "narrative", "role", "term", "status_entry")),
                *(("", {"evidence": (replace(evidence, **{name: wrong}),)}) for name in ("id", "name", "audience")),
                *(("", {"results": (replace(result, **{name: wrong}),)}) for name in ("value", "result_description")),
                *(("", {"status_entry": {**entry, name: wrong}}) for name in entry),
                ("", {"image": replace(AWARD.image, id=wrong)}),
            ]
        ] + [(ana, replace(AWARD, **{name: None})) for name in ("evidence", "results", "status_entry")]
        for recipient, award in awards:
            expected = answer(lambda recipient=recipient, award=award: long_way(recipient, award))
            assert answer(lambda r=recipient, a=award: one.issue(r, a, created=CREATED)) == expected, (
                recipient,
                award,
            )


def changed(recipient: Recipient, field: str, value: Any) -> Recipient:
    return replace(recipient, **{field: value}) if field else recipient


def answer(issue: Any) -> Any:
    try:
        return issue()
    except (TestamurError, TypeError, AttributeError, ValueError) as error:
        return type(error)


def long_way(recipient: Recipient, award: AwardDetails) -> bytes:
    document = compose(ISSUER, PLAIN, recipient, award)
    return sign(prepare(document, KEY, verification_method=METHOD, created=CREATED), KEY)
