"""The main job without the site: three commands from nothing to a verified badge, and what happens when rows are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.cli.conftest import ACHIEVEMENT, ISSUER, Run
from tests.unit.verification.test_verifier import one_pixel_png


def issued(folder: Path) -> list[Path]:
    return sorted((folder / "issued").iterdir())


def test_three_commands_lead_to_verified_badges(materials: Path, issue: Run, run: Run) -> None:
    said = issue("--out", "issued")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("3 issued, 0 there already, 0 refused")
    files = issued(materials)
    assert len(files) == 3
    assert run("verify", *map(str, files)).status == 0
    names = {json.loads(file.read_text())["credentialSubject"]["identifier"][0]["identityHash"] for file in files}
    assert names == {"Mina Kim", "김민아", "سارة"}


def test_nothing_personal_stands_in_file_names_or_identifiers_and_no_address_in_the_clear(
    materials: Path, issue: Run
) -> None:
    issue("--out", "issued")
    for file in issued(materials):
        assert "students.example" not in file.read_text()
        assert not any(word in file.name.lower() for word in ("mina", "kim", "sara"))


def test_again_awards_nobody_twice_and_leaves_everything_as_it_is(materials: Path, issue: Run) -> None:
    issue("--out", "issued")
    before = {file: file.read_bytes() for file in issued(materials)}
    said = issue("--out", "issued")
    assert (said.status, said.out.split(";")[0]) == (0, "0 issued, 3 there already, 0 refused")
    assert {file: file.read_bytes() for file in issued(materials)} == before


def test_an_interrupted_run_is_continued(materials: Path, issue: Run) -> None:
    issue("--out", "issued")
    lost = issued(materials)[1]
    lost.unlink()
    assert issue("--out", "issued").out.startswith("1 issued, 2 there already")
    assert lost.exists()


def test_one_file_for_all_survives_a_cut_off_line(materials: Path, issue: Run) -> None:
    assert issue("--out", "all.jsonl").status == 0
    path = materials / "all.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]) + lines[2][:100])
    assert issue("--out", "all.jsonl").out.startswith("1 issued, 2 there already")
    again = path.read_bytes().splitlines(keepends=True)
    assert [json.loads(line)["id"] for line in again] == [json.loads(line)["id"] for line in lines]


def test_another_key_gives_other_identifiers(materials: Path, issue: Run, run: Run) -> None:
    """The identifiers cannot be guessed from name, address and achievement: they need the secret key."""
    issue("--out", "issued")
    (materials / "key.json").unlink()
    run("key", "new", "--out", "key.json")
    assert issue("--out", "issued").out.startswith("3 issued")


def test_the_same_person_twice_needs_an_occasion(materials: Path, issue: Run) -> None:
    (materials / "twice.csv").write_text("name,email\nMina,mina@x.example\nMina K,MINA@x.example\n")
    said = issue("--out", "issued", recipients="twice.csv")
    assert said.status == 1
    assert said.err.startswith("line 3: the same recipient as in line 2")
    (materials / "twice.csv").write_text("name,email,award\nMina,mina@x.example,spring\nMina K,MINA@x.example,autumn\n")
    assert issue("--out", "issued", recipients="twice.csv").status == 0


def test_a_refused_row_keeps_its_sentence_and_the_others_go_on(materials: Path, issue: Run) -> None:
    rows = "name,email,valid_until\n,a@x.example,\nMina,not an address,\nJuna,juna@x.example,tomorrow\nBo,bo@x.example,2030-01-01\n"
    (materials / "mixed.csv").write_text(rows)
    said = issue("--out", "issued", recipients="mixed.csv")
    assert said.status == 1
    assert [line.partition(":")[0] for line in said.err.splitlines()] == ["line 2", "line 3", "line 4"]
    assert said.out.startswith("1 issued, 0 there already, 3 refused")
    (file,) = issued(materials)
    assert json.loads(file.read_text())["validUntil"] == "2030-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "Name;E-Mail\nMina Kim;mina@students.example\n",
        "\ufeffNAME , email address\r\nMina Kim,mina@students.example\r\n",
        "name\temail\nMina Kim\tmina@students.example\n",
        "이름,이메일\nMina Kim,mina@students.example\n",
        '"name","email"\n"Mina Kim","mina@students.example"\n\n\n',
        '{"name": "Mina Kim", "email": "mina@students.example"}\n',
        "name,email,favourite colour\nMina Kim,mina@students.example,green\n",
    ],
)
def test_lists_as_people_make_them(materials: Path, issue: Run, text: str) -> None:
    (materials / "list").write_text(text, encoding="utf-8", newline="")
    said = issue("--out", "issued", recipients="list")
    assert said.status == 0
    assert said.out.startswith("1 issued")
    assert ("favourite colour" in said.err) is ("favourite" in text)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "names no recipients"),
        (b"name,email\n", "names no recipients"),
        (b"first,last\na,b\n", "no column"),
        (b"name,name\na,b\n", "two columns for"),
        ("name\n김".encode("cp949"), "not UTF-8"),
        (b'{"name": "a", "name": "b"}', "line 1"),
        (b'{"name": "a"}\n[1]', "line 2"),
        (b'name\n"a' + b"x" * 200_000, "cannot be read"),
    ],
)
def test_lists_that_cannot_be_used(materials: Path, issue: Run, content: bytes, sentence: str) -> None:
    (materials / "list").write_bytes(content)
    said = issue("--out", "issued", recipients="list")
    assert said.status == 2
    assert sentence in said.err
    assert not list((materials / "issued").iterdir()) if (materials / "issued").exists() else True


@pytest.mark.parametrize(
    ("form", "image"),
    [("png", ("--image", "picture.png")), ("png", ()), ("svg", ())],
    ids=["png", "png-drawn", "svg-drawn"],
)
def test_baked(materials: Path, issue: Run, run: Run, form: str, image: tuple[str, ...]) -> None:
    (materials / "picture.png").write_bytes(one_pixel_png())
    assert issue("--out", "issued", "--format", form, *image).status == 0
    file = issued(materials)[0]
    assert file.suffix == f".{form}"
    assert run("verify", str(file)).status == 0
    assert run("inspect", str(file)).out.startswith(f"container   {form}")


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_formats_that_are_not_available_are_named(issue: Run, form: str) -> None:
    said = issue("--out", "issued", "--format", form)
    assert said.status == 2
    assert f"the format {form} is not available; there are json, jwt, png, svg" in said.err


def test_the_picture_must_be_one(materials: Path, issue: Run) -> None:
    (materials / "picture.png").write_bytes(b"no picture")
    said = issue("--out", "issued", "--format", "png", "--image", "picture.png")
    assert said.status == 2
    assert "the image cannot be used" in said.err
    assert not list((materials / "issued").iterdir())


def test_what_all_rows_share_is_refused_once_and_nothing_is_written(materials: Path, issue: Run) -> None:
    broken = {name: value for name, value in ACHIEVEMENT.items() if name != "criteria"}
    (materials / "badge.json").write_text(json.dumps(broken))
    said = issue("--out", "issued")
    assert said.status == 2
    assert said.err.count("criteria") >= 1
    assert said.err.count("nothing was issued") == 1
    assert not (materials / "issued").exists()


def test_the_issuer_must_be_the_key_s(materials: Path, issue: Run) -> None:
    (materials / "issuer.json").write_text(json.dumps({**ISSUER, "id": "did:web:university.example"}))
    said = issue("--out", "issued")
    assert said.status == 2
    assert "did:web:university.example" in said.err


def test_further_columns(materials: Path, issue: Run, run: Run) -> None:
    description = {
        "id": "urn:uuid:3f1c4b6e-45a5-4d6e-9d0c-6a2b0d9f5e11",
        "type": ["ResultDescription"],
        "name": "Project",
        "resultType": "RawScore",
    }
    (materials / "badge.json").write_text(json.dumps({**ACHIEVEMENT, "resultDescription": [description]}))
    (materials / "list.csv").write_text(
        "name,student_number,id,valid_from,evidence,evidence_name,narrative,result\n"
        "Mina Kim,2026-10-001,did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH,2026-11-01,"
        "https://x.example/1,Report,Led the team,87\n"
    )
    assert issue("--out", "issued", recipients="list.csv").status == 0
    (file,) = issued(materials)
    assert run("verify", str(file), "--recipient", "2026-10-001").status == 0
    assert run("verify", str(file), "--recipient", "2026-10-002").status == 1
    credential = json.loads(file.read_text())
    assert credential["credentialSubject"]["result"][0]["value"] == "87"
    assert credential["evidence"][0]["name"] == "Report"
    assert "2026-10-001" not in file.read_text()


def test_a_result_without_a_description_is_refused(materials: Path, issue: Run) -> None:
    (materials / "list.csv").write_text("name,result\nMina,87\n")
    said = issue("--out", "issued", recipients="list.csv")
    assert said.status == 1
    assert "result description" in said.err


def test_p_256_keys_issue_too(materials: Path, issue: Run, run: Run) -> None:
    (materials / "key.json").unlink()
    run("key", "new", "--out", "key.json", "--algorithm", "P-256")
    assert issue("--out", "issued").status == 0
    assert run("verify", str(issued(materials)[0])).status == 0


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
def test_signed_tokens(materials: Path, issue: Run, run: Run, algorithm: str) -> None:
    (materials / "key.json").unlink()
    run("key", "new", "--out", "key.json", "--algorithm", algorithm)
    assert issue("--out", "issued", "--format", "jwt").status == 0
    before = {file: file.read_bytes() for file in issued(materials)}
    assert all(file.suffix == ".jwt" for file in before)
    assert run("verify", *map(str, before)).status == 0
    assert issue("--out", "issued", "--format", "jwt").out.startswith("0 issued, 3 there already")
    assert run("inspect", str(issued(materials)[0])).out.startswith("container   jwt")


def test_tokens_pass_the_same_lints(materials: Path, issue: Run) -> None:
    (materials / "list.csv").write_text("name,valid_from,valid_until\nMina,2026-11-01,2026-10-01\n")
    for form in ("json", "jwt"):
        said = issue("--out", "issued", "--format", form, recipients="list.csv")
        assert said.status == 1
        assert said.err.startswith("line 2: ")
