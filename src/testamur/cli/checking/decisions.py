"""A decision written down for a credential, and one that is taken again from the credential alone."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from testamur import formats, strict_json
from testamur.cli.checking.cases import Verified, day_of, refuse_absent, verifier_for
from testamur.cli.common import ExitStatus, UsageError, pretty
from testamur.cli.verifying.documents import documents, with_content
from testamur.errors import InputError
from testamur.verification import Policy
from testamur.verification.opening import credential as credential_in

if TYPE_CHECKING:
    from testamur.pathways import Case
    from testamur.pathways.decisions import TakenAgain

_STATUSES = {"passed": ExitStatus.DONE, "failed": ExitStatus.FAILED, "unknown": ExitStatus.UNDETERMINED}


def evidence_of(rule: bytes, case: Case, verified: Verified, *, embed: bool, language: str) -> bytes:
    """The decision as the evidence of a credential, a JSON list. Raises UsageError where it does not fit."""
    from testamur.pathways.decisions import make_record, to_evidence

    try:
        record = make_record(rule, case, verified.parts(embed=embed))
        return pretty([piece.to_json() for piece in to_evidence(record, language)]).encode() + b"\n"
    except InputError as error:
        raise UsageError(str(error)) from None


def take_again(arguments: argparse.Namespace) -> int:
    """`--credential`: verify it, its parts and its rule, and decide again."""
    from testamur.pathways.decisions import NoDecision
    from testamur.pathways.decisions import take_again as taken_again

    arguments.documents = [arguments.credential, *arguments.credentials]
    verifier, resolver = verifier_for(arguments)
    found = list(documents([arguments.credential]))
    if len(found) != 1:
        raise UsageError("--credential names one document; this one holds several")
    (name, item) = found[0]
    item = with_content(item, resolver)
    report = verifier.verify_item(item, Policy(recipient=arguments.recipient))
    refuse_absent(name, report, arguments.language)
    further = [with_content(each, resolver).content for _, each in documents(arguments.credentials)]
    try:
        document = credential_in(formats.read(item.content)) or {}
        taken = taken_again(
            document,
            report,
            verifier.verify,
            on=day_of(arguments),
            further=[_itself(content) for content in further if content],
        )
    except NoDecision as error:
        return _nothing(arguments, error)
    except InputError as error:
        raise UsageError(f"{name}: {error}") from None
    if arguments.json:
        print(strict_json.dumps(_values(taken, arguments.language)).decode())
    else:
        print(_text(taken, arguments.language), end="")
    return _STATUSES[taken.again.result]


def _itself(content: bytes) -> bytes:
    """The credential's own bytes, which are what a decision keeps the digest of, whatever picture it was handed in."""
    try:
        return formats.read(content).raw
    except InputError:
        return content


def _nothing(arguments: argparse.Namespace, error: InputError) -> int:
    if arguments.json:
        print(strict_json.dumps({"result": "failed", "code": error.code, "sentence": str(error)}).decode())
    else:
        print(error)
    return ExitStatus.FAILED


def _names(taken: TakenAgain, language: str) -> Mapping[str, str]:
    from testamur.pathways.words import names_of

    return names_of(taken.record.case.holdings, language) if taken.record else {}


def _text(taken: TakenAgain, language: str) -> str:
    from testamur.pathways.words import again, stand_said, to_text

    names = _names(taken, language)
    parts = ["\n".join(again(taken.again, language, names)) + "\n"]
    if taken.today is not None:
        parts.append("\n".join(stand_said(taken.today, language, names)) + "\n")
    if taken.again.decision is not None:
        parts.append(to_text(taken.again.decision, language, names))
    return "\n".join(parts)


def _values(taken: TakenAgain, language: str) -> dict[str, Any]:
    """`result`, `findings` (code, result, credential, facts, sentence), `today` where a part fell since, and `decision` as of
    `testamur.pathways.words.to_json`."""
    from testamur.pathways.words import finding_said, stand_said, to_json

    names = _names(taken, language)
    today = taken.today
    return {
        "result": taken.again.result.value,
        "findings": [
            {
                "code": found.code,
                "result": found.result.value,
                "credential": found.credential,
                "required": found.required,
                "facts": dict(found.facts),
                "sentence": finding_said(found, language, names),
            }
            for found in taken.again.findings
        ],
        "today": {
            "stand": today.stand.value,
            "since": today.since.isoformat() if today.since else None,
            "until": today.until.isoformat() if today.until else None,
            "by": list(today.by),
            "open": list(today.open),
            "sentences": stand_said(today, language, names),
        }
        if today
        else None,
        "decision": to_json(taken.again.decision, language, names) if taken.again.decision is not None else None,
    }
