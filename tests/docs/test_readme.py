"""The README is executed: its commands run in an empty folder, its make targets exist, its links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.shared import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def test_the_first_badge(tmp_path: Path) -> None:
    """The block of the command line, word for word, as a new user would paste it."""
    script = next(block for block in BLOCKS if "testamur key new" in block)
    beside_python = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{beside_python}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8"}
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("VALID.") == 2
    issued = sorted((tmp_path / "issued").glob("*.json"))
    assert len(issued) == 2
    issued[0].write_text(
        issued[0].read_text(encoding="utf-8").replace("Data Literacy", "Data Mastery"), encoding="utf-8"
    )
    again = subprocess.run(
        ["sh", "-c", "testamur verify issued/*.json"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert again.returncode == 1


@pytest.mark.parametrize("target", sorted(set(re.findall(r"^make (\w+)", "\n".join(BLOCKS), re.MULTILINE))))
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?://|mailto:|#)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_path_of_the_architecture_exists() -> None:
    """ "Where is …?" must not lead astray: a trailing `*` stands for a module or a folder of that name."""
    named = re.findall(r"`(src/[^`]+)`", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not list(ROOT.glob(path.rstrip("/")))] == []
