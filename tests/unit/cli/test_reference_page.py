"""docs/reference/command-line.md names every command and every option, and none that does not exist."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from tests.shared import ROOT

from testamur.cli.main import parser
from testamur.verification import TrustRegistry, register_from_json

PAGE = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")


def commands(top: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield name, sub
                yield from ((f"{name} {inner}", parser_) for inner, parser_ in commands(sub))


def section(command: str) -> str:
    found = re.search(rf"^## `testamur {command.split()[0]}\b.*?(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"no section for {command}"
    return found[0]


def options(sub: argparse.ArgumentParser) -> set[str]:
    return {
        name for action in sub._actions for name in action.option_strings if name.startswith("--") and name != "--help"
    }


def test_every_command_and_option_is_described() -> None:
    for command, sub in commands(parser()):
        assert f"testamur {command}" in PAGE
        for option in options(sub):
            assert option in section(command), f"{command} {option}"


def test_nothing_is_described_that_does_not_exist() -> None:
    known = set().union(*(options(sub) for _, sub in commands(parser()))) | {"--help", "--demo"}
    assert set(re.findall(r"--[a-z][a-z_-]+", PAGE)) <= known


def test_every_option_has_a_help_text() -> None:
    for command, sub in commands(parser()):
        for action in sub._actions:
            assert action.help or isinstance(action, argparse._SubParsersAction), f"{command} {action.dest}"


def test_the_register_that_is_shown_can_be_read() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    registry = TrustRegistry([register_from_json(example, relied_on=True)])
    listed = ("did:web:example.edu", "https://badges.example.edu/1", "did:web:physics.departments.example.edu")
    assert all(registry.listings(issuer) for issuer in listed)
    assert not registry.listings("did:web:departments.example.edu")
