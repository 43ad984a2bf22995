"""A record as the evidence of a credential, and back.

Open Badges 3.0 says of `Evidence.id`: "the URL of a webpage … or the evidence encoded as a Data URI". So there stand, in this order,

1. the *decision*: JSON (below) as a Data URI; its narrative is the explanation in words, for whoever reads it in a wallet;
2. the *rule*: the programme's text, byte for byte, as a Data URI;
3. each *part*: the document as a Data URI, or the identifier of the credential where it stands by its digest.

Each has its `digestSRI` (VC Data Model 2.0, §5.3). The decision names the rule and the parts by SHA-256, so nothing depends on the order or
on names. Its JSON, version `testamur-decision/1`:

    {"record": "testamur-decision/1", "programme": …, "version": …, "rule": "sha256:…", "case": {a case file's values},
     "parts": [{"digest": "sha256:…", "mediaType": …, "credentials": [ids]}], "leftOut": n,
     "decision": {"outcome": …, "award": …, "counted": n, "unit": …, "labels": […], "vector": […],
                  "used": [{"credential", "requirement", "amount", "unit"}]}}
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_to_bytes

from testamur import strict_json
from testamur.errors import InputError
from testamur.model import Evidence
from testamur.pathways.decisions.case_values import case_values
from testamur.pathways.decisions.record import DecisionRecord, Part, Summary
from testamur.pathways.engine.deciding import decide
from testamur.pathways.reading import NotAProgramme, read_programme
from testamur.pathways.reading.cases import read_case
from testamur.pathways.words import explain, names_of
from testamur.pathways.words.templates import Words, plain

RECORD = "testamur-decision/1"
MAX_RECORD = 900_000  # bytes; a credential is at most 1 MB, and what is in it less
_DATA = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.+-]+=[\w.+-]+)*)(;base64)?,(.*)\Z", re.DOTALL)
_HEX = re.compile(r"sha256:([0-9a-f]{64})\Z")


class NoDecision(InputError):
    """The credential carries no decision that can be re-run. `code` says why: `pathways.decision_absent`, `…decision_unreadable`,
    `…decision_rule` (the rule is not there, or it is another), `…decision_twice`."""

    default_code = "pathways.decision_absent"


# --- writing ------------------------------------------------------------------------------------------------------------------------------


def to_evidence(record: DecisionRecord, language: str = "en") -> tuple[Evidence, ...]:
    """The evidence for a credential that was awarded by `record`. Names and the narrative are in `language` ("en", "ko").

    Raises InputError (`pathways.decision_too_large`) where the whole would not fit into a credential: hand in parts by their digest.
    """
    words = Words(language)
    programme = read_programme(record.rule)
    content = strict_json.jcs(_values(record))
    size = len(record.rule) + len(content) + sum(len(part.content or b"") for part in record.parts)
    if size * 4 // 3 > MAX_RECORD:
        raise InputError(
            "The decision with its parts is too large for a credential. Embed fewer parts; the others stand by their digest.",
            code="pathways.decision_too_large",
            facts={"bytes": size, "most": MAX_RECORD * 3 // 4},
        )
    title, day = words.text(programme.title, programme.id), words.day(record.on)
    names = names_of(record.case.holdings, language)
    sentences = explain(decide(programme, record.case), language, names)
    narrative = "\n\n".join("\n".join(f"- {sentence.strip()}" for sentence in group) for group in sentences.values())
    used: dict[str, list[str]] = {}
    for credential, requirement, _, _ in record.said.used:
        used.setdefault(credential, []).append(requirement)
    facts = {"programme": title, "version": record.version}
    rule_type = "application/json" if record.rule.lstrip()[:1] == b"{" else "application/yaml"
    return (
        Evidence(
            id=_data(content, "application/json"),
            name=words.say("record.decision", day=day, **facts),
            description=words.say("record.decision.description"),
            narrative=narrative,
            genre=words.say("record.genre.decision"),
            digest_sri=_sri(hashlib.sha256(content).digest()),
        ),
        Evidence(
            id=_data(record.rule, rule_type),
            name=words.say("record.rule", **facts),
            description=words.say("record.rule.description", digest=record.rule_digest),
            genre=words.say("record.genre.rule"),
            digest_sri=_sri(hashlib.sha256(record.rule).digest()),
        ),
        *(_part(part, words, used) for part in record.parts),
    )


def _part(part: Part, words: Words, used: Mapping[str, list[str]]) -> Evidence:
    requirements = sorted({name for credential in part.credentials for name in used.get(credential, ())})
    description = words.say("record.part.used", requirements=requirements) if requirements else None
    address = part.credentials[0]
    if part.content is not None:
        address = _data(part.content, part.media_type)
    elif not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z", address):
        address = f"urn:sha256:{part.digest}"
    return Evidence(
        id=address,
        name=plain(part.name or part.credentials[0]),
        description=description,
        genre=words.say("record.genre.part"),
        digest_sri=_sri(bytes.fromhex(part.digest)),
    )


def _values(record: DecisionRecord) -> dict[str, Any]:
    said = record.said
    return {
        "record": RECORD,
        "programme": record.programme,
        "version": record.version,
        "rule": f"sha256:{record.rule_digest}",
        "case": case_values(record.case),
        "parts": [
            {
                "digest": f"sha256:{part.digest}",
                "mediaType": part.media_type,
                "credentials": list(part.credentials),
                "name": part.name,
            }
            for part in record.parts
        ],
        "leftOut": record.left_out,
        "decision": {
            "outcome": said.outcome,
            "award": said.award,
            "counted": _number(said.counted),
            "unit": said.unit,
            "labels": list(said.labels),
            "used": [
                {"credential": credential, "requirement": requirement, "amount": _number(amount), "unit": unit}
                for credential, requirement, amount, unit in said.used
            ],
            "vector": list(said.vector),
        },
    }


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _data(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _sri(digest: bytes) -> str:
    return "sha256-" + base64.b64encode(digest).decode()


# --- reading ------------------------------------------------------------------------------------------------------------------------------


def is_decision(document: Mapping[str, Any]) -> bool:
    """Whether `document` carries a decision, well made or not."""
    return any(_begins_a_record(content) for content, _ in _contents(document))


def read_record(document: Mapping[str, Any]) -> DecisionRecord:
    """The decision that the credential `document` (JSON values, already verified) carries. Raises NoDecision, ExtraMissing."""
    contents = list(_contents(document))
    by_digest = {hashlib.sha256(content).hexdigest(): (content, media_type) for content, media_type in contents}
    records = [content for content, _ in contents if _begins_a_record(content)]
    if not records:
        raise NoDecision("This credential carries no decision that could be taken again.")
    if len(records) > 1:
        raise NoDecision("This credential carries several decisions.", code="pathways.decision_twice")
    try:
        values = strict_json.loads(records[0])
        return _record(values, by_digest)
    except NoDecision:
        raise
    except (NotAProgramme, InputError, KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise NoDecision(
            f"The decision in this credential cannot be read: {plain(error) or type(error).__name__}.",
            code="pathways.decision_unreadable",
        ) from None


def embedded_parts(document: Mapping[str, Any]) -> tuple[bytes, ...]:
    """The credentials that `document` (JSON values) carries in itself, because a decision stood on them: whoever collects what an offline
    verification needs collects for these too. Empty where there is no decision, or none that can be read. Raises ExtraMissing."""
    if not is_decision(document):
        return ()
    try:
        record = read_record(document)
    except NoDecision:
        return ()
    return tuple(part.content for part in record.parts if part.content is not None)


def _record(values: Mapping[str, Any], contents: Mapping[str, tuple[bytes, str]]) -> DecisionRecord:
    digest = _digest(values["rule"])
    if digest not in contents:
        raise NoDecision(
            "The rule by which it was decided is not in this credential: no evidence has the hash that the decision names.",
            code="pathways.decision_rule",
            facts={"digest": digest},
        )
    rule = contents[digest][0]
    programme = read_programme(rule)
    case = read_case(strict_json.dumps(values["case"]), unit=programme.unit, on=date.min)
    said = values["decision"]
    return DecisionRecord(
        rule=rule,
        programme=_text(values["programme"]),
        version=_text(values["version"]),
        case=case,
        said=Summary(
            outcome=_text(said["outcome"]),
            award=_text(said["award"]),
            counted=_amount(said["counted"]),
            unit=_text(said["unit"]),
            labels=tuple(map(_text, said["labels"])),
            used=tuple(
                (
                    _text(entry["credential"]),
                    _text(entry["requirement"]),
                    _amount(entry["amount"]),
                    _text(entry["unit"]),
                )
                for entry in said["used"]
            ),
            vector=tuple(map(int, said["vector"])),
        ),
        parts=tuple(
            Part(
                digest=_digest(entry["digest"]),
                media_type=_text(entry["mediaType"]),
                credentials=tuple(map(_text, entry["credentials"])),
                name=_text(entry["name"]),
                content=contents.get(_digest(entry["digest"]), (None, ""))[0],
            )
            for entry in values["parts"]
        ),
        left_out=int(values["leftOut"]),
    )


def _contents(document: Mapping[str, Any]) -> Iterator[tuple[bytes, str]]:
    """The data of every evidence that carries it in itself."""
    given = document.get("evidence")
    for entry in given if isinstance(given, list) else [given]:
        address = entry.get("id") if isinstance(entry, Mapping) else None
        if isinstance(address, str) and (parts := _DATA.match(address)):
            try:
                content = base64.b64decode(parts[4], validate=True) if parts[3] else unquote_to_bytes(parts[4])
            except (binascii.Error, ValueError):
                continue
            yield content, parts[1] or "text/plain"


def _begins_a_record(content: bytes) -> bool:
    if RECORD.encode() not in content:
        return False
    try:
        values = strict_json.loads(content)
    except InputError:
        return False
    return isinstance(values, dict) and values.get("record") == RECORD


def _digest(value: Any) -> str:
    if not isinstance(value, str) or not (found := _HEX.match(value)):
        raise ValueError("a digest is sha256: and 64 hexadecimal digits")
    return found[1]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text is expected")
    return value


def _amount(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("a number is expected")
    return Decimal(str(value))
