"""The script says in words what to do where it may not, or cannot, install."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "ensure-debian-packages"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the script where only the given commands exist; each is a small shell script."""

    def start(wanted: str, **commands: str) -> subprocess.CompletedProcess[str]:
        for name, body in commands.items():
            command = tmp_path / name.replace("_", "-")
            command.write_text(f"#!/bin/sh\n{body}\n")
            command.chmod(0o755)
        shell = shutil.which("sh")
        assert shell
        return subprocess.run(
            [shell, str(SCRIPT), wanted], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
        )

    return start


def test_what_is_there_is_left_alone(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = run("chromium", chromium="exit 0", apt_get="exit 9")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_font_has_to_be_one_for_korean(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    asked = '[ "$*" = ":lang=ko family" ]'
    done = run("fonts", fc_list=f"{asked} && echo NanumGothic", apt_get="exit 9")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = run("fonts", fc_list=f"{asked} || echo DejaVu Sans", apt_get="exit 9", id="echo 1000")
    assert done.returncode == 1
    assert "fonts-nanum" in done.stderr


def test_without_root_it_says_what_root_must_run(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = run("chromium", apt_get="exit 9", id="echo 1000")
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends chromium" in done.stderr


def test_without_apt_it_says_what_is_needed(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = run("chromium", id="echo 0")
    assert done.returncode == 1
    assert "need chromium" in done.stderr
    assert "package manager" in done.stderr


def test_an_unknown_wish_is_wrong_usage(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    assert run("emacs").returncode == 2


def test_what_only_makes_it_quicker_is_not_required(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = run("headless", id="echo 1000")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = run("headless", apt_get="exit 9", id="echo 0", mkdir="exit 0", tee="exit 0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "could not be installed" in done.stdout


def test_what_makes_it_quicker_is_installed_where_it_can_be(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = run("headless", apt_get=f'echo "$@" >> {tmp_path}/asked', id="echo 0", mkdir="exit 0", tee="exit 0")
    assert done.returncode == 0
    assert (tmp_path / "asked").read_text().splitlines()[-1].endswith("--no-remove chromium-headless-shell")
