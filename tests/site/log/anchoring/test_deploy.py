"""The contract is put into a chain once, however often the command is run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.chains import give

from testamur.fetch.evm import Node
from testamur.fetch.evm_transactions import first_seen
from testamur_site.foundation.chain.api import Transaction, account_named
from testamur_site.log.anchoring.deploy.__main__ import main
from testamur_site.log.anchoring.deploy.step import GAS

pytestmark = pytest.mark.django_db


def test_the_contract_is_paid_for_once(
    node: tuple[Node, str], configured: Callable[[str, list[str]], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    configured(f'[chain.test]\nid = 31337\nnode = "{node[1]}"\nconfirmations = 2\n', [node[1]])
    assert main(["none"]) == 1
    assert main(["test"]) == 2
    assert "too little money" in capsys.readouterr().out
    give(node[0], account_named("anchor").address)
    for _ in range(3):
        assert main(["test"]) == 0
        node[0].ask("evm_mine")
    assert main(["test"]) == 0
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith('contract = "0x')
    contract = bytes.fromhex(said.split('"')[1][2:])
    assert first_seen(node[0], contract, bytes(32)) == 0
    paid = Transaction.objects.get()
    assert paid.gas_used is not None
    assert 200_000 < paid.gas_used < GAS


def test_a_file_that_cannot_be_read(
    configured: Callable[[str, list[str]], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    configured("[chain.test]\nid = 1\n", [])
    assert main(["test"]) == 1
    assert "chain.test.node" in capsys.readouterr().err


def test_as_a_person_starts_it(tmp_path: Path) -> None:
    """In a process of its own, where nothing has set Django up."""
    environment = {**os.environ, "TESTAMUR_DATA": str(tmp_path)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "testamur_site.log.anchoring.deploy", "--help"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "TESTAMUR_ANCHORING" in ran.stdout
