"""The one sentence at the top of a learner's page, and the label of its button."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from testamur_site.foundation.design_system.api import day

from .rules import Next, Step

# With a day, without one.
_SENTENCES: dict[Next, tuple[Any, Any]] = {
    Next.CONFIRM: ("", _("Open the link in the mail that we sent you, to confirm that you take part.")),
    Next.WAIT_FOR_SEAT: ("", _("All seats are taken. When it is your turn we write to you; you need not do anything.")),
    Next.LEFT: ("", _("You do not take part in this programme any more.")),
    Next.PASSED: ("", _("You have passed. Congratulations!")),
    Next.FAILED: ("", _("You have not passed. Below stands why, and what you can do.")),
    Next.ANSWER: (
        _(
            "There is a question about your work. Say what you have to say to it by %(day)s, before anything is decided."
        ),
        _("There is a question about your work. Say what you have to say to it, before anything is decided."),
    ),
    Next.HAND_IN_AGAIN: (
        _("Hand in “%(task)s” again, by %(day)s."),
        _("Hand in “%(task)s” again, as soon as you have mended it."),
    ),
    Next.HAND_IN: (_("Begin with “%(task)s”. It is due on %(day)s."), _("Begin with “%(task)s”.")),
    Next.CARRY_ON: (
        _("Finish “%(task)s” and hand it in. It is due on %(day)s."),
        _("Finish “%(task)s” and hand it in."),
    ),
    Next.MISSED: (
        "",
        _("“%(task)s” closed before you handed in. If something prevented you, write to your institution."),
    ),
    Next.BEING_MARKED: (
        "",
        _("You have handed in everything. Your work is being looked at; you need not do anything."),
    ),
    Next.NOTHING: ("", _("There is nothing to hand in here. Your institution tells you how it goes on.")),
}
_BUTTONS: dict[Next, Any] = {
    Next.HAND_IN_AGAIN: _("To the task"),
    Next.HAND_IN: _("To the task"),
    Next.CARRY_ON: _("To my draft"),
    Next.ANSWER: _("To the question"),
    Next.REVIEW: _("To the reviews"),
    Next.FAILED: _("Why, and what I can do"),
    Next.PASSED: _("What was decided"),
}


def next_words(step: Step, *, task: str = "", reviews: int = 0) -> str:
    """The sentence for a step; `task` is the title of its task, `reviews` how many wait."""
    if step.what is Next.REVIEW:
        return _reviews(reviews, step)
    dated, undated = _SENTENCES[step.what]
    words = {"task": task, "day": day(step.due_on)}
    return str(dated if dated and step.due_on else undated) % words


def _reviews(number: int, step: Step) -> str:
    if step.due_on is None:
        return ngettext("%(number)s review waits for you.", "%(number)s reviews wait for you.", number) % {
            "number": number
        }
    return ngettext(
        "%(number)s review waits for you, until %(day)s.", "%(number)s reviews wait for you, until %(day)s.", number
    ) % {"number": number, "day": day(step.due_on)}


def button(step: Step) -> str:
    """What stands on the button of the step; '' where there is nothing to press."""
    return str(_BUTTONS.get(step.what, ""))
