"""A cohort's tokens have the bytes, and the refusals, of compose → lint → secure, for every recipient. TESTAMUR_EXAMPLES runs more."""

from __future__ import annotations

import base64
import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.kernel_forms import FORMS, running
from tests.properties.test_shapes_cohort import (
    CREATED,
    GRADED,
    ISSUER,
    KEY,
    METHOD,
    PLAIN,
    awards,
    outcome,
    recipients,
    sound,
    told,
)

from testamur.errors import KeyMaterialError
from testamur.issuing import (
    AwardDetails,
    CohortTokenIssuer,
    CohortTokenVerifier,
    Recipient,
    compose,
    issue_token,
)
from testamur.linked_data.shapes import Unshaped
from testamur.proofs.encodings import base64url_decode, base64url_encode
from testamur.proofs.result import ProofOutcome
from testamur.proofs.vc_jose_cose import check_secured

EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "200"))
COHORTS = [
    (form, CohortTokenIssuer(ISSUER, each, KEY, verification_method=METHOD))
    for form in FORMS
    for each in (PLAIN, GRADED)
]
hostile_bytes = st.one_of(st.binary(max_size=9), st.text("AZaz09-_+/=.Qg", max_size=9).map(str.encode))


def agree(form: str, cohort: CohortTokenIssuer, recipient: Recipient, award: AwardDetails) -> None:
    """The token of the general issue, three times: as the first of its kind, recognised by the one before, and among others."""

    def completely() -> bytes:
        document = compose(cohort.issuer, cohort.achievement, recipient, award)
        return issue_token(document, KEY, verification_method=METHOD)

    expected = outcome(completely)
    with running(FORMS[form]):
        assert outcome(lambda: cohort.issue(recipient, award)) == expected
        assert outcome(lambda: cohort.issue(recipient, award)) == expected
        many = outcome(lambda: [told(each) for each in cohort.issue_many([(recipient, award)] * 2)])
        assert many in ([expected] * 2, expected)  # a moment without a time zone stops all
        if isinstance(expected, bytes):
            verifier = CohortTokenVerifier(cohort, KEY.public, lambda _url, _index: False)
            seen = list(verifier.verify_many([expected, expected[:-1], expected + b"A"], now=CREATED))
            assert seen[0] == verifier.verify(expected, now=CREATED)
            assert seen[0] is None or seen[0].signed
            assert seen[1] is None
            assert seen[2] is None or not seen[2].signed


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(COHORTS), st.one_of(sound, st.tuples(recipients, awards)))
def test_a_token_is_the_token_written_by_the_general_issue(
    cohort: tuple[str, CohortTokenIssuer], pair: tuple[Recipient, AwardDetails]
) -> None:
    agree(*cohort, *pair)


@settings(max_examples=EXAMPLES // 3 + 1, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(COHORTS), st.lists(st.one_of(sound, st.tuples(recipients, awards)), max_size=6))
def test_many_tokens_at_once_are_the_same_one_after_the_other(
    cohort: tuple[str, CohortTokenIssuer], pairs: list[tuple[Recipient, AwardDetails]]
) -> None:
    form, each = cohort
    with running(FORMS[form]):
        one_by_one = [outcome(lambda pair=pair: each.issue(*pair)) for pair in pairs]
        assert [told(result) for result in each.issue_many(pairs)] == one_by_one


@pytest.mark.parametrize("form", FORMS)
def test_most_of_these_were_compiled(form: str) -> None:
    """An agreement of the long way with itself would say nothing."""
    cohort = CohortTokenIssuer(ISSUER, PLAIN, KEY, verification_method=METHOD)
    award = AwardDetails(id="https://uni.example/c/0", valid_from=CREATED)
    for number, name in enumerate(["Ana", "김서연", 'N"y', "back\\slash", "tab\t", "👩‍🎓"]):
        agree(form, cohort, Recipient(name=name), replace(award, id=f"https://uni.example/c/{number}"))
    assert cohort.counts == (24, 0, 1)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(sorted(FORMS)), sound, hostile_bytes, st.integers(0, 10_000), st.integers(0, 7))
def test_what_is_called_signed_passes_every_look_at_a_token(
    form: str, pair: tuple[Recipient, AwardDetails], other: bytes, at: int, removed: int
) -> None:
    """Also for a payload that somebody who has the key has damaged, and signed."""
    with running(FORMS[form]):
        cohort = CohortTokenIssuer(ISSUER, PLAIN, KEY, verification_method=METHOD)
        (token,) = cohort.issue_many([pair])
        if not isinstance(token, bytes):
            return
        header, payload, signature = token.split(b".")
        raw = base64url_decode(payload.decode())
        at %= len(raw)
        damaged = base64url_encode(raw[:at] + other + raw[at + removed :]).encode()
        cut = at % len(token)
        verifier = CohortTokenVerifier(cohort, KEY.public, lambda _url, _index: False)
        for candidate in (
            token[:cut] + other + token[cut + removed :],
            header + b"." + damaged + b"." + base64url_encode(KEY.sign(header + b"." + damaged)).encode(),
            header + b"." + damaged + b"." + signature,
        ):
            found = verifier.verify(candidate, now=CREATED)
            passed = check_secured(candidate, "vc+jwt", KEY.public).result.outcome is ProofOutcome.PASSED
            assert found is None or found.signed is passed


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.binary(max_size=50) | st.binary(min_size=60, max_size=200), hostile_bytes, st.integers(0, 270))
def test_base64url_has_one_spelling_in_every_form(data: bytes, other: bytes, cut: int) -> None:
    text = base64.urlsafe_b64encode(data).rstrip(b"=")
    for form in FORMS.values():
        assert form.base64url.encode(data) == text
        assert form.base64url.jws(b"head.", data) == b"head." + text
        assert form.base64url.decode(text) == data
    for hostile in (other, text[:cut] + other + text[cut:], text[:cut] + other):
        found = [form.base64url.decode(hostile) for form in FORMS.values()]
        assert found[1:] == found[:-1]
        assert found[0] is None or base64.urlsafe_b64encode(found[0]).rstrip(b"=") == hostile


@pytest.mark.parametrize("form", FORMS)
def test_every_byte_in_every_place_of_a_long_text(form: str) -> None:
    """Long texts are written and read many characters at a time, the last of them by themselves."""
    kernel = FORMS[form].base64url
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place in range(112):
        for byte in range(256):
            text = bytes([*alphabet[:place], byte, *alphabet[place % 48 :], *alphabet])[:112]
            data = kernel.decode(text)
            assert (data is not None) == (byte in alphabet)
            assert data is None or (data == base64.urlsafe_b64decode(text) and kernel.encode(data) == text)
    for size in range(200):
        data = bytes([(7 * size + 31 * at) & 255 for at in range(size)])
        assert kernel.encode(data) == base64.urlsafe_b64encode(data).rstrip(b"=")
        assert kernel.decode(kernel.encode(data)) == data


@pytest.mark.parametrize("form", FORMS)
def test_what_is_no_token_is_refused(form: str) -> None:
    with running(FORMS[form]):
        for wrong in ("Zg==", "Zh", "Zm9=", "Z", "Zé", None, b"Zg"):
            with pytest.raises(KeyMaterialError):
                base64url_decode(wrong)
        assert base64url_decode(base64url_encode(bytearray(b"f"))) == b"f"
        text = FORMS[form].tokens.TokenText(b"aa.", FORMS[form].shapes.Template([b"", b'"'], [0]))
        assert text.read(b"aa.ZiI.Zg") == ([b"f"], b"aa.ZiI", b"f")
        for token in (
            b"",
            b"aa.",
            b"aa.ZiI",
            b"aa.ZiI=.Zg",
            b"ab.ZiI.Zg",
            b"aa.ZiI.Zg.",
            b"aa.ZiI..Zg",
            b"aa.Z.Zg",
            b"aa.Zg.Zg",
        ):
            with pytest.raises(Unshaped):
                text.read(token)
        for odd in (None, 7, "aa.ZiI.Zg"):
            with pytest.raises((TypeError, AttributeError)):
                text.read(odd)
