"""A transaction is paid for once: nonces, prices, workers side by side, and what a node may do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.chains import give, running_node

from testamur.errors import Unreachable
from testamur.fetch import evm_transactions as evm
from testamur.fetch.evm import Node
from testamur_site.foundation.chain import accounts, rules, services
from testamur_site.foundation.chain.api import Account, Transaction, account_named, chains, order, raw_address
from testamur_site.foundation.chain.jobs import sweep
from testamur_site.foundation.jobs.api import Job, JobHandle
from testamur_site.foundation.tenancy.api import unscoped

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
GWEI = 10**9


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, str]]:
    with running_node(tmp_path_factory.mktemp("anvil")) as found:
        yield found


def configure(settings: Any, folder: Path, origin: str, more: str = "") -> None:
    settings.TESTAMUR_ANCHORING = folder / "anchoring.toml"
    settings.TESTAMUR_ANCHORING.write_text(f'[chain.test]\nid = 31337\nnode = "{origin}"\nconfirmations = 2\n{more}')
    settings.TESTAMUR_ALLOWED_ORIGINS = [origin]


@pytest.fixture
def node(running: tuple[Node, str], settings: Any, tmp_path: Path, db: None) -> Node:
    configure(settings, tmp_path, running[1])
    give(running[0], account_named("payer").address)
    return running[0]


def ordered(key: str = "one", **options: Any) -> Transaction:
    account = account_named("payer")
    values = {"data": b"hash", "gas": 30_000, "to": raw_address(account), **options}
    return order(account, chains()["test"], key=key, **values)


def now_of(row: Transaction) -> Transaction:
    return Transaction.objects.select_related("account").get(pk=row.pk)


def count(node: Node) -> int:
    return int(node.ask("eth_getTransactionCount", account_named("payer").address, "latest"), 16)


def test_an_order_under_one_key_is_one_transaction(node: Node) -> None:
    first, again = ordered(), ordered(data=b"else")
    assert first.pk == again.pk
    before = count(node)
    for _ in range(4):
        services.advance(first.pk, NOW)
        services.advance(again.pk, NOW)
        node.ask("evm_mine")
    assert now_of(first).state == "confirmed"
    assert count(node) == before + 1


def test_several_at_once_have_their_own_nonces(node: Node) -> None:
    rows = [ordered(f"several {number}") for number in range(3)]
    for _ in range(4):
        for row in rows:
            services.advance(row.pk, NOW)
        node.ask("evm_mine")
    done = [now_of(row) for row in rows]
    assert {row.state for row in done} == {"confirmed"}
    assert len({row.nonce for row in done}) == 3


def test_what_is_kept_is_sent_again_by_whoever_comes_next(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The node loses what it was handed; the next step hands in the very same bytes."""
    row = ordered("lost")
    handed: list[bytes] = []
    with monkeypatch.context() as patched:
        patched.setattr(evm, "broadcast", lambda _node, signed: handed.append(signed.raw))
        services.advance(row.pk, NOW)
        services.advance(row.pk, NOW)
    assert len(set(handed)) == 1
    assert len(handed) == 2
    services.advance(row.pk, NOW)
    for _ in range(2):
        node.ask("evm_mine")
    services.advance(row.pk, NOW)
    assert now_of(row).state == "confirmed"
    assert now_of(row).hash == now_of(row).signed[0]["hash"]


def test_a_raised_price_takes_the_place_of_the_first_one(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    row, before = ordered("raised"), count(node)
    services.advance(row.pk, NOW)
    base = evm.prices(node)
    dear = evm.Prices(base.base * 4, base.tip * 2)
    with monkeypatch.context() as patched:
        patched.setattr(evm, "prices", lambda _node: dear)
        services.advance(row.pk, NOW + timedelta(minutes=29))
        assert len(now_of(row).signed) == 1
        services.advance(row.pk, NOW + timedelta(minutes=31))
    found = now_of(row)
    assert len(found.signed) == 2
    for _ in range(2):
        node.ask("evm_mine")
    services.advance(row.pk, NOW + timedelta(minutes=32))
    assert now_of(row).state == "confirmed"
    assert now_of(row).hash == found.signed[1]["hash"]
    assert count(node) == before + 1


def test_a_nonce_that_somebody_else_used_is_said_and_not_paid_again(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ordered("taken")
    with monkeypatch.context() as patched:
        patched.setattr(evm, "broadcast", lambda _node, _signed: None)
        services.advance(row.pk, NOW)
    found = now_of(row)
    assert found.nonce is not None
    other = evm.Draft(31337, found.nonce, raw_address(found.account), b"", 21_000, 20 * GWEI, GWEI)
    evm.broadcast(node, accounts.sign_transaction(found.account, other))
    before = count(node)
    for _ in range(5):
        node.ask("evm_mine")
        services.advance(row.pk, NOW)
    assert (now_of(row).state, now_of(row).problem) == ("failed", "chain.nonce_taken")
    assert count(node) == before + 1


def test_what_the_chain_undoes_has_failed(node: Node) -> None:
    row = ordered("undone", to=None, data=bytes.fromhex("fe"), gas=60_000)  # a creation that is invalid at once
    for _ in range(4):
        services.advance(row.pk, NOW)
        node.ask("evm_mine")
    assert (now_of(row).state, now_of(row).problem) == ("failed", "chain.reverted")


@pytest.mark.parametrize(
    ("more", "wei", "problem"),
    [("most_gwei = 1", 10**18, "chain.too_dear"), ("", 10, "chain.funds")],
)
def test_what_it_waits_for(
    running: tuple[Node, str], settings: Any, tmp_path: Path, db: None, more: str, wei: int, problem: str
) -> None:
    configure(settings, tmp_path, running[1], more)
    running[0].ask("anvil_setNextBlockBaseFeePerGas", hex(3 * GWEI))
    running[0].ask("evm_mine")
    running[0].ask("anvil_setBalance", account_named("payer").address, hex(wei))
    row = ordered("waits")
    services.advance(row.pk, NOW)
    found = now_of(row)
    assert (found.problem, found.nonce, found.tries) == (problem, None, 1)
    assert found.next_at == NOW + timedelta(minutes=1)
    with unscoped("the jobs of the platform"):
        assert Job.objects.filter(path__endswith="chain.jobs.advance").count() == 1


def test_another_chain_behind_the_address_is_not_paid_in(
    running: tuple[Node, str], settings: Any, tmp_path: Path, db: None
) -> None:
    configure(settings, tmp_path, running[1])
    row = ordered("other")
    settings.TESTAMUR_ANCHORING.write_text(f'[chain.test]\nid = 1\nnode = "{running[1]}"\n')
    services.advance(row.pk, NOW)
    assert now_of(row).problem == "chain.not_configured"
    Transaction.objects.update(chain_id=1)
    services.advance(row.pk, NOW)
    assert now_of(row).problem == "chain.other_chain"
    assert now_of(row).nonce is None


def test_a_node_that_does_not_answer(settings: Any, tmp_path: Path, db: None) -> None:
    configure(settings, tmp_path, "http://127.0.0.1:9")
    row = ordered("down")
    for hour in range(12):
        services.advance(row.pk, NOW + timedelta(hours=hour))
    assert now_of(row).problem == "resolution.unreachable"
    assert now_of(row).next_at == NOW + timedelta(hours=11) + rules.pause_after(12)
    assert rules.pause_after(12) == timedelta(hours=6)


def test_a_refusal_of_what_the_node_knows_is_none(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ordered("known")
    whole = evm.broadcast

    def refuses(at: Node, signed: evm.SignedTransaction) -> None:
        whole(at, signed)
        raise Unreachable("already known", code="anchor.node_refused")

    monkeypatch.setattr(evm, "broadcast", refuses)
    services.advance(row.pk, NOW)
    assert now_of(row).problem == ""
    monkeypatch.undo()
    for _ in range(2):
        node.ask("evm_mine")
    services.advance(row.pk, NOW)
    assert now_of(row).state == "confirmed"


def test_each_gets_on_by_a_job_of_its_own(settings: Any, tmp_path: Path, db: None) -> None:
    configure(settings, tmp_path, "http://127.0.0.1:9")
    for number in range(3):
        ordered(f"swept {number}")
    with unscoped("the jobs of the platform"):
        Job.objects.all().delete()
        handle = JobHandle(Job(path="x"))
        assert sweep(handle) == 3
        assert sweep(handle) == 3
        assert Job.objects.count() == 3


def test_the_key_is_sealed_and_its_own(db: None) -> None:
    first, second = account_named("one"), account_named("two")
    assert account_named("one").pk == first.pk
    assert first.address != second.address
    Account.objects.filter(pk=first.pk).update(sealed=second.sealed, sealed_with=second.sealed_with)
    draft = evm.Draft(1, 0, None, b"", 21_000, GWEI, GWEI)
    with pytest.raises(RuntimeError):
        accounts.sign_transaction(Account.objects.get(pk=first.pk), draft)


def test_prices() -> None:
    assert rules.first_fee(10 * GWEI, GWEI, 50) == rules.Fee(21 * GWEI, GWEI)
    assert rules.first_fee(40 * GWEI, GWEI, 50) == rules.Fee(50 * GWEI, GWEI)
    assert rules.first_fee(50 * GWEI, GWEI, 50) is None
    early = rules.Fee(21 * GWEI, GWEI)
    assert rules.raised_fee(early, 15 * GWEI, GWEI, 50) is None
    raised = rules.raised_fee(early, 22 * GWEI, GWEI, 50)
    assert raised is not None
    assert raised.most > early.most * 1.1
    assert raised.tip > early.tip * 1.1
    assert rules.raised_fee(early, 49 * GWEI, GWEI, 50) is None
