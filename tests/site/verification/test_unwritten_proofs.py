"""A verification here is given the log's proof before it is written, and says what it says of the text: whatever the database and the
folder of the log hold."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.site.wallet.conftest import award_to, claimed, deposit, published, version  # noqa: F401 - the same learner

from testamur.ports import Resource
from testamur.verification.presenters import json_bytes
from testamur_site.foundation.public_bytes.api import known
from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.issuing import api as issuing
from testamur_site.log import proofs
from testamur_site.log.api import forget
from testamur_site.log.models import Checkpoint, Entry, Shard
from testamur_site.verification import services
from testamur_site.verification.own_documents import OwnDocuments
from testamur_site.wallet.models import Deposit

pytestmark = pytest.mark.django_db
AWARDS = 3
MOMENT = re.compile(rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z|\d{2}:\d{2}(:\d{2})?")


class Texts:
    """The same documents, of which every proof is a text."""

    def __init__(self) -> None:
        self.everywhere = services.Everywhere()

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        return self.everywhere.fetch(url, accept=accept)


@pytest.fixture
def awards(award_to: Callable[..., Deposit], published: Deposit) -> list[Deposit]:  # noqa: F811
    """Of one form, so that the last are ordinary."""
    found = [published]
    for number in range(AWARDS - 1):
        again = award_to(again=f"{number}")
        found.append(again)
    with unscoped("all of them are shown"):
        Deposit.objects.update(public=True, state=published.state)
    return found


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of proofs that were asked for as bytes."""
    asked: list[str] = []
    fetch = OwnDocuments.fetch

    def noted(self: OwnDocuments, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        if "/c/" in url and url.endswith(".tlog-proof"):
            asked.append(url)
        return fetch(self, url, accept=accept)

    monkeypatch.setattr(OwnDocuments, "fetch", noted)
    return asked


def reports(awards: list[Deposit], resolver: Any = None) -> list[bytes]:
    """Of each in both languages, without the moment at which it was made."""
    found = []
    for each in awards:
        report = services.verify_document(issuing.credential_bytes(each.award), resolver=resolver)
        found += [MOMENT.sub(b"T", json_bytes(report, language)) for language in ("en", "ko")]
    return found


def compared(awards: list[Deposit]) -> list[bytes]:
    """Both ways say the same, twice."""
    for _ in range(2):
        expected = reports(awards, Texts())
        assert reports(awards) == expected
    return expected


def test_whole_it_is_never_written(awards: list[Deposit], written: list[str]) -> None:
    said = compared(awards)
    assert all(b'"log.logged"' in each for each in said)
    written.clear()
    reports(awards)
    assert written == []


def no_entries() -> None:
    Entry.objects.all().delete()


def waiting() -> None:
    Entry.objects.update(shard=None, index=None, sequenced_at=None)
    Checkpoint.objects.all().delete()


def other_salt() -> None:
    Entry.objects.filter(salt__isnull=False).update(salt=bytes(32))


def short_salt() -> None:
    Entry.objects.filter(salt__isnull=False).update(salt=bytes(31))


def other_commitment() -> None:
    Entry.objects.update(commitment=bytes(32))


def other_handle() -> None:
    Entry.objects.update(handle=bytes(32))


def other_kind() -> None:
    Entry.objects.update(kind=2)


def unknown_kind() -> None:
    Entry.objects.update(kind=9)


def beyond_the_log() -> None:
    Entry.objects.update(index=None)
    for number, entry in enumerate(Entry.objects.all()):
        Entry.objects.filter(pk=entry.pk).update(index=1000 + number)


def exchanged() -> None:
    """Each entry stands where another does."""
    places = list(Entry.objects.filter(salt__isnull=False).order_by("pk").values_list("pk", "index"))
    Entry.objects.filter(salt__isnull=False).update(index=None)
    for (key, _), (_, index) in zip(places, places[1:] + places[:1], strict=True):
        Entry.objects.filter(pk=key).update(index=index)


def no_checkpoints() -> None:
    Checkpoint.objects.all().delete()


def damaged_checkpoints() -> None:
    for row in Checkpoint.objects.all():
        row.note = bytes(row.note)[:-9]
        row.save()


def checkpoints_of_others() -> None:
    for row in Checkpoint.objects.all():
        row.note = bytes(row.note).replace(Shard.objects.get().origin.encode(), b"log.example/1")
        row.save()


CHANGES = (
    *(no_entries, waiting, other_salt, short_salt, other_commitment, other_handle, other_kind, unknown_kind),
    *(beyond_the_log, exchanged, no_checkpoints, damaged_checkpoints, checkpoints_of_others),
)


def test_whatever_the_database_says(awards: list[Deposit]) -> None:
    before = compared(awards)
    for change in CHANGES:
        with transaction.atomic():
            change()
            assert compared(awards) != before, change.__name__
            transaction.set_rollback(True)
    assert compared(awards) == before


def test_what_was_forgotten(awards: list[Deposit]) -> None:
    compared(awards)
    forget(f"award:{awards[0].award.public_id}")
    said = compared(awards)
    assert b'"log.logged"' not in said[0]
    assert b'"log.logged"' in said[2]


def test_what_is_private(awards: list[Deposit]) -> None:
    compared(awards)
    with unscoped("its holder takes it back"):
        Deposit.objects.filter(pk=awards[0].pk).update(public=False)
    said = compared(awards)
    assert b'"log.logged"' not in said[0]
    assert b'"log.logged"' in said[2]


def test_below_an_older_checkpoint_with_enough_witnesses(awards: list[Deposit]) -> None:
    before = compared(awards)
    for row in Checkpoint.objects.all():
        Checkpoint.objects.filter(pk=row.pk).update(quorum_at=row.signed_at, witnessed_at=row.signed_at)
    proofs_of = [proofs.look_up(f"award:{each.award.public_id}").content for each in awards]
    assert len({content.partition(b"\n\n")[2] for content in proofs_of if content}) > 1
    assert len(compared(awards)) == len(before)


@pytest.mark.parametrize("damage", ["flipped", "short", "gone"])
def test_from_a_damaged_folder_and_after_it_was_put_back(
    awards: list[Deposit], damage: str, settings: Any, tmp_path: Path
) -> None:
    whole = compared(awards)
    shutil.copytree(settings.TESTAMUR_LOG_FOLDER, tmp_path / "copy")
    for tile in Path(settings.TESTAMUR_LOG_FOLDER).rglob("tile/0/**/*"):
        if tile.is_file() and damage == "gone":
            tile.unlink()
        elif tile.is_file():
            content = tile.read_bytes()
            tile.chmod(0o644)
            tile.write_bytes(bytes(each ^ 1 for each in content) if damage == "flipped" else content[:-1])
    proofs._tiles.cache_clear()
    proofs._paths.cache_clear()
    known().clear()
    damaged = compared(awards)
    assert not any(b'"log.logged"' in each for each in damaged)
    shutil.rmtree(settings.TESTAMUR_LOG_FOLDER)
    shutil.copytree(tmp_path / "copy", settings.TESTAMUR_LOG_FOLDER)
    known().clear()
    assert compared(awards) == whole


def test_the_address_of_a_proof_alone(client: Client, awards: list[Deposit]) -> None:
    """What anybody gets is written as ever."""
    for each in awards:
        answer = client.get(f"/c/{each.award.public_id}.tlog-proof")
        assert answer.content == proofs.proof_of(f"award:{each.award.public_id}")
