"""Every error that the library raises, drawn as a tree.

    TestamurError
    ├── InputError                  the bytes that were handed in cannot be read as what they claim to be
    │   ├── TooLarge                a size, depth, count or time limit was exceeded
    │   └── Malformed               not JSON, not an image, a duplicate key, a broken chunk …
    ├── LinkedDataError             the JSON-LD cannot be understood without guessing
    │   ├── ContextUnavailable      the document names a context that is not pinned here
    │   ├── UndefinedTerm           safe mode: a term would be dropped and so would not be signed
    │   └── TooComplex              canonicalisation would exceed its work limit (a poison graph)
    ├── KeyMaterialError            a key cannot be read, or does not fit the algorithm that is asked of it
    ├── SignerError                 a key that is kept elsewhere (a device, a service, a sealed file) did not sign
    │   ├── SignerRefused           it will not: a wrong PIN, no such key, no permission, no room; somebody has to act
    │   └── SignerUnavailable       it could not now: no answer, the device is gone; the same again may succeed
    ├── ProofError                  a proof cannot be made or is malformed (a proof that is merely false is a *result*)
    ├── ResolutionError             something that had to be looked up outside was not obtained
    │   ├── NotAllowed              our policy forbids to fetch that address
    │   ├── NotFound                the other side answered that there is no such thing
    │   └── Unreachable             no answer, a broken answer, or we are offline
    └── IssuingRefused              the lints found what the standards forbid; nothing was signed

An error is for those who must not forget; a `Report` (see `testamur.verification`) is for those who ask. An error carries a
stable `code` for programs and `facts` (dates, ids, numbers) for the sentence; it never carries personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class TestamurError(Exception):
    """The root. `code` is stable, lower-case and dotted; `facts` are JSON values."""

    __test__ = False  # the name begins with "Test": keep pytest from collecting it

    default_code = "error"

    def __init__(self, message: str, *, code: str | None = None, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code or self.default_code
        self.facts: dict[str, Any] = dict(facts or {})


class InputError(TestamurError):
    default_code = "input"


class TooLarge(InputError):
    default_code = "input.too_large"


class Malformed(InputError):
    default_code = "input.malformed"


class LinkedDataError(TestamurError):
    default_code = "linked_data"


class ContextUnavailable(LinkedDataError):
    default_code = "linked_data.context_unavailable"


class UndefinedTerm(LinkedDataError):
    default_code = "linked_data.undefined_term"


class TooComplex(LinkedDataError):
    default_code = "linked_data.too_complex"


class KeyMaterialError(TestamurError):
    default_code = "key_material"


class SignerError(TestamurError):
    default_code = "signer"


class SignerRefused(SignerError):
    default_code = "signer.refused"


class SignerUnavailable(SignerError):
    default_code = "signer.unavailable"


class ProofError(TestamurError):
    default_code = "proof"


class ResolutionError(TestamurError):
    default_code = "resolution"


class NotAllowed(ResolutionError):
    default_code = "resolution.not_allowed"


class NotFound(ResolutionError):
    default_code = "resolution.not_found"


class Unreachable(ResolutionError):
    default_code = "resolution.unreachable"


class IssuingRefused(TestamurError):
    """Nothing was signed. `findings` are the lint findings, each with its rule, its source and its sentence."""

    default_code = "issuing.refused"

    def __init__(self, message: str, *, findings: tuple[Any, ...] = (), **kwargs: Any) -> None:
        super().__init__(message, **kwargs)
        self.findings = findings
