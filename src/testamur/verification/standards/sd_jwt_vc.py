"""SD-JWT VC (`dc+sd-jwt`): credentials of the European wallets, which are no W3C credentials; claims instead of a document.

1. The key: of an https issuer by the metadata that the issuer publishes, of a DID by its document. A certificate in the header would need a
   list of authorities for this use, which there is none of here.
2. The signature, the disclosures, and the rules of the credential. What the holder did not disclose is not there to be judged.
3. Dates (`nbf` or `iat`, `exp`) and the Token Status List, which must be signed by the same issuer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from testamur import status
from testamur.errors import InputError, KeyMaterialError, NotAllowed, NotFound, ResolutionError, TestamurError
from testamur.proofs import jose, sd_jwt, vc_jose_cose
from testamur.proofs.did import resolve_jwt_issuer_key, resolve_verification_method
from testamur.proofs.did.method import VerificationMethod
from testamur.proofs.result import ProofOutcome
from testamur.status import StatusOutcome, StatusReference
from testamur.verification.case import Case
from testamur.verification.checks import answer
from testamur.verification.codes import found
from testamur.verification.moments import iso, moment
from testamur.verification.report import Check, Outcome
from testamur.verification.standards.judged import Judged, unbound

SUITE = "dc+sd-jwt"
_ACCEPT = ("application/statuslist+jwt", "application/jwt")


def judge(case: Case) -> Judged:
    """The findings about an SD-JWT VC, whose `token` is not None."""
    token, view = case.token or "", _view(case.document)
    known = found("structure.type_known", types=[str(case.document.get("vct"))])
    try:
        seen = vc_jose_cose.peek(token)
    except TestamurError as error:
        return Judged((known, found("proof.malformed", reason=error.code)), view, unbound())
    issuer = seen.claims.get("iss")
    if not isinstance(issuer, str) or not issuer:
        return Judged((known, found("proof.not_decided", reason="issuer.absent")), view, unbound())
    method = _method(case, issuer, seen.key_name)
    if isinstance(method, Check):
        return Judged((known, method), view, unbound())
    opened = sd_jwt.check_sd_jwt_vc(token, method.key)
    suite = f"{SUITE} {seen.header.get('alg', '')}".strip()
    technical = ({"suite": suite, "verificationMethod": method.id, "header": dict(seen.header)},)
    proof = found("proof.signature_true", suite=suite, method=method.id, created=None)
    if opened.result.outcome is ProofOutcome.UNKNOWN:
        proof = found("proof.suite_unknown", suite=suite)
    elif opened.result.outcome is ProofOutcome.FAILED:
        proof = (
            found("proof.signature_false", suite=suite, method=method.id)
            if opened.result.code.endswith(".signature_false")
            else found("proof.malformed", reason=opened.result.code)
        )
    elif opened.document != seen.claims:
        proof = found("proof.malformed", reason="envelope.document_other")
    if proof.outcome is not Outcome.PASSED:
        return Judged((known, proof), view, unbound(), technical=technical)
    return Judged((known, proof), view, _binding(issuer, method), tuple(_status(case, issuer)), technical)


def _method(case: Case, issuer: str, key_name: str | None) -> VerificationMethod | Check:
    name = key_name if key_name is not None else issuer
    try:
        if issuer.startswith("did:"):
            return resolve_verification_method(_did_url(issuer, key_name), case.resolver)
        return resolve_jwt_issuer_key(issuer, key_name, case.resolver)
    except NotAllowed:
        return found("proof.key_not_allowed", method=name)
    except NotFound:
        return found("proof.key_not_found", method=name)
    except ResolutionError:
        return found("proof.key_unreachable", method=name)
    except (InputError, KeyMaterialError):
        return found("proof.method_unusable", method=name)


def _did_url(issuer: str, key_name: str | None) -> str:
    """The verification method: the key name may be relative to the issuer, and a did:key has only one."""
    if key_name is None:
        return f"{issuer}#{issuer.removeprefix('did:key:')}" if issuer.startswith("did:key:") else issuer
    return key_name if key_name.startswith("did:") else f"{issuer}#{key_name.removeprefix('#')}"


def _binding(issuer: str, method: VerificationMethod) -> Check:
    if method.controller != issuer:
        return found("issuer.other_controller", issuer=issuer, controller=method.controller or "—")
    if "assertionMethod" not in method.purposes:
        return found("issuer.purpose_missing", issuer=issuer, method=method.id)
    if method.bound_by in ("did:key", "did:jwk"):
        return found("issuer.bound_to_key", issuer=issuer)
    return found("issuer.bound", issuer=issuer, bound_by=method.bound_by)


def _status(case: Case, issuer: str) -> Iterator[Check]:
    try:
        reference = status.status_reference(case.document)
    except InputError as error:
        yield found("status.entry_malformed", term=str(error.facts.get("member", "status")))
        return
    if reference is None:
        yield found("status.none_offered")  # `status` may not be withheld (`ALWAYS_SHOWN`)
    else:
        yield _listed(case, issuer, reference)


def _listed(case: Case, issuer: str, reference: StatusReference) -> Check:
    address = reference.address
    try:
        resource = case.resolver.fetch(address, accept=_ACCEPT)
        header, payload = jose.read_compact(resource.content.strip())
    except NotAllowed:
        return found("status.not_allowed", list=address)
    except NotFound:
        return found("status.not_found", list=address)
    except ResolutionError:
        return found("status.unreachable", list=address)
    except InputError as error:
        return found("status.list_malformed", list=address, reason=error.code)
    signer = payload.get("iss", issuer)
    if signer != issuer:
        return found("status.list_other_issuer", list=address, issuer=str(signer))
    kid = header.get("kid")
    method = _method(case, issuer, kid if isinstance(kid, str) else None)
    if isinstance(method, Check):
        return found("status.list_not_proven", list=address, reason=method.code)
    if jose.check_jws(resource.content.strip(), method.key).outcome is not ProofOutcome.PASSED:
        return found("status.list_not_proven", list=address, reason="proof.signature_false")
    obtained_at = resource.fetched_at
    result = status.read_token_status(reference, header, payload, now=obtained_at)
    until = moment(_moment(payload.get("exp")))
    if result.outcome is StatusOutcome.PASSED:
        return answer.clear(case, address, obtained_at, until)
    if result.code == "status.suspended":
        return answer.suspended(case, address, obtained_at, until)
    if result.code == "status.revoked":
        return answer.revoked(address, obtained_at)
    if result.code == "status.list_expired":
        return found("status.list_out_of_date", list=address, until=result.facts["valid_until"])
    if result.code == "status.index_out_of_range":
        return found(
            "status.index_out_of_range", list=address, index=reference.index, length=result.facts.get("entries")
        )
    return found("status.list_malformed", list=address, reason=result.code)


def _view(claims: Mapping[str, Any]) -> dict[str, Any]:
    """The claims in the words of Open Badges 3.0, as far as their names are common ones (OpenID Connect Core §5.1)."""
    names = [claims[name] for name in ("given_name", "family_name") if isinstance(claims.get(name), str)]
    name = claims["name"] if isinstance(claims.get("name"), str) else " ".join(names)
    email = claims.get("email")
    identifier = {"type": "IdentityObject", "identityType": "emailAddress", "hashed": False, "identityHash": email}
    subject: dict[str, Any] = {"id": claims.get("sub"), "name": name or None}
    if isinstance(email, str):
        subject["identifier"] = [identifier]
    view = {
        "id": claims.get("jti"),
        "type": ["VerifiableCredential", claims.get("vct")],
        "name": claims.get("vct"),
        "issuer": {"id": claims.get("iss")},
        "validFrom": _moment(claims.get("nbf", claims.get("iat"))),
        "validUntil": _moment(claims.get("exp")),
        "credentialSubject": {key: value for key, value in subject.items() if value is not None},
    }
    return {key: value for key, value in view.items() if value is not None}


def _moment(value: Any) -> Any:
    """A NumericDate (RFC 7519 §2) as a dateTimeStamp; what is none is left, to be found malformed."""
    if value is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    try:
        return iso(datetime.fromtimestamp(value, UTC))
    except (ValueError, OverflowError, OSError):
        return str(value)
