"""What is compared, and what follows. No Django, no database.

A *claim* is an entry of the log with the row that says who recorded it and about what. A *source* is a module, named in
TESTAMUR_LOG_SOURCES, that recorded something; it answers two questions:

    doubts(claims) -> list[Doubt]            which of these claims it knows nothing of, or knows otherwise
    issued(since, until) -> list[Expected]   what it recorded in that time: each must be in the log
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from testamur.errors import Malformed
from testamur.log import Entry, Kind

AT_MOST = 50
"""So many alarms of one kind are raised in one run; the last one says how many more there are."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Entry `index` of the shard `year`: by its row, `institution` (primary key) recorded it about `subject`. `salt` is None
    where it was erased, or where there never was one."""

    year: int
    index: int
    kind: Kind
    institution: int | None
    subject: str
    commitment: bytes
    salt: bytes | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A claim that its source does not stand by. `code` is of `monitor.…`."""

    claim: Claim
    code: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be in the log: the institution (primary key) and the subject of the entry."""

    institution: int
    subject: str


@dataclass(frozen=True, slots=True)
class Concern:
    """What may become an alarm. `key` is what makes it the same concern as an earlier one."""

    code: str
    key: str
    institution: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as this deployment recorded it; `salt` as in `Claim`."""

    kind: int
    handle: bytes
    commitment: bytes
    institution: int | None
    subject: str
    salt: bytes | None


@dataclass(frozen=True, slots=True)
class Compared:
    """`strange`: numbers of entries without a row of that number, with the entry (None for bytes that are none)."""

    claims: tuple[Claim, ...]
    concerns: tuple[Concern, ...]
    strange: tuple[tuple[int, Entry | None], ...]


def compare(year: int, first: int, entries: Sequence[bytes], rows: Mapping[int, Row]) -> Compared:
    """Entries of the log, beginning with number `first`, against the rows of those numbers."""
    claims: list[Claim] = []
    concerns: list[Concern] = []
    strange: list[tuple[int, Entry | None]] = []
    for index, content in enumerate(entries, first):
        try:
            entry = Entry.from_bytes(content)
        except Malformed:
            strange.append((index, None))
            continue
        row = rows.get(index)
        if row is None:
            strange.append((index, entry))
        elif (row.kind, row.handle, row.commitment) != (entry.kind, entry.handle, entry.commitment):
            facts = {"year": year, "index": index}
            concerns.append(Concern("monitor.changed_entry", f"changed:{year}:{index}", row.institution, facts))
        else:
            claims.append(Claim(year, index, entry.kind, row.institution, row.subject, entry.commitment, row.salt))
    return Compared(tuple(claims), tuple(concerns), tuple(strange))


def foreign(year: int, index: int, entry: Entry | None) -> Concern:
    """An entry that nobody here recorded: whoever made it used the log's key."""
    facts: dict[str, Any] = {"year": year, "index": index}
    if entry is not None:
        facts |= {"kind": entry.kind.name.lower(), "handle": entry.handle.hex()}
    return Concern("monitor.foreign_entry", f"foreign:{year}:{index}", None, facts)


def doubted(doubt: Doubt) -> Concern:
    claim = doubt.claim
    facts = {"year": claim.year, "index": claim.index, "subject": claim.subject}
    return Concern(doubt.code, f"{doubt.code}:{claim.year}:{claim.index}", claim.institution, facts)


OF_FINDINGS = {
    "log.unknown_key": "monitor.signature",
    "log.signature_false": "monitor.signature",
    "log.rolled_back": "monitor.rolled_back",
    "log.fork": "monitor.fork",
}
"""Findings of `testamur.log.monitor.look` → codes of alarms; every other one is `monitor.damaged`."""


def limited(concerns: Sequence[Concern]) -> list[Concern]:
    """At most AT_MOST of each code and institution; the last of them tells how many more there are."""
    by_kind: dict[tuple[str, int | None], list[Concern]] = {}
    for concern in concerns:
        by_kind.setdefault((concern.code, concern.institution), []).append(concern)
    kept: list[Concern] = []
    for several in by_kind.values():
        kept += several[: AT_MOST - 1]
        if len(several) >= AT_MOST:
            last, more = several[AT_MOST - 1], len(several) - AT_MOST
            facts = {**last.facts, "more": more} if more else last.facts
            kept.append(Concern(last.code, last.key, last.institution, facts))
    return kept
