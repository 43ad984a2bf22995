"""Signed assertions of Open Badges 2.0 and 1.x: a compact JWS whose key the issuer's profile lists.

1. The payload is the assertion; it must say that it is signed.
2. Badge class and issuer are fetched from their addresses.
3. The key: `verification.creator`, or the only key of the profile. Its document must be listed by the profile, and say that the profile
   owns it. A key that comes with the token is no key.
4. The signature, with an algorithm of the allow-list.
5. The issuer's list of revocations, which a signed assertion depends on: nothing else could take it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.errors import InputError, KeyMaterialError, NotAllowed, NotFound, ResolutionError, TestamurError
from testamur.formats import open_badges_2 as ob2
from testamur.proofs import jose
from testamur.proofs.result import ProofOutcome
from testamur.verification.case import Case
from testamur.verification.codes import found
from testamur.verification.report import Check, Outcome
from testamur.verification.standards.assertion import revocation_list, structure_of, told
from testamur.verification.standards.judged import Judged, unbound
from testamur.verification.standards.linked import Linked, Links


def judge(case: Case) -> Judged:
    """The findings about a signed assertion, whose `token` is not None."""
    token = case.token or ""
    try:
        header, document = jose.read_compact(token)
    except TestamurError as error:
        return Judged((found("proof.malformed", reason=error.code),), {}, unbound())
    kind, version = ob2.kind_of(document), ob2.version_of(document)
    structure = structure_of(document, kind, version)
    if kind is None or version is None or any(check.outcome is Outcome.FAILED for check in structure):
        return Judged(
            (*structure, found("proof.not_decided", reason="proof.structure")), told(document, {}, {}, ""), unbound()
        )
    if ob2.verification_kind(document) != "signed":
        return Judged(
            (*structure, found("proof.method_unusable", method="verification")), told(document, {}, {}, ""), unbound()
        )
    links = Links(case.resolver)
    linked = links.of(document, kind, version)
    if linked is None:
        checks = (*structure, *links.checks, found("proof.not_decided", reason="proof.issuer_not_obtained"))
        return Judged(checks, told(document, {}, {}, ""), unbound())
    proof, binding = _signature(case, token, header, document, linked)
    withdrawn: tuple[Check, ...] = ()
    if proof.outcome is Outcome.PASSED:
        listed = revocation_list(case, document, linked.issuer, required=True)
        withdrawn = (found("status.none_offered") if listed is None else listed,)
    view = told(document, linked.badge, linked.issuer, linked.issuer_address)
    return Judged((*structure, *links.checks, proof), view, binding, withdrawn)


def _signature(
    case: Case, token: str, header: Mapping[str, Any], document: Mapping[str, Any], linked: Linked
) -> tuple[Check, Check]:
    listed = ob2.key_addresses(linked.issuer)
    stated = document.get("verification", document.get("verify"))
    creator = stated.get("creator", stated.get("url")) if isinstance(stated, Mapping) else None
    if creator is None and len(listed) == 1:
        creator = listed[0]
    if not isinstance(creator, str):
        return found("proof.method_unusable", method="creator"), unbound()
    embedded = linked.issuer.get("publicKey")
    try:
        if isinstance(embedded, Mapping) and embedded.get("id") == creator and "publicKeyPem" in embedded:
            key_document: Mapping[str, Any] = embedded
        else:
            key_document = ob2.fetch_node(creator, case.resolver).document
        key = ob2.public_key(key_document)
    except NotAllowed:
        return found("proof.key_not_allowed", method=creator), unbound()
    except NotFound:
        return found("proof.key_not_found", method=creator), unbound()
    except ResolutionError:
        return found("proof.key_unreachable", method=creator), unbound()
    except (InputError, KeyMaterialError):
        return found("proof.method_unusable", method=creator), unbound()
    suite = f"JWS {header.get('alg', '—')}"
    result = jose.check_jws(token, key)
    if result.outcome is ProofOutcome.UNKNOWN:
        return found("proof.suite_unknown", suite=suite), unbound()
    if result.outcome is ProofOutcome.FAILED:
        if result.code == "jose.signature_false":
            return found("proof.signature_false", suite=suite, method=creator), unbound()
        return found("proof.malformed", reason=result.code), unbound()
    signed = found("proof.signature_true", suite=suite, method=creator, created=None)
    owner = key_document.get("owner")
    if creator not in listed or owner not in (linked.issuer_address, linked.issuer.get("id")):
        return signed, found("issuer.key_not_listed", issuer=linked.issuer_address, method=creator)
    return signed, found("issuer.bound", issuer=linked.issuer_address, bound_by="https")
