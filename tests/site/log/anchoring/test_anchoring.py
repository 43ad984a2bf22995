"""Checkpoints are anchored by the clock, with real peers; whoever is killed between handing in and noting pays once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.test import Client
from tests.chains import give, sent
from tests.site.log.anchoring.conftest import NOW, Calendar

from testamur.fetch.evm import Node
from testamur.fetch.evm_transactions import ANCHOR
from testamur.log.anchors import AnchorOutcome, AnchorPolicy, check, read_receipts
from testamur_site.foundation.chain import services as chain
from testamur_site.foundation.chain.api import Transaction, account_named
from testamur_site.log import services as log
from testamur_site.log.anchoring import services
from testamur_site.log.anchoring.api import Anchored, believed, expected, first_anchored, receipts_of
from testamur_site.log.anchoring.models import Anchor
from testamur_site.log.api import Kind, Record, record
from testamur_site.log.models import Checkpoint, Shard

pytestmark = pytest.mark.django_db
Configured = Callable[[str, list[str]], Path]
EVM = """
[chain.test]
id = 31337
node = "{origin}"
confirmations = 2

[[anchor]]
kind = "evm"
name = "test"
chain = "test"
contract = "0x{contract}"
"""


def only() -> Anchor:
    return Anchor.objects.select_related("checkpoint", "transaction").get()


def step(now: datetime = NOW) -> Anchor:
    """What the jobs would do at this moment: every transaction and every anchor gets on by one step."""
    for pk in Transaction.objects.values_list("pk", flat=True):
        chain.advance(pk, now)
    for pk in Anchor.objects.values_list("pk", flat=True):
        services.advance(pk, now)
    return only()


@pytest.fixture
def evm(configured: Configured, node: tuple[Node, str], contract: bytes, checkpoint: bytes) -> Node:
    configured(EVM.format(origin=node[1], contract=contract.hex()), [node[1]])
    give(node[0], account_named("anchor").address)
    return node[0]


def test_in_a_chain(evm: Node, contract: bytes, checkpoint: bytes) -> None:
    assert services.begin(NOW) == 1
    assert services.begin(NOW) == 0
    assert step().state == Anchor.State.SUBMITTED
    assert step().transaction.state == Transaction.State.SENT
    evm.ask("evm_mine")
    assert step().state == Anchor.State.PENDING
    assert first_anchored(Shard.objects.get(), 1) is None
    evm.ask("evm_mine")
    found = step()
    assert (found.state, found.problem) == (Anchor.State.CONFIRMED, "")
    receipt = read_receipts(receipts_json())[0]
    blocks = {(31337, number): evm.block_hash(number) or b"" for number in range(200)}
    policy = AnchorPolicy({31337: frozenset({contract})}, {key: each for key, each in blocks.items() if each})
    result = check(checkpoint, receipt, policy)
    assert (result.outcome, result.time) == (AnchorOutcome.PASSED, found.at)
    assert 40_000 < (found.transaction.gas_used or 0) < 50_000
    assert found.transaction.gas_price
    assert first_anchored(Shard.objects.get(), 1) == Anchored(1, found.at, "evm")
    assert first_anchored(Shard.objects.get(), 2) is None
    assert [size for size, _ in receipts_of(Shard.objects.get())] == [1]


def receipts_json() -> bytes:
    answer = Client().get("/log/2026/anchors/1.json")
    assert answer.status_code == 200
    assert answer["content-type"] == "application/json"
    assert "max-age" in answer["cache-control"]
    assert answer["access-control-allow-origin"] == "*"
    return bytes(answer.content)


class Killed(BaseException):
    pass


@pytest.mark.parametrize(
    "where",
    ["testamur.fetch.evm_transactions.broadcast", "testamur_site.foundation.chain.accounts.sign_transaction",
     "testamur_site.log.anchoring.kinds.evm.order", "testamur.fetch.evm_transactions.first_seen",
     "testamur.fetch.evm_transactions.anchored_in", "testamur_site.log.anchoring.kinds.evm.collect",
     "testamur_site.log.anchoring.kinds.evm.checked"],
)  # fmt: skip
@pytest.mark.parametrize("done", [False, True], ids=["before it was done", "after it was done, and not noted"])
def test_killed_anywhere_it_is_paid_for_once(
    evm: Node, contract: bytes, monkeypatch: pytest.MonkeyPatch, where: str, done: bool
) -> None:
    module, _, name = where.rpartition(".")
    holder = __import__(module, fromlist=[name])
    whole, deaths = getattr(holder, name), []

    def dies_once(*arguments: Any, **named: Any) -> Any:
        if deaths:
            return whole(*arguments, **named)
        deaths.append(1)
        if done:
            whole(*arguments, **named)
        raise Killed

    monkeypatch.setattr(holder, name, dies_once)
    services.begin(NOW)
    before = int(evm.ask("eth_getTransactionCount", account_named("anchor").address, "latest"), 16)
    for minute in range(8):
        try:
            found = step(NOW + timedelta(minutes=minute))
        except Killed:
            continue
        finally:
            evm.ask("evm_mine")
    assert deaths
    assert found.state == Anchor.State.CONFIRMED
    after = int(evm.ask("eth_getTransactionCount", account_named("anchor").address, "latest"), 16)
    assert after - before == 1


def test_what_somebody_else_brought_there_is_not_paid_for(evm: Node, contract: bytes, checkpoint: bytes) -> None:
    transaction = sent(evm, contract, ANCHOR + checkpoint)
    for _ in range(2):
        evm.ask("evm_mine")
    services.begin(NOW)
    found = step()
    assert found.state == Anchor.State.CONFIRMED
    assert found.receipt["transaction"] == "0x" + transaction.hex()
    assert not Transaction.objects.exists()


def test_a_contract_that_is_none_is_not_paid_for(
    configured: Configured, node: tuple[Node, str], checkpoint: bytes
) -> None:
    configured(EVM.format(origin=node[1], contract="77" * 20), [node[1]])
    services.begin(NOW)
    found = step()
    assert (found.state, found.tries) == (Anchor.State.WAITING, 1)
    assert found.problem == "anchor.no_contract"
    assert not Transaction.objects.exists()


def test_by_a_time_stamping_authority(
    configured: Configured, tsa: tuple[str, Path], checkpoint: bytes, tmp_path: Path
) -> None:
    (tmp_path / "tsa.pem").write_bytes(tsa[1].read_bytes())
    text = f'[[anchor]]\nkind = "rfc3161"\nname = "tsa"\naddress = "{tsa[0]}"\ncertificates = "tsa.pem"\n'
    configured(text, [tsa[0]])
    services.begin(NOW)
    found = step()
    assert (found.state, found.problem) == (Anchor.State.CONFIRMED, "")
    root = x509.load_pem_x509_certificate(tsa[1].read_bytes())
    result = check(checkpoint, read_receipts(receipts_json())[0], AnchorPolicy(authorities=(root,)))
    assert (result.outcome, result.time) == (AnchorOutcome.PASSED, found.at)


def test_by_a_calendar(configured: Configured, calendar: Calendar, checkpoint: bytes) -> None:
    text = f'[[anchor]]\nkind = "opentimestamps"\nname = "alice"\naddress = "{calendar.origin}"\nexplorer = "{calendar.origin}"\n'
    configured(text, [calendar.origin])
    services.begin(NOW)
    assert step().state == Anchor.State.PENDING
    assert step().state == Anchor.State.PENDING
    assert Client().get("/log/2026/anchors/1.json").status_code == 404
    calendar.mine()
    found = step()
    assert (found.state, found.problem) == (Anchor.State.CONFIRMED, "")
    result = check(checkpoint, read_receipts(receipts_json())[0], AnchorPolicy(bitcoin={900_000: calendar.block}))
    assert (result.outcome, result.time) == (AnchorOutcome.PASSED, found.at)
    assert found.at is not None
    assert found.at.timestamp() == Calendar.TIME
    assert [asked for asked in calendar.asked if asked == "POST /digest"] == ["POST /digest"]


def test_whoever_is_down_is_tried_again_later_and_others_are_not_kept(
    configured: Configured, tsa: tuple[str, Path], checkpoint: bytes, tmp_path: Path
) -> None:
    (tmp_path / "tsa.pem").write_bytes(tsa[1].read_bytes())
    entry = '[[anchor]]\nkind = "rfc3161"\nname = "{}"\naddress = "{}"\ncertificates = "tsa.pem"\n'
    configured(entry.format("down", "http://127.0.0.1:9") + entry.format("up", tsa[0]), [tsa[0], "http://127.0.0.1:9"])
    services.begin(NOW)
    for moment in range(3):
        for pk in Anchor.objects.values_list("pk", flat=True):
            services.advance(pk, NOW + timedelta(hours=moment))
    down, up = Anchor.objects.get(end_point="down"), Anchor.objects.get(end_point="up")
    assert up.state == Anchor.State.CONFIRMED
    assert (down.state, down.tries, down.problem) == (Anchor.State.WAITING, 3, "resolution.unreachable")
    assert down.next_at == NOW + timedelta(hours=2, minutes=4)
    assert services.sweep(NOW + timedelta(hours=2)) == 0
    assert services.sweep(NOW + timedelta(hours=2, minutes=4)) == 1


def test_the_clock(
    configured: Configured, tsa: tuple[str, Path], checkpoint: bytes, tmp_path: Path, institution: Any
) -> None:
    """Once in each period, and only where the log has grown since."""
    (tmp_path / "tsa.pem").write_bytes(tsa[1].read_bytes())
    text = f'[[anchor]]\nkind = "rfc3161"\nname = "tsa"\naddress = "{tsa[0]}"\ncertificates = "tsa.pem"\nevery = "6h"\n'
    configured(text, [tsa[0]])
    assert services.begin(NOW) == 1
    assert services.begin(NOW + timedelta(hours=7)) == 0
    record([Record(Kind.ISSUE, "urn:uuid:2", b"{}", "award:2", "award:2")], institution)
    log.sequence(NOW + timedelta(hours=1))
    assert services.begin(NOW + timedelta(hours=5)) == 0
    assert services.begin(NOW + timedelta(hours=7)) == 1
    assert Anchor.objects.count() == 2


def test_what_witnesses_have_not_seen_is_not_anchored(
    configured: Configured, settings: Any, tsa: tuple[str, Path], checkpoint: bytes, tmp_path: Path
) -> None:
    (tmp_path / "tsa.pem").write_bytes(tsa[1].read_bytes())
    configured(
        f'[[anchor]]\nkind = "rfc3161"\nname = "tsa"\naddress = "{tsa[0]}"\ncertificates = "tsa.pem"\n', [tsa[0]]
    )
    from testamur.log import KeyType, SecretKey

    key = SecretKey.generate("w.example/1", KeyType.ED25519_COSIGNATURE).key
    (tmp_path / "policy").write_text(f"witness w {key.text}\nquorum w\n")
    settings.TESTAMUR_LOG_POLICY = tmp_path / "policy"
    assert services.begin(NOW) == 0
    Checkpoint.objects.update(quorum_at=NOW)
    assert services.begin(NOW) == 1


def test_nothing_is_anchored_by_default(checkpoint: bytes, settings: Any) -> None:
    assert settings.TESTAMUR_ANCHORING is None
    assert services.sweep(NOW) == 0
    assert not expected()
    assert not Anchor.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "not toml", "anchor = 1", '[[anchor]]\nkind = "else"\nname = "x"', '[[anchor]]\nkind = "rfc3161"\nname = "x"',
        '[[anchor]]\nkind = "evm"\nname = "x"\nchain = "none"\ncontract = "0x00"', '[chain.x]\nid = 1', '[chain.x]\nid = 1\nnode = "ftp://x"',
        '[chain.x]\nid = 1\nnode = "https://x.example"\nsecret = "y"', '[chain.x]\nid = true\nnode = "https://x.example"',
        '[[anchor]]\nkind = "opentimestamps"\nname = "Ä"\naddress = "https://x.example"\nexplorer = "https://x.example"',
        '[[anchor]]\nkind = "opentimestamps"\nname = "x"\naddress = "https://x.example"\nexplorer = "https://x.example"\nevery = "soon"',
        ('[[anchor]]\nkind = "opentimestamps"\nname = "x"\naddress = "https://x.example"\nexplorer = "https://x.example"\n' * 2),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_stops_nothing_else(configured: Configured, checkpoint: bytes, text: str) -> None:
    configured(text, [])
    assert services.sweep(NOW) == 0
    assert not expected()
    assert Client().get("/log/anchors/").status_code == 200
    assert Client().get("/log/").status_code == 200


def test_what_we_saw_ourselves_is_believed_here(evm: Node, checkpoint: bytes) -> None:
    services.begin(NOW)
    for _ in range(3):
        step()
        evm.ask("evm_mine")
    assert step().state == Anchor.State.CONFIRMED
    policy = believed()
    assert policy is not None
    assert check(checkpoint, read_receipts(receipts_json())[0], policy).outcome is AnchorOutcome.PASSED


def test_nobody_is_believed_by_default() -> None:
    assert believed() is None
