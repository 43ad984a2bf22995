"""Public records on the command line: whom the user believes about logs and anchors, and the proofs at hand."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from testamur.cli.common import UsageError, read_bytes
from testamur.errors import InputError, ResolutionError
from testamur.fetch import BundleResolver
from testamur.fetch.known_blocks import learn
from testamur.log.anchors import AnchorPolicy
from testamur.log.checkpoints import SignedCheckpoint
from testamur.log.policies import MAX_BYTES, Policy
from testamur.log.proofs import MAX_BYTES as MAX_PROOF
from testamur.log.proofs import Proof
from testamur.ports import Resolver
from testamur.verification import Level, LogPolicy, Report

_Read = TypeVar("_Read")
_MAX_RECEIPTS = 8_000_000


def add_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "the public record", "is it in a transparency log, who has seen that log, and since when"
    )
    group.add_argument(
        "--log-policy", metavar="FILE", help="the logs and witnesses that you believe (a C2SP tlog-policy)"
    )
    group.add_argument(
        "--require-level",
        choices=[level.value for level in Level if level is not Level.SIGNED],
        help="nothing is valid below this level; by default a record is looked at and not asked for",
    )
    group.add_argument(
        "--log-proof",
        metavar="FILE",
        action="append",
        default=[],
        help="a proof from a log (.tlog-proof) for the document, if it does not carry one",
    )
    group.add_argument(
        "--anchor-policy", metavar="FILE", help="the contracts, blocks and authorities that you believe about anchors"
    )
    group.add_argument(
        "--anchor-receipt", metavar="FILE", action="append", default=[], help="receipts of anchors (JSON)"
    )
    group.add_argument(
        "--known-checkpoint",
        metavar="FILE",
        action="append",
        default=[],
        help="a checkpoint of a log that you have from elsewhere: what contradicts it is a fork",
    )
    group.add_argument(
        "--require-logged-lists", action="store_true", help="a status list counts only if it is in a log itself"
    )


def policy_of(arguments: argparse.Namespace, resolver: Resolver) -> LogPolicy | None:
    """What the user asks of the record; None where they ask nothing. Raises UsageError for a file that cannot be read, and for a
    level that can never be reached."""
    asks = arguments.log_policy or arguments.require_level or arguments.anchor_policy or arguments.known_checkpoint
    if not asks and not arguments.require_logged_lists:
        if arguments.anchor_receipt:
            raise UsageError("--anchor-receipt needs --anchor-policy: whom do you believe about anchors?")
        return None
    if arguments.anchor_receipt and not arguments.anchor_policy:
        raise UsageError("--anchor-receipt needs --anchor-policy: whom do you believe about anchors?")
    trusted = _read(arguments.log_policy, Policy.from_text) if arguments.log_policy else Policy()
    anchors = _read(arguments.anchor_policy, AnchorPolicy.from_text) if arguments.anchor_policy else None
    asking = None
    if not isinstance(resolver, BundleResolver):
        asking = partial(learn, resolver=resolver, allowed_origins=tuple(arguments.allow_origin))
    try:
        return LogPolicy(
            trusted,
            Level(arguments.require_level or Level.SIGNED),
            anchors,
            receipts=tuple(read_bytes(name, limit=_MAX_RECEIPTS) for name in arguments.anchor_receipt),
            learn=asking,
            lists_required=arguments.require_logged_lists,
            known=tuple(_checkpoint(name) for name in arguments.known_checkpoint),
        )
    except ValueError as error:
        raise UsageError(f"--require-level {arguments.require_level}: {error}") from None


def proofs_of(arguments: argparse.Namespace) -> tuple[bytes, ...]:
    """The proofs that the user named. Raises UsageError for a file that cannot be read."""
    return tuple(read_bytes(name, limit=MAX_PROOF) for name in arguments.log_proof)


def _read(name: str, reader: Callable[[str], _Read]) -> _Read:
    try:
        return reader(read_bytes(name, limit=2 * MAX_BYTES).decode())
    except UnicodeDecodeError:
        raise UsageError(f"{name}: the policy is not UTF-8") from None
    except InputError as error:
        line = f" (line {error.facts['line']})" if "line" in error.facts else ""
        raise UsageError(f"{name}: {error}{line}") from None


def _checkpoint(name: str) -> SignedCheckpoint:
    try:
        return SignedCheckpoint.from_bytes(read_bytes(name, limit=MAX_PROOF))
    except InputError as error:
        raise UsageError(f"{name}: {error}") from None


def collect(report: Report, resolver: Resolver) -> None:
    """Ask for what a later verification may want to see of the records: the proofs of the credential and of its status lists, and the
    receipts of the checkpoints under them. What is not there is not needed."""
    for address in dict.fromkeys(_recorded(report)):
        try:
            proof = Proof.from_bytes(resolver.fetch(f"{address}.tlog-proof", accept=("text/plain",)).content)
            checkpoint = proof.checkpoint.checkpoint
            resolver.fetch(f"https://{checkpoint.origin}/anchors/{checkpoint.size}.json")
        except (ResolutionError, InputError):
            continue


def _recorded(report: Report) -> Iterator[str]:
    addresses: Sequence[Any] = (
        report.subject.get("id"),
        *(check.facts["list"] for check in report.checks if check.name == "status" and "asked_at" in check.facts),
    )
    yield from (each for each in addresses if isinstance(each, str) and each.startswith(("https://", "http://")))
    for child in report.children:
        yield from _recorded(child)
