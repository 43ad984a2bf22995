"""The last evaluation of a participant as the pages show it: rows for a table, and places for a drawing. No Django beyond translation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from testamur.pathways import Programme
from testamur.pathways.words import LANGUAGES

from .models import DecisionRow, Participant
from .rules import Event, ParticipantState

ROW, INDENT, LEFT = 52, 22, 18
"""The drawing, in its own units: height of a row, step of a level, first centre."""

WIDTH = 360
_DAYS = {
    "awarded",
    "started",
    "completed",
    "enrolled",
    "valid_until",
    "decision",
    "today",
}  # of credentials, or of the decision
_LONGEST = 34  # letters of a name in the drawing; the table has all of it

STATES = {
    ParticipantState.ACTIVE: ("running", gettext_lazy("On the way")),
    ParticipantState.WAITING: ("pending", gettext_lazy("Waits for approval")),
    ParticipantState.AWARDED: ("issued", gettext_lazy("Awarded")),
    ParticipantState.GRACE: ("expired", gettext_lazy("In its days of grace")),
    ParticipantState.FALLEN: ("revoked", gettext_lazy("Withdrawn")),
    ParticipantState.LEFT: ("inactive", gettext_lazy("Left")),
}

EVENTS = {
    Event.AWARDED: gettext_lazy("Awarded"),
    Event.PROPOSED: gettext_lazy("All requirements met; waits for approval"),
    Event.DECLINED: gettext_lazy("Not awarded"),
    Event.GRACE: gettext_lazy("A credential that counted has fallen"),
    Event.MENDED: gettext_lazy("The requirements are met again"),
    Event.WITHDRAWN: gettext_lazy("Withdrawn, because the requirements are not met any more"),
}

_STANDING = {
    "satisfied": ("passed", gettext_lazy("Done")),
    "open": ("queued", gettext_lazy("Open")),
    "impossible": ("failed", gettext_lazy("Cannot be met")),
    "undecided": ("unknown", gettext_lazy("Could not be decided")),
    "not needed": ("quiet", gettext_lazy("Not needed")),
}


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential that counts somewhere."""

    name: str
    issuer: str
    url: str
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One requirement. `x`, `y` its place in the drawing, `up` where the line from the requirement above comes from (None for the
    first)."""

    name: str
    state: str
    tone: str
    word: str
    depth: int
    size: str
    missing: str
    x: int
    y: int
    up: int | None
    short: str
    credentials: tuple[Credential, ...] = ()

    @property
    def is_next(self) -> bool:
        return self.state in ("open", "undecided")


@dataclass(frozen=True, slots=True)
class Map:
    """The whole way: its steps, what they add up to, and the sentences of the decision in the reader's language."""

    steps: tuple[Step, ...] = ()
    done: int = 0
    total: int = 0
    width: int = WIDTH
    height: int = 0
    sentences: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unused: tuple[Credential, ...] = ()


def reader_language() -> str:
    """The language of the words: Korean for who reads Korean, else English."""
    language = (get_language() or "en")[:2]
    return language if language in LANGUAGES else "en"


def map_of(participant: Participant, language: str) -> Map:
    """What the last evaluation found; an empty map before the first one."""
    shown: Mapping[str, Any] = participant.shown
    decision = shown.get("decision")
    if not decision:
        return Map()
    award = next((one for one in decision["awards"] if one["award"] == decision["award"]), decision["awards"][0])
    titles = _titles(participant, language)
    used: dict[str, list[Credential]] = {}
    for one in award["used"]:
        used.setdefault(one["requirement"], []).append(
            _credential(shown, one["credential"], _amount(one["amount"], one["unit"]))
        )
    steps = _steps(award["requirements"], titles, used)
    leaves = [step for at, step in enumerate(steps) if at + 1 == len(steps) or steps[at + 1].depth <= step.depth]
    counted = {one["credential"] for one in award["used"]}
    sentences = decision["sentences"] if language == "en" else shown["sentences"].get(language, decision["sentences"])
    return Map(
        steps=tuple(steps),
        done=sum(step.state == "satisfied" for step in leaves),
        total=sum(step.state != "not needed" for step in leaves),
        height=len(steps) * ROW + 8,
        sentences=sentences,
        unused=tuple(_credential(shown, each) for each in sorted(shown.get("credentials", {})) if each not in counted),
    )


_ANCHOR = re.compile(r"([a-z]\w*) [+-] ")


def facts_asked(programme: Programme) -> list[str]:
    """What the rule asks about the person beside credentials: the names of its facts, and of the days that it counts from."""
    found: set[str] = set()
    stack: list[Any] = [value for name, value in programme.document.items() if name != "tests"]
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            fact = value.get("fact")
            if isinstance(fact, Mapping) and isinstance(fact.get("name"), str):
                found.add(fact["name"])
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
        elif isinstance(value, str) and (anchor := _ANCHOR.match(value)):
            found.add(anchor[1])
    return sorted(found - _DAYS)


def _titles(participant: Participant, language: str) -> dict[str, str]:
    """The titles of the requirements in the reader's language, by their names."""
    found: dict[str, str] = {}
    stack: list[Any] = [participant.rule.programme().document]
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            title = value.get("title")
            if isinstance(value.get("name"), str) and isinstance(title, Mapping):
                found[value["name"]] = str(title.get(language) or title.get("en") or value["name"])
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return found


def _steps(
    requirements: Sequence[Mapping[str, Any]], titles: Mapping[str, str], used: Mapping[str, list[Credential]]
) -> list[Step]:
    steps: list[Step] = []
    last: dict[int, int] = {}  # the y of the last step at each depth
    for at, one in enumerate(requirements):
        depth, y = one["depth"], 24 + at * ROW
        tone, word = _STANDING.get(one["state"], ("quiet", one["state"]))
        name = titles.get(one["name"], one["name"])
        steps.append(
            Step(
                name=name,
                state=one["state"],
                tone=tone,
                word=str(word),
                depth=depth,
                size=_amount(one["counted"], one["unit"]),
                missing=", ".join(filter(None, (_missing(lacking) for lacking in one["missing"]))),
                x=LEFT + min(depth, 4) * INDENT,
                y=y,
                up=last.get(depth - 1),
                short=name if len(name) <= _LONGEST - 2 * depth else name[: _LONGEST - 2 * depth - 1] + "…",
                credentials=tuple(used.get(one["name"], ())),
            )
        )
        last[depth] = y
    return steps


def _credential(shown: Mapping[str, Any], identifier: str, amount: str = "") -> Credential:
    said = shown.get("credentials", {}).get(identifier, {})
    name = said.get("name") or identifier
    if said.get("version"):
        name = _("%(name)s, version %(number)s") % {"name": name, "number": said["version"]}
    return Credential(name, said.get("issuer", ""), said.get("url", ""), amount)


def _amount(amount: float, unit: str) -> str:
    if not amount:
        return ""
    if unit in ("", "count", "credentials"):
        return _("%(number)s counted") % {"number": amount}
    return f"{amount} {unit}"


def _missing(lacking: Mapping[str, Any]) -> str:
    if not lacking["amount"]:
        return str(lacking["of"])
    unit = lacking["unit"] or lacking["of"]
    if lacking["kind"] == "count" or unit in ("", "count", "credentials"):
        return _("%(number)s more") % {"number": lacking["amount"]}
    return _("%(number)s %(unit)s more") % {"number": lacking["amount"], "unit": unit}


def state_words(participant: Participant) -> tuple[str, str]:
    """The state's name in the design system, and its word."""
    state, word = STATES[ParticipantState(participant.state)]
    return state, str(word)


def standing(participant: Participant) -> dict[str, Any]:
    """What every page shows of a participant: the state with its word, and the map."""
    state, word = state_words(participant)
    return {
        "participant": participant,
        "state": state,
        "word": word,
        "map": map_of(participant, reader_language()),
    }


def timeline(participant: Participant, rows: Sequence[DecisionRow]) -> list[dict[str, Any]]:
    """What was decided, oldest first, for the component of that name."""
    return [
        {
            "when": row.decided_at,
            "title": str(EVENTS[Event(row.event)]),
            "text": row.reason or _what_fell(participant, row),
            "current": at + 1 == len(rows),
        }
        for at, row in enumerate(rows)
    ]


def _what_fell(participant: Participant, row: DecisionRow) -> str:
    """The names of the credentials whose fall led to this row."""
    known = participant.shown.get("credentials", {})
    names = ", ".join(
        sorted(known[each]["name"] for each in row.facts.get("by", ()) if known.get(each, {}).get("name"))
    )
    if not names or row.event == Event.GRACE:  # whose title says it already
        return names
    return f"{EVENTS[Event.GRACE]}: {names}"
