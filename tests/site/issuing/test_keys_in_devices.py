"""A cohort whose key lies in a PKCS #11 token (SoftHSM 2): the device signs in batches, and what comes out, or is left behind when it
fails, is what comes out one by one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.softhsm import Token, new_token

from testamur import strict_json
from testamur.errors import SignerRefused, SignerUnavailable
from testamur.issuing import restore, sign
from testamur.signers import pkcs11_token
from testamur.signers.managed import KeptElsewhere
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.audit.api import entries, verify_chain
from testamur_site.foundation.keys.api import rotate, signing_key
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, PreparedCredential
from testamur_site.issuing.services import pipeline, signing

from .conftest import Draft, cohort_list, document_of, proof_holds, states

pkcs11 = pytest.importorskip("pkcs11")
pytestmark = [
    pytest.mark.usefixtures("active"),
    # python-pkcs11 ends a search also when its session is gone already, and complains where nobody can listen.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PEOPLE = 2 * signing.FEW + 5


@pytest.fixture(scope="module")
def token() -> Token:
    return new_token("Cohorts-of-institutions")


InToken = Callable[[str], None]


@pytest.fixture
def in_token(version: AchievementVersion, settings: Any, token: Token, monkeypatch: pytest.MonkeyPatch) -> InToken:
    """From now on the institution signs with a key of this algorithm in the token."""

    def put(algorithm: str) -> None:
        settings.TESTAMUR_NEW_KEYS = f"pkcs11:token={token.label}"
        settings.TESTAMUR_NEW_KEY_ALGORITHM = algorithm
        for name, value in token.environment.items():
            monkeypatch.setenv(name, value)
        rotate(version.institution, None)

    return put


class Device:
    """Stands before the private halves in the token: `before` is called with the number of the signature, and may raise."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.before: Callable[[int, Any], Any] = lambda _number, _session: None
        self.asked: list[bytes] = []
        device, real = self, pkcs11_token._Token.private_key

        class Standing:
            def __init__(self, private: Any, session: Any) -> None:
                self.private, self.session = private, session

            def sign(self, text: bytes, **how: Any) -> Any:
                device.before(len(device.asked), self.session)
                device.asked.append(text)
                return self.private.sign(text, **how)

        def private_key(token: Any, session: Any, uri: Any) -> Any:
            return Standing(real(token, session, uri), session)

        monkeypatch.setattr(pkcs11_token._Token, "private_key", private_key)


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    return Device(monkeypatch)


WAYS = pytest.mark.parametrize("by_process", [False, True], ids=["here", "by the signing process"])


def started(draft: Draft) -> tuple[api.Batch, list[int]]:
    batch = api.start_batch(draft(cohort_list(PEOPLE)))
    return batch, list(Award.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True))


def all_hold(batch: api.Batch) -> None:
    """Each award is issued, once, with a proof that holds."""
    assert states(batch) == {"issued": PEOPLE}
    assert entries(batch.institution, action="award.issued").count() == PEOPLE
    assert verify_chain(batch.institution).intact
    for award in Award.objects.filter(batch=batch):
        assert proof_holds(document_of(award), batch.institution)


@WAYS
@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
def test_a_cohort_is_handed_to_the_device_in_batches(
    draft: Draft,
    in_token: InToken,
    device: Device,
    algorithm: str,
    by_process: bool,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_token(algorithm)
    key = signing_key(draft(cohort_list(1)).institution)
    if by_process:
        request.getfixturevalue("desk")
    sizes: list[int] = []
    made = KeptElsewhere.sign_batches

    def noticed(signer: Any, batches: Any) -> Any:
        return made(signer, (sizes.append(len(some)) or some for some in batches))

    batch, awards = started(draft)
    device.asked.clear()
    monkeypatch.setattr(KeptElsewhere, "sign_batches", noticed)
    list(pipeline.issue(batch.institution, awards))
    assert sizes == [signing.FEW, signing.FEW, 5]
    assert len(device.asked) == PEOPLE, "one signature for each"
    all_hold(batch)
    for one in PreparedCredential.objects.filter(award__in=awards):
        alone, together = sign(restore(bytes(one.content), digest=one.digest), key), bytes(one.signed or b"")
        if algorithm == "Ed25519":
            assert together == alone
        else:
            assert [_without_value(each) for each in (together, alone)] == [_without_value(alone)] * 2
    if by_process:
        lines = (tmp_path / "signatures.jsonl").read_text().splitlines()
        recorded = [row for line in map(json.loads, lines) if line["kind"] == "award" for row, _ in line["signatures"]]
        public_ids = Award.objects.filter(pk__in=awards).order_by("pk").values_list("public_id", flat=True)
        assert recorded == list(public_ids)


def _without_value(credential: bytes) -> bytes:
    document = strict_json.loads(credential)
    document["proof"][0].pop("proofValue")
    return strict_json.dumps(document)


@WAYS
@pytest.mark.parametrize("after", [0, 1, signing.FEW, PEOPLE - 1])
def test_a_device_that_fails_in_the_middle_leaves_a_state_from_which_it_goes_on(
    draft: Draft, in_token: InToken, device: Device, after: int, by_process: bool, request: pytest.FixtureRequest
) -> None:
    in_token("P-256")
    if by_process:
        request.getfixturevalue("desk")
    batch, awards = started(draft)
    begun = len(device.asked)

    def fail(number: int, _session: Any) -> None:
        if number - begun >= after:
            raise pkcs11.FunctionFailed

    device.before = fail
    with pytest.raises(SignerUnavailable):
        list(pipeline.issue(batch.institution, awards))
    whole = after // signing.FEW * signing.FEW
    assert states(batch) == {"prepared": PEOPLE - whole} | ({"issued": whole} if whole else {})
    stored = {one.pk: bytes(one.content) for one in PreparedCredential.objects.filter(award__in=awards)}
    assert len(stored) == PEOPLE
    first = {one.pk: bytes(one.signed) for one in PreparedCredential.objects.exclude(signed=None)}
    assert len(first) == whole
    device.before = lambda _number, _session: None
    list(pipeline.issue(batch.institution, awards))
    all_hold(batch)
    found = PreparedCredential.objects.filter(award__in=awards)
    assert {one.pk: bytes(one.content) for one in found} == stored
    assert first == {one.pk: bytes(one.signed or b"") for one in found if one.pk in first}


@WAYS
def test_a_session_that_is_closed_in_between_is_opened_again(
    draft: Draft, in_token: InToken, device: Device, by_process: bool, request: pytest.FixtureRequest
) -> None:
    in_token("Ed25519")
    if by_process:
        request.getfixturevalue("desk")
    batch, awards = started(draft)
    ends = [len(device.asked) + signing.FEW + 3]

    def close(number: int, session: Any) -> None:
        if number in ends:
            ends.clear()
            session.close()

    device.before = close
    list(pipeline.issue(batch.institution, awards))
    assert not ends
    all_hold(batch)


def test_a_key_that_is_rotated_away_while_its_cohort_waits_for_the_device(
    draft: Draft,
    owner: Any,
    in_token: InToken,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    in_token("P-256")
    batch, awards = started(draft)
    real = pipeline.sign_made

    def rotated(*arguments: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            rotate(batch.institution, owner)
        real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "sign_made", rotated)
        with pytest.raises(SignerRefused) as refused:
            list(pipeline.issue(batch.institution, awards))
    assert refused.value.code == "signer.no_such_key"
    assert states(batch) == {"prepared": PEOPLE}
    list(pipeline.issue(batch.institution, awards))
    all_hold(batch)
    methods = {document_of(one)["proof"][0]["verificationMethod"] for one in Award.objects.filter(batch=batch)}
    assert methods == {signing_key(batch.institution).verification_method}


def test_what_was_undone_while_the_device_signed_is_not_issued(
    draft: Draft, in_token: InToken, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_token("Ed25519")
    batch, awards = started(draft)
    real = pipeline.sign_made

    def undone(*arguments: Any) -> None:
        real(*arguments)
        api.undo_batch(batch, api.Reason.ISSUED_IN_ERROR)

    monkeypatch.setattr(pipeline, "sign_made", undone)
    begun = len(device.asked)
    list(pipeline.issue(batch.institution, awards))
    assert len(device.asked) - begun >= PEOPLE
    assert states(batch) == {"cancelled": PEOPLE}
    assert not PreparedCredential.objects.filter(award__in=awards).exclude(signed=None).exists()


def test_a_row_is_signed_once_whatever_a_kind_asks_for(
    institution: Institution, in_token: InToken, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same row in two batches of one request, of which the second is taken before the first is signed."""
    in_token("Ed25519")
    raised: list[str] = []

    def twice(_request: Any, pen: Any) -> list[bytes]:
        try:
            list(pen.sign_in_turn([[("row", b"one")], [("row", b"two")]]))
        except signing.Refused as refused:
            raised.append(refused.code)
        return [b"{}"]

    monkeypatch.setitem(desk._kinds, "award", twice)
    signing_key(institution).secure_rows("award", [{"row": "row", "digest": ""}])
    assert raised == ["signing.once"]
