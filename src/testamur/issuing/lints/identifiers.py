"""Rules about ids and addresses: absolute, and without anything personal in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from testamur.issuing.lints.rule import Draft, Problem, Severity, as_list, as_object, is_url, rule
from testamur.model import Evidence, Image

_EMAIL: Final = re.compile(r"[^\s/?#:;,@<>()]{1,64}@[^\s/?#:@]{1,253}\.[^\s/?#:@]")
_NO_DOCUMENT: Final = re.compile(r"(data|javascript|file|blob|mailto):", re.IGNORECASE)
_ADDRESSES: Final = (
    "id", "statusListCredential", "statusReference", "resultDescription", "achievedLevel", "requiredLevel",
)  # fmt: skip


@rule("id.present", "Open Badges 3.0, AchievementCredential.id")
def id_present(draft: Draft) -> Iterator[Problem]:
    if not draft.document.get("id"):
        yield Problem("/id", "The credential has no id; give it an address of its own")


@rule("id.absolute", "VC Data Model 2.0 §4.4 (an id is a single URL)")
def id_absolute(draft: Draft) -> Iterator[Problem]:
    for path, _name, value in draft.named("id"):
        if value is not None and not is_url(value):
            yield Problem(path, f"An id must be one absolute address (https:, did:, urn:uuid:), not {value!r:.80}")


@rule(
    "id.document",
    "VC Data Model 2.0 §4.4; a data: URL identifies nothing but itself, which is what Open Badges 3.0, Evidence.id, allows it for",
)
def id_document(draft: Draft) -> Iterator[Problem]:
    for path, node, model in draft.where("id", lambda place: "id" in place.node and not issubclass(place.model, Image)):
        found = node["id"]
        if (
            isinstance(found, str)
            and not found.startswith("http")
            and _NO_DOCUMENT.match(found)
            and not (issubclass(model, Evidence) and found.startswith("data:"))
        ):
            yield Problem(f"{path}/id", "This kind of address cannot identify anything; use https:, did: or urn:uuid:")


@rule("privacy.email_in_id", "VC Data Model 2.0 §8.3 (identifier-based correlation); GDPR Art. 5(1)(c)")
def privacy_email_in_id(draft: Draft) -> Iterator[Problem]:
    for path, _name, value in draft.named(*_ADDRESSES):
        if (
            isinstance(value, str)
            and ("@" in value or "%" in value)  # otherwise there is none, and most have neither
            and not value.startswith("data:")
            and _EMAIL.search(unquote(value))
        ):
            yield Problem(
                path,
                "An e-mail address stands in an identifier, which is public and permanent; use a random identifier",
            )


@rule("privacy.name_in_id", "VC Data Model 2.0 §8.3 (identifier-based correlation)", Severity.WARNING)
def privacy_name_in_id(draft: Draft) -> Iterator[Problem]:
    """A warning only: a person may be called like the path of an honest address. The host is not looked at, for the same reason."""
    names = [
        letters
        for identity in map(as_object, as_list(draft.subject.get("identifier")))
        if identity.get("identityType") == "name" and isinstance(identity.get("identityHash"), str)
        if len(letters := _letters(identity["identityHash"])) >= (6 if letters.isascii() else 3)
    ]
    for path, value in (("/id", draft.document.get("id")), ("/credentialSubject/id", draft.subject.get("id"))):
        if isinstance(value, str) and any(name in _letters(unquote(_behind_the_host(value))) for name in names):
            yield Problem(
                path,
                "The recipient's name stands in an identifier, which is public and permanent; use a random identifier",
            )


def _behind_the_host(address: str) -> str:
    return re.sub(r"^(https?://[^/?#]*|did:web:[^:]*)", "", address)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
