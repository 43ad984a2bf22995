"""Revocations and objections in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .rules import Change, Objection, RevocationState

STATES = {
    RevocationState.PROPOSED: _("Waits for a second person"),
    RevocationState.RUNNING: _("In progress"),
    RevocationState.DONE: _("Done"),
    RevocationState.STOPPED: _("Stopped"),
    RevocationState.DECLINED: pgettext_lazy("of a proposal to revoke", "Declined"),
    RevocationState.WITHDRAWN: pgettext_lazy("of a proposal to revoke", "Taken back"),
}

PILLS = {
    RevocationState.PROPOSED: "pending",
    RevocationState.RUNNING: "running",
    RevocationState.DONE: "done",
    RevocationState.STOPPED: "inactive",
    RevocationState.DECLINED: "cancelled",
    RevocationState.WITHDRAWN: "cancelled",
}

CHANGES = {
    Change.REVOKED: _("Revoked"),
    Change.SUSPENDED: _("Suspended"),
    Change.SUPERSEDED: _("Superseded"),
}

OBJECTIONS = {
    Objection.NONE: _("No objection"),
    Objection.OPEN: _("Objection open"),
    Objection.UPHELD: _("Objection upheld"),
    Objection.DISMISSED: _("Objection dismissed"),
}
