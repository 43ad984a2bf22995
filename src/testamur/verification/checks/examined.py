"""What the proofs of one document came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from testamur.proofs.result import WhenRead
from testamur.verification.codes import found
from testamur.verification.report import Check, Later, Outcome, told_later

# Findings that do not speak against a document whose issuer has signed it by another proof.
_SET_ASIDE = ("proof.suite_unknown", "proof.purpose")
_SELECTIVE = {"ecdsa-sd-2023", "bbs-2023", "vc+sd-jwt"}
_BEST_FIRST = (Outcome.PASSED, Outcome.UNKNOWN, Outcome.FAILED)


@dataclass(slots=True)
class ProofFinding:
    """What was found about one proof: the signature, its binding to the issuer (None where no key was obtained), the details.

    `whole` says that the holder has shown every statement about the credential itself, although the suite would let some be left out.
    """

    check: Check
    binding: Check | None = None
    technical: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False

    @property
    def true(self) -> bool:
        return self.check.outcome is Outcome.PASSED


@dataclass(slots=True)
class Examined:
    """All proofs of a document together. `proven` says that its bytes were confirmed (every proof that counts is true, and there is one):
    only then may they decide anything. `bound` says besides that it was the named issuer who signed them.

    `partial` says that the proof which counts lets the holder leave statements out: what is absent may only be withheld. `signers` are the
    verification methods of the true proofs that are bound to the issuer.
    """

    checks: tuple[Check, ...]
    binding: Check
    technical: tuple[Mapping[str, Any], ...]
    partial: bool = False
    signers: tuple[str, ...] = ()
    proven: bool = field(init=False)
    bound: bool = field(init=False)

    def __post_init__(self) -> None:
        self.proven = {check.outcome for check in self.checks if check.required} == {Outcome.PASSED}
        self.bound = self.proven and is_bound(self.binding)

    @classmethod
    def of(cls, findings: Iterable[ProofFinding]) -> Examined:
        findings = list(findings)
        if len(findings) == 1 and findings[0].true:
            return cls._of_one(findings[0])
        bindings = [
            (_BEST_FIRST.index(finding.binding.outcome), number, finding.binding)
            for number, finding in enumerate(findings)
            if finding.true and finding.binding is not None
        ]
        _, chosen, best = min(bindings) if bindings else (0, None, found("issuer.not_decided"))
        settled = is_bound(best)
        checks = [_set_aside(finding.check) if settled else finding.check for finding in findings]
        technical = tuple(finding.technical for finding in findings if finding.technical)
        # Only the issuer's own proofs say whether something may be missing: anybody can sign the selection anew as a whole.
        decisive = findings if chosen is None else [findings[chosen]]
        partial = any(_suite(finding) in _SELECTIVE and not finding.whole for finding in decisive)
        signers = tuple(
            str(finding.check.facts["method"])
            for finding in findings
            if finding.true
            and finding.binding is not None
            and is_bound(finding.binding)
            and "method" in finding.check.facts
        )
        return cls(tuple(checks), best, technical, partial, signers)

    @classmethod
    def _of_one(cls, finding: ProofFinding) -> Examined:
        """As `of`, for the one true proof that nearly every document has."""
        check, binding = finding.check, finding.binding
        bound = binding is not None and is_bound(binding)
        return cls(
            (check,),
            binding if binding is not None else found("issuer.not_decided"),
            (finding.technical,) if finding.technical else (),
            not finding.whole and _suite(finding) in _SELECTIVE,
            (str(check.facts["method"]),) if bound and "method" in check.facts else (),
        )


def details(
    kind: str, proofs: tuple[Mapping[str, Any], ...], asked: tuple[str, ...], unconfirmed: Later | None
) -> Mapping[str, Any]:
    """The technical details of a report: the container, what the proofs came to, the addresses that were asked, and what a document that
    was not confirmed says of itself."""

    def made() -> dict[str, Any]:
        technical: dict[str, Any] = {"kind": kind, "proofs": [dict(WhenRead.all_of(entry)) for entry in proofs]}
        if asked:
            technical["asked"] = list(asked)
        if unconfirmed is not None:
            technical["unconfirmed"] = dict(unconfirmed.made())
        return technical

    return told_later(Later(made))


def is_bound(binding: Check) -> bool:
    """Whether the key is the issuer's. That is true of an issuer who is nothing but a key, although nobody vouches for the name; so it
    does not answer the question from whom the document is."""
    return binding.outcome is Outcome.PASSED or binding.code == "issuer.bound_to_key"


def _suite(finding: ProofFinding) -> str:
    return str(finding.check.facts.get("suite")).partition(" ")[0]


def _set_aside(check: Check) -> Check:
    if check.code not in _SET_ASIDE:
        return check
    return found("proof.further_unknown", suite=str(check.facts.get("suite", check.facts.get("purpose", ""))))
