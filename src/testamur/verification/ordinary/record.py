"""The public record of an ordinary document: step 4."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from testamur.log.entries import Entry, Kind, commitment_of, handle_of
from testamur.log.merkle import leaf_hash, verify_inclusion
from testamur.ports import Resource
from testamur.verification.case import Case
from testamur.verification.codes import found
from testamur.verification.ordinary.standing import Head, KnownList, ListRecord, Standing
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


def checks(asked: Asked) -> list[Check] | None:
    """What `transparency.checks.examine` finds, where the document is recorded as is asked; None where it has to look. Raises
    `ResolutionError`."""
    policy, service, outside = asked.policy, asked.standing.service, asked.outside
    records = outside.records or outside
    demanded = service is not None and service.required_from is not None and service.required_from <= asked.now
    address = f"{asked.identifier}.tlog-proof"
    by_reader = policy is not None and (
        policy.required is not Level.SIGNED or (policy.ask and _may_log(asked, policy, asked.identifier))
    )
    if not demanded and not by_reader and not records.holds(address):
        return [] if policy is None else None
    if not asked.identifier.startswith(("https://", "http://")):
        return None
    content = records.fetch(address, accept=MEDIA_TYPES).content
    latest = (asked.now + CLOCK_SKEW).timestamp()
    head = asked.standing.head_of(content, policy, asked.now, latest)
    index = _index_of(content, head, asked) if head is not None else None
    if head is None or index is None or contradicted(head.checkpoint, head.policy):
        return None
    checks = [found("log.logged", origin=head.checkpoint.origin, index=index), head.witnessed]
    recorded = head.recorded
    if head.policy.anchors is not None:
        anchor = anchored.check(asked.case(), head.shown, Known(asked.now, head.policy, service))
        if anchor is not None:
            checks.append(anchor)
        recorded = recorded_since(head.shown, anchor)
    awarded = asked.awarded
    if awarded is None or recorded is None or recorded is not head.recorded:
        checks += dated(awarded[0] if awarded is not None else None, recorded)
    else:
        checks.append(found(lateness(awarded[0], recorded), awarded=awarded[1], recorded=head.told))
    if policy is not None:
        if policy.required is not Level.SIGNED:
            checks += required(policy, checks, head.shown)
        if asked.listed is not None:
            record = _of_list(asked, policy, head, latest)
            if record is None:
                return None
            checks += record
    if demanded and service is not None:
        if head.checkpoint.origin not in service.origins:
            return None
        checks.append(found("log.demand_met", issuer=asked.standing.issuer))
    return checks


def _may_log(asked: Asked, policy: LogPolicy, address: str) -> bool:
    service = asked.standing.service
    return service is not None or Known(asked.now, policy, service).may_log(address)


def _index_of(content: bytes, head: Head, asked: Asked) -> int | None:
    """The index at which `content`, which ends in the checkpoint of `head`, shows the document; None where it certainly does not, or where
    it is written in another way."""
    beginning = _BEGINNING(content, 0, len(content) - len(head.tail))
    secured = asked.secured()
    if beginning is None or secured is None:
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


def _of_list(asked: Asked, policy: LogPolicy, around: Head, latest: float) -> list[Check] | None:
    """The finding about the record of the status list; empty where none is asked for, None where the checks have to look at it."""
    address, resource, known = asked.listed  # type: ignore[misc]
    if not policy.lists_required and not _may_log(asked, policy, address):
        return []
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
        record = known.record = ListRecord(content, head, shown)
    head = record.head
    if head.last > latest or (head.checkpoint != around.checkpoint and contradicted(head.checkpoint, head.policy)):
        return None
    return [record.check]
