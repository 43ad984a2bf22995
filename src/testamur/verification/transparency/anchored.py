"""What the checkpoint under a credential is anchored in: the time then rests on hashes alone, or on an authority for time."""

from __future__ import annotations

from urllib.parse import urlsplit

from testamur.errors import InputError, ResolutionError
from testamur.log.anchors import AnchorOutcome, Receipt, digest_of, kind_of, read_receipts
from testamur.log.anchors import check as check_receipt
from testamur.log.checkpoints import Checkpoint
from testamur.verification.case import Case, identifier_of
from testamur.verification.codes import found
from testamur.verification.moments import iso
from testamur.verification.report import Check
from testamur.verification.transparency.evidence import Known, Shown

MAX_RECEIPTS = 64


def check(case: Case, shown: Shown, known: Known) -> Check | None:
    """The finding about the anchors of the checkpoint that `shown` stands on; None where the reader does not ask about anchors.

    1. Receipts: those that the reader brought, and the list that the log publishes for a checkpoint of this size. 2. Each is
    checked for exactly this checkpoint, with those whom the reader believes. 3. The earliest that holds counts; where none does,
    why the nearest did not. A receipt that does not hold says nothing against the credential: a chain may have been reorganised.
    """
    policy, checkpoint = known.policy.anchors, shown.checkpoint
    if policy is None or checkpoint is None:
        return None
    receipts, reason = _receipts(case, checkpoint, known)
    if receipts and known.policy.learn is not None:
        policy = known.policy.learn(policy, receipts)
    results = [(kind_of(receipt), check_receipt(digest_of(checkpoint), receipt, policy)) for receipt in receipts]
    times = [(result.time, kind) for kind, result in results if result.time is not None]
    if times:
        since, kind = min(times)
        return found("log.anchored", anchor=kind, since=iso(since))
    undecided = [result.code for _, result in results if result.outcome is AnchorOutcome.UNKNOWN]
    refused = [result.code for _, result in results if result.outcome is AnchorOutcome.FAILED]
    return found("log.not_anchored", reason=next(iter((*undecided, *refused)), reason))


def _receipts(case: Case, checkpoint: Checkpoint, known: Known) -> tuple[list[Receipt], str]:
    """The receipts at hand, and why there is none."""
    receipts: list[Receipt] = []
    reason = "log.no_receipt"
    for content in known.policy.receipts:
        try:
            receipts += read_receipts(content)
        except InputError as error:
            reason = error.code
    try:
        content = case.record_resolver.fetch(_address(case, checkpoint), accept=("application/json",)).content
        receipts += read_receipts(content)
    except (ResolutionError, InputError) as error:
        reason = error.code
    return receipts[:MAX_RECEIPTS], reason


def _address(case: Case, checkpoint: Checkpoint) -> str:
    """`https://<origin>/anchors/<size>.json`. A log on the credential's own host is spoken to as that host is."""
    own = urlsplit(identifier_of(case.document) or "")
    scheme = (
        own.scheme if own.scheme in ("https", "http") and checkpoint.origin.startswith(own.netloc + "/") else "https"
    )
    return f"{scheme}://{checkpoint.origin}/anchors/{checkpoint.size}.json"
