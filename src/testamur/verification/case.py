"""The case that the checks look at: one document as it was read, who asks what, and the outside.

Everything a check needs is here, so that every check is a function from a case to findings and can be tried alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from testamur.linked_data import Matched, Recognised
from testamur.log.proofs import Proof
from testamur.ports import Resolver
from testamur.verification.outside import Budget
from testamur.verification.policy import Policy
from testamur.verification.trust import TrustRegistry

CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"

ACHIEVEMENT_TYPES = ("OpenBadgeCredential", "AchievementCredential")
ENDORSEMENT_TYPE = "EndorsementCredential"


@dataclass(slots=True)
class Case:
    """One document before its judges. It is not changed, although nothing enforces that: what enforces it would cost as much as a check.

    `document` is the credential as strictly read JSON (of a JWT: the credential in its payload), `token` the compact JWS that
    secures it, or None where it carries its own proof. `kind` is the container it came in (json, jwt, png, svg), `format` the
    standard it follows. `depth` counts the documents around this one (an endorsement inside a badge has depth 1).
    `supporting` says that the document is only leaned on (a schema's credential, a statement about an accreditation): who speaks for it is
    not asked any more. `now` is the moment about which is asked; it may lie before the verification.
    `purpose` is what its proofs must be for, `raw` the bytes that were read, `address` where a hosted document stands, if that is known.
    `log_proofs` are proofs from a transparency log that came with it, unverified; `around` is the one
    that was confirmed for the document in which this one stands. `records` is asked for
    proofs from logs, in place of `resolver`, where there is one.
    `known` is the document without its proofs by its shape, where that was looked for and found; `recognised` is the document by its bytes,
    where their form was met before.
    `names` are the names of all members outside its own proofs, where that is known without looking for them.
    `size` is the document's length in bytes, which each of its proofs takes from `budget`, the work left for the whole report.
    """

    document: Mapping[str, Any]
    kind: str
    format: str
    policy: Policy
    resolver: Resolver
    trust: TrustRegistry
    now: datetime
    token: str | None = None
    depth: int = 0
    size: int = 0
    budget: Budget = field(default_factory=Budget)
    purpose: str = "assertionMethod"
    raw: bytes = field(default=b"", repr=False)
    address: str | None = None
    supporting: bool = False
    log_proofs: tuple[bytes, ...] = field(default=(), repr=False)
    around: Proof | None = field(default=None, repr=False)
    records: Resolver | None = None
    names: frozenset[str] | None = field(default=None, repr=False)
    known: Matched | None = field(default=None, repr=False)
    recognised: Recognised | None = field(default=None, repr=False)

    @property
    def record_resolver(self) -> Resolver:
        return self.records or self.resolver

    def may_name(self, *names: str) -> bool:
        """Whether a member with one of these names may stand somewhere in the document, outside its own proofs."""
        return self.names is None or not self.names.isdisjoint(names)

    @property
    def types(self) -> tuple[str, ...]:
        """The document's types that are texts, as written."""
        return tuple(item for item in many(self.document.get("type")) if isinstance(item, str))

    @property
    def version(self) -> str:
        """The version of the VC Data Model: "1.1" or "2.0", by the first context."""
        contexts = many(self.document.get("@context"))
        return "1.1" if contexts and contexts[0] == CREDENTIALS_V1 else "2.0"

    @property
    def is_achievement(self) -> bool:
        """Whether the document calls itself an Open Badges 3.0 credential."""
        types = many(self.document.get("type"))
        return any(name in types for name in ACHIEVEMENT_TYPES)

    @property
    def is_endorsement(self) -> bool:
        return ENDORSEMENT_TYPE in many(self.document.get("type"))

    @property
    def issuer(self) -> str | None:
        """The identifier of the issuer that the document names, or None."""
        return identifier_of(self.document.get("issuer"))


def many(value: Any) -> list[Any]:
    """The values of a property that may stand once or several times; an absent one has none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def identifier_of(value: Any) -> str | None:
    """The identifier of a node: the text itself, or the `id` of an object."""
    if type(value) is dict or (
        type(value) is not str and isinstance(value, Mapping)
    ):  # the plain ones are asked first, as the quicker
        value = value.get("id")
    return value if isinstance(value, str) and value else None
