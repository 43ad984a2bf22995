"""Rules about status, refresh, schemas, terms of use and related resources: what other parties will act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from testamur.issuing.lints.rule import Draft, Problem, Severity, as_list, as_object, is_url, rule

_BITSTRING = "Bitstring Status List 1.0 §2.1"


def _bitstring(draft: Draft) -> dict[str, Any]:
    entry = as_object(draft.document.get("credentialStatus"))
    return entry if "BitstringStatusListEntry" in as_list(entry.get("type")) else {}


@rule("status.single", "Open Badges 3.0, AchievementCredential.credentialStatus [0..1]", by_form=True)
def status_single(draft: Draft) -> Iterator[Problem]:
    if "credentialStatus" in draft.document and not isinstance(draft.document["credentialStatus"], dict):
        yield Problem("/credentialStatus", "credentialStatus must be one object: OB 3.0 allows a single status entry")


@rule("extension.type", "VC Data Model 2.0 §4.5 (status, schema, refresh, terms of use and evidence have a type)")
def extension_type(draft: Draft) -> Iterator[Problem]:
    for name in ("credentialStatus", "credentialSchema", "refreshService", "termsOfUse", "evidence"):
        value = draft.document.get(name)
        for index, entry in enumerate(as_list(value)):
            if not as_object(entry).get("type"):
                path = f"/{name}/{index}" if isinstance(value, list) else f"/{name}"
                yield Problem(path, f"{name} must have a type, or nobody knows how to use it")


@rule("status.index", _BITSTRING + " (statusListIndex: an integer of zero or more, as a string)")
def status_index(draft: Draft) -> Iterator[Problem]:
    if entry := _bitstring(draft):
        index = entry.get("statusListIndex")
        if not isinstance(index, str) or not re.fullmatch(r"0|[1-9][0-9]{0,15}", index):
            yield Problem(
                "/credentialStatus/statusListIndex", 'statusListIndex must be a decimal number as a text, like "94567"'
            )


@rule("status.purpose", _BITSTRING + " (statusPurpose)")
def status_purpose(draft: Draft) -> Iterator[Problem]:
    if (entry := _bitstring(draft)) and (not isinstance(entry.get("statusPurpose"), str) or not entry["statusPurpose"]):
        yield Problem("/credentialStatus/statusPurpose", 'statusPurpose must be one text, like "revocation"')


@rule("status.list", _BITSTRING + " (statusListCredential)")
def status_list(draft: Draft) -> Iterator[Problem]:
    if entry := _bitstring(draft):
        if not is_url(entry.get("statusListCredential")):
            yield Problem(
                "/credentialStatus/statusListCredential",
                "statusListCredential must be the absolute address of the list",
            )
        elif entry.get("id") == entry["statusListCredential"]:
            yield Problem("/credentialStatus/id", "The entry's id must not be the address of the list itself")


@rule("refresh.single", "Open Badges 3.0, AchievementCredential.refreshService [0..1]")
def refresh_single(draft: Draft) -> Iterator[Problem]:
    if "refreshService" in draft.document and not is_url(as_object(draft.document["refreshService"]).get("id")):
        yield Problem("/refreshService", "refreshService must be one object with the address of the service as its id")


@rule("schema.address", "VC Data Model 2.0 §4.11 (credentialSchema.id is a URL)")
def schema_address(draft: Draft) -> Iterator[Problem]:
    for index, entry in enumerate(as_list(draft.document.get("credentialSchema"))):
        if not is_url(as_object(entry).get("id")):
            yield Problem(f"/credentialSchema/{index}", "A schema needs its absolute address as id")


@rule("schema.type", "Open Badges 3.0, CredentialSchema: 1EdTechJsonSchemaValidator2019", Severity.WARNING)
def schema_type(draft: Draft) -> Iterator[Problem]:
    for index, entry in enumerate(as_list(draft.document.get("credentialSchema"))):
        declared = as_list(as_object(entry).get("type"))
        if declared and not {"1EdTechJsonSchemaValidator2019", "JsonSchema", "JsonSchemaCredential"} & set(
            map(str, declared)
        ):
            yield Problem(
                f"/credentialSchema/{index}/type",
                "Validators will pass over a schema of this type; use 1EdTechJsonSchemaValidator2019",
            )


@rule("related_resource", "VC Data Model 2.0 §5.3 (integrity of related resources)")
def related_resource(draft: Draft) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, entry in enumerate(as_list(draft.document.get("relatedResource"))):
        path, resource = f"/relatedResource/{index}", as_object(entry)
        found = resource.get("id")
        if not isinstance(found, str) or not is_url(found):
            yield Problem(path, "A related resource needs its absolute address as id")
        elif found in seen:
            yield Problem(path, "Two related resources have the same id")
        else:
            seen.add(found)
        if not resource.get("digestSRI") and not resource.get("digestMultibase"):
            yield Problem(
                path, "A related resource needs digestSRI or digestMultibase, or its integrity is not protected"
            )
