"""What the asker of a verification expects: `options` of the request, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from testamur.cli.vc_api.problems import options_of, refused

# What a caller may limit the verification to. `status` is the older name of `credentialStatus` in the VC API.
NAMED_CHECKS: Final = frozenset({"proof", "dates", "credentialStatus", "status"})


@dataclass(frozen=True, slots=True)
class Expectations:
    """`purpose`, `domain` and `challenge` are those of the outermost proof; `now` is the moment of the verification.

    `only` holds those of `NAMED_CHECKS` that were asked for; empty means all. The form of a document and its proofs are always checked.
    """

    purpose: str
    now: datetime
    domain: str | tuple[str, ...] | None = None
    challenge: str | None = None
    only: frozenset[str] = frozenset()

    @property
    def dates(self) -> bool:
        return not self.only or "dates" in self.only

    @property
    def status(self) -> bool:
        return not self.only or bool(self.only & {"status", "credentialStatus"})

    @property
    def checks(self) -> list[str]:
        """What is checked, by name, for the answer."""
        return ["proof"] + ["dates"] * self.dates + ["credentialStatus"] * self.status

    def for_inner(self) -> Expectations:
        """The expectations of a credential inside a presentation: domain and challenge were the presentation's."""
        return Expectations("assertionMethod", self.now, only=self.only)


def read_options(body: Mapping[str, Any], purpose: str) -> Expectations:
    """The expectations in `options`; unknown options are ignored, as the VC API demands. Raises Refused."""
    options = options_of(body)
    expected = options.get("expectedProofPurpose", purpose)
    challenge = options.get("challenge")
    if not isinstance(expected, str) or not isinstance(challenge, str | None):
        raise refused("vc_api.options_invalid", "The purpose and the challenge of a proof are texts.", path="/options")
    domain = options.get("domain")
    if isinstance(domain, list) and all(isinstance(entry, str) for entry in domain):
        domain = tuple(domain)
    elif not isinstance(domain, str | None):
        raise refused("vc_api.options_invalid", "The domain is a text or a list of texts.", path="/options/domain")
    checks = options.get("checks") or []
    if not isinstance(checks, list) or not all(isinstance(check, str) for check in checks):
        raise refused("vc_api.options_invalid", "“checks” is a list of texts.", path="/options/checks")
    return Expectations(expected, datetime.now(UTC), domain, challenge, NAMED_CHECKS & set(checks))
