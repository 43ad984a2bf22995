"""The words for the states of an exit."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import ExitState

STATES = {
    ExitState.WAITING: _("Waiting"),
    ExitState.RUNNING: _("Being made"),
    ExitState.READY: _("Ready"),
    ExitState.FAILED: _("Not made"),
}

_STEPS = {
    "public": _("Public pages, lists and log: %(done)d files"),
    "private": _("Archive of awards: %(done)d awards"),
    "files": _("Files that learners handed in: %(done)d"),
    "tables": _("Archive of decisions and records: %(done)d rows"),
    "sealing": _("Computing checksums: %(done)d files"),
    "packing": _("Packing: %(done)d files"),
}

_PROBLEMS = {
    "log.missing": _(
        "A file of the public log is missing. Whoever runs this platform puts it back from a copy; then try again."
    ),
    "exit.folder": _("The archive cannot be written, or the disk is full. Ask whoever runs this platform."),
}


def step(name: str, done: int) -> str:
    """What is being done at present, '' where nothing is."""
    return str(_STEPS[name]) % {"done": done} if name in _STEPS else ""


def problem(code: str) -> str:
    """Why an exit was not made, and what to do; '' for none."""
    if not code:
        return ""
    unknown = gettext(
        "It could not be made (%(code)s). Try again; if it happens again, tell whoever runs this platform."
    )
    return str(_PROBLEMS[code]) if code in _PROBLEMS else unknown % {"code": code}
