"""Many documents in one file: an archive as one report, and archives, lines and tables document by document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.simulator import NOW, FixedClock, Institution
from tests.unit.formats.archive.test_entries import packed
from tests.unit.verification.conftest import Verify, codes

from testamur.errors import InputError
from testamur.verification import Verdict, Verifier

VALID, INVALID, UNDETERMINED = Verdict.VALID, Verdict.INVALID, Verdict.UNDETERMINED


def zipped(*documents: Any, **others: bytes) -> bytes:
    files = [(f"{number}.json", json.dumps(document).encode()) for number, document in enumerate(documents)]
    return packed([*files, *((name.replace("_", "."), content) for name, content in others.items())])


def test_an_archive_holds_if_everything_in_it_does(university: Institution, verify: Verify) -> None:
    first, second = university.issue(), university.issue(name="Jun Park")
    report = verify(zipped(first, second))
    assert (report.verdict, report.document_type) == (VALID, "archive")
    assert [child.verdict for child in report.children] == [VALID, VALID]
    assert "parts.hold" in codes(report)
    university.revoke(second)
    revoked = verify(zipped(first, second))
    assert revoked.verdict is INVALID
    assert [child.verdict for child in revoked.children] == [VALID, INVALID]


def test_files_without_a_credential_are_passed_over(university: Institution, verify: Verify) -> None:
    good = university.issue()
    report = verify(zipped(good, readme_txt=b"For your applications.", photo_jpg=b"\xff\xd8\xff\xe0"))
    assert report.verdict is VALID
    assert "parts.passed_over" in codes(report)
    broken = verify(zipped(good, other_json=b'{"type": '))
    assert broken.verdict is INVALID


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed([]), "structure.no_credential"),
        (packed([("readme.txt", b"nothing")]), "structure.no_credential"),
        (packed([("a.json", b"{}")])[:30], "structure.unreadable"),
        (packed([(f"{number}.json", b"{}") for number in range(17)]), "parts.many_files"),
        (packed([("inner.zip", packed([("a.json", b"{}")]))]), "structure.entry_not_taken_out"),
    ],
    ids=["empty", "no credential", "damaged", "many", "nested"],
)
def test_archives_that_give_no_report_of_their_own(verify: Verify, data: bytes, code: str) -> None:
    report = verify(data)
    found = codes(report) | {each for child in report.children for each in codes(child)}
    assert code in found
    assert report.verdict is not VALID


def test_each_document_of_a_file(university: Institution) -> None:
    good = json.dumps(university.issue()).encode()
    university.pages["https://university.example/c/1"] = good
    verifier = Verifier(university, clock=FixedClock(NOW))
    archive = packed([("good.json", good), ("../out.json", good), ("empty.json", b" ")])
    assert [(item.name, report.verdict) for item, report in verifier.verify_each("all.zip", archive)] == [
        ("good.json", VALID),
        ("../out.json", UNDETERMINED),
        ("empty.json", UNDETERMINED),
    ]
    lines = good + b'\n"https://university.example/c/1"\n\n{"type":\n'
    assert [(item.name, report.verdict) for item, report in verifier.verify_each("all.jsonl", lines)] == [
        ("all.jsonl:1", VALID),
        ("all.jsonl:2", VALID),
        ("all.jsonl:4", INVALID),
    ]
    table = b"name,address\r\nMina,https://university.example/c/1\r\nJun,https://university.example/c/2\r\n"
    reports = [report for _, report in verifier.verify_each("list.csv", table)]
    assert [report.verdict for report in reports] == [VALID, UNDETERMINED]
    assert "structure.not_obtained" in codes(reports[1])
    [(item, report)] = verifier.verify_each("one.json", good)
    assert (item.name, report.verdict) == ("one.json", VALID)


def test_a_table_without_addresses_is_refused_as_a_whole(university: Institution) -> None:
    with pytest.raises(InputError) as caught:
        list(Verifier(university).verify_each("list.csv", b"name,age\r\nMina,20\r\n"))
    assert caught.value.code == "collection.no_addresses"
