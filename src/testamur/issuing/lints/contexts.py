"""Rules about @context and the terms: every word that is signed has a meaning that every verifier finds."""

from __future__ import annotations

from collections.abc import Iterator

from testamur.errors import ContextUnavailable, UndefinedTerm
from testamur.issuing.lints.rule import Draft, Problem, at, rule
from testamur.linked_data import CREDENTIALS_V2, OPEN_BADGES_3


@rule("context.order", "VC Data Model 2.0 §4.3; Open Badges 3.0, AchievementCredential.@context", by_form=True)
def context_order(draft: Draft) -> Iterator[Problem]:
    contexts = draft.document.get("@context")
    if not isinstance(contexts, list):
        yield Problem("/@context", "@context must be an array that begins with the VC 2.0 and the OB 3.0 context")
        return
    for index, expected in enumerate((CREDENTIALS_V2, OPEN_BADGES_3)):
        if len(contexts) <= index or contexts[index] != expected:
            yield Problem(f"/@context/{index}", f"Position {index + 1} of @context must be {expected}")


@rule("context.address", "VC Data Model 2.0 §4.3; verifiers pin contexts by address", by_form=True)
def context_address(draft: Draft) -> Iterator[Problem]:
    contexts = draft.document.get("@context")
    for index, entry in enumerate(contexts if isinstance(contexts, list) else []):
        if not isinstance(entry, str):
            yield Problem(
                f"/@context/{index}",
                "A context must be given by its address; verifiers refuse contexts written into the document",
            )
    for path, name, value in draft.values:
        if isinstance(value, dict) and "@context" in value:
            yield Problem(
                at(path, "@context"), f"{name} has a context of its own; only the credential as a whole may have one"
            )


@rule("context.pinned", "Open Badges 3.0, JSON-LD safe mode; contexts are never fetched", by_form=True)
def context_pinned(draft: Draft) -> Iterator[Problem]:
    if isinstance(error := draft.linked_data_error, ContextUnavailable):
        yield Problem(
            "/@context",
            f"This context is not known here, so its terms have no certain meaning: {error.facts.get('url')}",
        )


@rule("terms.defined", "Open Badges 3.0 §9.1 (JSON-LD safe mode)", by_form=True)
def terms_defined(draft: Draft) -> Iterator[Problem]:
    if isinstance(error := draft.linked_data_error, UndefinedTerm):
        path = error.facts.get("path")
        yield Problem(
            path if isinstance(path, str) else "",
            f"A term has no meaning in the contexts and would not be signed: {error}",
        )


@rule("terms.linked_data", "JSON-LD 1.1 §4.1.11 (protected terms) and API §9.4 (error codes)", by_form=True)
def terms_linked_data(draft: Draft) -> Iterator[Problem]:
    error = draft.linked_data_error
    if error is not None and not isinstance(error, ContextUnavailable | UndefinedTerm):
        yield Problem("", f"The document is not valid JSON-LD: {error}")
