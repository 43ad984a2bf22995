"""What item banks say to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .models import Sitting

ENDED = {
    "precise": _("The result was precise enough."),
    "decided": _("It was clear on which side of the pass mark the result lies."),
    "maximum": _("The greatest number of questions was reached."),
    "exhausted": _("There were no more questions."),
    "time": _("The time was over."),
}

KINDS = {"choice": _("One of several"), "number": _("A number")}

FINDINGS = {
    "too_few": _("Too few answers yet."),
    "imprecise": _("Too imprecise yet."),
    "flat": _("It tells hardly anybody apart: look at its wording and its key."),
}

FAULTS = {
    "key": _("Letters, digits, “.”, “-” and “_”, at most 40, beginning with a letter or a digit."),
    "twice": _("This stands twice."),
    "taken": _("The bank has an item of this name already."),
    "required": _("Please write the question in at least one language."),
    "too_long": _("This is too long."),
    "range": _("This is outside the range."),
    "number": _("This is no number."),
    "count": _("Two to eight options, please."),
    "language": _("Every language of the question needs all options."),
    "right": _("Please say which option is right."),
    "unknown": _("The kind is “choice” or “number”."),
}

FIELDS = {
    "key": _("Name"),
    "kind": _("Kind"),
    "area": _("Content area"),
    "text": _("Question"),
    "options": _("Options"),
    "right": _("Right option"),
    "answer": _("Answer"),
    "tolerance": _("Tolerance"),
    "a": _("Discrimination"),
    "b": _("Difficulty"),
    "source": _("Where the parameters come from"),
}


def of_table(why: str, facts: dict[str, Any]) -> str:
    """Why a table cannot be read, and what to do."""
    match why:
        case "too_large":
            return gettext("The table is larger than %(most)s MB. Please divide it.") % {"most": facts["most"]}
        case "too_many_rows":
            return gettext("The table has more than %(most)s rows. Please divide it.") % {"most": facts["most"]}
        case "columns":
            missing = ", ".join(facts["missing"])
            return gettext("The first row must name the columns. This is missing: %(missing)s.") % {"missing": missing}
        case "encoding":
            return gettext("This is not a text table. Please save it as CSV (UTF-8).")
        case _:
            return gettext("The table cannot be read as CSV. Please export it again.")


def of_no_test(why: str) -> str:
    """Why a learner cannot begin a test."""
    if why == "not_open":
        return gettext("The test is not open now. Your institution opens it; please come back or write to them.")
    return gettext("The test is not ready yet. Please write to your institution; you do not lose an attempt.")


def of_not_possible(why: str, facts: dict[str, Any]) -> str:
    """Why a step of the staff is not possible."""
    match why:
        case "too_few_items":
            return ngettext(
                "The shortest test asks %(n)s question; the bank needs at least as many items.",
                "The shortest test asks %(n)s questions; the bank needs at least as many items.",
                facts["least"],
            ) % {"n": facts["least"]}
        case "sat":
            return gettext("Somebody has sat a test from this bank, so it stays. You can close it.")
        case "no_answers":
            return gettext("Nobody has ended a test from this bank yet, so there is nothing to compute from.")
        case "replaced":
            return gettext("A newer version of this item is in use. Edit that one instead.")
        case _:
            return gettext("Somebody else was faster. Here is what it is now.")


def record_of(sitting: Sitting) -> tuple[str, str]:
    """(title, text) of the record that is handed in as the evidence of a test, in the learner's language."""
    with override(sitting.language):
        asked = sitting.asked.count()
        moment = formats.date_format(timezone.localtime(sitting.ended_at), "DATETIME_FORMAT")
        lines = [
            gettext("Adaptive test, ended %(moment)s.") % {"moment": moment},
            ngettext("%(n)s question was answered.", "%(n)s questions were answered.", asked) % {"n": asked},
            str(ENDED[sitting.ended_because]),
            gettext("Result: %(percent)s %%, standard error %(error)s; pass mark %(mark)s %%.")
            % {"percent": sitting.percent, "error": sitting.percent_error, "mark": sitting.pass_mark},
        ]
        if sitting.provisional:
            lines.append(provisional())
        return gettext("Record of the test"), "\n".join(lines)


def provisional() -> str:
    """That a result rests on guessed parameters."""
    return gettext(
        "The difficulties of the questions are provisional: they were estimated by people, not yet from answers."
    )
