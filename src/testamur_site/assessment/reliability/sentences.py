"""The figures in words: what each means, and what to do."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from testamur.assessment.reliability import CriterionReport, Gate, Interval, Severity, gate

GATES = {
    Gate.RELIABLE: _("The marks can be relied on."),
    Gate.TENTATIVE: _("Only tentative: moderate works near the pass mark."),
    Gate.MODERATE_AGAIN: _("Talk about what the levels mean, and moderate these marks again before results stand."),
    Gate.UNKNOWN: _("It cannot be told: too few works were marked by two people, or all were given the same."),
}
GATE_STATES = {
    Gate.RELIABLE: "passed",
    Gate.TENTATIVE: "unknown",
    Gate.MODERATE_AGAIN: "failed",
    Gate.UNKNOWN: "undetermined",
}
GATE_WORDS = {
    Gate.RELIABLE: _("Reliable"),
    Gate.TENTATIVE: _("Tentative"),
    Gate.MODERATE_AGAIN: _("Moderate again"),
    Gate.UNKNOWN: _("Not known"),
}


def agreement(alpha: Interval) -> str:
    """What an alpha allows, and whether that is certain."""
    reached, certain = gate(alpha)
    sentence = str(GATES[reached])
    if reached is not Gate.UNKNOWN and not certain:
        sentence += " " + gettext("The range reaches into another class: only more works marked twice can tell.")
    return sentence


def severity(one: Severity) -> str:
    """How an assessor marks beside the others."""
    value = one.severity.value
    if value is None:
        return gettext("Marked no work that anybody else marked, so nothing can be compared.")
    points = f"{abs(value):.1f}"
    if one.differs is None:
        return gettext("Too few works in common to tell a difference from chance.")
    if not one.differs:
        return gettext("No difference from the others can be shown.")
    if value > 0:
        return gettext("Marks about %(points)s points lower than the others, on the same works.") % {"points": points}
    return gettext("Marks about %(points)s points higher than the others, on the same works.") % {"points": points}


def criterion(report: CriterionReport, levels: dict[str, str]) -> list[str]:
    """What is to be said of a criterion; one sentence of praise where nothing is found."""
    sentences = []
    for code in report.findings:
        match code:
            case "too_few":
                sentences.append(gettext("Fewer than ten results: nothing can be said yet."))
            case "one_level":
                share = round(100 * report.counts[report.commonest] / sum(report.counts.values()))
                facts = {"share": share, "level": levels[report.commonest]}
                sentences.append(
                    gettext(
                        "%(share)s %% were given the level “%(level)s”, so the criterion tells nobody apart. "
                        "Is it needed, or are its levels too far apart?"
                    )
                    % facts
                )
            case "reversed":
                sentences.append(
                    gettext(
                        "Works that are better otherwise do worse here. Look at the order and wording of its levels."
                    )
                )
            case "weak":
                sentences.append(
                    gettext(
                        "It hardly goes with the rest of the rubric. It may look at something else, or be read differently."
                    )
                )
            case "unused_levels":
                names = ", ".join(levels[key] for key in report.unused)
                sentences.append(
                    ngettext(
                        "Nobody was given this level: %(names)s.",
                        "Nobody was given these levels: %(names)s.",
                        len(report.unused),
                    )
                    % {"names": names}
                )
    return sentences or [gettext("It tells good works from weak ones.")]
