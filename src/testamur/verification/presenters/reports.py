"""Two of the three presenters of a report: JSON for programs and text for a terminal. The third are the pages of the site.

The JSON keeps the sentences beside the codes, in the language that was asked for, so that nobody has to write their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.verification import receipt, sentences
from testamur.verification.case import ENDORSEMENT_TYPE
from testamur.verification.moments import iso
from testamur.verification.presenters import how_earned, levels
from testamur.verification.report import Check, Outcome, Question, Report, Verdict, outcomes_of
from testamur.verification.sentences.dates import written

_MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.UNKNOWN: "?"}
_PLAIN = {member: member.value for member in (*Outcome, *Question)}  # asking a member for its value is slow
_INFORMS = "·"
_LONGEST_COMMENT = 600  # characters, as on the page


def to_json(report: Report, language: str = "en") -> dict[str, Any]:
    """The report as JSON values.

    `verdict` (valid, invalid, undetermined), `verdictSentence`, `verifiedAt`, `asOf`? (an earlier moment, if that was asked about),
    `documentType`, `questions` (each with `question`, `title`, `outcome`), `checks` (each with `name`, `code`, `question`, `outcome`,
    `required`, `facts`, `sentence`, `nextStep`?, `problem`?), `subject` (only from confirmed bytes), `unconfirmed` (what an unconfirmed
    document says of itself), `technical`, `transparency`? (how far it is publicly recorded: `presenters.levels`),
    `endorsements` (the reports about the documents inside, each with its `relation`: `endorsement`, or `part` of a CLR, a
    presentation or an archive).
    """
    verdict = report.verdict
    technical = {name: value for name, value in report.technical.items() if name != "unconfirmed"}
    answer: dict[str, Any] = {
        "verdict": verdict.value,
        "verdictSentence": sentences.verdict_explained(verdict, language),
        "verifiedAt": iso(report.verified_at),
        **({"asOf": iso(report.as_of)} if report.as_of is not None else {}),
        "documentType": report.document_type,
        "questions": [
            {"question": question.value, "title": sentences.question(question, language), "outcome": outcome.value}
            for question, outcome in outcomes_of(report.checks).items()
        ],
        "checks": [_check(check, language) for check in report.checks],
        "subject": dict(report.subject),
        "technical": technical,
        "endorsements": [to_json(child, language) for child in report.children],
    }
    if (recorded := levels.to_json(report, language)) is not None:
        answer["transparency"] = recorded
    for said, child in zip(answer["endorsements"], report.children, strict=True):
        said["relation"] = relation(child)
    if "unconfirmed" in report.technical:
        answer["unconfirmed"] = dict(report.technical["unconfirmed"])
    return answer


def to_text(report: Report, language: str = "en", *, all_checks: bool = True) -> str:
    """The report for a terminal: the verdict, then each question with its findings and the next steps. Ends with a line feed."""
    lines = [
        f"{sentences.verdict(report.verdict, language).upper()}. {sentences.verdict_explained(report.verdict, language)}"
    ]
    title = _title(report)
    if title:
        lines += ["", title]
    if comment := report.subject.get("endorsementComment"):
        lines.append(f"“{sentences.plain(comment, _LONGEST_COMMENT)}”")
    if said := report.subject.get("receipt"):
        lines += ["", *_receipt(said, language)]
    if recorded := levels.to_lines(report, language):
        lines += ["", *recorded]
    if earned := how_earned.to_lines(report.subject, language):
        lines += ["", *earned]
    for question in Question:
        checks = [check for check in report.checks if check.question is question]
        if not checks:
            continue
        outcome = report.outcome(question)
        lines += ["", f"{_MARKS[outcome]} {sentences.question(question, language)}"]
        for check in checks:
            if not all_checks and check.outcome is Outcome.PASSED:
                continue
            mark = _INFORMS if check.outcome is Outcome.UNKNOWN and not check.required else _MARKS[check.outcome]
            lines.append(f"    {mark} {sentences.sentence(check, language)}")
            step = sentences.next_step(check, language)
            if step:
                lines.append(f"      → {step}")
    for number, child in enumerate(report.children, 1):
        about = "endorsements" if relation(child) == "endorsement" else "parts"
        lines += ["", f"[{sentences.name(about, language)} {number}]"]
        lines += ["  " + line if line else line for line in to_text(child, language, all_checks=False).splitlines()]
    return "\n".join(lines) + "\n"


def relation(child: Report) -> str:
    """What a report below another one is about: `endorsement`, or `part` for a credential that is gathered or shown."""
    said = child.subject or child.technical.get("unconfirmed", {})
    return "endorsement" if ENDORSEMENT_TYPE in said.get("type", ()) else "part"


def _check(check: Check, language: str) -> dict[str, Any]:
    sentence, step = sentences.told(check, language)
    said: dict[str, Any] = {
        "name": check.name,
        "title": sentences.name(check.name, language),
        "code": check.code,
        "question": _PLAIN[check.question],
        "outcome": _PLAIN[check.outcome],
        "required": check.required,
        "facts": dict(check.facts),
        "sentence": sentence,
    }
    if step:
        said["nextStep"] = step
    if check.problem:
        said["problem"] = check.problem
    return said


def _receipt(said: Mapping[str, Any], language: str) -> list[str]:
    """What a confirmed receipt says was found: `receipt.read`, in words."""
    tag = language if language in receipt.NAMES else "en"
    found = [
        f"{sentences.verdict(Verdict(said['verdict']), language)}",
        written(said["verified_at"], tag),
        said["digest"],
    ]
    lines = [f"{receipt.NAMES[tag]}: {' · '.join(found)}"]
    for question in Question:
        outcome = Outcome(said["questions"][question.value])
        lines.append(f"    {_MARKS[outcome]} {sentences.question(question, language)}")
    return lines


def _title(report: Report) -> str:
    """One line that says what it is, from confirmed bytes only: `Data Literacy · Example University · Mina Kim`."""
    subject = report.subject
    achievement = subject.get("achievement", {})
    parts = [
        subject.get("name") or achievement.get("name"),
        subject.get("issuer", {}).get("name") or subject.get("issuer", {}).get("id"),
        subject.get("holder", {}).get("name"),
    ]
    return " · ".join(sentences.plain(part) for part in parts if part)
