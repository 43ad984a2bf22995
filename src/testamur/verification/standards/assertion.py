"""What hosted and signed assertions of Open Badges 2.0 have in common: their structure, their reading, the issuer's list of revocations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur import status, strict_json
from testamur.errors import InputError, NotAllowed, NotFound, ResolutionError
from testamur.formats import open_badges_2 as ob2
from testamur.status import StatusOutcome
from testamur.verification.case import Case
from testamur.verification.checks import answer
from testamur.verification.codes import found
from testamur.verification.report import Check

MAX_LIST_BYTES = 4_000_000
_CURRENT = "https://w3id.org/openbadges/v2"


def structure_of(document: Mapping[str, Any], kind: ob2.Kind | None, version: ob2.Version | None) -> tuple[Check, ...]:
    """The findings about context, kind and rules."""
    checks = []
    if version is None:
        checks.append(found("structure.context_order", position=1, expected=_CURRENT))
    elif version == "2.0":
        checks.append(found("structure.context_known", contexts=[_CURRENT]))
    else:
        checks.append(found("structure.context_older", context=f"Open Badges {version}", current=_CURRENT))
    if kind is None:
        return (*checks, found("structure.type_missing", expected="Assertion"))
    checks.append(found("structure.type_known", types=[kind]))
    broken = ob2.broken_rules(document, kind, version or "2.0")
    if broken:
        first = broken[0]
        checks.append(
            found(
                "structure.schema_broken",
                path=first["path"],
                rule=first["rule"],
                expected=first["expected"],
                count=len(broken),
            )
        )
    else:
        checks.append(found("structure.schema_met", schema=f"Open Badges {version}"))
    return tuple(checks)


def told(
    document: Mapping[str, Any], badge: Mapping[str, Any], issuer: Mapping[str, Any], address: str
) -> dict[str, Any]:
    """The document in the words of 3.0, as far as it goes."""
    embedded = document.get("badge")
    if not badge and isinstance(embedded, Mapping):
        badge = embedded
    return ob2.in_words_of_3(document, badge, issuer, address)


def revocation_list(
    case: Case, assertion: Mapping[str, Any], profile: Mapping[str, Any], *, required: bool
) -> Check | None:
    """What the list that the issuer's profile names says about the assertion; None where it names none."""
    address = profile.get("revocationList")
    if isinstance(address, Mapping):
        address = address.get("id")
    if not isinstance(address, str) or not address:
        return None
    try:
        resource = case.resolver.fetch(address, accept=("application/ld+json", "application/json"))
        document = strict_json.loads(resource.content, max_bytes=MAX_LIST_BYTES)
    except NotAllowed:
        return found("status.not_allowed", required=required, list=address)
    except NotFound:
        return found("status.not_found", required=required, list=address)
    except ResolutionError:
        return found("status.unreachable", required=required, list=address)
    except InputError as error:
        return found("status.list_malformed", required=required, list=address, reason=error.code)
    for name in ("id", "uid"):
        identifier = assertion.get(name)
        if not isinstance(identifier, str):
            continue
        result = status.read_open_badges_2_revocation_list(identifier, document)
        if result.outcome is StatusOutcome.FAILED:
            return answer.revoked(address, resource.fetched_at)
        if result.outcome is StatusOutcome.UNKNOWN:
            return found("status.list_malformed", required=required, list=address, reason=result.code)
    return answer.clear(case, address, resource.fetched_at)
