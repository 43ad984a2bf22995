"""Open Badges 2.0 and before: hosted or signed, with a badge class and an issuer at addresses of their own.

1. The structure: the version by the context, the kind, the rules of that kind.
2. The proof. *Hosted*: the assertion's own address is asked, and the copy in hand may say nothing that the answer does not say; from
   here on the answer counts, not the copy. *Signed*: the token is checked with a key that the issuer lists (`signed`).
3. The badge class and the issuer are fetched from their addresses, and an address is who they are, whatever they say of themselves.
4. The issuer: a hosted assertion must stand where the issuer says that its assertions stand.
5. Withdrawal: `revoked` in the hosted assertion, the answer 410, or the issuer's list of revocations.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from testamur.errors import InputError, NotAllowed, NotFound, ResolutionError
from testamur.formats import open_badges_2 as ob2
from testamur.verification.case import Case, many
from testamur.verification.checks import answer as ages
from testamur.verification.codes import found
from testamur.verification.moments import iso
from testamur.verification.report import Check, Outcome
from testamur.verification.standards import open_badges_2_signed
from testamur.verification.standards.assertion import revocation_list, structure_of, told
from testamur.verification.standards.judged import Judged, unbound
from testamur.verification.standards.linked import Linked, Links

MAX_ENDORSEMENTS = 4
_GONE = 410
_CURRENT = "https://w3id.org/openbadges/v2"


def judge(case: Case) -> Judged:
    """The findings about an Open Badges 2.0 (or older) document."""
    if case.token is not None:
        return open_badges_2_signed.judge(case)
    document, checks, asked_at = case.document, [], case.now
    if not document and case.address:  # a picture that carries nothing but an address
        answer = _hosted(case, case.address)
        if isinstance(answer, Check):
            return _not_obtained(case, (answer,), case.address)
        document, asked_at = answer.document, answer.fetched_at
        checks.append(found("proof.hosted_same", address=case.address, asked_at=iso(asked_at)))
    kind, version = ob2.kind_of(document), ob2.version_of(document)
    structure = structure_of(document, kind, version)
    if kind is None or version is None or any(check.outcome is Outcome.FAILED for check in structure):
        return Judged((*structure, *checks), told(document, {}, {}, ""), unbound())
    if not checks:
        if ob2.verification_kind(document) == "signed":
            return Judged((*structure, found("proof.absent")), told(document, {}, {}, ""), unbound())
        address = ob2.hosted_address(document) or case.address
        if address is None:
            return Judged((*structure, found("proof.hosted_nowhere")), told(document, {}, {}, ""), unbound())
        answer = _hosted(case, address)
        if isinstance(answer, Check):
            return _not_obtained(case, (*structure, answer), address)
        difference = ob2.first_difference(document, answer.document)
        if difference is not None:
            differs = found("proof.hosted_differs", address=address, path=difference)
            return Judged((*structure, differs), told(document, {}, {}, ""), unbound())
        document, asked_at = answer.document, answer.fetched_at
        checks.append(found("proof.hosted_same", address=address, asked_at=iso(asked_at)))
        structure = structure_of(document, kind, version)  # what counts is the answer, so it must keep the rules too
    else:
        address = case.address or ""
    links = Links(case.resolver)
    linked = links.of(document, kind, version)
    checks += links.checks
    if kind not in ("Assertion", "Endorsement"):
        checks.append(found("structure.no_award", kind=kind))
    withdrawn = _withdrawn(case, document, address, asked_at, linked)
    return Judged(
        (*structure, *checks),
        _view(case, document, kind, linked),
        _in_scope(linked, address, kind),
        withdrawn,
    )


def _hosted(case: Case, address: str) -> ob2.Node | Check:
    try:
        return ob2.fetch_node(address, case.resolver)
    except NotAllowed:
        return found("proof.hosted_not_allowed", address=address)
    except NotFound as error:
        if error.facts.get("status") == _GONE:
            return found("proof.hosted_withdrawn", address=address)
        return found("proof.hosted_not_found", address=address)
    except ResolutionError as error:
        return found("proof.hosted_unreachable", address=address, reason=error.code)
    except InputError as error:
        return found("proof.hosted_malformed", address=address, reason=error.code)


def _not_obtained(case: Case, checks: tuple[Check, ...], address: str) -> Judged:
    gone = checks[-1].code == "proof.hosted_withdrawn"
    withdrawn = (found("status.revoked", list=address, asked_at=iso(case.now)),) if gone else ()
    return Judged(checks, told(case.document, {}, {}, "") if case.document else {}, unbound(), withdrawn)


def _withdrawn(
    case: Case, document: Mapping[str, Any], address: str, asked_at: datetime, linked: Linked | None
) -> tuple[Check, ...]:
    """A hosted assertion says itself that it is revoked; a list of the issuer's is asked as well, if there is one."""
    if document.get("revoked") not in (None, False):
        return (ages.revoked(address, asked_at),)
    listed = revocation_list(case, document, linked.issuer, required=False) if linked is not None else None
    if listed is not None:
        return (listed,)
    return (ages.clear(case, address, asked_at),)


def _in_scope(linked: Linked | None, address: str, kind: ob2.Kind) -> Check:
    """Whether it stands where its issuer's stand. That is a rule for assertions: a description elsewhere is only not vouched for."""
    if linked is None:
        return unbound()
    if ob2.scope_of(linked.issuer, linked.issuer_address).holds(address):
        return found("issuer.in_scope", issuer=linked.issuer_address, address=address)
    if kind == "BadgeClass":
        return found("issuer.unbound_address", issuer=linked.issuer_address, method=address)
    return found("issuer.out_of_scope", issuer=linked.issuer_address, address=address)


def _view(case: Case, document: Mapping[str, Any], kind: ob2.Kind, linked: Linked | None) -> dict[str, Any]:
    if linked is None:
        return told(document, {}, {}, "")
    assertion = {} if kind in ("BadgeClass", "Profile") else document
    view = told(assertion, linked.badge, linked.issuer, linked.issuer_address)
    endorsements = [*many(document.get("endorsement")), *many(linked.badge.get("endorsement"))]
    obtained = [_endorsement(case, entry) for entry in endorsements[:MAX_ENDORSEMENTS]]
    view["endorsement"] = [entry for entry in obtained if entry is not None]
    return view


def _endorsement(case: Case, entry: Any) -> Mapping[str, Any] | None:
    """An endorsement as it stands in the document or at its address; what cannot be obtained endorses nothing."""
    if isinstance(entry, Mapping):
        return entry
    if not isinstance(entry, str):
        return None
    try:
        return ob2.fetch_node(entry, case.resolver).document
    except (ResolutionError, InputError):
        return {"type": "Endorsement", "@context": _CURRENT, "id": entry}  # is found broken, and so said not to hold
