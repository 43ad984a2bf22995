"""How far a credential is publicly recorded, on the verify page and for programs: by the deployment's own policy."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.site.verification.programs.test_programs import validate
from tests.site.wallet.conftest import award_to, claimed, deposit, published, version  # noqa: F401 - the same learner

from testamur.log import KeyType, Proof, SecretKey, SignedCheckpoint
from testamur.log.checkpoints import sign
from testamur.proofs.data_integrity import add_proof
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import signing_key
from testamur_site.issuing import api as issuing
from testamur_site.log import keys as log_keys
from testamur_site.log.api import forget
from testamur_site.log.cut_offs.services import change_requirement, cut_off
from testamur_site.log.models import Checkpoint, Shard
from testamur_site.verification import presentation, services
from testamur_site.verification.programs.schema import OPEN_API
from testamur_site.wallet.models import Deposit

WITNESS = SecretKey("witness.example/w1", KeyType.ED25519_COSIGNATURE, bytes(range(32)))

pytestmark = pytest.mark.django_db


def verified(client: Client, **asked: Any) -> dict[str, Any]:
    answer = client.post("/api/verify", json.dumps(asked), content_type="application/json")
    said: dict[str, Any] = answer.json()
    if answer.status_code == 200:
        validate(OPEN_API["components"]["schemas"]["Report"], said)
    return {"status": answer.status_code, **said}


def codes(said: dict[str, Any]) -> set[str]:
    return {check["code"] for check in said["checks"] if check["name"].startswith("log.")}


@pytest.fixture
def witnessed(published: Deposit, settings: Any, tmp_path: Path) -> Deposit:  # noqa: F811
    """A witness is named, and has cosigned everything."""
    settings.TESTAMUR_LOG_POLICY = tmp_path / "policy.txt"
    settings.TESTAMUR_LOG_POLICY.write_text(f"witness partner {WITNESS.key.text}\nquorum partner\n")
    for row in Checkpoint.objects.all():
        signed = SignedCheckpoint.from_bytes(bytes(row.note))
        line = WITNESS.sign(signed.checkpoint, int(row.signed_at.timestamp()))
        row.note, row.quorum_at, row.witnessed_at = (
            signed.note.with_signatures([line]).to_bytes(),
            row.signed_at,
            row.signed_at,
        )
        row.save()
    return published


def document(deposit: Deposit) -> str:  # noqa: F811
    return issuing.credential_bytes(deposit.award).decode()


def test_what_is_issued_here_is_logged_by_the_same_road_as_anybodys(client: Client, published: Deposit) -> None:  # noqa: F811
    said = verified(client, document=document(published))
    assert said["transparency"]["level"] == "logged"
    assert {"log.logged", "log.witnesses_not_named", "log.list_logged"} <= codes(said)
    assert said["transparency"]["firstRecorded"]


def test_witnesses_of_the_deployments_policy_count(client: Client, witnessed: Deposit) -> None:
    said = verified(client, document=document(witnessed), requireLevel="witnessed")
    assert (said["verdict"], said["transparency"]["level"]) == ("valid", "witnessed")
    assert [rung["outcome"] for rung in said["transparency"]["levels"]] == ["passed", "passed", "passed", "not_asked"]


def test_the_page_shows_the_ladder_and_both_dates(client: Client, witnessed: Deposit) -> None:
    page = client.post("/verify", {"address": document(witnessed), "recipient": ""}).content.decode()
    assert page.count('class="done"') == 3
    assert "First publicly recorded" in page
    korean = client.post(
        "/verify", {"address": document(witnessed)}, headers={"accept-language": "ko"}
    ).content.decode()
    assert "최초 공개 기록" in korean


def test_a_proof_of_another_credential_is_refused(
    client: Client,
    published: Deposit,  # noqa: F811
    award_to: Any,  # noqa: F811
) -> None:
    other = award_to(issuing.AwardData(name="이준", email="jun@example.org", awarded_date=date(2026, 3, 5)))
    proof = client.get(f"/c/{published.award.public_id}.tlog-proof").content.decode()
    said = verified(client, document=document(other), logProof=proof)
    assert ("log.proof_other" in codes(said), said["verdict"]) == (True, "invalid")
    assert verified(client, document=document(published), logProof=["damaged", proof])["verdict"] == "valid"


def test_a_second_history_of_our_own_log_is_a_fork(client: Client, published: Deposit) -> None:  # noqa: F811
    """Whoever stole the log's keys signs another root for a size that we have signed as well."""
    proof = Proof.from_bytes(client.get(f"/c/{published.award.public_id}.tlog-proof").content)
    shard = Shard.objects.get()
    forged = sign(proof.checkpoint.checkpoint, log_keys.signers(shard), 1_800_000_000)
    row = Checkpoint.objects.get(size=forged.checkpoint.size)
    honest = SignedCheckpoint.from_bytes(bytes(row.note))
    other = type(honest.checkpoint)(shard.origin, honest.checkpoint.size, bytes(32))
    row.note = sign(other, log_keys.signers(shard), 1_800_000_000).to_bytes()
    row.save()
    made = Proof(proof.index, proof.path, forged, proof.extra).to_bytes().decode()
    said = verified(client, document=document(published), logProof=made)
    assert ("log.fork" in codes(said), said["verdict"]) == (True, "invalid")


def test_what_was_forgotten_is_still_valid_and_only_no_longer_shown_as_recorded(
    client: Client,
    published: Deposit,  # noqa: F811
) -> None:
    forget(f"award:{published.award.public_id}")
    said = verified(client, document=document(published))
    assert said["verdict"] == "valid"
    assert codes(said) & {"log.proof_absent", "log.proof_not_obtained"}


@pytest.mark.parametrize("policy", ["nonsense\n", None])
def test_a_policy_that_cannot_be_read_stops_no_verification(
    client: Client,
    published: Deposit,  # noqa: F811
    settings: Any,
    tmp_path: Path,
    policy: str | None,
) -> None:
    settings.TESTAMUR_LOG_POLICY = tmp_path / "policy.txt"
    if policy is not None:
        settings.TESTAMUR_LOG_POLICY.write_text(policy)
    assert verified(client, document=document(published))["verdict"] == "valid"
    assert client.post("/verify", {"address": document(published)}).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"requireLevel": "signed"},
        {"requireLevel": 3},
        {"requireLevel": "witnessed"},
        {"requireLevel": "anchored"},
        {"requireLevel": "logged", "profile": "proof"},
        {"logProof": 3},
        {"logProof": [""]},
        {"logProof": ["x"] * 5},
    ],
    ids=str,
)
def test_what_cannot_be_met_here_is_refused_in_words(client: Client, asked: dict[str, Any]) -> None:
    said = verified(client, document="{}", **asked)
    assert said["status"] == 400
    assert next(iter(asked)) in said["detail"]


def test_a_receipt_names_the_level_that_was_asked_for(client: Client, published: Deposit) -> None:  # noqa: F811
    said = verified(client, document=document(published), requireLevel="logged", receipt=True)
    assert any("level logged" in str(each.get("description")) for each in said["receipt"]["evidence"])


def test_where_nothing_was_asked_there_is_no_ladder() -> None:
    assert presentation.ladder({"checks": []}) is None


def test_the_policy_is_our_own_logs_and_the_named_witnesses(witnessed: Deposit) -> None:
    policy = services.log_policy()
    assert {each.key.name for each in policy.logs.logs} == {Shard.objects.get().origin}
    assert [each.name for each in policy.logs.witnesses] == ["partner"]


def forged(deposit: Deposit, fragment: str | None = None) -> str:  # noqa: F811
    """What a thief makes of the institution's key: a credential that nobody awarded, under an id of their own, dated back."""
    made = json.loads(document(deposit))
    made |= {"id": made["id"][:-22] + "A" * 22, "validFrom": "2020-01-01T00:00:00Z"}
    del made["proof"], made["credentialStatus"]
    signer = signing_key(deposit.institution, fragment)
    return json.dumps(add_proof(made, signer, verification_method=signer.verification_method, created=timezone.now()))


def test_an_institution_that_demands_the_log_is_safe_from_a_thief_of_its_key(
    client: Client,
    published: Deposit,  # noqa: F811
) -> None:
    stolen = forged(published)
    assert verified(client, document=stolen)["verdict"] == "valid", "nothing is demanded yet"
    change_requirement(published.institution, timezone.now(), None)
    run_pending()
    assert verified(client, document=document(published))["verdict"] == "valid"
    refused = verified(client, document=stolen)
    assert ("log.demand_missing" in codes(refused), refused["verdict"]) == (True, "invalid")


def test_after_a_cut_off_what_is_honest_stays_valid(client: Client, published: Deposit) -> None:  # noqa: F811
    fragment = signing_key(published.institution).key_id
    stolen = forged(published)
    cut_off(published.institution, fragment, None, None)
    run_pending()
    kept = verified(client, document=document(published))
    assert ({"log.key_before_cut_off"} <= codes(kept), kept["verdict"]) == (True, "valid")
    refused = verified(client, document=stolen)
    assert ("log.key_cut_off" in codes(refused), refused["verdict"]) == (True, "invalid")


def test_many_of_ours_in_one_presentation_have_enough_addresses(
    client: Client,
    published: Deposit,  # noqa: F811
) -> None:
    shown = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [json.loads(document(published))] * 2,
    }
    said = verified(client, document=shown)
    assert [part["transparency"]["level"] for part in said["endorsements"]] == ["logged", "logged"]
