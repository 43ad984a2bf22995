"""A cohort has the bytes, and the refusals, of compose → lint → prepare → sign, for every recipient. TESTAMUR_EXAMPLES runs more."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur.errors import TestamurError
from testamur.issuing import AwardDetails, CohortIssuer, Recipient, compose, prepare, sign
from testamur.model import Achievement, Evidence, IdentityObject, Image, Profile, Result, ResultStatus
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
COHORTS = [CohortIssuer(ISSUER, each, KEY, verification_method=METHOD) for each in (PLAIN, GRADED)]

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
odd_moments = st.one_of(moments, moments, st.just(datetime(900, 1, 1, tzinfo=UTC)))


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
)
# Mostly sound awards, so that the compiled way is tried at least as often as the other.
sound = st.builds(
    lambda name, salt, address, days, evidence, value, index: (
        Recipient(name=name, email="ana@uni.example", salt=salt),
        AwardDetails(
            id=address,
            valid_from=datetime(2026, 1, 1 + days, tzinfo=UTC),
            evidence=tuple(Evidence(id=f"https://e.example/{each}", name=each) for each in evidence),
            results=(Result(result_description=SCORE, value=value),),
            status_entry=status_entry("https://uni.example/status/1", index),
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
)


def outcome(function: Any) -> Any:
    try:
        return function()
    except (TestamurError, ValueError) as error:
        return type(error), str(error)


def agree(cohort: CohortIssuer, recipient: Recipient, award: AwardDetails) -> None:
    def prepared() -> Any:
        document = compose(cohort.issuer, cohort.achievement, recipient, award)
        return prepare(document, KEY, verification_method=METHOD, created=CREATED)

    expected = outcome(lambda: sign(prepared(), KEY))
    assert outcome(lambda: cohort.issue(recipient, award, created=CREATED)) == expected
    content = outcome(lambda: prepared().content)
    assert outcome(lambda: cohort.prepare(recipient, award, created=CREATED).content) == content


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(COHORTS), recipients, awards)
def test_anything_comes_out_as_by_the_long_way(cohort: CohortIssuer, recipient: Recipient, award: AwardDetails) -> None:
    agree(cohort, recipient, award)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(COHORTS), sound)
def test_what_is_sound_too(cohort: CohortIssuer, pair: tuple[Recipient, AwardDetails]) -> None:
    agree(cohort, *pair)


def test_most_of_these_were_compiled() -> None:
    """Runs after the two above: an agreement of the long way with itself would say nothing."""
    cohort = CohortIssuer(ISSUER, PLAIN, KEY, verification_method=METHOD)
    award = AwardDetails(id="https://uni.example/c/0", valid_from=CREATED)
    for number, name in enumerate(["Ana", "김서연", 'N"y', "back\\slash", "tab\t"]):
        agree(cohort, Recipient(name=name, email="a@b.example"), replace(award, id=f"https://uni.example/c/{number}"))
    assert cohort.counts == (10, 0, 1)
