"""A decision for programs (JSON values) and for a terminal (text)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from testamur.pathways.engine.decision import AwardDecision, Decision, Missing
from testamur.pathways.holdings import Override
from testamur.pathways.words.explaining import explain


def to_text(decision: Decision, language: str = "en", names: Mapping[str, str] | None = None) -> str:
    """The explanation as text, a sentence a line, a blank line between parts."""
    parts = explain(decision, language, names)
    return "\n\n".join("\n".join(sentences) for sentences in parts.values()) + "\n"


def to_json(decision: Decision, language: str = "en", names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The decision as JSON values. Amounts are numbers of credits, days are written as 2026-03-01.

    `programme`, `version`, `digest` (SHA-256 of the rule's text), `on`, `outcome`, `award`, `values`, `standing`, `until`,
    `awards` (each with `outcome`, `requirements`, `used`, `refused`, `counted`, `labels`, `unknown`, `change` …), and
    `sentences` by part in `language`.
    """
    return {
        "programme": decision.programme,
        "version": decision.version,
        "digest": f"sha256:{decision.digest}",
        "on": decision.on.isoformat(),
        "outcome": decision.outcome.value,
        "award": decision.chosen.award,
        "values": dict(decision.values),
        "standing": decision.standing.value if decision.standing else None,
        "until": decision.until.isoformat() if decision.until else None,
        "appealUntil": decision.appeal_until.isoformat() if decision.appeal_until else None,
        "consequences": [{"name": name, "text": dict(text)} for name, text in decision.consequences],
        "reclassified": [{"as": dict(text), "amount": _number(amount)} for text, amount in decision.reclassified],
        "rejectedOverrides": [_override(override) for override in decision.rejected_overrides],
        "awards": [_award(award) for award in decision.awards],
        "language": language,
        "sentences": explain(decision, language, names),
    }


def _award(award: AwardDecision) -> dict[str, Any]:
    return {
        "award": award.award,
        "outcome": award.outcome.value,
        "proven": award.proven,
        "counted": _number(award.counted),
        "unit": award.unit,
        "labels": list(award.labels),
        "requirements": [
            {
                "name": status.name,
                "state": status.state.value,
                "depth": status.depth,
                "counted": _number(status.counted),
                "unit": status.unit,
                "missing": [_missing(lacking) for lacking in status.missing],
            }
            for status in award.statuses
        ],
        "used": [
            {
                "credential": used.credential,
                "requirement": used.requirement,
                "amount": _number(used.amount),
                "of": _number(used.of),
                "unit": used.unit,
                "byHand": bool(used.by_hand),
            }
            for used in award.used
        ],
        "refused": [
            {"credential": refused.credential, "kind": refused.kind, "name": refused.name, "detail": refused.detail}
            for refused in award.refused
        ],
        "unknown": [{"kind": kind, "name": name, "of": of} for kind, name, of in award.unknown],
        "late": list(award.late),
        "change": {
            "add": [{"requirement": name, **_missing(lacking)} for name, lacking in award.change.add],
            "waive": [{"credential": credential, "clause": clause} for credential, clause in award.change.waive],
        }
        if award.change
        else None,
        "byHand": [_override(override) for override in award.by_hand],
        "audit": list(award.audit),
        "debits": list(award.debits),
    }


def _missing(lacking: Missing) -> dict[str, Any]:
    return {"kind": lacking.kind, "of": lacking.of, "amount": _number(lacking.amount), "unit": lacking.unit}


def _override(override: Override) -> dict[str, str]:
    return {name: getattr(override, name) for name in ("does", "requirement", "credential", "by", "role", "reason")}


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
