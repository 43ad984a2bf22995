"""The private part under lock: opened by its key and by nothing else, and by any program that knows age."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.test import Client
from tests.site.exit.conftest import MINA, wipe
from tests.site.exit.in_a_line import _each_page_in_a_line  # noqa: F401 - for all tests here
from tests.standing import aside, standing

from testamur_site.exit import services
from testamur_site.exit.models import Exit
from testamur_site.exit.taking_over import carry_out, plan
from testamur_site.exit.writing import bags, locked
from testamur_site.exit.writing.locked import Lock, LockError, Unlock
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.jobs.models import Job
from testamur_site.foundation.tenancy.api import Institution, unscoped
from testamur_site.portal.run import main
from testamur_site.wallet.models import Deposit

pytestmark = pytest.mark.django_db
PASSPHRASE = "four words are a passphrase"


@pytest.fixture
@aside
def key() -> tuple[str, str]:
    """The public and the private half of a key of age."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


@pytest.fixture
@standing
def under_passphrase(shown: Deposit, institution: Institution, tmp_path: Path) -> None:
    """An exit under PASSPHRASE in `tmp_path`, written once: to make a key of a passphrase is slow on purpose."""
    services.write_exit(institution, tmp_path / "exit", with_awards=True, lock=locked.for_passphrase(PASSPHRASE))


def everything_in(path: Path) -> bytes:
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return b"".join(each.read_bytes() for each in files)


@pytest.mark.parametrize("name", ["exit", "exit.zip"])
def test_a_key_opens_it_and_nothing_private_lies_open(
    shown: Deposit,
    private: Deposit,
    institution: Institution,
    key: tuple[str, str],
    settings: Any,
    tmp_path: Path,
    name: str,
) -> None:
    target = tmp_path / name
    services.write_exit(institution, target, with_awards=True, lock=locked.for_recipients(f"# mine\n{key[0]}\n"))
    assert b"jun@example.org" not in everything_in(target)
    assert not any(path.name.startswith(".") for path in tmp_path.iterdir()), "nothing is left beside it"
    assert services.is_locked(target)
    assert set(services.check_exit(target)) == {"public"}
    checked = services.check_exit(target, unlock=Unlock(identities=key[1]))
    assert all(part.sound for part in checked.values())
    assert set(checked) == {"public", "private"}
    wipe()
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log of the new deployment"
    settings.TESTAMUR_LOG_NAME = "localhost:8000/log-2"
    with services.opened(target, Unlock(identities=key[1])) as parts:
        done = carry_out(plan(parts, progress=services.silent), parts, progress=services.silent)
    assert done.awards == 2


def test_a_passphrase_opens_it(under_passphrase: None, tmp_path: Path) -> None:
    with services.opened(tmp_path / "exit", Unlock(passphrase=PASSPHRASE)) as parts:
        assert "private" in parts
    # As with `age --decrypt --identity private-key.age private.zip.age`.
    identity = pyrage.passphrase.decrypt((tmp_path / "exit" / locked.KEY).read_bytes(), PASSPHRASE).decode().strip()
    content = pyrage.decrypt(
        (tmp_path / "exit" / locked.ARCHIVE).read_bytes(), [pyrage.x25519.Identity.from_str(identity)]
    )
    assert "data/institution.json" in zipfile.ZipFile(io.BytesIO(content)).namelist()


@pytest.mark.parametrize(
    ("unlock", "reason"),
    [
        (Unlock(passphrase="another passphrase"), "wrong_key"),
        (Unlock(identities=str(pyrage.x25519.Identity.generate())), "wrong_key"),
        (Unlock(identities="AGE-SECRET-KEY-1NONSENSE"), "identity"),
        (Unlock(identities="-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense"), "identity"),
        (Unlock(identities="# nothing"), "identity"),
    ],
)
def test_nothing_else_opens_it(under_passphrase: None, tmp_path: Path, unlock: Unlock, reason: str) -> None:
    with pytest.raises(LockError) as refused, services.opened(tmp_path / "exit", unlock):
        pass
    assert refused.value.reason == reason


def test_a_changed_byte_is_seen(shown: Deposit, institution: Institution, key: tuple[str, str], tmp_path: Path) -> None:
    services.write_exit(institution, tmp_path / "exit", with_awards=True, lock=locked.for_recipients(key[0]))
    path = tmp_path / "exit" / locked.ARCHIVE
    content = bytearray(path.read_bytes())
    for place in (5, len(content) // 2, len(content) - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises(LockError, match="wrong_key"), services.opened(path.parent, Unlock(identities=key[1])):
            pass


@pytest.mark.parametrize("text", ["", "# nothing", "age1nonsense", "ssh-ed25519 nonsense", "hello", "age1\n" * 50])
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(LockError, match="recipient"):
        locked.for_recipients(text)


def test_a_short_passphrase_is_none() -> None:
    with pytest.raises(LockError, match="passphrase"):
        locked.for_passphrase("short")


@pytest.mark.parametrize("step", ["encrypt", "rmtree"])
def test_killed_while_it_is_locked_it_is_finished_by_the_next_run(
    shown: Deposit,
    private: Deposit,
    institution: Institution,
    key: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    class Killed(BaseException):
        pass

    def dying(path: Any, *_arguments: Any, **_named: Any) -> None:
        if step == "encrypt" or Path(path).name == "private":
            raise Killed

    lock = locked.for_recipients(key[0])
    with monkeypatch.context() as broken:
        broken.setattr(locked if step == "encrypt" else services.shutil, step, dying)
        with pytest.raises(Killed):
            services.write_exit(institution, tmp_path / "exit", with_awards=True, lock=lock)
    services.write_exit(institution, tmp_path / "exit", with_awards=True, lock=lock)
    assert not (tmp_path / "exit/private").exists()
    with services.opened(tmp_path / "exit", Unlock(identities=key[1])) as parts:
        assert plan(parts, progress=services.silent).awards == 2


def test_an_archive_that_unpacks_to_far_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("private/bagit.txt", b"x")
        archive.writestr("private/data/awards/000001.jsonl", b"0" * (80 << 20))
    with pytest.raises(bags.NotABag, match="too_much"), services.opened(path):
        pass


def test_the_command_line(
    shown: Deposit, institution: Institution, key: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "identity.txt").write_text(f"# created by age-keygen\n{key[1]}\n")
    (tmp_path / "short.txt").write_text("short\n")
    target, slug = tmp_path / "exit", institution.slug
    write = ["exit", "--institution", slug, "--out", str(target)]
    assert main([*write, "--recipient", key[0]]) == 2
    assert main([*write, "--with-awards", "--recipient", "nonsense"]) == 2
    assert main([*write, "--with-awards", "--passphrase-file", str(tmp_path / "short.txt")]) == 2
    assert main([*write, "--with-awards", "--passphrase-file", str(tmp_path / "missing.txt")]) == 2
    assert main([*write, "--with-awards", "--recipient", key[0]]) == 0
    capsys.readouterr()
    assert main(["exit", "--check", str(target)]) == 0
    assert "was not looked into" in capsys.readouterr().out
    assert main(["exit", "--check", str(target), "--identity", str(tmp_path / "identity.txt")]) == 0
    assert "private: " in capsys.readouterr().out
    assert main(["import-exit", str(target)]) == 1
    assert "--identity FILE" in capsys.readouterr().err
    assert main(["import-exit", str(target), "--identity", str(tmp_path / "short.txt")]) == 1
    assert main(["import-exit", str(target), "--identity", str(tmp_path / "missing.txt")]) == 1
    assert main(["import-exit", str(target), "--identity", str(tmp_path / "identity.txt")]) == 0


def test_the_page_keeps_no_passphrase(
    shown: Deposit, institution: Institution, owner: Any, client_for: Callable[..., Client]
) -> None:
    client, address = client_for(owner), f"/staff/{institution.slug}/leave"
    for wrong in (
        {"with_awards": "on", "passphrase": PASSPHRASE, "again": "another"},
        {"with_awards": "on", "passphrase": "short", "again": "short"},
        {"passphrase": PASSPHRASE, "again": PASSPHRASE},
        {"with_awards": "on", "passphrase": PASSPHRASE, "again": PASSPHRASE, "recipients": "age1"},
        {"with_awards": "on", "recipients": "nonsense"},
    ):
        answer = client.post(address, wrong)
        assert answer.status_code == 422, wrong
        assert PASSPHRASE not in answer.content.decode()
    good = {"with_awards": "on", "passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert client.post(address, good).status_code == 302
    with unscoped("a test looks at what is kept"):
        assert PASSPHRASE not in repr(list(Job.objects.values())) + repr(list(Exit.objects.values()))
    run_pending()
    with unscoped("a test looks at what is kept"):
        row = Exit.objects.select_related("institution").get()
    assert row.state == "ready"
    assert MINA.email.encode() not in row.path.read_bytes()
    with services.opened(row.path, Unlock(passphrase=PASSPHRASE)) as parts:
        assert plan(parts, progress=services.silent).awards == 1


def test_without_a_lock_it_is_as_it_was(shown: Deposit, institution: Institution, tmp_path: Path) -> None:
    services.write_exit(institution, tmp_path / "exit", with_awards=True, lock=Lock())
    assert (tmp_path / "exit/private/bagit.txt").is_file()
    assert not services.is_locked(tmp_path / "exit")
