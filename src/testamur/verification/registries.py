"""Registers in other people's formats, read from files that an operator has chosen.

| format                          | how it is told                                         | what an entry gives                     |
|---------------------------------|--------------------------------------------------------|-----------------------------------------|
| ours (`testamur.….trust`)       | an object with the type `TrustRegister`                | identifiers, domains, dates             |
| DCC issuer registry             | an object with `registry`, a map from DIDs to entries  | the DID                                 |
| OpenID Federation 1.0           | entity statements: tokens, or objects with `iss`, `sub`| the subject's identifier, `iat`, `exp`, |
|                                 |                                                        | the trust marks that count              |

Loaded is not trusted: whoever loads a register says whether they rely on it. A signed statement is confirmed all the same, so that a
file cannot say in the name of a federation what the federation never said:

1. The first statement is the trust anchor's about itself, true by the key that it lists. The operator vouches for that one.
2. Every other statement must be signed by a key of its issuer: of the anchor, or of an entity that an already confirmed statement is about.
3. What an entity says about itself adds nothing and is passed over, but for trust marks, which others signed (`trust_marks`). One
   statement that cannot be confirmed refuses the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from testamur import strict_json
from testamur.errors import Malformed, TestamurError
from testamur.proofs import jose
from testamur.verification.accreditation import trust_marks
from testamur.verification.accreditation.entries import EVERYTHING, Accreditation
from testamur.verification.trust import MAX_REGISTER_BYTES, Institution, Register, register_from_json

MAX_STATEMENTS = 5_000
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_LATEST = 253_402_300_799  # the end of the year 9999

Statement = tuple[str | None, Mapping[str, Any]]  # the token where there is one, and what it says


def read_register(data: bytes | str, *, name: str, relied_on: bool = False) -> Register:
    """The register in a file of any of the three formats. `name` is for those that have none of their own (a file's name, say).

    Raises `TooLarge` or `Malformed` (`trust.register` with the place, `trust.statement_not_proven`, and the codes of strict JSON).
    """
    text = data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")
    if len(text) <= MAX_REGISTER_BYTES and (tokens := text.split()) and all(map(_TOKEN.fullmatch, tokens[:2])):
        return _federation([(token, _payload(token, index)) for index, token in enumerate(tokens)], name, relied_on)
    document = strict_json.loads(data, max_bytes=MAX_REGISTER_BYTES)
    if isinstance(document, dict) and isinstance(document.get("registry"), dict):
        return _issuer_registry(document, name, relied_on)
    if isinstance(document, dict) and {"iss", "sub"} <= document.keys():
        document = [document]
    if isinstance(document, list):
        return _federation([_statement(entry, index) for index, entry in enumerate(document)], name, relied_on)
    return register_from_json(data, relied_on=relied_on)


def _issuer_registry(document: Mapping[str, Any], name: str, relied_on: bool) -> Register:
    """`{"meta": {…}, "registry": {"did:…": {"name", "location", "url"}}}`, as the Digital Credentials Consortium publishes it."""
    institutions = []
    for identifier, entry in document["registry"].items():
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"]:
            raise _malformed("an entry is an object with a “name”", f"registry/{identifier[:80]}")
        if not identifier.startswith(("did:", "https://")):
            raise _malformed("an entry stands under a DID or an https address", f"registry/{identifier[:80]}")
        institutions.append(Institution(entry["name"], ids=frozenset({identifier})))
    return Register(_named(document.get("meta"), name), tuple(institutions), relied_on)


def _named(meta: Any, name: str) -> str:
    stated = meta.get("name") if isinstance(meta, dict) else None
    return stated if isinstance(stated, str) and stated else name


def _statement(entry: Any, index: int) -> Statement:
    if isinstance(entry, str):
        return entry, _payload(entry, index)
    if isinstance(entry, dict) and {"iss", "sub"} <= entry.keys():
        return None, entry
    if isinstance(entry, dict) and "url" in entry:
        raise _malformed("this file lists registers, not institutions; give the registers themselves", f"[{index}]")
    raise _malformed("an entity statement is a token or an object with “iss” and “sub”", f"[{index}]")


def _payload(token: str, index: int) -> Mapping[str, Any]:
    try:
        return jose.read_compact(token)[1]
    except TestamurError as error:
        raise _malformed(f"an entity statement cannot be read ({error.code})", f"[{index}]") from None


def _federation(statements: list[Statement], name: str, relied_on: bool) -> Register:
    if not statements or len(statements) > MAX_STATEMENTS:
        raise _malformed(f"it holds between 1 and {MAX_STATEMENTS} entity statements", "[]")
    for index, (_, said) in enumerate(statements):
        if not isinstance(said.get("iss"), str) or not isinstance(said.get("sub"), str):
            raise _malformed("an entity statement has an “iss” and a “sub”", f"[{index}]")
    about_others = [statement for statement in statements if statement[1]["iss"] != statement[1]["sub"]]
    if any(token is not None for token, _ in about_others):
        _confirm(statements[0], about_others)
    _, anchor = statements[0]
    if anchor["iss"] == anchor["sub"]:
        name = _organisation(anchor) or name
    institutions = {said["sub"]: _institution(said) for _, said in about_others}
    marks = _marks([said for _, said in statements], anchor, [said for _, said in about_others])
    accrediting = trust_marks.issuers(anchor)
    listed = [
        replace(
            institution,
            accredits=EVERYTHING if identifier in accrediting else None,
            accreditations=tuple(marks.get(identifier, ())),
        )
        for identifier, institution in institutions.items()
    ]
    return Register(name, tuple(listed), relied_on)


def _marks(
    statements: Iterable[Mapping[str, Any]], anchor: Mapping[str, Any], about_others: Iterable[Mapping[str, Any]]
) -> dict[str, list[Accreditation]]:
    """The trust marks of each entity. Whose keys are whose is taken from what others say, and from the anchor."""
    keys = {anchor["sub"]: list(trust_marks.keys_of(anchor))}
    for said in about_others:
        keys.setdefault(said["sub"], []).extend(trust_marks.keys_of(said))
    found: dict[str, list[Accreditation]] = {}
    for said in statements:
        found.setdefault(said["sub"], []).extend(trust_marks.accreditations(said, anchor, keys))
    return found


def _confirm(first: Statement, statements: list[Statement]) -> None:
    """Steps 1 and 2 of the module's rules. Raises `Malformed` (`trust.statement_not_proven`)."""
    token, anchor = first
    keys = {anchor["sub"]: list(trust_marks.keys_of(anchor))}
    if token is None or anchor["iss"] != anchor["sub"] or not trust_marks.signed_by(token, keys[anchor["sub"]]):
        raise _not_proven("the first statement is the trust anchor's about itself, signed with its own key", anchor)
    waiting = statements
    while waiting:
        left = []
        for statement in waiting:
            token, said = statement
            if said["iss"] not in keys:
                left.append(statement)
            elif token is None or not trust_marks.signed_by(token, keys[said["iss"]]):
                raise _not_proven("a statement is not signed by who is said to make it", said)
            else:
                keys.setdefault(said["sub"], []).extend(trust_marks.keys_of(said))
        if len(left) == len(waiting):
            raise _not_proven("a statement is made by an entity that nobody in this file vouches for", left[0][1])
        waiting = left


def _institution(said: Mapping[str, Any]) -> Institution:
    return Institution(
        name=_organisation(said) or said["sub"],
        ids=frozenset({said["sub"]}),
        since=_moment(said, "iat"),
        until=_moment(said, "exp"),
    )


def _organisation(said: Mapping[str, Any]) -> str | None:
    """The name that the federation gives an entity: OpenID Federation 1.0 §5.2.2, `organization_name` of any entity type."""
    metadata = said.get("metadata")
    groups = list(metadata.values()) if isinstance(metadata, dict) else []
    for member in ("organization_name", "legal_name", "display_name"):
        for group in groups:
            value = group.get(member) if isinstance(group, dict) else None
            if isinstance(value, str) and value:
                return value
    return None


def _moment(said: Mapping[str, Any], claim: str) -> datetime | None:
    value = said.get(claim)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LATEST:
        raise _malformed(f"“{claim}” is a number of seconds since 1970", str(said["sub"])[:80])
    return datetime.fromtimestamp(value, UTC)


def _not_proven(what: str, said: Mapping[str, Any]) -> Malformed:
    return Malformed(
        f"This register cannot be read: {what}.",
        code="trust.statement_not_proven",
        facts={"issuer": str(said.get("iss"))[:200], "subject": str(said.get("sub"))[:200]},
    )


def _malformed(what: str, place: str) -> Malformed:
    return Malformed(f"This register cannot be read: {what} ({place}).", code="trust.register", facts={"path": place})
