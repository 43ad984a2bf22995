"""What a document says about who lets its issuer award. Saying so proves nothing; `resolve` asks who stands behind it.

Read are, each only where its standard puts it:

| where                                                       | standard                                             |
|-------------------------------------------------------------|------------------------------------------------------|
| endorsements of the issuer and of the achievement           | Open Badges 3.0 (read from their reports)            |
| `termsOfUse` with the type `IssuanceCertificate` or alike   | EBSI, verifiable accreditations                      |
| `accreditation` with `accreditingAgent`                     | European Learning Model 3, four places               |
| `issuer.accreditations`                                     | 1EdTech's extension of Open Badges (2.0 and 3.0)     |
| `issuer.parentOrg`                                          | Open Badges 3.0                                      |
| the heading on quality assurance in the criteria            | Annex I of 2022/C 243/02, as Testamur writes it      |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Literal

from testamur.model.micro_credential_words import WORDS
from testamur.verification.accreditation.entries import EVERYTHING, Award, Scope
from testamur.verification.case import identifier_of, many
from testamur.verification.moments import moment

MAX_CLAIMS = 8
MAX_PARENTS = 4

_STATEMENTS = {
    "IssuanceCertificate",
    "VerifiableAccreditation",
    "VerifiableAccreditationToAttest",
    "VerifiableAccreditationToAccredit",
    "VerifiableAuthorisationForTrustChain",
}
_EQF = re.compile(r"https?://data\.europa\.eu/snb/eqf/([1-8])/?")
_EQF_NAME = re.compile(r"\bEQF\b|European Qualifications Framework")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
QUALITY = tuple(words["heading.quality_assurance"] for words in WORDS.values())
ACCREDITED = tuple(
    words[f"quality.{kind}"] for words in WORDS.values() for kind in ("accreditation", "state_recognition")
)
_CLAIM = re.compile("- (?:" + "|".join(map(re.escape, ACCREDITED)) + ")")
_CLAIM_WRITTEN = re.compile(_CLAIM.pattern.encode())  # no letter in it is one that JSON escapes
_LINK = re.compile(r"\(<(https?://[^\s<>]{1,2000})>\)")
_LONGEST_NARRATIVE = 200_000
_GENERAL_TYPES = frozenset(
    {"VerifiableCredential", "VerifiableAttestation", "OpenBadgeCredential", "AchievementCredential"}
)


@dataclass(frozen=True, slots=True)
class Said:
    """That somebody accredited the issuer, in the document's own words: nobody else signed it.

    `body` identifies who is said to have done it (None: nobody is named in a way that can be looked up), `name` is what it is called.
    """

    body: str | None
    name: str
    kind: Literal["accreditation", "parent"] = "accreditation"
    since: datetime | None = None
    until: datetime | None = None
    scope: Scope = EVERYTHING


def award_of(document: Mapping[str, Any], view: Mapping[str, Any], now: datetime) -> Award:
    """What was awarded, when. `document` is what was signed, `view` the same in the words of Open Badges 3.0."""
    achievements = [node for subject in _nodes(view, "credentialSubject") for node in _nodes(subject, "achievement")]
    types = {str(node["achievementType"]) for node in achievements if isinstance(node.get("achievementType"), str)}
    types |= {_local(name) for name in many(document.get("type")) if isinstance(name, str)} - _GENERAL_TYPES
    levels = {level for node in achievements for alignment in _nodes(node, "alignment") for level in _level(alignment)}
    for specified in _specifications(document):
        levels |= {
            found[1]
            for node in _nodes(specified, "eqfLevel", "EQFLevel")
            if (found := _EQF.fullmatch(str(node.get("id"))))
        }
    since = [view.get("awardedDate"), view.get("validFrom", view.get("issuanceDate"))]
    at = next((when for stated in since if (when := moment(stated)) is not None), now)
    return Award(frozenset(types), frozenset(levels), at)


def statements(document: Mapping[str, Any]) -> list[str]:
    """The addresses of the signed statements about its issuer's accreditation that the document names under `termsOfUse`."""
    addresses = [
        str(terms["id"])
        for terms in _nodes(document, "termsOfUse")
        if isinstance(terms.get("id"), str)
        and {_local(name) for name in many(terms.get("type")) if isinstance(name, str)} & _STATEMENTS
    ]
    return list(dict.fromkeys(addresses))


def said(document: Mapping[str, Any], view: Mapping[str, Any], names: frozenset[str] | None = None) -> list[Said]:
    """What the document claims of accreditation in its own words, each body once, at most `MAX_CLAIMS`.

    `names` are those of all members of both, where they are known: what is nowhere named is not looked for.
    """
    found: dict[tuple[str, str], Said] = {}
    european = _european(document) if names is None or "accreditation" in names else ()
    extension = _extension(view) if names is None or "accreditations" in names else ()
    parents = _parents(view) if names is None or "parentOrg" in names else ()
    for claim in (*european, *extension, *_annex_i(view), *parents):
        found.setdefault((claim.body or claim.name, claim.kind), claim)
    return list(found.values())[:MAX_CLAIMS]


def scope_of_statement(document: Mapping[str, Any]) -> Scope:
    """For what a verifiable accreditation accredits: the types in `credentialSubject.accreditedFor[].types`."""
    types = {
        _local(name)
        for subject in _nodes(document, "credentialSubject")
        for entry in _nodes(subject, "accreditedFor")
        for name in many(entry.get("types"))
        if isinstance(name, str)
    } - _GENERAL_TYPES
    return Scope(achievement_types=frozenset(types))


def _european(document: Mapping[str, Any]) -> Iterator[Said]:
    holders = [document, *_nodes(document, "issuer", "evidence"), *_specifications(document)]
    for claim in _achieved(document):
        holders += [body for by in _nodes(claim, "awardedBy") for body in _nodes(by, "awardingBody")]
    for holder in holders:
        for node in _nodes(holder, "accreditation"):
            agent = next(iter(_nodes(node, "accreditingAgent")), {})
            body = agent.get("id")
            levels = {
                m[1]
                for limit in _nodes(node, "limitEQFLevel", "limitEqfLevel")
                if (m := _EQF.fullmatch(str(limit.get("id"))))
            }
            yield Said(
                body=body if isinstance(body, str) else None,
                name=_name(agent, "legalName", "altLabel", "prefLabel") or _name(node, "title") or "—",
                since=_date(node.get("dateIssued")),
                until=_date(node.get("expiryDate"), end=True),
                scope=Scope(levels=frozenset(levels)),
            )


def _achieved(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [claim for subject in _nodes(document, "credentialSubject") for claim in _nodes(subject, "hasClaim")]


def _specifications(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [specified for claim in _achieved(document) for specified in _nodes(claim, "specifiedBy")]


def _extension(view: Mapping[str, Any]) -> Iterator[Said]:
    for issuer in _nodes(view, "issuer"):
        for node in _nodes(issuer, "accreditations"):
            body = next((node[name] for name in ("id", "url") if isinstance(node.get(name), str)), None)
            yield Said(body=body, name=_name(node, "name") or body or "—", since=_date(node.get("accreditationDate")))


def _annex_i(view: Mapping[str, Any]) -> Iterator[Said]:
    """The accreditations below the heading on quality assurance: `- Accreditation: Name (<https://agency.example/…>)`."""
    for narrative in _narratives(view):
        if _may_claim(narrative):
            yield from _quality_assurance(narrative)


def _narratives(view: Mapping[str, Any]) -> list[str]:
    """What the criteria of the achievements say."""
    node: Any = view
    for member in ("credentialSubject", "achievement", "criteria"):
        node = node.get(member) if type(node) is dict else None
    if type(node) is dict:  # one of each, as nearly all have
        criteria: list[Mapping[str, Any]] = [node]
    else:
        achievements = [
            node for subject in _nodes(view, "credentialSubject") for node in _nodes(subject, "achievement")
        ]
        criteria = [node for achievement in achievements for node in _nodes(achievement, "criteria")]
    return [narrative for node in criteria if isinstance(narrative := node.get("narrative"), str)]


def _may_claim(narrative: str) -> bool:
    """Whether there is a heading, and a line that begins as a claim does: most narratives have none."""
    if len(narrative) > _LONGEST_NARRATIVE or "## " not in narrative:
        return False
    return _CLAIM.search(narrative) is not None


def may_be_claimed(narrative: bytes) -> bool:
    """Whether what a narrative says, as JSON writes it, may claim an accreditation."""
    return b"## " in narrative and _CLAIM_WRITTEN.search(narrative) is not None


def _quality_assurance(narrative: str) -> Iterator[Said]:
    inside = False
    for line in narrative.split("\n"):
        if line.startswith("## "):
            inside = line[3:].strip() in QUALITY
        elif inside and line.startswith("- ") and line[2:].startswith(ACCREDITED):
            address = _LINK.search(line)
            name = line[2:].partition(":")[2].partition(" (<")[0].strip()
            yield Said(body=address[1] if address else None, name=name or (address[1] if address else "—"))


def _parents(view: Mapping[str, Any]) -> Iterator[Said]:
    waiting = _nodes(view, "issuer")
    for _ in range(MAX_PARENTS):
        waiting = [parent for node in waiting[:1] for parent in _nodes(node, "parentOrg")]
        for parent in waiting:
            body = identifier_of(parent)
            yield Said(body=body, name=_name(parent, "name") or body or "—", kind="parent")


def _level(alignment: Mapping[str, Any]) -> Iterator[str]:
    if found := _EQF.fullmatch(str(alignment.get("targetUrl"))):
        yield found[1]
    elif _EQF_NAME.search(str(alignment.get("targetFramework"))) and str(alignment.get("targetCode")) in "12345678":
        yield str(alignment["targetCode"])


def _nodes(node: Mapping[str, Any], *members: str) -> list[Mapping[str, Any]]:
    """The objects under these members. An identifier alone counts as an object that has nothing else."""
    values = [value for member in members for value in many(node.get(member))]
    return [{"id": value} if isinstance(value, str) else value for value in values if isinstance(value, (str, Mapping))]


def _name(node: Mapping[str, Any], *members: str) -> str | None:
    for member in members:
        value = node.get(member)
        while isinstance(value, (list, Mapping)) and value:
            value = value[0] if isinstance(value, list) else value.get("en", next(iter(value.values())))
        if isinstance(value, str) and value:
            return value[:500]
    return None


def _local(name: str) -> str:
    """The last part of a type that is written as an address, as vocabularies without a context of their own need it."""
    return name.rpartition("#")[2].rpartition("/")[2]


def _date(value: Any, *, end: bool = False) -> datetime | None:
    """A moment, or a day alone: its beginning, or its end."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = datetime.fromisoformat(value)
        except ValueError:
            return None
        return datetime.combine(day, time.max if end else time.min, UTC)
    return moment(value)
