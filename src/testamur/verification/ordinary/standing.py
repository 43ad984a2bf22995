"""What the public documents of an issuer decide, for as long as they are the same bytes: whose key signed, what a status list says, what a
checkpoint is worth.

A standing is found where the checks have been through once and is compared with what stands at its addresses each time it is used.

Anybody who has a domain can be an issuer, and unpacks a list of many megabytes from a page of a few kilobytes. So standings and lists are
held in one place (`HELD`), which is bounded for all issuers together; who uses them refers to them weakly.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from weakref import WeakValueDictionary

from testamur.errors import KeyMaterialError, LinkedDataError, TestamurError
from testamur.linked_data import canonicalize
from testamur.log.checkpoints import SignedCheckpoint
from testamur.log.policies import Policy as TrustedLogs
from testamur.log.proofs import Proof
from testamur.ports import Resource
from testamur.proofs.did import did_web_url, split_identifier
from testamur.proofs.did.resolve import DID_MEDIA_TYPES
from testamur.status import Bits
from testamur.status.remembered import REMEMBERED, Remembered, digest_of, weight_of
from testamur.verification.checks.signing_key import SigningKey, signing_key
from testamur.verification.checks.status import Page
from testamur.verification.codes import found
from testamur.verification.moments import iso
from testamur.verification.outside import OneVerification
from testamur.verification.transparency.checks import recorded_since, witnessed
from testamur.verification.transparency.evidence import Known, Shown, last_time, seen
from testamur.verification.transparency.log_policy import LogPolicy
from testamur.verification.transparency.service import TransparencyLog, service_of

HELD: Final = Remembered(most=1_024)
"""The standings and lists of all issuers."""
MAX_HEADS: Final = 8
"""Checkpoints below which proofs of an issuer's credentials and lists end, at the same time."""
MAX_PROOF: Final = 32_768
"""Bytes of a proof that is kept, and of what stands behind the empty line of one: room for ten witnesses with post-quantum keys."""
_USUAL_HEAD: Final = 8_192
_NOBODY: Final = LogPolicy()
_SCHEMES: Final = ("https", "http")
_CREATED: Final = "0f0b8c60-when-it-was-created"


class Head:
    """What the checkpoint at the end of a proof (`tail`, with the empty line before it) is worth to a reader, by `policy`, where the issuer
    names its log as it does. `last` is the latest time that counts in it: it stays as it is for whoever asks later."""

    __slots__ = ("checkpoint", "kind", "last", "policy", "proof", "recorded", "shown", "tail", "told", "witnessed")

    def __init__(self, tail: bytes, policy: LogPolicy, known: Known) -> None:
        """Raises LookupError where it is worth nothing, or less than it could be."""
        self.tail = tail
        self.policy = policy
        try:
            self.proof = Proof(0, (), SignedCheckpoint.from_bytes(tail[2:]))
            self.shown: Shown = seen(self.proof, known)
            self.last = last_time(self.proof.checkpoint, known)
        except TestamurError:
            raise LookupError from None
        if not self.shown.logged or self.last > known.now.timestamp():
            raise LookupError
        self.checkpoint = self.proof.checkpoint.checkpoint
        self.witnessed = witnessed(self.shown, known)
        self.recorded: datetime | None = recorded_since(self.shown, None)
        self.told = iso(self.recorded) if self.recorded is not None else ""
        # What decides the finding about its witnesses: many checkpoints have the same.
        self.kind = (self.witnessed.code, repr(sorted(self.witnessed.facts.items())))


class ListRecord:
    """That a proof, with these bytes, records a list, and at which index."""

    __slots__ = ("content", "head", "index")

    def __init__(self, content: bytes, head: Head, index: int) -> None:
        self.content, self.head, self.index = content, head, index


class KnownList:
    """A status list that is proven for those whom the issuer's key has signed. `record` is the last proof of it that was looked at."""

    __slots__ = ("__weakref__", "address", "bits", "content", "page", "record", "usual")

    def __init__(self, address: str, content: bytes, page: Page, bits: Bits) -> None:
        self.address, self.content, self.page, self.bits = address, content, page, bits
        self.usual = page.usual
        self.record: ListRecord | None = None

    @property
    def weight(self) -> int:
        """About how many bytes it takes, with its page."""
        return weight_of(self.content) + len(self.bits) // 8 + MAX_PROOF


class Standing:
    """An issuer and one of its keys, as the DID document (`content`, at `url`) has them."""

    __slots__ = (
        "__weakref__",
        "_near",
        "bound",
        "content",
        "heads",
        "issuer",
        "key",
        "lists",
        "method",
        "options",
        "service",
        "shown_key",
        "signer",
        "url",
    )

    def __init__(
        self, issuer: str, method: str, context: Any, purpose: str, suite: str, outside: OneVerification
    ) -> None:
        """Asks for the document, as a check would. Raises LookupError where more decides about the key than this document alone."""
        base, _ = _split(method)
        if base != issuer or not base.startswith("did:web:"):
            raise LookupError
        signer = signing_key(method, outside)
        if not isinstance(signer, SigningKey) or signer.until is not None or signer.silence is not None:
            raise LookupError
        if signer.vouched_by != "did:web" or signer.controller != issuer or purpose not in signer.purposes:
            raise LookupError
        if signer.key.algorithm != "Ed25519":
            raise LookupError
        try:
            self.url = did_web_url(base)
            self.content = outside.fetch(self.url, accept=DID_MEDIA_TYPES).content
            self.service: TransparencyLog | None = service_of(issuer, outside)
            if self.service is not None and self.service.cut_offs_of(method):
                raise LookupError
            self.shown_key = signer.key.multikey
            options = canonicalize(
                {
                    "@context": context,
                    "type": "DataIntegrityProof",
                    "cryptosuite": suite,
                    "created": _CREATED,
                    "verificationMethod": method,
                    "proofPurpose": purpose,
                }
            )
        except (TestamurError, LinkedDataError, KeyMaterialError):
            raise LookupError from None
        parts = options.split(_CREATED.encode())
        if len(parts) != 2:
            raise LookupError
        self.options = (parts[0], parts[1])
        self.issuer, self.method, self.signer, self.key = issuer, method, signer, signer.key
        self.bound = found("issuer.bound", issuer=issuer, bound_by=signer.vouched_by)
        self.lists: WeakValueDictionary[str, KnownList] = WeakValueDictionary()
        self.heads: tuple[Head, ...] = ()
        self._near: tuple[TrustedLogs, tuple[str, ...]] = (TrustedLogs(), ())

    @property
    def weight(self) -> int:
        """About how many bytes it takes, with its heads and without its lists."""
        return weight_of(self.content) + MAX_HEADS * _USUAL_HEAD

    def holds(self, outside: OneVerification) -> bool:
        """Whether it is still what the issuer says. Raises `ResolutionError`."""
        resource = outside.fetch(self.url, accept=DID_MEDIA_TYPES)
        return resource.content == self.content and not resource.from_elsewhere

    def may_log(self, address: str, policy: LogPolicy, now: datetime) -> bool:
        """As `Known.may_log`, for a reader with this policy."""
        if self.service is not None:
            return True
        logs, beginnings = self._near
        if logs is not policy.logs:
            hosts = [log.key.name.partition("/")[0] for log in policy.logs.logs]
            beginnings = tuple([f"{scheme}://{host}/" for host in hosts if host.isascii() for scheme in _SCHEMES])
            self._near = policy.logs, beginnings
        return address.startswith(beginnings) or Known(now, policy).may_log(address)

    def list_at(self, address: str, resource: Resource, purpose: str) -> KnownList | None:
        """The list at `address`, which is `resource`, where the checks have proven it in this standing before."""
        known = self.lists.get(address)
        content = resource.content
        if known is not None and known.content == content:
            return known
        digest = digest_of(content)
        page: Page | None = REMEMBERED.get((digest, "page"))
        bits: Bits | None = REMEMBERED.get((digest, "bits"))
        if page is None or bits is None or page.usual is None or page.signer != self.method:
            return None
        document = page.read.credential or {}
        if not page.is_list or document.get("id") != address or page.read.raw != content:
            return None
        if page.proven_for != (purpose, self.issuer, self.signer, self.service):
            return None
        known = self.lists[address] = KnownList(address, content, page, bits)
        HELD.keep(known, known, known.weight)
        return known

    def head_of(self, proof: bytes, policy: LogPolicy | None, now: datetime, latest: float) -> Head | None:
        """The checkpoint at the end of a proof, for a reader with this policy; None where the checks have to look at it."""
        believed = policy if policy is not None else _NOBODY
        for head in self.heads:
            if head.policy is believed and proof.endswith(head.tail):
                return head if head.last <= latest else None
        at = proof.find(b"\n\n")
        if at < 0 or len(proof) - at > MAX_PROOF:
            return None
        try:
            head = Head(proof[at:], believed, Known(now, believed, self.service))
        except LookupError:
            return None
        self.heads = (head, *self.heads)[:MAX_HEADS]
        return head


def _split(method: str) -> tuple[str, str | None]:
    try:
        return split_identifier(method)
    except TestamurError:
        raise LookupError from None
