"""A key of the log signs no second root, nothing older, nothing of another log, and remembers it whatever the database says."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from testamur.errors import SignerRefused
from testamur.log import Checkpoint as Signed
from testamur.log import LogDamaged
from testamur.log.checkpoints import verify_signature
from testamur_site.foundation.signing import client
from testamur_site.foundation.signing.desk import Desk
from testamur_site.foundation.signing.record import Record
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.log import jobs, keys, services, witnesses
from testamur_site.log.models import Checkpoint, Entry, Shard


@pytest.fixture
def shard(desk: Desk) -> Shard:
    return services.shard_of(2026)


def now() -> int:
    return int(timezone.now().timestamp())


def checkpoint(shard: Shard, size: int, fill: int = 1) -> Signed:
    return Signed(shard.origin, size, bytes([fill]) * 32)


def code(shard: Shard, asked: Signed, time: int | None = None) -> str | None:
    """The refusal of both keys; None where both signed, and the signatures hold."""
    codes = set()
    for signer in keys.signers(shard):
        try:
            signature = signer.sign(asked, now() if time is None else time)
        except SignerRefused as refused:
            codes.add(refused.code)
        else:
            assert verify_signature(asked, signature, signer.key)
            codes.add(None)
    assert len(codes) == 1
    return codes.pop()


def test_it_signs_what_grows_and_the_same_again(shard: Shard) -> None:
    assert code(shard, checkpoint(shard, 5)) is None
    assert code(shard, checkpoint(shard, 5)) is None
    assert code(shard, checkpoint(shard, 9, 2)) is None


def test_never_two_roots_and_never_back(shard: Shard) -> None:
    assert code(shard, checkpoint(shard, 5)) is None
    assert code(shard, checkpoint(shard, 5, 2)) == "log.fork"
    assert code(shard, checkpoint(shard, 4)) == "log.rolled_back"
    assert code(shard, checkpoint(shard, 5)) is None


def test_two_at_the_same_moment_get_one_root_signed(shard: Shard, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one checkpoint is being examined, another one of the same log waits, and then finds what was signed."""
    inside: list[bool] = []
    append = desk._record.append

    def look(**line: Any) -> None:
        inside.append(desk._one_at_a_time.locked())
        append(**line)

    monkeypatch.setattr(desk._record, "append", look)
    assert code(shard, checkpoint(shard, 5)) is None
    assert inside == [True, True]
    assert not desk._one_at_a_time.locked()
    assert code(shard, checkpoint(shard, 5, 2)) == "log.fork"


def test_a_restart_and_a_database_that_was_set_back_do_not_make_it_forget(
    shard: Shard, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code(shard, checkpoint(shard, 5)) is None
    Checkpoint.objects.all().delete()
    again = Desk(Record(tmp_path / "signatures.jsonl"))
    monkeypatch.setattr(client, "exchange", lambda _path, message: again.answer(message))
    assert code(shard, checkpoint(shard, 4)) == "log.rolled_back"
    assert code(shard, checkpoint(shard, 5, 2)) == "log.fork"


def test_what_the_database_knows_counts_too(shard: Shard, institution: Any) -> None:
    services.record([services.Record(services.Kind.ISSUE, "urn:uuid:1", b"{}", "award:1", "award:1")], institution)
    services.sequence()
    (row,) = Checkpoint.objects.all()
    assert code(shard, checkpoint(shard, row.size, 7)) == "log.fork"


@pytest.mark.parametrize("late", [-3600, 3600])
def test_the_time_is_now(shard: Shard, late: int) -> None:
    assert code(shard, checkpoint(shard, 5), now() + late) == "signing.date"


def test_another_log_gets_no_signature(shard: Shard) -> None:
    assert code(shard, Signed("elsewhere.example/log", 5, b"x" * 32)) == "log.other"
    assert code(shard, Signed(shard.origin, 5, b"x" * 32, ("extension",))) == "log.other"
    Shard.objects.filter(pk=shard.pk).update(frozen_at=timezone.now())
    assert code(shard, checkpoint(shard, 5)) == "log.other"


def test_an_item_that_is_no_checkpoint_is_refused(shard: Shard) -> None:
    (signer, _) = keys.signers(shard)
    stored = signer._stored  # type: ignore[attr-defined]
    text = checkpoint(shard, 5).text
    for item, expected in (
        ({"row": "a", "checkpoint": "x\n1\n", "time": now()}, "log.checkpoint"),
        ({"row": "a", "checkpoint": text, "time": str(now())}, "signing.item"),
        ({"row": "a", "checkpoint": text}, "signing.item"),
        ({"row": "a", "checkpoint": 5, "time": now()}, "signing.item"),
    ):
        (outcome,) = client.sign_by_process("checkpoint", stored, shard.origin, [item])
        assert outcome.code == expected  # type: ignore[union-attr]
    (outcome,) = client.sign_by_process(
        "checkpoint", stored, shard.origin, [{"row": "a", "checkpoint": text, "time": now()}]
    )
    assert len(base64.b64decode(outcome)) == 64  # type: ignore[arg-type]


class Killed(BaseException):
    """What a SIGKILL leaves: nothing after this is done."""


def waits(institution: Institution, *numbers: int) -> None:
    services.record(
        [
            services.Record(services.Kind.ISSUE, f"urn:uuid:{one}", b"{}", f"award:{one}", f"award:{one}")
            for one in numbers
        ],
        institution,
    )


def sequenced_by_another_process(job: Any) -> int:
    witnesses._looked.clear()
    return jobs.sequence(job)


@pytest.fixture
def killed(shard: Shard, institution: Institution, monkeypatch: pytest.MonkeyPatch) -> Shard:
    """One entry is in the log. Three more were signed for, and who appended them was killed before the log knew of it."""
    waits(institution, 1)
    services.sequence()
    waits(institution, 2, 3, 4)

    def dies(*_given: Any) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(services.FolderStore, "swap_head", dies)
        with pytest.raises(Killed):
            services.sequence()
    return services.shard_of(shard.year)


def test_killed_when_it_was_signed_for(killed: Shard, institution: Institution) -> None:
    """The signing process signs nothing smaller any more, and of that size nothing else."""
    waits(institution, 5)
    first = Entry.objects.filter(index=None).order_by("pk").first()
    assert first is not None
    Entry.objects.filter(pk=first.pk).update(
        id=first.pk + 100
    )  # another transaction, with lower numbers, has ended since
    assert sequenced_by_another_process(None) == 4
    assert list(Entry.objects.order_by("pk").values_list("index", flat=True)) == [0, 2, 3, 4, 1]
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [1, 4, 5]


@pytest.mark.parametrize(("left", "code"), [((2, 3), "log.rolled_back"), ((2, 3, 6), "log.fork")])
def test_a_database_that_was_set_back_gets_no_second_history(
    killed: Shard, institution: Institution, left: tuple[int, ...], code: str
) -> None:
    """What was signed for is not there any more, or something else is."""
    Entry.objects.filter(index=None).delete()
    waits(institution, *left)
    with pytest.raises((LogDamaged, SignerRefused)) as caught:
        sequenced_by_another_process(None)
    assert caught.value.code == code
    assert Checkpoint.objects.count() == 1
    assert Entry.objects.filter(index=None).count() == len(left)


def test_the_log_goes_on_while_a_new_process_looks(
    shard: Shard, institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checkpoint that is to be signed anew is not the newest any more when the signing process is asked."""
    waits(institution, 1)
    services.sequence()
    stated = witnesses._stated

    def meanwhile(*given: Any) -> int:
        waits(institution, 2)
        services.sequence()
        return stated(*given)

    monkeypatch.setattr(witnesses, "_stated", meanwhile)
    assert sequenced_by_another_process(None) == 0
    assert Checkpoint.objects.count() == 2


def test_entries_that_are_alike_have_a_row_each(shard: Shard, institution: Institution) -> None:
    waits(institution, 1, 2)
    Entry.objects.update(handle=bytes(32), commitment=bytes(32))
    rows = list(Entry.objects.order_by("pk").values_list(*services._WAITING))
    alike = services._written(rows[0])
    found = services._rows_of([alike, alike, alike])
    assert [row[0] if row else None for row in found] == [rows[0][0], rows[1][0], None]
