"""What judging a document by its own standard came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from testamur.verification.checks.examined import is_bound
from testamur.verification.codes import found
from testamur.verification.report import Check, Outcome


@dataclass(frozen=True, slots=True)
class Judged:
    """`checks` are the findings about structure and proof, `binding` about the issuer, `status` about withdrawal (empty: not asked).

    `view` is what the document says, in the words of Open Badges 3.0; `signed` the document itself where its own terms decide about status.
    """

    checks: tuple[Check, ...]
    view: Mapping[str, Any]
    binding: Check
    status: tuple[Check, ...] = ()
    technical: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def proven(self) -> bool:
        """The proof that this standard asks for is there and true: what the document says may be shown and judged."""
        proofs = [check for check in self.checks if check.name == "proof" and check.required]
        return bool(proofs) and all(check.outcome is Outcome.PASSED for check in proofs)

    @property
    def signers(self) -> tuple[str, ...]:
        """The verification methods that signed."""
        return tuple(str(each["verificationMethod"]) for each in self.technical if "verificationMethod" in each)

    @property
    def bound(self) -> bool:
        return self.proven and is_bound(self.binding)


def unbound() -> Check:
    """The binding where no proof could be confirmed."""
    return found("issuer.not_decided")
