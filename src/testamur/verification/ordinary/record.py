"""The public record of an ordinary document: step 4."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from testamur.log.entries import SALT_BYTES, Entry, Kind, commitment_of, handle_of
from testamur.log.merkle import leaf_hash, verify_inclusion
from testamur.log.proofs import MAX_BYTES, UnwrittenProof
from testamur.ports import Resource
from testamur.verification.case import Case
from testamur.verification.codes import found
from testamur.verification.ordinary.standing import MAX_PROOF, Head, KnownList, ListRecord, Standing
from testamur.verification.outside import OneVerification
from testamur.verification.policy import Policy
from testamur.verification.report import Check
from testamur.verification.transparency import anchored, lists
from testamur.verification.transparency.checks import MEDIA_TYPES, dated, lateness, recorded_since, required
from testamur.verification.transparency.evidence import CLOCK_SKEW, Known, contradicted
from testamur.verification.transparency.log_policy import Level, LogPolicy

_HASH: Final = rb"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
_BEGINNING: Final = re.compile(
    rb"c2sp\.org/tlog-proof@v1\nextra (%b)\nindex (0|[1-9][0-9]{0,17})((?:\n%b){0,63})" % (_HASH, _HASH)
).fullmatch
"""What stands before the empty line of a proof about a person, each hash spelled in its one way."""
_KINDS: Final = [Entry(kind, b"", b"").to_bytes() for kind in (Kind.ISSUE, Kind.SUPERSEDE)]
"""How entries of a credential begin; behind that stand handle and commitment."""
_LINE: Final = 45  # bytes: a line feed and 32 bytes in base64
_MOST_BEFORE: Final = 4_096  # bytes: what stands before the empty line is never longer
_UNDATED: Final = "log.recorded_undated"
_NOT_ASKED: Final = -1


class Asked:
    """What is asked about the record of a document: who asks, of which issuer, with what at hand. `listed` is its status list with its
    address and how it was answered, `awarded` the earliest date that it bears, and how facts tell it."""

    __slots__ = ("awarded", "case", "identifier", "listed", "now", "outside", "policy", "secured", "standing")

    def __init__(
        self,
        policy: Policy,
        standing: Standing,
        outside: OneVerification,
        identifier: str,
        secured: Callable[[], bytes | None],
        case: Callable[[], Case],
    ) -> None:
        self.policy, self.standing, self.outside, self.now = policy.log, standing, outside, outside.now
        self.identifier, self.secured, self.case = identifier, secured, case
        self.listed: tuple[str, Resource, KnownList] | None = None
        self.awarded: tuple[datetime, str] | None = None


class Recorded:
    """What was found about the record: `kind` decides the findings, but for `moments` and `numbers` in them (`report.Recurring`)."""

    __slots__ = ("_checks", "_head", "_issuer", "kind", "moments", "numbers")

    def __init__(
        self, kind: Any, head: Head | None, issuer: str, moments: tuple[str, ...], numbers: tuple[int, ...]
    ) -> None:
        """With a `head`, the kind is its origin and kind, the code of what the dates come to, the address of the status list that is
        recorded, if one is, and whether the issuer demands the record."""
        self.kind, self.moments, self.numbers = kind, moments, numbers
        self._head, self._issuer = head, issuer
        self._checks: Sequence[Check] = ()

    @classmethod
    def of(cls, checks: Sequence[Check]) -> Recorded:
        """Findings that seldom recur. They have no kind."""
        made = cls(None, None, "", (), ())
        made._checks = checks
        return made

    def made(self, moments: Iterator[str], numbers: Iterator[int]) -> list[Check]:
        """The findings; of a kind, with these moments and numbers."""
        if self._head is None:
            return [*self._checks]
        origin, _, lateness_code, address, demanded = self.kind
        checks = [found("log.logged", origin=origin, index=next(numbers)), self._head.witnessed]
        if lateness_code == _UNDATED:
            checks.append(found(lateness_code, recorded=next(moments)))
        elif lateness_code:
            checks.append(found(lateness_code, awarded=next(moments), recorded=next(moments)))
        if address:
            checks.append(found("log.list_logged", list=address, index=next(numbers)))
        if demanded:
            checks.append(found("log.demand_met", issuer=self._issuer))
        return checks


_NOTHING: Final = Recorded("no record", None, "", (), ())


def recorded(asked: Asked) -> Recorded | None:
    """What `transparency.checks.examine` finds, where the document is recorded as is asked; None where it has to look. Raises
    `ResolutionError`."""
    policy, service, outside = asked.policy, asked.standing.service, asked.outside
    records = outside.records or outside
    demanded = service is not None and service.required_from is not None and service.required_from <= asked.now
    address = f"{asked.identifier}.tlog-proof"
    by_reader = policy is not None and (
        policy.required is not Level.SIGNED
        or (policy.ask and asked.standing.may_log(asked.identifier, policy, asked.now))
    )
    if not demanded and not by_reader and not records.holds(address):
        return _NOTHING if policy is None else None
    if not asked.identifier.startswith(("https://", "http://")):
        return None
    proof = records.proof_at(address, accept=MEDIA_TYPES)
    latest = (asked.now + CLOCK_SKEW).timestamp()
    content = proof.behind if isinstance(proof, UnwrittenProof) else proof.content
    head = asked.standing.head_of(content, policy, asked.now, latest)
    index: int | None = None
    if head is not None:
        index = _index_in(proof, head, asked) if isinstance(proof, UnwrittenProof) else _index_of(content, head, asked)
    if head is None or index is None or contradicted(head.checkpoint, head.policy):
        return None
    anchor = None
    if head.policy.anchors is not None:
        anchor = anchored.check(asked.case(), head.shown, Known(asked.now, head.policy, service))
    listed: int | None = None
    if policy is not None and asked.listed is not None:
        listed = _of_list(asked, policy, head, latest)
        if listed is None:
            return None
    if demanded and service is not None and head.checkpoint.origin not in service.origins:
        return None
    moments, code = _lateness(asked.awarded, head)
    at = asked.listed[0] if listed is not None and listed >= 0 and asked.listed is not None else None
    made = Recorded(
        (head.checkpoint.origin, head.kind, code, at, demanded),
        head,
        asked.standing.issuer,
        moments,
        (index,) if at is None or listed is None else (index, listed),
    )
    if anchor is not None or (policy is not None and policy.required is not Level.SIGNED):
        return _further(made, asked, head, anchor)
    return made


def _lateness(awarded: tuple[datetime, str] | None, head: Head) -> tuple[tuple[str, ...], str | None]:
    """What the dates of the award and of its record come to, as `transparency.checks.dated` finds it: the moments, and the code."""
    if head.recorded is None:
        return (), None
    if awarded is None:
        return (head.told,), _UNDATED
    return (awarded[1], head.told), lateness(awarded[0], head.recorded)


def _further(made: Recorded, asked: Asked, head: Head, anchor: Check | None) -> Recorded:
    """With an anchor, which may say that it is older, and with the level that the reader requires."""
    logged, witnessed, *behind = made.made(iter(made.moments), iter(made.numbers))
    checks = [logged, witnessed]
    if made.moments:
        behind = behind[1:]
    if anchor is not None:
        checks.append(anchor)
    checks += dated(asked.awarded[0] if asked.awarded is not None else None, recorded_since(head.shown, anchor))
    if asked.policy is not None:
        checks += required(asked.policy, checks, head.shown)
    return Recorded.of([*checks, *behind])


def _index_of(content: bytes, head: Head, asked: Asked) -> int | None:
    """The index at which `content`, which ends in the checkpoint of `head`, shows the document; None where it certainly does not, or where
    it is written in another way."""
    beginning = _BEGINNING(content, 0, len(content) - len(head.tail))
    secured = asked.secured()
    if beginning is None or secured is None or len(content) > MAX_BYTES:
        return None
    extra, number, lines = beginning.groups()
    index = int(number)
    path = [binascii.a2b_base64(lines[at : at + _LINE]) for at in range(1, len(lines), _LINE)]
    behind = handle_of(asked.identifier) + commitment_of(secured, binascii.a2b_base64(extra))
    checkpoint = head.checkpoint
    for before in _KINDS:
        leaf = leaf_hash(before + behind)
        if verify_inclusion(leaf, index, checkpoint.size, path, checkpoint.root):
            return index
    return None


def _index_in(proof: UnwrittenProof, head: Head, asked: Asked) -> int | None:
    """The same of a proof that was not written: what stands in it is held to no less."""
    secured = asked.secured()
    if secured is None or len(proof.salt) != SALT_BYTES or len(proof.behind) > MAX_BYTES - _MOST_BEFORE:
        return None
    if len(proof.behind) != len(head.tail) or proof.entry[: len(_KINDS[0])] not in _KINDS:
        return None
    entry = proof.entry[: len(_KINDS[0])] + handle_of(asked.identifier) + commitment_of(secured, proof.salt)
    return proof.index if proof.includes(entry, head.checkpoint) else None


def _of_list(asked: Asked, policy: LogPolicy, around: Head, latest: float) -> int | None:
    """The index at which the status list is recorded; `_NOT_ASKED` where nobody asks, None where the checks have to look at it."""
    address, resource, known = asked.listed  # type: ignore[misc]
    if not policy.lists_required and not asked.standing.may_log(address, policy, asked.now):
        return _NOT_ASKED
    outside = asked.outside
    content = (outside.records or outside).fetch(f"{address}.tlog-proof", accept=MEDIA_TYPES).content
    record = known.record
    if record is None or record.content != content or record.head.policy is not around.policy:
        head = asked.standing.head_of(content, policy, asked.now, latest)
        if head is None:
            return None
        shown = lists.recorded(
            asked.case(), address, resource.content, Known(asked.now, policy, asked.standing.service)
        )
        if shown.code != "log.list_logged":
            return None
        record = ListRecord(content, head, int(shown.facts["index"]))
        if len(content) <= MAX_PROOF:
            known.record = record
    head = record.head
    if head.last > latest or (head.checkpoint != around.checkpoint and contradicted(head.checkpoint, head.policy)):
        return None
    return record.index
