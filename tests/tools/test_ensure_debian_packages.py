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
