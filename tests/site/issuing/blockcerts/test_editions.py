"""From a request to finished editions, on a real node; whoever is killed pays once, and makes one content."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.chains import give, running_node
from tests.site.issuing.conftest import ADA
from tests.standing import standing

from testamur import strict_json
from testamur.fetch import FixedResolver
from testamur.fetch.evm import Node
from testamur.formats import blockcerts
from testamur.proofs.data_integrity import check_proof
from testamur.proofs.keys import PublicKey
from testamur.status import StatusOutcome, read_status
from testamur.verification import Outcome, Policy, Verifier
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import add_member
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.chain import services as chain
from testamur_site.foundation.chain.api import Transaction
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import did_document
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api
from testamur_site.issuing.blockcerts import pipeline, queries, rules, services
from testamur_site.issuing.blockcerts.models import Edition, EditionRequest
from testamur_site.log import services as log
from testamur_site.log.api import monitor
from testamur_site.log.models import Entry

SEPOLIA = 11155111
FILE = """
[chain.sepolia]
id = 11155111
node = "{origin}"
confirmations = 2
blockcerts = true
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, str]]:
    with running_node(tmp_path_factory.mktemp("anvil"), "--chain-id", str(SEPOLIA)) as found:
        yield found


@pytest.fixture
def on(settings: Any, tmp_path: Path, node: tuple[Node, str], institution: Institution) -> Node:
    """A deployment with a chain, and an institution that has switched editions on and filled its account."""
    settings.TESTAMUR_ANCHORING = tmp_path / "anchoring.toml"
    settings.TESTAMUR_ANCHORING.write_text(FILE.format(origin=node[1]))
    settings.TESTAMUR_ALLOWED_ORIGINS = [node[1]]
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log"
    services.switch_on(institution)
    account = queries.account_of(institution)
    assert account is not None
    give(node[0], account.address)
    return node[0]


@pytest.fixture
@standing
def awards(version: AchievementVersion, institution: Institution) -> list[api.Award]:
    people = [replace(ADA, name=f"Learner {n}", email=f"learner{n}@example.org") for n in range(3)]
    with tenant(institution):
        return [api.award_one(version, person) for person in people]


def ask(institution: Institution, awards: list[api.Award]) -> EditionRequest:
    with tenant(institution):
        return services.request(institution, awards)


def go_on(node: Node, institution: Institution, rounds: int = 4) -> None:
    """What the workers and the chain do in some minutes."""
    for minute in range(rounds):
        run_pending(["default", "chain"])
        for pk in Transaction.objects.values_list("pk", flat=True):
            chain.advance(pk, timezone.now() + timedelta(minutes=minute))
        node.ask("evm_mine")
    run_pending(["default", "chain"])


def finished(award: api.Award) -> dict[str, Any]:
    found = queries.edition_bytes(award)
    assert found is not None
    return strict_json.loads(found)  # type: ignore[no-any-return]


def test_from_a_request_to_finished_editions(on: Node, institution: Institution, awards: list[api.Award]) -> None:
    made = ask(institution, awards)
    assert queries.edition_bytes(awards[0]) is None
    go_on(on, institution)
    with tenant(institution):
        made.refresh_from_db()
        assert (made.state, made.problem) == ("finished", "")
        assert Transaction.objects.count() == 1
        methods = {each["id"]: each for each in did_document(institution)["verificationMethod"]}
    paid = Transaction.objects.get()
    for award in awards:
        document = finished(award)
        original = strict_json.loads(api.credential_bytes(award))
        assert document["id"] == f"{original['id']}/blockcerts"
        assert document["credentialSubject"] == original["credentialSubject"]
        first, second = document["proof"]
        assert second["previousProof"] == first["id"]
        key = PublicKey.from_jwk(methods[first["verificationMethod"]]["publicKeyJwk"])
        assert check_proof(document, first, key).outcome == "passed"
        receipt = blockcerts.receipt_of(document, "3")
        assert receipt.target in blockcerts.local_hash(document, "3")
        assert blockcerts.root_of(receipt)
        assert receipt.anchors == (blockcerts.Anchor("ethereum-sepolia", paid.hash),)
        anchor_key = PublicKey.from_multikey(methods[second["verificationMethod"]]["publicKeyMultibase"])
        sender = on.ask("eth_getTransactionByHash", paid.hash)
        assert sender["from"] in blockcerts.addresses_of(anchor_key)
        assert sender["input"] == "0x" + receipt.root
    assert {entry.action for entry in audit.entries(institution)} >= {
        "blockcerts.switched_on", "blockcerts.requested", "blockcerts.anchored",
    }  # fmt: skip


def explorer(node: Node, transaction: str) -> bytes:
    """What an explorer (Blockscout) would say of the transaction, from the node itself."""
    found = node.ask("eth_getTransactionByHash", transaction)
    block = node.ask("eth_getBlockByNumber", found["blockNumber"], False)
    at = datetime.fromtimestamp(int(block["timestamp"], 16), UTC).isoformat()
    said = {"hash": transaction, "confirmations": 2, "status": "ok", "timestamp": at, "from": {"hash": found["from"]}}
    return json.dumps({**said, "raw_input": found["input"]}).encode()


def verified(on: Node, institution: Institution, document: dict[str, Any], client: Client) -> Any:
    entry = document["credentialStatus"]
    paid = Transaction.objects.get().hash
    path = entry["statusListCredential"].removeprefix("http://localhost:8000")
    with tenant(institution):
        did = did_document(institution)
    address = f"http://localhost:8000/institutions/{institution.slug}/did.json"
    answers = {
        address: json.dumps(did).encode(),
        address.replace("http:", "https:"): json.dumps(did).encode(),
        entry["statusListCredential"]: client.get(path).content,
        f"https://eth-sepolia.blockscout.com/api/v2/transactions/{paid}": explorer(on, paid),
    }
    return Verifier(FixedResolver(answers, fetched_at=timezone.now())).verify(strict_json.dumps(document), Policy())


def test_our_own_verifier_reads_it(on: Node, institution: Institution, awards: list[api.Award], client: Client) -> None:
    ask(institution, awards[:1])
    go_on(on, institution)
    document = finished(awards[0])
    checks = {check.code: check.outcome for check in verified(on, institution, document, client).checks}
    assert checks["proof.signature_true"] is Outcome.PASSED
    assert checks["status.clear"] is Outcome.PASSED
    assert "proof.test_chain" in checks  # all was found as it should be, in a chain whose entries cost nothing
    assert Outcome.FAILED not in checks.values()
    document["credentialSubject"]["achievement"]["name"] += " (advanced)"
    changed = {check.code: check.outcome for check in verified(on, institution, document, client).checks}
    assert changed["proof.signature_false"] is Outcome.FAILED
    assert changed["proof.anchor_hash_differs"] is Outcome.FAILED


def test_its_status_follows_the_award(
    on: Node, institution: Institution, awards: list[api.Award], client: Client
) -> None:
    ask(institution, awards)
    go_on(on, institution)
    document = finished(awards[0])
    entry = document["credentialStatus"]
    path = entry["statusListCredential"].removeprefix("http://localhost:8000")

    def status() -> StatusOutcome:
        answer = client.get(path)
        assert answer.status_code == 200
        return read_status(entry, strict_json.loads(answer.content), now=timezone.now()).outcome

    assert status() is StatusOutcome.PASSED
    with tenant(institution):
        api.revoke(awards[0], api.Reason.ISSUED_IN_ERROR)
    assert status() is StatusOutcome.FAILED
    assert client.get(path.rpartition("/")[0] + "/nothing").status_code == 404
    profile = client.get(f"/institutions/{institution.slug}/blockcerts/profile.json").json()
    account = queries.account_of(institution)
    assert account is not None
    assert profile["publicKey"][0]["id"] == f"ecdsa-koblitz-pubkey:{account.address.lower()}"


class Killed(BaseException):
    pass


@pytest.mark.parametrize(
    "where",
    [
        "testamur_site.issuing.blockcerts.documents.content_of",
        "testamur_site.issuing.blockcerts.documents.secured_edition",
        "testamur_site.log.api.record",
        "testamur.formats.blockcerts.tree_of",
        "testamur_site.issuing.blockcerts.pipeline.order",
        "testamur.fetch.evm_transactions.broadcast",
        "testamur.formats.blockcerts.edition_of",
        "testamur_site.issuing.blockcerts.pipeline.plant",
    ],
)
@pytest.mark.parametrize("done", [False, True], ids=["before it was done", "after it was done, and not noted"])
def test_killed_anywhere_there_is_one_content_and_one_payment(
    on: Node, institution: Institution, awards: list[api.Award], monkeypatch: pytest.MonkeyPatch, where: str, done: bool
) -> None:
    module, _, name = where.rpartition(".")
    holder = __import__(module, fromlist=[name])
    whole, deaths, signed = getattr(holder, name), [], {}

    def dies_once(*arguments: Any, **named: Any) -> Any:
        if deaths:
            return whole(*arguments, **named)
        deaths.append(1)
        if done:
            whole(*arguments, **named)
        raise Killed

    monkeypatch.setattr(holder, name, dies_once)
    account = queries.account_of(institution)
    assert account is not None
    before = int(on.ask("eth_getTransactionCount", account.address, "latest"), 16)
    made = ask(institution, awards)
    for minute in range(8):
        try:
            with tenant(institution):
                made.refresh_from_db()
            pipeline.work(made)
            for pk in Transaction.objects.values_list("pk", flat=True):
                chain.advance(pk, timezone.now() + timedelta(minutes=minute))
        except Killed:
            continue
        finally:
            on.ask("evm_mine")
            with tenant(institution):
                for pk, content in Edition.objects.exclude(signed=None).values_list("pk", "signed"):
                    assert signed.setdefault(pk, bytes(content)) == bytes(content)
    with tenant(institution):
        made.refresh_from_db()
        assert made.state == "finished"
        assert {bytes(root) for root in EditionRequest.objects.values_list("root", flat=True)} == {
            bytes(made.root or b"")
        }
    assert deaths
    assert [finished(award)["id"] for award in awards] == [rules.edition_id(award.url) for award in awards]
    assert int(on.ask("eth_getTransactionCount", account.address, "latest"), 16) - before == 1
    assert Entry.objects.filter(subject__startswith="edition:").count() == 3


def test_an_award_has_one_edition(on: Node, institution: Institution, awards: list[api.Award]) -> None:
    ask(institution, awards[:1])
    second = ask(institution, awards)
    with tenant(institution):
        assert second.editions.count() == 2
        with pytest.raises(services.NothingToDo):
            services.request(institution, awards)
        api.revoke(awards[2], api.Reason.ISSUED_IN_ERROR)


def test_an_empty_account_is_said_and_tried_again(
    on: Node, institution: Institution, awards: list[api.Award], client_for: Callable[..., Client], owner: Any
) -> None:
    account = queries.account_of(institution)
    assert account is not None
    give(on, account.address, 0)
    made = ask(institution, awards)
    go_on(on, institution)
    page = client_for(owner).get(f"/staff/{institution.slug}/blockcerts/")
    assert account.address in page.content.decode()
    assert "too little money" in page.content.decode()
    give(on, account.address)
    Transaction.objects.update(next_at=timezone.now())
    go_on(on, institution)
    with tenant(institution):
        made.refresh_from_db()
    assert made.state == "finished"


def test_editions_are_in_the_log_and_the_monitor_knows_them(
    on: Node, institution: Institution, awards: list[api.Award]
) -> None:
    ask(institution, awards)
    go_on(on, institution)
    log.sequence()
    assert monitor() == []
    with tenant(institution):
        edition = Edition.objects.first()
        assert edition is not None
        Edition.objects.filter(pk=edition.pk).update(signed=None)
    assert [alarm.code for alarm in monitor(timezone.now() + timedelta(hours=25))] == ["monitor.no_award"]


def test_it_is_off_unless_a_chain_is_named(
    institution: Institution, awards: list[api.Award], client: Client, settings: Any
) -> None:
    assert settings.TESTAMUR_ANCHORING is None
    with tenant(institution):
        with pytest.raises(services.NoChain):
            services.request(institution, awards)
        with pytest.raises(services.NoChain):
            services.switch_on(institution)
        assert queries.offered_for(institution, award=awards[0]) == {"state": "off"}
    assert client.get(f"/institutions/{institution.slug}/blockcerts/profile.json").status_code == 404


def test_the_pages(
    on: Node, institution: Institution, awards: list[api.Award], client_for: Callable[..., Client], owner: Any
) -> None:
    browser = client_for(owner)
    here = f"/staff/{institution.slug}/awards/{awards[0].public_id}"
    assert "Blockcerts edition" in browser.get(f"{here}/").content.decode()
    assert "cannot be taken back" in browser.get(f"{here}/blockcerts").content.decode()
    assert browser.get(f"{here}/blockcerts.json").status_code == 404
    assert browser.post(f"{here}/blockcerts").status_code == 302
    assert browser.post(f"{here}/blockcerts").status_code == 302
    with tenant(institution):
        assert Edition.objects.count() == 1
    go_on(on, institution)
    answer = browser.get(f"{here}/blockcerts.json")
    assert answer.status_code == 200
    assert answer.content == queries.edition_bytes(awards[0])


def test_switching_on_takes_four_eyes(
    settings: Any, tmp_path: Path, institution: Institution, client_for: Callable[..., Client], owner: Any,
    make_user: Callable[..., Any],
) -> None:  # fmt: skip
    settings.TESTAMUR_ANCHORING = tmp_path / "anchoring.toml"
    settings.TESTAMUR_ANCHORING.write_text(FILE.format(origin="https://node.example"))
    second = make_user("second@han-river.example", "Sam Second")
    add_member(institution, second, "owner", actor=None)
    proposal = client_for(owner).post(f"/staff/{institution.slug}/blockcerts/switch-on")["Location"]
    assert not queries.switched_on(institution)
    mine = client_for(owner).get(proposal).content.decode()
    assert "Switch Blockcerts editions on" in mine
    client_for(owner).post(proposal)
    assert not queries.switched_on(institution)
    client_for(second).post(proposal)
    assert queries.switched_on(institution)
