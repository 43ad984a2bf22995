"""What one proof from a log shows about one document.

The procedure, for a proof (C2SP tlog-proof) that came from anywhere:

1. Read it. What cannot be read shows nothing.
2. Compute the entry *from this document*, with the proof's salt; never take an entry from elsewhere (CVE-2026-22703). The path
   must lead from it to the checkpoint's root: otherwise the proof is of something else.
3. The log must be one that somebody who counts here names: the reader's policy, or the issuer in its DID document.
4. One of the keys named for that log must have signed the checkpoint, and no key that is known may have signed it falsely.
5. The checkpoint must not contradict what is known of that log: otherwise there are two histories, and this may be the one that
   was made for us.
6. Who of the witnesses has cosigned, and when; what a witness dates later than now does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from testamur.errors import Malformed, ProofError, TestamurError
from testamur.log.checkpoints import Checkpoint, SignedCheckpoint, verified_by
from testamur.log.entries import Entry
from testamur.log.notes import VerifierKey
from testamur.log.policies import Policy as TrustedLogs
from testamur.log.proofs import Proof
from testamur.status.remembered import REMEMBERED, digest_of
from testamur.verification.codes import found
from testamur.verification.report import Check, Outcome
from testamur.verification.transparency.log_policy import LogPolicy
from testamur.verification.transparency.service import TransparencyLog

CLOCK_SKEW = timedelta(minutes=5)
_NOBODY = LogPolicy()
_OTHER = "log.proof_other"

Entries = Callable[[Proof], Iterable[Entry]]
"""The entries that would record the document, computed from it and the proof's salt. Raises Malformed where there can be none."""

_Read = tuple[Proof | None, str]
"""A proof that records the document, or None and the code of what is wrong with it."""

_Signers = tuple[bool, Mapping[VerifierKey, int | None], Mapping[VerifierKey, int | None]]
"""Whether a key of the reader's has signed; the keys of the log, and of witnesses, that have, with the time that each states."""


@dataclass(slots=True)
class Known:
    """Who counts here: the reader's policy and the issuer's own service, where there are any, and the time of the verification."""

    now: datetime
    policy: LogPolicy = _NOBODY
    service: TransparencyLog | None = None

    @property
    def trusted(self) -> TrustedLogs:
        return self.policy.logs

    def may_log(self, address: str) -> bool:
        """Whether a record of what stands at `address` may be expected: the issuer names a log, or the reader one of the same host."""
        host = _host(address)
        return self.service is not None or any(log.key.name.partition("/")[0] == host for log in self.trusted.logs)


@dataclass(slots=True)
class Shown:
    """What a proof shows. `check` is the finding; the rest is there only where it passed.

    `by_reader`: a log of the reader's own policy. `witnesses`: who has cosigned, with the moment of each; `quorum_at`: since when they
    are enough (None: they are not). `stated_at`: what the log itself says about the time.
    """

    check: Check
    proof: Proof | None = None
    by_reader: bool = False
    witnesses: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    quorum_at: datetime | None = None
    stated_at: datetime | None = None

    @property
    def logged(self) -> bool:
        return self.check.outcome is Outcome.PASSED

    @property
    def checkpoint(self) -> Checkpoint | None:
        return self.proof.checkpoint.checkpoint if self.proof is not None else None


def judge(content: bytes, entries: Entries, known: Known, *, public: Hashable = None) -> Shown:
    """What the proof `content` shows about the document whose `entries` these are. Never raises.

    `public` names a document that is about nobody and is met again and again, by the digest of its bytes and whatever else decides its
    `entries`: how its proof reads, and whether that is of its entry, is then worked out once.
    """
    if public is None:
        proof, reason = _read(content, entries)
    else:
        name = (digest_of(content), "read as the record of", public)
        proof, reason = REMEMBERED.of(name, lambda _: 4 * len(content), lambda: _read(content, entries))
    if proof is None:
        return Shown(found(_OTHER) if reason == _OTHER else found("log.proof_unreadable", reason=reason))
    return seen(proof, known)


def seen(proof: Proof, known: Known) -> Shown:
    """Steps 3 to 6 of the procedure above, for a proof that records the document: what its checkpoint is worth to those who count."""
    checkpoint = proof.checkpoint.checkpoint
    origin = checkpoint.origin
    try:
        signers = _signers(proof.checkpoint, known)
    except ProofError as error:
        return Shown(found("log.signature_false", origin=origin, key=str(error.facts.get("key", "—"))))
    if signers is None:
        return Shown(_unknown_log(origin, known))
    of_reader, by_log, by_witness = signers
    if not by_log:
        return Shown(found("log.signature_missing", origin=origin))
    if (fork := _contradiction(checkpoint, known)) is not None:
        return Shown(fork)
    latest = known.now + CLOCK_SKEW
    trusted = known.trusted
    times = (
        {
            witness.name: moment
            for witness in trusted.witnesses
            if (moment := _moment(by_witness.get(witness.key), latest)) is not None
        }
        if by_witness
        else {}
    )
    stated = [moment for time in by_log.values() if (moment := _moment(time, latest)) is not None]
    return Shown(
        found("log.logged", origin=origin, index=proof.index),
        proof,
        by_reader=of_reader,
        witnesses=times,
        quorum_at=_enough_since(times, trusted),
        stated_at=min(stated, default=None),
    )


def last_time(signed: SignedCheckpoint, known: Known) -> int:
    """The latest time that a key which counts states below the checkpoint, in seconds since 1970; 0 where none does. Raises as `judge`
    would find: only for a checkpoint that was `seen`."""
    signers = _signers(signed, known)
    times = [] if signers is None else [time for each in signers[1:] for time in each.values() if time is not None]
    return max(times, default=0)


def _signers(signed: SignedCheckpoint, known: Known) -> _Signers | None:
    """Who has signed the checkpoint, of those who count; None where nobody who counts names its log. Raises ProofError for a false
    signature. That follows from the checkpoint, the reader's policy and the issuer's service alone: the same for thousands of credentials.
    """
    trusted, service = known.trusted, known.service
    last = signed.worked_out
    if last and last[0][0] is trusted and last[0][1] is service:
        signers: _Signers | None = last[0][2]
        return signers
    origin = signed.checkpoint.origin
    of_reader = [log.key for log in trusted.logs if log.key.name == origin]
    of_issuer = service.keys_of(origin) if service is not None else ()
    if not of_reader and not of_issuer:
        return None
    by_log = verified_by(signed, [*of_reader, *of_issuer])
    by_witness = verified_by(signed, (each.key for each in trusted.witnesses))
    signers = (any(key in by_log for key in of_reader), by_log, by_witness)
    last[:] = [(trusted, service, signers)]
    return signers


def _read(content: bytes, entries: Entries) -> _Read:
    """Steps 1 and 2 of the procedure above, which look at nothing but the bytes."""
    try:
        proof = Proof.from_bytes(content)
        return (proof, "") if any(proof.includes(entry) for entry in entries(proof)) else (None, _OTHER)
    except Malformed as error:
        return None, error.code


def forked(shown: Sequence[Shown]) -> Check | None:
    """The finding that two of these proofs, each with the log's signature, are of different histories."""
    roots: dict[tuple[str, int], bytes] = {}
    for each in shown:
        if (checkpoint := each.checkpoint) is None:
            continue
        if roots.setdefault((checkpoint.origin, checkpoint.size), checkpoint.root) != checkpoint.root:
            return _fork(checkpoint)
    return None


def _unknown_log(origin: str, known: Known) -> Check:
    """The issuer knows best which logs are its own. A reader's list only says what the reader looks at, unless they ask for a record."""
    if known.service is not None:
        return found("log.log_other", origin=origin, expected=list(known.service.origins))
    if known.trusted.logs and known.policy.required.rank > 0:
        return found("log.log_other", origin=origin, expected=[log.key.name for log in known.trusted.logs])
    return found("log.log_unknown", origin=origin)


def _contradiction(checkpoint: Checkpoint, known: Known) -> Check | None:
    for other in known.policy.known:
        same = (other.checkpoint.origin, other.checkpoint.size) == (checkpoint.origin, checkpoint.size)
        if same and other.checkpoint.root != checkpoint.root and _is_of_log(other, known):
            return _fork(checkpoint)
    return _fork(checkpoint) if contradicted(checkpoint, known.policy) else None


def contradicted(checkpoint: Checkpoint, policy: LogPolicy) -> bool:
    """Whether the log as the reader has it in front of them is of another history. One that is not whole says nothing against anybody."""
    try:
        return policy.contradicts is not None and policy.contradicts(checkpoint)
    except (TestamurError, OSError, ValueError):
        return False


def _fork(checkpoint: Checkpoint) -> Check:
    return found("log.fork", origin=checkpoint.origin, size=checkpoint.size)


def _is_of_log(signed: SignedCheckpoint, known: Known) -> bool:
    """Whether a checkpoint that the reader has from elsewhere is really the log's: anybody could have written down another root."""
    origin = signed.checkpoint.origin
    keys: list[VerifierKey] = [log.key for log in known.trusted.logs if log.key.name == origin]
    keys += known.service.keys_of(origin) if known.service is not None else ()
    try:
        return bool(verified_by(signed, keys))
    except ProofError:
        return False


def _moment(seconds: int | None, latest: datetime) -> datetime | None:
    """The moment of a cosignature, None where there is none or where it lies in the future."""
    if seconds is None or seconds > latest.timestamp():
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _enough_since(times: Mapping[str, datetime], trusted: TrustedLogs) -> datetime | None:
    """Since when the witnesses are enough. The earliest word of one of them would be one witness's word; that of a quorum is not."""
    if trusted.quorum is None:
        return None
    for moment in sorted(times.values()):
        if trusted.satisfied_by(name for name, at in times.items() if at <= moment):
            return moment
    return None


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
