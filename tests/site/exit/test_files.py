"""What learners handed in as files: in the private part where it is asked for, and back in a store where it is taken over."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.site.exit.conftest import wipe
from tests.site.exit.in_a_line import _each_page_in_a_line  # noqa: F401 - for all tests here
from tests.standing import standing

from testamur_site.enrolment.evidence.store import receive
from testamur_site.enrolment.models import EvidenceItem, Learner
from testamur_site.enrolment.services.portfolio import add_file, add_text, open_evidence
from testamur_site.exit import services
from testamur_site.exit.taking_over import carry_out, plan, tables
from testamur_site.exit.taking_over.conflicts import Refused
from testamur_site.exit.writing import bags
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.portal.run import main

pytestmark = pytest.mark.django_db
REPORT, TALK = b"the report of Mina\n" * 100_000, b"what Jun said"


@pytest.fixture(autouse=True)
def _store_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_DATA = tmp_path / "data"
    settings.TESTAMUR_DATA.mkdir()
    settings.TESTAMUR_EVIDENCE_MEBIBYTES = 50


def hand_in(institution: Institution, name: str, *contents: bytes) -> list[EvidenceItem]:
    with tenant(institution):
        learner = Learner.objects.create(institution=institution, name=name, email=f"{name}@learners.example")
        return [add_file(learner, receive([content], "work.txt")) for content in contents]


@pytest.fixture
@standing
def pieces(institution: Institution) -> list[EvidenceItem]:
    """Two of Mina's; one of Jun's, who handed in the same report; one of somebody who was erased, the same again; and a text."""
    found = hand_in(institution, "Mina", REPORT, TALK) + hand_in(institution, "Jun", REPORT)
    (gone,) = hand_in(institution, "Nobody", REPORT)
    with tenant(institution):
        gone.erased_at = gone.created_at
        gone.stored_as = gone.file_name = gone.title = ""
        gone.save()
        found += [gone, add_text(found[0].learner, REPORT.decode()[:1000])]
    return found


def write(institution: Institution, target: Path, **contents: bool) -> Path:
    services.write_exit(institution, target, with_awards=True, **contents)
    return target


def take_over(source: Path, **options: Any) -> Any:
    with services.opened(source) as parts:
        return carry_out(plan(parts, progress=services.silent), parts, progress=services.silent, **options)


def test_they_travel_where_it_is_asked_for_and_each_once(
    institution: Institution, pieces: list[EvidenceItem], tmp_path: Path
) -> None:
    without = write(institution, tmp_path / "without")
    assert not (without / "private/data/files").exists()
    target = write(institution, tmp_path / "exit", with_files=True)
    files = target / "private/data/files"
    assert {path.name: path.read_bytes() for path in files.iterdir()} == {
        hashlib.sha256(content).hexdigest(): content for content in (REPORT, TALK)
    }
    assert not list((target / "public").rglob(pieces[0].sha256))
    assert json.loads((target / "private/data/files.json").read_bytes()) == {"files": 3, "lost": []}
    assert all(part.sound for part in services.check_exit(target).values())


def test_what_is_lost_or_damaged_here_is_told(
    institution: Institution, pieces: list[EvidenceItem], settings: Any, tmp_path: Path
) -> None:
    stored = settings.TESTAMUR_DATA / "evidence"
    (stored / pieces[1].stored_as).unlink()
    (stored / pieces[0].stored_as).write_bytes(b"something else")
    (stored / pieces[2].stored_as).write_bytes(b"something else")
    target = write(institution, tmp_path / "exit", with_files=True)
    told = json.loads((target / "private/data/files.json").read_bytes())
    assert told == {"files": 0, "lost": sorted({pieces[0].sha256, pieces[1].sha256})}
    assert list((target / "private/data").glob("files/*")) == []


@pytest.mark.parametrize("name", ["exit", "exit.zip"])
def test_they_come_home_and_what_was_erased_does_not(
    institution: Institution, pieces: list[EvidenceItem], settings: Any, tmp_path: Path, name: str
) -> None:
    target = write(institution, tmp_path / name, with_files=True)
    before = {piece.public_id: (piece.sha256, piece.kind, piece.erased_at is None) for piece in pieces}
    wipe()
    settings.TESTAMUR_DATA = tmp_path / "new"
    settings.TESTAMUR_EVIDENCE_MEBIBYTES = 1  # what was taken once is not refused for its size
    done = take_over(target)
    assert done.tables.files == 3
    assert any("files 3" in line for line in done.lines())
    with tenant(done.institution):
        there = {piece.public_id: piece for piece in EvidenceItem.objects.all()}
    assert there.keys() == before.keys()
    for public_id, (digest, kind, alive) in before.items():
        piece = there[public_id]
        assert bool(piece.stored_as) is (kind == "file" and alive)
        if alive:
            with open_evidence(piece) as file:
                assert hashlib.sha256(file.read()).hexdigest() == digest
    kept = [path for path in (tmp_path / "new/evidence").rglob("*") if path.is_file()]
    assert len(kept) == 3, "the rehearsal keeps nothing"
    again = take_over(target)
    assert again.tables.files == 0
    assert sorted(path for path in (tmp_path / "new/evidence").rglob("*") if path.is_file()) == sorted(kept)


def test_killed_on_the_way_the_same_command_goes_on(
    institution: Institution,
    pieces: list[EvidenceItem],
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = write(institution, tmp_path / "exit", with_files=True)
    wipe()
    settings.TESTAMUR_DATA = tmp_path / "new"
    monkeypatch.setattr(tables, "AT_ONCE", 1)
    count = 0

    def dying() -> None:
        nonlocal count
        with tenant(Institution.objects.get()):
            count = EvidenceItem.objects.count()
        if count == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_over(target, done=dying)
    assert take_over(target).tables.files == 1
    with tenant(Institution.objects.get()):
        assert EvidenceItem.objects.exclude(stored_as="").count() == 3


def test_a_file_under_a_false_name_is_refused(
    institution: Institution, pieces: list[EvidenceItem], tmp_path: Path
) -> None:
    """The bag itself may be sound: whoever forged the file wrote the manifest anew."""
    target = write(institution, tmp_path / "exit", with_files=True)
    (target / f"private/data/files/{pieces[1].sha256}").write_bytes(b"never said")
    for old in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        (target / "private" / old).unlink()
    bags.seal(target / "private", {}, services.silent)
    wipe()
    with pytest.raises(Refused, match="other bytes than its name says"):
        take_over(target)
    assert Institution.objects.count() == 0


def test_the_page_and_the_command_ask_for_the_private_part_first(
    institution: Institution, owner: Any, client_for: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client: Client = client_for(owner)
    answer = client.post(f"/staff/{institution.slug}/leave", {"with_files": "on"})
    assert answer.status_code == 422
    assert "The files are in the private part" in answer.content.decode()
    assert main(["exit", "--institution", institution.slug, "--out", str(tmp_path / "x"), "--with-files"]) == 2
    assert "--with-awards" in capsys.readouterr().err
