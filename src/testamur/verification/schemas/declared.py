"""The schemas that a credential names itself (`credentialSchema`, VC Data Model 2.0 §4.11, VC JSON Schema, 1EdTech VCCS).

1. Only a document whose signature was confirmed makes us ask for a schema; at most `MAX_SCHEMAS` are asked for.
2. The published schemas of Open Badges 3.0 are not fetched: what they demand was applied already, from the restatement.
3. A schema that was obtained must be the one that was signed, where the document states its hash, beside it or as a related resource.
   A `JsonSchemaCredential` must itself be proven, and by whom it says.
4. A document that breaks a schema which its own issuer declared is not what its issuer says that it is: that fails.
5. A schema that cannot be obtained, read or bounded leaves the verdict alone. A schema gives no word its meaning and holds no statement: it
   promises a form. What was signed is the same without it, and stays so when its keeper is gone. It is said, never passed over.

No reference in a schema is followed to another address, patterns are matched in linear time, and the work is counted before it is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema_rs

from testamur import formats, strict_json
from testamur.errors import InputError, ResolutionError
from testamur.formats.vc_2.resources import hash_fits
from testamur.verification.case import Case, many
from testamur.verification.checks.examined import is_bound
from testamur.verification.codes import found
from testamur.verification.report import Check, Outcome, Question, Report
from testamur.verification.schemas.findings import Validator, broken_by
from testamur.verification.schemas.work import Unbounded, applications

MAX_SCHEMAS = 4
MAX_SCHEMA_BYTES = 300_000
_ACCEPT = ("application/schema+json", "application/json", "application/vc", "application/vc+ld+json")
_PLAIN = {"JsonSchema", "1EdTechJsonSchemaValidator2019", "JsonSchemaValidator2019", "JsonSchemaValidator2018"}
_CREDENTIAL = "JsonSchemaCredential"
_PUBLISHED = re.compile(
    r"https://purl\.imsglobal\.org/spec/ob/v3p0/schema/(?:json|json-ld)/ob_v3p0_(any)?(achievement|endorsement)credential_schema\.json"
)
_DIALECTS: dict[str, type[Validator]] = {
    "https://json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909Validator,
    "http://json-schema.org/draft-07/schema": jsonschema_rs.Draft7Validator,
    "http://json-schema.org/draft-06/schema": jsonschema_rs.Draft6Validator,
    "http://json-schema.org/draft-04/schema": jsonschema_rs.Draft4Validator,
}
_PATTERNS = jsonschema_rs.RegexOptions(size_limit=300_000, dfa_size_limit=1_000_000)  # linear time, bounded memory
_LATEST = "https://json-schema.org/draft/2020-12/schema"

Judge = Callable[[bytes], Report]


def checks(case: Case, judge: Judge) -> Iterator[Check]:
    """The findings about the schemas that the document of `case` names, whose bytes were confirmed.

    `judge` verifies a credential that carries a schema.
    """
    stated = many(case.document.get("credentialSchema"))
    if _CREDENTIAL in case.types:  # the schema of a schema: two of them could lead to each other without end
        yield from not_asked(case)
        return
    not_followed = len(stated[MAX_SCHEMAS:])
    for entry in stated[:MAX_SCHEMAS]:
        check = _one(case, entry, judge) if isinstance(entry, Mapping) else None
        if check is None:
            not_followed += 1
        else:
            yield check
    if not_followed:
        yield found("structure.schema_reference_not_followed", count=not_followed)


def not_asked(case: Case) -> Iterator[Check]:
    """What is said instead where no signature could be confirmed."""
    if stated := many(case.document.get("credentialSchema")):
        yield found("structure.schema_reference_not_followed", count=len(stated))


def _one(case: Case, entry: Mapping[str, Any], judge: Judge) -> Check | None:
    """The finding about one schema; None where it is of a kind that is not known here."""
    address = entry.get("id")
    kinds = {name for name in many(entry.get("type")) if isinstance(name, str)}
    if not isinstance(address, str) or not kinds & (_PLAIN | {_CREDENTIAL}):
        return None
    if _is_applied(case, address):
        return found("structure.schema_reference_known", schema=address)
    try:
        content = case.resolver.fetch(address, accept=_ACCEPT).content
    except ResolutionError as error:
        return found("structure.schema_reference_unavailable", schema=address, reason=error.code)
    pinned = [each for each in many(case.document.get("relatedResource")) if _is_about(each, address)]
    if any(hash_fits(each, content) is False for each in (entry, *pinned)):
        return found("structure.schema_reference_other", schema=address)
    try:
        schema = _from_credential(content, judge) if _CREDENTIAL in kinds else _plain(content)
        return _applied(case, schema, address)
    except InputError as error:
        return found("structure.schema_reference_unusable", schema=address, reason=error.code)
    except Unbounded as error:
        return found("structure.schema_reference_unusable", schema=address, reason=error.code)


def _is_applied(case: Case, address: str) -> bool:
    published = _PUBLISHED.fullmatch(address)
    if published is None:
        return False
    fits = case.is_achievement if published[2] == "achievement" else case.is_endorsement
    return fits and (case.version == "2.0" or published[1] is not None or published[2] == "endorsement")


def _is_about(resource: Any, address: str) -> bool:
    return isinstance(resource, Mapping) and resource.get("id") == address


def _plain(content: bytes) -> Any:
    return strict_json.loads(content, max_bytes=MAX_SCHEMA_BYTES)


def _from_credential(content: bytes, judge: Judge) -> Any:
    """The schema in a credential that is proven. Raises `InputError`, or `Unbounded` (`schema.not_proven`, `schema.not_credential`)."""
    document = formats.read(content).credential or {}
    if _CREDENTIAL not in many(document.get("type")):
        raise Unbounded("schema.not_credential")
    report = judge(content)
    bound = any(check.name == "issuer.binding" and is_bound(check) for check in report.checks)
    if report.outcome(Question.GENUINE) is not Outcome.PASSED or not bound:
        raise Unbounded("schema.not_proven")
    for subject in many(document.get("credentialSubject")):
        if isinstance(subject, Mapping) and isinstance(subject.get("jsonSchema"), (dict, bool)):
            return subject["jsonSchema"]
    raise Unbounded("schema.not_credential")


def _applied(case: Case, schema: Any, address: str) -> Check:
    if not isinstance(schema, (dict, bool)):
        raise Unbounded("schema.malformed")
    stated = schema.get("$schema", _LATEST) if isinstance(schema, dict) else _LATEST
    dialect = _DIALECTS.get(str(stated).rstrip("#"))
    if dialect is None:
        raise Unbounded("schema.dialect")
    work = applications(schema, case.document)
    if not case.budget.spend_on_schemas(work):
        raise Unbounded("schema.too_complex")
    try:
        validator = dialect(schema, retriever=_no_other_address, pattern_options=_PATTERNS, validate_formats=False)
        broken = broken_by(validator, schema, case.document)
    except (jsonschema_rs.ReferencingError, ValueError):
        raise Unbounded("schema.malformed") from None
    if not broken:
        return found("structure.schema_reference_met", schema=address)
    first = broken[0]
    return found(
        "structure.schema_reference_broken",
        schema=address,
        path=first["path"],
        rule=first["rule"],
        expected=first["expected"],
        count=len(broken),
    )


def _no_other_address(address: str) -> Any:
    raise ValueError(f"not followed: {address[:200]}")
