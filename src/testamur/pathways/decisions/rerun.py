"""A decision taken again from what its credential carries.

Each finding passed, failed or is unknown, as everywhere; the result failed as soon as one failed, and is unknown as soon as one that is
required is unknown. Whoever calls has verified the documents (`Document`); a part that is neither embedded nor handed in is unknown, and
what the decision says of it is taken as said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from testamur.pathways.decisions.record import DecisionRecord, Part, Summary, summary
from testamur.pathways.engine.deciding import decide
from testamur.pathways.engine.decision import Decision
from testamur.pathways.engine.eligibility import STANDING, approved
from testamur.pathways.from_report import VerifiedReport, holdings_from_report, supplemented
from testamur.pathways.holdings import Holding
from testamur.pathways.programme import Programme
from testamur.pathways.reading import read_programme

_STILL_VALID = "still_valid"
_FROM_DOCUMENT = (
    "achievement", "codes", "issuer", "credits", "levels", "grades", "dates", "categories", "skills",
    "type", "language", "term", "version", "continues",
)  # fmt: skip
_ADDED = ("version", "continues")  # what earlier records do not have, and decided without


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `code` is stable and has its sentence in `testamur.pathways.words.again`; `credential` is the
    part's identifier, where it is about one."""

    code: str
    result: Result
    credential: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    required: bool = True


class _Check(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def question(self) -> str: ...


class _Verified(VerifiedReport, Protocol):
    """`testamur.verification.Report`: what is read of it here and in `from_report`."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document and the verifier's report about exactly these bytes."""

    content: bytes
    report: Any  # testamur.verification.Report; typed by what is read of it (`_Verified`), which frozen protocols cannot say

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came out when the decision was taken again. `decision` is the new one (None where the rule could not be applied); `fallen` are
    the credentials that were genuine and do not stand any more, with the code of the reason: what that means is `reevaluate`'s to say."""

    findings: tuple[Finding, ...]
    decision: Decision | None
    fallen: Mapping[str, str] = field(default_factory=dict)

    @property
    def result(self) -> Result:
        if any(finding.result is Result.FAILED for finding in self.findings):
            return Result.FAILED
        if any(finding.result is Result.UNKNOWN and finding.required for finding in self.findings):
            return Result.UNKNOWN
        return Result.PASSED

    def __bool__(self) -> bool:
        raise TypeError("a re-run has three results; compare rerun.result")


def rerun(record: DecisionRecord, documents: Sequence[Document] = (), *, holder: str = "") -> Rerun:
    """Take the decision of `record` again.

    `documents` are those that were verified: the embedded parts (`part.content`) and whatever else was handed in. `holder` is the
    identifier of the person whom the microdegree is about, to compare with that of the parts; without it nobody compares.

    1. The rule is the one that the record names (its hash was compared when it was read). 2. Every part: the bytes, whether it is genuine,
    whether it says what the decision says of it, whom it is about. 3. The same decision comes out of the rule and the case.
    """
    programme = read_programme(record.rule)
    findings = list(_rule(record, programme))
    by_digest = {document.digest: document for document in documents}
    fallen: dict[str, str] = {}
    for part in record.parts:
        findings += _part(part, record, by_digest.get(part.digest), holder, fallen)
    covered = {credential for part in record.parts for credential in part.credentials}
    for holding in record.case.holdings:
        if holding.id in covered or holding.valid is False:
            continue
        if vouched := approved(record.case, STANDING, holding.id):
            findings.append(
                Finding("part.vouched", Result.PASSED, holding.id, {"by": vouched.by, "why": vouched.reason})
            )
        else:
            findings.append(Finding("part.no_document", Result.UNKNOWN, holding.id))
    decision = decide(programme, record.case)
    findings.append(_same(record.said, decision))
    return Rerun(tuple(findings), decision, fallen)


def _rule(record: DecisionRecord, programme: Programme) -> Iterator[Finding]:
    facts = {"programme": record.programme, "version": record.version, "digest": record.rule_digest}
    same = (programme.id, programme.version) == (record.programme, record.version)
    yield Finding(
        "rule.same" if same else "rule.other_version",
        Result.PASSED if same else Result.FAILED,
        facts={**facts, "found": programme.id, "found_version": programme.version},
    )


def _part(
    part: Part, record: DecisionRecord, document: Document | None, holder: str, fallen: dict[str, str]
) -> Iterator[Finding]:
    name = part.credentials[0] if part.credentials else part.digest
    if document is None:
        yield Finding("part.not_handed_in", Result.UNKNOWN, name, {"digest": part.digest})
        return
    report: _Verified = document.report
    said = {holding.id: holding for holding in holdings_from_report(report, name)}
    standing = standing_of(report)
    if standing == "false":
        yield Finding("part.not_genuine", Result.FAILED, name, {"reason": why(report)})
        return
    if standing == "unknown":
        yield Finding("part.undetermined", Result.UNKNOWN, name, {"reason": why(report)})
    elif standing == "fallen":
        reason = why(report)
        fallen.update(dict.fromkeys(part.credentials, reason))
        yield Finding("part.fallen", Result.PASSED, name, {"reason": reason})
    else:
        yield Finding("part.genuine", Result.PASSED, name)
    recorded = {holding.id: holding for holding in record.case.holdings}
    unconfirmed = (
        standing == "unknown"
    )  # then a report says less than the document: what it leaves out contradicts nothing
    for credential in part.credentials:
        if unconfirmed and credential not in said:
            continue
        if credential not in said or credential not in recorded:
            yield Finding("part.other_credential", Result.FAILED, credential, {"digest": part.digest})
        elif different := _contradicted(said[credential], recorded[credential], only_said=unconfirmed):
            yield Finding("part.says_otherwise", Result.FAILED, credential, {"what": different})
    about = holder_of(report)
    if holder and about:
        same = holder == about
        code = "part.same_person" if same else "part.other_person"
        yield Finding(code, Result.PASSED if same else Result.UNKNOWN, name, required=False)


def standing_of(report: _Verified) -> str:
    """How the document stands: `stands`, `fallen` (genuine, and only its dates or its status say no), `unknown` or `false`."""
    failed: list[_Check] = [check for check in report.checks if str(check.outcome) == "failed"]  # type: ignore[misc]
    if failed:
        return "fallen" if all(str(check.question) == _STILL_VALID for check in failed) else "false"
    return "stands" if str(report.verdict) == "valid" else "unknown"


def why(report: VerifiedReport) -> str:
    """The code of the first check that failed, else of the first required one that is unknown, else nothing."""
    for wanted in ("failed", "unknown"):
        for check in report.checks:
            if str(check.outcome) == wanted and (wanted == "failed" or check.required):
                return check.code
    return ""


def _contradicted(said: Holding, recorded: Holding, *, only_said: bool) -> list[str]:
    """What the document says otherwise than the decision says of it; with `only_said` only where the report says anything. What only the
    decision says stands beside it: records of the institution, which the signature of the microdegree's issuer covers."""
    joined = supplemented(said, replace(recorded, valid=said.valid))
    names = [name for name in _FROM_DOCUMENT if getattr(said, name) or not only_said]
    names = [name for name in names if name not in _ADDED or getattr(recorded, name)]
    return [name for name in names if getattr(joined, name) != getattr(recorded, name)]


def holder_of(report: VerifiedReport) -> str:
    """The identifier of the person whom the document is about, or nothing."""
    holder = report.subject.get("holder")
    identifier = holder.get("id", "") if isinstance(holder, Mapping) else ""
    return identifier if isinstance(identifier, str) else ""


def _same(said: Summary, decision: Decision) -> Finding:
    """The outcome, the award, what counted and the distinctions are the same. Which of several equally good uses was chosen may differ
    between versions of the solver: that is said, and is no difference of the decision."""
    found = summary(decision)
    facts = {"outcome": found.outcome, "said": said.outcome}
    names = ("outcome", "award", "counted", "unit", "labels", "vector")
    different = [name for name in names if getattr(said, name) != getattr(found, name)]
    if different == ["vector"] and not decision.chosen.proven:
        return Finding("decision.not_proven", Result.UNKNOWN, facts=facts)
    if different:
        return Finding("decision.differs", Result.FAILED, facts={**facts, "what": different})
    if sorted(said.used) != sorted(found.used):
        return Finding("decision.same_otherwise_used", Result.PASSED, facts=facts)
    return Finding("decision.same", Result.PASSED, facts=facts)
