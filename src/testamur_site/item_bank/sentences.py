"""What item banks say to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext, override

if TYPE_CHECKING:
    from .models import Sitting

ENDED = {
    "precise": _l("The result was precise enough."),
    "decided": _l("It was clear on which side of the pass mark the result lies."),
    "maximum": _l("The greatest number of questions was reached."),
    "exhausted": _l("There were no more questions."),
    "time": _l("The time was over."),
}

KINDS = {"choice": _l("One of several"), "number": _l("A number")}

FINDINGS = {
    "too_few": _l("Too few answers yet."),
    "imprecise": _l("Too imprecise yet."),
    "flat": _l("It tells hardly anybody apart: look at its wording and its key."),
}

FAULTS = {
    "key": _l("Letters, digits, “.”, “-” and “_”, at most 40, beginning with a letter or a digit."),
    "twice": _l("This stands twice."),
    "taken": _l("The bank has an item of this name already."),
    "required": _l("Please write the question in at least one language."),
    "too_long": _l("This is too long."),
    "range": _l("This is outside the range."),
    "number": _l("This is no number."),
    "count": _l("Two to eight options, please."),
    "language": _l("Every language of the question needs all options."),
    "right": _l("Please say which option is right."),
    "unknown": _l("The kind is “choice” or “number”."),
}

FIELDS = {
    "key": _l("Name"),
    "kind": _l("Kind"),
    "area": _l("Content area"),
    "text": _l("Question"),
    "options": _l("Options"),
    "right": _l("Right option"),
    "answer": _l("Answer"),
    "tolerance": _l("Tolerance"),
    "a": _l("Discrimination"),
    "b": _l("Difficulty"),
    "source": _l("Where the parameters come from"),
}


def of_table(why: str, facts: dict[str, Any]) -> str:
    """Why a table cannot be read, and what to do."""
    match why:
        case "too_large":
            return _("The table is larger than %(most)s MB. Please divide it.") % {"most": facts["most"]}
        case "too_many_rows":
            return _("The table has more than %(most)s rows. Please divide it.") % {"most": facts["most"]}
        case "columns":
            missing = ", ".join(facts["missing"])
            return _("The first row must name the columns. This is missing: %(missing)s.") % {"missing": missing}
        case "encoding":
            return _("This is not a text table. Please save it as CSV (UTF-8).")
        case _:
            return _("The table cannot be read as CSV. Please export it again.")


def of_no_test(why: str) -> str:
    """Why a learner cannot begin a test."""
    if why == "not_open":
        return _("The test is not open now. Your institution opens it; please come back or write to them.")
    return _("The test is not ready yet. Please write to your institution; you do not lose an attempt.")


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
            return _("Somebody has sat a test from this bank, so it stays. You can close it.")
        case "no_answers":
            return _("Nobody has ended a test from this bank yet, so there is nothing to compute from.")
        case "replaced":
            return _("A newer version of this item is in use. Edit that one instead.")
        case _:
            return _("Somebody else was faster. Here is what it is now.")


def record_of(sitting: Sitting) -> tuple[str, str]:
    """(title, text) of the record that is handed in as the evidence of a test, in the learner's language."""
    with override(sitting.language):
        asked = sitting.asked.count()
        moment = formats.date_format(timezone.localtime(sitting.ended_at), "DATETIME_FORMAT")
        lines = [
            _("Adaptive test, ended %(moment)s.") % {"moment": moment},
            ngettext("%(n)s question was answered.", "%(n)s questions were answered.", asked) % {"n": asked},
            str(ENDED[sitting.ended_because]),
            _("Result: %(percent)s %%, standard error %(error)s; pass mark %(mark)s %%.")
            % {"percent": sitting.percent, "error": sitting.percent_error, "mark": sitting.pass_mark},
        ]
        if sitting.provisional:
            lines.append(provisional())
        return _("Record of the test"), "\n".join(lines)


def provisional() -> str:
    """That a result rests on guessed parameters."""
    return _("The difficulties of the questions are provisional: they were estimated by people, not yet from answers.")
