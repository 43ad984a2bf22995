"""What an alarm says, and what to do then: words that can be read aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Sentence:
    """`title` says what was found, `do` what to do now."""

    title: Any
    do: Any


_KEYS = _("Keep a copy of the log folder, tell the witnesses and the other institutions, and freeze this year’s part.")
_CUT_OFF = _("Find out who could sign and record it. If nobody of yours did, have the key cut off.")

SENTENCES = {
    "monitor.foreign_entry": Sentence(_("The log holds an entry that nobody here recorded."), _KEYS),
    "monitor.changed_entry": Sentence(
        _("An entry of the log is not what was recorded for it."),
        _("Either the log or the database was changed. Compare both with a mirror and with a backup."),
    ),
    "monitor.twice": Sentence(_("A second credential was recorded under the identifier of an earlier one."), _CUT_OFF),
    "monitor.fork": Sentence(_("The log that is served does not continue the one that was seen before."), _KEYS),
    "monitor.rolled_back": Sentence(
        _("The log is shorter than it was."),
        _("An old copy was put back. Put the newest copy back before anything more is recorded."),
    ),
    "monitor.signature": Sentence(_("The head of the log is not signed with its key."), _KEYS),
    "monitor.damaged": Sentence(
        _("Files of the log are missing or damaged."),
        _("Put the folder back from a mirror or a backup. What was proven stays proven."),
    ),
    "monitor.memory": Sentence(
        _("What the monitor had remembered of the log was changed."),
        _("Ask who has write access to the database. The whole log is being looked at anew."),
    ),
    "monitor.no_award": Sentence(_("A credential was recorded in your name that you have not awarded."), _CUT_OFF),
    "monitor.other_credential": Sentence(
        _("What was recorded is another credential than the one that is kept here."),
        _(
            "The stored file was changed after it was signed, or another one was recorded. Compare it with the learner’s file."
        ),
    ),
    "monitor.untraced": Sentence(
        _("A credential was issued, and the audit trail does not tell who decided it."),
        _("It was written into the database past the platform. Find out by whom; revoke it if nobody awarded it."),
    ),
    "monitor.not_logged": Sentence(
        _("Credentials were issued and have not reached the log."),
        _("Ask whoever operates the platform: the worker stands still, or the log was stopped."),
    ),
    "monitor.unrecorded": Sentence(
        _("A credential was issued without being recorded."),
        _("Its entry was removed from the database before it reached the log. Find out by whom."),
    ),
}
FACTS = {
    "year": _("Year of the log"),
    "index": _("Number of the entry"),
    "kind": _("Kind"),
    "handle": _("Handle (hash of the identifier)"),
    "subject": _("What it is about"),
    "first": _("First recorded (year, number)"),
    "place": _("File"),
    "size": _("Entries now"),
    "seen": _("Entries seen before"),
    "known": _("Last entry in the database"),
    "witnesses": _("Witnesses that know more"),
    "waiting": _("Waiting"),
    "since": _("Since"),
    "more": _("Further ones like it"),
}
"""What the facts of an alarm are called."""

CUT_OFF = frozenset({"monitor.foreign_entry", "monitor.no_award", "monitor.untraced", "monitor.twice"})
"""Alarms after which a key may have to be cut off at the place of the entry."""

_OTHER = Sentence(_("Something about the log is not as it should be."), _("Ask whoever operates the platform."))


def sentence_of(code: str) -> Sentence:
    return SENTENCES.get(code, _OTHER)


def title_of(code: str) -> Any:
    return sentence_of(code).title
