"""What an exit holds, that nothing private is in its public part, and that whoever is killed goes on."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.standing import standing

from testamur.fetch import HttpResolver, RecordingResolver
from testamur.ports import Resource
from testamur.verification import Verdict, Verifier
from testamur_site.exit import services
from testamur_site.exit.writing import workplace
from testamur_site.exit.writing.bags import NotABag
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing.api import credential_bytes
from testamur_site.wallet import services as wallet
from testamur_site.wallet.models import Deposit


@pytest.fixture
@standing
def out(shown: Deposit, private: Deposit, institution: Institution, tmp_path: Path) -> None:
    services.write_exit(institution, tmp_path / "out", with_awards=True)


@pytest.fixture
def written(out: None, tmp_path: Path) -> Path:
    return tmp_path / "out"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def site(folder: Path) -> Path:
    return folder / "public/data/site"


def test_an_exit_is_whole(written: Path) -> None:
    checked = services.check_exit(written)
    assert set(checked) == {"public", "private"}
    assert all(found.sound for found in checked.values())
    assert [(log.sound, log.size > 0) for log in services.check_logs(written)] == [(True, True)]


@pytest.mark.parametrize("change", ["change", "remove", "add"])
def test_whatever_happens_to_a_file_is_found(written: Path, change: str) -> None:
    path = site(written) / "institutions/han-river/did.json"
    if change == "change":
        path.write_bytes(path.read_bytes().replace(b"key-1", b"key-2", 1))
    elif change == "remove":
        path.unlink()
    else:
        path.with_name("did2.json").write_bytes(b"{}")
    findings = services.check_exit(written)["public"].findings
    assert [finding.code for finding in findings] == [
        {"change": "changed", "remove": "missing", "add": "unlisted"}[change]
    ]


def test_a_changed_log_is_found_even_under_a_new_manifest(written: Path) -> None:
    entries = next((site(written) / "log").rglob("tile/entries/*.p/*"))
    content = bytearray(entries.read_bytes())
    content[-1] ^= 1
    entries.write_bytes(bytes(content))
    assert not services.check_logs(written)[0].sound


def test_what_is_no_exit_is_said(tmp_path: Path) -> None:
    (tmp_path / "other.zip").write_bytes(b"PK nothing")
    for source in (tmp_path, tmp_path / "other.zip", tmp_path / "absent"):
        with pytest.raises(NotABag, match="no_folder"):
            services.check_exit(source)


def test_a_manifest_that_leads_out_of_the_bag_is_refused(written: Path) -> None:
    manifest = written / "public/manifest-sha256.txt"
    manifest.write_text(f"{'0' * 64}  data/../../private/bagit.txt\n")
    with pytest.raises(NotABag, match="escape"):
        services.check_exit(written)


def test_the_public_part_names_nobody_who_did_not_show_it(written: Path, private: Deposit) -> None:
    everything = b"".join(contents(written / "public").values())
    for secret in (private.award.public_id, "Jun Park", "jun@example.org", "Mina@Example.org", "mina@example.org"):
        assert secret.encode() not in everything


def test_the_private_part_is_for_its_owner_only(written: Path) -> None:
    assert (written / "private").stat().st_mode & 0o077 == 0
    assert "PRIVATE" in (written / "private/bag-info.txt").read_text()
    assert b"jun@example.org" in (written / "private/data/awards/000001.jsonl").read_bytes()


def test_without_asking_for_it_there_is_no_private_part(
    shown: Deposit, institution: Institution, tmp_path: Path
) -> None:
    services.write_exit(institution, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"public"}


def test_no_private_key_is_in_it(written: Path, institution: Institution) -> None:
    from testamur_site.foundation.keys.models import SigningKey
    from testamur_site.foundation.tenancy.api import tenant

    with tenant(institution):
        sealed = bytes(SigningKey.objects.get().sealed)
    assert sealed
    assert all(sealed not in content for content in contents(written).values())


def test_pages_need_neither_server_nor_script(written: Path) -> None:
    pages = list(site(written).rglob("*.html"))
    assert {path.name.partition(".")[0] for path in pages} >= {"han-river", "index"}
    for path in pages:
        html = path.read_text()
        assert "<form" not in html
        assert not re.search(r"<script(?![^>]*ld\+json)", html)
        for address in re.findall(r'\s(?:href|src)="([^"]*)"', html):
            if re.match(r"[a-z]+:|#|/", address):
                assert not address.startswith("/"), address
                continue
            assert (path.parent / address.partition("#")[0]).resolve().is_file(), (path.name, address)


def test_the_servers_configuration_names_a_folder_that_is_there(written: Path) -> None:
    said = (written / "public/data/nginx.conf").read_text()
    assert "root /srv/han-river/public/data/site;" in said
    assert (written / "public/data/site").is_dir()
    names = [line.split()[1] for line in said.splitlines() if line.strip().startswith("server_name")]
    assert [":" in name for name in names] == [False], "nginx compares names without a port"


def test_a_page_says_that_it_is_a_copy_in_both_languages(written: Path, shown: Deposit) -> None:
    page = site(written) / f"c/{shown.award.public_id}"
    assert "This is a copy" in page.with_name(page.name + ".html").read_text()
    assert "사본입니다" in page.with_name(page.name + ".ko.html").read_text()


def test_the_same_state_gives_the_same_bytes(written: Path, institution: Institution, tmp_path: Path) -> None:
    services.write_exit(institution, tmp_path / "again", with_awards=True)
    first, second = contents(written), contents(tmp_path / "again")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    for name in ("a.zip", "b.zip"):
        services.write_exit(institution, tmp_path / name, with_awards=True)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_an_archive_is_checked_like_a_folder(shown: Deposit, institution: Institution, tmp_path: Path) -> None:
    written = services.write_exit(institution, tmp_path / "out.zip")
    assert services.check_exit(tmp_path / "out.zip")["public"].sound
    assert services.check_logs(tmp_path / "out.zip")[0].sound
    assert written.bytes == (tmp_path / "out.zip").stat().st_size
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"public"}
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


class Killed(BaseException):
    pass


def dying(after: int) -> Callable[[str, int], None]:
    left = [after]

    def progress(_step: str, _done: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    return progress


def test_whoever_is_killed_at_any_step_goes_on(
    shown: Deposit, private: Deposit, institution: Institution, tmp_path: Path
) -> None:
    services.write_exit(institution, tmp_path / "whole", with_awards=True)
    target, deaths = tmp_path / "out.zip", 0
    for step in range(0, 400, 23):
        try:
            services.write_exit(institution, target, with_awards=True, progress=dying(step))
        except Killed:
            deaths += 1
            assert not target.exists()
            continue
        break
    assert deaths > 3
    with zipfile.ZipFile(target) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == contents(tmp_path / "whole")


def test_what_was_hidden_since_a_run_was_cut_short_is_taken_out(
    shown: Deposit, institution: Institution, tmp_path: Path
) -> None:
    def after_the_page(step: str, _done: int) -> None:
        if step == "sealing":
            raise Killed

    with pytest.raises(Killed):
        services.write_exit(institution, tmp_path / "out", progress=after_the_page)
    assert (tmp_path / ".out.partial/exit/public/data/site/c" / f"{shown.award.public_id}.json").exists()
    wallet.set_public(shown, False)
    services.write_exit(institution, tmp_path / "out")
    assert all(shown.award.public_id not in name for name in contents(tmp_path / "out"))


def test_an_old_unfinished_exit_is_begun_anew(shown: Deposit, institution: Institution, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        services.write_exit(institution, tmp_path / "out", progress=dying(20))
    state = tmp_path / ".out.partial/state.json"
    value = json.loads(state.read_bytes())
    state.write_text(json.dumps({**value, "begun": value["begun"] - workplace.CONTINUED_FOR - 1}))
    left_over = tmp_path / ".out.partial/exit/public/data/left-over"
    left_over.write_bytes(b"of long ago")
    services.write_exit(institution, tmp_path / "out")
    assert not (tmp_path / "out/public/data/left-over").exists()


def test_nothing_is_written_over_what_is_no_exit(institution: Institution, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("mine")
    with pytest.raises(workplace.NotOurs):
        services.write_exit(institution, tmp_path / "out")
    assert (tmp_path / "out/thesis.txt").read_text() == "mine"


def test_two_at_once_are_not_mixed(institution: Institution, tmp_path: Path) -> None:
    def second(_step: str, _done: int) -> None:
        with pytest.raises(workplace.BeingWritten):
            services.write_exit(institution, tmp_path / "out")
        raise Killed

    with pytest.raises(Killed):
        services.write_exit(institution, tmp_path / "out", progress=second)


def test_an_earlier_exit_is_replaced_in_one_step(shown: Deposit, institution: Institution, tmp_path: Path) -> None:
    target = tmp_path / "out"
    services.write_exit(institution, target)
    target.rename(tmp_path / ".out.old")  # as after a death between the two renamings
    services.write_exit(institution, target)
    assert services.check_exit(target)["public"].sound
    assert not (tmp_path / ".out.old").exists()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def mirror(written: Path) -> Iterator[str]:
    """A plain file server with the public part, which knows nothing of us; its origin."""
    shutil.rmtree(written / "private")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site(written))))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class AtTheOldAddresses:
    """The old name leads to the mirror, as an entry in the DNS would have it."""

    def __init__(self, old: str, origin: str) -> None:
        self._old, self._origin = old, origin
        self._resolver = HttpResolver(allowed_origins=[origin])
        self.asked: list[str] = []

    def fetch(self, url: str, **options: Any) -> Resource:
        plain = url.replace("https://", "http://", 1)
        assert plain.startswith(self._old)
        self.asked.append(plain.removeprefix(self._old))
        found = self._resolver.fetch(self._origin + plain.removeprefix(self._old), **options)
        return Resource(url, found.content, found.media_type, datetime.now(UTC))


def test_a_plain_file_server_with_the_public_part_verifies_credentials(
    mirror: str, shown: Deposit, private: Deposit, settings: Any
) -> None:
    resolver = AtTheOldAddresses(settings.TESTAMUR_BASE_URL, mirror)
    for deposit in (shown, private):  # a private one too: its holder has the file, and the keys and lists are public
        report = Verifier(RecordingResolver(resolver)).verify(credential_bytes(deposit.award))
        assert report.verdict is Verdict.VALID
    assert "/institutions/han-river/did.json" in resolver.asked
    assert any(path.startswith("/status/") for path in resolver.asked)


def test_a_process_that_is_killed_leaves_no_half_exit(institution: Institution, tmp_path: Path) -> None:
    """A process of its own, killed while it writes files into a workplace; the next run finishes with exactly the same files."""
    script = """
import sys, time
from pathlib import Path
from testamur_site.exit.writing.workplace import workplace
with workplace(Path(sys.argv[1]), {"of": 1}) as place:
    for number in range(200):
        place.put(f"public/{number}", b"x" * 50_000)
        place.advance(files=number)
        print(number, flush=True)
        time.sleep(float(sys.argv[2]))
    place.put("public/bagit.txt", b"")
"""
    target = tmp_path / "out"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script, str(target)]
    first = subprocess.Popen([*command, "0.01"], stdout=subprocess.PIPE, env=environment)
    assert first.stdout is not None
    for _ in range(20):
        first.stdout.readline()
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    assert not target.exists()
    subprocess.run([*command, "0"], check=True, env=environment, stdout=subprocess.DEVNULL)
    assert len(contents(target)) == 201
    assert not list(tmp_path.glob(".out*"))
