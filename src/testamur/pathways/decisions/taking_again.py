"""The whole road of a stranger: from a microdegree's credential to "the same comes out" or to why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from testamur.pathways.decisions.evidence import read_record
from testamur.pathways.decisions.record import DecisionRecord
from testamur.pathways.decisions.reevaluation import Reevaluated, fallen_of, reevaluate
from testamur.pathways.decisions.rerun import Document, Finding, Rerun, Result, holder_of, rerun, standing_of, why


@dataclass(frozen=True, slots=True)
class TakenAgain:
    """`record` is what the credential carries (None where the credential is false: what it says is not looked at), `again` what came out,
    `today` how the award stands where a part fell since (None where none did)."""

    again: Rerun
    record: DecisionRecord | None = None
    today: Reevaluated | None = None


def take_again(
    credential: Mapping[str, Any],
    report: Any,
    verify: Callable[[bytes], Any],
    *,
    on: date,
    further: Sequence[bytes] = (),
) -> TakenAgain:
    """Take the decision again that `credential` (its JSON values) carries. `report` is the verifier's report about it, `verify` judges the
    bytes of one part (`Verifier.verify`), `further` are documents that were handed in beside it, `on` is today.

    Raises NoDecision (the credential carries none, or none that can be read) and ExtraMissing.
    """
    own, reason = standing_of(report), why(report)
    if own == "false":
        finding = Finding("credential.not_genuine", Result.FAILED, facts={"reason": reason})
        return TakenAgain(Rerun((finding,), None))
    record = read_record(credential)
    contents = [*(part.content for part in record.parts if part.content is not None), *further]
    wanted = {part.digest for part in record.parts}
    documents = [Document(content, None) for content in dict.fromkeys(contents)]
    documents = [replace(each, report=verify(each.content)) for each in documents if each.digest in wanted]
    again = rerun(record, documents, holder=holder_of(report))
    finding = {
        "stands": Finding("credential.genuine", Result.PASSED),
        "fallen": Finding("credential.fallen", Result.FAILED, facts={"reason": reason}),
        "unknown": Finding("credential.undetermined", Result.UNKNOWN, facts={"reason": reason}),
    }[own]
    again = replace(again, findings=(finding, *again.findings))
    today = reevaluate(record, fallen_of(again), on=on) if again.fallen else None
    return TakenAgain(again, record, today)
