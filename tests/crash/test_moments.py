"""A small part of `make crash` on the test database of the suite: the same scenarios, at fewer moments."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.issuing.models import Award
from testamur_site.wallet.models import Deposit

from . import moments
from .examination import Seen, examine
from .scenarios import clocks, disks, holders, kills, pauses, power_cuts
from .scenarios import connections as cuts
from .scenarios.bench import Bench, Result, on_postgresql
from .stage import database_file, is_sqlite

pytestmark = pytest.mark.django_db(transaction=True)

needs_strace = pytest.mark.skipif(
    not moments.have_strace(), reason="needs strace: sh tools/ensure-debian-packages strace"
)


@pytest.fixture
def bench(tmp_path: Path, settings: Any) -> Iterator[Bench]:
    # On SQLite the files of the log lie beside the database: what befalls the one befalls the other.
    settings.TESTAMUR_LOG_FOLDER = (database_file().parent if is_sqlite() else tmp_path) / "log"
    shutil.rmtree(settings.TESTAMUR_LOG_FOLDER, ignore_errors=True)  # of whatever ran before, with other keys
    made = Bench(tmp_path / "bench", tell=lambda _: None)
    yield made
    made.put_back("first")
    made.close()
    connections.close_all()


def faults(*results: Result) -> list[tuple[str, str]]:
    assert all(result.points for result in results), [result.line() for result in results]
    return [fault for result in results for fault in result.faults]


@needs_strace
def test_nothing_is_lost_or_doubled_whatever_befalls_a_worker(bench: Bench) -> None:
    """One test, because preparing the platform costs more than what is done to it."""
    first = ("first",)
    results = [
        kills.at_statements(bench, 5, first),
        kills.at_system_calls(bench, 5, first),
        kills.of_several(bench, 1, first),
        pauses.beyond_the_lease(bench, 1, first),
        pauses.two_on_one_chunk(bench, 1),
        clocks.jumps(bench, 2, first),
        disks.by_errors(bench, 1, first),
        holders.by_process(bench, 3, first),
    ]
    if on_postgresql():
        results += [cuts.terminated(bench, 1, first), cuts.cut(bench, 2, first)]
    else:
        results += power_cuts.cuts(bench, 1, first, strict=2)
    assert faults(*results) == []
    if not on_postgresql():
        # The control: with the weaker setting the same simulation finds that the log knows what the database has lost.
        surely, _ = power_cuts.cuts(bench, 0, first, strict=2, careless=True)
        assert surely.count("lost") + surely.count("doubled") > 0


def test_nothing_is_lost_or_doubled_where_keys_are_in_a_device(bench: Bench) -> None:
    first = ("first",)
    assert faults(holders.in_device(bench, 2, first), holders.by_process_in_device(bench, 4, first)) == []


def test_the_examination_sees_what_may_never_happen(bench: Bench) -> None:
    """The control: an examination that finds nothing in a spoilt database would prove nothing."""
    bench.begin("issued")
    seen = Seen.now(bench.stage)
    assert examine(bench.stage, seen) == []
    first, second, third, fourth, *_ = sorted(seen.signed)
    seen.prepared[first] = "other bytes"
    seen.signed |= {second: "other bytes", 0: "bytes that vanished"}
    with unscoped("a database is spoilt"):
        Award.objects.filter(pk=third).update(state="revoked", award_key=None)
        Deposit.objects.filter(award=fourth).delete()
    bundle = max(bench.log_folder.glob("*/tile/entries/000.p/*"), key=lambda path: int(path.name))
    held = bundle.read_bytes()
    bundle.write_bytes(held[:-1] + bytes([held[-1] ^ 1]))
    found = examine(bench.stage, seen)
    for fault in (
        f"prepared bytes of award {first} changed",
        f"signed bytes of award {second} changed",
        "signed bytes of award 0 are lost",
        f"award {third} is revoked, its bits are False, False",
        f"the deposit of award {fourth} is missing",
    ):
        assert fault in found
    assert any("is another in the log than in the database" in fault for fault in found)
