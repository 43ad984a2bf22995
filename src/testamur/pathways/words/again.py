"""A decision taken again, and how an award stands after a fall: the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from testamur.pathways.words.templates import Words, plain

if TYPE_CHECKING:
    from testamur.pathways.decisions.reevaluation import Reevaluated
    from testamur.pathways.decisions.rerun import Finding, Rerun

_OUTCOMES = ("holds", "does not hold", "undecided")


def again(rerun: Rerun, language: str = "en", names: Mapping[str, str] | None = None) -> list[str]:
    """What came out when the decision was taken again: first the whole in one sentence, then each finding."""
    words = Words(language)
    return [words.say(f"again.{rerun.result}"), *(finding_said(found, language, names) for found in rerun.findings)]


def finding_said(finding: Finding, language: str = "en", names: Mapping[str, str] | None = None) -> str:
    """One finding in a sentence. `names` gives a credential's name by its id."""
    words = Words(language)
    facts = {"reason": "–", "what": "–", **finding.facts}
    if isinstance(facts["what"], list):
        facts["what"] = ", ".join(map(plain, facts["what"]))
    for name in ("outcome", "said"):
        if facts.get(name) in _OUTCOMES:
            facts[name] = words.say(f"outcome.{facts[name]}").rstrip(".")
    return words.say(f"again.{finding.code}", credential=_named(finding.credential, names), **facts)


def stand_said(after: Reevaluated, language: str = "en", names: Mapping[str, str] | None = None) -> list[str]:
    """How the award stands, what fell, what is open, and what the programme tells the person."""
    words = Words(language)
    key = "stand.fallen.grace" if after.stand == "fallen" and after.until else f"stand.{after.stand}"
    said = [words.say(key, since=after.since or "", until=after.until or "")]
    if after.by:
        said.append(words.say("stand.by", credentials=", ".join(_named(one, names) for one in after.by)))
    if after.open:
        titles = {status.name: words.text(status.title, status.name) for status in after.decision.chosen.statuses}
        said.append(
            words.say("stand.open", requirements=", ".join(titles.get(name, plain(name)) for name in after.open))
        )
    if after.text:
        said.append(words.text(after.text))
    return said


def _named(credential: str, names: Mapping[str, str] | None) -> str:
    return plain((names or {}).get(credential) or credential)
