"""A folder with everything that issuing needs, and the command as a user calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.simulator import NOW, Institution

from testamur.cli import main
from testamur.cli import verify as verify_command
from testamur.verification import SystemClock


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads the computer's clock; what the simulator publishes is old one day, and would fail a test of its own accord."""
    monkeypatch.setattr(SystemClock, "now", lambda _: NOW)


class Said(NamedTuple):
    """What a command answered: exit status, standard output, standard error."""

    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, in an English environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("verify", "badge.json")` in `folder`."""

    def call(*arguments: str) -> Said:
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Said(status, captured.out, captured.err)

    return call


ISSUER = {"name": "Example University", "url": "https://university.example"}
ACHIEVEMENT = {
    "id": "https://university.example/data-literacy",
    "name": "Data Literacy",
    "description": "Reads and questions data.",
    "criteria": {"narrative": "Pass the supervised project."},
}
CLASS = "name,email\nMina Kim,mina@students.example\n김민아,minah@students.example\nسارة,sara@students.example\n"


@pytest.fixture
def materials(folder: Path, run: Run) -> Path:
    (folder / "issuer.json").write_text(json.dumps(ISSUER))
    (folder / "badge.json").write_text(json.dumps(ACHIEVEMENT))
    (folder / "class.csv").write_text(CLASS, encoding="utf-8")
    assert run("key", "new", "--out", "key.json").status == 0
    return folder


@pytest.fixture
def issue(materials: Path, run: Run) -> Run:
    """`issue("--out", "issued")` with the materials."""

    def call(*further: str, recipients: str = "class.csv") -> Said:
        fixed = (
            "--issuer",
            "issuer.json",
            "--achievement",
            "badge.json",
            "--recipients",
            recipients,
            "--key",
            "key.json",
        )
        return run("issue", *fixed, *further)

    return call


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Institution:
    """A university that lives now, and is all there is of the network."""
    from datetime import UTC, datetime

    institution = Institution(now=datetime.now(UTC).replace(microsecond=0))

    def network(*, allowed_origins: Any = ()) -> Institution:
        institution.allowed = list(allowed_origins)  # type: ignore[attr-defined]
        return institution

    monkeypatch.setattr(verify_command, "HttpResolver", network)
    return institution
