"""verify, inspect, bundle, site: exit statuses, languages, offline, and how complaints read."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.simulator import Institution
from tests.unit.cli.conftest import Run

from testamur.fetch import write_bundle


def save(folder: Path, name: str, document: Any) -> str:
    (folder / name).write_bytes(json.dumps(document).encode() if not isinstance(document, bytes) else document)
    return name


def test_exit_statuses(folder: Path, run: Run, university: Institution) -> None:
    good, revoked = university.issue(), university.issue()
    university.revoke(revoked)
    valid = save(folder, "valid.json", good)
    invalid = save(folder, "invalid.json", revoked)
    nothing = save(folder, "nothing.json", b"hello")
    assert run("verify", valid).status == 0
    assert run("verify", invalid).status == 1
    assert run("verify", nothing).status == 3
    assert run("verify", "absent.json").status == 2
    assert run("verify").status == 2
    assert run("verify", valid, nothing).status == 3
    assert run("verify", valid, nothing, invalid).status == 1
    assert run("verify", valid, "--profile", "degree").status == 2


def test_one_report_a_line(folder: Path, run: Run, university: Institution) -> None:
    names = [save(folder, f"{number}.json", university.issue()) for number in range(3)]
    lines = run("verify", "--json", *names).out.splitlines()
    reports = [json.loads(line) for line in lines]
    assert [report["document"] for report in reports] == names
    assert {report["verdict"] for report in reports} == {"valid"}
    assert all(check["sentence"] for report in reports for check in report["checks"])


def test_a_file_of_lines_holds_one_document_in_each(folder: Path, run: Run, university: Institution) -> None:
    good, revoked = university.issue(), university.issue()
    university.revoke(revoked)
    lines = b"\n".join(json.dumps(badge).encode() for badge in (good, revoked)) + b"\n\n"
    said = run("verify", "--json", save(folder, "issued.jsonl", lines))
    assert said.status == 1
    reports = [json.loads(line) for line in said.out.splitlines()]
    assert [(report["document"], report["verdict"]) for report in reports] == [
        ("issued.jsonl:1", "valid"),
        ("issued.jsonl:2", "invalid"),
    ]
    assert run("bundle", "issued.jsonl", "--out", "kit.zip").status == 0
    assert run("verify", "issued.jsonl", "--offline", "kit.zip").out.count("== issued.jsonl:") == 2


def test_an_empty_recipient_is_a_mistake_and_not_a_question(folder: Path, run: Run, university: Institution) -> None:
    """In a script, `--recipient "$EMAIL"` with nothing in it must not come out as valid."""
    assert run("verify", save(folder, "badge.json", university.issue()), "--recipient", " ").status == 2


def test_languages(folder: Path, run: Run, university: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    name = save(folder, "badge.json", university.issue())
    assert run("verify", name).out.startswith("VALID.")
    assert run("verify", name, "--language", "ko").out.startswith("유효함.")
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert run("verify", name).out.startswith("유효함.")
    monkeypatch.setenv("LC_ALL", "C")
    assert run("verify", name).out.startswith("VALID.")


def test_standard_input(folder: Path, run: Run, university: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(university.issue()).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert run("verify", "-").status == 0
    assert run("verify", "-", "-").status == 2


def test_a_recipient_and_a_register(folder: Path, run: Run, university: Institution) -> None:
    name = save(folder, "badge.json", university.issue(email="mina@x.example"))
    assert run("verify", name, "--recipient", "mina@x.example").status == 0
    assert run("verify", name, "--recipient", "juna@x.example").status == 1
    register = {
        "type": "TrustRegister",
        "name": "Recognised",
        "institutions": [{"name": "Example University", "domains": ["university.example"]}],
    }
    assert "Recognised" in run("verify", name, "--trust", save(folder, "register.json", register)).out
    said = run("verify", name, "--trust", name)
    assert said.status == 2
    assert "TrustRegister" in said.err


def test_an_address(run: Run, university: Institution) -> None:
    badge = university.issue()
    university.pages[badge["id"]] = json.dumps(badge).encode()
    assert run("verify", badge["id"]).status == 0
    assert university.allowed == ["https://university.example"]  # type: ignore[attr-defined]
    said = run("verify", "https://university.example/c/nothing")
    assert said.status == 3
    assert "could not be obtained" in said.out
    assert run("verify", "https://").status == 2


def test_an_origin_may_be_allowed(folder: Path, run: Run, university: Institution) -> None:
    name = save(folder, "badge.json", university.issue())
    run("verify", name, "--allow-origin", "http://localhost:8000/")
    assert university.allowed == ["http://localhost:8000"]  # type: ignore[attr-defined]
    assert run("verify", name, "--allow-origin", "localhost:8000").status == 2


def test_offline_from_a_bundle(folder: Path, run: Run, university: Institution) -> None:
    badge = university.issue()
    name = save(folder, "badge.json", badge)
    assert run("bundle", name, "--out", "kit.zip").status == 0
    university.fetch = None  # type: ignore[assignment,method-assign]  # whoever asks the network now fails
    said = run("verify", name, "--offline", "kit.zip")
    assert said.status == 0
    assert run("verify", name, "--offline", name).status == 2


def test_offline_with_a_bundle_of_something_else(folder: Path, run: Run, university: Institution) -> None:
    name = save(folder, "badge.json", university.issue())
    save(folder, "empty.zip", write_bundle([]))
    said = run("verify", name, "--offline", "empty.zip")
    assert said.status == 3
    assert "offline" in said.out


def test_a_bundle_that_lacks_something_says_so(folder: Path, run: Run, university: Institution) -> None:
    name = save(folder, "badge.json", university.issue())
    university.unreachable.add(university.revocation_url)
    said = run("bundle", name, "--out", "kit.zip")
    assert said.status == 3
    assert university.revocation_url in said.err
    assert (folder / "kit.zip").exists()


def test_inspect(folder: Path, run: Run, university: Institution) -> None:
    badge = university.issue()
    name = save(folder, "badge.json", badge)
    said = run("inspect", name, "--technical")
    assert said.status == 0
    for expected in (
        "container   json",
        "open_badges_3",
        "eddsa-rdfc-2022",
        "for revocation at https://university.example/status",
        "document hash",
        "Data Literacy",
    ):
        assert expected in said.out
    assert run("inspect", save(folder, "nothing", b"hello")).status == 1
    assert run("inspect", "absent").status == 2


def test_inspect_extracts_the_exact_bytes(folder: Path, university: Institution, capsysbinary: Any) -> None:
    from tests.unit.verification.test_verifier import one_pixel_png

    from testamur.cli import main
    from testamur.formats.baked import png

    content = json.dumps(university.issue(), indent=3).encode()
    save(folder, "badge.png", png.bake(one_pixel_png(), content))
    assert main(["inspect", "badge.png", "--extract"]) == 0
    assert capsysbinary.readouterr().out == content


def test_help_teaches(run: Run) -> None:
    said = run()
    assert said.status == 2
    assert "testamur key new --out key.json" in said.out
    for command in ("verify", "inspect", "issue", "key", "bundle"):
        helped = run(command, "--help")
        assert helped.status == 0
        assert "Traceback" not in helped.err
    assert run("--version").out.startswith("testamur ")


@pytest.mark.parametrize("missing", ["testamur_site", "django", "granian"])
def test_without_the_site_it_says_how_to_install_it(run: Run, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else real(name))
    for arguments in (("site", "run"), ("site", "--help"), ("site",)):
        said = run(*arguments)
        assert said.status == 2
        assert f"missing: {missing}" in said.err
        assert 'pip install "testamur[site]"' in said.err


def test_the_command_line_does_not_load_the_web_framework() -> None:
    import subprocess

    code = "import sys, testamur.cli; sys.exit(any(name.split('.')[0] in ('django', 'testamur_site') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("fragment", ["key-1", None])
def test_a_refused_address_of_one_s_own_machine_names_the_option(folder: Path, run: Run, fragment: str | None) -> None:
    """With the real resolver, which refuses before it opens a connection."""
    institution = Institution("localhost:8765")
    if fragment is None:
        institution.fragment = institution.key.public.multikey
    name = save(folder, "badge.json", institution.issue())
    said = run("verify", name)
    assert said.status == 3
    assert "add:  --allow-origin http://localhost:8765\n" in said.err
