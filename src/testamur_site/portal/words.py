"""What an entry of the audit trail says in words. Its codes come from every capability, so the words stand where all of them are known.

A test reads the source and holds this table complete.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

HAPPENED = {
    "award.cancelled": _("Award cancelled before it was signed"),
    "award.claimed": _("Credential accepted by its learner"),
    "award.corrected": _("Credential corrected by a new one"),
    "award.decided": _("Award decided"),
    "award.declined": _("Credential declined by its learner"),
    "award.issued": _("Credential signed and issued"),
    "award.key_changed": _("Award prepared anew for a new key"),
    "award.mail_again": _("Mail to a learner sent again"),
    "award.refused": _("Award refused by the rules for Open Badges"),
    "award.reinstated": _("Credential reinstated by a new one"),
    "award.released": _("Learner left and deleted their data"),
    "award.revoked": _("Credential revoked"),
    "award.superseded": _("Credential superseded"),
    "award.suspended": _("Credential suspended"),
    "batch.carried_on": _("Cohort carried on"),
    "batch.discarded": _("Dry run discarded"),
    "batch.drafted": _("Table uploaded for a dry run"),
    "batch.finished": _("Cohort finished"),
    "batch.started": _("Cohort started"),
    "batch.undo": _("Undoing of a cohort begun"),
    "batch.undone": _("Cohort undone"),
    "institution.changed": _("Settings of the institution changed"),
    "institution.created": _("Institution created"),
    "key.created": _("Signing key created"),
    "key.rotated": _("Signing key replaced"),
    "key.withdrawn": _("Signing key withdrawn"),
    "mail.refused": _("Mail could not be addressed"),
    "member.added": _("Member added"),
    "member.invitation_withdrawn": _("Invitation withdrawn"),
    "member.invited": _("Member invited"),
    "member.removed": _("Member removed"),
    "member.role_changed": _("Role of a member changed"),
    "micro_credential.created": _("Micro-credential created"),
    "micro_credential.imported": _("Micro-credential imported"),
    "micro_credential.retired": _("Micro-credential retired"),
    "offering.cancelled": _("Offering cancelled"),
    "offering.closed": _("Enrolment in an offering closed"),
    "offering.created": _("Offering created"),
    "offering.discarded": _("Draft of an offering discarded"),
    "offering.edited": _("Offering edited"),
    "offering.opened": _("Enrolment in an offering opened"),
    "version.begun": _("New version begun"),
    "version.discarded": _("Draft discarded"),
    "version.edited": _("Description edited"),
    "version.image_changed": _("Picture changed"),
    "version.locked": _("Version locked by its first award"),
    "version.published": _("Micro-credential published"),
}


def happened(action: str) -> str:
    """`action` in words; a code that is not known here, as from a later release, is shown as it is."""
    return str(HAPPENED.get(action, action))
