"""The staff's page, the job behind it, the night, and the command line."""

from __future__ import annotations

import argparse
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.test import Client
from django.utils import translation
from tests.site.exit.conftest import wipe
from tests.standing import standing

from testamur_site.exit import commands, jobs, runs, services
from testamur_site.exit.models import Exit, ExitState
from testamur_site.exit.writing.bags import NotABag
from testamur_site.exit.writing.locked import LockError
from testamur_site.foundation.accounts.api import User, add_member, create_user
from testamur_site.foundation.audit.models import AuditEntry
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.wallet.models import Deposit

PAGE = "/staff/han-river/leave"
ClientFor = Callable[[User | None], Client]


def exits(institution: Institution) -> list[Exit]:
    with tenant(institution):
        return list(Exit.objects.select_related("institution"))


def audited(institution: Institution) -> list[tuple[str, Any]]:
    with tenant(institution):
        rows = AuditEntry.objects.filter(action__startswith="exit.").order_by("sequence")
        return [(row.action, row.actor) for row in rows]


@pytest.fixture
@standing
def made(shown: Deposit, institution: Institution, owner: User, client_for: ClientFor) -> Exit:
    client_for(owner).post(PAGE, {"with_awards": "on"})
    run_pending()
    return exits(institution)[0]


def test_the_page_says_what_is_in_it_before_there_is_one(owner: User, client_for: ClientFor) -> None:
    html = client_for(owner).get(PAGE).content.decode()
    assert "No archive yet" in html
    assert "Private keys, passwords, and accounts of your staff." in html
    assert len(html) < 60_000


def test_asked_for_it_is_made_and_fetched_and_written_down(
    made: Exit, institution: Institution, owner: User, client_for: ClientFor
) -> None:
    assert (made.state, made.active, made.with_awards) == (ExitState.READY, None, True)
    client = client_for(owner)
    assert "Ready" in client.get(PAGE).content.decode()
    response = client.get(f"{PAGE}/{made.public_id}.zip")
    assert response["Cache-Control"].startswith("private, no-store")
    assert "with-awards.zip" in response["Content-Disposition"]
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    for close in response._resource_closers:  # `response.close()` would end the test's transaction with the request
        close()
    assert len(content) == made.size
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"public", "private"}
    assert [action for action, _ in audited(institution)] == ["exit.requested", "exit.made", "exit.downloaded"]
    assert audited(institution)[-1][1] == owner.public_id


def test_nobody_but_the_owner_comes_near_it(
    made: Exit, issuer: User, viewer: User, outsider: User, client_for: ClientFor
) -> None:
    for user in (issuer, viewer, outsider, None):
        for path in (PAGE, f"{PAGE}/{made.public_id}.zip", f"{PAGE}/{made.public_id}/delete"):
            assert client_for(user).get(path).status_code in (302, 403, 404)


def test_anothers_exit_is_not_there(made: Exit, outsider: User, client_for: ClientFor) -> None:
    assert client_for(outsider).get(f"/staff/liffey/leave/{made.public_id}.zip").status_code == 404


def test_one_at_a_time(institution: Institution, owner: User, client_for: ClientFor) -> None:
    client = client_for(owner)
    client.post(PAGE)
    html = client.post(PAGE, follow=True).content.decode()
    assert "One is being made already." in html
    assert len(exits(institution)) == 1
    assert 'http-equiv="refresh"' in html


def test_deleted_it_is_gone(made: Exit, institution: Institution, owner: User, client_for: ClientFor) -> None:
    client = client_for(owner)
    assert "Delete this archive?" in client.get(f"{PAGE}/{made.public_id}/delete").content.decode()
    assert made.path.exists()
    client.post(f"{PAGE}/{made.public_id}/delete")
    assert not made.path.exists()
    assert exits(institution) == []
    assert audited(institution)[-1] == ("exit.deleted", owner.public_id)


def test_a_lost_archive_is_not_a_server_error(made: Exit, owner: User, client_for: ClientFor) -> None:
    made.path.unlink()
    assert client_for(owner).get(f"{PAGE}/{made.public_id}.zip").status_code == 404


def test_only_the_newest_are_kept(made: Exit, institution: Institution, settings: Any) -> None:
    settings.TESTAMUR_EXIT_KEEP = 2
    for _ in range(4):
        assert runs.request(institution, None, with_awards=False) is not None
        run_pending()
    kept = [row for row in exits(institution) if row.state == ExitState.READY]
    folder = made.path.parent
    assert sorted(path.name for path in folder.iterdir()) == sorted(row.path.name for row in kept)
    assert not made.path.exists()


@pytest.mark.parametrize(
    ("asked", "count", "with_awards"), [("none", 0, None), ("public", 2, False), ("all", 2, True), ("files", 2, True)]
)
def test_by_night_where_it_is_asked_for(
    institution: Institution,
    other_institution: Institution,
    settings: Any,
    asked: str,
    count: int,
    with_awards: bool | None,
    tmp_path: Path,
) -> None:
    """What holds names is encrypted for somebody, or is not written at all."""
    settings.TESTAMUR_EXIT_NIGHTLY = asked
    settings.TESTAMUR_EXIT_RECIPIENTS = tmp_path / "recipients.txt"
    key = str(pyrage.x25519.Identity.generate().to_public())
    if with_awards:
        with pytest.raises(OSError, match="recipients"):
            jobs.nightly(None)  # type: ignore[arg-type]
        settings.TESTAMUR_EXIT_RECIPIENTS.write_text("nobody's key")
        with pytest.raises(LockError):
            jobs.nightly(None)  # type: ignore[arg-type]
        settings.TESTAMUR_EXIT_RECIPIENTS.write_text(f"# the archive's\n{key}\n")
    assert jobs.nightly(None) == count  # type: ignore[arg-type]
    assert jobs.nightly(None) == 0  # type: ignore[arg-type]
    with unscoped("the test looks at all exits"):
        rows = list(Exit.objects.all())
        assert [row.with_awards for row in rows] == [with_awards] * count
        assert [row.with_files for row in rows] == [asked == "files"] * count
        assert [row.recipients for row in rows] == [key if with_awards else ""] * count
        assert Job.objects.filter(path=runs.JOB).count() == count


def test_what_cannot_be_written_is_said_at_the_last_attempt(
    institution: Institution, owner: User, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runs, "write_exit", full)
    row = runs.request(institution, owner, with_awards=False)
    assert row is not None
    with pytest.raises(OSError, match="No space"):
        runs.make(institution, row.public_id, lambda _done: None, last_attempt=False)
    assert exits(institution)[0].active is True
    with pytest.raises(OSError, match="No space"):
        runs.make(institution, row.public_id, lambda _done: None, last_attempt=True)
    assert exits(institution)[0].state == ExitState.FAILED
    assert "the disk is full" in client_for(owner).get(PAGE).content.decode()


def test_a_job_that_is_stopped_is_continued(
    shown: Deposit, institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Exception):
        pass

    def stop(_done: int) -> None:
        raise Stopped

    monkeypatch.setattr(runs, "_TOLD_EVERY", 0.0)
    row = runs.request(institution, None, with_awards=True)
    assert row is not None
    with pytest.raises(Stopped):
        runs.make(institution, row.public_id, stop, last_attempt=False)
    running = exits(institution)[0]
    assert (running.state, running.step) == (ExitState.RUNNING, "public")
    assert not running.path.exists()
    runs.make(institution, row.public_id, lambda _done: None, last_attempt=False)
    assert exits(institution)[0].state == ExitState.READY
    assert [path.name for path in running.path.parent.iterdir()] == [running.path.name]


def test_a_job_that_ended_without_a_word_blocks_nothing(
    institution: Institution, owner: User, client_for: ClientFor
) -> None:
    row = runs.request(institution, owner, with_awards=False)
    assert row is not None
    with tenant(institution):
        Job.objects.filter(key=f"exit:{row.public_id}").update(status="failed")
    html = client_for(owner).get(PAGE).content.decode()
    assert "exit.ended" in html
    assert runs.request(institution, owner, with_awards=False) is not None


def test_a_fault_of_the_program_is_said_too(institution: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_arguments: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(runs, "write_exit", faulty)
    row = runs.request(institution, None, with_awards=False)
    assert row is not None
    with pytest.raises(RuntimeError):
        runs.make(institution, row.public_id, lambda _done: None, last_attempt=True)
    assert (exits(institution)[0].state, exits(institution)[0].problem) == (ExitState.FAILED, "exit.unexpected")


def test_whoever_writes_goes_on_in_their_own_language(institution: Institution, tmp_path: Path) -> None:
    with translation.override("ko"):
        services.write_exit(institution, tmp_path / "out")
        assert translation.get_language() == "ko"


# ---- The command line


def asked(**options: Any) -> argparse.Namespace:
    defaults = {
        "institution": None,
        "out": None,
        "with_awards": False,
        "with_files": False,
        "check": None,
        "source": None,
        "yes": False,
        "owner": None,
        "recipient": [],
        "identity": None,
        "passphrase_file": None,
    }
    return argparse.Namespace(**{**defaults, **options})


def test_the_command_writes_and_checks(
    shown: Deposit, institution: Institution, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.zip"
    assert commands.exit_command(asked(institution="han-river", out=out, with_awards=True)) == 0
    said = capsys.readouterr().out
    assert "hand on public/ alone" in said
    assert commands.exit_command(asked(check=out)) == 0
    said = capsys.readouterr().out
    assert "Sound: every file is as it was written." in said
    assert "entries" in said
    assert audited(institution)[-1][0] == "exit.written"


def test_the_command_finds_damage(shown: Deposit, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    commands.exit_command(asked(institution="han-river", out=out))
    (out / "public/data/README.txt").write_text("other words")
    assert commands.exit_command(asked(check=out)) == 1
    assert "public/data/README.txt was changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        ({}, 2, "say whose with --institution"),
        ({"institution": "nowhere", "out": Path("out")}, 2, "there are: han-river"),
        ({"check": Path("absent.zip")}, 1, "is no exit"),
    ],
)
def test_the_command_refuses_in_words(
    institution: Institution,
    options: dict[str, Any],
    status: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert commands.exit_command(asked(**options)) == status
    assert words in capsys.readouterr().err
    assert list(tmp_path.glob("out*")) == []


def test_the_command_writes_over_nothing_of_yours(
    institution: Institution, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    assert commands.exit_command(asked(institution="han-river", out=tmp_path)) == 1
    assert "holds something else" in capsys.readouterr().err


def test_the_import_says_first_what_it_would_do(
    shown: Deposit, institution: Institution, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    services.write_exit(institution, tmp_path / "exit.zip", with_awards=True)
    wipe()
    settings.TESTAMUR_LOG_NAME = "localhost:8000/log-2"
    assert commands.import_command(asked(source=tmp_path / "exit.zip")) == 0
    assert "Nothing was changed." in capsys.readouterr().out
    assert not Institution.objects.exists()
    assert commands.import_command(asked(source=tmp_path / "exit.zip", yes=True)) == 0
    assert "awards 1\n" in capsys.readouterr().out
    assert Institution.objects.get().slug == "han-river"


def test_the_first_owner_is_invited_and_nobody_after(
    shown: Deposit,
    institution: Institution,
    settings: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    client_for: ClientFor,
) -> None:
    services.write_exit(institution, tmp_path / "exit.zip", with_awards=True)
    wipe()
    settings.TESTAMUR_LOG_NAME = "localhost:8000/log-2"
    options = asked(source=tmp_path / "exit.zip", yes=True, owner="registrar@han-river.example")
    assert commands.import_command(options) == 0
    link = capsys.readouterr().out.rstrip().rpartition(" ")[2].removeprefix(settings.TESTAMUR_BASE_URL)
    assert client_for(None).get(link, follow=True).status_code == 200
    assert commands.import_command(asked(source=tmp_path / "exit.zip", yes=True, owner="nobody")) == 2
    user = create_user("member@han-river.example", "Member", "correct horse battery")
    add_member(Institution.objects.get(), user, "owner", actor=None)
    assert commands.import_command(options) == 1
    assert "they invite others" in capsys.readouterr().err


def test_the_import_refuses_in_words(
    institution: Institution, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.import_command(asked(source=tmp_path)) == 1
    assert "is no exit" in capsys.readouterr().err
    services.write_exit(institution, tmp_path / "exit")
    assert commands.import_command(asked(source=tmp_path / "exit")) == 1
    assert "no private part" in capsys.readouterr().err


@pytest.mark.parametrize("reason", ["no_folder", "no_declaration", "no_manifest", "line", "escape"])
def test_every_reason_has_words(reason: str) -> None:
    assert commands._NOT_A_BAG[NotABag(reason).reason]
