"""Reads the profiles and the questions for reviewers, once, and refuses a file that says something the checks do not understand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .evaluators import CHECKS, PARAMETERS

_FOLDER = Path(__file__).parent
_ID = re.compile(r"\A[a-z]{2}(\.[a-z0-9_]+)*\Z")
SEVERITIES = ("must", "should")
KINDS = ("internal", "peer", "industry", "quality_body")
"""Who looks at a programme: a reviewer of the institution, or one of the three kinds of panel member."""

Words = Mapping[str, str]


@dataclass(frozen=True)
class Source:
    key: str
    title: str
    url: str


@dataclass(frozen=True)
class Rule:
    """`check` names a function of `evaluators.py`, `parameters` are its arguments. `source` is a key of the profile's sources."""

    id: str
    severity: str
    words: Words
    source: str
    section: str
    check: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Profile:
    id: str
    edition: str
    name: Words
    summary: Words
    sources: tuple[Source, ...]
    rules: tuple[Rule, ...]

    def source_of(self, rule: Rule) -> Source:
        return next(source for source in self.sources if source.key == rule.source)


@dataclass(frozen=True)
class Question:
    """What a reviewer is asked. `asked` are the kinds of reviewer that see it."""

    id: str
    words: Words
    help: Words
    asked: frozenset[str]


class ProfileFault(ValueError):
    """A profile is not what it should be; the message names the file, the rule and the fault."""


@cache
def profiles() -> tuple[Profile, ...]:
    """All profiles, the European one first, then by id. Raises ProfileFault."""
    found = [read(path.stem, path.read_bytes()) for path in sorted(_FOLDER.glob("??.toml"))]
    return tuple(sorted(found, key=lambda one: (one.id != "eu", one.id)))


def profile(profile_id: str) -> Profile | None:
    return next((one for one in profiles() if one.id == profile_id), None)


@cache
def questions(kind: str) -> tuple[Question, ...]:
    """What a reviewer of this kind is asked, in order."""
    found = tomllib.loads((_FOLDER / "questions.toml").read_text(encoding="utf-8"))
    asked = [
        Question(one["id"], _words(one["words"], one["id"]), _words(one["help"], one["id"]), frozenset(one["asked"]))
        for one in found["questions"]
    ]
    return tuple(question for question in asked if kind in question.asked)


def read(name: str, content: bytes) -> Profile:
    """The profile in a file called `name`.toml. Raises ProfileFault."""
    try:
        found = tomllib.loads(content.decode("utf-8"))
        sources = tuple(Source(one["key"], one["title"], one.get("url", "")) for one in found["sources"])
        read_profile = Profile(
            id=found["id"],
            edition=found["edition"],
            name=_words(found["name"], name),
            summary=_words(found["summary"], name),
            sources=sources,
            rules=tuple(_rule(one, {source.key for source in sources}) for one in found["rules"]),
        )
    except (KeyError, TypeError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileFault(f"{name}.toml: {error!r}") from error
    if read_profile.id != name:
        raise ProfileFault(f"{name}.toml: its id is {read_profile.id}")
    ids = [rule.id for rule in read_profile.rules]
    if doubled := sorted({one for one in ids if ids.count(one) > 1}):
        raise ProfileFault(f"{name}.toml: {', '.join(doubled)} stands twice")
    return read_profile


def _rule(one: Mapping[str, Any], sources: set[str]) -> Rule:
    rule = Rule(
        id=one["id"],
        severity=one["severity"],
        words=_words(one["words"], one["id"]),
        source=one["source"],
        section=one["section"],
        check=one["check"],
        parameters=dict(one.get("with", {})),
    )
    faults = [
        fault
        for fault, wrong in (
            ("its id is ill-formed", not _ID.match(rule.id)),
            (f"severity {rule.severity}", rule.severity not in SEVERITIES),
            (f"source {rule.source}", rule.source not in sources),
            (f"check {rule.check}", rule.check not in CHECKS),
            (f"parameters {sorted(rule.parameters)}", not set(rule.parameters) <= set(PARAMETERS.get(rule.check, ()))),
        )
        if wrong
    ]
    if faults:
        raise ProfileFault(f"{rule.id}: {', '.join(faults)}")
    return rule


def _words(words: Mapping[str, str], where: str) -> Words:
    """Every text is there in both languages of the pages."""
    if not (words.get("en") and words.get("ko")):
        raise ProfileFault(f"{where}: a text in English or Korean is missing")
    return dict(words)
