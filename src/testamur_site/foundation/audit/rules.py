"""The chain: what is hashed, how, and what a broken chain looks like. No Django.

entry_hash = SHA-256( previous_hash ‖ "\\n" ‖ canonical JSON of the entry ), hexadecimal. The first entry's previous_hash is 64 zeros.
Canonical JSON is RFC 8785, so another program can check an export without ours.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

GENESIS = "0" * 64
ACTION = re.compile(r"\A[a-z_]+(\.[a-z_]+)+\Z")
_PLAIN = re.compile(r"[A-Za-z0-9:._/-]*").fullmatch  # stands for itself in JSON
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry's content. `recorded_at` is an aware datetime, kept to the microsecond."""

    institution: str
    sequence: int
    recorded_at: datetime
    actor: str
    action: str
    target: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChainReport:
    """`intact`, how many entries were looked at, the first sequence number that does not fit, and the last hash of the chain."""

    intact: bool
    length: int
    broken_at: int | None
    head: str


def entry_hash(entry: Entry, previous_hash: str) -> str:
    """The hash of `entry` after `previous_hash` (64 hexadecimal digits each)."""
    return hashlib.sha256(previous_hash.encode() + b"\n" + rfc8785.dumps(_document(entry))).hexdigest()


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "institution": entry.institution,
        "sequence": entry.sequence,
        "recordedAt": entry.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "facts": dict(entry.facts),
    }


def linked(first: Entry, targets: Iterable[str], previous_hash: str) -> Iterator[tuple[str, str]]:
    """Of entries that differ from `first` in target and sequence only, which counts on from its: each with its previous hash and its own.

    The same hashes as `entry_hash` gives. The members of canonical JSON stand in alphabetical order, and those two are the last.
    """
    beginning = _beginning(first)
    for sequence, target in enumerate(targets, first.sequence):
        digest = _hash(beginning, sequence, target, previous_hash)
        yield previous_hash, digest
        previous_hash = digest


def _beginning(entry: Entry) -> bytes:
    """The canonical JSON of an entry up to its sequence."""
    document = _document(entry)
    del document["sequence"], document["target"]
    return rfc8785.dumps(document)[:-1]


def _hash(beginning: bytes, sequence: int, target: str, previous_hash: str) -> str:
    text = b'"%b"' % target.encode() if _PLAIN(target) else rfc8785.dumps(target)
    canonical = b'%b,"sequence":%d,"target":%b}' % (beginning, sequence, text)
    return hashlib.sha256(previous_hash.encode() + b"\n" + canonical).hexdigest()


def check_chain(entries: Iterable[tuple[Entry, str, str]]) -> ChainReport:
    """Walk (entry, previous_hash, entry_hash) in order of sequence and stop at the first that does not fit.

    Found are: a changed entry, a missing or doubled one in the middle, a forged order. Not found is a chain cut at its end: for
    that, keep the head elsewhere (the export shows it).
    """
    head, length = GENESIS, 0
    beginning, like = b"", None
    for entry, previous, digest in entries:
        # Of a cohort thousands in a row differ in their target and sequence only. Facts are never taken for equal: 1 == True.
        alike = None if entry.facts else (entry.institution, entry.recorded_at, entry.actor, entry.action)
        if alike is None or alike != like:
            beginning, like = _beginning(entry), alike
        expected = _hash(beginning, entry.sequence, entry.target, head)
        if entry.sequence != length + 1 or previous != head or digest != expected:
            return ChainReport(intact=False, length=length, broken_at=entry.sequence, head=head)
        head, length = digest, length + 1
    return ChainReport(intact=True, length=length, broken_at=None, head=head)


def personal_data_in(facts: Any) -> bool:
    """Whether an e-mail address stands anywhere in `facts`: the usual way personal data slips into a ledger."""
    if isinstance(facts, str):
        return bool(_EMAIL.search(facts))
    if isinstance(facts, Mapping):
        return any(personal_data_in(key) or personal_data_in(value) for key, value in facts.items())
    if isinstance(facts, list | tuple):
        return any(personal_data_in(item) for item in facts)
    return False


def formula_safe(cell: str) -> str:
    """`cell` so that no spreadsheet takes it for a formula (OWASP, CSV Injection): a leading = + - @ tab or return gets a quote."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} else cell
