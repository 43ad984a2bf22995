"""The record only grows, is chained, and loses nothing but what was handed out to nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from testamur_site.foundation.signing.rates import HourlyRate
from testamur_site.foundation.signing.record import Record, RecordBroken, examine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "signatures.jsonl"
    record = Record(path)
    list(record.replay())
    for number in range(3):
        record.append(
            at="2026-11-26T09:00:00+00:00",
            kind="note",
            owner="institution:x",
            key="key-1",
            signatures=[(f"row-{number}", "00" * 32), (f"other-{number}", "11" * 32)],
            remember={"log x": str(number)},
        )
    record.close()
    return path


def test_it_is_read_again_with_what_it_remembers(path: Path) -> None:
    record = Record(path)
    assert [line["signatures"][0][0] for line in record.replay()] == ["row-0", "row-1", "row-2"]
    assert record.remembered == {"log x": "2"}
    assert examine(path) == (3, 6)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_torn_last_line_is_cut_off(path: Path) -> None:
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for length in (1, 20, len(lines[2]) - 1):
        path.write_bytes(b"".join(lines[:2]) + lines[2][:length])
        record = Record(path)
        assert len(list(record.replay())) == 2
        record.append(at="2026-11-26T09:00:01+00:00", kind="note", owner="x", key="k", signatures=[], remember={})
        record.close()
        assert examine(path)[0] == 3


def test_a_last_line_with_a_hole_is_cut_off_and_in_the_middle_it_is_damage(path: Path) -> None:
    """A power cut may leave the end of a line and not its beginning: the sector that is missing reads as zeros."""
    lines = path.read_bytes().splitlines(keepends=True)
    hole = bytes(100) + lines[2][100:]
    path.write_bytes(b"".join([*lines[:2], hole]))
    assert examine(path)[0] == 2
    path.write_bytes(b"".join([lines[0], bytes(100) + lines[1][100:], lines[2]]))
    with pytest.raises(RecordBroken, match="Line 2"):
        examine(path)


@pytest.mark.parametrize("line", range(3))
def test_a_changed_line_is_found(path: Path, line: int) -> None:
    lines = path.read_text().splitlines()
    changed = json.loads(lines[line])
    changed["key"] = "key-2"
    lines[line] = json.dumps(changed, separators=(",", ":"), sort_keys=True)
    path.write_text("\n".join([*lines, ""]))
    record = Record(path)
    if line == 2:  # the last line is chained by the next one only
        assert len(list(record.replay())) == 3
        return
    with pytest.raises(RecordBroken, match=f"Line {line + 2} "):
        list(record.replay())


def test_a_line_that_was_taken_out_is_found(path: Path) -> None:
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[2], ""]))
    with pytest.raises(RecordBroken):
        examine(path)


def test_the_rate_forgets_after_an_hour() -> None:
    rate = HourlyRate(10)
    rate.count("a", 1000.0, 4)
    rate.count("a", 1000.5, 2)
    rate.count("b", 1000.0, 10)
    assert (rate.room("a", 1001.0), rate.room("b", 1001.0), rate.room("c", 1001.0)) == (4, 0, 10)
    assert rate.room("a", 4599.9) == 4
    assert (rate.room("a", 4600.0), rate.room("b", 4600.0)) == (10, 10)
