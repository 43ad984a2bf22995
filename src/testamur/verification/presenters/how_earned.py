"""How it was earned: from the outcomes to the evidence, as far as a credential says so in terms of Open Badges 3.0.

Of each result that names its evidence (`Result.alignment` of target type "ext:Evidence", whose `targetUrl` is the id of an
`Evidence`), the learning outcomes that it shows (`ResultDescription.alignment`, "ext:LearningOutcome"), the criteria it was judged by
(results whose description is addressed below that of the first: `…#task-essay` and `…#task-essay-argument`), who assessed it, and the
digests of what was handed in. Nothing is decided here and nothing is fetched: it is read from `subject.reading`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

from testamur.verification.sentences import plain

EVIDENCE: Final = "ext:Evidence"
OUTCOME: Final = "ext:LearningOutcome"

WORDS: Final = {
    "en": {
        "title": "How it was earned",
        "needed": "needed to pass",
        "outcomes": "Learning outcomes",
        "assessment": "Assessment",
        "evidence": "Evidence",
    },
    "ko": {
        "title": "획득 과정",
        "needed": "통과 기준",
        "outcomes": "학습 성과",
        "assessment": "평가",
        "evidence": "증거",
    },
}


def chain(reading: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One entry for each result that names its evidence; an empty list for credentials that do not.

    Keys: `id` (of the result description), `name`, `value`, `resultType`, `requiredValue`, `outcomes` (names), `criteria` (each with
    `name`, `level`, `outcomes`), `records` (evidence that says how it was assessed: without a digest, with a narrative), `evidence` (the
    pieces, each as in the reading, with `sha256` in hexadecimal where its digest is one). Absent values are ''.
    """
    described = {item["id"]: item for item in _list(reading, "achievement", "resultDescription") if item.get("id")}
    evidence = {item["id"]: item for item in reading.get("evidence", ()) if item.get("id")}
    results = [item for item in reading.get("result", ()) if item.get("resultDescription")]
    found = []
    for result in results:
        named = [evidence[url] for url in _targets(result, EVIDENCE, "targetUrl") if url in evidence]
        if not named:
            continue
        identifier = result["resultDescription"]
        description = described.get(identifier, {})
        found.append(
            {
                "id": identifier,
                "name": result.get("name", ""),
                "value": result.get("value") or result.get("levelName") or result.get("status") or "",
                "resultType": description.get("resultType", ""),
                "requiredValue": description.get("requiredValue", ""),
                "outcomes": _targets(description, OUTCOME, "targetName"),
                "criteria": [
                    _criterion(other, described, str(result.get("name", "")))
                    for other in results
                    if other["resultDescription"].startswith(f"{identifier}-")
                ],
                "records": [item for item in named if not item.get("digest") and item.get("narrative")],
                "evidence": [_piece(item) for item in named if item.get("digest") or not item.get("narrative")],
            }
        )
    return found


def told(reading: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The ids of the result descriptions and of the evidence that `chain` has shown, for whoever shows the rest beside it."""
    entries = chain(reading)
    shown = {entry["id"] for entry in entries}
    results = {
        item["resultDescription"]
        for item in reading.get("result", ())
        if any(str(item.get("resultDescription", "")).startswith(f"{one}-") for one in shown)
    }
    evidence = {item["id"] for entry in entries for item in (*entry["records"], *entry["evidence"])}
    return results, evidence


def to_lines(reading: Mapping[str, Any], language: str = "en") -> list[str]:
    """The chain for a terminal; no line where there is none."""
    words = WORDS["ko" if language.startswith("ko") else "en"]
    lines = []
    for entry in chain(reading):
        unit = " %" if entry["resultType"] == "Percent" else ""
        needed = f" ({words['needed']}: {entry['requiredValue']}{unit})" if entry["requiredValue"] else ""
        lines.append(f"  {plain(entry['name'])}: {plain(entry['value'])}{unit}{needed}")
        if entry["outcomes"]:
            lines.append(f"    {words['outcomes']}: {'; '.join(map(plain, entry['outcomes']))}")
        lines += [f"    {plain(one['name'])}: {plain(one['level'])}" for one in entry["criteria"]]
        for record in entry["records"]:
            lines.append(f"    {words['assessment']}: {plain(record.get('genre', ''))}")
            lines += [f"      {plain(line).removeprefix('* ')}" for line in record["narrative"].splitlines()[:40]]
        for piece in entry["evidence"]:
            digest = f"sha256 {piece['sha256']}" if piece.get("sha256") else plain(piece.get("id", ""))
            lines.append(f"    {words['evidence']}: {plain(piece.get('name', ''))} · {digest}")
    return [words["title"], *lines] if lines else []


def _criterion(result: Mapping[str, Any], described: Mapping[str, Any], task: str) -> dict[str, Any]:
    description = described.get(result["resultDescription"], {})
    name = str(result.get("name", ""))
    return {
        # "Essay: Argument" below "Essay" is "Argument".
        "name": name.removeprefix(f"{task}: ") if task else name,
        "level": result.get("levelName") or result.get("value") or "",
        "outcomes": _targets(description, OUTCOME, "targetName"),
    }


def _piece(item: Mapping[str, Any]) -> dict[str, Any]:
    return {**item, "sha256": next(filter(None, map(_hexadecimal, item.get("digest", ()))), "")}


def _hexadecimal(digest: str) -> str:
    """A SHA-256 in W3C Subresource Integrity's form as people compare it; '' for anything else."""
    algorithm, _, encoded = digest.partition("-")
    try:
        content = base64.b64decode(encoded, validate=True) if algorithm == "sha256" else b""
    except (binascii.Error, ValueError):
        return ""
    return content.hex() if len(content) == 32 else ""


def _targets(node: Mapping[str, Any], kind: str, member: str) -> list[str]:
    return [one[member] for one in node.get("alignment", ()) if one.get("targetType") == kind and one.get(member)]


def _list(reading: Mapping[str, Any], *names: str) -> Sequence[Mapping[str, Any]]:
    value: Any = reading
    for name in names:
        value = value.get(name, {}) if isinstance(value, Mapping) else {}
    return value if isinstance(value, list) else []
