"""Securing a credential or a presentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from testamur import strict_json
from testamur.errors import ContextUnavailable, ProofError
from testamur.linked_data import PINNED, Contexts
from testamur.ports import Signer
from testamur.proofs.cose import sign_cose
from testamur.proofs.jose.make import algorithm_of, beginning_of, compact_jws, signed_behind
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import Decided
from testamur.proofs.sd_jwt import Path, issue_sd_jwt
from testamur.proofs.sd_jwt.issue import new_salt
from testamur.proofs.urls import is_url, names_key
from testamur.proofs.vc_jose_cose.kinds import KINDS, Form
from testamur.proofs.vc_jose_cose.rules import check_content, check_document, check_names

# Top-level members that VC Data Model 2.0 §4 gives to credentials and presentations.
_COMMON = ("@context", "id", "type", "name", "description", "termsOfUse", "relatedResource", "renderMethod")
_CREDENTIAL = (
    *("issuer", "validFrom", "validUntil", "credentialSubject", "credentialStatus"),
    *("credentialSchema", "evidence", "refreshService", "confidenceMethod"),
)
_MEMBERS = frozenset((*_COMMON, *_CREDENTIAL, "holder", "verifiableCredential"))


def secure(
    document: Mapping[str, Any],
    media_type: str,
    signer: Signer,
    *,
    kid: str,
    disclosable: Sequence[Path] = (),
    holder_key: PublicKey | None = None,
    decoys: int = 0,
    salt: Callable[[], str] = new_salt,
    contexts: Contexts = PINNED,
) -> bytes:
    """Sign `document` in an envelope of `media_type` (a name of `KINDS` but the older `jwt`): ASCII text, or a COSE message.

    `kid` names the key. Where it is no absolute address, the claim `iss` says whose key it is (§4.1). `disclosable`,
    `holder_key`, `decoys` and `salt` are for SD-JWT and mean what they mean in `issue_sd_jwt`.

    Raises `ProofError`: `envelope.kind_not_made`, `envelope.proof_inside` (a document with an embedded proof),
    `envelope.member_undefined` (facts: `members`) for top-level members that no standard or context defines by name, a word
    caught by `@vocab` alone among them, since no two readers would agree on what was signed; `envelope.not_selective` for paths
    without SD-JWT; and the codes of `rules.check_document`, `issue_sd_jwt`, `compact_jws`, `sign_cose`. `ContextUnavailable`
    for a context that is not pinned, where a member is not of the data model.
    """
    kind = KINDS.get(media_type)
    if kind is None or kind.presentation is None:
        raise ProofError("Envelopes of this media type are not made.", code="envelope.kind_not_made")
    if not _names_hold(document, kind.presentation, contexts):
        _refuse_names(document, kind.presentation, contexts)
    try:
        check_content(document, presentation=kind.presentation)
    except Decided as decided:
        raise _unacceptable(decided) from None
    form = kind.form
    if (disclosable or holder_key is not None or decoys) and form is not Form.SD_JWT:
        raise ProofError("Only an SD-JWT hides parts.", code="envelope.not_selective")
    if form is Form.COSE:
        return sign_cose(
            strict_json.dumps(document),
            signer,
            content_type=f"application/{kind.content_type}",
            typ=f"application/{kind.media_type}",
            kid=kid,
        )
    claims = document if type(document) is dict else dict(document)
    if not (names_key(kid) if type(kid) is str else is_url(kid)):
        maker = document.get("holder" if kind.presentation else "issuer")
        identifier = maker.get("id") if isinstance(maker, Mapping) else maker
        claims = {**claims, **({"iss": identifier} if identifier is not None else {})}
    if form is Form.JWT:
        payload = strict_json.dumps(claims)
        members = (("kid", kid), ("typ", kind.media_type), ("cty", kind.content_type))
        if type(kid) is str:
            return signed_behind(beginning_of(algorithm_of(signer), members), payload, signer)
        return compact_jws(dict(members), payload, signer)
    header = {"kid": kid, "typ": kind.media_type, "cty": kind.content_type}
    issued = issue_sd_jwt(claims, signer, disclosable, header=header, holder_key=holder_key, decoys=decoys, salt=salt)
    return issued.compact.encode("ascii")


def _names_hold(document: Mapping[str, Any], presentation: bool, contexts: Contexts) -> bool:
    """Whether `_refuse_names` certainly has nothing to say: of names, contexts and types that stand in lists of texts it is known."""
    context, types = document.get("@context"), document.get("type")
    if contexts is not PINNED or type(context) is not list or type(types) is not list:
        return False
    try:
        return _pinned_names_hold(tuple(document), tuple(context), tuple(types), presentation)
    except TypeError:  # a context that is written out
        return False


@lru_cache(maxsize=256)  # pinned contexts never change
def _pinned_names_hold(
    names: tuple[str, ...], context: tuple[str, ...], types: tuple[str, ...], presentation: bool
) -> bool:
    imagined = {**dict.fromkeys(names), "@context": list(context), "type": list(types)}
    try:
        check_names(imagined, presentation=presentation)
        return "proof" not in imagined and not _undefined(imagined, PINNED)
    except (Decided, ContextUnavailable):
        return False


def _refuse_names(document: Mapping[str, Any], presentation: bool, contexts: Contexts) -> None:
    """What there is against the names in a document, its contexts and its types. Raises as `secure`."""
    if "proof" in document:
        raise ProofError("This document carries a proof already.", code="envelope.proof_inside")
    try:
        check_document(document, presentation=presentation)
    except Decided as decided:
        raise _unacceptable(decided) from None
    if undefined := _undefined(document, contexts):
        raise ProofError(
            "The document has members that nothing defines by name.",
            code="envelope.member_undefined",
            facts={"members": undefined[:20]},
        )


def _undefined(document: Mapping[str, Any], contexts: Contexts) -> list[str]:
    others = document.keys() - _MEMBERS
    return sorted(others and others - _named_by_contexts(document, contexts))


def _unacceptable(decided: Decided) -> ProofError:
    result = decided.result
    return ProofError("No verifier would accept this document.", code=result.code, facts=result.facts)


def _named_by_contexts(document: Mapping[str, Any], contexts: Contexts) -> frozenset[str]:
    """The terms that the document's contexts define by name, those that come with its types among them."""
    types, context = document.get("type"), document.get("@context")
    kinds = tuple(kind for kind in (types if isinstance(types, list) else [types]) if isinstance(kind, str))
    named = context if isinstance(context, list) else [context]
    if contexts is PINNED and all(isinstance(each, str) for each in named):
        return _named_by_pinned(tuple(named), kinds)
    return _named(context, kinds, contexts)


@lru_cache(maxsize=256)  # pinned contexts never change
def _named_by_pinned(context: tuple[str, ...], kinds: tuple[str, ...]) -> frozenset[str]:
    return _named(list(context), kinds, PINNED)


def _named(context: Any, kinds: tuple[str, ...], contexts: Contexts) -> frozenset[str]:
    found: set[str] = set()
    for term, definition in _definitions(context, contexts):
        found.add(term)
        if term in kinds and isinstance(definition, Mapping):
            found |= {name for name, _ in _definitions(definition.get("@context"), contexts)}
    return frozenset(term for term in found if not term.startswith("@"))


def _definitions(context: Any, contexts: Contexts, depth: int = 0) -> list[tuple[str, Any]]:
    if depth > 8:  # contexts that name each other; those that ship here are one or two deep
        return []
    if isinstance(context, list):
        return [pair for item in context for pair in _definitions(item, contexts, depth + 1)]
    if isinstance(context, str):
        return _definitions(contexts.document(context).get("@context"), contexts, depth + 1)
    return [*context.items()] if isinstance(context, Mapping) else []
