"""Is it a credential, and can it mean only one thing?

1. `@context`: VC Data Model first, then Open Badges for a badge; only vocabularies that are known here; none written into the document.
2. `type`: a verifiable credential, and what kind.
3. The structure of Open Badges 3.0 by schema (of any other credential: the few properties that this verifier decides by).
4. The meaning: every word is defined (safe mode), every property is written by its plain name, and what the signed graph says of
   the credential stands where a reader of the JSON looks for it.

Step 4 is what makes it safe to read JSON where a graph was signed. The same graph can be written with full addresses for names, with
`@`-keywords, with words of the document's own, or with a statement moved to another place that bears the same `id`. The signature
would still be true, and a reader of plain JSON would miss, say, the entry that leads to the revocation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from testamur import formats, linked_data
from testamur.errors import ContextUnavailable, LinkedDataError, TestamurError, TooComplex, UndefinedTerm
from testamur.formats.vc_2.resources import related_resources
from testamur.verification.case import CREDENTIALS_V1, CREDENTIALS_V2, Case, identifier_of, many
from testamur.verification.codes import found
from testamur.verification.report import Check
from testamur.verification.schemas import achievement, credential
from testamur.verification.schemas.findings import Schema
from testamur.verification.schemas.partly import Left, left_of

CURRENT_OPEN_BADGES = linked_data.OPEN_BADGES_3
_OPEN_BADGES = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)?\.json")

# Keys that JSON-LD reads like plain names but a reader of JSON does not; language-value objects (VC 2.0 §11.1) are the exception.
_LANGUAGE_VALUE = frozenset({"@value", "@language", "@direction"})

USUAL_PROOF = frozenset({"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"})

_CREDENTIALS = "https://www.w3.org/2018/credentials#"
_SELECTIVE = ("ecdsa-sd-2023", "bbs-2023")
_DECISIVE = {
    name: f"<{_CREDENTIALS}{name}>"
    for name in (
        "credentialStatus",
        "credentialSubject",
        "issuer",
        "validFrom",
        "validUntil",
        "issuanceDate",
        "expirationDate",
    )
}


def checks(case: Case) -> list[Check]:
    """The findings about the structure of `case`, in the order of the procedure above."""
    known = case.known or matched(case.document)
    type_ = _settled(known, f"type {case.format}", case, _type)
    if case.policy.profile == "proof":
        return [*type_, *_terms(case, known, plain=False)]
    contexts = _settled(known, "contexts", case, _contexts)
    return [*contexts, *type_, *_schema(case, known), *_related(case), *_terms(case, known, plain=True)]


def by_form(case: Case, known: linked_data.Matched) -> tuple[tuple[Check, ...], Left] | None:
    """What `checks` finds about every document that has the form of the one in `case` and meets the conditions that are left of the schema;
    None where more than that decides it. The proof is a usual one, the profile "badge"."""
    name, schema = _settled_schema(case)
    left = left_of(schema, _unsecured(case.document), known)
    if left is None or case.may_name("relatedResource"):
        return None
    if not _is_plain(case.document) or _movable(case.document, known):
        return None
    return (*_contexts(case), *_type(case), _met(name), found("structure.terms_defined")), left


def meaning(case: Case) -> Iterator[Check]:
    """Step 4 alone, for documents that are read but not shown: status lists."""
    for position, context in enumerate(many(case.document.get("@context")), 1):
        if not isinstance(context, str):
            yield found("structure.context_inline", position=position)
    yield from _terms(case, matched(case.document), plain=True)


def names(document: Mapping[str, Any], known: linked_data.Matched) -> frozenset[str]:
    """The names of all members of `document`, outside its own proofs, which are those of its shape: all documents of it have the same."""
    return known.settled("names", lambda: frozenset(_names(document, top=True)))


def _names(value: Any, *, top: bool = False) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield name
            if not (top and name == "proof"):
                yield from _names(item)


def matched(document: Mapping[str, Any]) -> linked_data.Matched | None:
    """What `document` says without its proofs, by its shape."""
    return linked_data.matched(_unsecured(document))


def _unsecured(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def known(document: Mapping[str, Any], read: formats.ReadDocument) -> linked_data.Matched | None:
    """As `matched`, for the credential in a file that was `read`: by its bytes, where their form was met before; else that is learned."""
    unsecured = _unsecured(document)
    if read.recognised is not None:
        return linked_data.known_by_form(unsecured, read.recognised)
    by_shape = linked_data.matched(unsecured)
    if by_shape is not None:
        formats.learn(read, by_shape)
    return by_shape


def _settled(
    known: linked_data.Matched | None, kind: str, case: Case, work: Callable[[Case], Iterator[Check]]
) -> tuple[Check, ...]:
    """The findings of `work`, which looks only at contexts, types and the format: the same for every document of a shape."""
    return tuple(work(case)) if known is None else known.settled(kind, lambda: tuple(work(case)))


def _contexts(case: Case) -> Iterator[Check]:
    contexts = many(case.document.get("@context"))
    if not contexts or contexts[0] not in (CREDENTIALS_V1, CREDENTIALS_V2):
        yield found("structure.context_order", position=1, expected=CREDENTIALS_V2)
        return
    badge = case.is_achievement or case.is_endorsement
    named = [context for context in contexts if isinstance(context, str)]
    open_badges = contexts[1] if len(contexts) > 1 and isinstance(contexts[1], str) else ""
    if badge and not _OPEN_BADGES.fullmatch(open_badges):
        yield found("structure.context_order", position=2, expected=CURRENT_OPEN_BADGES)
        return
    inline = next((position for position, context in enumerate(contexts, 1) if not isinstance(context, str)), None)
    if inline is not None:
        yield found("structure.context_inline", position=inline)
        return
    known = linked_data.PINNED.urls()
    unknown = next((context for context in named if context not in known), None)
    if unknown is not None:
        yield found("structure.context_unavailable", context=unknown)
    elif case.version == "1.1":
        yield found("structure.context_older", context=CREDENTIALS_V1, current=CREDENTIALS_V2)
    elif badge and open_badges != CURRENT_OPEN_BADGES:
        yield found("structure.context_older", context=open_badges, current=CURRENT_OPEN_BADGES)
    else:
        yield found("structure.context_known", contexts=named)


def _type(case: Case) -> Iterator[Check]:
    types = case.types
    if "VerifiableCredential" not in types:
        yield found("structure.type_missing", expected="VerifiableCredential")
    elif case.format == "open_badges_3" and not (case.is_achievement or case.is_endorsement):
        yield found("structure.type_missing", expected="OpenBadgeCredential")
    else:
        yield found("structure.type_known", types=list(types))


def _schema(case: Case, known: linked_data.Matched | None) -> Iterator[Check]:
    name, schema = _settled_schema(case) if known is None else known.settled("schema", lambda: _settled_schema(case))
    if known is not None and _has_usual_proof(case.document):
        left = known.settled(f"left of {name}", lambda: left_of(schema, _unsecured(case.document), known))
        if left is not None and left.met_by(known):
            yield _met(name)
            return
    if case.is_achievement or case.is_endorsement:
        kind = "achievement" if case.is_achievement else "endorsement"
        broken = achievement.broken_rules(case.document, kind=kind, version=case.version)
        if _is_selection(case):  # whom it is about, the holder may withhold
            broken = [rule for rule in broken if (rule["path"], rule["expected"]) != ("/credentialSubject", "id")]
    else:
        broken = credential.broken_rules(case.document)
    if broken:
        first = broken[0]
        yield found(
            "structure.schema_broken",
            path=first["path"],
            rule=first["rule"],
            expected=first["expected"],
            count=len(broken),
        )
    else:
        yield _met(name)


@lru_cache(maxsize=8)  # there are four
def _met(name: str) -> Check:
    return found("structure.schema_met", schema=name)


def _has_usual_proof(document: Mapping[str, Any]) -> bool:
    """Whether its proof meets the schema beyond doubt, which asks for its type, and for the form of an `id`: a usual one has none."""
    proof = document.get("proof")
    first: Any = proof[0] if type(proof) is list and proof else proof
    return _is_usual(proof) and "type" in first


def _settled_schema(case: Case) -> tuple[str, Schema]:
    """The schema for the document of `case` and its name, by its types and contexts."""
    if case.is_achievement or case.is_endorsement:
        return "Open Badges 3.0", achievement.SCHEMAS[
            "achievement" if case.is_achievement else "endorsement", case.version
        ]
    return f"W3C Verifiable Credentials {case.version}", credential.SCHEMA


def _is_selection(case: Case) -> bool:
    """Whether it may be a selection of what was signed, by what it is signed with."""
    proofs = (proof for proof in many(case.document.get("proof")) if isinstance(proof, Mapping))
    return "~" in (case.token or "") or any(proof.get("cryptosuite") in _SELECTIVE for proof in proofs)


def _related(case: Case) -> Iterator[Check]:
    """What the document pins by hash (VC Data Model 2.0 §5.3): compared with what ships here, nothing is fetched for it."""
    stated = many(case.document.get("relatedResource"))
    if not stated:
        return
    problems = list(related_resources(case.document, linked_data.PINNED))
    unavailable = sum(problem.code == "data_model.related_resource_unavailable" for problem in problems)
    for problem in problems:
        if problem.code == "data_model.digest_mismatch":
            yield found("structure.related_differs", path=problem.path)
        elif problem.code != "data_model.related_resource_unavailable":
            yield found("structure.related_malformed", path=problem.path)
    if unavailable:
        yield found("structure.related_not_compared", count=unavailable)
    elif not problems:
        yield found("structure.related_same", count=len(stated))


def _terms(case: Case, known: linked_data.Matched | None, *, plain: bool) -> Iterator[Check]:
    if written_otherwise := _written_otherwise(case, known, plain=plain):
        term, path = written_otherwise
        yield found("structure.term_ambiguous", term=term, path=path or "/")
        return
    if known is not None:  # then the complete path would have found it to be linked data
        movable = known.settled("movable", lambda: _movable(case.document, known))
        yield from _whole(_moved(case.document, known.objects, movable) if plain and movable else None)
        return
    document = {name: value for name, value in case.document.items() if name != "proof"}
    try:
        quads = linked_data.to_rdf(document, rdf_direction=linked_data.SIGNED_DIRECTION)  # what a signature covers
    except ContextUnavailable as error:
        url = str(error.facts.get("url", ""))
        if not plain or url not in many(
            case.document.get("@context")
        ):  # otherwise the check of the contexts has said it
            yield found("structure.context_unavailable", context=url)
    except TooComplex:
        yield found("structure.too_complex")
    except UndefinedTerm as error:
        yield found(
            "structure.term_undefined",
            term=str(error.facts.get("term", "")),
            path=str(error.facts.get("path", "")) or "/",
        )
    except LinkedDataError as error:
        yield found("structure.not_linked_data", reason=error.code)
    except TestamurError as error:
        yield found("structure.not_linked_data", reason=error.code)
    else:
        yield from _whole(
            _moved(document, lambda subject, predicate: _objects(quads, subject, predicate)) if plain else None
        )


def _whole(moved: str | None) -> Iterator[Check]:
    if moved is not None:
        yield found("structure.moved_statement", term=moved)
    else:
        yield found("structure.terms_defined")


def _written_otherwise(case: Case, known: linked_data.Matched | None, *, plain: bool) -> tuple[str, str] | None:
    """The first key that is not a plain name, with its place."""
    document = case.document
    # The proof itself is read as JSON too (its end, its purpose), so its names must be plain in every profile.
    proof = {"proof": document.get("proof")}
    if not plain or (known is not None and known.settled("plain", lambda: _is_plain(document))):
        return None if _is_usual(document.get("proof")) else next(_not_plain(proof, ""), None)
    return next(_not_plain(document, ""), None)


def _is_usual(proof: Any) -> bool:
    """Whether it is one proof as nearly all are: plain names, and texts."""
    if type(proof) is list and len(proof) == 1:
        proof = proof[0]
    return type(proof) is dict and proof.keys() <= USUAL_PROOF and set(map(type, proof.values())) == {str}


def _is_plain(document: Mapping[str, Any]) -> bool:
    """Whether every key outside the proofs is a plain name: that is decided by the shape."""
    return next(_not_plain({name: value for name, value in document.items() if name != "proof"}, ""), None) is None


def _not_plain(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every key that is not a plain name, with its place. A `@context` inside may only name vocabularies, in an embedded credential."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, list):
                yield "[]", f"{path}/{index}"  # JSON-LD flattens lists of lists, a reader of JSON stumbles over them
            if not isinstance(item, str):
                yield from _not_plain(item, f"{path}/{index}")
    elif isinstance(value, Mapping):
        language_value = "@value" in value and set(value) <= _LANGUAGE_VALUE
        for name, item in value.items():
            if name == "@context":
                if not all(isinstance(context, str) for context in many(item)) and path:
                    yield name, path
                continue
            if (name.startswith("@") or ":" in name) and not language_value:
                yield name, path
            # A JSON Schema in a credential is a JSON literal (VC 2.0's context says so): it is signed letter by letter.
            if not isinstance(item, str) and name != "jsonSchema":
                yield from _not_plain(item, f"{path}/{name}")


def _movable(document: Mapping[str, Any], known: linked_data.Matched) -> tuple[str, ...]:
    """Those decisive statements that a document of this shape could have elsewhere than at its top: where it makes at most one of a kind
    and has something there, it has that one there."""
    counts = {name: known.count(predicate) for name, predicate in _DECISIVE.items()}
    return tuple(name for name, count in counts.items() if count > min(1, len(many(document.get(name)))))


def _moved(
    document: Mapping[str, Any], objects: Callable[[str, str], set[str]], names: Iterable[str] = tuple(_DECISIVE)
) -> str | None:
    """The first decisive statement about the credential, of those with `names`, that the graph has and the top of the JSON has not, or not
    as often.

    `objects` gives what the graph says of a subject by a predicate.
    """
    root = identifier_of(document)
    if root is None:
        return None  # without an `id` no other place can speak about this credential
    subject = f"<{root}>"
    for name in names:
        stated = objects(subject, _DECISIVE[name])
        if stated and len(stated) > len(_distinct(many(document.get(name)))):
            return name
    return None


def _objects(quads: list[linked_data.Quad], subject: str, predicate: str) -> set[str]:
    return {quad.object for quad in quads if quad.subject == subject and quad.predicate == predicate and not quad.graph}


def _distinct(values: list[Any]) -> set[str]:
    """The values of a property as the graph would tell them apart: by identifier where they have one, else each for itself."""
    return {identifier_of(value) or f"the one at {position}" for position, value in enumerate(values)}
