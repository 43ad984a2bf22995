"""Files that somebody hands over become items: every kind, every limit, every trick."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

import pytest

from testamur_site.verification.bulk import rules
from testamur_site.verification.bulk.rules import BulkRefused, Item, read

CREDENTIAL = json.dumps({"type": ["VerifiableCredential"], "id": "urn:a"}).encode()
ADDRESS = "https://university.example/c/1"


def archive(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return stream.getvalue()


def refusal(*files: tuple[str, bytes]) -> BulkRefused:
    with pytest.raises(BulkRefused) as caught:
        read(files)
    return caught.value


def test_several_files_keep_their_order_and_names() -> None:
    assert read([("a.json", CREDENTIAL), ("b.png", b"\x89PNG\r\n")]) == [
        Item("a.json", CREDENTIAL),
        Item("b.png", b"\x89PNG\r\n"),
    ]


def test_an_archive_gives_its_files_without_the_litter() -> None:
    content = archive(("class/a.json", CREDENTIAL), ("class/", b""), ("__MACOSX/a.json", b"x"), ("b/.DS_Store", b"x"))
    assert read([("all.zip", content)]) == [Item("class/a.json", CREDENTIAL)]


@pytest.mark.parametrize(
    "name", ["../evil.json", "a/../../evil.json", "/etc/evil.json", "C:\\evil.json", "..\\evil.json"]
)
def test_a_name_that_leads_out_of_the_archive(name: str) -> None:
    assert len(read([("good.zip", archive(("evil.json", CREDENTIAL)))])) == 1
    assert refusal(("bad.zip", archive(("good.json", CREDENTIAL), (name, CREDENTIAL)))).code == "zip_outside"


def test_a_bomb_is_refused_by_its_ratio() -> None:
    assert refusal(("bomb.zip", archive(("zeros.json", bytes(4_000_000))))).code == "zip_bomb"
    noise = zlib.compress(b"seed" * 10) * 30_000  # as large, but it does not shrink so much
    assert read([("fine.zip", archive(("noise.json", noise[:3_000_000])))])[0].refusal == ""


def test_a_lying_size_is_not_believed() -> None:
    """The directory says ten bytes where 900,000 would come out: no more than ten are taken, and the file counts as damaged."""
    honest = archive(("a.json", bytes(900_000)), ("b.json", CREDENTIAL))
    assert [item.refusal for item in read([("honest.zip", honest)])] == ["", ""]
    lying = bytearray(honest)
    struct.pack_into("<I", lying, lying.index(b"PK\x01\x02") + 24, 10)
    assert [item.refusal for item in read([("lie.zip", bytes(lying))])] == ["document_damaged", ""]


def test_the_unpacked_total_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    content = archive(*((f"{n}.json", CREDENTIAL) for n in range(20)))
    assert len(read([("all.zip", content)])) == 20
    monkeypatch.setattr(rules, "MAX_UNPACKED", len(CREDENTIAL) * 10)
    assert refusal(("all.zip", content)).code == "zip_bomb"


def test_a_password_an_archive_inside_and_damage() -> None:
    good = archive(("a.json", CREDENTIAL), ("inner.zip", archive(("b.json", CREDENTIAL))))
    assert [item.refusal for item in read([("all.zip", good)])] == ["", "archive_inside"]
    locked = bytearray(good)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(("all.zip", bytes(locked))).code == "zip_encrypted"
    assert refusal(("all.zip", good[:40])).code == "zip_unreadable"
    broken = bytearray(good)
    broken[40] ^= 0xFF
    assert read([("all.zip", bytes(broken))])[0].refusal == "document_damaged"


def test_json_lines_by_name_and_by_looking() -> None:
    lines = CREDENTIAL + b"\n\n" + json.dumps(ADDRESS).encode() + b"\n" + b"eyJhbGciOiJFZERTQSJ9.e30.c2ln\n"
    assert read([("all.jsonl", lines)]) == [
        Item("all.jsonl:1", CREDENTIAL),
        Item("all.jsonl:3", address=ADDRESS),
        Item("all.jsonl:4", b"eyJhbGciOiJFZERTQSJ9.e30.c2ln"),
    ]
    assert [item.name for item in read([("export.json", CREDENTIAL + b"\n" + CREDENTIAL)])] == [
        "export.json:1",
        "export.json:2",
    ]
    pretty = json.dumps(json.loads(CREDENTIAL), indent=1).encode()
    assert read([("one.json", pretty)]) == [Item("one.json", pretty)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_gives_the_first_address_of_each_row(encoding: str, delimiter: str) -> None:
    rows = [["이름", "주소"], ["김미나", ADDRESS], ["", ""], ["이서준", ADDRESS + "?x=1"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    items = read([("list.csv", text.encode(encoding))])
    assert [(item.name, item.address) for item in items] == [("list.csv:2", ADDRESS), ("list.csv:4", ADDRESS + "?x=1")]


def test_a_table_without_addresses_and_a_plain_list_with_them() -> None:
    assert refusal(("list.csv", b"name,age\nMina,20")).code == "csv_without_addresses"
    assert [item.address for item in read([("list.txt", f"{ADDRESS}\n{ADDRESS}2\n".encode())])] == [
        ADDRESS,
        ADDRESS + "2",
    ]


def test_limits_for_all_and_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = b"\n".join([CREDENTIAL] * 5)
    assert len(read([("all.jsonl", lines)])) == 5
    monkeypatch.setattr(rules, "MAX_ITEMS", 4)
    assert refusal(("all.jsonl", lines)).code == "too_many"
    assert refusal(("all.zip", archive(*((f"{n}.json", CREDENTIAL) for n in range(5))))).code == "too_many"
    monkeypatch.setattr(rules, "MAX_DOCUMENT", len(CREDENTIAL))
    assert [item.refusal for item in read([("a.json", CREDENTIAL), ("b.json", CREDENTIAL + b" ")])] == [
        "",
        "document_too_large",
    ]
    monkeypatch.setattr(rules, "MAX_UPLOAD", len(CREDENTIAL))
    assert refusal(("a.json", CREDENTIAL), ("b.json", CREDENTIAL)).code == "too_large"


def test_nothing_is_nothing() -> None:
    assert refusal().code == "nothing"
    assert refusal(("empty.zip", archive())).code == "nothing"
    assert read([("a.json", b"  ")])[0].refusal == "document_empty"


def test_a_name_cannot_break_the_line() -> None:
    [item] = read([("all.zip", archive(("a\nb\u202e.json", CREDENTIAL)))])
    assert "\n" not in item.name
    assert "\u202e" not in item.name
    [long] = read([("x" * 500 + ".json", CREDENTIAL)])
    assert len(long.name) == 120
    assert long.name.endswith(".json")
